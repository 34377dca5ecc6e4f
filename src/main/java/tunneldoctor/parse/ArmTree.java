package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Answer;
import tunneldoctor.model.Digits;
import tunneldoctor.model.Tree;

/**
 * A part of an Azure reply, whichever of Azure's tools printed it: ARM nests under {@code properties}, {@code az} flattens,
 * PowerShell flattens in PascalCase and likes lists where ARM has one text.
 * <pre>
 * {"name": "r", "properties": {"priority": 200, "sourceAddressPrefix": "*"}}
 * {"name": "r", "priority": 200, "sourceAddressPrefix": "*"}
 * {"Name": "r", "Priority": 200, "SourceAddressPrefix": ["*"]}
 * </pre>
 */
record ArmTree(Tree tree) {

    /** The value under a path of keys, each looked up inside {@code properties} first. */
    Optional<ArmTree> get(String... path) {
        Optional<Tree> here = Optional.of(tree);
        for (String key : path) {
            here = here.flatMap(t -> t.at("properties", key).or(() -> t.get(key)));
        }
        return here.map(ArmTree::new);
    }

    boolean has(String... path) {
        return get(path).isPresent();
    }

    boolean isMapping() {
        return tree instanceof Tree.Mapping;
    }

    /** Whether the key is there at all, a null as its value included: a whole reply prints what is not set as null. */
    boolean mentions(String key) {
        return mentions(tree, key)
                || tree.get("properties").map(t -> mentions(t, key)).orElse(false);
    }

    private static boolean mentions(Tree tree, String key) {
        return tree instanceof Tree.Mapping mapping
                && (mapping.entries().containsKey(key)
                        || mapping.entries().keySet().stream().anyMatch(key::equalsIgnoreCase));
    }

    /** A scalar's text without surrounding blanks; empty if absent, null or not a scalar. */
    String text(String... path) {
        return get(path).flatMap(ArmTree::scalar).orElse("");
    }

    String lower(String... path) {
        return text(path).toLowerCase(Locale.ROOT);
    }

    private Optional<String> scalar() {
        return tree instanceof Tree.Scalar scalar ? Optional.of(scalar.text().strip()) : Optional.empty();
    }

    /** A whole number from 0 on; -1 if absent or anything else. */
    int number(String... path) {
        return wholeNumber(text(path));
    }

    static int wholeNumber(String text) {
        return text.length() <= 9 && Digits.only(text) ? Integer.parseInt(text) : -1;
    }

    Answer answer(String... path) {
        return switch (lower(path)) {
            case "true" -> Answer.YES;
            case "false" -> Answer.NO;
            default -> Answer.CANNOT_TELL;
        };
    }

    /** The parts of a list; one object stands for a list of one, as PowerShell's pipeline unrolls it. */
    List<ArmTree> items(String... path) {
        return get(path).map(ArmTree::elements).orElse(List.of());
    }

    private List<ArmTree> elements() {
        if (tree instanceof Tree.Sequence sequence) {
            List<ArmTree> elements = new ArrayList<>(sequence.items().size());
            sequence.items().forEach(item -> elements.add(new ArmTree(item)));
            return elements;
        }
        return isMapping() ? List.of(this) : List.of();
    }

    /** Whether a path holds a list, or one object that stands for it. */
    boolean hasList(String... path) {
        return get(path)
                .map(t -> t.tree instanceof Tree.Sequence || t.isMapping())
                .orElse(false);
    }

    /**
     * Texts of several keys, joined.
     *
     * @param values without blanks around them, each once, in order
     * @param understood false where a part is no text
     */
    record Texts(List<String> values, boolean understood) {
        boolean isEmpty() {
            return values.isEmpty();
        }
    }

    /** What the singular and the plural spelling of a field say together, whether each is a text or a list. */
    Texts texts(String... keys) {
        Set<String> values = new LinkedHashSet<>();
        boolean understood = true;
        for (String key : keys) {
            Optional<ArmTree> value = get(key);
            if (value.isEmpty()) {
                continue;
            }
            List<Tree> parts =
                    value.get().tree instanceof Tree.Sequence sequence ? sequence.items() : List.of(value.get().tree);
            for (Tree part : parts) {
                if (part instanceof Tree.Scalar scalar) {
                    if (!scalar.text().isBlank()) {
                        values.add(scalar.text().strip());
                    }
                } else if (!(part instanceof Tree.Null)) {
                    understood = false;
                }
            }
        }
        return new Texts(List.copyOf(values), understood);
    }

    /**
     * The resource a key refers to: {@code {"id": "…"}}, or its bare id or name in a hand-written file.
     *
     * @return its id or name in lower case; the empty text if the key names none; empty if what it names cannot be read
     */
    Optional<String> reference(String... path) {
        return get(path).map(ArmTree::identity).orElse(Optional.of(""));
    }

    /** The id or name this part refers to, lower case; empty if it cannot be read. */
    Optional<String> identity() {
        String id = isMapping() ? text("id") : scalar().orElse("");
        if (id.isEmpty()) {
            id = text("name");
        }
        // ConvertTo-Json prints what lies below its depth limit as a type's name or as @{…}.
        boolean cut = id.startsWith("Microsoft.Azure.") || id.startsWith("System.") || id.startsWith("@{");
        return id.isEmpty() || cut ? Optional.empty() : Optional.of(id.toLowerCase(Locale.ROOT));
    }

    /**
     * Resources a list refers to.
     *
     * @return empty if the list or one of its parts cannot be read
     */
    Optional<List<String>> references(String... path) {
        if (!has(path)) {
            return Optional.of(List.of());
        }
        if (!hasList(path)) {
            return Optional.empty();
        }
        Set<String> ids = new LinkedHashSet<>();
        for (ArmTree item : items(path)) {
            Optional<String> id = item.identity();
            if (id.isEmpty()) {
                return Optional.empty();
            }
            ids.add(id.get());
        }
        return Optional.of(List.copyOf(ids));
    }

    /** The texts among these that are IPv4 addresses. */
    static List<String> addresses(List<String> texts) {
        List<String> addresses = new ArrayList<>();
        for (String text : texts) {
            if (AddressSet.parseAddress(text).isPresent()) {
                addresses.add(text);
            }
        }
        return addresses;
    }
}
