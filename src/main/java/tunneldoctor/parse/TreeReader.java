package tunneldoctor.parse;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.dataformat.yaml.snakeyaml.error.MarkedYAMLException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.Tree;
import tunneldoctor.parse.UnreadableFactsException.Fault;

/**
 * Reads one document after the other from YAML or JSON text into trees that know their lines. YAML aliases and merge keys
 * share what they name; how much they may multiply it is bounded.
 */
final class TreeReader {
    private static final int DEEPEST = 200;

    /** What a part of a tree counts for itself, in characters: about what it costs a reader to visit it. */
    private static final int PART_WEIGHT = 64;

    /** How much aliases may repeat in one document, in characters: some million parts, or the text of a large file. */
    private static final long REPEATED_WEIGHT = 128_000_000;

    private static final String MERGE_KEY = "<<";
    private static final String CUT_OFF = "The file seems to be cut off: save or copy it again, to its end.";
    private static final String QUOTE_OR_INDENT =
            "Check the indentation, put texts that hold a colon or a special character in quotes, and begin a command's"
                    + " output with | on the line of its key.";

    private static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxStringLength(Integer.MAX_VALUE)
            .maxNestingDepth(DEEPEST + 1)
            .build();

    /** Keys of a hostile file may all have the same hash; Jackson then stops sharing them instead of failing. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(CONSTRAINTS)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build();

    private final String fileName;
    private final TextSource source;
    private final JsonParser parser;
    private final Optional<YamlTokens> yaml;
    private final Map<String, Anchored> anchors = new HashMap<>();
    private final Set<String> openAnchors = new HashSet<>();
    private Set<Tree> folded = identitySet();
    private long weight;
    private long repeated;

    /** @param weight what the tree counts, aliases in it expanded */
    private record Anchored(Tree tree, long weight) {}

    /**
     * One document.
     *
     * @param folded texts written over several lines without a mark, whose line breaks YAML turned into blanks; compared
     *     by identity
     * @param lastLine 1-based, at or after the document's last line and before the next document's content
     */
    record Document(Tree root, Set<Tree> folded, int lastLine) {}

    private TreeReader(String fileName, TextSource source, JsonParser parser, Optional<YamlTokens> yaml) {
        this.fileName = fileName;
        this.source = source;
        this.parser = parser;
        this.yaml = yaml;
    }

    /** Makes ready to read JSON, which takes a fresh process a while. */
    static void prepare() {
        try (JsonParser nothing = JSON.createParser("")) {
            nothing.nextToken();
        } catch (IOException impossible) {
            throw new IllegalStateException("nothing can be read of an empty text", impossible);
        }
    }

    static TreeReader of(String fileName, TextSource source) throws UnreadableFactsException {
        try {
            if (source.looksLikeJson()) {
                return new TreeReader(fileName, source, JSON.createParser(source), Optional.empty());
            }
            YamlTokens tokens = YamlTokens.of(source, CONSTRAINTS);
            return new TreeReader(fileName, source, tokens, Optional.of(tokens));
        } catch (IOException failure) {
            throw new UnreadableFactsException(fileName, source.fault().orElseGet(() -> ioFault(failure)));
        }
    }

    /** @return empty at the end of the file */
    Optional<Document> next() throws UnreadableFactsException {
        if (!advance()) {
            return Optional.empty();
        }
        anchors.clear();
        openAnchors.clear();
        folded = identitySet();
        weight = 0;
        repeated = 0;
        Tree root = value(1);
        return Optional.of(new Document(root, folded, line()));
    }

    /** The tree that begins with the current token; leaves its last token the current one. */
    private Tree value(int depth) throws UnreadableFactsException {
        if (depth > DEEPEST) {
            throw fault(
                    "lists and mappings are nested more than " + DEEPEST + " levels deep",
                    "No tool's output needs that: check how the file was made.");
        }
        Optional<String> alias = yaml.flatMap(YamlTokens::alias);
        if (alias.isPresent()) {
            return shared(alias.get());
        }
        Optional<String> anchor = yaml.flatMap(YamlTokens::anchor);
        anchor.ifPresent(openAnchors::add);
        long before = weight;
        weight += PART_WEIGHT;
        Tree tree = switch (parser.currentToken()) {
            case START_OBJECT -> mapping(depth);
            case START_ARRAY -> sequence(depth);
            case VALUE_NULL -> new Tree.Null(line());
            default -> scalar();
        };
        anchor.ifPresent(name -> {
            openAnchors.remove(name);
            anchors.put(name, new Anchored(tree, weight - before));
        });
        return tree;
    }

