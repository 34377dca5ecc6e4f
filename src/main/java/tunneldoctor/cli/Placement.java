package tunneldoctor.cli;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import tunneldoctor.collect.Collected;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Gap;
import tunneldoctor.model.Tree;
import tunneldoctor.parse.Dump;

/**
 * Finds out of many files' contents which node each output is of, and keeps what has a place. A node is told by its name in
 * the path, by the folder it has below one called {@code nodes}, or by a {@code hostname} file in the same folder or
 * archive; never guessed.
 */
final class Placement {
    private static final Set<String> HOST_FOLDERS = Set.of("etc", "collect");

    private final Collected collected;
    private final Optional<String> givenNode;
    private final List<Found> outputs = new ArrayList<>();
    private final Map<String, Found> kept = new HashMap<>();
    private final Set<String> disputed = new HashSet<>();
    private final Map<String, String> hosts = new HashMap<>();
    private final Map<String, String> addresses = new TreeMap<>();
    private final Set<String> nodes = new TreeSet<>();
    private final Map<String, String> unplaced = new TreeMap<>();
    private final List<Tree.Scalar> agents = new ArrayList<>();
    private int placed;
    private int noise;

    /** An output, and where it was. */
    private record Found(String path, String command, String text) {}

    /** @param givenNode what all outputs are of that do not say so themselves; empty if nobody said */
    Placement(Optional<String> givenNode, Clock clock) {
        this.givenNode = givenNode;
        collected = new Collected("tunnel-doctor " + Main.VERSION + ", imported", clock);
    }

    void unread(String path, String why) {
        unplaced.put(path, why);
    }

    void file(String path, byte[] content) {
        Optional<String> text = FactsText.decoded(content);
        if (text.isEmpty()) {
            noise(path, Dump.unreadable(path));
            return;
        }
        int number = 0;
        for (Dump dump : Dump.of(path, text.get())) {
            number++;
            place(path, path + " " + number, dump);
        }
    }

    private void place(String path, String key, Dump dump) {
        // Beyond a handful of kinds a visitor would only be longer.
        if (dump instanceof Dump.Azure azure) {
            azure(key, azure.tree());
        } else if (dump instanceof Dump.Kubernetes objects) {
            names(objects.tree());
            collected.kubernetes(key, objects.tree());
            placed++;
        } else if (dump instanceof Dump.Metrics metrics) {
            List<Tree> replies = metrics.tree() instanceof Tree.Sequence list ? list.items() : List.of(metrics.tree());
            for (int i = 0; i < replies.size(); i++) {
                collected.metrics(key + "/" + i, replies.get(i));
            }
            placed++;
        } else if (dump instanceof Dump.Output output) {
            outputs.add(new Found(path, output.command(), output.text()));
        } else if (dump instanceof Dump.Hostname host) {
            hosts.put(scope(path), host.name());
        } else if (dump instanceof Dump.Address address) {
            addresses.put(path, address.address());
        } else if (dump instanceof Dump.Symptom symptom) {
            collected.symptom(symptom.text());
            placed++;
        } else if (dump instanceof Dump.Document document) {
            document(key, document.facts());
        } else {
            noise(path, dump);
        }
    }

    private void noise(String path, Dump dump) {
        if (dump instanceof Dump.Unknown unknown) {
            unplaced.putIfAbsent(path, unknown.why());
        } else {
            noise++;
        }
    }

    /** Each resource by itself, so that one that was printed twice is there once; a page that is not the last stays whole. */
    private void azure(String key, Tree tree) {
        boolean more = tree.text("nextLink").filter(next -> !next.isBlank()).isPresent();
        List<Tree> items = tree instanceof Tree.Sequence sequence ? sequence.items() : tree.items("value");
        if (tree.text("id").isPresent()) {
            collected.azure(tree);
        } else if (more || items.isEmpty()) {
            collected.azure(key, tree);
        } else {
            for (int i = 0; i < items.size(); i++) {
                azure(key + "/" + i, items.get(i));
            }
            return;
        }
        placed++;
    }

    private void document(String key, ClusterFacts facts) {
        facts.azure().forEach(tree -> azure(key + " azure " + tree.line(), tree));
        facts.kubernetes().forEach(tree -> {
            names(tree);
            collected.kubernetes(key + " kubernetes " + tree.line(), tree);
        });
        facts.nodes().forEach(node -> {
            nodes.add(node.name());
            collected.node(node.name(), node.address());
            node.outputs().forEach(output -> output(node.name(), key, output.command(), output.text()));
        });
        facts.metrics().forEach(tree -> collected.metrics(key + " metrics " + tree.line(), tree));
        facts.symptoms().forEach(symptom -> collected.symptom(symptom.text()));
        facts.gaps().forEach(collected::gap);
        agents.addAll(facts.agents());
        placed++;
    }

