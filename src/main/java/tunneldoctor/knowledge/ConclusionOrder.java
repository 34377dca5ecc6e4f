package tunneldoctor.knowledge;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.Conclusion;

/**
 * One order of conclusions, whatever order they were drawn in: by kind, cause and first words, then by every field. Field
 * texts are built here because the text of an immutable map differs from run to run.
 */
final class ConclusionOrder {
    private ConclusionOrder() {}

    /** The conclusions without repetition, in order. */
    static List<Conclusion> sorted(Collection<Conclusion> conclusions) {
        List<Keyed> keyed = new ArrayList<>();
        for (Conclusion conclusion : new LinkedHashSet<>(conclusions)) {
            keyed.add(new Keyed(conclusion));
        }
        keyed.sort(Comparator.comparingInt((Keyed one) -> rank(one.conclusion))
                .thenComparing(one -> one.conclusion.cause())
                .thenComparing(one -> words(one.conclusion))
                .thenComparing(Keyed::key));
        return keyed.stream().map(one -> one.conclusion).toList();
    }

    private static int rank(Conclusion conclusion) {
        if (conclusion instanceof Conclusion.Finding finding) {
            return finding.certainty().ordinal();
        }
        return conclusion instanceof Conclusion.NotApplicable
                ? 10
                : conclusion instanceof Conclusion.CannotTell
                        ? 11
                        : conclusion instanceof Conclusion.Explains
                                ? 12
                                : conclusion instanceof Conclusion.Contradicts ? 13 : 14;
    }

    private static String words(Conclusion conclusion) {
        if (conclusion instanceof Conclusion.Finding finding) {
            return finding.why();
        }
        if (conclusion instanceof Conclusion.Remedy remedy) {
            return remedy.solution() + " " + remedy.summary();
        }
        if (conclusion instanceof Conclusion.Contradicts contradicts) {
            return contradicts.why();
        }
        return "";
    }

    /** Holds the text of all fields once it is needed: most conclusions differ in their first words. */
    private static final class Keyed {
        private final Conclusion conclusion;
        private String key = "";

        Keyed(Conclusion conclusion) {
            this.conclusion = conclusion;
        }

        String key() {
            if (key.isEmpty()) {
                StringBuilder text = new StringBuilder();
                append(conclusion, text);
                key = text.toString();
            }
            return key;
        }
    }

    private static void append(Object value, StringBuilder text) {
        if (value instanceof Record) {
            text.append(value.getClass().getSimpleName()).append('(');
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                append(read(component, value), text);
                text.append(',');
            }
            text.append(')');
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(held -> append(held, text));
            text.append('?');
        } else if (value instanceof Map<?, ?> map) {
            map.entrySet().stream()
                    .map(entry -> textOf(entry.getKey()) + "=" + textOf(entry.getValue()))
                    .sorted()
                    .forEach(entry -> text.append(entry).append(','));
        } else if (value instanceof Set<?> set) {
            set.stream()
                    .map(ConclusionOrder::textOf)
                    .sorted()
                    .forEach(item -> text.append(item).append(','));
        } else if (value instanceof Collection<?> list) {
            list.forEach(item -> {
                append(item, text);
                text.append(',');
            });
        } else {
            text.append(value);
        }
    }

    private static String textOf(Object value) {
        StringBuilder text = new StringBuilder();
        append(value, text);
        return text.toString();
    }

    private static Object read(RecordComponent component, Object of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the accessors of model records are public and do not throw", e);
        }
    }
}
