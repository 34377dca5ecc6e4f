package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * Everything the readers made of one {@link ClusterFacts} document.
 *
 * @param podsListed whether the evidence lists pods of kube-system at all, so that an absent pod means something
 * @param nodesListed whether the evidence holds Kubernetes Node objects
 * @param hostTables tables of iptables listings of any form, one per table and document
 * @param problems of all readers, in document order
 */
public record Facts(
        ClusterFacts given,
        Azure azure,
        boolean podsListed,
        boolean nodesListed,
        List<KubeNode> kubeNodes,
        List<TunnelPod> tunnelPods,
        List<TunnelDeployment> deployments,
        Optional<AgentLadder> ladder,
        List<ClusterEvent> events,
        List<HostTable> hostTables,
        List<HostTablesUnreadable> unreadableTables,
        List<NftRuleset> nftRulesets,
        List<UfwStatus> ufw,
        List<Probe> probes,
        List<Symptom> symptoms,
        List<MetricSeries> metrics,
        List<Problem> problems) {
    public Facts {
        kubeNodes = List.copyOf(kubeNodes);
        tunnelPods = List.copyOf(tunnelPods);
        deployments = List.copyOf(deployments);
        events = List.copyOf(events);
        hostTables = List.copyOf(hostTables);
        unreadableTables = List.copyOf(unreadableTables);
        nftRulesets = List.copyOf(nftRulesets);
        ufw = List.copyOf(ufw);
        probes = List.copyOf(probes);
        symptoms = List.copyOf(symptoms);
        metrics = List.copyOf(metrics);
        problems = List.copyOf(problems);
    }

    /** The Azure resources of the document, typed. */
    public record Azure(
            Optional<Cluster> cluster,
            List<ScaleSet> scaleSets,
            List<NetworkInterface> interfaces,
            List<VirtualNetwork> networks,
            List<Subnet> subnets,
            List<Nsg> nsgs,
            List<AdminRule> adminRules,
            List<RouteTable> routeTables,
            List<AzureFirewall> firewalls,
            List<IpGroup> ipGroups,
            List<LoadBalancer> loadBalancers,
            List<NatGateway> natGateways,
            List<ResourceLock> locks) {
        public Azure {
            scaleSets = List.copyOf(scaleSets);
            interfaces = List.copyOf(interfaces);
            networks = List.copyOf(networks);
            subnets = List.copyOf(subnets);
            nsgs = List.copyOf(nsgs);
            adminRules = List.copyOf(adminRules);
            routeTables = List.copyOf(routeTables);
            firewalls = List.copyOf(firewalls);
            ipGroups = List.copyOf(ipGroups);
            loadBalancers = List.copyOf(loadBalancers);
            natGateways = List.copyOf(natGateways);
            locks = List.copyOf(locks);
        }
    }
}
