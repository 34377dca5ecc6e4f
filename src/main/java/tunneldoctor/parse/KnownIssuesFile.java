package tunneldoctor.parse;

import java.io.InputStream;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.KnownIssues;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Tree;
import tunneldoctor.parse.UnreadableFactsException.Fault;

/**
 * Reads the causes somebody has accepted for a while:
 *
 * <pre>
 * - cause: snat-exhausted
 *   cluster: aks-shop          # optional: only there
 *   nodes: [aks-np-000003]     # optional: only while no other node is affected
 *   reason: the NAT gateway comes with the move in January
 *   until: 2027-01-31
 * </pre>
 *
 * <p>A mistake in it hides a cause, or keeps one from being hidden, so none passes.
 */
public final class KnownIssuesFile {
    private static final List<String> KEYS = List.of("cause", "cluster", "nodes", "reason", "until");

    private final String fileName;
    private final Collection<String> causes;

    private KnownIssuesFile(String fileName, Collection<String> causes) {
        this.fileName = fileName;
        this.causes = causes;
    }

    /**
     * @param fileName as the user gave it
     * @param causes ids the rules know
     * @param today the day the issues are held against
     * @throws UnreadableFactsException at the first mistake
     */
    public static KnownIssues read(String fileName, InputStream in, Collection<String> causes, LocalDate today)
            throws UnreadableFactsException {
        KnownIssuesFile reader = new KnownIssuesFile(fileName, causes);
        TreeReader trees = TreeReader.of(fileName, new TextSource(in));
        List<KnownIssues.Issue> issues = new ArrayList<>();
        Optional<TreeReader.Document> document = trees.next();
        while (document.isPresent()) {
            issues.addAll(reader.issues(document.get().root()));
            document = trees.next();
        }
        return new KnownIssues(issues, today);
    }

    private List<KnownIssues.Issue> issues(Tree root) throws UnreadableFactsException {
        if (root instanceof Tree.Null) {
            return List.of();
        }
        if (!(root instanceof Tree.Sequence list)) {
            throw fault(root, "known issues are a list", "Begin each with \"- cause: ID\".");
        }
        List<KnownIssues.Issue> issues = new ArrayList<>();
        for (Tree item : list.items()) {
            issues.add(issue(item));
        }
        return issues;
    }

    private KnownIssues.Issue issue(Tree item) throws UnreadableFactsException {
        if (!(item instanceof Tree.Mapping mapping)) {
            throw fault(item, "this known issue is not a mapping", "It has the keys " + String.join(", ", KEYS) + ".");
        }
        for (Map.Entry<String, Tree> entry : mapping.entries().entrySet()) {
            if (!KEYS.contains(entry.getKey())) {
                throw fault(
                        entry.getValue(),
                        "unknown key " + Shown.quoted(entry.getKey()),
                        near(entry.getKey(), KEYS, "Known keys here: "));
            }
        }
        String cause = text(mapping, "cause");
        if (!causes.contains(cause)) {
            throw fault(
                    item,
                    "no rule knows the cause " + Shown.quoted(cause),
                    near(cause, List.copyOf(causes), "Causes: "));
        }
        return new KnownIssues.Issue(
                cause,
                mapping.text("cluster").orElse(""),
                nodes(mapping),
                text(mapping, "reason"),
                until(mapping),
                new SourceRef(fileName, item.line(), "cause: " + cause));
    }

    private List<String> nodes(Tree.Mapping mapping) throws UnreadableFactsException {
        Optional<Tree> given = mapping.get("nodes");
        if (given.isEmpty()) {
            return List.of();
        }
        List<String> nodes = new ArrayList<>();
        for (Tree node : mapping.items("nodes")) {
            node.text().ifPresent(nodes::add);
        }
        if (nodes.isEmpty()) {
            throw fault(given.get(), "\"nodes\" is not a list of node names", "Leave it out to mean any node.");
        }
        return nodes;
    }

    private LocalDate until(Tree.Mapping mapping) throws UnreadableFactsException {
        String until = text(mapping, "until");
        try {
            return LocalDate.parse(until);
        } catch (DateTimeParseException e) {
            throw fault(mapping, Shown.quoted(until) + " is not a day", "Write it as 2027-01-31.");
        }
    }

    private String text(Tree.Mapping mapping, String key) throws UnreadableFactsException {
        Optional<String> text = mapping.text(key).map(String::strip).filter(t -> !t.isEmpty());
        if (text.isEmpty()) {
            throw fault(
                    mapping,
                    "this known issue has no " + key,
                    "Each needs a cause, a reason and the day until which it holds.");
        }
        return text.get();
    }

    private static String near(String word, List<String> known, String otherwise) {
        return NearestWord.of(word, known)
                .map(near -> "Did you mean \"" + near + "\"?")
                .orElseGet(() -> otherwise + String.join(", ", known) + ".");
    }

    private UnreadableFactsException fault(Tree at, String message, String advice) {
        return new UnreadableFactsException(fileName, new Fault(at.line(), 0, message, advice));
    }
}
