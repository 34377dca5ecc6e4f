package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.AdminRule;
import tunneldoctor.model.AgentLadder;
import tunneldoctor.model.AzureFirewall;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.ClusterEvent;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Facts;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostTablesUnreadable;
import tunneldoctor.model.IpGroup;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.LoadBalancer;
import tunneldoctor.model.MetricSeries;
import tunneldoctor.model.NatGateway;
import tunneldoctor.model.NetworkInterface;
import tunneldoctor.model.NftRuleset;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.Probe;
import tunneldoctor.model.Problem;
import tunneldoctor.model.ResourceLock;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.ScaleSet;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Subnet;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.TunnelDeployment;
import tunneldoctor.model.TunnelPod;
import tunneldoctor.model.UfwStatus;
import tunneldoctor.model.VirtualNetwork;

/** Where the readers put what they read of one document. Used by one thread. */
final class FactsBuilder {
    @Nullable
    Cluster cluster;

    @Nullable
    AgentLadder ladder;

    boolean podsListed;

    /** Whether an object that cannot be read may be one of them. */
    boolean podUnread;

    boolean nodesListed;
    final List<ScaleSet> scaleSets = new ArrayList<>();
    final List<NetworkInterface> interfaces = new ArrayList<>();
    final List<VirtualNetwork> networks = new ArrayList<>();
    final List<Subnet> subnets = new ArrayList<>();
    final List<Nsg> nsgs = new ArrayList<>();
    final List<AdminRule> adminRules = new ArrayList<>();
    final List<RouteTable> routeTables = new ArrayList<>();
    final List<AzureFirewall> firewalls = new ArrayList<>();
    final List<IpGroup> ipGroups = new ArrayList<>();
    final List<LoadBalancer> loadBalancers = new ArrayList<>();
    final List<NatGateway> natGateways = new ArrayList<>();
    final List<ResourceLock> locks = new ArrayList<>();
    final List<KubeNode> kubeNodes = new ArrayList<>();
    final List<TunnelPod> tunnelPods = new ArrayList<>();
    final List<TunnelDeployment> deployments = new ArrayList<>();
    final List<ClusterEvent> events = new ArrayList<>();
    final List<HostTable> hostTables = new ArrayList<>();
    final List<HostTablesUnreadable> unreadableTables = new ArrayList<>();
    final List<NftRuleset> nftRulesets = new ArrayList<>();
    final List<UfwStatus> ufw = new ArrayList<>();
    final List<Probe> probes = new ArrayList<>();
    final List<Symptom> symptoms = new ArrayList<>();
    final List<MetricSeries> metrics = new ArrayList<>();
    final List<Problem> problems = new ArrayList<>();

    /** Words of the firewall texts, which much resemble each other. */
    final WordCache words = new WordCache();

    void problem(SourceRef at, String message, String advice) {
        problems.add(new Problem(at, message, advice));
    }

    /** @param nodes what outputs of commands on nodes say, and nothing else */
    void addNodes(FactsBuilder nodes) {
        hostTables.addAll(nodes.hostTables);
        unreadableTables.addAll(nodes.unreadableTables);
        nftRulesets.addAll(nodes.nftRulesets);
        ufw.addAll(nodes.ufw);
        probes.addAll(nodes.probes);
        problems.addAll(nodes.problems);
    }

    Facts build(ClusterFacts given) {
        return new Facts(
                given,
                new Facts.Azure(
                        Optional.ofNullable(cluster),
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
                        locks),
                podsListed && !podUnread,
                nodesListed,
                kubeNodes,
                tunnelPods,
                deployments,
                Optional.ofNullable(ladder),
                events,
                hostTables,
                unreadableTables,
                nftRulesets,
                ufw,
                probes,
                symptoms,
                metrics,
                problems,
                List.of());
    }
}
