package tunneldoctor.knowledge;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.AgentFleet;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Tunnel;

/** The words rules may use of each type: everything public of the facts, and what is harmless of the JDK's types. */
final class Vocabulary {
    static final String MODEL = "tunneldoctor.model.";

    /** Types that need no import. */
    static final Map<String, Class<?>> IMPLICIT = Map.of(
            "String", String.class,
            "Integer", Integer.class,
            "Long", Long.class,
            "Double", Double.class,
            "Boolean", Boolean.class,
            "Math", Math.class);

    /** Types of the JDK that may be imported. */
    static final Map<String, Class<?>> IMPORTABLE = Map.of(
            "java.util.List", List.class,
            "java.util.Set", Set.class,
            "java.util.Map", Map.class,
            "java.util.Collection", Collection.class,
            "java.util.Optional", Optional.class);

    /** Facts of which there is one at most, so that a pattern of them multiplies nothing. */
    static final Set<Class<?>> SINGLE =
            Set.of(Cluster.class, Tunnel.class, AgentFleet.class, tunneldoctor.model.Scope.class);

    private static final Set<String> NUMBERS =
            Set.of("intValue", "longValue", "doubleValue", "booleanValue", "equals", "compareTo", "valueOf");
    private static final Set<String> COLLECTIONS = Set.of("isEmpty", "size", "contains", "containsAll", "get", "of");

    private static final Map<Class<?>, Set<String>> OF_JDK = Map.ofEntries(
            Map.entry(
                    String.class,
                    Set.of(
                            "equals",
                            "isEmpty",
                            "isBlank",
                            "length",
                            "contains",
                            "startsWith",
                            "endsWith",
                            "equalsIgnoreCase",
                            "compareTo",
                            "strip",
                            "valueOf")),
            Map.entry(Number.class, NUMBERS),
            Map.entry(Integer.class, NUMBERS),
            Map.entry(Long.class, NUMBERS),
            Map.entry(Double.class, NUMBERS),
            Map.entry(Boolean.class, NUMBERS),
            Map.entry(Math.class, Set.of("min", "max", "abs")),
            Map.entry(List.class, COLLECTIONS),
            Map.entry(Set.class, COLLECTIONS),
            Map.entry(Collection.class, COLLECTIONS),
            Map.entry(Map.class, Set.of("isEmpty", "size", "containsKey", "get", "getOrDefault", "keySet", "values")),
            Map.entry(Optional.class, Set.of("isPresent", "isEmpty", "get", "orElse", "of", "empty")));

    private static final Set<String> EVERY_OBJECT =
            Set.of("getClass", "wait", "notify", "notifyAll", "hashCode", "getDeclaringClass", "describeConstable");

    private Vocabulary() {}

    static boolean knows(Class<?> type) {
        return ofFacts(type) || OF_JDK.containsKey(type);
    }

    static boolean ofFacts(Class<?> type) {
        return type.getName().startsWith(MODEL) || type == Conclude.class || type == Conclude.RemedyDraft.class;
    }

    /** Words that may follow a dot after a value of the type, or stand in a pattern of it, with the type each leads to. */
    static Map<String, Type> words(Class<?> type) {
        Map<String, Type> words = new TreeMap<>();
        @Nullable Set<String> few = OF_JDK.get(type);
        for (Method method : type.getMethods()) {
            String name = method.getName();
            boolean wanted = few != null ? few.contains(name) : !EVERY_OBJECT.contains(name);
            if (wanted && !method.isSynthetic() && method.getDeclaringClass() != Object.class
                    || name.equals("equals")) {
                words.put(name, method.getGenericReturnType());
            }
        }
        if (few == null) {
            for (Field field : type.getFields()) {
                words.putIfAbsent(field.getName(), field.getGenericType());
            }
            for (Class<?> nested : type == Conclude.class ? new Class<?>[0] : type.getClasses()) {
                words.putIfAbsent(nested.getSimpleName(), nested);
            }
        }
        return words;
    }

    /** What a pattern's author would call the fields of a fact: methods without parameters that answer a question. */
    static List<String> fields(Class<?> type) {
        Set<String> fields = new TreeSet<>();
        for (Method method : type.getMethods()) {
            if (method.getParameterCount() == 0
                    && !Modifier.isStatic(method.getModifiers())
                    && method.getDeclaringClass() != Object.class
                    && !EVERY_OBJECT.contains(method.getName())
                    && !method.getName().equals("toString")) {
                fields.add(method.getName());
            }
        }
        return List.copyOf(fields);
    }

    /** The class of a type; empty for type variables, whose values are not known. */
    static Optional<Class<?>> raw(Type type) {
        if (type instanceof Class<?> known) {
            return Optional.of(known);
        }
        return type instanceof ParameterizedType parameterized
                ? Optional.of((Class<?>) parameterized.getRawType())
                : Optional.empty();
    }

    /** The type a step leads to, with the owner's type arguments filled in, as for {@code List<Node>.get}. */
    static Optional<Type> resolve(Type owner, Type step) {
        if (step instanceof TypeVariable<?> variable) {
            if (owner instanceof ParameterizedType parameterized
                    && variable.getGenericDeclaration() instanceof Class<?> c) {
                List<TypeVariable<?>> variables = List.of(c.getTypeParameters());
                int index = variables.indexOf(variable);
                return index < 0 || index >= parameterized.getActualTypeArguments().length
                        ? Optional.empty()
                        : Optional.of(parameterized.getActualTypeArguments()[index]);
            }
            return Optional.empty();
        }
        return Optional.of(step);
    }

    /** Every class of the vocabulary, by the name an import gives it. */
    static List<String> importable() {
        List<String> names = new ArrayList<>(IMPORTABLE.keySet());
        names.add(Conclude.class.getName());
        ModelFingerprint.classes()
                .ifPresent(classes -> classes.keySet().stream()
                        .filter(file ->
                                file.startsWith("tunneldoctor/model/") && !file.contains("$") && !file.contains("-"))
                        .forEach(file -> names.add(file.substring(0, file.length() - ".class".length())
                                .replace('/', '.'))));
        names.sort(String::compareTo);
        return names;
    }

    /** The word most like a misspelt one; empty if none is near. */
    static Optional<String> nearest(String misspelt, Collection<String> words) {
        String given = misspelt.toLowerCase(Locale.ROOT);
        int best = Math.max(2, given.length() / 3) + 1;
        Optional<String> nearest = Optional.empty();
        for (String word : words) {
            int distance = distance(given, word.toLowerCase(Locale.ROOT), best);
            if (distance < best) {
                best = distance;
                nearest = Optional.of(word);
            }
        }
        return nearest;
    }

    /** Edits between two words, a swap of neighbours counting as one (optimal string alignment); at most {@code bound}. */
    private static int distance(String a, String b, int bound) {
        if (Math.abs(a.length() - b.length()) >= bound) {
            return bound;
        }
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                } else {
                    int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                    d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
                    if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                        d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                    }
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
