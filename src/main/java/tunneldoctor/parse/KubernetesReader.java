package tunneldoctor.parse;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.AgentLadder;
import tunneldoctor.model.Answer;
import tunneldoctor.model.ClusterEvent;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Tree;
import tunneldoctor.model.TunnelDeployment;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;

/**
 * Reads the facts file's {@code kubernetes} list: objects as kubectl prints them, alone or in lists of any kind, or the
 * table {@code kubectl get pods} or {@code kubectl get nodes} prints, as a text.
 * <pre>
 * - apiVersion: v1
 *   kind: Pod
 *   metadata: {name: konnectivity-agent-6d5f4c7b9-abcde, namespace: kube-system, labels: {app: konnectivity-agent}}
 *   status: {phase: Running, podIP: 10.244.1.3, containerStatuses: […]}
 * - |
 *   NAME                                  READY   STATUS    RESTARTS   AGE
 *   konnectivity-agent-6d5f4c7b9-abcde    1/1     Running   0          3d
 * </pre>
 * Kinds that no fact is made of are known noise.
 */
final class KubernetesReader {
    static final String TUNNEL_NAMESPACE = "kube-system";

    private static final int MAX_WRAPPERS = 8;
    private static final String AUTOSCALER = "konnectivity-agent-autoscaler";

    private final FactsBuilder facts;
    private final Set<String> seen = new HashSet<>();

    private KubernetesReader(FactsBuilder facts) {
        this.facts = facts;
    }

    static void read(List<Tree> objects, FactsBuilder facts) {
        KubernetesReader reader = new KubernetesReader(facts);
        for (int i = 0; i < objects.size(); i++) {
            reader.item(objects.get(i), new Place(i, "", true, 0));
        }
    }

    /**
     * Where in the list of objects the reader is.
     *
     * @param kind what the items of the enclosing list are; empty if it does not say
     * @param complete whether every enclosing list is whole, so that what is absent from it does not exist
     */
    private record Place(int index, String kind, boolean complete, int depth) {
        Place inside(String listKind, boolean whole) {
            return new Place(index, listKind, complete && whole, depth + 1);
        }

        SourceRef at(Tree tree, String text) {
            return new SourceRef("kubernetes[" + index + "]", tree.line(), OneLine.text(text));
        }
    }

    private void item(Tree tree, Place place) {
        if (place.depth > MAX_WRAPPERS) {
            facts.problem(
                    place.at(tree, ""),
                    "lists are nested too deeply to be what kubectl prints",
                    "give each object as an item of kubernetes");
        } else if (tree instanceof Tree.Sequence sequence) {
            sequence.items().forEach(each -> item(each, place.inside(place.kind, true)));
        } else if (tree instanceof Tree.Scalar scalar) {
            new KubectlTable(facts, place.index, seen).read(scalar);
        } else if (tree instanceof Tree.Mapping) {
            object(tree, place);
        } else {
            facts.problem(place.at(tree, ""), "an item of kubernetes is empty", "");
        }
    }

    private void object(Tree tree, Place place) {
        String kind = tree.text("kind").orElse(place.kind);
        boolean list =
                kind.endsWith("List") || kind.isEmpty() && tree.get("items").isPresent();
        if (list) {
            list(tree, kind, place);
            return;
        }
        String name = tree.text("metadata", "name").orElse("");
        if (kind.isEmpty() || name.isEmpty()) {
            facts.podUnread |= kind.isEmpty() || kind.equalsIgnoreCase("Pod");
            facts.problem(
                    place.at(tree, name),
                    kind.isEmpty() ? "an object of kubernetes has no kind" : "a " + OneLine.name(kind) + " has no name",
                    "give the object as kubectl get … -o yaml prints it");
            return;
        }
        Source source = new Source(place.index, kind, name, tree);
        switch (kind.toLowerCase(Locale.ROOT)) {
            case "node" -> node(source, place.complete);
            case "pod" -> pod(source, place.complete);
            case "deployment" -> deployment(source);
            case "configmap" -> configMap(source);
            case "event" -> event(source);
            default -> {
                // Known noise.
            }
        }
    }

    private void list(Tree tree, String kind, Place place) {
        Optional<Tree> items = tree.get("items");
        boolean whole = tree.text("metadata", "continue").map(String::isBlank).orElse(true);
        if (!whole) {
            facts.problem(
                    place.at(tree, kind),
                    "the list breaks off: it has a continue token",
                    "give the whole list: kubectl get … -o yaml follows the token by itself");
        }
        if (items.isPresent() && !(items.get() instanceof Tree.Sequence)) {
            facts.problem(place.at(tree, kind), "the items of " + OneLine.name(kind) + " are no list", "");
            return;
        }
        String itemKind =
                kind.isEmpty() || kind.equals("List") ? "" : kind.substring(0, kind.length() - "List".length());
        List<Tree> all = tree.items("items");
        if (all.isEmpty()) {
            empty(tree, itemKind, place, whole);
        }
        all.forEach(each -> item(each, place.inside(itemKind, whole)));
    }

