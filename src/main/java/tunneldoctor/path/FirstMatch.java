package tunneldoctor.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.Missing;

/**
 * A list of rules of which the first match decides, where some of what the rules ask for is not known. It is held against
 * every world the unknowns allow, so that two rules that name the same unknown thing agree on it: an allow and a later
 * deny of one service tag leave nothing open.
 *
 * @param <T> what stands for a rule
 */
final class FirstMatch<T> {
    /** Worlds a rule list is tried in. Beyond, every rule that may match counts as if it could decide, which is safe. */
    private static final int PATIENCE = 4_096;

    private static final int MAX_DEPTH = 400;

    private final List<Step<T>> steps;
    private final Missing order;
    private final Map<String, Boolean> world = new HashMap<>();
    private int tried;
    private boolean givenUp;

    /**
     * Something that holds or not, the same for every rule that asks for it.
     *
     * @param about identity of what is not known
     * @param holds whether the rule asks for it to hold, or not to hold
     * @param perAddress whether it is a separate question for each address
     * @param usually how it usually is; empty where nothing speaks for either
     * @param missing what would tell
     */
    record Condition(String about, boolean holds, boolean perAddress, Optional<Boolean> usually, Missing missing) {
        Condition not() {
            return new Condition(about, !holds, perAddress, usually, missing);
        }

        Condition at(String address) {
            return perAddress ? new Condition(about + '@' + address, holds, false, usually, missing) : this;
        }
    }

    /**
     * A rule.
     *
     * @param turn its place; rules of one turn have no order among them
     * @param effect what it does; rules of the same effect need not be told apart
     * @param next the turn to go on with where it only skips others; 0 where it ends the matter
     * @param needs conditions of which each list must have one that is met; empty if the rule surely matches
     */
    record Step<T>(int turn, T by, String effect, int next, List<List<Condition>> needs) {}

    /**
     * @param effects every effect some world leads to
     * @param by the rules that decide in some world, that of the world where no unknown holds first
     * @param missing what decides between the effects; empty if there is one
     */
    record Result<T>(Set<String> effects, Set<T> by, Set<Missing> missing) {
        Result() {
            this(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
        }

        void add(Result<T> other) {
            effects.addAll(other.effects);
            by.addAll(other.by);
            missing.addAll(other.missing);
        }
    }

    private FirstMatch(List<Step<T>> steps, Missing order) {
        this.steps = steps;
        this.order = order;
    }

    /**
     * @param steps ordered by turn, the last one surely matching
     * @param order what would tell which of two rules of one turn comes first
     */
    static <T> Result<T> of(List<Step<T>> steps, Missing order) {
        FirstMatch<T> all = new FirstMatch<>(steps, order);
        Result<T> result = all.explore(0, 0);
        return all.givenUp ? all.anyThatMayMatch() : result;
    }

    /** The one effect if every unknown is as it usually is; empty where that does not tell. */
    static <T> Optional<String> usual(List<Step<T>> steps, Missing order) {
        FirstMatch<T> all = new FirstMatch<>(steps, order);
        for (Step<T> step : steps) {
            for (List<Condition> oneOf : step.needs) {
                for (Condition condition : oneOf) {
                    condition.usually.ifPresent(usually -> all.world.put(condition.about, usually));
                }
            }
        }
        Set<String> effects = all.explore(0, 0).effects;
        return all.givenUp || effects.size() != 1
                ? Optional.empty()
                : Optional.of(effects.iterator().next());
    }

    private Result<T> explore(int from, int depth) {
        Result<T> result = new Result<>();
        givenUp |= ++tried > PATIENCE || depth > MAX_DEPTH;
        int i = from;
        while (i < steps.size() && !givenUp) {
            int end = i;
            List<Step<T>> matched = new ArrayList<>();
            while (end < steps.size() && steps.get(end).turn == steps.get(i).turn) {
                Step<T> step = steps.get(end++);
                Optional<Condition> open = Optional.empty();
                boolean fails = false;
                for (List<Condition> oneOf : step.needs) {
                    if (oneOf.stream().noneMatch(this::met)) {
                        Optional<Condition> unknown = oneOf.stream()
                                .filter(condition -> !world.containsKey(condition.about))
                                .findFirst();
                        fails |= unknown.isEmpty();
                        open = open.or(() -> unknown);
                    }
                }
                if (!fails && open.isPresent()) {
                    return branch(open.get(), i, depth);
                }
                if (!fails) {
                    matched.add(step);
                }
            }
            if (!matched.isEmpty()) {
                return decided(matched, depth);
            }
            i = end;
        }
        return result;
    }

    private boolean met(Condition condition) {
        Boolean truth = world.get(condition.about);
        return truth != null && truth == condition.holds;
    }

    private Result<T> branch(Condition open, int from, int depth) {
        world.put(open.about, false);
        Result<T> result = explore(from, depth + 1);
        Set<String> otherwise = Set.copyOf(result.effects);
        world.put(open.about, true);
        Result<T> held = explore(from, depth + 1);
        world.remove(open.about);
        if (!otherwise.equals(held.effects)) {
            result.missing.add(open.missing);
        }
        result.add(held);
        return result;
    }

    private Result<T> decided(List<Step<T>> matched, int depth) {
        Result<T> result = new Result<>();
        Set<Set<String>> ways = new LinkedHashSet<>();
        for (Step<T> step : matched) {
            Result<T> one = new Result<>();
            if (step.next == 0) {
                one.effects.add(step.effect);
                one.by.add(step.by);
            } else {
                one.add(explore(firstOf(step.next), depth + 1));
            }
            ways.add(one.effects);
            result.add(one);
        }
        if (ways.size() > 1) {
            result.missing.add(order);
        }
        return result;
    }

    private int firstOf(int turn) {
        int i = 0;
        while (i < steps.size() && steps.get(i).turn < turn) {
            i++;
        }
        return i;
    }

    private Result<T> anyThatMayMatch() {
        Result<T> result = new Result<>();
        int skippable = 0;
        for (Step<T> step : steps) {
            step.needs.forEach(oneOf -> oneOf.forEach(condition -> result.missing.add(condition.missing)));
            if (step.next > 0) {
                skippable = Math.max(skippable, step.next);
            } else {
                result.effects.add(step.effect);
                result.by.add(step.by);
            }
            // A rule that surely matches ends the list, unless an earlier one may skip it or its turn is shared.
            if (step.needs.isEmpty() && step.next == 0 && step.turn >= skippable && alone(step)) {
                break;
            }
        }
        if (result.effects.size() < 2) {
            result.missing.clear();
        }
        return result;
    }

    private boolean alone(Step<T> step) {
        return steps.stream().filter(other -> other.turn == step.turn).count() == 1;
    }
}