    private void names(Tree object) {
        object.items("items").forEach(this::names);
        if (object.text("kind").filter("Node"::equals).isPresent()) {
            object.text("metadata", "name").ifPresent(nodes::add);
        }
    }

    /** @return what came of everything */
    Outcome outcome(String file) {
        for (Found output : outputs) {
            node(output.path)
                    .ifPresentOrElse(
                            node -> output(node, output.path, output.command, output.text),
                            () -> unplaced.put(
                                    output.path,
                                    "is an output of \"" + output.command
                                            + "\", but of which node? Name its folder after the node, or give --node"));
        }
        addresses.forEach((path, address) -> node(path).ifPresent(node -> collected.node(node, Optional.of(address))));
        kept.forEach((key, found) -> {
            if (!disputed.contains(key)) {
                collected.output(key.substring(0, key.indexOf('\n')), found.command, found.text);
                placed++;
            }
        });
        ClusterFacts facts = collected.facts(file);
        return new Outcome(withAgents(facts), placed, noise, Map.copyOf(unplaced));
    }

    /**
     * What came of everything.
     *
     * @param placed how many resources, lists, outputs and documents have a place
     * @param noise how many files tell nothing of a tunnel
     * @param unplaced files that could not be placed, and why
     */
    record Outcome(ClusterFacts facts, int placed, int noise, Map<String, String> unplaced) {}

    /** Which of two different outputs holds now, no file says; so neither is used. */
    private void output(String node, String path, String command, String text) {
        String key = node + "\n" + command;
        Found before = kept.putIfAbsent(key, new Found(path, command, text));
        if (before != null && !before.text.equals(text)) {
            disputed.add(key);
            unplaced.put(
                    path,
                    "says otherwise than " + before.path + " what \"" + command + "\" prints on " + node
                            + ", so neither is used: leave the older one out");
            unplaced.putIfAbsent(before.path, "see " + path);
            collected.gap(new Gap(
                    command + " of node " + node,
                    command,
                    node,
                    "two files say different things, and none when it was"));
        }
    }

    private Optional<String> node(String path) {
        String[] parts = path.split("/");
        Optional<String> found = Optional.empty();
        for (int i = 0; i < parts.length; i++) {
            boolean named = i > 0 && i < parts.length - 1 && parts[i - 1].equals("nodes");
            Optional<String> here = named ? Optional.of(parts[i]) : inName(parts[i]);
            // The nearest folder, and the file's own name before all.
            found = here.isPresent() ? here : found;
        }
        return found.or(() -> host(path)).or(() -> givenNode);
    }

    /** The name of a node in a file's or folder's name, one that Kubernetes knows or one of the forms AKS gives. */
    private Optional<String> inName(String part) {
        Optional<String> known = nodes.stream()
                .filter(node -> part.equals(node) || part.startsWith(node + "."))
                .findFirst();
        if (known.isPresent()) {
            return known;
        }
        Matcher matcher = Dump.NODE_NAME.matcher(part);
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }

    /** By the hostname file of the nearest folder above. */
    private Optional<String> host(String path) {
        for (String scope = scope(path); ; scope = scope.substring(0, scope.lastIndexOf('/'))) {
            String host = hosts.get(scope);
            if (host != null) {
                return Optional.of(host);
            }
            if (scope.indexOf('/') < 0) {
                return Optional.empty();
            }
        }
    }

    /** The folder or archive a file speaks for: of {@code logs.zip/etc/hostname} that is {@code logs.zip}. */
    private static String scope(String path) {
        int slash = path.lastIndexOf('/');
        String folder = slash < 0 ? "" : path.substring(0, slash);
        int above = folder.lastIndexOf('/');
        return above >= 0 && HOST_FOLDERS.contains(folder.substring(above + 1)) ? folder.substring(0, above) : folder;
    }

    private ClusterFacts withAgents(ClusterFacts facts) {
        return new ClusterFacts(
                facts.file(),
                facts.apiVersion(),
                facts.scene(),
                facts.expect(),
                facts.collected(),
                facts.azure(),
                facts.kubernetes(),
                facts.nodes(),
                facts.metrics(),
                facts.symptoms(),
                agents,
                facts.gaps(),
                facts.problems());
    }
}
