package tunneldoctor.knowledge;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.drools.model.Argument;
import org.drools.model.Value;
import org.drools.model.Variable;
import org.jspecify.annotations.Nullable;
import org.kie.api.runtime.rule.AccumulateFunction;
import tunneldoctor.knowledge.Premise.OfFact;
import tunneldoctor.knowledge.Premise.OfValue;
import tunneldoctor.knowledge.Premise.Test;

/**
 * Follows premises over facts by hand, one after the other, so that it can be said where a rule stopped: the engine itself
 * only knows what fired. Every way in which the premises hold is found, in the order of the facts.
 */
final class Matching {
    /** About two seconds of comparing. */
    private static final long MOST_TESTS = 20_000_000;

    private final List<Object> facts;
    private final Watcher watcher;
    private final Map<Class<?>, List<Object>> byKind = new HashMap<>();

    /** Facts that pass the tests a pattern begins with, as far as those are about the fact alone. */
    private final Map<OfFact, List<Object>> begun = new IdentityHashMap<>();

    private final long most;
    private long tests;

    /**
     * @param facts all that is known once the rules have come to rest
     */
    Matching(Collection<?> facts, Watcher watcher) {
        this(facts, watcher, MOST_TESTS);
    }

    Matching(Collection<?> facts, Watcher watcher, long most) {
        this.facts = List.copyOf(facts);
        this.watcher = watcher;
        this.most = most;
    }

    /** Is told what is seen on the way. */
    interface Watcher {
        /** Sees nothing; then a search ends as soon as its answer is known. */
        Watcher NONE = new Watcher() {};

        default boolean exhaustive() {
            return false;
        }

        default void asked(Test test, boolean passed) {}

        /** A fact failed this test and no other of its pattern. */
        default void decided(Test test) {}

        default void met(Premise premise) {}
    }

