package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.ClusterFacts.Expectation;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.Gap;
import tunneldoctor.model.Problem;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Tree;
import tunneldoctor.parse.UnreadableFactsException.Fault;

/** Reads one document of a facts file. What does not fit is a problem with its line; the rest is used. */
final class DocumentReader {
    static final String API_VERSION = ClusterFacts.API_VERSION;
    static final String KIND = ClusterFacts.KIND;

    private static final List<String> KEYS = List.of(
            "apiVersion",
            "kind",
            "scene",
            "expect",
            "collected",
            "azure",
            "kubernetes",
            "nodes",
            "metrics",
            "symptoms",
            "agents",
            "gaps");
    private static final List<String> NODE_KEYS = List.of("name", "address", "inInterface", "outputs");
    private static final List<String> COLLECTED_KEYS = List.of("at", "by");
    private static final List<String> GAP_KEYS = List.of("what", "about", "subject", "reason");
    private static final List<String> EXPECT_KEYS = List.of("found", "cannotTell");

    /** A file that is wrong throughout needs no complete list of it. */
    private static final int MOST_PROBLEMS = 1_000;

    private final String fileName;
    private final TreeReader.Document document;
    private final List<Problem> problems = new ArrayList<>();

    private DocumentReader(String fileName, TreeReader.Document document) {
        this.fileName = fileName;
        this.document = document;
    }

    /** @throws UnreadableFactsException if it is not a document of a kind and version that is read */
    static ClusterFacts read(String fileName, TreeReader.Document document, TextSource.Replaced replaced)
            throws UnreadableFactsException {
        return new DocumentReader(fileName, document).read(replaced);
    }

    private ClusterFacts read(TextSource.Replaced replaced) throws UnreadableFactsException {
        Tree.Mapping root = root();
        if (replaced.lines() > 0) {
            problem(
                    fileName,
                    replaced.first(),
                    "",
                    replaced.lines() + (replaced.lines() == 1 ? " line holds" : " lines hold")
                            + " control characters, which were replaced",
                    "Print outputs without colours.");
        }
        checkKeys(fileName, root, KEYS);
        return new ClusterFacts(
                fileName,
                API_VERSION,
                text(fileName, root, "scene"),
                value(root, "expect").flatMap(this::expect),
                value(root, "collected").flatMap(this::collected),
                trees(root, "azure"),
                trees(root, "kubernetes"),
                nodes(root),
                trees(root, "metrics"),
                scalars(fileName, root, "symptoms"),
                scalars(fileName, root, "agents"),
                gaps(root),
                problemsInFileOrder());
    }

    /** To be called when all else is read. */
    private List<Problem> problemsInFileOrder() {
        List<Problem> ordered = new ArrayList<>(problems);
        ordered.sort(Comparator.comparingInt(problem -> problem.at().line()));
        return ordered;
    }

    private Tree.Mapping root() throws UnreadableFactsException {
        if (!(document.root() instanceof Tree.Mapping root)) {
            String what = document.root() instanceof Tree.Sequence ? "a list" : "plain text";
            throw fault(
                    document.root(),
                    "this document is " + what + ", not a mapping",
                    "A facts document begins with \"apiVersion: " + API_VERSION + "\" and \"kind: " + KIND
                            + "\"; several of them stand one after the other.");
        }
        Optional<Tree> kind = value(root, "kind");
        if (kind.isEmpty()) {
            throw fault(root, "this document has no kind", misplaced(root, "Add \"kind: " + KIND + "\"."));
        }
        if (!isText(kind.get(), KIND)) {
            throw fault(
                    kind.get(),
                    "this document is of kind " + shown(kind.get()) + ", not " + KIND,
                    misplaced(root, "Only \"kind: " + KIND + "\" is read."));
        }
        Optional<Tree> version = value(root, "apiVersion");
        if (version.isEmpty()) {
            throw fault(
                    root,
                    "this document has no apiVersion",
                    "Add \"apiVersion: " + API_VERSION + "\", the only one read.");
        }
        if (!isText(version.get(), API_VERSION)) {
            throw fault(
                    version.get(),
                    "apiVersion " + shown(version.get()) + " is not read",
                    "The supported one is " + API_VERSION + ".");
        }
        return root;
    }

    private static String misplaced(Tree.Mapping root, String advice) {
        if (root.entries().containsKey("metadata") || root.entries().containsKey("items")) {
            return advice + " An object as kubectl prints it belongs in the list under \"kubernetes:\".";
        }
        if (root.entries().containsKey("properties") || root.entries().containsKey("resourceGroup")) {
            return advice + " A resource as Azure prints it belongs in the list under \"azure:\".";
        }
        return advice;
    }

    private UnreadableFactsException fault(Tree at, String message, String advice) {
        return new UnreadableFactsException(fileName, new Fault(at.line(), 0, message, advice));
    }

