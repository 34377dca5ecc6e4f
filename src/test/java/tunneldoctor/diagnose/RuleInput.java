package tunneldoctor.diagnose;

import java.util.List;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Fact;

/** What the rules are given for a document, for measurements of the rules alone. */
public final class RuleInput {
    private RuleInput() {}

    public static List<Fact> of(ClusterFacts document) {
        Prepared prepared = Prepared.of(document);
        return WorkingFacts.of(prepared.facts(), prepared.paths());
    }
}