    /** There are more combinations than anybody can wait for. */
    static final class TooManyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyException(long most) {
            super("more than " + most + " comparisons", null, false, false);
        }
    }

    List<Object> facts(Class<?> kind) {
        return byKind.computeIfAbsent(
                kind, type -> facts.stream().filter(type::isInstance).toList());
    }

    boolean holds(Premise premise, Bindings given) {
        boolean[] found = new boolean[1];
        solve(premise, given, solution -> {
            found[0] = true;
            return false;
        });
        return found[0];
    }

    /**
     * @param each is handed what the variables stand for in each way the premise holds; false ends the search
     * @return false if the search was ended
     */
    boolean solve(Premise premise, Bindings given, Predicate<Bindings> each) {
        if (premise instanceof OfFact pattern) {
            return ofFact(pattern, given, each);
        }
        if (premise instanceof OfValue value) {
            return ofValue(value, given, each);
        }
        if (premise instanceof Premise.All all) {
            return all(all.parts, 0, given, each);
        }
        if (premise instanceof Premise.Any any) {
            return any(any, given, each);
        }
        if (premise instanceof Premise.Gathered gathered) {
            return gathered(gathered, given, each);
        }
        return !condition(premise, given) || each.test(given);
    }

    /** Premises that bind nothing. */
    private boolean condition(Premise premise, Bindings given) {
        boolean holds;
        if (premise instanceof Premise.None none) {
            holds = !exists(none.part, given);
        } else if (premise instanceof Premise.Some some) {
            holds = exists(some.part, given);
        } else {
            Premise.Every every = (Premise.Every) premise;
            holds = (!every.needsOne || exists(every.base, given)) && !exists(exception(every), given);
        }
        if (holds) {
            watcher.met(premise);
        }
        return holds;
    }

    /** What must not be there for a {@code forall} to hold. */
    static Premise exception(Premise.Every every) {
        return new Premise.All(List.of(every.base, new Premise.None(every.rest, every.place())), every.place());
    }

    private boolean exists(Premise part, Bindings given) {
        boolean[] found = new boolean[1];
        solve(part, given, solution -> {
            found[0] = true;
            return watcher.exhaustive();
        });
        return found[0];
    }

    private boolean all(List<Premise> parts, int from, Bindings given, Predicate<Bindings> each) {
        return from == parts.size()
                ? each.test(given)
                : solve(parts.get(from), given, next -> all(parts, from + 1, next, each));
    }

    private boolean any(Premise.Any any, Bindings given, Predicate<Bindings> each) {
        for (Premise part : any.parts) {
            if (!solve(part, given, each)) {
                return false;
            }
        }
        return true;
    }

    private boolean ofFact(OfFact pattern, Bindings given, Predicate<Bindings> each) {
        if (watcher.exhaustive()) {
            facts(pattern.kind())
                    .forEach(fact -> watch(
                            pattern.tests, given.with(pattern.variable, fact).with(pattern.bindings)));
        }
        int alone = alone(pattern);
        for (Object fact : begun(pattern, alone)) {
            Bindings known = given.with(pattern.variable, fact).with(pattern.bindings);
            if (passes(pattern.tests, alone, known)) {
                watcher.met(pattern);
                if (!each.test(known)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Asks every test, whatever the others say. */
    private void watch(List<Test> tests, Bindings known) {
        List<Test> failed = tests.stream().filter(test -> !ask(test, known)).toList();
        if (failed.size() == 1) {
            watcher.decided(failed.get(0));
        }
    }

    private boolean ask(Test test, Bindings known) {
        try {
            boolean passed = passes(test, known);
            watcher.asked(test, passed);
            return passed;
        } catch (TooManyException tooMany) {
            throw tooMany;
        } catch (IllegalStateException cannotBeAsked) {
            return false;
        }
    }

    /** Asks the tests that are about a fact alone of every fact, also where the search never gets as far. */
    void askAll(OfFact pattern) {
        for (Test test : pattern.tests) {
            if (test.alone(pattern.variable)) {
                for (Object fact : facts(pattern.kind())) {
                    ask(test, Bindings.NONE.with(pattern.variable, fact));
                }
            }
        }
    }

    private static int alone(OfFact pattern) {
        int alone = 0;
        while (alone < pattern.tests.size() && pattern.tests.get(alone).alone(pattern.variable)) {
            alone++;
        }
        return alone;
    }

    private List<Object> begun(OfFact pattern, int alone) {
        @Nullable List<Object> known = begun.get(pattern);
        if (known == null) {
            known = new ArrayList<>();
            for (Object fact : facts(pattern.kind())) {
                if (passes(pattern.tests.subList(0, alone), 0, Bindings.NONE.with(pattern.variable, fact))) {
                    known.add(fact);
                }
            }
            begun.put(pattern, known);
        }
        return known;
    }

    private boolean ofValue(OfValue value, Bindings given, Predicate<Bindings> each) {
        Bindings known = value.source == null ? given : given.with(value.variable, given.of(value.source));
        known = known.with(value.bindings);
        if (watcher.exhaustive()) {
            watch(value.tests, known);
        }
        if (!passes(value.tests, 0, known)) {
            return true;
        }
        watcher.met(value);
        return each.test(known);
    }

    private boolean passes(List<Test> row, int from, Bindings known) {
        for (int i = from; i < row.size(); i++) {
            if (!passes(row.get(i), known)) {
                return false;
            }
        }
        return true;
    }

    /** @throws IllegalStateException if the test cannot be asked, as of something that is not there */
    boolean passes(Test test, Bindings known) {
        if (++tests > most) {
            throw new TooManyException(most);
        }
        try {
            return test.constraint.getPredicate().test(known.of(test.constraint.getVariables()));
        } catch (TooManyException tooMany) {
            throw tooMany;
        } catch (Exception cannotBeAsked) {
            throw new IllegalStateException(cannotBeAsked);
        }
    }

    @SuppressWarnings("unchecked")
    private boolean gathered(Premise.Gathered gathered, Bindings given, Predicate<Bindings> each) {
        List<AccumulateFunction<Serializable>> functions = new ArrayList<>();
        List<Serializable> contexts = new ArrayList<>();
        for (org.drools.model.functions.accumulate.AccumulateFunction one : gathered.functions) {
            AccumulateFunction<Serializable> function = (AccumulateFunction<Serializable>) one.createFunctionObject();
            functions.add(function);
            contexts.add(function.initContext(function.createContext()));
        }
        solve(gathered.source, given, solution -> {
            for (int i = 0; i < functions.size(); i++) {
                functions
                        .get(i)
                        .accumulateValue(
                                contexts.get(i),
                                argument(gathered.functions.get(i).getSource(), solution));
            }
            return true;
        });
        Bindings known = given;
        for (int i = 0; i < functions.size(); i++) {
            @Nullable Object result = result(functions.get(i), contexts.get(i));
            // The engine passes on nothing where the only result is none, as the greatest of no numbers.
            if (result == null && functions.size() == 1) {
                return true;
            }
            known = known.with(gathered.functions.get(i).getResult(), result);
        }
        watcher.met(gathered);
        return each.test(known);
    }

    private static @Nullable Object argument(@Nullable Argument<?> source, Bindings solution) {
        if (source instanceof Value<?> fixed) {
            return fixed.getValue();
        }
        return source instanceof Variable<?> variable ? solution.of(variable) : "";
    }

    private static @Nullable Object result(AccumulateFunction<Serializable> function, Serializable context) {
        try {
            return function.getResult(context);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
