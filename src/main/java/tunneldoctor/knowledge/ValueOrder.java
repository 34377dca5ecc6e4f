package tunneldoctor.knowledge;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tunneldoctor.model.Fact;
import tunneldoctor.model.SourceRef;

/**
 * An order of model values by what they hold, the same in every run: neither identities nor the order in which an immutable
 * map or set happens to list its entries have a say.
 */
final class ValueOrder {
    private static final Map<Class<?>, List<Method>> FIELDS = new ConcurrentHashMap<>();

    private ValueOrder() {}

    /** By kind, place and node, which tell most facts apart and cost little. 0 does not mean equal. */
    static int compareFacts(List<Fact> one, List<Fact> other) {
        int both = Math.min(one.size(), other.size());
        for (int i = 0; i < both; i++) {
            int order = compareFacts(one.get(i), other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(one.size(), other.size());
    }

    private static int compareFacts(Fact one, Fact other) {
        if (one == other) {
            return 0;
        }
        int order = one.getClass() == other.getClass() ? 0 : kind(one).compareTo(kind(other));
        if (order == 0) {
            order = comparePlaces(one.evidence(), other.evidence());
        }
        return order == 0 ? compareEach(one.nodes(), other.nodes()) : order;
    }

    private static int comparePlaces(List<SourceRef> one, List<SourceRef> other) {
        int both = Math.min(one.size(), other.size());
        for (int i = 0; i < both; i++) {
            SourceRef first = one.get(i);
            SourceRef second = other.get(i);
            int order = first.document().compareTo(second.document());
            if (order == 0) {
                order = Integer.compare(first.line(), second.line());
            }
            if (order == 0) {
                order = first.text().compareTo(second.text());
            }
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(one.size(), other.size());
    }

    /** By everything they hold: 0 only for values that print the same. */
    static int compare(Object one, Object other) {
        if (one == other) {
            return 0;
        }
        if (one instanceof Record && one.getClass() == other.getClass()) {
            return compareFields(one, other);
        }
        if (one instanceof Map<?, ?> map && other instanceof Map<?, ?> second) {
            return compareEach(texts(map), texts(second));
        }
        if (one instanceof Set<?> set && other instanceof Set<?> second) {
            return compareEach(texts(set), texts(second));
        }
        if (one instanceof Collection<?> list && other instanceof Collection<?> second) {
            return compareEach(list, second);
        }
        if (one instanceof Optional<?> optional && other instanceof Optional<?> second) {
            return compareEach(optional.stream().toList(), second.stream().toList());
        }
        if (one instanceof Integer number && other instanceof Integer second) {
            return number.compareTo(second);
        }
        // Equal ones print the same, and most of what is compared so far down is equal.
        return one.equals(other) ? 0 : text(one).compareTo(text(other));
    }

    private static int compareFields(Object one, Object other) {
        for (Method field : fields(one)) {
            int order = compare(read(field, one), read(field, other));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int compareEach(Collection<?> one, Collection<?> other) {
        Iterator<?> second = other.iterator();
        for (Object item : one) {
            if (!second.hasNext()) {
                return 1;
            }
            int order = compare(item, second.next());
            if (order != 0) {
                return order;
            }
        }
        return second.hasNext() ? -1 : 0;
    }

    private static List<String> texts(Map<?, ?> map) {
        List<String> texts = new ArrayList<>();
        map.forEach((key, value) -> texts.add(text(key) + "=" + text(value)));
        Collections.sort(texts);
        return texts;
    }

    private static List<String> texts(Set<?> set) {
        List<String> texts = new ArrayList<>();
        set.forEach(item -> texts.add(text(item)));
        Collections.sort(texts);
        return texts;
    }

    private static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Record) {
            StringBuilder text = new StringBuilder(kind(value)).append('(');
            fields(value).forEach(field -> text.append(text(read(field, value))).append(','));
            return text.append(')').toString();
        }
        if (value instanceof Optional<?> optional) {
            return optional.map(ValueOrder::text).orElse("") + "?";
        }
        if (value instanceof Map<?, ?> map) {
            return String.join(",", texts(map));
        }
        if (value instanceof Set<?> set) {
            return String.join(",", texts(set));
        }
        if (value instanceof Collection<?> list) {
            return String.join(",", list.stream().map(ValueOrder::text).toList());
        }
        return value.toString();
    }

    private static String kind(Object value) {
        return value.getClass().getSimpleName();
    }

    private static List<Method> fields(Object record) {
        return FIELDS.computeIfAbsent(record.getClass(), type -> {
            List<Method> fields = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                fields.add(component.getAccessor());
            }
            return List.copyOf(fields);
        });
    }

    private static Object read(Method field, Object of) {
        try {
            return field.invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the accessors of model records are public and do not throw", e);
        }
    }
}
