package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * What one mechanism of a node's own firewall does with one kind of flow. Each mechanism is judged by its own blocks
 * only, behind whatever accepts come earlier in the kernel's order, so that two blocks on one path are both seen.
 *
 * @param direction INBOUND for the INPUT path, OUTBOUND for the OUTPUT path
 * @param likely the usual reading where {@code outcome} is UNKNOWN; UNKNOWN if there is none
 * @param decidedBy the iptables rule that decides; empty for a chain policy or a verdict read from ufw's status
 * @param decidedByUfw the ufw rule that decides; empty for ufw's default or a verdict read from iptables
 * @param decidingTable the table in which it was decided; empty where not decided by iptables text
 * @param varies whether the block catches only some packets or connections (limit, recent, ufw LIMIT)
 * @param nodes the nodes this verdict is about
 * @param agents names of the agents whose flow this is
 * @param assumptions what the verdict takes for granted, for people; empty if nothing
 */
public record HostVerdict(
        Purpose purpose,
        Direction direction,
        Mechanism mechanism,
        Outcome outcome,
        Outcome likely,
        Optional<HostRule> decidedBy,
        Optional<UfwRule> decidedByUfw,
        Optional<HostTable> decidingTable,
        boolean varies,
        Transport transport,
        int port,
        AddressSet sources,
        List<String> nodes,
        List<String> agents,
        List<SourceRef> evidence,
        List<String> assumptions,
        List<Missing> missing)
        implements Verdict {
    public HostVerdict {
        nodes = List.copyOf(nodes);
        agents = List.copyOf(agents);
        evidence = List.copyOf(evidence);
        assumptions = List.copyOf(assumptions);
        missing = List.copyOf(missing);
    }

    /** Who owns a host firewall rule. */
    public enum Mechanism {
        /** ufw's chains, and the INPUT policy while ufw is active. */
        UFW,
        /** Rules and policies in iptables or nftables that belong to neither ufw nor a policy engine. */
        IPTABLES,
        /** Chains a network policy engine writes: Calico, Cilium, Azure NPM, kube-router. */
        POLICY_ENGINE
    }
}
