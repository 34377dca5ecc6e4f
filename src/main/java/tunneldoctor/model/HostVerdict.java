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
 * @param blockers every iptables rule that has to go before the flow passes, the deciding one first
 * @param senderRange the blocks the senders' addresses come from; the sources themselves where no subnet is known
 * @param senders nodes the flow starts from; empty if not known
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
        AddressSet senderRange,
        List<HostRule> blockers,
        List<Node> affected,
        List<Node> senders,
        List<String> agents,
        List<SourceRef> evidence,
        List<String> assumptions,
        List<Missing> missing)
        implements Verdict {
    public HostVerdict {
        blockers = List.copyOf(blockers);
        affected = List.copyOf(affected);
        senders = List.copyOf(senders);
        agents = List.copyOf(agents);
        evidence = List.copyOf(evidence);
        assumptions = List.copyOf(assumptions);
        missing = List.copyOf(missing);
    }

    /** Whether an nftables table of its own decides, which iptables can neither show nor change. */
    public boolean nativeNft() {
        return decidedBy
                .map(HostRule::table)
                .or(() -> decidingTable.map(HostTable::name))
                .map(table -> table.indexOf(' ') >= 0)
                .orElse(false);
    }

    /** What the rule of ufw's users that blocks does; empty where none does, or its listing does not show it. */
    public Optional<UfwStatus.Action> ufwAction() {
        return decidedByUfw
                .map(UfwRule::action)
                .or(() -> decidedBy
                        .filter(rule -> rule.chain().equals(UfwChain.USER_INPUT))
                        .flatMap(rule -> switch (rule.target()) {
                            case "DROP" -> Optional.of(UfwStatus.Action.DENY);
                            case "REJECT" -> Optional.of(UfwStatus.Action.REJECT);
                            default -> Optional.empty();
                        }));
    }

    /** Whether the senders come from one block, or from anywhere. */
    public boolean oneSenderBlock() {
        return HostRepair.senders(this).size() <= 1;
    }

    /** Whether nothing tells which senders have to be let in, so that a repair lets in all. */
    public boolean sendersUnknown() {
        return HostRepair.senders(this).isEmpty();
    }

    /** Whether every rule that has to go is known exactly as it is. */
    public boolean wholeRulesShown() {
        return !blockers.isEmpty()
                && blockers.stream().noneMatch(rule -> rule.specification().isEmpty());
    }

    public boolean rejects() {
        return outcome == Outcome.REJECTED || outcome == Outcome.UNKNOWN && likely == Outcome.REJECTED;
    }

    public boolean drops() {
        return outcome == Outcome.DROPPED || outcome == Outcome.UNKNOWN && likely == Outcome.DROPPED;
    }

    /** What decides and how, one sentence. */
    public String summary() {
        return verdict()
                + (missing.isEmpty() ? "" : "; not known: " + missing.get(0).what());
    }

    private String verdict() {
        String flow = transport.name() + " " + port;
        String verb = blocked() ? (rejects() ? " rejects " : " drops ") : (rejects() ? " may reject " : " may drop ");
        String how = varies ? " at times" : "";
        if (decidedBy.isPresent()) {
            HostRule rule = decidedBy.get();
            return "rule " + rule.position() + " of chain " + rule.chain() + " (table " + rule.table() + ")" + verb
                    + flow + how;
        }
        if (decidedByUfw.isPresent()) {
            return "ufw" + verb + flow + how + " by rule " + decidedByUfw.get().position();
        }
        return mechanism == Mechanism.UFW
                ? "ufw is active and" + verb + flow + " by default: no rule allows it"
                : "the chain's policy" + verb + flow + ": no rule accepts it";
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
