package tunneldoctor.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the facts of a cluster of any size: a konnectivity cluster whose network lets everything through, with ten agents
 * and about 20 kB of command output on each node. One in twenty nodes has a firewall that drops the kubelet's port. The
 * same arguments give the same file.
 */
public final class LargeFacts {
    private static final int AGENTS = 10;

    /** Rules for about 20 kB of {@code iptables-save}. */
    private static final int RULES = 128;

    private static final String SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/";
    private static final String NETWORK =
            SUBSCRIPTION + "rg-large/providers/Microsoft.Network/virtualNetworks/vnet-large";
    private static final String SCALE_SET = "aks-nodepool1-12345678-vmss";
    private static final String MACHINES = SUBSCRIPTION
            + "MC_rg-large_aks-large_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/" + SCALE_SET;

    private final Cluster cluster;
    private final int number;

    /** @param number tells clusters of the same kind apart */
    private LargeFacts(Cluster cluster, int number) {
        this.cluster = cluster;
        this.number = number;
    }

    /**
     * What is written.
     *
     * @param nodes 20 or more
     * @param firewalls how many distinct firewalls the nodes have
     * @param counters whether the texts of equal firewalls differ in what their counters and clocks say, as on real nodes
     */
    public record Cluster(int nodes, int firewalls, boolean counters) {}

    /**
     * {@code LargeFacts FILE NODES FIREWALLS [counters]}: YAML, or JSON if the file's name says so. {@code LargeFacts DIR
     * NODES FIREWALLS FILES}: as many clusters in as many files, no two the same.
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            new PrintStream(System.err, true).println("usage: LargeFacts FILE NODES FIREWALLS [counters]");
            System.exit(2);
        }
        Path file = Path.of(arguments[0]);
        if (Files.isDirectory(file)) {
            fleet(
                    file,
                    new Cluster(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), true),
                    Integer.parseInt(arguments[3]));
            return;
        }
        Cluster cluster = new Cluster(
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                arguments.length > 3 && arguments[3].equals("counters"));
        try (Writer out = Files.newBufferedWriter(file)) {
            write(cluster, file.toString().endsWith(".json"), out);
        }
    }

    private static void fleet(Path directory, Cluster cluster, int files) throws IOException {
        for (int number = 0; number < files; number++) {
            try (Writer out = Files.newBufferedWriter(directory.resolve("cluster-" + number + ".yaml"))) {
                write(cluster, number, false, out);
            }
        }
    }

    /** Writes one document. */
    public static void write(Cluster cluster, boolean json, Writer out) throws IOException {
        write(cluster, 0, json, out);
    }

