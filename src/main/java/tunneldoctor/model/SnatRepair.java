package tunneldoctor.model;

import java.util.List;

/**
 * Outbound ports by the documented formula: nodes, surge included, times ports per node must fit into 64,000 ports per
 * address, and ports per node are a multiple of 8 (AKS, "Configure the allocated outbound ports").
 */
public final class SnatRepair {
    static final int PORTS_PER_ADDRESS = 64_000;
    private static final int MAX_ADDRESSES = 100;
    private static final int STEP = 8;

    /** Azure Load Balancer outbound rules. */
    private static final int SHORTEST_IDLE_MINUTES = 4;

    private SnatRepair() {}

    /**
     * Solution 5b: twice the ports a node has now, and as many addresses as that takes.
     *
     * @param nodeCount nodes known from other evidence, used where the pools state no size
     * @return empty where the cluster is too large for one more port per node
     */
    public static List<FactChange> morePorts(Cluster cluster, int nodeCount) {
        int nodes = Math.max(1, largestSize(cluster, nodeCount));
        int perNode = Math.min(roundUp(2 * portsNow(cluster, nodes)), PORTS_PER_ADDRESS);
        int addresses = addressesFor(nodes, perNode);
        if (addresses > MAX_ADDRESSES) {
            perNode = PORTS_PER_ADDRESS * MAX_ADDRESSES / nodes / STEP * STEP;
            addresses = MAX_ADDRESSES;
        }
        if (perNode <= portsNow(cluster, nodes)) {
            return List.of();
        }
        int now = cluster.managedOutboundIps();
        return List.of(new ClusterChange.SetOutboundPorts(cluster, perNode, now >= addresses ? -1 : addresses));
    }

    /** The sum behind {@link #morePorts}, for people. */
    public static String sum(Cluster cluster, int nodeCount) {
        List<FactChange> changes = morePorts(cluster, nodeCount);
        int nodes = Math.max(1, largestSize(cluster, nodeCount));
        return changes.isEmpty()
                ? "ports per node cannot grow: " + nodes + " nodes share " + MAX_ADDRESSES + " addresses already"
                : nodes + " nodes at most (surge included) x "
                        + ((ClusterChange.SetOutboundPorts) changes.get(0)).portsPerNode() + " ports fit into "
                        + addressesFor(nodes, ((ClusterChange.SetOutboundPorts) changes.get(0)).portsPerNode())
                        + " address(es) x 64000";
    }

    /** Ports of connections that idle come back after the shortest time the load balancer takes. */
    public static List<FactChange> shortestIdleTimeout(Cluster cluster) {
        return List.of(new ClusterChange.SetIdleTimeout(cluster, SHORTEST_IDLE_MINUTES));
    }

    /** Solution 5c: a NAT gateway shares its ports among all nodes. */
    public static List<FactChange> natGateway(Cluster cluster) {
        return List.of(new ClusterChange.SetOutboundType(
                cluster, ownNetwork(cluster) ? "userAssignedNATGateway" : "managedNATGateway"));
    }

    /** What the switch to a NAT gateway needs besides; empty for a network that AKS made. */
    public static List<String> gatewayAdvice(Cluster cluster) {
        return ownNetwork(cluster)
                ? List.of(
                        "In a network of your own, create the NAT gateway and put it on the node subnets before the switch.")
                : List.of();
    }

    /** One more managed address for AKS's own NAT gateway; empty where the gateway is the customer's or its size not known. */
    public static List<FactChange> moreGatewayAddresses(Cluster cluster) {
        return cluster.outboundType().equalsIgnoreCase("managedNATGateway") && cluster.managedOutboundIps() > 0
                ? List.of(new ClusterChange.SetGatewayAddresses(cluster, cluster.managedOutboundIps() + 1))
                : List.of();
    }

    /** The command that shows SNAT connections by state, on the device that translates for this cluster. */
    public static String metricsCommand(Cluster cluster) {
        String group = cluster.nodeResourceGroup().isEmpty()
                ? "\"$NODE_RESOURCE_GROUP\""
                : Shell.quote(cluster.nodeResourceGroup());
        boolean gateway =
                cluster.outboundType().toLowerCase(java.util.Locale.ROOT).contains("natgateway");
        return gateway
                ? "az monitor metrics list --resource-group " + group
                        + " --resource-type Microsoft.Network/natGateways --resource \"$NAT_GATEWAY\""
                        + " --metrics SNATConnectionCount --filter \"ConnectionState eq '*'\" --aggregation Total -o json"
                : "az monitor metrics list --resource-group " + group
                        + " --resource-type Microsoft.Network/loadBalancers --resource kubernetes"
                        + " --metrics SnatConnectionCount --filter \"ConnectionState eq '*'\" --aggregation Total -o json";
    }

    /** Whether the node subnets are the customer's, so that AKS cannot make the gateway. */
    public static boolean ownNetwork(Cluster cluster) {
        return cluster.pools().stream().anyMatch(pool -> !pool.nodeSubnetId().isEmpty());
    }

    private static int addressesFor(int nodes, int perNode) {
        return (int) (((long) nodes * perNode + PORTS_PER_ADDRESS - 1) / PORTS_PER_ADDRESS);
    }

    private static int portsNow(Cluster cluster, int nodes) {
        return cluster.allocatedOutboundPorts() > 0 ? cluster.allocatedOutboundPorts() : defaultPorts(nodes);
    }

    /** Azure Load Balancer's table of ports per node by pool size, used while none are allocated by hand. */
    static int defaultPorts(int nodes) {
        if (nodes <= 50) {
            return 1024;
        }
        if (nodes <= 100) {
            return 512;
        }
        if (nodes <= 200) {
            return 256;
        }
        if (nodes <= 400) {
            return 128;
        }
        return nodes <= 800 ? 64 : 32;
    }

    static int largestSize(Cluster cluster, int nodeCount) {
        int total = 0;
        for (Cluster.AgentPool pool : cluster.pools()) {
            int size = Math.max(pool.count(), pool.autoscaling().no() ? -1 : pool.maxCount());
            if (size < 0) {
                return nodeCount + 1;
            }
            total += size + surge(pool.maxSurge(), size);
        }
        return total == 0 ? nodeCount + 1 : Math.max(total, nodeCount);
    }

    /** One node unless the pool says otherwise, as a number or as a percentage of its size, rounded up. */
    private static int surge(String maxSurge, int size) {
        try {
            return maxSurge.endsWith("%")
                    ? (int) Math.ceil(size * Integer.parseInt(maxSurge.substring(0, maxSurge.length() - 1)) / 100.0)
                    : maxSurge.isEmpty() ? 1 : Integer.parseInt(maxSurge);
        } catch (NumberFormatException notANumber) {
            return 1;
        }
    }

    private static int roundUp(int ports) {
        return (ports + STEP - 1) / STEP * STEP;
    }
}