    private void empty(Tree tree, String itemKind, Place place, boolean whole) {
        if (itemKind.equalsIgnoreCase("Pod")) {
            facts.podsListed |= whole;
        } else if (itemKind.equalsIgnoreCase("Node")) {
            facts.nodesListed |= whole;
        } else if (itemKind.isEmpty()) {
            facts.problem(
                    place.at(tree, ""),
                    "an empty list does not say of what kind, so nothing follows from it",
                    "give kind: PodList or kind: NodeList if that is what was listed");
        }
    }

    /** One object with its place. */
    private record Source(int index, String kind, String name, Tree tree) {
        SourceRef at(String text) {
            return new SourceRef(
                    "kubernetes[" + index + "] " + OneLine.name(kind) + "/" + OneLine.name(name),
                    tree.line(),
                    OneLine.text(text));
        }

        String text(String... path) {
            return tree.text(path).map(String::strip).orElse("");
        }

        int number(String... path) {
            return ArmTree.wholeNumber(text(path));
        }

        boolean inTunnelNamespace() {
            String namespace = text("metadata", "namespace");
            return namespace.isEmpty() || namespace.equals(TUNNEL_NAMESPACE);
        }
    }

    private boolean first(Source source) {
        String namespace = source.text("metadata", "namespace");
        String scope = source.kind.equalsIgnoreCase("Node") ? "" : namespace.isEmpty() ? TUNNEL_NAMESPACE : namespace;
        String key = source.kind.toLowerCase(Locale.ROOT) + " " + scope + "/" + source.name;
        if (seen.add(key)) {
            return true;
        }
        facts.problem(
                source.at(""),
                OneLine.name(source.kind) + " " + OneLine.name(source.name) + " is given twice; the first one counts",
                "keep the newer of the two");
        return false;
    }

    private void node(Source node, boolean complete) {
        facts.nodesListed |= complete;
        if (!first(node)) {
            return;
        }
        String address = "";
        for (Tree each : node.tree.items("status", "addresses")) {
            String candidate = each.text("address").orElse("");
            if (address.isEmpty()
                    && each.text("type").orElse("").equals("InternalIP")
                    && AddressSet.parseAddress(candidate).isPresent()) {
                address = candidate;
            }
        }
        Answer ready = condition(node.tree, "Ready");
        List<String> pressures = new ArrayList<>();
        for (Tree each : node.tree.items("status", "conditions")) {
            String type = each.text("type").orElse("");
            if (!type.isEmpty()
                    && !type.equals("Ready")
                    && each.text("status").orElse("").equalsIgnoreCase("true")) {
                pressures.add(type);
            }
        }
        boolean cordoned = node.text("spec", "unschedulable").equalsIgnoreCase("true");
        List<String> podCidrs = texts(node.tree.items("spec", "podCIDRs"));
        String podCidr = node.text("spec", "podCIDR");
        facts.kubeNodes.add(new KubeNode(
                node.name,
                address,
                firstText(node, new String[] {"metadata", "labels", "kubernetes.azure.com/agentpool"}, new String[] {
                    "metadata", "labels", "agentpool"
                }),
                node.text("spec", "providerID"),
                firstText(node, new String[] {"status", "nodeInfo", "operatingSystem"}, new String[] {
                            "metadata", "labels", "kubernetes.io/os"
                        })
                        .toLowerCase(Locale.ROOT),
                node.text("status", "nodeInfo", "osImage"),
                ready,
                cordoned,
                pressures,
                podCidrs.isEmpty() && !podCidr.isEmpty() ? List.of(podCidr) : podCidrs,
                node.at("InternalIP " + OneLine.orUnknown(address) + ", " + readyWord(ready)
                        + (cordoned ? ", cordoned" : "")
                        + (pressures.isEmpty() ? "" : ", " + OneLine.list(pressures)))));
    }

    /** A kubelet that stopped reporting leaves its condition Unknown, which is not ready. */
    private static Answer condition(Tree object, String type) {
        for (Tree each : object.items("status", "conditions")) {
            if (each.text("type").orElse("").equals(type)) {
                return switch (each.text("status").orElse("").toLowerCase(Locale.ROOT)) {
                    case "true" -> Answer.YES;
                    case "false", "unknown" -> Answer.NO;
                    default -> Answer.CANNOT_TELL;
                };
            }
        }
        return Answer.CANNOT_TELL;
    }

    static String readyWord(Answer ready) {
        return switch (ready) {
            case YES -> "Ready";
            case NO -> "not Ready";
            case CANNOT_TELL -> "readiness not shown";
        };
    }

