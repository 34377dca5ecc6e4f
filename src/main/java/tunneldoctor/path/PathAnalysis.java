package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tunneldoctor.model.Agent;
import tunneldoctor.model.AgentFleet;
import tunneldoctor.model.AgentLadder;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.FactChange;
import tunneldoctor.model.Facts;
import tunneldoctor.model.HostChange;
import tunneldoctor.model.HostVerdict;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Scope;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelDeployment;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;
import tunneldoctor.model.Verdict;

/**
 * Everything the packet path says about one cluster.
 *
 * @param agents where the tunnel dials from; never empty
 * @param hosts what the nodes' own firewalls do, by the nodes that have the same one
 * @param verdicts what each hop does with each kind of flow, for classes of nodes that fare alike
 * @param fleet the konnectivity agents as a whole; empty for another or no tunnel
 * @param scope which nodes failed, held against where the agents run; empty without symptoms that name nodes
 * @param topology what the same cluster has in common with this after changes; of no use elsewhere
 */
public record PathAnalysis(
        Tunnel tunnel,
        List<Node> nodes,
        List<Agent> agents,
        Map<List<Node>, List<HostVerdict>> hosts,
        List<Verdict> verdicts,
        Optional<AgentFleet> fleet,
        Optional<Scope> scope,
        Topology topology) {
    public PathAnalysis {
        nodes = List.copyOf(nodes);
        agents = List.copyOf(agents);
        // A copy by Map would lose their order, which is that of their verdicts.
        hosts = Collections.unmodifiableMap(hosts);
        verdicts = List.copyOf(verdicts);
    }

    public static PathAnalysis of(Facts facts) {
        return of(facts, Optional.empty(), List.of());
    }

    /**
     * The same cluster after changes to its facts: only the hops that they concern are judged anew.
     *
     * @param changed these facts with the changes added
     */
    public PathAnalysis after(Facts changed, List<? extends FactChange> changes) {
        return changes.isEmpty() ? this : of(changed, Optional.of(this), changes);
    }

    /** Nodes whose kubelet port some agent cannot reach, or is not likely to, in the order of the verdicts. */
    public Set<Node> broken() {
        return cut(verdict -> verdict.blocked() || verdict.likelyBlocked());
    }

    /** Nodes of which it is open whether the tunnel reaches them: on the way is a hop that nothing known opens or closes. */
    public Set<Node> doubtful() {
        return cut(Verdict::dark);
    }

    /** Nodes that such verdicts would cut off. */
    private Set<Node> cut(Predicate<Verdict> cuts) {
        Set<Node> cut = new LinkedHashSet<>();
        Set<Node> mute = new LinkedHashSet<>();
        for (Verdict verdict : verdicts) {
            if (cuts.test(verdict)) {
                if (verdict instanceof EgressVerdict egress) {
                    mute.addAll(egress.essential() ? egress.affected() : List.of());
                } else {
                    cut.addAll(verdict.affected());
                }
            }
        }
        // One agent that gets out serves every node.
        Set<String> agentNodes = agents.stream().map(Agent::node).collect(Collectors.toSet());
        boolean noneOut = !mute.isEmpty()
                && mute.stream().map(Node::name).collect(Collectors.toSet()).containsAll(agentNodes);
        if (noneOut) {
            cut.addAll(nodes);
        }
        return cut;
    }

    private static PathAnalysis of(
            Facts facts, Optional<PathAnalysis> before, List<? extends FactChange> changesSince) {
        Topology topology =
                before.map(earlier -> new Topology(facts, earlier.topology)).orElseGet(() -> new Topology(facts));
        Tunnel tunnel = Tunnels.identify(facts);
        List<Agent> agents = Tunnels.agents(facts, tunnel, topology);
        List<Node> nodes = List.copyOf(topology.nodes());
        Connections asked = Connections.toKubelets(agents);
        boolean hostsOnly = before.isPresent() && changesSince.stream().allMatch(HostChange.class::isInstance);
        boolean hostsToo = changesSince.stream().anyMatch(HostChange.class::isInstance);
        Map<List<Node>, List<HostVerdict>> judged = before.filter(earlier -> earlier.agents.equals(agents))
                .map(PathAnalysis::hosts)
                .orElse(Map.of());
        // The three look at different evidence; in a short run each loads and links code of its own.
        ForkJoinTask<Map<List<Node>, List<HostVerdict>>> hosts = ForkJoinPool.commonPool()
                .submit(() -> hostsToo || judged.isEmpty()
                        ? new HostHops(facts, topology, asked).kubeletVerdicts(judged)
                        : judged);
        ForkJoinTask<? extends List<? extends Verdict>> egress = ForkJoinPool.commonPool()
                .submit(() ->
                        Tunnels.dialsPublicly(tunnel, facts.azure().cluster()).no()
                                ? List.<Verdict>of()
                                : hostsOnly
                                        ? before.get().verdicts(EgressVerdict.class)
                                        : new EgressHops(facts, topology, tunnel, agents).verdicts());
        List<Verdict> verdicts = new ArrayList<>(
                hostsOnly
                        ? before.get().verdicts(NsgVerdict.class)
                        : new NsgHops(facts, topology, asked).kubeletVerdicts());
        Map<List<Node>, List<HostVerdict>> ofHosts = hosts.join();
        ofHosts.values().forEach(verdicts::addAll);
        verdicts.addAll(egress.join());
        return new PathAnalysis(
                tunnel, nodes, agents, ofHosts, verdicts, fleet(facts, tunnel, nodes), scope(facts, nodes), topology);
    }

    private <T extends Verdict> List<T> verdicts(Class<T> kind) {
        return verdicts.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** A container that never restarted was not killed; of another it takes its last state to tell. */
    private static Optional<String> unknownState(TunnelPod pod) {
        if (pod.ready().unknown()) {
            return Optional.of("whether agent " + pod.name() + " is Ready");
        }
        return pod.outOfMemory().unknown() && pod.restarts() != 0
                ? Optional.of("whether agent " + pod.name() + " was killed for memory")
                : Optional.empty();
    }

    private static Optional<AgentFleet> fleet(Facts facts, Tunnel tunnel, List<Node> nodes) {
        if (tunnel.kind() != TunnelKind.KONNECTIVITY) {
            return Optional.empty();
        }
        List<TunnelPod> pods = facts.tunnelPods().stream()
                .filter(pod -> pod.tunnel() == TunnelKind.KONNECTIVITY)
                .filter(pod -> !pod.phase().equals("Succeeded") && !pod.phase().equals("Failed"))
                .toList();
        Optional<TunnelDeployment> deployment = facts.deployments().stream()
                .filter(d -> d.tunnel() == TunnelKind.KONNECTIVITY && !d.autoscaler() && d.replicas() >= 0)
                .findFirst();
        int nodeCount = nodeCount(facts, nodes);
        List<Missing> missing = new ArrayList<>();
        if (!facts.podsListed()) {
            missing.add(new Missing("the tunnel's agents and their state", Tunnels.LIST_TUNNEL_PODS));
        }
        for (TunnelPod pod : pods) {
            unknownState(pod).ifPresent(what -> missing.add(new Missing(what, Tunnels.LIST_TUNNEL_PODS)));
        }
        if (nodeCount < 0) {
            missing.add(new Missing("how many nodes the cluster has", "kubectl get nodes -o yaml"));
        }
        AgentLadder ladder = facts.ladder().orElse(AgentLadder.DOCUMENTED);
        List<SourceRef> evidence = new ArrayList<>();
        deployment.ifPresent(d -> evidence.add(d.source()));
        pods.forEach(pod -> evidence.add(pod.source()));
        evidence.add(ladder.source());
        return Optional.of(new AgentFleet(
                nodeCount,
                deployment.map(TunnelDeployment::replicas).orElse(facts.podsListed() ? pods.size() : -1),
                deployment.isPresent(),
                facts.podsListed()
                        ? (int) pods.stream().filter(pod -> pod.ready().yes()).count()
                        : -1,
                ladder,
                List.copyOf(new LinkedHashSet<>(pods.stream()
                        .map(TunnelPod::node)
                        .filter(name -> !name.isEmpty())
                        .toList())),
                evidence,
                missing));
    }

    /** Nodes by the Kubernetes objects, else by the pools; a few pasted outputs do not tell the size of a cluster. */
    private static int nodeCount(Facts facts, List<Node> nodes) {
        if (facts.nodesListed()) {
            return facts.kubeNodes().size();
        }
        List<Cluster.AgentPool> pools =
                facts.azure().cluster().map(Cluster::pools).orElse(List.of());
        return pools.isEmpty() || pools.stream().anyMatch(pool -> pool.count() < 0)
                ? -1
                : Math.max(
                        nodes.size(),
                        pools.stream().mapToInt(Cluster.AgentPool::count).sum());
    }

    private static Optional<Scope> scope(Facts facts, List<Node> nodes) {
        Set<String> failing = new TreeSet<>();
        List<SourceRef> evidence = new ArrayList<>();
        for (Symptom symptom : facts.symptoms()) {
            if (symptom.timeout() || symptom.refused()) {
                for (Node node : nodes) {
                    if (node.name().equals(symptom.node())
                            || !node.address().isEmpty() && node.address().equals(symptom.address())) {
                        failing.add(node.name());
                        evidence.add(symptom.source());
                    }
                }
            }
        }
        Set<String> hosts = new HashSet<>();
        for (Node node : nodes) {
            if (node.hostsAgent().yes()) {
                hosts.add(node.name());
            }
        }
        if (failing.isEmpty() || hosts.isEmpty()) {
            return Optional.empty();
        }
        Scope.Pattern pattern = Collections.disjoint(failing, hosts)
                ? Scope.Pattern.BETWEEN_NODES
                : failing.size() == nodes.size() ? Scope.Pattern.EVERYWHERE : Scope.Pattern.MIXED;
        return Optional.of(new Scope(pattern, List.copyOf(failing), evidence));
    }
}
