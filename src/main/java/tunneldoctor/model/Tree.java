package tunneldoctor.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A structured document exactly as it stood in the facts file, with the lines its parts came from. JSON and YAML alike;
 * scalars keep their text, so that nothing is lost before a reader interprets them.
 */
public sealed interface Tree {
    /** The 1-based line of the facts file where this part begins. */
    int line();

    /** Keys in file order; keys are looked up exactly, or ignoring case with {@link #get}. */
    record Mapping(Map<String, Tree> entries, int line) implements Tree {
        public Mapping {
            entries = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    record Sequence(List<Tree> items, int line) implements Tree {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /**
     * @param text the scalar's text, quotes and escapes resolved
     * @param quoted whether it was a string by its notation, so that {@code "true"} is not the boolean
     */
    record Scalar(String text, boolean quoted, int line) implements Tree {}

    /** An explicit or implied null. */
    record Null(int line) implements Tree {}

    /**
     * The value under a key, ignoring case: Azure's own tools spell the same key in three ways.
     *
     * @return empty if this is not a mapping, the key is absent or its value is null
     */
    default Optional<Tree> get(String key) {
        if (!(this instanceof Mapping mapping)) {
            return Optional.empty();
        }
        Tree exact = mapping.entries().get(key);
        if (exact == null) {
            for (Map.Entry<String, Tree> entry : mapping.entries().entrySet()) {
                if (entry.getKey().equalsIgnoreCase(key)) {
                    exact = entry.getValue();
                    break;
                }
            }
        }
        return Optional.ofNullable(exact).filter(value -> !(value instanceof Null));
    }

    /** The value under a path of keys, each as in {@link #get}. */
    default Optional<Tree> at(String... path) {
        Optional<Tree> here = Optional.of(this);
        for (String key : path) {
            here = here.flatMap(tree -> tree.get(key));
        }
        return here;
    }

    /** The scalar text under a path of keys; empty if absent, null or not a scalar. */
    default Optional<String> text(String... path) {
        return at(path).flatMap(tree -> tree instanceof Scalar scalar ? Optional.of(scalar.text()) : Optional.empty());
    }

    /** The items under a path of keys; empty if absent or not a sequence. */
    default List<Tree> items(String... path) {
        return at(path).map(tree -> tree instanceof Sequence sequence ? sequence.items() : List.<Tree>of())
                .orElse(List.of());
    }
}
