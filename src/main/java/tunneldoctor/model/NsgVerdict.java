package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * What one network security group, at one place it is bound to, or a security admin rule before all groups, does with one
 * kind of flow.
 *
 * @param likely the usual reading where {@code outcome} is UNKNOWN; UNKNOWN if there is none
 * @param nsg the group; empty where it is not known which group is bound here, where none is, or where a security admin
 *     rule decides, which no change to a group undoes
 * @param place the subnet or network interface it is bound to, for people
 * @param decidedBy the rule that decides; empty where several do, or none is known
 * @param sources the flow's source addresses this verdict is about
 * @param destinations its destination addresses
 * @param senderRange the blocks the senders' addresses come from, where a new agent could get another one of; the
 *     sources themselves where no subnet is known
 * @param targetRange the same for the destinations
 * @param senders nodes the flow starts from; empty if not known
 * @param agents names of the agents whose flow this is
 */
public record NsgVerdict(
        Purpose purpose,
        Direction direction,
        Outcome outcome,
        Outcome likely,
        Optional<Nsg> nsg,
        String place,
        Optional<NsgRule> decidedBy,
        Transport transport,
        int port,
        AddressSet sources,
        AddressSet destinations,
        AddressSet senderRange,
        AddressSet targetRange,
        List<Node> affected,
        List<Node> senders,
        List<String> agents,
        List<SourceRef> evidence,
        List<Missing> missing)
        implements Verdict {
    public NsgVerdict {
        affected = List.copyOf(affected);
        senders = List.copyOf(senders);
        agents = List.copyOf(agents);
        evidence = List.copyOf(evidence);
        missing = List.copyOf(missing);
    }

    /** What the group does with the flow and by which rule, one sentence. */
    public String summary() {
        return (byAdminRule()
                        ? "the Virtual Network Manager"
                        : "network security group " + nsg.map(Nsg::name).orElse("(unknown)") + " on " + place)
                + (blocked() ? " denies " : " may deny ") + transport.label().toUpperCase(java.util.Locale.ROOT) + " "
                + port + (direction == Direction.INBOUND ? " inbound" : " outbound")
                + decidedBy
                        .map(rule -> (byAdminRule() ? " by security admin rule " : " by rule ") + rule.name()
                                + " (priority " + rule.priority() + ")")
                        .orElse("");
    }

    /** Whether a security admin rule of a Virtual Network Manager decides, whatever groups are bound. */
    public boolean byAdminRule() {
        return nsg.isEmpty() && outcome != Outcome.UNKNOWN && !evidence.isEmpty();
    }

    /** Whether the group is AKS's own, which the support policy does not let customers edit. */
    public boolean managed() {
        return nsg.map(Nsg::managed).orElse(false);
    }
}
