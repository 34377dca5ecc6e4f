package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.knowledge.Examination;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.Cause;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Facts;
import tunneldoctor.model.KnownIssues;
import tunneldoctor.model.Problem;
import tunneldoctor.path.PathAnalysis;

/** Diagnoses one facts document after the other with one rule base. Safe for use by several threads. */
public final class Diagnoser {
    private final RuleBase rules;
    private final List<Cause> causes;
    private final KnownIssues known;

    public Diagnoser(RuleBase rules) {
        this(rules, rules.causes(), KnownIssues.NONE);
    }

    private Diagnoser(RuleBase rules, List<Cause> causes, KnownIssues known) {
        this.rules = rules;
        this.causes = List.copyOf(causes);
        this.known = known;
    }

    /** Every cause the rules know. */
    public List<Cause> causes() {
        return rules.causes();
    }

    /**
     * One that looks at some causes only.
     *
     * @param ids causes of {@link #causes}; others are of no effect
     */
    public Diagnoser only(Set<String> ids) {
        return new Diagnoser(
                rules, causes.stream().filter(cause -> ids.contains(cause.id())).toList(), known);
    }

    /** One that keeps what the user knows of out of the causes found. */
    public Diagnoser knowing(KnownIssues issues) {
        return new Diagnoser(rules, causes, issues);
    }

    /**
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public Diagnosis diagnose(ClusterFacts given) throws RuleBaseException {
        return diagnose(Prepared.of(given));
    }

    /**
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public Diagnosis diagnose(Prepared prepared) throws RuleBaseException {
        ClusterFacts given = prepared.given();
        Facts facts = prepared.facts();
        PathAnalysis paths = prepared.paths();
        List<Conclusion> conclusions = rules.conclude(WorkingFacts.of(facts, paths));
        WhatIf whatIf = new WhatIf(rules, facts, paths, conclusions);
        Diagnosis.Head head = head(facts, paths);
        List<Diagnosis.Known> accepted = new ArrayList<>();
        List<Candidate> ranked = new ArrayList<>();
        for (Candidate candidate : Ranking.rank(causes, conclusions, whatIf)) {
            Optional<KnownIssues.Issue> issue = known.covering(candidate.cause().id(), head.name(), candidate.nodes());
            issue.ifPresentOrElse(
                    one -> accepted.add(new Diagnosis.Known(
                            candidate.cause().id(),
                            candidate.cause().title(),
                            one.reason(),
                            one.until().toString())),
                    () -> ranked.add(candidate));
        }
        List<Diagnosis.Diagnosed> diagnosed = new ArrayList<>();
        ranked.forEach(candidate -> diagnosed.add(candidate.diagnosed(diagnosed.size() + 1, whatIf.broken())));
        List<Diagnosis.Open> open = Coverage.open(causes, conclusions);
        List<Problem> problems = new ArrayList<>(facts.problems());
        problems.addAll(known.expired());
        return new Diagnosis(
                given.file(),
                given.apiVersion(),
                given.scene(),
                head,
                paths.tunnel(),
                diagnosed,
                Coverage.ruledOut(causes, conclusions),
                Coverage.notApplicable(causes, conclusions),
                open,
                problems,
                RepairPlan.of(ranked, whatIf),
                NextEvidence.of(causes, conclusions, open),
                accepted);
    }

    /**
     * What the rules make of the same facts, for questions of how they came to it.
     *
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public Examination examine(ClusterFacts given) throws RuleBaseException {
        Prepared prepared = Prepared.of(given);
        return rules.examine(WorkingFacts.of(prepared.facts(), prepared.paths()));
    }

    private static Diagnosis.Head head(Facts facts, PathAnalysis paths) {
        Optional<Cluster> cluster = facts.azure().cluster();
        return new Diagnosis.Head(
                cluster.map(Cluster::name).orElse(""),
                cluster.map(Cluster::resourceGroup).orElse(""),
                cluster.map(Cluster::nodeResourceGroup).orElse(""),
                cluster.map(Cluster::location).orElse(""),
                cluster.map(Cluster::kubernetesVersion).orElse(""),
                cluster.map(c -> network(c.networkPlugin())).orElse(""),
                cluster.map(Cluster::outboundType).orElse(""),
                cluster.map(Cluster::privateCluster).orElse(tunneldoctor.model.Answer.CANNOT_TELL),
                paths.nodes().size(),
                paths.agents());
    }

    private static String network(Cluster.NetworkPlugin plugin) {
        return switch (plugin) {
            case KUBENET -> "kubenet";
            case AZURE_NODE_SUBNET -> "Azure CNI, pods in the node subnet";
            case AZURE_POD_SUBNET -> "Azure CNI, pods in a subnet of their own";
            case AZURE_OVERLAY -> "Azure CNI Overlay";
            case OTHER -> "bring your own CNI";
            case UNKNOWN -> "";
        };
    }
}
