package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.drools.model.Variable;
import org.jspecify.annotations.Nullable;
import tunneldoctor.knowledge.Premise.OfFact;
import tunneldoctor.knowledge.Premise.OfValue;
import tunneldoctor.knowledge.Premise.Test;
import tunneldoctor.knowledge.RuleAccount.Kind;
import tunneldoctor.knowledge.RuleAccount.Match;
import tunneldoctor.knowledge.RuleAccount.Miss;
import tunneldoctor.knowledge.RuleAccount.Near;
import tunneldoctor.knowledge.RuleAccount.Obstacle;
import tunneldoctor.knowledge.RuleAccount.Step;
import tunneldoctor.knowledge.RuleAccount.Value;
import tunneldoctor.knowledge.RuleAccount.Witness;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Fact;
import tunneldoctor.model.SourceRef;

/** Tells of one rule what it matched or where it stopped. */
final class Explainer {
    /** Matches told in full; of the rest only the number. */
    private static final int MOST_MATCHES = 20;

    /** Ways to get as far as a rule got that are searched for the nearest fact. */
    private static final int MOST_BEGINNINGS = 50;

    private static final int MOST_NEAREST = 5;

    private final RulePremises rule;
    private final Matching matching;

    Explainer(RulePremises rule, Matching matching) {
        this.rule = rule;
        this.matching = matching;
    }

    /** @param fired how often the engine fired the rule */
    RuleAccount account(int fired) {
        if (rule.premise().isEmpty()) {
            return told(fired, List.of(), Optional.empty(), "a condition has a form that cannot be followed");
        }
        List<Premise> parts = rule.premise().get() instanceof Premise.All all
                ? all.parts
                : List.of(rule.premise().get());
        try {
            return account(parts, fired);
        } catch (Matching.TooManyException tooMany) {
            return told(
                    fired,
                    List.of(),
                    Optional.empty(),
                    "there are too many combinations of facts to follow (" + tooMany.getMessage() + ")");
        } catch (IllegalStateException cannotBeAsked) {
            return told(fired, List.of(), Optional.empty(), "a condition cannot be asked of a fact");
        }
    }

    private RuleAccount account(List<Premise> parts, int fired) {
        List<Match> matches = new ArrayList<>();
        int[] times = new int[1];
        matching.solve(rule.premise().orElseThrow(), Bindings.NONE, solution -> {
            times[0]++;
            if (matches.size() < MOST_MATCHES) {
                matches.add(new Match(steps(parts, solution)));
            }
            return true;
        });
        if (times[0] > 0 && fired == 0) {
            return told(0, List.of(), Optional.empty(), "every condition holds, and yet the engine did not fire it");
        }
        if (times[0] == 0 && fired > 0) {
            return told(fired, List.of(), Optional.empty(), "it fired, and what it rested on was taken back later");
        }
        return told(
                times[0], matches, times[0] == 0 ? Optional.of(obstacle(parts, Bindings.NONE)) : Optional.empty(), "");
    }

    private RuleAccount told(int times, List<Match> matches, Optional<Obstacle> obstacle, String remark) {
        return new RuleAccount(
                rule.name(), rule.concludes(), rule.file().path(), rule.line(), times, matches, obstacle, remark);
    }

    private List<Step> steps(List<Premise> parts, Bindings known) {
        List<Step> steps = new ArrayList<>();
        parts.forEach(part -> step(part, known, steps));
        return steps;
    }

    /** What a premise that holds matched; of {@code or} only the part that holds. */
    private void step(Premise premise, Bindings known, List<Step> steps) {
        if (premise instanceof OfFact pattern) {
            if (known.knows(pattern.variable)) {
                Object fact = java.util.Objects.requireNonNull(known.of(pattern.variable));
                steps.add(step(pattern, List.of(witness(fact, pattern.tests, known)), ""));
            }
        } else if (premise instanceof OfValue value) {
            if (known.knows(value.variable)) {
                steps.add(step(value, List.of(), computed(value.variable, known)));
            }
        } else if (premise instanceof Premise.All all) {
            all.parts.forEach(part -> step(part, known, steps));
        } else if (premise instanceof Premise.Any any) {
            any.parts.stream()
                    .filter(part -> matching.holds(part, known))
                    .findFirst()
                    .ifPresent(part -> step(part, known, steps));
        } else if (premise instanceof Premise.Some some) {
            List<Witness> witnesses = new ArrayList<>();
            matching.solve(some.part, known, solution -> {
                List<Step> inner = new ArrayList<>();
                step(some.part, solution, inner);
                inner.forEach(one -> witnesses.addAll(one.facts()));
                return false;
            });
            steps.add(step(some, witnesses, ""));
        } else if (premise instanceof Premise.None none) {
            steps.add(step(none, List.of(), "there is none"));
        } else if (premise instanceof Premise.Every every) {
            steps.add(step(every, List.of(), "there is no exception"));
        } else if (premise instanceof Premise.Gathered gathered) {
            String results = String.join(
                    ", ",
                    gathered.functions.stream()
                            .map(function -> computed(function.getResult(), known))
                            .toList());
            steps.add(step(gathered, List.of(), results));
        }
    }

