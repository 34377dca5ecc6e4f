package tunneldoctor.knowledge;

import java.util.List;
import org.drools.model.Binding;
import org.drools.model.SingleConstraint;
import org.drools.model.Variable;
import org.drools.model.functions.accumulate.AccumulateFunction;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a rule's {@code when} and {@code then}, each part with its place in the file. The tests are the
 * engine's own compiled ones, so that an explanation never reads a condition differently from the rules.
 *
 * <p>Classes, not records: each part is itself, even where another says the same.
 */
sealed interface Premise {
    Place place();

    /**
     * @param line 1-based; that of the rule where the part's own is not known
     * @param column 1-based
     * @param text as written, on one line
     */
    record Place(int line, int column, String text) {}

    /** A comparison or question between the parentheses of a pattern. */
    final class Test {
        final SingleConstraint constraint;
        final Place place;

        /** Whether the author wrote it; {@code a!.b} makes the engine test first that {@code a} is there. */
        final boolean written;

        Test(SingleConstraint constraint, Place place, boolean written) {
            this.constraint = constraint;
            this.place = place;
            this.written = written;
        }

        /** Whether it can be asked of a fact alone, whatever matched before. */
        boolean alone(Variable<?> of) {
            Variable<?>[] variables = constraint.getVariables();
            return variables.length == 1 && variables[0] == of;
        }
    }

    /** {@code $block : NsgVerdict(blocked)}: a fact of a kind that passes every test. */
    final class OfFact implements Premise {
        final Variable<?> variable;
        final List<Binding> bindings;
        final List<Test> tests;
        private final Place place;

        OfFact(Variable<?> variable, List<Binding> bindings, List<Test> tests, Place place) {
            this.variable = variable;
            this.bindings = List.copyOf(bindings);
            this.tests = List.copyOf(tests);
            this.place = place;
        }

        Class<?> kind() {
            return variable.getType();
        }

        @Override
        public Place place() {
            return place;
        }
    }

    /** Tests on what is known already: a computed value, or the fact that a {@code forall} is about. */
    final class OfValue implements Premise {
        final Variable<?> variable;

        /** Where the value comes from, if it is not bound to the variable itself. */
        final @Nullable Variable<?> source;

        final List<Binding> bindings;
        final List<Test> tests;
        private final Place place;

        OfValue(
                Variable<?> variable,
                @Nullable Variable<?> source,
                List<Binding> bindings,
                List<Test> tests,
                Place place) {
            this.variable = variable;
            this.source = source;
            this.bindings = List.copyOf(bindings);
            this.tests = List.copyOf(tests);
            this.place = place;
        }

        @Override
        public Place place() {
            return place;
        }
    }

    /** Every part holds, each with what the ones before it matched. */
    final class All implements Premise {
        final List<Premise> parts;
        private final Place place;

        All(List<Premise> parts, Place place) {
            this.parts = List.copyOf(parts);
            this.place = place;
        }

        @Override
        public Place place() {
            return place;
        }
    }

    /** One of the parts holds; each that does is a match of its own. */
    final class Any implements Premise {
        final List<Premise> parts;
        private final Place place;

        Any(List<Premise> parts, Place place) {
            this.parts = List.copyOf(parts);
            this.place = place;
        }

        @Override
        public Place place() {
            return place;
        }
    }

    /** {@code not}. */
    final class None implements Premise {
        final Premise part;
        private final Place place;

        None(Premise part, Place place) {
            this.part = part;
            this.place = place;
        }

        @Override
        public Place place() {
            return place;
        }
    }

    /** {@code exists}. */
    final class Some implements Premise {
        final Premise part;
        private final Place place;

        Some(Premise part, Place place) {
            this.part = part;
            this.place = place;
        }

        @Override
        public Place place() {
            return place;
        }
    }

    /** {@code forall}: whatever matches the base matches the rest. */
    final class Every implements Premise {
        final OfFact base;
        final Premise rest;

        /** Whether at least one fact must match the base. The engine asks so where both patterns are of the same fact. */
        final boolean needsOne;

        private final Place place;

        Every(OfFact base, Premise rest, boolean needsOne, Place place) {
            this.base = base;
            this.rest = rest;
            this.needsOne = needsOne;
            this.place = place;
        }

        @Override
        public Place place() {
            return place;
        }
    }

    /** {@code accumulate}: values computed from every match of the source. */
    final class Gathered implements Premise {
        final Premise source;
        final List<AccumulateFunction> functions;
        private final Place place;

        Gathered(Premise source, List<AccumulateFunction> functions, Place place) {
            this.source = source;
            this.functions = List.copyOf(functions);
            this.place = place;
        }

        @Override
        public Place place() {
            return place;
        }
    }
}
