package tunneldoctor.knowledge;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import tunneldoctor.model.Conclusion;

/** What a rule base made of some facts, open to questions of how. */
public final class Examination {
    private final List<Conclusion> conclusions;
    private final RuleReading rules;
    private final Collection<?> known;
    private final Map<String, Integer> fired;

    /**
     * @param known the facts and everything inferred from them
     * @param fired how often each rule fired, by name
     */
    Examination(List<Conclusion> conclusions, RuleReading rules, Collection<?> known, Map<String, Integer> fired) {
        this.conclusions = List.copyOf(conclusions);
        this.rules = rules;
        this.known = known;
        this.fired = Map.copyOf(fired);
    }

    public List<Conclusion> conclusions() {
        return conclusions;
    }

    /** How often the engine fired a rule. */
    public int fired(String rule) {
        return fired.getOrDefault(rule, 0);
    }

    /** How each rule of a cause fared, in the order of its file; empty if there is no such cause. */
    public List<RuleAccount> accounts(String cause) {
        return rules.of(cause).stream()
                .map(rule ->
                        new Explainer(rule, new Matching(known, Matching.Watcher.NONE)).account(fired(rule.name())))
                .toList();
    }

    /** Adds what these facts exercise of the rules it is about. */
    public void exercise(ConditionCoverage coverage) {
        for (RulePremises rule : coverage.rules()) {
            if (fired(rule.name()) > 0) {
                coverage.fired(rule);
            }
            rule.premise().ifPresent(premise -> {
                try {
                    Matching matching = new Matching(known, coverage);
                    ConditionCoverage.patterns(rule).forEach(matching::askAll);
                    matching.solve(premise, Bindings.NONE, solution -> true);
                } catch (Matching.TooManyException enough) {
                    // What was seen until then was seen.
                }
            });
        }
    }
}
