package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.List;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Diagnosis.Plan;
import tunneldoctor.model.FactChange;

/**
 * The smallest set of repairs that restores every node that repairs can restore, the narrowest of each cause, in the order
 * that restores most soonest. Held against the facts: each number in it comes of making the changes and looking again.
 */
final class RepairPlan {
    private final WhatIf whatIf;

    private RepairPlan(WhatIf whatIf) {
        this.whatIf = whatIf;
    }

    /** A cause's chosen repair. */
    private record Choice(Candidate candidate, Candidate.Proved chosen) {}

    static Plan of(List<Candidate> ranked, WhatIf whatIf) {
        return new RepairPlan(whatIf).plan(ranked);
    }

    private Plan plan(List<Candidate> ranked) {
        int broken = whatIf.broken();
        List<Choice> choices = new ArrayList<>();
        for (Candidate candidate : ranked) {
            candidate.best().ifPresent(best -> choices.add(new Choice(candidate, best)));
        }
        if (broken == 0 || choices.isEmpty()) {
            return Plan.EMPTY;
        }
        int most = restored(choices);
        if (most == 0) {
            return new Plan(List.of(), broken, 0, rest(broken, ranked, List.of()));
        }
        List<Choice> steps = ordered(needed(choices, most));
        List<Diagnosis.Step> written = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            written.add(step(steps.get(i), restored(steps.subList(0, i + 1))));
        }
        String rest = most == broken ? "" : rest(broken - most, ranked, steps);
        // What is open about a single step stands in its proof.
        String doubts = steps.size() == 1 ? "" : whatIf.doubts(changes(steps));
        return new Plan(written, broken, most, WhatIf.both(rest, doubts));
    }

    /** Without the repairs that restore nothing besides the others, looked at from the last of the ranking. */
    private List<Choice> needed(List<Choice> choices, int most) {
        List<Choice> needed = new ArrayList<>(choices);
        for (int i = choices.size() - 1; i >= 0; i--) {
            List<Choice> fewer = new ArrayList<>(needed);
            fewer.remove(choices.get(i));
            if (!fewer.isEmpty() && restored(fewer) == most) {
                needed = fewer;
            }
        }
        return needed;
    }

    private List<Choice> ordered(List<Choice> needed) {
        List<Choice> left = new ArrayList<>(needed);
        List<Choice> steps = new ArrayList<>();
        while (!left.isEmpty()) {
            Choice next = left.get(0);
            int most = -1;
            for (Choice choice : left) {
                List<Choice> tried = new ArrayList<>(steps);
                tried.add(choice);
                int restored = restored(tried);
                if (restored > most) {
                    most = restored;
                    next = choice;
                }
            }
            steps.add(next);
            left.remove(next);
        }
        return steps;
    }

    private int restored(List<Choice> choices) {
        return whatIf.restored(changes(choices));
    }

    private static List<List<FactChange>> changes(List<Choice> choices) {
        return choices.stream().map(choice -> choice.chosen().changes()).toList();
    }

    private Diagnosis.Step step(Choice choice, int together) {
        Diagnosis.Repair repair = choice.chosen().repair();
        return new Diagnosis.Step(
                choice.candidate().cause().id(),
                repair.solution(),
                repair.summary(),
                repair.commands(),
                repair.undo(),
                repair.proof().restored(),
                together,
                choice.candidate().repairs().stream()
                        .filter(other -> other != choice.chosen() && other.hasEffect())
                        .map(other -> other.repair().solution() + ", "
                                + other.repair().summary())
                        .toList());
    }

    private static String rest(int nodes, List<Candidate> ranked, List<Choice> steps) {
        List<String> others = ranked.stream()
                .filter(candidate -> steps.stream().noneMatch(step -> step.candidate() == candidate))
                .map(candidate -> candidate.cause().id())
                .toList();
        return nodes + (nodes == 1 ? " node stays" : " nodes stay") + " out of reach as far as the facts show"
                + (others.isEmpty() ? "" : "; see what is said by hand for " + String.join(", ", others));
    }
}
