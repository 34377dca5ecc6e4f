package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Fact;

/**
 * One order of conclusions, whatever order they were drawn in: by kind, cause and first words, then by the places and nodes
 * of the facts they rest on, then by every field. Each step is taken only where the ones before it do not tell: the fields
 * of a verdict reach into whole firewalls.
 */
final class ConclusionOrder implements Comparator<Conclusion> {
    private static final ConclusionOrder ORDER = new ConclusionOrder();

    private ConclusionOrder() {}

    /** The conclusions without repetition, in order. */
    static List<Conclusion> sorted(Collection<Conclusion> conclusions) {
        List<Conclusion> sorted = new ArrayList<>(conclusions);
        sorted.sort(ORDER);
        List<Conclusion> once = new ArrayList<>(sorted.size());
        for (Conclusion conclusion : sorted) {
            // Equal ones lie side by side.
            if (once.isEmpty() || !once.get(once.size() - 1).equals(conclusion)) {
                once.add(conclusion);
            }
        }
        return once;
    }

    @Override
    public int compare(Conclusion one, Conclusion other) {
        int order = Integer.compare(rank(one), rank(other));
        if (order == 0) {
            order = one.cause().compareTo(other.cause());
        }
        if (order == 0) {
            order = words(one).compareTo(words(other));
        }
        if (order == 0) {
            order = ValueOrder.compareFacts(facts(one), facts(other));
        }
        return order == 0 ? ValueOrder.compare(one, other) : order;
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
