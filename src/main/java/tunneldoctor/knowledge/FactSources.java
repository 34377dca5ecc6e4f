package tunneldoctor.knowledge;

import java.util.List;
import java.util.Map;
import tunneldoctor.model.Agent;
import tunneldoctor.model.AgentFleet;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.ClusterEvent;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.Gap;
import tunneldoctor.model.HostVerdict;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.LoadBalancer;
import tunneldoctor.model.MetricSeries;
import tunneldoctor.model.Node;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Probe;
import tunneldoctor.model.ResourceLock;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelDeployment;
import tunneldoctor.model.TunnelPod;
import tunneldoctor.model.UfwStatus;

/** From which parts of a facts file each fact that rules can match comes. */
final class FactSources {
    private static final String PODS = "kubernetes: Pods of kube-system";
    private static final String NODES = "kubernetes: Nodes";
    private static final String CLUSTER = "azure: the managed cluster";
    private static final String MACHINES = "azure: scale sets or machines of the node resource group";
    private static final String NETWORK = "azure: virtual networks, subnets and network security groups";
    private static final String SYMPTOMS = "symptoms: errors as the user saw them";

    private static final Map<Class<?>, List<String>> SOURCES = Map.ofEntries(
            Map.entry(Cluster.class, List.of(CLUSTER)),
            Map.entry(LoadBalancer.class, List.of("azure: load balancers")),
            Map.entry(ResourceLock.class, List.of("azure: management locks")),
            Map.entry(KubeNode.class, List.of(NODES)),
            Map.entry(Node.class, List.of(NODES, MACHINES)),
            Map.entry(TunnelPod.class, List.of(PODS)),
            Map.entry(TunnelDeployment.class, List.of("kubernetes: Deployments of kube-system")),
            Map.entry(ClusterEvent.class, List.of("kubernetes: Events")),
            Map.entry(Tunnel.class, List.of(PODS, CLUSTER)),
            Map.entry(Agent.class, List.of(PODS, CLUSTER)),
            Map.entry(
                    AgentFleet.class,
                    List.of(
                            PODS,
                            NODES,
                            "kubernetes: Deployments of kube-system",
                            "kubernetes: ConfigMap konnectivity-agent-autoscaler")),
            Map.entry(Symptom.class, List.of(SYMPTOMS)),
            Map.entry(tunneldoctor.model.Scope.class, List.of(SYMPTOMS)),
            Map.entry(Probe.class, List.of("nodes: what nc, curl and the like printed")),
            Map.entry(UfwStatus.class, List.of("nodes: what ufw status verbose printed")),
            Map.entry(MetricSeries.class, List.of("metrics: Azure Monitor responses")),
            Map.entry(Gap.class, List.of("gaps: what was asked for and not collected")),
            Map.entry(NsgVerdict.class, List.of(NETWORK, MACHINES, CLUSTER, PODS)),
            Map.entry(
                    HostVerdict.class,
                    List.of("nodes: what iptables-save, nft list ruleset or ufw status verbose printed", PODS)),
            Map.entry(EgressVerdict.class, List.of(NETWORK, CLUSTER, PODS, "azure: route tables and Azure Firewalls")));

    private FactSources() {}

    /** Empty for what rules infer themselves. */
    static List<String> of(Class<?> fact) {
        return SOURCES.getOrDefault(fact, List.of());
    }

    /** The facts that are read or computed, not inferred. */
    static Iterable<Class<?>> facts() {
        return SOURCES.keySet();
    }
}
