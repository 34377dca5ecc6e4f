package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Node;
import tunneldoctor.parse.FactReader;
import tunneldoctor.parse.FactsFile;
import tunneldoctor.path.Topology.Binding;

/** What stands in front of a node, where the evidence of several resources has to be joined. */
class TopologyTest {
    private static final String SET =
            "/subscriptions/s/resourceGroups/mc/providers/Microsoft.Compute/virtualMachineScaleSets/vm";
    private static final String HEAD = """
            apiVersion: tunnel-doctor/v1
            kind: ClusterFacts
            kubernetes:
              - kind: Node
                metadata: {name: n0}
                spec: {providerID: 'azure://%s/virtualMachines/0'}
                status: {addresses: [{type: InternalIP, address: 10.0.0.4}]}
            azure:
              - type: Microsoft.Network/networkSecurityGroups
                name: of-set
                id: /nsg/of-set
                properties: {securityRules: []}
              - type: Microsoft.Network/networkSecurityGroups
                name: of-nic
                id: /nsg/of-nic
                properties: {securityRules: []}
            """.formatted(SET);
    private static final String SCALE_SET = """
              - type: Microsoft.Compute/virtualMachineScaleSets
                name: vm
                id: %s
                properties: {virtualMachineProfile: {networkProfile: {networkInterfaceConfigurations: [{properties: {primary: true, networkSecurityGroup: {id: /nsg/of-set}, ipConfigurations: [{properties: {primary: true, subnet: {id: /s}}}]}}]}}}
            """.formatted(SET);

    private static String networkInterface(String id, String nsg) {
        return """
                  - type: Microsoft.Network/networkInterfaces
                    name: nic
                    id: %s
                    properties: {networkSecurityGroup: {id: /nsg/%s}, ipConfigurations: [{properties: {primary: true, privateIPAddress: 10.0.0.4, subnet: {id: /s}}}]}
                """.formatted(id, nsg);
    }

    private static final String OWN = networkInterface(SET + "/virtualMachines/0/networkInterfaces/nic", "of-nic");
    private static final String FOREIGN = networkInterface("/elsewhere/networkInterfaces/nic", "of-set");

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "the scale set alone, true, false, false, of-set",
        "the interface alone, false, true, false, of-nic",
        "an interface says what the instance has and its scale set what the next one gets, true, true, false, of-nic",
        "an interface elsewhere with the same address is not the node's, false, true, true, of-nic",
        "no interface of its own, true, false, true, of-set",
    })
    void theGroupOfANodesInterface(String why, boolean set, boolean own, boolean foreign, String group) {
        Topology topology = topology(HEAD + (set ? SCALE_SET : "") + (foreign ? FOREIGN : "") + (own ? OWN : ""));
        Binding binding = topology.interfaceGroup(topology.node("n0").orElseThrow());

        assertThat(binding).as(why).isInstanceOf(Binding.Bound.class);
        assertThat(((Binding.Bound) binding).nsg().name()).as(why).isEqualTo(group);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "the pools count no more than are known, '{name: p, count: 1}', 1",
        "the pools count more, '{name: p, count: 3}', 2",
        "a pool does not say how many it has, '{name: p}', 2",
    })
    void nodesThatAreOnlyCountedStandForThemselves(String why, String pool, int targets) {
        String facts = """
                apiVersion: tunnel-doctor/v1
                kind: ClusterFacts
                azure:
                  - type: Microsoft.ContainerService/managedClusters
                    name: c
                    properties: {networkProfile: {networkPlugin: azure}, agentPoolProfiles: [%s]}
                nodes:
                  - {name: n0, address: 10.0.0.4, outputs: {}}
                """.formatted(pool);

        assertThat(topology(facts).targets()).as(why).hasSize(targets);
        assertThat(topology(facts).targets().stream().map(Node::name)).as(why).contains("n0");
    }

    /** A network that is not the one the node pools' subnets are in does not become theirs by holding their addresses. */
    @ParameterizedTest
    @CsvSource({"/n/virtualnetworks/own, true", "/n/virtualnetworks/other, false"})
    void theClustersNetworkIsTheOneOfItsSubnets(String id, boolean own) {
        String facts = """
                apiVersion: tunnel-doctor/v1
                kind: ClusterFacts
                azure:
                  - type: Microsoft.ContainerService/managedClusters
                    name: c
                    properties: {networkProfile: {networkPlugin: azure}, agentPoolProfiles: [{name: p, count: 1, vnetSubnetID: /n/virtualNetworks/own/subnets/s}]}
                  - type: Microsoft.Network/virtualNetworks
                    name: v
                    id: %s
                    properties: {addressSpace: {addressPrefixes: [10.0.0.0/16]}}
                nodes:
                  - {name: n0, address: 10.0.0.4, outputs: {}}
                """.formatted(id);

        assertThat(topology(facts).serviceTags().ownSpace().isEmpty()).isEqualTo(!own);
    }

    @Test
    void aTableIsFoundFromEitherSideAndTheSubnetsOwnWordCountsFirst() {
        String facts = """
                apiVersion: tunnel-doctor/v1
                kind: ClusterFacts
                azure:
                  - {type: Microsoft.Network/virtualNetworks/subnets, name: s, id: /s, properties: {addressPrefix: 10.0.0.0/24, routeTable: {id: /rt/stated}}}
                  - {type: Microsoft.Network/virtualNetworks/subnets, name: t, id: /t, properties: {addressPrefix: 10.0.1.0/24}}
                  - {type: Microsoft.Network/routeTables, name: claims, id: /rt/claims, properties: {routes: [], subnets: [{id: /s}, {id: /t}]}}
                  - {type: Microsoft.Network/routeTables, name: stated, id: /rt/stated, properties: {routes: []}}
                """;
        Topology topology = topology(facts);

        assertThat(table(topology, "/s")).isEqualTo("stated");
        assertThat(table(topology, "/t")).isEqualTo("claims");
        assertThat(topology.routing(Optional.of("/u"), "node n0")).isInstanceOf(Topology.Routing.Unknown.class);
        assertThat(topology.routing(Optional.empty(), "node n0")).isInstanceOf(Topology.Routing.Unknown.class);
    }

    private static String table(Topology topology, String subnet) {
        return topology.routing(Optional.of(subnet), "") instanceof Topology.Routing.Known known
                ? known.table().orElseThrow().name()
                : "";
    }

    private static Topology topology(String text) {
        List<ClusterFacts> documents = new ArrayList<>();
        try {
            FactsFile.read(
                    "facts.yaml", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), documents::add);
        } catch (Exception e) {
            throw new AssertionError(e.getMessage() + "\n" + text, e);
        }
        Facts facts = FactReader.read(documents.get(0));
        assertThat(facts.problems()).isEmpty();
        return new Topology(facts);
    }
}