    private static boolean isText(Tree tree, String text) {
        return tree instanceof Tree.Scalar scalar && scalar.text().equals(text);
    }

    private static String shown(Tree tree) {
        return tree instanceof Tree.Scalar scalar ? Shown.quoted(scalar.text()) : sort(tree);
    }

    private static String sort(Tree tree) {
        if (tree instanceof Tree.Mapping) {
            return "a mapping";
        }
        if (tree instanceof Tree.Sequence) {
            return "a list";
        }
        return tree instanceof Tree.Scalar ? "plain text" : "empty";
    }

    /** The facts file's own keys are exact, unlike Azure's. */
    private static Optional<Tree> value(Tree.Mapping mapping, String key) {
        return Optional.ofNullable(mapping.entries().get(key)).filter(tree -> !(tree instanceof Tree.Null));
    }

    private void checkKeys(String place, Tree.Mapping mapping, List<String> known) {
        mapping.entries().forEach((key, value) -> {
            if (!known.contains(key)) {
                problem(
                        place,
                        value.line(),
                        key,
                        "unknown key " + Shown.quoted(key) + ", not used",
                        NearestWord.of(key, known)
                                .map(near -> "Did you mean \"" + near + "\"?")
                                .orElseGet(() -> "Known keys here: " + String.join(", ", known) + "."));
            }
        });
    }

    private List<Tree> trees(Tree.Mapping root, String key) {
        Optional<Tree> section = value(root, key);
        if (section.isEmpty()) {
            return List.of();
        }
        Tree tree = section.get();
        if (tree instanceof Tree.Sequence sequence) {
            return sequence.items();
        }
        if (tree instanceof Tree.Mapping) {
            return List.of(tree);
        }
        wrongType(fileName, key, tree, "a list");
        return List.of();
    }

