package tunneldoctor.collect;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.Gap;
import tunneldoctor.model.Tree;

/**
 * What was collected so far, and what was asked for in vain. Safe for use by several threads; the document made of it does
 * not depend on who came first. Secrets are taken out before anything is kept.
 */
public final class Collected {
    private final String at;
    private final String by;
    private final Map<String, Tree> azure = new TreeMap<>();
    private final Map<String, Tree> kubernetes = new TreeMap<>();
    private final Map<String, Tree> metrics = new TreeMap<>();
    private final Map<String, NodeDraft> nodes = new TreeMap<>();
    private final Set<String> symptoms = new LinkedHashSet<>();
    private final Set<Gap> gaps = new LinkedHashSet<>();

    private static final class NodeDraft {
        private Optional<String> address = Optional.empty();
        private final Map<String, String> outputs = new TreeMap<>();
    }

    /**
     * @param by who collects, for example {@code tunnel-doctor 1.0.0}
     * @param clock when
     */
    public Collected(String by, Clock clock) {
        this.by = by;
        this.at = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Keeps a resource as Azure returned it; of two with one id the first. */
    public synchronized void azure(Tree resource) {
        String id = resource.text("id").orElseGet(() -> text(resource, "type") + "/" + text(resource, "name"));
        azure.putIfAbsent(id.toLowerCase(java.util.Locale.ROOT), Secrets.removed(resource));
    }

    /**
     * Keeps a page or list that stands for itself.
     *
     * @param key where it came from; decides the order
     */
    public synchronized void azure(String key, Tree page) {
        azure.putIfAbsent(key, Secrets.removed(page));
    }

    /**
     * Keeps a list of objects as kubectl printed it, or a table.
     *
     * @param key where it came from; decides the order
     */
    public synchronized void kubernetes(String key, Tree objects) {
        kubernetes.putIfAbsent(key, Secrets.removed(objects));
    }

    /** Keeps an object as the API server returned it; of two with one kind, namespace and name the first. */
    public synchronized void kubernetes(Tree object) {
        String key = text(object, "kind") + "/" + text(object, "metadata", "namespace") + "/"
                + text(object, "metadata", "name");
        kubernetes.putIfAbsent(key, Secrets.removed(object));
    }

    /**
     * Keeps a metrics reply.
     *
     * @param query what was asked for, resource and metric; decides the order
     */
    public synchronized void metrics(String query, Tree reply) {
        metrics.putIfAbsent(query, Secrets.removed(reply));
    }

    /** Names a node, with its InternalIP where it is known; later outputs are kept under this name. */
    public synchronized void node(String name, Optional<String> address) {
        NodeDraft node = nodes.computeIfAbsent(name, n -> new NodeDraft());
        node.address = node.address.or(() -> address);
    }

    /**
     * Keeps what a command printed on a node; of two outputs of one command the first.
     *
     * @param command the command line that printed it, nothing left out
     * @param text standard output and then standard error, whole
     */
    public synchronized void output(String node, String command, String text) {
        nodes.computeIfAbsent(node, n -> new NodeDraft()).outputs.putIfAbsent(command, Secrets.removed(text));
    }

    /** Keeps an error as the user saw it. */
    public synchronized void symptom(String text) {
        symptoms.add(Secrets.removed(text));
    }

    /** Keeps what was asked for in vain. */
    public synchronized void gap(Gap gap) {
        gaps.add(new Gap(
                Secrets.removed(gap.what()), gap.about(), gap.subject(), Secrets.removed(gap.reason()), gap.source()));
    }

    public synchronized boolean hasGaps() {
        return !gaps.isEmpty();
    }

    /**
     * The facts so far, each section in an order of its own and not in that of arrival.
     *
     * @param file the name reports give the document
     */
    public synchronized ClusterFacts facts(String file) {
        List<NodeOutputs> drafted = new ArrayList<>();
        nodes.forEach((name, draft) -> drafted.add(new NodeOutputs(
                drafted.size(),
                name,
                draft.address,
                Optional.empty(),
                draft.outputs.entrySet().stream()
                        .map(output -> new CommandOutput(output.getKey(), output.getValue(), 0))
                        .toList(),
                0)));
        return new ClusterFacts(
                file,
                ClusterFacts.API_VERSION,
                Optional.empty(),
                Optional.empty(),
                Optional.of(at + " by " + by),
                List.copyOf(azure.values()),
                List.copyOf(kubernetes.values()),
                drafted,
                List.copyOf(metrics.values()),
                symptoms.stream().map(text -> new Tree.Scalar(text, true, 0)).toList(),
                List.of(),
                sortedGaps(),
                List.of());
    }

    private List<Gap> sortedGaps() {
        List<Function<Gap, String>> keys = List.of(Gap::about, Gap::subject, Gap::what, Gap::reason);
        Comparator<Gap> order = keys.stream()
                .map(Comparator::comparing)
                .reduce(Comparator::thenComparing)
                .orElseThrow();
        return gaps.stream().sorted(order).toList();
    }

    private static String text(Tree tree, String... path) {
        return tree.text(path).orElse("");
    }
}
