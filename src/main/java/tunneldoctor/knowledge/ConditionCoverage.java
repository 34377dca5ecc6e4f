package tunneldoctor.knowledge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tunneldoctor.knowledge.Premise.Place;
import tunneldoctor.knowledge.Premise.Test;

/**
 * What of a rule base was exercised by the facts it was tried on. Counted are
 *
 * <ul>
 *   <li>a rule, once it fired;
 *   <li>a pattern, once a fact met it: under {@code not}, once there was such a fact and so the rule did not fire;
 *   <li>a test of a pattern, once it was seen to pass and once to fail, whatever the tests beside it said. A test that
 *       asks about what other patterns matched counts where those did match.
 * </ul>
 *
 * <p>Beyond that it tells which tests never decided anything: no fact failed them and nothing else of their pattern, so
 * that the rule would have done the same without them. Safe for use by several threads.
 */
public final class ConditionCoverage implements Matching.Watcher {
    private final List<RulePremises> rules;
    private final Set<RulePremises> fired = identities();
    private final Set<Premise> met = identities();
    private final Set<Test> passed = identities();
    private final Set<Test> failed = identities();
    private final Set<Test> decisive = identities();

    ConditionCoverage(List<RulePremises> rules) {
        this.rules = List.copyOf(rules);
    }

    private static <T> Set<T> identities() {
        Map<T, Boolean> map = Collections.synchronizedMap(new IdentityHashMap<>());
        return Collections.newSetFromMap(map);
    }

    /**
     * Something no facts exercised.
     *
     * @param line 1-based
     * @param column 1-based
     * @param condition as written; the rule's name where the rule never fired
     * @param reason what was never seen
     */
    public record Gap(Path file, int line, int column, String rule, String condition, String reason) {}

    /** @param conditions patterns and tests */
    public record Count(int rules, int conditions) {}

    List<RulePremises> rules() {
        return rules;
    }

    void fired(RulePremises rule) {
        fired.add(rule);
    }

    @Override
    public boolean exhaustive() {
        return true;
    }

    @Override
    public void asked(Test test, boolean pass) {
        (pass ? passed : failed).add(test);
    }

    @Override
    public void decided(Test test) {
        decisive.add(test);
    }

    @Override
    public void met(Premise premise) {
        met.add(premise);
    }

    /** How much there is to exercise. */
    public Count all() {
        int conditions = 0;
        for (RulePremises rule : rules) {
            Listing listing = new Listing(rule);
            conditions += listing.patterns.size() + listing.tests.size();
        }
        return new Count(rules.size(), conditions);
    }

    /** What was not exercised, by file and place. */
    public List<Gap> gaps() {
        List<Gap> gaps = new ArrayList<>();
        for (RulePremises rule : rules) {
            Place head = new Place(rule.line(), 1, rule.name());
            if (rule.premise().isEmpty()) {
                gaps.add(gap(rule, head, "cannot be followed"));
            }
            if (!fired.contains(rule)) {
                gaps.add(gap(rule, head, "never fired"));
            }
            List<Gap> conditions = new ArrayList<>();
            Listing listing = new Listing(rule);
            for (Premise pattern : listing.patterns) {
                if (!met.contains(pattern)) {
                    conditions.add(gap(rule, pattern.place(), "no fact ever met it"));
                }
            }
            for (Test test : listing.tests) {
                if (!exercised(test)) {
                    conditions.add(gap(rule, test.place, seen(test)));
                }
            }
            gaps.addAll(sorted(conditions));
        }
        return gaps;
    }

    private boolean exercised(Test test) {
        return passed.contains(test) && failed.contains(test);
    }

    private String seen(Test test) {
        if (passed.contains(test)) {
            return "never seen to fail";
        }
        return failed.contains(test) ? "never seen to pass" : "never asked of a fact";
    }

    /** Tests that are exercised and yet never decided anything, by file and place. */
    public List<Gap> indecisive() {
        List<Gap> found = new ArrayList<>();
        for (RulePremises rule : rules) {
            List<Gap> tests = new ArrayList<>();
            for (Test test : new Listing(rule).tests) {
                if (exercised(test) && !decisive.contains(test)) {
                    tests.add(gap(rule, test.place, "never decided anything"));
                }
            }
            found.addAll(sorted(tests));
        }
        return found;
    }

    private static List<Gap> sorted(List<Gap> gaps) {
        return gaps.stream()
                .sorted(Comparator.comparingInt(Gap::line).thenComparingInt(Gap::column))
                .toList();
    }

    private static Gap gap(RulePremises rule, Place place, String reason) {
        return new Gap(rule.file().path(), place.line(), place.column(), rule.name(), place.text(), reason);
    }

    /** Every pattern of facts in a rule. */
    static List<Premise.OfFact> patterns(RulePremises rule) {
        return new Listing(rule).patterns;
    }

    /** The parts of a rule that count. */
    private static final class Listing {
        private final List<Premise.OfFact> patterns = new ArrayList<>();
        private final List<Test> tests = new ArrayList<>();

        Listing(RulePremises rule) {
            rule.premise().ifPresent(this::add);
        }

        private void add(Premise premise) {
            if (premise instanceof Premise.OfFact pattern) {
                patterns.add(pattern);
                addWritten(pattern.tests);
            } else if (premise instanceof Premise.OfValue value) {
                addWritten(value.tests);
            } else if (premise instanceof Premise.All all) {
                all.parts.forEach(this::add);
            } else if (premise instanceof Premise.Any any) {
                any.parts.forEach(this::add);
            } else if (premise instanceof Premise.None none) {
                add(none.part);
            } else if (premise instanceof Premise.Some some) {
                add(some.part);
            } else if (premise instanceof Premise.Every every) {
                add(every.base);
                add(every.rest);
            } else if (premise instanceof Premise.Gathered gathered) {
                add(gathered.source);
            }
        }

        private void addWritten(List<Test> all) {
            all.stream().filter(test -> test.written).forEach(tests::add);
        }
    }
}