    private Tree mapping(int depth) throws UnreadableFactsException {
        int line = line();
        Map<String, Tree> entries = new LinkedHashMap<>();
        List<Tree> merged = new ArrayList<>();
        while (require() != JsonToken.END_OBJECT) {
            String key = key();
            boolean merge = key.equals(MERGE_KEY) && yaml.isPresent();
            Position at = position();
            require();
            Tree value = value(depth + 1);
            if (merge && mergeable(value)) {
                merged.add(value);
                continue;
            }
            Tree earlier = entries.put(key, value);
            if (earlier != null) {
                throw fault(
                        at,
                        "the key " + Shown.quoted(key) + " is given twice in one mapping, first on line "
                                + earlier.line(),
                        "Remove one of the two, or give them different keys.");
            }
        }
        for (Tree value : merged) {
            merge(value, entries);
        }
        return new Tree.Mapping(entries, line);
    }

    private static boolean mergeable(Tree value) {
        return value instanceof Tree.Mapping
                || value instanceof Tree.Sequence sequence
                        && sequence.items().stream().allMatch(Tree.Mapping.class::isInstance);
    }

    /** What a mapping says itself wins over what it merges, and what is merged first over what is merged later. */
    private void merge(Tree value, Map<String, Tree> entries) throws UnreadableFactsException {
        List<Tree> mappings = value instanceof Tree.Sequence sequence ? sequence.items() : List.of(value);
        for (Tree item : mappings) {
            if (item instanceof Tree.Mapping mapping) {
                repeat((long) PART_WEIGHT * mapping.entries().size());
                mapping.entries().forEach(entries::putIfAbsent);
            }
        }
    }

    private Tree sequence(int depth) throws UnreadableFactsException {
        int line = line();
        List<Tree> items = new ArrayList<>();
        while (require() != JsonToken.END_ARRAY) {
            items.add(value(depth + 1));
        }
        return new Tree.Sequence(items, line);
    }

    private Tree scalar() throws UnreadableFactsException {
        int line = line();
        boolean quoted = yaml.isPresent() ? yaml.get().quoted() : parser.currentToken() == JsonToken.VALUE_STRING;
        String text = text();
        if (text.isEmpty() && !quoted) {
            return new Tree.Null(line);
        }
        weight += text.length();
        Tree.Scalar scalar = new Tree.Scalar(text, quoted, line);
        if (yaml.isPresent() && yaml.get().folded()) {
            folded.add(scalar);
        }
        return scalar;
    }

    private String text() throws UnreadableFactsException {
        try {
            // Only YAML's !!binary gives an object.
            return parser.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT
                    ? new String(parser.getBinaryValue(), StandardCharsets.UTF_8)
                    : parser.getText();
        } catch (IOException | RuntimeException failure) {
            throw failed(failure);
        }
    }

    private String key() throws UnreadableFactsException {
        try {
            String key = parser.currentName();
            weight += key.length();
            yaml.flatMap(YamlTokens::anchor)
                    .ifPresent(
                            name -> anchors.put(name, new Anchored(new Tree.Scalar(key, true, line()), key.length())));
            return key;
        } catch (IOException | RuntimeException failure) {
            throw failed(failure);
        }
    }

    private Tree shared(String name) throws UnreadableFactsException {
        Anchored anchored = anchors.get(name);
        if (openAnchors.contains(name)) {
            throw fault("the alias *" + Shown.shortened(name) + " stands inside what it names", "Write it out.");
        }
        if (anchored == null) {
            throw fault(
                    "the alias *" + Shown.shortened(name) + " has no &" + Shown.shortened(name) + " before it",
                    "Put a text that begins with * in quotes, or name the value it should repeat.");
        }
        repeat(anchored.weight);
        weight += anchored.weight;
        return anchored.tree;
    }

    private void repeat(long more) throws UnreadableFactsException {
        repeated += more;
        if (repeated > REPEATED_WEIGHT) {
            throw fault(
                    "the aliases of this document multiply its content beyond what is read",
                    "Write the repeated parts out, or split the document.");
        }
    }

    private JsonToken require() throws UnreadableFactsException {
        if (!advance()) {
            throw fault("the file ends inside a document", CUT_OFF);
        }
        return parser.currentToken();
    }

    private boolean advance() throws UnreadableFactsException {
        try {
            return parser.nextToken() != null;
        } catch (IOException | RuntimeException failure) {
            // SnakeYAML throws unchecked exceptions of many kinds on malformed text.
            throw failed(failure);
        }
    }

    /** @param column 1-based; 0 if not known */
    private record Position(int line, int column) {}

    private int line() {
        return yaml.isPresent()
                ? yaml.get().line()
                : parser.currentTokenLocation().getLineNr();
    }

    private Position position() {
        return yaml.isPresent()
                ? new Position(yaml.get().line(), yaml.get().column())
                : position(parser.currentTokenLocation());
    }