    private List<Tree.Scalar> scalars(String place, Tree.Mapping mapping, String key) {
        Optional<Tree> section = value(mapping, key);
        if (section.isEmpty()) {
            return List.of();
        }
        List<Tree> items = section.get() instanceof Tree.Sequence sequence ? sequence.items() : List.of(section.get());
        List<Tree.Scalar> scalars = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Optional<Tree.Scalar> scalar = sentence(items.get(i));
            scalar.ifPresent(scalars::add);
            if (scalar.isEmpty()) {
                wrongType(place, key + "[" + i + "]", items.get(i), "text");
            }
        }
        return scalars;
    }

    /** An unquoted {@code error: unable to upgrade connection} is a mapping to YAML and one text to its author. */
    private static Optional<Tree.Scalar> sentence(Tree tree) {
        if (tree instanceof Tree.Scalar scalar) {
            return Optional.of(scalar);
        }
        if (tree instanceof Tree.Mapping mapping && mapping.entries().size() == 1) {
            Map.Entry<String, Tree> only =
                    mapping.entries().entrySet().iterator().next();
            if (only.getValue() instanceof Tree.Scalar rest && !rest.quoted()) {
                return Optional.of(new Tree.Scalar(only.getKey() + ": " + rest.text(), false, mapping.line()));
            }
        }
        return Optional.empty();
    }

    private Optional<String> text(String place, Tree.Mapping mapping, String key) {
        Optional<Tree> value = value(mapping, key);
        if (value.isPresent() && !(value.get() instanceof Tree.Scalar)) {
            wrongType(place, key, value.get(), "text");
        }
        return value.flatMap(
                tree -> tree instanceof Tree.Scalar scalar ? Optional.of(scalar.text()) : Optional.empty());
    }

    private Optional<Expectation> expect(Tree tree) {
        if (!(tree instanceof Tree.Mapping mapping)) {
            wrongType(fileName, "expect", tree, "a mapping");
            return Optional.empty();
        }
        checkKeys("expect", mapping, EXPECT_KEYS);
        return Optional.of(new Expectation(
                texts(scalars("expect", mapping, "found")), texts(scalars("expect", mapping, "cannotTell"))));
    }

    private static List<String> texts(List<Tree.Scalar> scalars) {
        return scalars.stream().map(Tree.Scalar::text).toList();
    }

    private Optional<String> collected(Tree tree) {
        if (tree instanceof Tree.Scalar scalar) {
            return Optional.of(scalar.text());
        }
        if (!(tree instanceof Tree.Mapping mapping)) {
            wrongType(fileName, "collected", tree, "a mapping");
            return Optional.empty();
        }
        checkKeys("collected", mapping, COLLECTED_KEYS);
        StringJoiner said = new StringJoiner(" ");
        text("collected", mapping, "at").ifPresent(said::add);
        text("collected", mapping, "by").ifPresent(by -> said.add("by " + by));
        return said.length() == 0 ? Optional.empty() : Optional.of(said.toString());
    }

    /** What collection did not get is a problem for people and a fact for rules. */
    private List<Gap> gaps(Tree.Mapping root) {
        List<Tree> items = trees(root, "gaps");
        List<Gap> gaps = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            String place = "gaps[" + i + "]";
            if (!(items.get(i) instanceof Tree.Mapping gap)) {
                wrongType(fileName, place, items.get(i), "a mapping");
                continue;
            }
            checkKeys(place, gap, GAP_KEYS);
            String what = OneLine.text(text(place, gap, "what").orElse("a piece of evidence"));
            String reason = OneLine.text(text(place, gap, "reason").orElse("no reason is given"));
            gaps.add(new Gap(
                    what,
                    text(place, gap, "about").orElse(""),
                    text(place, gap, "subject").orElse(""),
                    reason,
                    new SourceRef(place, gap.line(), "")));
            problem(place, gap.line(), "", what + " was not collected: " + reason, "");
        }
        return gaps;
    }

    private List<NodeOutputs> nodes(Tree.Mapping root) {
        List<Tree> items = trees(root, "nodes");
        List<NodeOutputs> nodes = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            String place = "nodes[" + i + "]";
            if (!(items.get(i) instanceof Tree.Mapping node)) {
                wrongType(fileName, place, items.get(i), "a mapping");
                continue;
            }
            checkKeys(place, node, NODE_KEYS);
            Optional<String> name = text(place, node, "name").filter(text -> !text.isBlank());
            if (name.isEmpty()) {
                problem(
                        place,
                        node.line(),
                        "",
                        "this node has no name, so its outputs are not used",
                        "Add \"name:\", the name kubectl get nodes shows.");
                continue;
            }
            Integer first = lines.putIfAbsent(name.get(), node.line());
            if (first != null) {
                problem(
                        place,
                        node.line(),
                        name.get(),
                        "the node " + Shown.quoted(name.get()) + " is given before, on line " + first
                                + "; only what stands there is used",
                        "Put all outputs of one node under one name, or correct the name.");
                continue;
            }
            nodes.add(new NodeOutputs(
                    i,
                    name.get(),
                    text(place, node, "address"),
                    text(place, node, "inInterface"),
                    outputs(place, node),
                    node.line()));
        }
        return nodes;
    }

    private List<CommandOutput> outputs(String place, Tree.Mapping node) {
        Optional<Tree> section = value(node, "outputs");
        if (section.isEmpty()) {
            return List.of();
        }
        if (!(section.get() instanceof Tree.Mapping mapping)) {
            wrongType(place, "outputs", section.get(), "a mapping of commands to what they printed");
            return List.of();
        }
        List<CommandOutput> outputs = new ArrayList<>();
        mapping.entries()
                .forEach((command, value) -> output(place, command, value).ifPresent(outputs::add));
        return outputs;
    }

    private Optional<CommandOutput> output(String place, String command, Tree value) {
        String where = place + " " + Shown.quoted(command);
        if (value instanceof Tree.Scalar scalar) {
            if (document.folded().contains(scalar)) {
                problem(
                        where,
                        scalar.line(),
                        "",
                        "the output's lines were run together by YAML, so it is not used",
                        "Begin it with | on the line of its key and indent it.");
                return Optional.empty();
            }
            return Optional.of(new CommandOutput(command, scalar.text(), scalar.line()));
        }
        Optional<Tree.Scalar> message = runCommandMessage(value);
        if (message.isPresent()) {
            return message.map(text -> new CommandOutput(command, text.text(), text.line()));
        }
        if (value instanceof Tree.Null) {
            problem(
                    where,
                    value.line(),
                    "",
                    "the output is missing",
                    "Write '' if the command printed nothing, or remove its key.");
        } else {
            wrongType(place, Shown.quoted(command), value, "the text the command printed");
        }
        return Optional.empty();
    }

    /** The answer of {@code az vmss run-command invoke} on Linux, given as the object it is and not as text. */
    private static Optional<Tree.Scalar> runCommandMessage(Tree value) {
        List<Tree> items = value.items("value");
        return items.size() == 1
                ? items.get(0)
                        .get("message")
                        .flatMap(tree -> tree instanceof Tree.Scalar scalar ? Optional.of(scalar) : Optional.empty())
                : Optional.empty();
    }

    private void wrongType(String place, String key, Tree value, String wanted) {
        problem(place, value.line(), key, key + " is " + sort(value) + ", not " + wanted + "; it is not used", "");
    }

    private void problem(String place, int line, String text, String message, String advice) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(new Problem(new SourceRef(place, line, Shown.shortened(text)), message, advice));
        } else if (problems.size() == MOST_PROBLEMS) {
            problems.add(
                    new Problem(new SourceRef(fileName, line, ""), "there are more problems like the ones before", ""));
        }
    }
}
