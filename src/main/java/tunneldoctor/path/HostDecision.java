package tunneldoctor.path;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostVerdict.Mechanism;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.SourceRef;

/**
 * What a node's host firewall does with the connections of some senders.
 *
 * @param sources the senders that fare so
 * @param likely the usual reading where {@code outcome} is UNKNOWN; UNKNOWN if there is none
 * @param rule the rule that decides, or that leaves it open; empty for a policy, or where no rule is concerned
 * @param policyOf the chain whose policy decides; empty where a rule does
 * @param table the table in which it is decided; empty where no table is shown
 * @param at the deciding rule's or policy's line; empty where no line decides
 * @param lineHash the hash code of that line, 0 without one: there may be thousands, far apart in memory
 * @param owner whose rule or policy it is
 * @param varies whether it may be another outcome for the next packet or connection
 * @param doubts why the outcome is UNKNOWN; empty if it is not
 * @param assumptions what the decision takes for granted, for people
 * @param missing what would settle an UNKNOWN
 */
record HostDecision(
        AddressSet sources,
        Outcome outcome,
        Outcome likely,
        Optional<HostRule> rule,
        Optional<String> policyOf,
        Optional<HostTable> table,
        Optional<SourceRef> at,
        int lineHash,
        Mechanism owner,
        boolean varies,
        Set<HostDoubt> doubts,
        List<String> assumptions,
        List<Missing> missing) {
    HostDecision {
        doubts = Set.copyOf(doubts);
        assumptions = List.copyOf(assumptions);
        missing = List.copyOf(missing);
    }

    HostDecision of(AddressSet others) {
        return new HostDecision(
                others,
                outcome,
                likely,
                rule,
                policyOf,
                table,
                at,
                lineHash,
                owner,
                varies,
                doubts,
                assumptions,
                missing);
    }
}
