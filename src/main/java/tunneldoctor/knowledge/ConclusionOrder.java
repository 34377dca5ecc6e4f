package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Fact;

/**
 * One order of conclusions, whatever order they were drawn in: by kind, cause and first words, then by the places and nodes
 * of the facts they rest on, then by every field. Each step is taken only where the ones before it do not tell: the fields
 * of a verdict reach into whole firewalls.
 */
final class ConclusionOrder {
    private ConclusionOrder() {}

    /** The conclusions without repetition, in order. */
    static List<Conclusion> sorted(Collection<Conclusion> conclusions) {
        List<Keyed> sorted = new ArrayList<>(conclusions.size());
        for (Conclusion conclusion : conclusions) {
            sorted.add(new Keyed(conclusion, rank(conclusion), words(conclusion), facts(conclusion)));
        }
        Collections.sort(sorted);
        List<Conclusion> once = new ArrayList<>(sorted.size());
        for (Keyed keyed : sorted) {
            // Equal ones lie side by side.
            if (once.isEmpty() || !once.get(once.size() - 1).equals(keyed.conclusion)) {
                once.add(keyed.conclusion);
            }
        }
        return once;
    }

    /** A conclusion with what it is compared by first. */
    private record Keyed(Conclusion conclusion, int rank, String words, List<Fact> facts) implements Comparable<Keyed> {
        @Override
        public int compareTo(Keyed other) {
            int order = Integer.compare(rank, other.rank);
            if (order == 0) {
                order = conclusion.cause().compareTo(other.conclusion.cause());
            }
            if (order == 0) {
                order = words.compareTo(other.words);
            }
            if (order == 0) {
                order = ValueOrder.compareFacts(facts, other.facts);
            }
            return order == 0 ? ValueOrder.compare(conclusion, other.conclusion) : order;
        }
    }

    private static int rank(Conclusion conclusion) {
        if (conclusion instanceof Conclusion.Finding finding) {
            return finding.certainty().ordinal();
        }
        return conclusion instanceof Conclusion.NotApplicable
                ? 10
                : conclusion instanceof Conclusion.CannotTell
                        ? 11
                        : conclusion instanceof Conclusion.Explains
                                ? 12
                                : conclusion instanceof Conclusion.Contradicts ? 13 : 14;
    }

    private static String words(Conclusion conclusion) {
        if (conclusion instanceof Conclusion.Finding finding) {
            return finding.why();
        }
        if (conclusion instanceof Conclusion.Remedy remedy) {
            return remedy.solution() + " " + remedy.summary();
        }
        if (conclusion instanceof Conclusion.Contradicts contradicts) {
            return contradicts.why();
        }
        return "";
    }

    private static List<Fact> facts(Conclusion conclusion) {
        if (conclusion instanceof Conclusion.Finding finding) {
            return finding.because();
        }
        if (conclusion instanceof Conclusion.Clears clears) {
            return List.of(clears.because());
        }
        if (conclusion instanceof Conclusion.Explains explains) {
            return List.of(explains.observation());
        }
        if (conclusion instanceof Conclusion.Contradicts contradicts) {
            return List.of(contradicts.observation());
        }
        return List.of();
    }
}
