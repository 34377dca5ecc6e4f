package tunneldoctor.knowledge;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What stands between {@code when} and {@code then}, in the part of DRL that rules may use. */
sealed interface Condition {
    /** Where it begins, in the file. */
    int offset();

    /**
     * A fact of a type that meets all constraints.
     *
     * @param binding the name given to the fact, with its {@code $}
     */
    record Pattern(Class<?> fact, Optional<String> binding, List<ExpressionReader.Constraint> constraints, int offset)
            implements Condition {
        public Pattern {
            constraints = List.copyOf(constraints);
        }

        /** The constraints that can fail. */
        List<Expr> tests() {
            return constraints.stream()
                    .filter(constraint -> !constraint.bindsOnly())
                    .map(ExpressionReader.Constraint::value)
                    .toList();
        }

        /** Every name it gives: to the fact and to fields of it. */
        List<String> bindings() {
            List<String> names = new java.util.ArrayList<>();
            binding.ifPresent(names::add);
            constraints.forEach(constraint -> constraint.binding().ifPresent(names::add));
            return names;
        }

        boolean mentions(String name) {
            return constraints.stream()
                    .anyMatch(constraint -> constraint.value().mentions(name));
        }
    }

    /** Every part holds. */
    record All(List<Condition> parts, int offset) implements Condition {
        public All {
            parts = List.copyOf(parts);
        }
    }

    /** One part holds at least. */
    record Any(List<Condition> parts, int offset) implements Condition {
        public Any {
            parts = List.copyOf(parts);
        }
    }

    /** Nothing in the facts meets it. */
    record Not(Condition part, int offset) implements Condition {}

    /** Something in the facts meets it, however much. */
    record Exists(Condition part, int offset) implements Condition {}

    /** Whatever meets the first part meets the others too. */
    record ForAll(List<Condition> parts, int offset) implements Condition {
        public ForAll {
            parts = List.copyOf(parts);
        }
    }

    /** What is counted, summed up and the like over all that meets the source. */
    record Tally(Condition source, List<Function> functions, List<ExpressionReader.Constraint> tests, int offset)
            implements Condition {
        public Tally {
            functions = List.copyOf(functions);
            tests = List.copyOf(tests);
        }
    }

    /** @param binding the result's name; empty where the result only feeds the pattern it stands in */
    record Function(String name, List<Expr> of, String binding) {
        public Function {
            of = List.copyOf(of);
        }
    }

    /** What it is made of; empty for a pattern. */
    default List<Condition> parts() {
        if (this instanceof All all) {
            return all.parts();
        }
        if (this instanceof Any any) {
            return any.parts();
        }
        if (this instanceof Not not) {
            return List.of(not.part());
        }
        if (this instanceof Exists exists) {
            return List.of(exists.part());
        }
        if (this instanceof ForAll every) {
            return every.parts();
        }
        return this instanceof Tally tally ? List.of(tally.source()) : List.of();
    }

    /**
     * Hands over every pattern.
     *
     * @param to takes the pattern, and whether more facts that meet it can make the whole fail
     */
    default void eachPattern(BiConsumer<Pattern, Boolean> to) {
        eachPattern(false, to);
    }

    private void eachPattern(boolean denied, BiConsumer<Pattern, Boolean> to) {
        if (this instanceof Pattern pattern) {
            to.accept(pattern, denied);
            return;
        }
        boolean below = denied || this instanceof Not || this instanceof ForAll || this instanceof Tally;
        for (Condition part : parts()) {
            part.eachPattern(below, to);
        }
    }
}
