package tunneldoctor.collect.kubernetes;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tunneldoctor.model.Tree;

/** Objects in an API server's answers, as {@code kubectl get -o yaml} would print them. */
final class ObjectTrees {
    private static final String LIST = "List";

    private ObjectTrees() {}

    /**
     * The objects of a list; in an API server's own they have no kind, in one that a proxy put together they have.
     *
     * @return empty if the answer is no list of that kind
     */
    static Optional<List<Tree>> items(Tree answer, String kind) {
        boolean isList = answer instanceof Tree.Mapping list
                && answer.text("kind")
                        .filter(named -> named.equals(kind + LIST) || named.equals(LIST))
                        .isPresent()
                && list.entries().containsKey("items");
        if (!isList
                || answer.get("items")
                        .filter(items -> !(items instanceof Tree.Sequence))
                        .isPresent()) {
            return Optional.empty();
        }
        String version = answer.text("apiVersion").orElse("");
        return Optional.of(answer.items("items").stream()
                .map(item -> named(item, version, kind))
                .toList());
    }

    private static Tree named(Tree item, String version, String kind) {
        if (!(item instanceof Tree.Mapping mapping)) {
            return item;
        }
        Map<String, Tree> entries = new LinkedHashMap<>();
        entries.put("apiVersion", new Tree.Scalar(version, true, 0));
        entries.put("kind", new Tree.Scalar(kind, true, 0));
        entries.putAll(mapping.entries());
        return withoutManagers(new Tree.Mapping(entries, 0));
    }

    /** Who set which field last is long, and tells nothing of a tunnel. */
    static Tree withoutManagers(Tree object) {
        if (object instanceof Tree.Mapping mapping
                && mapping.entries().get("metadata") instanceof Tree.Mapping metadata
                && metadata.entries().containsKey("managedFields")) {
            Map<String, Tree> kept = new LinkedHashMap<>(metadata.entries());
            kept.remove("managedFields");
            Map<String, Tree> entries = new LinkedHashMap<>(mapping.entries());
            entries.put("metadata", new Tree.Mapping(kept, 0));
            return new Tree.Mapping(entries, 0);
        }
        return object;
    }

    /** Whether an event happened before; one that does not say when is taken for recent. */
    static boolean isBefore(Tree event, Instant time) {
        return Stream.of(
                        event.text("series", "lastObservedTime"),
                        event.text("lastTimestamp"),
                        event.text("eventTime"),
                        event.text("firstTimestamp"))
                .flatMap(Optional::stream)
                .findFirst()
                .flatMap(ObjectTrees::instant)
                .filter(last -> last.isBefore(time))
                .isPresent();
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
