package tunneldoctor.model;

import java.util.List;

/**
 * The managed cluster resource. Texts are empty and numbers -1 where the evidence does not state them.
 *
 * @param location Azure region, lower case without blanks
 * @param outboundType {@code loadBalancer}, {@code managedNATGateway}, {@code userDefinedRouting}, … as written
 * @param privateCluster whether the API server is reached over a private endpoint
 * @param vnetIntegration whether the API server sits in the cluster's network (API Server VNet Integration)
 * @param allocatedOutboundPorts SNAT ports per node; 0 means by pool size
 * @param idleTimeoutMinutes outbound rule's idle timeout
 * @param managedOutboundIps number of managed outbound addresses
 * @param outboundAddresses public addresses traffic leaves from, where they are known
 * @param resourceGroupLockedDown whether the node resource group refuses changes
 */
public record Cluster(
        String name,
        String resourceGroup,
        String nodeResourceGroup,
        String subscription,
        String location,
        String kubernetesVersion,
        NetworkPlugin networkPlugin,
        String dataplane,
        String networkPolicy,
        String outboundType,
        Answer privateCluster,
        Answer vnetIntegration,
        String apiServerSubnetId,
        String fqdn,
        List<String> podCidrs,
        List<String> serviceCidrs,
        int allocatedOutboundPorts,
        int idleTimeoutMinutes,
        int managedOutboundIps,
        List<String> outboundAddresses,
        Answer resourceGroupLockedDown,
        List<AgentPool> pools,
        SourceRef source)
        implements Fact {
    public Cluster {
        podCidrs = List.copyOf(podCidrs);
        serviceCidrs = List.copyOf(serviceCidrs);
        outboundAddresses = List.copyOf(outboundAddresses);
        pools = List.copyOf(pools);
    }

    Cluster withOutbound(String type, int portsPerNode, int idleMinutes, int addresses) {
        return new Cluster(
                name,
                resourceGroup,
                nodeResourceGroup,
                subscription,
                location,
                kubernetesVersion,
                networkPlugin,
                dataplane,
                networkPolicy,
                type,
                privateCluster,
                vnetIntegration,
                apiServerSubnetId,
                fqdn,
                podCidrs,
                serviceCidrs,
                portsPerNode,
                idleMinutes,
                addresses,
                outboundAddresses,
                resourceGroupLockedDown,
                pools,
                source);
    }

    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    /**
     * Whether a load balancer or NAT gateway of the cluster translates outbound addresses; true also where the outbound
     * type is not stated, since {@code loadBalancer} is the default.
     */
    public boolean translatesAddresses() {
        return !outboundType.equalsIgnoreCase("userDefinedRouting")
                && !outboundType.equalsIgnoreCase("none")
                && !outboundType.equalsIgnoreCase("block");
    }

    /** How pods get their addresses, which decides the source address a kubelet sees. */
    public enum NetworkPlugin {
        KUBENET,
        /** Azure CNI with pods in the node subnet. */
        AZURE_NODE_SUBNET,
        /** Azure CNI with a subnet of its own for pods. */
        AZURE_POD_SUBNET,
        AZURE_OVERLAY,
        /** Bring your own. */
        OTHER,
        UNKNOWN
    }

    /**
     * A node pool. Numbers are -1 where not stated.
     *
     * @param maxSurge extra nodes during an upgrade, a number or a percentage as written; empty if not stated
     * @param kind {@code VirtualMachineScaleSets}, {@code VirtualMachines} or {@code AvailabilitySet}
     */
    public record AgentPool(
            String name,
            int count,
            int maxCount,
            Answer autoscaling,
            String maxSurge,
            String osType,
            String osSku,
            String mode,
            String kind,
            String nodeSubnetId,
            String podSubnetId,
            SourceRef source) {}
}