    private static void write(Cluster cluster, int number, boolean json, Writer out) throws IOException {
        FactsPrinter printer = json ? FactsPrinter.json(out) : FactsPrinter.yaml(out);
        try {
            printer.print(new LargeFacts(cluster, number).document());
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    private Map<String, Object> document() {
        return map(
                "apiVersion",
                "tunnel-doctor/v1",
                "kind",
                "ClusterFacts",
                "symptoms",
                List.of("Error from server: error dialing backend: dial tcp " + address(3) + ":10250: i/o timeout"),
                "azure",
                azure(),
                "kubernetes",
                FactsPrinter.each(cluster.nodes + AGENTS + 1, this::kubernetes),
                "nodes",
                FactsPrinter.each(cluster.nodes, this::node));
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    private static String name(int node) {
        String instance = Integer.toString(node, 36);
        return SCALE_SET + "000000".substring(instance.length()) + instance;
    }

    private static String address(int node) {
        return "10.224." + ((node + 4) >> 8) + "." + ((node + 4) & 255);
    }

    private List<Object> azure() {
        Object subnet = map("id", NETWORK + "/subnets/snet-nodes");
        return List.of(
                map(
                        "type",
                        "Microsoft.ContainerService/managedClusters",
                        "name",
                        "aks-large" + number,
                        "id",
                        SUBSCRIPTION + "rg-large/providers/Microsoft.ContainerService/managedClusters/aks-large"
                                + number,
                        "location",
                        "westeurope",
                        "properties",
                        map(
                                "kubernetesVersion",
                                "1.34.2",
                                "fqdn",
                                "aks-large-dns-0a1b2c3d.hcp.westeurope.azmk8s.io",
                                "nodeResourceGroup",
                                "MC_rg-large_aks-large_westeurope",
                                "agentPoolProfiles",
                                List.of(map(
                                        "name",
                                        "nodepool1",
                                        "count",
                                        cluster.nodes,
                                        "osType",
                                        "Linux",
                                        "mode",
                                        "System",
                                        "vnetSubnetID",
                                        NETWORK + "/subnets/snet-nodes")),
                                "networkProfile",
                                map(
                                        "networkPlugin",
                                        "azure",
                                        "networkPluginMode",
                                        "overlay",
                                        "outboundType",
                                        "loadBalancer",
                                        "podCidr",
                                        "10.244.0.0/16"),
                                "apiServerAccessProfile",
                                map("enablePrivateCluster", false))),
                map(
                        "type",
                        "Microsoft.Compute/virtualMachineScaleSets",
                        "name",
                        SCALE_SET,
                        "id",
                        MACHINES,
                        "tags",
                        map("aks-managed-poolName", "nodepool1"),
                        "properties",
                        map(
                                "virtualMachineProfile",
                                map(
                                        "networkProfile",
                                        map(
                                                "networkInterfaceConfigurations",
                                                List.of(map(
                                                        "name",
                                                        SCALE_SET,
                                                        "properties",
                                                        map(
                                                                "primary",
                                                                true,
                                                                "ipConfigurations",
                                                                List.of(map(
                                                                        "name",
                                                                        "ipconfig1",
                                                                        "properties",
                                                                        map("primary", true, "subnet", subnet)))))))))),
                map(
                        "type",
                        "Microsoft.Network/virtualNetworks",
                        "name",
                        "vnet-large",
                        "id",
                        NETWORK,
                        "properties",
                        map(
                                "addressSpace",
                                map("addressPrefixes", List.of("10.224.0.0/12")),
                                "subnets",
                                List.of(map(
                                        "name",
                                        "snet-nodes",
                                        "id",
                                        NETWORK + "/subnets/snet-nodes",
                                        "properties",
                                        map("addressPrefix", "10.224.0.0/16"))))));
    }

    private Object kubernetes(int i) {
        if (i < cluster.nodes) {
            return nodeObject(i);
        }
        return i < cluster.nodes + AGENTS ? agentPod(i - cluster.nodes) : deployment();
    }

    private static Object nodeObject(int node) {
        return map(
                "apiVersion",
                "v1",
                "kind",
                "Node",
                "metadata",
                map(
                        "name",
                        name(node),
                        "labels",
                        map(
                                "kubernetes.azure.com/agentpool",
                                "nodepool1",
                                "kubernetes.io/os",
                                "linux",
                                "node.kubernetes.io/instance-type",
                                "Standard_D4s_v5",
                                "topology.kubernetes.io/zone",
                                "westeurope-" + (1 + node % 3))),
                "spec",
                map(
                        "podCIDR",
                        "10.244." + (node & 255) + ".0/24",
                        "providerID",
                        "azure://" + MACHINES + "/virtualMachines/" + node),
                "status",
                map(
                        "addresses",
                        List.of(
                                map("type", "InternalIP", "address", address(node)),
                                map("type", "Hostname", "address", name(node))),
                        "conditions",
                        List.of(
                                map(
                                        "type",
                                        "MemoryPressure",
                                        "status",
                                        "False",
                                        "reason",
                                        "KubeletHasSufficientMemory"),
                                map("type", "DiskPressure", "status", "False", "reason", "KubeletHasNoDiskPressure"),
                                map("type", "Ready", "status", "True", "reason", "KubeletReady")),
                        "nodeInfo",
                        map("osImage", "Ubuntu 24.04.3 LTS", "operatingSystem", "linux", "kubeletVersion", "v1.34.2")));
    }

    /** The agents stand on the first nodes of the cluster. */
    private static Object agentPod(int agent) {
        return map(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                map(
                        "name",
                        "konnectivity-agent-7d9f8c6b54-" + (char) ('a' + agent) + "2m8x",
                        "namespace",
                        "kube-system",
                        "labels",
                        map("app", "konnectivity-agent")),
                "spec",
                map(
                        "nodeName",
                        name(agent),
                        "containers",
                        List.of(map(
                                "name",
                                "konnectivity-agent",
                                "image",
                                "mcr.microsoft.com/oss/v2/kubernetes/apiserver-network-proxy/agent:v0.33.0"))),
                "status",
                map(
                        "phase",
                        "Running",
                        "hostIP",
                        address(agent),
                        "podIP",
                        "10.244." + agent + ".7",
                        "conditions",
                        List.of(map("type", "Ready", "status", "True"))));
    }

    private static Object deployment() {
        return map(
                "apiVersion",
                "apps/v1",
                "kind",
                "Deployment",
                "metadata",
                map("name", "konnectivity-agent", "namespace", "kube-system"),
                "spec",
                map("replicas", AGENTS),
                "status",
                map("replicas", AGENTS, "readyReplicas", AGENTS));
    }

    private final List<String> texts = new ArrayList<>();

    private Object node(int node) {
        while (texts.size() < cluster.firewalls) {
            texts.add(firewall(texts.size()));
        }
        String text = texts.get(node % cluster.firewalls);
        return map(
                "name",
                name(node),
                "outputs",
                map(
                        "ufw status verbose",
                        "Status: inactive\n",
                        "iptables-save",
                        cluster.counters ? counted(text, node + number * cluster.nodes) : text));
    }

    private static String firewall(int kind) {
        String text = FirewallTexts.save(FirewallTexts.Kind.SERVICES, RULES, kind);
        return kind % 20 == 3
                ? text.replace(
                        "-A INPUT -j KUBE-FIREWALL\n",
                        "-A INPUT -j KUBE-FIREWALL\n-A INPUT -p tcp -m tcp --dport 10250 -j DROP\n")
                : text;
    }

    /** What two nodes with the same rules print at different times. */
    private static String counted(String text, int node) {
        return text.replace("[4175:1130452]", "[" + (4175 + node) + ":" + (1_130_452 + 97 * node) + "]")
                .replace("10:15:00", "10:" + (15 + node / 600 % 40) + ":" + (10 + node % 50));
    }
}
