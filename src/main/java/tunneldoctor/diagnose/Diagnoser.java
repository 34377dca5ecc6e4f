package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tunneldoctor.knowledge.Examination;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Fact;
import tunneldoctor.model.Facts;
import tunneldoctor.parse.FactReader;
import tunneldoctor.path.PathAnalysis;

/** Diagnoses one facts document after the other with one rule base. Safe for use by several threads. */
public final class Diagnoser {
    private final RuleBase rules;

    public Diagnoser(RuleBase rules) {
        this.rules = rules;
    }

    /**
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public Diagnosis diagnose(ClusterFacts given) throws RuleBaseException {
        Facts facts = FactReader.read(given);
        PathAnalysis paths = PathAnalysis.of(facts);
        List<Conclusion> conclusions = rules.conclude(working(facts, paths));
        return new Diagnosis(
                given.file(),
                given.apiVersion(),
                given.scene(),
                head(facts, paths),
                paths.tunnel(),
                Ranking.rank(rules.causes(), conclusions),
                Coverage.ruledOut(rules.causes(), conclusions),
                Coverage.notApplicable(rules.causes(), conclusions),
                Coverage.open(rules.causes(), conclusions),
                facts.problems());
    }

    /**
     * What the rules make of the same facts, for questions of how they came to it.
     *
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public Examination examine(ClusterFacts given) throws RuleBaseException {
        Facts facts = FactReader.read(given);
        return rules.examine(working(facts, PathAnalysis.of(facts)));
    }

    /** What the rules see: typed facts and verdicts. Rules of firewalls stay outside, reachable from the verdicts. */
    private static List<Fact> working(Facts facts, PathAnalysis paths) {
        List<Fact> working = new ArrayList<>();
        facts.azure().cluster().ifPresent(working::add);
        working.addAll(facts.kubeNodes());
        working.addAll(facts.tunnelPods());
        working.addAll(facts.deployments());
        working.addAll(facts.events());
        working.addAll(facts.ufw());
        working.addAll(facts.probes());
        working.addAll(facts.symptoms());
        working.addAll(facts.metrics());
        working.addAll(facts.azure().loadBalancers());
        working.add(paths.tunnel());
        working.addAll(paths.nodes());
        working.addAll(paths.agents());
        working.addAll(paths.verdicts());
        paths.fleet().ifPresent(working::add);
        paths.scope().ifPresent(working::add);
        return working;
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
