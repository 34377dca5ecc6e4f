package tunneldoctor.model;

import java.util.ArrayList;
import java.util.List;

/** A change to the managed cluster or to the tunnel's own workload. */
public sealed interface ClusterChange extends FactChange {
    Cluster cluster();

    /** The cluster resource afterwards. */
    Cluster after(Cluster before);

    /** What it brings shows only in new measurements. */
    @Override
    default boolean foreseeable() {
        return false;
    }

    @Override
    default Facts applied(Facts facts) {
        return facts.changed(this, azure -> azure.withCluster(this::after));
    }

    private static String update(Cluster cluster) {
        return "az aks update --resource-group "
                + (cluster.resourceGroup().isEmpty() ? "\"$RESOURCE_GROUP\"" : Shell.quote(cluster.resourceGroup()))
                + " --name " + (cluster.name().isEmpty() ? "\"$CLUSTER\"" : Shell.quote(cluster.name()));
    }

    /**
     * Sets SNAT ports per node and the number of outbound addresses.
     *
     * @param portsPerNode a multiple of 8; 0 for by pool size
     * @param addresses managed outbound addresses, 1 to 100; -1 to leave them
     */
    record SetOutboundPorts(Cluster cluster, int portsPerNode, int addresses) implements ClusterChange {
        @Override
        public List<String> commands() {
            return List.of(command(portsPerNode, addresses));
        }

        @Override
        public List<String> undo() {
            return cluster.allocatedOutboundPorts() < 0 || addresses >= 0 && cluster.managedOutboundIps() < 0
                    ? List.of()
                    : List.of(command(
                            cluster.allocatedOutboundPorts(), addresses < 0 ? -1 : cluster.managedOutboundIps()));
        }

        @Override
        public Cluster after(Cluster before) {
            return before.withOutbound(
                    before.outboundType(),
                    portsPerNode,
                    before.idleTimeoutMinutes(),
                    addresses < 0 ? before.managedOutboundIps() : addresses);
        }

        private String command(int ports, int ips) {
            List<String> words = new ArrayList<>(List.of(update(cluster)));
            if (ips >= 0) {
                words.add("--load-balancer-managed-outbound-ip-count " + ips);
            }
            words.add("--load-balancer-outbound-ports " + ports);
            return String.join(" ", words);
        }
    }

    /** Sets the number of managed addresses of AKS's own NAT gateway, 1 to 16. */
    record SetGatewayAddresses(Cluster cluster, int addresses) implements ClusterChange {
        @Override
        public List<String> commands() {
            return List.of(update(cluster) + " --nat-gateway-managed-outbound-ip-count " + addresses);
        }

        @Override
        public List<String> undo() {
            return List.of(
                    update(cluster) + " --nat-gateway-managed-outbound-ip-count " + cluster.managedOutboundIps());
        }

        @Override
        public Cluster after(Cluster before) {
            return before.withOutbound(
                    before.outboundType(), before.allocatedOutboundPorts(), before.idleTimeoutMinutes(), addresses);
        }
    }

    /** Sets after how many idle minutes an outbound connection gives its port back, 4 to 120. */
    record SetIdleTimeout(Cluster cluster, int minutes) implements ClusterChange {
        @Override
        public List<String> commands() {
            return List.of(update(cluster) + " --load-balancer-idle-timeout " + minutes);
        }

        @Override
        public List<String> undo() {
            return cluster.idleTimeoutMinutes() < 0
                    ? List.of()
                    : List.of(update(cluster) + " --load-balancer-idle-timeout " + cluster.idleTimeoutMinutes());
        }

        @Override
        public Cluster after(Cluster before) {
            return before.withOutbound(
                    before.outboundType(), before.allocatedOutboundPorts(), minutes, before.managedOutboundIps());
        }
    }

    /** Switches how the cluster reaches the internet. */
    record SetOutboundType(Cluster cluster, String outboundType) implements ClusterChange {
        @Override
        public List<String> commands() {
            return List.of(update(cluster) + " --outbound-type " + Shell.quote(outboundType));
        }

        /** Not every switch can be taken back, so none is promised. */
        @Override
        public List<String> undo() {
            return List.of();
        }

        @Override
        public Cluster after(Cluster before) {
            return before.withOutbound(
                    outboundType,
                    before.allocatedOutboundPorts(),
                    before.idleTimeoutMinutes(),
                    before.managedOutboundIps());
        }
    }

    /** Recreates the tunnel's pods one after the other. */
    record RestartAgents(Cluster cluster, TunnelKind tunnel) implements ClusterChange {
        @Override
        public List<String> commands() {
            return switch (tunnel) {
                case KONNECTIVITY -> List.of("kubectl rollout restart deployment konnectivity-agent -n kube-system");
                case TUNNEL_FRONT -> List.of("kubectl delete pod -n kube-system -l component=tunnel");
                case AKS_LINK -> List.of("kubectl rollout restart deployment aks-link -n kube-system");
                case NONE, UNKNOWN -> List.of();
            };
        }

        @Override
        public List<String> undo() {
            return List.of();
        }

        @Override
        public Cluster after(Cluster before) {
            return before;
        }
    }
}
