package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.Cause;
import tunneldoctor.model.Certainty;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Diagnosis.Effect;
import tunneldoctor.model.Diagnosis.Proof;
import tunneldoctor.model.Fact;
import tunneldoctor.model.FactChange;
import tunneldoctor.model.HostChange;
import tunneldoctor.model.SourceRef;
import tunneldoctor.path.Openings;

/** A cause found, gathered from all its conclusions, with its repairs proved. */
final class Candidate {
    /** Reasons beyond these say the same of further nodes. */
    private static final int MAX_REASONS = 3;

    private final Cause cause;
    private final Certainty certainty;
    private final Set<String> reasons = new LinkedHashSet<>();
    private final Set<String> nodes = new TreeSet<>();
    private final Set<SourceRef> evidence = new LinkedHashSet<>();
    private final Set<SourceRef> explains = new LinkedHashSet<>();
    private final Set<String> contradictions = new LinkedHashSet<>();
    private final List<Proved> repairs;

    /** A repair with the changes behind its commands. */
    record Proved(Diagnosis.Repair repair, List<FactChange> changes) {
        boolean hasEffect() {
            return repair.proof().effect() != Effect.ADVICE;
        }
    }

    Candidate(Cause cause, List<Conclusion.Finding> findings, List<Conclusion> conclusions, WhatIf whatIf)
            throws RuleBaseException {
        this.cause = cause;
        List<Conclusion.Finding> strongestFirst = findings.stream()
                .sorted(Comparator.comparing(Conclusion.Finding::certainty)
                        .thenComparing(finding -> -nodesOf(finding).size())
                        .thenComparing(Conclusion.Finding::why))
                .toList();
        certainty = strongestFirst.get(0).certainty();
        for (Conclusion.Finding finding : strongestFirst) {
            reasons.add(finding.why());
            nodes.addAll(nodesOf(finding));
            finding.because().forEach(fact -> evidence.addAll(fact.evidence()));
        }
        Coverage.of(conclusions, cause, Conclusion.Explains.class)
                .forEach(explained -> explains.addAll(explained.observation().evidence()));
        Coverage.of(conclusions, cause, Conclusion.Contradicts.class)
                .forEach(contradiction -> contradictions.add(contradiction.why()));
        repairs = proved(Coverage.of(conclusions, cause, Conclusion.Remedy.class), whatIf);
    }

    private static Set<String> nodesOf(Conclusion.Finding finding) {
        Set<String> names = new TreeSet<>();
        for (Fact fact : finding.because()) {
            names.addAll(fact.nodes());
        }
        return names;
    }

    Cause cause() {
        return cause;
    }

    Certainty certainty() {
        return certainty;
    }

    Set<String> nodes() {
        return nodes;
    }

    int explained() {
        return explains.size();
    }

    boolean contradicted() {
        return !contradictions.isEmpty();
    }

    List<Proved> repairs() {
        return repairs;
    }

    /** Nodes that its best repair alone restores. */
    int restores() {
        int most = 0;
        for (Proved proved : repairs) {
            most = Math.max(most, proved.repair().proof().restored());
        }
        return most;
    }

    /** The repair to choose: of those with an effect the narrowest. */
    Optional<Proved> best() {
        return repairs.stream().filter(Proved::hasEffect).findFirst();
    }

    Diagnosis.Diagnosed diagnosed(int rank, int broken) {
        return new Diagnosis.Diagnosed(
                cause.id(),
                cause.title(),
                certainty,
                cause.severity(),
                rank,
                why(),
                List.copyOf(nodes),
                List.copyOf(evidence),
                List.copyOf(explains),
                List.copyOf(contradictions),
                repairs.stream().map(Proved::repair).toList(),
                standing(broken));
    }

    private String why() {
        String shown = String.join("; ", reasons.stream().limit(MAX_REASONS).toList());
        return shown + (reasons.size() > MAX_REASONS ? "; and " + (reasons.size() - MAX_REASONS) + " more" : "");
    }

