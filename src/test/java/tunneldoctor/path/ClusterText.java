package tunneldoctor.path;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Facts;
import tunneldoctor.model.ReachPath;
import tunneldoctor.model.Reachability;
import tunneldoctor.model.Transport;
import tunneldoctor.parse.FactReader;
import tunneldoctor.parse.FactsFile;

/**
 * A facts document of a small cluster, written part by part: network 10.0.0.0/16 with subnet {@code agents} 10.0.1.0/24,
 * where node {@code a} 10.0.1.4 hosts the agent, and subnet {@code nodes} 10.0.2.0/24, where node {@code b} 10.0.2.5 is.
 */
final class ClusterText {
    static final String NETWORK = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet";

    private String cluster = "networkPlugin: azure, networkPluginMode: overlay";
    private String access = "enablePrivateCluster: false, enableVnetIntegration: false";
    private String version = "1.34.2";
    private boolean network = true;
    private final Map<String, String> groups = new LinkedHashMap<>();
    private final Map<String, String> tables = new LinkedHashMap<>();
    private final List<String> azure = new ArrayList<>();
    private final List<String> kubernetes = new ArrayList<>();
    private final Map<String, String> outputs = new LinkedHashMap<>();
    private Optional<String> agents = Optional.empty();
    private String windows = "";
    private String lost = "";
    private String agentPod = "10.244.0.9";
    private boolean pods = true;
    private boolean hostNetwork;
    private boolean gateway;
    private final Map<String, String> applicationGroups = new LinkedHashMap<>();

    /** The cluster resource's network profile, in flow style. */
    ClusterText profile(String text) {
        cluster = text;
        return this;
    }

    /** The cluster resource's API server access profile, in flow style. */
    ClusterText access(String text) {
        access = text;
        return this;
    }

    ClusterText withoutCluster() {
        cluster = "";
        return this;
    }

    ClusterText withoutNetwork() {
        network = false;
        return this;
    }

    ClusterText withoutPods() {
        pods = false;
        return this;
    }

    ClusterText agentPodAddress(String address) {
        agentPod = address;
        return this;
    }

    ClusterText hostNetwork() {
        hostNetwork = true;
        return this;
    }

    /** Binds a subnet to a group that is not in the facts. */
    ClusterText lostGroup(String subnet) {
        groups.put(subnet, "lost");
        return this;
    }

    ClusterText windows(String node) {
        windows = node;
        return this;
    }

    /** An {@code agents:} list, in flow style. */
    ClusterText agents(String list) {
        agents = Optional.of(list);
        return this;
    }

    /**
     * A group on a subnet.
     *
     * @param rules {@code Inbound 200 Deny Tcp * * 10250}, joined by semicolons; none if blank
     */
    ClusterText group(String subnet, String rules) {
        groups.put(subnet, rules);
        return this;
    }

    /** @param routes {@code 10.0.0.0/16 VirtualAppliance 10.0.9.4}, joined by semicolons */
    ClusterText routes(String subnet, String routes) {
        tables.put(subnet, routes);
        return this;
    }

    /** Puts a node's interface into an application security group; rules name it as {@code asg:ID}. */
    ClusterText applicationGroup(String node, String id) {
        applicationGroups.put(node, id);
        return this;
    }

    ClusterText gateway() {
        gateway = true;
        return this;
    }

    /** Binds a subnet to a route table that is not in the facts. */
    ClusterText lostTable(String subnet) {
        lost = subnet;
        return this;
    }

    /** Any resource, as an item of the list. */
    ClusterText resource(String yaml) {
        azure.add(yaml);
        return this;
    }

    /** @param access {@code Allow}, {@code AlwaysAllow} or {@code Deny} */
    ClusterText adminRule(
            String name, String direction, int priority, String access, String from, String to, String port) {
        return resource("""
                type: Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules
                name: %s
                properties: {direction: %s, priority: %d, access: %s, protocol: Tcp, sourcePortRanges: ['0-65535'], destinationPortRanges: ['%s'], sources: [{addressPrefix: '%s', addressPrefixType: IPPrefix}], destinations: [{addressPrefix: '%s', addressPrefixType: IPPrefix}]}
                """.formatted(name, direction, priority, access, port, from, to));
    }