    private static Step step(Premise premise, List<Witness> facts, String remark) {
        return new Step(premise.place().line(), premise.place().text(), facts, remark);
    }

    private static String computed(Variable<?> variable, Bindings known) {
        @Nullable Object value = known.of(variable);
        return Bindings.written(variable) + " = " + (value == null ? "none" : FieldValues.shown(value));
    }

    private static Witness witness(Object fact, List<Test> tests, Bindings known) {
        FieldValues fields = new FieldValues(fact, known);
        List<Value> values = tests.stream()
                .filter(test -> test.written)
                .flatMap(test -> fields.of(test.place.text()).stream())
                .distinct()
                .toList();
        return new Witness(
                typeOf(fact), values, evidence(fact), fact instanceof Fact known1 ? known1.nodes() : List.of());
    }

    private static String typeOf(Object fact) {
        Class<?> type = fact.getClass();
        return type.getDeclaringClass() == null
                ? type.getSimpleName()
                : type.getDeclaringClass().getSimpleName() + "." + type.getSimpleName();
    }

    /** A conclusion was read nowhere; what it rests on was. */
    private static List<SourceRef> evidence(Object fact) {
        if (fact instanceof Fact read) {
            return read.evidence();
        }
        return fact instanceof Conclusion.Finding finding
                ? finding.because().stream()
                        .flatMap(because -> because.evidence().stream())
                        .distinct()
                        .toList()
                : List.of();
    }

    /** The first of several parts that does not hold, with what those before it matched. */
    private Obstacle obstacle(List<Premise> parts, Bindings given) {
        List<Bindings> reached = List.of(given);
        for (int i = 0; i < parts.size(); i++) {
            List<Bindings> further = new ArrayList<>();
            Premise upTo = new Premise.All(parts.subList(0, i + 1), parts.get(i).place());
            // From the start each time, so that no way is lost to the bound on those kept.
            matching.solve(upTo, given, solution -> {
                further.add(solution);
                return further.size() < MOST_BEGINNINGS;
            });
            if (further.isEmpty()) {
                return obstacle(parts.get(i), reached, parts.subList(0, i));
            }
            reached = further;
        }
        throw new IllegalStateException("where all conditions hold there is no obstacle");
    }

    /** The obstacle as it shows from the beginning that came nearest. */
    private Obstacle obstacle(Premise part, List<Bindings> beginnings, List<Premise> before) {
        List<Attempt> attempts = new ArrayList<>();
        for (Bindings known : beginnings) {
            attempts.add(new Attempt(attempt(part, known), known));
        }
        attempts.sort(Comparator.comparingInt(attempt -> distance(attempt.obstacle)));
        Attempt best = attempts.get(0);
        Obstacle nearest = best.obstacle;
        List<Near> near = attempts.stream()
                .flatMap(attempt -> attempt.obstacle.nearest().stream())
                .sorted(Comparator.comparingInt(one -> one.misses().size()))
                .distinct()
                .limit(MOST_NEAREST)
                .toList();
        return new Obstacle(
                nearest.line(),
                nearest.condition(),
                nearest.kind(),
                nearest.facts(),
                near,
                nearest.inTheWay(),
                nearest.alternatives(),
                steps(before, best.known));
    }

    private record Attempt(Obstacle obstacle, Bindings known) {}

