package tunneldoctor.start;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collector;
import java.util.stream.Stream;
import org.drools.wiring.api.util.ClassUtils;
import org.jspecify.annotations.Nullable;
import org.kie.api.internal.utils.KieService;
import org.kie.api.internal.utils.KieServiceLoader;
import org.kie.internal.utils.ChainedProperties;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/**
 * What methods of Java do that cost a fresh process several milliseconds when they are first called, without that; and what
 * classes are to be told of themselves where Java looks for the jar's before all others. The jar calls these in their place,
 * by the build.
 *
 * <p>Methods of {@link Comparator} and {@link Map.Entry} make a class at run time for every place they are called from, since
 * their result can be serialized, and no archive of classes holds it. Results of these here cannot be serialized. Those that end
 * a {@link Stream} have lambdas of Java's own, which it links when each is first reached, and for the first of all a
 * machinery of some hundred classes.
 */
public final class Substitutes {
    /** Far from what a generator of random identifiers gives: their version is 4. */
    private static final long OWN_IDENTIFIERS = 0x74756e6e_6c2d8000L;

    private static final AtomicLong IDENTIFIERS = new AtomicLong();

    private static final Map<String, Properties> PROPERTIES = new ConcurrentHashMap<>();

    private Substitutes() {}

    /**
     * An identifier nobody else in this process has. A random one takes the security providers, which are slow to come.
     *
     * @return in place of {@link UUID#randomUUID()}
     */
    public static UUID identifier() {
        return new UUID(OWN_IDENTIFIERS, IDENTIFIERS.incrementAndGet());
    }

    /**
     * The service of a kind that counts most, as {@link KieServiceLoader} finds it: but that goes through the whole class path
     * for every kind of some twenty.
     *
     * @return null if there is none
     */
    public static @Nullable KieService load(KieServiceLoader loader, Class<? extends KieService> kind, String tag) {
        KieService best = null;
        for (KieService one : services(kind)) {
            if (tag.equals(one.serviceTag()) && (best == null || one.compareTo(best) > 0)) {
                best = one;
            }
        }
        return best;
    }