    /** @param rule {@code * 10.0.2.0/24 10250}: sources, destinations, ports of the one allow; empty for no rules */
    ClusterText firewall(String address, String rule) {
        String[] words = rule.split(" ");
        return resource("""
                type: Microsoft.Network/azureFirewalls
                name: fw
                properties: {ipConfigurations: [{properties: {privateIPAddress: %s}}], applicationRuleCollections: [], natRuleCollections: [], networkRuleCollections: [%s]}
                """.formatted(
                        address,
                        rule.isEmpty()
                                ? ""
                                : "{name: c, properties: {priority: 100, action: {type: Allow}, rules: [{name: r,"
                                        + " protocols: [TCP], sourceAddresses: ['" + words[0]
                                        + "'], destinationAddresses: ['" + words[1] + "'], destinationPorts: ['"
                                        + words[2] + "']}]}}"));
    }

    /** What a command printed on a node; several for one node are joined. */
    ClusterText output(String node, String command, String text) {
        outputs.merge(
                node,
                "      " + command + ": |\n"
                        + text.lines().map(line -> "        " + line + "\n").collect(Collectors.joining()),
                String::concat);
        return this;
    }

    /** An {@code iptables-save} of one node's filter table with one rule. */
    ClusterText save(String node, String rule) {
        return output(
                node,
                "iptables-save",
                "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" + rule + "\nCOMMIT\n");
    }

    String text() {
        StringBuilder text = new StringBuilder("apiVersion: tunnel-doctor/v1\nkind: ClusterFacts\n");
        agents.ifPresent(list -> text.append("agents: ").append(list).append('\n'));
        text.append("azure:\n");
        resources().forEach(resource -> text.append(item(resource)));
        if (resources().isEmpty()) {
            text.append("  []\n");
        }
        text.append("kubernetes:\n");
        text.append(node("a", "10.0.1.4")).append(node("b", "10.0.2.5"));
        if (pods) {
            text.append("""
                      - kind: Pod
                        metadata: {name: konnectivity-agent-1, namespace: kube-system, labels: {app: konnectivity-agent}}
                        spec: {nodeName: a, hostNetwork: %s}
                        status: {phase: Running, podIP: %s, hostIP: 10.0.1.4}
                    """.formatted(hostNetwork, hostNetwork ? "10.0.1.4" : agentPod));
        }
        text.append("nodes:\n");
        for (String node : List.of("a", "b")) {
            text.append("  - name: ").append(node).append("\n    outputs:\n");
            text.append(outputs.getOrDefault(
                    node,
                    "      iptables-save: |\n        *filter\n        :INPUT ACCEPT [0:0]\n        :FORWARD ACCEPT [0:0]\n"
                            + "        :OUTPUT ACCEPT [0:0]\n        COMMIT\n"));
        }
        return text.toString();
    }

    private String node(String name, String address) {
        return """
                  - kind: Node
                    metadata: {name: %s, labels: {kubernetes.io/os: %s, agentpool: pool%s}}
                    status: {addresses: [{type: InternalIP, address: %s}]}
                """.formatted(name, name.equals(windows) ? "windows" : "linux", name, address);
    }

    private static String item(String yaml) {
        return "  - " + yaml.strip().replace("\n", "\n    ") + "\n";
    }

    private List<String> resources() {
        List<String> resources = new ArrayList<>();
        if (!cluster.isEmpty()) {
            resources.add("""
                    type: Microsoft.ContainerService/managedClusters
                    name: c
                    location: westeurope
                    properties: {kubernetesVersion: %s, fqdn: c.hcp.westeurope.azmk8s.io, networkProfile: {%s}, apiServerAccessProfile: {%s}}
                    """.formatted(version, cluster, access));
        }
        if (network) {
            resources.add("""
                    type: Microsoft.Network/virtualNetworks
                    name: vnet
                    id: %s
                    properties: {addressSpace: {addressPrefixes: [10.0.0.0/16]}, subnets: [%s]}
                    """.formatted(
                            NETWORK, gateway ? "{name: GatewaySubnet, properties: {addressPrefix: 10.0.8.0/24}}" : ""));
        }
        resources.add(subnet("agents", "10.0.1.0/24"));
        resources.add(subnet("nodes", "10.0.2.0/24"));
        resources.add(networkInterface("a", "10.0.1.4", "agents"));
        resources.add(networkInterface("b", "10.0.2.5", "nodes"));
        Map<String, String> shown = new LinkedHashMap<>(groups);
        shown.values().removeIf("lost"::equals);
        shown.forEach((subnet, rules) -> resources.add("""
                type: Microsoft.Network/networkSecurityGroups
                name: nsg-%s
                id: /nsg/nsg-%s
                properties: {securityRules: [%s]}
                """.formatted(subnet, subnet, rules(rules))));
        tables.forEach((subnet, routes) -> resources.add("""
                type: Microsoft.Network/routeTables
                name: rt-%s
                id: /rt/rt-%s
                properties: {routes: [%s]}
                """.formatted(subnet, subnet, routes(routes))));
        resources.addAll(azure);
        return resources;
    }

