package sample;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One of every kind of lambda and reference the compiler makes, with what each gives. */
public final class Sample implements Supplier<List<String>> {
    private final int seven = 7;

    private int plus(int other) {
        return seven + other;
    }

    private static String twice(Object text) {
        return text + "" + text;
    }

    private sealed interface Shape {
        String name();

        private String loud() {
            return name().toUpperCase(java.util.Locale.ROOT);
        }

        static Supplier<String> louder(Shape shape) {
            return () -> shape.loud() + '!' + shape;
        }
    }

    private record Circle(String name) implements Shape {
        Supplier<Shape> same() {
            return () -> new Circle(name);
        }
    }

    private static class Inner {
        private final String text;

        private Inner(String text) {
            this.text = text;
        }

        private String text() {
            return text;
        }
    }

    @Override
    public List<String> get() {
        List<String> said = new ArrayList<>();
        Runnable nothingCaptured = () -> {};
        nothingCaptured.run();
        long wide = 5;
        double wider = 0.5;
        LongSupplier primitives = () -> wide + (long) (wider * 4);
        said.add("" + primitives.getAsLong());
        IntFunction<Integer> boxes = this::plus;
        said.add("" + boxes.apply(3));
        Function<Integer, Integer> unboxes = this::plus;
        said.add("" + unboxes.apply(4));
        ToLongFunction<Integer> widens = Integer::intValue;
        said.add("" + widens.applyAsLong(9));
        ToDoubleFunction<String> widensResult = String::length;
        said.add("" + widensResult.applyAsDouble("four"));
        Function<String, String> objects = Sample::twice;
        said.add(objects.apply("a"));
        Function<String, Inner> constructs = Inner::new;
        said.add(constructs.andThen(Inner::text).apply("inner"));
        Function<Integer, int[]> array = int[]::new;
        said.add("" + array.apply(6).length);
        BinaryOperator<Integer> sums = Integer::sum;
        said.add("" + sums.apply(1, 2));
        IntPredicate even = i -> i % 2 == 0;
        said.add("" + even.test(4));
        Supplier<Supplier<String>> nested = () -> () -> said.get(0) + seven;
        said.add(nested.get().get());
        Circle circle = new Circle("round");
        said.add(Shape.louder(circle).get() + circle.same().get());
        StringBuilder builder = new StringBuilder();
        List.of('x', 'y').forEach(builder::append);
        said.add(builder.toString());
        BiFunction<List<String>, Object, Boolean> interfaceMethod = List::contains;
        said.add("" + interfaceMethod.apply(said, "xy"));
        UnaryOperator<String> small = text -> text + "|" + (byte) 3 + (short) 4;
        said.add(small.apply("s"));
        Supplier<String> serializable = (Supplier<String> & Serializable) () -> "kept" + seven;
        said.add(serializable.get());
        said.addAll(sorted());
        said.addAll(gathered());
        said.add("from \u00e4 to " + 'z' + " at " + 1.5f + " or " + 2.5 + " by " + null + " of " + 7L + true);
        return said;
    }

    /** By each way to make an order out of keys, and both ways of those that can be turned round. */
    private static List<String> sorted() {
        Comparator<String> length = Comparator.comparingInt(String::length);
        List<Comparator<String>> orders = List.of(
                length.thenComparing(Comparator.<String>naturalOrder().reversed()),
                length.reversed().thenComparing(text -> text.charAt(1)),
                Comparator.comparing((String text) -> text.charAt(1)).thenComparing(text -> text, Comparator.reverseOrder()),
                Comparator.comparing(text -> text, Comparator.reverseOrder()),
                Comparator.comparingLong((String text) -> -text.length()).thenComparingInt(text -> text.charAt(1)),
                Comparator.comparingDouble((String text) -> text.length() / 2.0).thenComparingLong(text -> text.charAt(0)),
                Comparator.nullsFirst(length.thenComparingDouble(text -> -text.charAt(0))));
        List<String> sorted = new ArrayList<>();
        for (Comparator<String> order : orders) {
            List<String> texts = new ArrayList<>(List.of("ba", "ab", "cab", "bca", "aa", "dddd"));
            texts.sort(order);
            sorted.add(String.join(" ", texts));
        }
        Map<String, Integer> map = new TreeMap<>(Map.of("one", 1, "two", 2, "three", 3));
        sorted.add("" + map.entrySet().stream().sorted(Map.Entry.comparingByValue()).toList());
        sorted.add("" + map.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByKey().reversed()).toList());
        return sorted;
    }

    /** By each way to end a stream, with nothing, with null, and with what never ends. */
    private static List<String> gathered() {
        List<String> texts = java.util.Arrays.asList("ba", null, "ab", "cc");
        List<String> said = new ArrayList<>();
        said.add("" + texts.stream().toList());
        said.add("" + failure(() -> texts.stream().toList().add("more")));
        said.add("" + texts.stream().collect(Collectors.toList()).add("more"));
        said.add("" + texts.stream().collect(Collectors.toSet()).contains(null));
        said.add(texts.stream().filter(Objects::nonNull).collect(Collectors.joining(", ")));
        said.add("" + Stream.iterate(1, i -> i + 1).filter(i -> i > 7).findFirst());
        said.add("" + texts.stream().filter("none"::equals).findFirst());
        said.add("" + failure(() -> texts.stream().skip(1).findFirst()));
        said.add("" + Stream.iterate(1, i -> i + 1).anyMatch(i -> i > 7));
        said.add("" + Stream.iterate(1, i -> i + 1).allMatch(i -> i < 7));
        said.add("" + Stream.iterate(1, i -> i + 1).noneMatch(i -> i > 7));
        said.add("" + texts.stream().anyMatch(Objects::isNull) + Stream.empty().anyMatch(Objects::isNull));
        said.add("" + texts.stream().allMatch(Objects::nonNull) + Stream.empty().allMatch(Objects::isNull));
        Comparator<String> length = Comparator.comparing(String::length);
        said.add("" + Stream.of("ba", "c", "d", "ab").min(length) + Stream.of("ba", "c", "d", "ab").max(length));
        said.add("" + Stream.<String>empty().min(length) + Stream.<String>empty().max(length));
        said.add(Function.<String>identity().apply("same"));
        said.add("" + List.of("".split("\\s")) + List.of("a b  c ".split("\\s")));
        return said;
    }

    private static String failure(Runnable failing) {
        try {
            failing.run();
            return "none";
        } catch (RuntimeException e) {
            return e.getClass().getName();
        }
    }
}
