package tunneldoctor.diagnose;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.parse.FactsFile;
import tunneldoctor.parse.UnreadableFactsException;

/** A whole cluster without a fault, to which tests add some; its agent is at 10.224.0.4, outside the nodes it lists. */
final class Incident {
    static final String CLEAN = """
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD ACCEPT [0:0]
            :OUTPUT ACCEPT [0:0]
            COMMIT
            """;
    private static final String UFW_SETS = """
            *filter
            :INPUT DROP [0:0]
            :FORWARD DROP [0:0]
            :OUTPUT ACCEPT [0:0]
            :ufw-before-input - [0:0]
            :ufw-user-input - [0:0]
            %s-A INPUT -j ufw-before-input
            -A ufw-before-input -i lo -j ACCEPT
            -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A ufw-before-input -j ufw-user-input
            -A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT
            COMMIT
            """;
    private static final String UFW_STATUS = """
            Status: active
            Logging: on (low)
            Default: deny (incoming), allow (outgoing), deny (routed)
            New profiles: skip

            To                         Action      From
            --                         ------      ----
            22/tcp                     ALLOW IN    Anywhere
            """;

    private final int nodes;
    private final List<String> securityRules = new ArrayList<>();
    private final Set<Integer> ufw = new TreeSet<>();
    private final Set<Integer> dropped = new TreeSet<>();
    private final Set<Integer> decoys = new TreeSet<>();
    private final Set<Integer> unseen = new TreeSet<>();
    private final List<String> symptoms = new ArrayList<>();
    private String more = "";

    Incident(int nodes) {
        this.nodes = nodes;
    }

    Incident securityRule(String name, int priority, String access, String from, String ports) {
        return securityRule(name, priority, access, from, ports, "Inbound");
    }

    Incident securityRule(String name, int priority, String access, String from, String ports, String direction) {
        securityRules.add("{name: " + name + ", properties: {priority: " + priority + ", direction: " + direction
                + ", access: " + access + ", protocol: '*', sourceAddressPrefix: '" + from
                + "', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '" + ports + "'}}");
        return this;
    }

    /** ufw is enabled on a node and lets only ssh in. */
    Incident ufw(int node) {
        ufw.add(node);
        return this;
    }

    /** A rule at the head of INPUT drops. */
    Incident dropped(int node) {
        dropped.add(node);
        return this;
    }

    /** Rules that name the port, and block nothing. */
    Incident decoy(int node) {
        decoys.add(node);
        return this;
    }

    /** Nobody asked the node for its packet filter. */
    Incident unseen(int node) {
        unseen.add(node);
        return this;
    }

    Incident timeout(int node) {
        symptoms.add("dial tcp " + address(node) + ":10250: i/o timeout");
        return this;
    }

    /** Further sections of the document. */
    Incident with(String yaml) {
        more += yaml;
        return this;
    }

    static String name(int node) {
        return "aks-np-12345678-vmss00000" + node;
    }

    static String address(int node) {
        return "10.224.0." + (10 + node);
    }

    ClusterFacts facts() throws UnreadableFactsException {
        List<ClusterFacts> read = new ArrayList<>();
        FactsFile.read("test", new ByteArrayInputStream(yaml().getBytes(StandardCharsets.UTF_8)), read::add);
        return read.get(0);
    }

    String yaml() {
        StringBuilder text = new StringBuilder("""
                apiVersion: tunnel-doctor/v1
                kind: ClusterFacts
                agents: ['10.224.0.4']
                azure:
                  - type: Microsoft.ContainerService/managedClusters
                    name: aks-shop
                    properties:
                      kubernetesVersion: 1.34.2
                      nodeResourceGroup: MC_shop
                      networkProfile: {networkPlugin: azure, networkPluginMode: overlay, outboundType: loadBalancer}
                      apiServerAccessProfile: {enablePrivateCluster: false, enableVnetIntegration: false}
                  - type: Microsoft.Compute/virtualMachineScaleSets
                    name: aks-np-12345678-vmss
                    properties:
                      virtualMachineProfile:
                        networkProfile:
                          networkInterfaceConfigurations:
                            - properties: {primary: true, ipConfigurations: [{properties: {primary: true, subnet: {id: snet-nodes}}}]}
                  - type: Microsoft.Network/virtualNetworks
                    name: vnet-shop
                    properties:
                      addressSpace: {addressPrefixes: [10.224.0.0/12]}
                      subnets:
                        - {name: snet-nodes, properties: {addressPrefix: 10.224.0.0/16, networkSecurityGroup: {id: nsg-nodes}}}
                      virtualNetworkPeerings: []
                  - type: Microsoft.Network/networkSecurityGroups
                    name: nsg-nodes
                    properties:
                      securityRules:
                """);
        if (securityRules.isEmpty()) {
            text.setLength(text.length() - 1);
            text.append(" []\n");
        }
        securityRules.forEach(rule -> text.append("        - ").append(rule).append('\n'));
        if (!symptoms.isEmpty()) {
            text.append("symptoms:\n");
            symptoms.forEach(symptom -> text.append("  - '").append(symptom).append("'\n"));
        }
        text.append(more);
        text.append("nodes:\n");
        for (int node = 0; node < nodes; node++) {
            text.append("  - name: ").append(name(node)).append('\n');
            text.append("    address: ").append(address(node)).append('\n');
            text.append("    outputs:\n");
            if (!unseen.contains(node)) {
                output(text, "iptables-save", tables(node));
            }
            output(text, "ufw status verbose", ufw.contains(node) ? UFW_STATUS : "Status: inactive\n");
        }
        return text.toString();
    }

    private String tables(int node) {
        String first = dropped.contains(node) ? "-A INPUT -p tcp -m tcp --dport 10250 -j DROP\n" : "";
        if (ufw.contains(node)) {
            return UFW_SETS.formatted(first);
        }
        String shadowed = decoys.contains(node)
                ? "-A INPUT -s 10.224.0.0/16 -p tcp -m tcp --dport 10250 -j ACCEPT\n"
                        + "-A INPUT -p tcp -m tcp --dport 10250 -j DROP\n"
                        + "-A INPUT -p udp -m udp --dport 10250 -j DROP\n"
                : "";
        return CLEAN.replace("COMMIT\n", first + shadowed + "COMMIT\n");
    }

    private static void output(StringBuilder text, String command, String printed) {
        text.append("      ").append(command).append(": |\n");
        printed.lines().forEach(line -> text.append("        ").append(line).append('\n'));
    }
}