    /** The terms of the ranking in their order, as far as they say something. */
    private String standing(int broken) {
        List<String> terms = new ArrayList<>();
        if (contradicted()) {
            terms.add("ranked behind the others because " + String.join("; ", contradictions));
        }
        if (!explains.isEmpty()) {
            terms.add("explains " + explains.size() + " of the observations given");
        }
        terms.add(certainty.name().toLowerCase(java.util.Locale.ROOT));
        if (broken > 0 && best().isPresent()) {
            terms.add("its repair alone restores " + restores() + " of " + broken + (broken == 1 ? " node" : " nodes"));
        }
        terms.add(cause.severity().name().toLowerCase(java.util.Locale.ROOT));
        return String.join(", ", terms);
    }

    /** Remedies of several facts that are the same repair become one; those that do not help are left out. */
    private static List<Proved> proved(List<Conclusion.Remedy> remedies, WhatIf whatIf) throws RuleBaseException {
        Map<List<String>, List<Conclusion.Remedy>> alike = new LinkedHashMap<>();
        remedies.stream()
                .sorted(Comparator.comparing(Conclusion.Remedy::solution))
                .forEach(remedy -> alike.computeIfAbsent(
                                List.of(remedy.solution(), remedy.summary()), key -> new ArrayList<>())
                        .add(remedy));
        List<Optional<Proved>> tried = Together.each(List.copyOf(alike.values()), same -> {
            List<FactChange> changes = whatIf.untilCleared(same.get(0), changes(same));
            return whatIf.prove(same.get(0).cause(), changes)
                    .map(proof -> new Proved(merged(same, changes, proof), changes));
        });
        List<Proved> proved = new ArrayList<>();
        for (Optional<Proved> helping : tried) {
            helping.filter(one -> one.repair().commands().isEmpty()
                            || proved.stream()
                                    .noneMatch(other -> other.repair()
                                            .commands()
                                            .equals(one.repair().commands())))
                    .ifPresent(proved::add);
        }
        proved.sort(Comparator.comparing((Proved one) -> one.repair().proof().effect())
                .thenComparing(one -> one.hasEffect() ? -one.repair().proof().restored() : 0)
                .thenComparing(one -> one.repair().commands().isEmpty())
                .thenComparing(one -> Openings.breadth(one.repair().proof().opens()))
                // A firewall that is off protects from nothing that comes later either.
                .thenComparing(one -> one.changes().stream().anyMatch(HostChange.UfwDisable.class::isInstance)));
        return proved;
    }

    static List<FactChange> changes(List<Conclusion.Remedy> same) {
        return Joined.of(
                same.stream().flatMap(remedy -> remedy.changes().stream()).toList());
    }

    private static Diagnosis.Repair merged(List<Conclusion.Remedy> same, List<FactChange> changes, Proof proof) {
        Set<String> commands = new LinkedHashSet<>();
        Set<String> advice = new LinkedHashSet<>();
        Set<String> warnings = new LinkedHashSet<>();
        Set<String> verify = new LinkedHashSet<>();
        changes.forEach(change -> commands.addAll(change.commands()));
        for (Conclusion.Remedy remedy : same) {
            commands.addAll(remedy.commands());
            advice.addAll(remedy.advice());
            warnings.addAll(remedy.warnings());
            verify.addAll(remedy.verify());
        }
        Conclusion.Remedy first = same.get(0);
        return new Diagnosis.Repair(
                first.solution(),
                first.summary(),
                List.copyOf(commands),
                List.copyOf(advice),
                List.copyOf(warnings),
                List.copyOf(verify),
                proof,
                undo(changes));
    }

    /** Last in, first out; nothing where a change has no way back, since half of one helps nobody. */
    static List<String> undo(List<FactChange> changes) {
        List<String> undo = new ArrayList<>();
        for (int i = changes.size() - 1; i >= 0; i--) {
            List<String> back = changes.get(i).undo();
            if (back.isEmpty()) {
                return List.of();
            }
            undo.addAll(back);
        }
        return undo;
    }
}
