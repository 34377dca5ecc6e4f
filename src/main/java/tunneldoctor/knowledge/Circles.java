package tunneldoctor.knowledge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds negations over what rests on them: a rule that denies a fact which follows, over however many rules and files, from
 * what the rule itself infers. Such rules take each other back without a word, and the end depends on chance.
 */
final class Circles {
    private final List<Step> steps = new ArrayList<>();

    /** A rule infers a fact of one type from a fact, or from the absence of facts, of another. */
    private record Step(Class<?> from, Class<?> to) {}

    /** Every rule of the base has to be added before the first question. */
    void add(ParsedRule rule) {
        rule.when()
                .eachPattern((pattern, denied) ->
                        inferred(rule).forEach(made -> steps.add(new Step(pattern.fact(), made))));
    }

    private static List<Class<?>> inferred(ParsedRule rule) {
        List<Class<?>> types = new ArrayList<>();
        rule.then().forEach(value -> value.raw().ifPresent(types::add));
        return types;
    }

    void check(ParsedRule rule, Scope.Reports reports) {
        rule.when().eachPattern((pattern, denied) -> {
            for (Class<?> made : inferred(rule)) {
                if (denied && leads(made, pattern.fact())) {
                    reports.tell(
                            pattern.offset(),
                            "this denies " + pattern.fact().getSimpleName()
                                    + ", which follows from what the rule infers",
                            "Its own conclusion would take it back; deny only facts of the input.");
                    break;
                }
            }
        });
    }

    /** Whether facts of one type lead to facts of another, or are such. */
    private boolean leads(Class<?> from, Class<?> to) {
        Deque<Class<?>> open = new ArrayDeque<>(List.of(from));
        Set<Class<?>> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Class<?> type = open.pop();
            if (to.isAssignableFrom(type)) {
                return true;
            }
            if (seen.add(type)) {
                for (Step step : steps) {
                    if (step.from().isAssignableFrom(type)) {
                        open.push(step.to());
                    }
                }
            }
        }
        return false;
    }
}