    /** The tunnel a pod of kube-system belongs to; empty for any other pod, the konnectivity autoscaler's included. */
    static Optional<TunnelKind> tunnel(String podName, String appLabel) {
        if (podName.startsWith(AUTOSCALER + "-")) {
            return Optional.empty();
        }
        if (appLabel.equals("konnectivity-agent") || appLabel.isEmpty() && podName.startsWith("konnectivity-agent-")) {
            return Optional.of(TunnelKind.KONNECTIVITY);
        }
        if (podName.startsWith("tunnelfront-")) {
            return Optional.of(TunnelKind.TUNNEL_FRONT);
        }
        return podName.startsWith("aks-link-") ? Optional.of(TunnelKind.AKS_LINK) : Optional.empty();
    }

    private void pod(Source pod, boolean complete) {
        if (!pod.inTunnelNamespace()) {
            return;
        }
        facts.podsListed |= complete && pod.text("metadata", "namespace").equals(TUNNEL_NAMESPACE);
        Optional<TunnelKind> tunnel = tunnel(pod.name, pod.text("metadata", "labels", "app"));
        if (tunnel.isEmpty() || !first(pod)) {
            return;
        }
        facts.podsListed |= complete;
        List<Tree> statuses = pod.tree.items("status", "containerStatuses");
        Optional<Tree> main = main(statuses, tunnel.get());
        Answer ready = condition(pod.tree, "Ready");
        int restarts = main.map(s -> ArmTree.wholeNumber(s.text("restartCount").orElse("")))
                .orElse(-1);
        Answer outOfMemory = outOfMemory(statuses);
        String waiting = main.flatMap(s -> s.text("state", "waiting", "reason")).orElse("");
        String limit = main(pod.tree.items("spec", "containers"), tunnel.get())
                .flatMap(c -> c.text("resources", "limits", "memory"))
                .orElse("");
        String phase = pod.text("status", "phase");
        String node = pod.text("spec", "nodeName");
        String address = address(pod, "podIP", "podIPs");
        facts.tunnelPods.add(new TunnelPod(
                pod.name,
                tunnel.get(),
                address,
                node,
                address(pod, "hostIP", "hostIPs"),
                pod.text("spec", "hostNetwork").equalsIgnoreCase("true"),
                phase,
                ready,
                restarts,
                outOfMemory,
                waiting,
                limit,
                pod.at(podText(phase, ready, restarts, address, node, outOfMemory, waiting))));
    }

    static String podText(
            String phase, Answer ready, int restarts, String address, String node, Answer outOfMemory, String waiting) {
        return OneLine.orUnknown(phase) + ", " + readyWord(ready)
                + (restarts < 0 ? "" : ", " + restarts + " restarts")
                + (outOfMemory.yes() ? ", last killed out of memory" : "")
                + (waiting.isEmpty() ? "" : ", waiting: " + waiting)
                + ", address " + OneLine.orUnknown(address) + ", node " + OneLine.orUnknown(node);
    }

    private static Optional<Tree> main(List<Tree> containers, TunnelKind tunnel) {
        String name = switch (tunnel) {
            case KONNECTIVITY -> "konnectivity-agent";
            case TUNNEL_FRONT -> "tunnel-front";
            case AKS_LINK -> "openvpn-client";
            case NONE, UNKNOWN -> "";
        };
        for (Tree each : containers) {
            if (each.text("name").orElse("").equals(name)) {
                return Optional.of(each);
            }
        }
        return containers.size() == 1 ? Optional.of(containers.get(0)) : Optional.empty();
    }

    private static Answer outOfMemory(List<Tree> statuses) {
        Answer answer = Answer.CANNOT_TELL;
        for (Tree each : statuses) {
            for (String state : List.of("lastState", "state")) {
                if (each.text(state, "terminated", "reason").orElse("").equals("OOMKilled")) {
                    return Answer.YES;
                }
            }
            boolean shown =
                    each.get("state").isPresent() || each.get("lastState").isPresent();
            answer = shown ? Answer.NO : answer;
        }
        return answer;
    }

    private static String address(Source pod, String singular, String plural) {
        List<String> candidates = new ArrayList<>(List.of(pod.text("status", singular)));
        pod.tree
                .items("status", plural)
                .forEach(each -> candidates.add(each.text("ip").orElse("")));
        List<String> addresses = ArmTree.addresses(candidates);
        return addresses.isEmpty() ? "" : addresses.get(0);
    }

