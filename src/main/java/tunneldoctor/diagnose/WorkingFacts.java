package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.List;
import tunneldoctor.model.Fact;
import tunneldoctor.model.Facts;
import tunneldoctor.path.PathAnalysis;

/** What the rules see. */
final class WorkingFacts {
    private WorkingFacts() {}

    /** Typed facts and verdicts. Rules of firewalls stay outside, reachable from the verdicts. */
    static List<Fact> of(Facts facts, PathAnalysis paths) {
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
        working.addAll(facts.given().gaps());
        working.addAll(facts.azure().loadBalancers());
        working.addAll(facts.azure().locks());
        working.add(paths.tunnel());
        working.addAll(paths.nodes());
        working.addAll(paths.agents());
        working.addAll(paths.verdicts());
        paths.fleet().ifPresent(working::add);
        paths.scope().ifPresent(working::add);
        return working;
    }
}
