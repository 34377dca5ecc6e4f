package tunneldoctor.path;

import java.util.List;
import java.util.Optional;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Missing;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.SourceRef;

/**
 * What a network security group, and the security admin rules before it, do with part of a flow's sources.
 *
 * @param likely the usual reading where the outcome is UNKNOWN; UNKNOWN if there is none
 * @param decidedBy empty where several rules may decide
 * @param byAdminRule whether the deciding rule is a security admin rule, which no change to the group undoes
 */
record NsgDecision(
        AddressSet sources,
        Outcome outcome,
        Outcome likely,
        Optional<NsgRule> decidedBy,
        boolean byAdminRule,
        List<SourceRef> evidence,
        List<Missing> missing) {
    NsgDecision {
        evidence = List.copyOf(evidence);
        missing = List.copyOf(missing);
    }

    NsgDecision(
            AddressSet sources,
            Outcome outcome,
            Outcome likely,
            Optional<NsgRule> decidedBy,
            List<SourceRef> evidence,
            List<Missing> missing) {
        this(sources, outcome, likely, decidedBy, false, evidence, missing);
    }

    NsgDecision of(AddressSet others) {
        return new NsgDecision(others, outcome, likely, decidedBy, byAdminRule, evidence, missing);
    }
}