    private static Position position(@Nullable JsonLocation location) {
        return location == null
                ? new Position(0, 0)
                : new Position(Math.max(location.getLineNr(), 0), Math.max(location.getColumnNr(), 0));
    }

    private UnreadableFactsException fault(String message, String advice) {
        return fault(position(), message, advice);
    }

    private UnreadableFactsException fault(Position at, String message, String advice) {
        return new UnreadableFactsException(fileName, new Fault(at.line, at.column, message, advice));
    }

    private UnreadableFactsException failed(Exception failure) {
        Optional<Fault> noText = source.fault();
        if (noText.isPresent()) {
            return new UnreadableFactsException(fileName, noText.get());
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException input && !(cause instanceof JacksonException)) {
                return new UnreadableFactsException(fileName, ioFault(input));
            }
        }
        if (failure instanceof StreamConstraintsException tooLarge) {
            return depthOrLength(tooLarge);
        }
        if (failure instanceof MarkedYAMLException invalid) {
            return invalidYaml(invalid);
        }
        Position at = failure instanceof JacksonException located ? position(located.getLocation()) : position();
        if (yaml.isPresent()) {
            return String.valueOf(failure.getMessage()).contains("Expected a field name")
                    ? fault(at, "a key here is a list, a mapping or an alias", "Write the key as plain text.")
                    : fault(at, "this is not valid YAML", QUOTE_OR_INDENT);
        }
        if (failure instanceof JsonEOFException) {
            return fault(at, "the file ends inside a document", CUT_OFF);
        }
        return fault(at, invalidJson(failure), "Have a JSON tool check the file, or save it again.");
    }

    private UnreadableFactsException depthOrLength(StreamConstraintsException tooLarge) {
        Position at = position(tooLarge.getLocation());
        return String.valueOf(tooLarge.getOriginalMessage()).contains("depth")
                ? fault(
                        at,
                        "lists and mappings are nested more than " + DEEPEST + " levels deep",
                        "No tool's output needs that: check how the file was made.")
                : fault(at, "a key or number is too long to be one", "Check how the file was made.");
    }

    private UnreadableFactsException invalidYaml(MarkedYAMLException invalid) {
        String problem = String.valueOf(invalid.getProblem());
        Position at = invalid.getProblemMark() == null
                ? new Position(0, 0)
                : new Position(
                        invalid.getProblemMark().getLine() + 1,
                        invalid.getProblemMark().getColumn() + 1);
        if (problem.contains("end of stream") || problem.contains("<stream end>")) {
            boolean atEnd = invalid.getContextMark() == null
                    || invalid.getContextMark().getIndex()
                            == invalid.getProblemMark().getIndex();
            String inside = atEnd
                    ? "a list or mapping"
                    : "what began on line " + (invalid.getContextMark().getLine() + 1);
            return fault(at, "the file ends inside " + inside, CUT_OFF + " Or a closing quote or bracket is missing.");
        }
        return fault(at, "this is not valid YAML: " + yamlProblem(problem), QUOTE_OR_INDENT);
    }

    private static String yamlProblem(String problem) {
        if (problem.contains("mapping values are not allowed")) {
            return "a colon stands where no key can be";
        }
        if (problem.contains("TAB")) {
            return "a tab indents the line, where only spaces may";
        }
        if (problem.contains("expected <block end>")) {
            return "the indentation does not fit the lines above";
        }
        if (problem.contains("could not find expected ':'")) {
            return "there is neither a colon after a key nor a dash before an item";
        }
        if (problem.contains("cannot start any token")) {
            return "a text cannot begin with this character unless it is in quotes";
        }
        return Shown.shortened(problem);
    }

    private static String invalidJson(Exception failure) {
        String message =
                failure instanceof JacksonException invalid ? String.valueOf(invalid.getOriginalMessage()) : "";
        String what = "this is not valid JSON";
        if (message.contains("expecting comma")) {
            return what + ": a comma or closing bracket is missing before this";
        }
        if (message.contains("double-quote to start field name")) {
            return what + ": a key in double quotes is missing here";
        }
        if (message.contains("expecting a colon")) {
            return what + ": a colon is missing after the key";
        }
        if (message.contains("Illegal unquoted character")) {
            return what + ": a text in quotes holds a line end or tab that is not written as \\n or \\t";
        }
        if (message.contains("close marker")) {
            return what + ": a bracket closes what is not open";
        }
        if (message.contains("Unrecognized token")) {
            return what + ": a word is not in double quotes";
        }
        return what;
    }

    private static Fault ioFault(IOException failure) {
        return new Fault(
                0,
                0,
                "the file cannot be read: " + Shown.shortened(String.valueOf(failure.getMessage())),
                "Check that it is a file you may read.");
    }

    private static Set<Tree> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
