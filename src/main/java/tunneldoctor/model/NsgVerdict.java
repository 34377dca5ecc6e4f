package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * What one network security group, at one place it is bound to, does with one kind of flow.
 *
 * @param likely the usual reading where {@code outcome} is UNKNOWN; UNKNOWN if there is none
 * @param nsg the group; empty where it is not known which group is bound here
 * @param place the subnet or network interface it is bound to, for people
 * @param decidedBy the rule that decides; empty where several do, or none is known
 * @param sources the flow's source addresses this verdict is about
 * @param destinations its destination addresses
 * @param nodes the nodes whose flow this is: targets for KUBELET, the agents' nodes for TUNNEL
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
        List<String> nodes,
        List<String> agents,
        List<SourceRef> evidence,
        List<Missing> missing)
        implements Verdict {
    public NsgVerdict {
        nodes = List.copyOf(nodes);
        agents = List.copyOf(agents);
        evidence = List.copyOf(evidence);
        missing = List.copyOf(missing);
    }

    /** Whether the group is AKS's own, which the support policy does not let customers edit. */
    public boolean managed() {
        return nsg.map(Nsg::managed).orElse(false);
    }
}