    private static int distance(Obstacle obstacle) {
        return obstacle.nearest().stream()
                .mapToInt(near -> near.misses().size())
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private Obstacle attempt(Premise part, Bindings known) {
        if (part instanceof OfFact pattern) {
            return ofFact(pattern, known);
        }
        if (part instanceof OfValue value) {
            List<Miss> misses = misses(failing(value.tests, known), new FieldValues(null, known));
            Witness computed = new Witness("", List.of(valueOf(value, known)), List.of(), List.of());
            return plain(value, Kind.VALUE, 0, List.of(new Near(computed, misses)), List.of(), List.of());
        }
        if (part instanceof Premise.Some some) {
            Obstacle inner = attempt(some.part, known);
            return some.part instanceof OfFact ? within(some, inner) : inner;
        }
        if (part instanceof Premise.All all) {
            return obstacle(all.parts, known);
        }
        if (part instanceof Premise.Any any) {
            return plain(
                    any,
                    Kind.NO_ALTERNATIVE,
                    0,
                    List.of(),
                    List.of(),
                    any.parts.stream().map(one -> attempt(one, known)).toList());
        }
        if (part instanceof Premise.None none) {
            return plain(none, Kind.IN_THE_WAY, 0, List.of(), found(none.part, known), List.of());
        }
        if (part instanceof Premise.Every every) {
            return exception(every, known);
        }
        return plain(part, Kind.VALUE, 0, List.of(), List.of(), List.of());
    }

    private static Value valueOf(OfValue value, Bindings known) {
        @Nullable Object is = known.of(value.variable);
        return new Value(Bindings.written(value.variable), is == null ? "none" : FieldValues.shown(is));
    }

    private Obstacle ofFact(OfFact pattern, Bindings known) {
        List<Object> facts = matching.facts(pattern.kind());
        List<Candidate> candidates = new ArrayList<>();
        for (Object fact : facts) {
            Bindings with = known.with(pattern.variable, fact).with(pattern.bindings);
            candidates.add(new Candidate(fact, with, failing(pattern.tests, with)));
        }
        List<Near> nearest = candidates.stream()
                .sorted(Comparator.comparingInt(candidate -> candidate.failing.size()))
                .limit(MOST_NEAREST)
                .map(candidate -> near(pattern, candidate))
                .toList();
        Kind kind = facts.isEmpty() ? Kind.NO_SUCH_FACT : Kind.NO_FACT_PASSES;
        return plain(pattern, kind, facts.size(), nearest, List.of(), List.of());
    }

    private record Candidate(Object fact, Bindings known, List<Test> failing) {}

    private static Near near(OfFact pattern, Candidate candidate) {
        return new Near(
                witness(candidate.fact, pattern.tests, candidate.known),
                misses(candidate.failing, new FieldValues(candidate.fact, candidate.known)));
    }

    private static List<Miss> misses(List<Test> failing, FieldValues fields) {
        return failing.stream().map(fields::miss).toList();
    }

    /** Every test is asked, also those behind one that fails: a fact that fails one only is nearer. */
    private List<Test> failing(List<Test> tests, Bindings known) {
        return tests.stream().filter(test -> !passes(test, known)).toList();
    }

    /** What cannot be asked of something that is not there does not pass. */
    private boolean passes(Test test, Bindings known) {
        try {
            return matching.passes(test, known);
        } catch (Matching.TooManyException tooMany) {
            throw tooMany;
        } catch (IllegalStateException cannotBeAsked) {
            return false;
        }
    }

    private List<Step> found(Premise part, Bindings known) {
        List<Step> found = new ArrayList<>();
        int[] ways = new int[1];
        matching.solve(part, known, solution -> {
            step(part, solution, found);
            return ++ways[0] < MOST_NEAREST;
        });
        return found;
    }

    private Obstacle exception(Premise.Every every, Bindings known) {
        if (every.needsOne && !matching.holds(every.base, known)) {
            return within(every, ofFact(every.base, known));
        }
        List<Near> exceptions = new ArrayList<>();
        matching.solve(every.base, known, base -> {
            if (!matching.holds(every.rest, base)) {
                Object fact = java.util.Objects.requireNonNull(base.of(every.base.variable));
                List<Miss> misses = every.rest instanceof OfValue same
                        ? misses(
                                failing(
                                        same.tests,
                                        base.with(same.variable, fact).with(same.bindings)),
                                new FieldValues(fact, base))
                        : List.of();
                exceptions.add(new Near(witness(fact, every.base.tests, base), misses));
            }
            return exceptions.size() < MOST_NEAREST;
        });
        return plain(every, Kind.EXCEPTION, exceptions.size(), exceptions, List.of(), List.of());
    }

    private static Obstacle within(Premise whole, Obstacle inner) {
        return new Obstacle(
                whole.place().line(),
                whole.place().text(),
                inner.kind(),
                inner.facts(),
                inner.nearest(),
                inner.inTheWay(),
                inner.alternatives(),
                inner.before());
    }

    private static Obstacle plain(
            Premise part, Kind kind, int facts, List<Near> nearest, List<Step> inTheWay, List<Obstacle> alternatives) {
        return new Obstacle(
                part.place().line(), part.place().text(), kind, facts, nearest, inTheWay, alternatives, List.of());
    }
}
