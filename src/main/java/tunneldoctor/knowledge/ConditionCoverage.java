package tunneldoctor.knowledge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
 *   <li>a test of a pattern, once it was seen to pass and once to fail, by facts that passed the tests before it and
 *       fitted what the patterns before it had matched. So each test decided something at least once.
 * </ul>
 *
 * <p>Of a pattern without tests only the first is asked, since every cluster has a tunnel. Safe for use by several threads.
 */
public final class ConditionCoverage implements Matching.Watcher {
    private final List<RulePremises> rules;
    private final Set<RulePremises> fired = identities();
    private final Set<Premise> met = identities();
    private final Set<Test> passed = identities();
    private final Set<Test> failed = identities();

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
    public void tested(Test test, boolean pass) {
        (pass ? passed : failed).add(test);
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

    /** By file and place. */
    public List<Gap> gaps() {
        List<Gap> gaps = new ArrayList<>();
        for (RulePremises rule : rules) {
            if (!fired.contains(rule)) {
                gaps.add(gap(rule, new Place(rule.line(), 1, rule.name()), "never fired"));
            }
            if (rule.premise().isEmpty()) {
                gaps.add(gap(rule, new Place(rule.line(), 1, rule.name()), "cannot be followed"));
            }
            Listing listing = new Listing(rule);
            for (Premise pattern : listing.patterns) {
                if (!met.contains(pattern)) {
                    gaps.add(gap(rule, pattern.place(), "no fact ever met it"));
                }
            }
            for (Test test : listing.tests) {
                boolean pass = passed.contains(test);
                boolean fail = failed.contains(test);
                if (!pass || !fail) {
                    gaps.add(gap(
                            rule,
                            test.place,
                            pass ? "never seen to fail" : fail ? "never seen to pass" : "never reached"));
                }
            }
        }
        return gaps;
    }

    private static Gap gap(RulePremises rule, Place place, String reason) {
        return new Gap(rule.file().path(), place.line(), place.column(), rule.name(), place.text(), reason);
    }

    /** The parts of a rule that count. */
    private static final class Listing {
        private final List<Premise> patterns = new ArrayList<>();
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