    private String subnet(String name, String prefix) {
        return """
                type: Microsoft.Network/virtualNetworks/subnets
                name: %s
                id: %s/subnets/%s
                properties: {addressPrefix: %s%s%s}
                """.formatted(
                        name,
                        NETWORK,
                        name,
                        prefix,
                        groups.containsKey(name) ? ", networkSecurityGroup: {id: /nsg/nsg-" + name + "}" : "",
                        name.equals(lost)
                                ? ", routeTable: {id: /rt/lost}"
                                : tables.containsKey(name) ? ", routeTable: {id: /rt/rt-" + name + "}" : "");
    }

    private String networkInterface(String node, String address, String subnet) {
        return """
                type: Microsoft.Network/networkInterfaces
                name: nic-%s
                properties: {ipConfigurations: [{properties: {primary: true, privateIPAddress: %s, subnet: {id: %s/subnets/%s}, applicationSecurityGroups: [%s]}}]}
                """.formatted(
                        node,
                        address,
                        NETWORK,
                        subnet,
                        applicationGroups.containsKey(node) ? "{id: " + applicationGroups.get(node) + "}" : "");
    }

    private static String rules(String rules) {
        return split(rules).stream()
                .map(words -> "{name: r" + words[1] + ", properties: {direction: " + words[0] + ", priority: "
                        + words[1]
                        + ", access: " + words[2] + ", protocol: '" + words[3] + "', " + end("source", words[4])
                        + ", sourcePortRange: '*', " + end("destination", words[5]) + ", destinationPortRange: '"
                        + words[6] + "'}}")
                .collect(Collectors.joining(", "));
    }

    private static String end(String side, String text) {
        return text.startsWith("asg:")
                ? side + "ApplicationSecurityGroups: [{id: " + text.substring(4) + "}]"
                : side + "AddressPrefix: '" + text + "'";
    }

    private static String routes(String routes) {
        return split(routes).stream()
                .map(words -> "{name: '" + words[0] + "', properties: {addressPrefix: '" + words[0] + "', nextHopType: "
                        + words[1] + (words.length > 2 ? ", nextHopIpAddress: " + words[2] : "") + "}}")
                .collect(Collectors.joining(", "));
    }

    private static List<String[]> split(String items) {
        List<String[]> split = new ArrayList<>();
        for (String item : items.split(";")) {
            if (!item.isBlank()) {
                split.add(item.strip().split(" +"));
            }
        }
        return split;
    }

    Facts facts() {
        return FactReader.read(given());
    }

    ClusterFacts given() {
        List<ClusterFacts> documents = new ArrayList<>();
        try {
            FactsFile.read(
                    "facts.yaml", new ByteArrayInputStream(text().getBytes(StandardCharsets.UTF_8)), documents::add);
        } catch (Exception e) {
            throw new AssertionError(e.getMessage() + "\n" + text(), e);
        }
        return documents.get(0);
    }

    Reachability reach(Reach.Question question) {
        return Reach.of(facts(), question);
    }

    /** The path from the agent's node, or from where no node is known, to node b. */
    ReachPath toB() {
        return reach(new Reach.Question(List.of(), List.of("b"), Transport.TCP, 10_250, Optional.empty(), false))
                .paths()
                .get(0);
    }

    PathAnalysis analysis() {
        return PathAnalysis.of(facts());
    }

    List<ReachPath> from(String... senders) {
        return reach(new Reach.Question(
                        List.of(senders).stream()
                                .map(sender -> AddressSet.parse(sender).orElseThrow())
                                .toList(),
                        List.of("b"),
                        Transport.TCP,
                        10_250,
                        Optional.empty(),
                        false))
                .paths();
    }

    /** The tunnel's own paths. */
    List<ReachPath> tunnel() {
        return reach(Reach.Question.TUNNEL).paths().stream()
                .filter(path -> path.purpose() == tunneldoctor.model.Purpose.TUNNEL)
                .toList();
    }
}
