package tunneldoctor.knowledge;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.SourceRef;

/**
 * How one rule fared on some facts: what it matched, or where it stopped. Texts from facts are as they were read and
 * unfit for a terminal as they stand.
 *
 * @param rule its whole name
 * @param concludes the words of {@link Conclude} it uses, such as {@code proved}
 * @param line 1-based, where the rule begins
 * @param times in how many ways its conditions hold; 0 if it did not fire
 * @param matches the first of these ways
 * @param obstacle where it stopped; empty if it fired
 * @param remark why the account is not whole; empty if it is
 */
public record RuleAccount(
        String rule,
        Set<String> concludes,
        Path file,
        int line,
        int times,
        List<Match> matches,
        Optional<Obstacle> obstacle,
        String remark) {
    private static final Set<String> FINDING = Set.of("found", "proved", "likely", "possible");

    public RuleAccount {
        concludes = Set.copyOf(concludes);
        matches = List.copyOf(matches);
    }

    public boolean fired() {
        return times > 0;
    }

    /** Whether it stopped for want of a finding, as the rules of a cause that is not found do. */
    public boolean waitsForFinding() {
        return obstacle.filter(stop -> stop.kind() != Kind.IN_THE_WAY)
                .map(Obstacle::condition)
                .filter(condition -> condition.contains("Conclusion.Finding("))
                .isPresent();
    }

    /** Whether the rule says that the cause is at work. */
    public boolean finds() {
        return concludes.stream().anyMatch(FINDING::contains);
    }

    /** Whether the rule says that it cannot be told. */
    public boolean leavesOpen() {
        return concludes.contains("cannotTell");
    }

    /** Whether the rule says that the cause cannot apply. */
    public boolean excludes() {
        return concludes.contains("notApplicable");
    }

    /** One way in which all conditions hold, in their order. */
    public record Match(List<Step> steps) {
        public Match {
            steps = List.copyOf(steps);
        }
    }

    /**
     * A condition that holds.
     *
     * @param line 1-based
     * @param condition as written, on one line
     * @param facts what matched; for a negation nothing
     * @param remark what else there is to say of it; may be empty
     */
    public record Step(int line, String condition, List<Witness> facts, String remark) {
        public Step {
            facts = List.copyOf(facts);
        }
    }

    /**
     * A fact as a condition sees it.
     *
     * @param type the record's name
     * @param values the fields the condition asks about
     * @param evidence where it was read, the deciding place first
     */
    public record Witness(String type, List<Value> values, List<SourceRef> evidence, List<String> nodes) {
        public Witness {
            values = List.copyOf(values);
            evidence = List.copyOf(evidence);
            nodes = List.copyOf(nodes);
        }
    }

    /** @param of the words of the rule @param is their value in this fact */
    public record Value(String of, String is) {}

    /**
     * The first condition that does not hold, whatever matched before it.
     *
     * @param facts how many facts are of the condition's kind
     * @param nearest facts that fail fewest of its tests
     * @param inTheWay for a negation, what it says must not be there
     * @param alternatives for {@code or}, the obstacle of each part
     * @param before what the conditions before it matched, in the way that came nearest
     */
    public record Obstacle(
            int line,
            String condition,
            Kind kind,
            int facts,
            List<Near> nearest,
            List<Step> inTheWay,
            List<Obstacle> alternatives,
            List<Step> before) {
        public Obstacle {
            nearest = List.copyOf(nearest);
            inTheWay = List.copyOf(inTheWay);
            alternatives = List.copyOf(alternatives);
            before = List.copyOf(before);
        }
    }

    /** Why a condition does not hold. */
    public enum Kind {
        /** There is no fact of its kind at all. */
        NO_SUCH_FACT,
        /** There are facts of its kind, and each fails a test. */
        NO_FACT_PASSES,
        /** It says that something must not be there, and it is. */
        IN_THE_WAY,
        /** It is about all facts of a kind, and one is an exception. */
        EXCEPTION,
        /** None of several parts holds. */
        NO_ALTERNATIVE,
        /** A computed value does not fit, or there is nothing to compute it from. */
        VALUE
    }

    /** A fact that came near, and the tests it fails. */
    public record Near(Witness fact, List<Miss> misses) {
        public Near {
            misses = List.copyOf(misses);
        }
    }

    /**
     * A test that fails.
     *
     * @param line 1-based
     * @param test as written
     * @param field what is asked about; empty where the test is about several
     * @param wanted what it should be
     * @param got what it is; of several fields each
     */
    public record Miss(int line, String test, String field, String wanted, String got) {}
}
