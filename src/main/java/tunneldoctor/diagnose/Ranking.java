package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tunneldoctor.model.Cause;
import tunneldoctor.model.Certainty;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Fact;
import tunneldoctor.model.FactChange;
import tunneldoctor.model.HostChange;
import tunneldoctor.model.SourceRef;

/**
 * Puts the causes found in the order in which to look at them: contradicted ones last; then by how many symptoms they
 * explain, certainty, how many nodes they affect, severity, and id.
 */
final class Ranking {
    /** Reasons beyond these say the same of further nodes. */
    private static final int MAX_REASONS = 3;

    private Ranking() {}

    static List<Diagnosis.Diagnosed> rank(List<Cause> causes, List<Conclusion> conclusions) {
        List<Candidate> candidates = new ArrayList<>();
        for (Cause cause : causes) {
            List<Conclusion.Finding> findings = Coverage.of(conclusions, cause, Conclusion.Finding.class);
            if (!findings.isEmpty()) {
                candidates.add(new Candidate(cause, findings, conclusions));
            }
        }
        candidates.sort(Comparator.comparing((Candidate c) -> !c.contradictions.isEmpty())
                .thenComparing(c -> -c.explains.size())
                .thenComparing(c -> c.certainty)
                .thenComparing(c -> c.nodes.isEmpty() ? Integer.MIN_VALUE : -c.nodes.size())
                .thenComparing(c -> c.cause.severity())
                .thenComparing(c -> c.cause.id()));
        List<Diagnosis.Diagnosed> ranked = new ArrayList<>();
        for (Candidate candidate : candidates) {
            ranked.add(candidate.diagnosed(ranked.size() + 1));
        }
        return ranked;
    }

    /** A cause found, gathered from all its conclusions. */
    private static final class Candidate {
        private final Cause cause;
        private final Certainty certainty;
        private final Set<String> reasons = new LinkedHashSet<>();
        private final Set<String> nodes = new TreeSet<>();
        private final Set<SourceRef> evidence = new LinkedHashSet<>();
        private final Set<SourceRef> explains = new LinkedHashSet<>();
        private final Set<String> contradictions = new LinkedHashSet<>();
        private final List<Diagnosis.Repair> repairs;

        Candidate(Cause cause, List<Conclusion.Finding> findings, List<Conclusion> conclusions) {
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
                    .forEach(
                            explained -> explains.addAll(explained.observation().evidence()));
            Coverage.of(conclusions, cause, Conclusion.Contradicts.class)
                    .forEach(contradiction -> contradictions.add(contradiction.why()));
            repairs = repairs(Coverage.of(conclusions, cause, Conclusion.Remedy.class));
        }

        private static Set<String> nodesOf(Conclusion.Finding finding) {
            Set<String> names = new TreeSet<>();
            for (Fact fact : finding.because()) {
                names.addAll(fact.nodes());
            }
            return names;
        }

        Diagnosis.Diagnosed diagnosed(int rank) {
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
                    repairs);
        }

        private String why() {
            String shown = String.join("; ", reasons.stream().limit(MAX_REASONS).toList());
            String more = reasons.size() > MAX_REASONS ? "; and " + (reasons.size() - MAX_REASONS) + " more" : "";
            String standing = contradictions.isEmpty()
                    ? explains.isEmpty() ? "" : ". It explains " + explains.size() + " of the observations given"
                    : ". Ranked behind others because " + String.join("; ", contradictions);
            return shown + more + standing;
        }
    }

    /** Remedies of several facts that are the same repair become one, its changes in order. */
    private static List<Diagnosis.Repair> repairs(List<Conclusion.Remedy> remedies) {
        Map<List<String>, List<Conclusion.Remedy>> alike = new LinkedHashMap<>();
        remedies.stream()
                .sorted(Comparator.comparing(Ranking::reach).thenComparing(Conclusion.Remedy::solution))
                .forEach(remedy -> alike.computeIfAbsent(
                                List.of(remedy.solution(), remedy.summary()), key -> new ArrayList<>())
                        .add(remedy));
        List<Diagnosis.Repair> repairs = new ArrayList<>();
        alike.values().forEach(same -> repairs.add(merged(same)));
        return repairs;
    }

    private static Diagnosis.Repair merged(List<Conclusion.Remedy> same) {
        Set<String> commands = new LinkedHashSet<>();
        Set<String> advice = new LinkedHashSet<>();
        Set<String> warnings = new LinkedHashSet<>();
        Set<String> verify = new LinkedHashSet<>();
        for (Conclusion.Remedy remedy : same) {
            remedy.changes().forEach(change -> commands.addAll(change.commands()));
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
                List.copyOf(verify));
    }

    /** Repairs with commands before advice, and those that open one port before those that open all. */
    private static int reach(Conclusion.Remedy remedy) {
        if (remedy.changes().isEmpty() && remedy.commands().isEmpty()) {
            return 2;
        }
        for (FactChange change : remedy.changes()) {
            if (change instanceof HostChange.UfwDisable) {
                return 1;
            }
        }
        return 0;
    }
}
