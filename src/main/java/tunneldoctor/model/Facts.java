package tunneldoctor.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Everything the readers made of one {@link ClusterFacts} document.
 *
 * @param podsListed whether the evidence lists pods of kube-system at all, so that an absent pod means something
 * @param nodesListed whether the evidence holds Kubernetes Node objects
 * @param hostTables tables of iptables listings of any form, one per table and document
 * @param problems of all readers, in document order
 * @param changes what was changed in memory since they were read, in order; empty for facts as read
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
        List<Problem> problems,
        List<FactChange> changes) {
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
        changes = List.copyOf(changes);
    }

    /** All changes applied, one after the other. */
    public Facts after(List<? extends FactChange> more) {
        Facts facts = this;
        for (FactChange change : more) {
            facts = change.applied(facts);
        }
        return facts;
    }

    /** With other Azure resources, as the change made them. */
    Facts changed(FactChange by, UnaryOperator<Azure> azureChange) {
        return changed(by, azureChange.apply(azure), hostTables, nftRulesets, ufw);
    }

    /** With other firewalls on nodes, as the change made them. */
    Facts changed(
            FactChange by,
            UnaryOperator<HostTable> table,
            UnaryOperator<NftRuleset> ruleset,
            UnaryOperator<UfwStatus> status) {
        return changed(
                by,
                azure,
                hostTables.stream().map(table).toList(),
                nftRulesets.stream().map(ruleset).toList(),
                ufw.stream().map(status).toList());
    }

    private Facts changed(
            FactChange by,
            Azure newAzure,
            List<HostTable> newTables,
            List<NftRuleset> newRulesets,
            List<UfwStatus> newUfw) {
        List<FactChange> all = new ArrayList<>(changes);
        all.add(by);
        return new Facts(
                given,
                newAzure,
                podsListed,
                nodesListed,
                kubeNodes,
                tunnelPods,
                deployments,
                ladder,
                events,
                newTables,
                unreadableTables,
                newRulesets,
                newUfw,
                probes,
                symptoms,
                metrics,
                problems,
                all);
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

        Azure withCluster(UnaryOperator<Cluster> change) {
            return new Azure(
                    cluster.map(change),
                    scaleSets,
                    interfaces,
                    networks,
                    subnets,
                    nsgs,
                    adminRules,
                    routeTables,
                    firewalls,
                    ipGroups,
                    loadBalancers,
                    natGateways,
                    locks);
        }

        Azure withNsgs(UnaryOperator<Nsg> change) {
            return new Azure(
                    cluster,
                    scaleSets,
                    interfaces,
                    networks,
                    subnets,
                    nsgs.stream().map(change).toList(),
                    adminRules,
                    routeTables,
                    firewalls,
                    ipGroups,
                    loadBalancers,
                    natGateways,
                    locks);
        }

        Azure withFirewalls(UnaryOperator<AzureFirewall> change) {
            return new Azure(
                    cluster,
                    scaleSets,
                    interfaces,
                    networks,
                    subnets,
                    nsgs,
                    adminRules,
                    routeTables,
                    firewalls.stream().map(change).toList(),
                    ipGroups,
                    loadBalancers,
                    natGateways,
                    locks);
        }
    }
}