    private static List<KieService> services(Class<? extends KieService> kind) {
        List<KieService> services = new ArrayList<>();
        if (!WrittenDown.isFilled()) {
            ServiceLoader.load(kind).forEach(services::add);
            return services;
        }
        String providers =
                WrittenDown.bytes("META-INF/services/" + kind.getName()).orElse("");
        for (String line : providers.split("\n", -1)) {
            int comment = line.indexOf('#');
            String provider = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!provider.isEmpty()) {
                services.add(made(provider));
            }
        }
        return services;
    }

    private static KieService made(String provider) {
        try {
            return (KieService) Class.forName(provider, true, Substitutes.class.getClassLoader())
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the jar names " + provider + " as a service, but does not hold it", e);
        }
    }

    /**
     * What Drools' own files of properties say; of a name there is no more than one, and no user adds any to the jar. Drools
     * asks for each of them again for every rule base, and changes none.
     */
    public static List<Properties> read(ChainedProperties reader, String name, ClassLoader loader) throws IOException {
        Optional<String> text = WrittenDown.bytes(name);
        if (text.isEmpty()) {
            return List.of();
        }
        @Nullable Properties known = PROPERTIES.get(name);
        if (known == null) {
            known = new Properties();
            known.load(new StringReader(text.get()));
            PROPERTIES.put(name, known);
        }
        return List.of(known);
    }

    /**
     * Classes of the boot loader say that they have none, which nothing in the jar expects of its own classes.
     *
     * @return in place of {@link Class#getClassLoader()}: the loader that finds all of the jar wherever Java was told to look
     *     for it
     */
    public static ClassLoader getClassLoader(Class<?> type) {
        ClassLoader own = type.getClassLoader();
        return own == null ? ClassLoader.getSystemClassLoader() : own;
    }

    /**
     * For a package of the boot loader's jar Java reads the jar's manifest, which says nothing of packages.
     *
     * @return in place of {@link Class#getPackage()}
     */
    public static @Nullable Package getPackage(Class<?> type) {
        boolean ofJar = type.getClassLoader() == null && !type.getModule().isNamed() && !type.isArray();
        return ofJar ? Packages.ALL.named(type.getPackageName()) : type.getPackage();
    }

    private static final class Packages extends ClassLoader {
        static final Packages ALL = new Packages();

        synchronized Package named(String name) {
            Package known = getDefinedPackage(name);
            return known == null ? definePackage(name, null, null, null, null, null, null, null) : known;
        }
    }

    /** Drools looks for Android's classes, which would mean to open the jar in vain. */
    public static @Nullable Class<?> loadClass(String name, @Nullable ClassLoader loader) {
        return name.startsWith("org.drools.android.") ? null : ClassUtils.loadClass(name, loader);
    }

    /** As Drools' configuration says without MicroProfile, which the jar does not hold. */
    public static @Nullable String getConfig(String property) {
        return System.getProperty(property);
    }

    /** As {@link #getConfig(String)}, with what counts where nothing is set. */
    public static @Nullable String getConfig(String property, @Nullable String otherwise) {
        return System.getProperty(property, otherwise);
    }

    /** As {@link #getConfig(String)}. */
    public static Optional<String> getOptionalConfig(String property) {
        return Optional.ofNullable(System.getProperty(property));
    }

    /** What slf4j's silent provider gives, without looking for providers. */
    public static Logger getLogger(Class<?> type) {
        return NOPLogger.NOP_LOGGER;
    }

    /** What slf4j's silent provider gives, without looking for providers. */
    public static Logger getLogger(String name) {
        return NOPLogger.NOP_LOGGER;
    }

    public static <T, U extends Comparable<? super U>> Comparator<T> comparing(Function<? super T, ? extends U> key) {
        return (one, other) -> key.apply(one).compareTo(key.apply(other));
    }

    public static <T, U> Comparator<T> comparing(Function<? super T, ? extends U> key, Comparator<? super U> order) {
        return (one, other) -> order.compare(key.apply(one), key.apply(other));
    }

    public static <T> Comparator<T> comparingInt(ToIntFunction<? super T> key) {
        return (one, other) -> Integer.compare(key.applyAsInt(one), key.applyAsInt(other));
    }

    public static <T> Comparator<T> comparingLong(ToLongFunction<? super T> key) {
        return (one, other) -> Long.compare(key.applyAsLong(one), key.applyAsLong(other));
    }

    public static <T> Comparator<T> comparingDouble(ToDoubleFunction<? super T> key) {
        return (one, other) -> Double.compare(key.applyAsDouble(one), key.applyAsDouble(other));
    }

    public static <T> Comparator<T> thenComparing(Comparator<T> first, Comparator<? super T> second) {
        return (one, other) -> {
            int order = first.compare(one, other);
            return order == 0 ? second.compare(one, other) : order;
        };
    }

    public static <T, U extends Comparable<? super U>> Comparator<T> thenComparing(
            Comparator<T> first, Function<? super T, ? extends U> key) {
        return thenComparing(first, comparing(key));
    }

    public static <T, U> Comparator<T> thenComparing(
            Comparator<T> first, Function<? super T, ? extends U> key, Comparator<? super U> order) {
        return thenComparing(first, comparing(key, order));
    }

    public static <T> Comparator<T> thenComparingInt(Comparator<T> first, ToIntFunction<? super T> key) {
        return thenComparing(first, comparingInt(key));
    }

    public static <T> Comparator<T> thenComparingLong(Comparator<T> first, ToLongFunction<? super T> key) {
        return thenComparing(first, comparingLong(key));
    }

    public static <T> Comparator<T> thenComparingDouble(Comparator<T> first, ToDoubleFunction<? super T> key) {
        return thenComparing(first, comparingDouble(key));
    }

    /**
     * Drools splits a text that is empty by a pattern.
     *
     * @return in place of {@link String#split(String)}
     */
    public static String[] split(String text, String pattern) {
        return text.isEmpty() ? new String[] {text} : text.split(pattern);
    }

    /** @return in place of {@link Stream#toList()}, which copies what it gathers twice */
    public static <T> List<T> toList(Stream<T> elements) {
        List<T> all = new ArrayList<>();
        elements.forEachOrdered(all::add);
        return Collections.unmodifiableList(all);
    }

    /** @return in place of {@link Stream#findFirst()} */
    public static <T> Optional<T> findFirst(Stream<T> elements) {
        List<T> first = new ArrayList<>(1);
        elements.limit(1).forEachOrdered(first::add);
        return first.isEmpty() ? Optional.empty() : Optional.of(first.get(0));
    }

    public static <T> boolean anyMatch(Stream<T> elements, Predicate<? super T> wanted) {
        List<T> first = new ArrayList<>(1);
        elements.filter(wanted).limit(1).forEachOrdered(first::add);
        return !first.isEmpty();
    }

    public static <T> boolean noneMatch(Stream<T> elements, Predicate<? super T> unwanted) {
        return !anyMatch(elements, unwanted);
    }

    public static <T> boolean allMatch(Stream<T> elements, Predicate<? super T> wanted) {
        return !anyMatch(elements, element -> !wanted.test(element));
    }

    public static <T> Optional<T> min(Stream<T> elements, Comparator<? super T> order) {
        return elements.reduce((one, other) -> order.compare(one, other) <= 0 ? one : other);
    }

    public static <T> Optional<T> max(Stream<T> elements, Comparator<? super T> order) {
        return elements.reduce((one, other) -> order.compare(one, other) >= 0 ? one : other);
    }

    public static <T> Function<T, T> identity() {
        return same -> same;
    }

    public static <T> Collector<T, ?, List<T>> toList() {
        return new Gathering<T, List<T>, List<T>>(
                ArrayList::new, List::add, (one, other) -> joined(one, other), all -> all, Set.of());
    }

    public static <T> Collector<T, ?, Set<T>> toSet() {
        return new Gathering<T, Set<T>, Set<T>>(
                HashSet::new,
                Set::add,
                (one, other) -> joined(one, other),
                all -> all,
                Set.of(Collector.Characteristics.UNORDERED));
    }

    public static Collector<CharSequence, ?, String> joining(CharSequence between) {
        return new Gathering<CharSequence, StringJoiner, String>(
                () -> new StringJoiner(between),
                StringJoiner::add,
                StringJoiner::merge,
                StringJoiner::toString,
                Set.of());
    }

    private static <T, C extends Collection<T>> C joined(C one, C other) {
        one.addAll(other);
        return one;
    }

    /** A collector without what Java's own are told apart by at run time. */
    private record Gathering<T, A, R>(
            Supplier<A> supplier,
            BiConsumer<A, T> accumulator,
            BinaryOperator<A> combiner,
            Function<A, R> finisher,
            Set<Collector.Characteristics> characteristics)
            implements Collector<T, A, R> {}

    public static <K extends Comparable<? super K>, V> Comparator<Map.Entry<K, V>> comparingByKey() {
        return (one, other) -> one.getKey().compareTo(other.getKey());
    }

    public static <K, V extends Comparable<? super V>> Comparator<Map.Entry<K, V>> comparingByValue() {
        return (one, other) -> one.getValue().compareTo(other.getValue());
    }
}
