package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.Answer;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.Facts;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.Node;
import tunneldoctor.model.ScaleSet;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.TunnelPod;

/** Which nodes the cluster has, joined from everything that names one. */
final class ClusterNodes {
    /** AKS names a scale set's instance by its number in base 36, six digits. */
    private static final int INSTANCE_DIGITS = 6;

    private final Facts facts;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<Node> targets;

    ClusterNodes(Facts facts) {
        this.facts = facts;
        gatherNodes();
        this.targets = gatherTargets();
    }

    /** After changes to the facts: none of them adds, renames or moves a node. */
    ClusterNodes(Facts changed, Collection<Node> before) {
        this.facts = changed;
        before.forEach(node -> nodes.put(node.name(), node));
        this.targets = gatherTargets();
    }

    /** Every node any evidence names, by name, in the order of first mention. */
    Map<String, Node> known() {
        return nodes;
    }

    /** As in {@link Topology#targets()}. */
    List<Node> targets() {
        return targets;
    }

    private List<Node> gatherTargets() {
        List<Cluster.AgentPool> pools =
                facts.azure().cluster().map(Cluster::pools).orElse(List.of());
        boolean counted = !pools.isEmpty();
        int count = 0;
        for (Cluster.AgentPool pool : pools) {
            counted &= pool.count() >= 0;
            count += Math.max(0, pool.count());
        }
        boolean whole = !nodes.isEmpty() && (counted ? count <= nodes.size() : facts.nodesListed() || pools.isEmpty());
        if (whole) {
            return List.copyOf(nodes.values());
        }
        List<Node> all = new ArrayList<>(nodes.values());
        String group = facts.azure().cluster().map(Cluster::nodeResourceGroup).orElse("");
        List<String> sets =
                facts.azure().scaleSets().stream().map(ScaleSet::name).toList();
        for (String set : sets.isEmpty() ? List.of("") : sets) {
            all.add(new Node(
                    "",
                    "",
                    "",
                    "",
                    Answer.CANNOT_TELL,
                    Answer.CANNOT_TELL,
                    group,
                    set,
                    "",
                    "eth0",
                    false,
                    new SourceRef("", 0, "")));
        }
        return List.copyOf(all);
    }

    private void gatherNodes() {
        Map<String, KubeNode> kubeNodes = new HashMap<>();
        Map<String, List<TunnelPod>> pods = new HashMap<>();
        for (TunnelPod pod : facts.tunnelPods()) {
            pods.computeIfAbsent(pod.node(), node -> new ArrayList<>()).add(pod);
        }
        for (KubeNode kube : facts.kubeNodes()) {
            kubeNodes.putIfAbsent(kube.name(), kube);
            nodes.put(kube.name(), node(kube.name(), Optional.of(kube), Optional.empty(), pods));
        }
        for (NodeOutputs outputs : facts.given().nodes()) {
            Optional<KubeNode> kube = Optional.ofNullable(kubeNodes.get(outputs.name()));
            nodes.put(outputs.name(), node(outputs.name(), kube, Optional.of(outputs), pods));
        }
        for (TunnelPod pod : facts.tunnelPods()) {
            if (!pod.node().isEmpty() && !nodes.containsKey(pod.node())) {
                nodes.put(pod.node(), node(pod.node(), Optional.empty(), Optional.empty(), pods));
            }
        }
    }

    private static boolean isBase36(String digits) {
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
                return false;
            }
        }
        return true;
    }

    private Node node(
            String name,
            Optional<KubeNode> kube,
            Optional<NodeOutputs> outputs,
            Map<String, List<TunnelPod>> podsByNode) {
        List<TunnelPod> pods = podsByNode.getOrDefault(name, List.of());
        String providerId = kube.map(KubeNode::providerId).orElse("");
        String set = name.substring(0, Math.max(0, name.length() - INSTANCE_DIGITS));
        String digits = name.substring(set.length());
        boolean named = ScaleSet.poolInName(set).isPresent() && isBase36(digits);
        String scaleSet = ArmId.segmentAfter(providerId, "virtualMachineScaleSets")
                .orElse(providerId.isEmpty() && named ? set : "");
        String instance = scaleSet.isEmpty()
                ? ""
                : ArmId.segmentAfter(providerId, "virtualMachines")
                        .orElse(named ? Long.toString(Long.parseLong(Topology.lower(digits), 36)) : "");
        String resourceGroup = ArmId.resourceGroup(providerId)
                .or(() -> facts.azure().cluster().map(c -> c.nodeResourceGroup()))
                .orElse("");
        return new Node(
                name,
                kube.map(KubeNode::address)
                        .filter(a -> !a.isEmpty())
                        .or(() -> outputs.flatMap(NodeOutputs::address))
                        .or(() -> pods.stream()
                                .map(TunnelPod::nodeAddress)
                                .filter(a -> !a.isEmpty())
                                .findFirst())
                        .orElse(""),
                kube.map(KubeNode::pool).orElse(""),
                kube.map(KubeNode::os).orElse(""),
                kube.map(KubeNode::ready).orElse(Answer.CANNOT_TELL),
                pods.isEmpty() ? facts.podsListed() ? Answer.NO : Answer.CANNOT_TELL : Answer.YES,
                resourceGroup,
                scaleSet,
                instance,
                outputs.flatMap(NodeOutputs::inInterface).orElse("eth0"),
                outputs.flatMap(NodeOutputs::inInterface).isPresent(),
                kube.map(KubeNode::source)
                        .or(() -> outputs.map(o -> new SourceRef("nodes[" + o.index() + "]", o.line(), name)))
                        .orElse(new SourceRef("", 0, name)));
    }
}
