package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * What becomes of the connections from one place to another, over every hop between them.
 *
 * <p>A path fails for certain as soon as one hop certainly blocks. How it fails is only said where it is certain too: if a
 * hop that may drop stands unknown in front of one that rejects, the outcome is UNKNOWN and {@code likely} says REJECTED.
 *
 * @param port destination port, 1 to 65535
 * @param likely the usual reading where {@code outcome} is UNKNOWN; UNKNOWN if there is none or none is needed
 * @param hop the hop that blocks, or the first that leaves it open, for example {@code nsg inbound nsg-nodes},
 *     {@code host INPUT of aks-nodepool1-12345678-vmss000002} or {@code ufw}; empty where the path is allowed
 * @param decidedBy the rule, policy or route that decides, of an allowed path the last one that lets it through; empty
 *     where several do or none is known
 * @param missing what would settle an unknown; empty where nothing is unknown
 * @param assumptions what the outcome takes for granted, for people
 */
public record ReachPath(
        Purpose purpose,
        End from,
        End to,
        Transport transport,
        int port,
        Outcome outcome,
        Outcome likely,
        String hop,
        Optional<SourceRef> decidedBy,
        List<Missing> missing,
        List<String> assumptions) {
    public ReachPath {
        missing = List.copyOf(missing);
        assumptions = List.copyOf(assumptions);
    }

    /**
     * Where a path begins or ends.
     *
     * @param node the node's name; empty where it is not a known node
     * @param address an address, blocks of addresses, or a host name; empty where not known
     */
    public record End(String node, String address) {}
}
