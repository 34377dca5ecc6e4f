package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis.Effect;
import tunneldoctor.model.Diagnosis.Proof;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.FactChange;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.Opening;
import tunneldoctor.model.Verdict;
import tunneldoctor.path.Openings;
import tunneldoctor.path.PathAnalysis;

/** Makes changes to the facts in memory, diagnoses again, and says what came of it. Safe for use by several threads. */
final class WhatIf {
    /** Blocks of one cause behind each other that one repair is followed through. */
    private static final int DEEPEST = 4;

    private final RuleBase rules;
    private final World now;
    private final Set<Node> broken;
    private final Map<List<FactChange>, World> worlds = new ConcurrentHashMap<>();

    WhatIf(RuleBase rules, Facts facts, PathAnalysis paths, List<Conclusion> conclusions) {
        this.rules = rules;
        this.now = new World(facts, paths, conclusions);
        this.broken = paths.broken();
    }

    /** How many nodes cannot be reached now. */
    int broken() {
        return broken.size();
    }

    /** How many of them can be reached after the changes of some repairs, one after the other. */
    int restored(List<List<FactChange>> repairs) {
        return restoredNodes(world(repairs)).size();
    }

    /** What may still keep some of those from being reached, one sentence; empty if nothing. */
    String doubts(List<List<FactChange>> repairs) {
        World then = world(repairs);
        return doubts(then, restoredNodes(then));
    }

    private static String doubts(World then, Set<Node> restored) {
        Set<Node> doubtful = new LinkedHashSet<>(restored);
        doubtful.retainAll(then.paths.doubtful());
        if (doubtful.isEmpty()) {
            return "";
        }
        // First what stands before these nodes alone, then what is on the agents' way out.
        List<String> unknown = then.paths.verdicts().stream()
                .filter(Verdict::dark)
                .sorted(Comparator.comparing(EgressVerdict.class::isInstance))
                .filter(verdict -> verdict instanceof EgressVerdict
                        || verdict.affected().stream().anyMatch(doubtful::contains))
                .flatMap(verdict -> verdict.missing().stream())
                .map(Missing::what)
                .distinct()
                .toList();
        String blocks = "not known yet, and may block " + some(names(doubtful));
        if (unknown.isEmpty()) {
            return blocks;
        }
        // An example: each cause that waits for something names it, with the command.
        return blocks + ": " + unknown.get(0) + (unknown.size() == 1 ? "" : "; and " + (unknown.size() - 1) + " more");
    }

    /** Goes on from what is known of the first repairs. */
    private World world(List<List<FactChange>> repairs) {
        for (int known = repairs.size() - 1; known > 0; known--) {
            @Nullable World first = worlds.get(inOrder(repairs.subList(0, known)));
            if (first != null) {
                return world(inOrder(repairs), first, inOrder(repairs.subList(known, repairs.size())));
            }
        }
        return afterwards(inOrder(repairs));
    }

    private static List<FactChange> inOrder(List<List<FactChange>> repairs) {
        List<FactChange> all = new ArrayList<>();
        repairs.forEach(all::addAll);
        return all;
    }

    private Set<Node> restoredNodes(World world) {
        Set<Node> restored = new LinkedHashSet<>(broken);
        restored.removeAll(world.paths.broken());
        return restored;
    }

    /**
     * The changes, and those that the same remedy asks for once they are made: behind one block of a cause another may
     * stand, in the other iptables backend or by another rule, that nothing showed before.
     */
    List<FactChange> untilCleared(Conclusion.Remedy remedy, List<FactChange> changes) throws RuleBaseException {
        List<FactChange> all = changes;
        for (int deeper = 0; deeper < DEEPEST; deeper++) {
            if (all.isEmpty() || !all.stream().allMatch(FactChange::foreseeable)) {
                return all;
            }
            List<Conclusion.Remedy> next = afterwards(all).conclusions(rules).stream()
                    .filter(Conclusion.Remedy.class::isInstance)
                    .map(Conclusion.Remedy.class::cast)
                    .filter(other -> other.cause().equals(remedy.cause())
                            && other.solution().equals(remedy.solution())
                            && other.summary().equals(remedy.summary()))
                    .toList();
            List<FactChange> more = new ArrayList<>(all);
            more.addAll(Candidate.changes(next));
            List<FactChange> joined = Joined.of(more);
            if (joined.equals(all)) {
                return all;
            }
            all = joined;
        }
        return all;
    }