    private void deployment(Source deployment) {
        Optional<TunnelKind> tunnel = switch (deployment.name) {
            case "konnectivity-agent", AUTOSCALER -> Optional.of(TunnelKind.KONNECTIVITY);
            case "tunnelfront" -> Optional.of(TunnelKind.TUNNEL_FRONT);
            case "aks-link" -> Optional.of(TunnelKind.AKS_LINK);
            default -> Optional.empty();
        };
        if (tunnel.isEmpty() || !deployment.inTunnelNamespace() || !first(deployment)) {
            return;
        }
        int replicas = deployment.number("spec", "replicas");
        int ready = deployment.number("status", "readyReplicas");
        boolean observed = deployment.tree.at("status", "observedGeneration").isPresent()
                || deployment.tree.at("status", "conditions").isPresent();
        if (ready < 0
                && observed
                && deployment.tree.at("status", "readyReplicas").isEmpty()) {
            // The API server leaves a zero out.
            ready = 0;
        }
        facts.deployments.add(new TunnelDeployment(
                deployment.name,
                tunnel.get(),
                deployment.name.equals(AUTOSCALER),
                replicas,
                ready,
                deployment.at("replicas " + (replicas < 0 ? "?" : replicas) + ", ready " + (ready < 0 ? "?" : ready))));
    }

    private void configMap(Source map) {
        if (!map.name.equals(AUTOSCALER) || !map.inTunnelNamespace() || !first(map)) {
            return;
        }
        Optional<Map<Integer, Integer>> steps = map.tree
                .text("data", "ladder")
                .or(() -> map.tree.text("data", "nodesToReplicas"))
                .flatMap(KubernetesReader::steps);
        if (steps.isEmpty()) {
            facts.problem(
                    map.at(""),
                    "ConfigMap " + AUTOSCALER + " holds no readable nodesToReplicas ladder; the documented one is used",
                    "give it as kubectl get configmap " + AUTOSCALER + " -n kube-system -o yaml prints it");
            return;
        }
        AgentLadder ladder = new AgentLadder(steps.get(), map.at(""));
        facts.ladder = new AgentLadder(steps.get(), map.at("nodesToReplicas " + ladder.text()));
    }

    /** {@code {"nodesToReplicas": [[1, 2], [100, 3]]}} or the inner list alone; empty if any step cannot be read. */
    private static Optional<Map<Integer, Integer>> steps(String text) {
        Optional<Tree> root;
        try {
            root = TreeReader.of("", new TextSource(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))))
                    .next()
                    .map(TreeReader.Document::root);
        } catch (UnreadableFactsException e) {
            return Optional.empty();
        }
        Optional<Tree> list =
                root.flatMap(tree -> tree instanceof Tree.Mapping ? tree.get("nodesToReplicas") : Optional.of(tree));
        Map<Integer, Integer> steps = new HashMap<>();
        for (Tree step : list.map(KubernetesReader::items).orElse(List.of())) {
            List<Tree> pair = items(step);
            if (pair.size() != 2 || count(pair.get(0)) < 0 || count(pair.get(1)) < 0) {
                return Optional.empty();
            }
            steps.put(count(pair.get(0)), count(pair.get(1)));
        }
        return steps.isEmpty() ? Optional.empty() : Optional.of(steps);
    }

    private static List<Tree> items(Tree tree) {
        return tree instanceof Tree.Sequence list ? list.items() : List.of();
    }

    /** -1 for what is no count. */
    private static int count(Tree tree) {
        return tree instanceof Tree.Scalar number && !number.quoted() ? ArmTree.wholeNumber(number.text()) : -1;
    }

    private void event(Source event) {
        Tree about = event.tree
                .get("involvedObject")
                .or(() -> event.tree.get("regarding"))
                .orElse(new Tree.Null(event.tree.line()));
        String reason = event.text("reason");
        if (reason.isEmpty()) {
            facts.problem(event.at(""), "an event has no reason, so it is not used", "");
            return;
        }
        int count = Math.max(
                1,
                Math.max(
                        event.number("series", "count"),
                        Math.max(event.number("count"), event.number("deprecatedCount"))));
        String message = event.text("message").isEmpty() ? event.text("note") : event.text("message");
        String namespace = about.text("namespace").orElse("");
        facts.events.add(new ClusterEvent(
                reason,
                about.text("kind").orElse(""),
                about.text("name").orElse(""),
                namespace.isEmpty() ? event.text("metadata", "namespace") : namespace,
                message,
                count,
                event.at(reason + " " + about.text("kind").orElse("?") + "/"
                        + about.text("name").orElse("?") + " x" + count + ": " + message)));
    }

    private static String firstText(Source source, String[]... paths) {
        for (String[] path : paths) {
            String text = source.text(path);
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    private static List<String> texts(List<Tree> items) {
        List<String> texts = new ArrayList<>();
        for (Tree item : items) {
            if (item instanceof Tree.Scalar scalar) {
                texts.add(scalar.text());
            }
        }
        return texts;
    }
}