    /**
     * What the changes do to a cause.
     *
     * @return empty where they do not help: then they are no repair
     * @throws RuleBaseException if a rule fails
     */
    Optional<Proof> prove(String cause, List<FactChange> changes) throws RuleBaseException {
        if (changes.isEmpty()) {
            return Optional.of(advice(List.of(), ""));
        }
        if (!changes.stream().allMatch(FactChange::foreseeable)) {
            return Optional.of(advice(List.of(), "what it brings shows in new measurements only"));
        }
        World then = afterwards(changes);
        List<Conclusion.Finding> before = findings(now.conclusions(rules), cause);
        List<Conclusion.Finding> after = findings(then.conclusions(rules), cause);
        Set<Node> reached = restoredNodes(then);
        int restored = reached.size();
        Set<String> nodes = nodes(before);
        Set<String> left = nodes(after);
        if (!after.isEmpty()) {
            boolean helps = restored > 0 || left.size() < nodes.size() || after.size() < before.size();
            return helps
                    ? Optional.of(proof(
                            Effect.NEEDS_OTHERS,
                            restored,
                            opens(then, changes),
                            both(
                                    "the cause remains" + (left.isEmpty() ? "" : " on " + some(left)),
                                    doubts(then, reached))))
                    : Optional.empty();
        }
        if (newlyOpen(cause, then) && dark(then.paths, nodes) > dark(now.paths, nodes)) {
            return Optional.of(
                    advice(opens(then, changes), "whether the cause is gone then cannot be told from these facts"));
        }
        List<Opening> opens = opens(then, changes);
        Set<String> still = names(then.paths.broken());
        still.retainAll(nodes);
        return Optional.of(
                still.isEmpty()
                        ? proof(Effect.CLEARS, restored, opens, doubts(then, reached))
                        : proof(
                                Effect.NEEDS_OTHERS,
                                restored,
                                opens,
                                both("something else blocks " + some(still), doubts(then, reached))));
    }

    /** Two sentences as one, where both say something. */
    static String both(String one, String other) {
        return one + (one.isEmpty() || other.isEmpty() ? "" : "; ") + other;
    }

    private Proof advice(List<Opening> opens, String note) {
        return new Proof(Effect.ADVICE, 0, broken.size(), opens, note);
    }

    private Proof proof(Effect effect, int restored, List<Opening> opens, String note) {
        return new Proof(effect, restored, broken.size(), opens, note);
    }

    private List<Opening> opens(World then, List<FactChange> changes) {
        return Openings.of(now.facts, now.paths, then.facts, changes);
    }

    /** Whether something is missing for the cause that was not missing before. */
    private boolean newlyOpen(String cause, World then) throws RuleBaseException {
        Set<Missing> known = missing(now.conclusions(rules), cause);
        return !known.containsAll(missing(then.conclusions(rules), cause));
    }

    private static Set<Missing> missing(List<Conclusion> conclusions, String cause) {
        Set<Missing> missing = new HashSet<>();
        for (Conclusion conclusion : conclusions) {
            if (conclusion instanceof Conclusion.CannotTell open && open.cause().equals(cause)) {
                missing.addAll(open.missing());
            }
        }
        return missing;
    }

    /** How many hops to the nodes are open without a usual reading that lets the tunnel through. */
    private static long dark(PathAnalysis paths, Set<String> nodes) {
        return paths.verdicts().stream()
                .filter(Verdict::dark)
                .filter(verdict -> nodes.isEmpty() || verdict.nodes().stream().anyMatch(nodes::contains))
                .count();
    }

    private static List<Conclusion.Finding> findings(List<Conclusion> conclusions, String cause) {
        return conclusions.stream()
                .filter(Conclusion.Finding.class::isInstance)
                .map(Conclusion.Finding.class::cast)
                .filter(finding -> finding.cause().equals(cause))
                .toList();
    }

    private static Set<String> nodes(List<Conclusion.Finding> findings) {
        Set<String> nodes = new LinkedHashSet<>();
        findings.forEach(finding -> finding.because().forEach(fact -> nodes.addAll(fact.nodes())));
        return nodes;
    }

    private static Set<String> names(Set<Node> nodes) {
        Set<String> names = new LinkedHashSet<>();
        nodes.forEach(node -> names.add(node.name()));
        return names;
    }

    private static String some(Set<String> nodes) {
        return nodes.size() == 1
                ? "node " + nodes.iterator().next()
                : nodes.size() + " nodes, such as " + nodes.iterator().next();
    }

    private World afterwards(List<FactChange> changes) {
        return changes.isEmpty() ? now : world(changes, now, changes);
    }

    /**
     * @param changes all of them
     * @param before the world after all but the last of them
     * @param last those left
     */
    private World world(List<FactChange> changes, World before, List<FactChange> last) {
        List<FactChange> key = List.copyOf(changes);
        @Nullable World known = worlds.get(key);
        if (known != null) {
            return known;
        }
        // Made without a lock: a thread that waits for parts of it may take up another proof, which would need one too.
        Facts facts = before.facts.after(last);
        World made = new World(facts, before.paths.after(facts, last), null);
        @Nullable World first = worlds.putIfAbsent(key, made);
        return first == null ? made : first;
    }

    /** The facts after some changes, and what is made of them; the rules run only where they are asked. */
    private static final class World {
        private final Facts facts;
        private final PathAnalysis paths;
        private volatile @Nullable List<Conclusion> conclusions;

        World(Facts facts, PathAnalysis paths, @Nullable List<Conclusion> conclusions) {
            this.facts = facts;
            this.paths = paths;
            this.conclusions = conclusions;
        }

        List<Conclusion> conclusions(RuleBase rules) throws RuleBaseException {
            @Nullable List<Conclusion> known = conclusions;
            if (known == null) {
                known = rules.conclude(WorkingFacts.of(facts, paths));
                conclusions = known;
            }
            return known;
        }
    }
}
