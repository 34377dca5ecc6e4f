package tunneldoctor.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The changes that let a flow through a node's own firewall. */
public final class HostRepair {
    private static final int MAX_BLOCKS = 16;

    private HostRepair() {}

    /** Solution 2a. */
    public static List<FactChange> disableUfw(HostVerdict block) {
        return List.of(new HostChange.UfwDisable(block.affected()));
    }

    /** Solution 2b, narrowed to the senders; before an explicit deny or limit, since ufw's first match decides. */
    public static List<FactChange> allowInUfw(HostVerdict block) {
        boolean explicit = block.decidedByUfw().isPresent() || block.decidedBy().isPresent();
        return List.of(
                new HostChange.UfwAllow(block.affected(), explicit, senders(block), block.port(), block.transport()));
    }

    /** Makes the rule of ufw that blocks an allow; empty where none is known to ask for the senders' traffic alone. */
    public static List<FactChange> changeInUfw(HostVerdict block) {
        List<String> senders = senders(block);
        return block.ufwAction()
                .filter(action -> senders.size() <= 1)
                .<FactChange>map(action -> new HostChange.UfwChange(
                        block.affected(),
                        senders.isEmpty() ? "any" : senders.get(0),
                        block.port(),
                        block.transport(),
                        action))
                .map(List::of)
                .orElse(List.of());
    }

    /** Takes the rule of ufw that blocks out; empty where ufw's status does not show which one that is. */
    public static List<FactChange> deleteFromUfw(HostVerdict block) {
        return block.decidedByUfw()
                .filter(rule -> rule.understood() && rule.profile().isEmpty() && !rule.ipv6())
                .<FactChange>map(rule -> new HostChange.UfwDelete(block.affected(), rule))
                .map(List::of)
                .orElse(List.of());
    }

    /** Solution 3, the rules exactly as they are; empty if the listing does not show them whole. */
    public static List<FactChange> deleteBySpecification(HostVerdict block) {
        return block.blockers().isEmpty()
                        || block.blockers().stream()
                                .anyMatch(rule -> rule.specification().isEmpty())
                ? List.of()
                : List.of(new HostChange.DeleteRules(block.affected(), command(block), block.blockers(), false));
    }

    /** Solution 3 by rule number, highest first; empty if no rule is known to block. */
    public static List<FactChange> deleteByNumber(HostVerdict block) {
        return block.blockers().isEmpty()
                ? List.of()
                : List.of(new HostChange.DeleteRules(block.affected(), command(block), block.blockers(), true));
    }

    /** Lets the senders in at the head of the chain: the only way where a policy drops, and the gentler one elsewhere. */
    public static List<FactChange> insertAccept(HostVerdict block) {
        if (block.nativeNft()) {
            return acceptInNftables(block);
        }
        return List.of(new HostChange.InsertAccept(
                block.affected(),
                command(block),
                block.decidingTable().map(HostTable::name).orElse("filter"),
                entry(block).map(HostChain::name).orElse("INPUT"),
                senders(block),
                block.port(),
                block.transport()));
    }

    private static List<FactChange> acceptInNftables(HostVerdict block) {
        String table = block.decidingTable().map(HostTable::name).orElse("");
        return entry(block)
                .<FactChange>map(chain -> new HostChange.NftInsertAccept(
                        block.affected(), table, chain.name(), senders(block), block.port(), block.transport()))
                .map(List::of)
                .orElse(List.of());
    }

    /**
     * The chain through which the kernel enters the table on the way to what blocks: an accept there comes before the
     * block, however many jumps lead to it.
     */
    private static Optional<HostChain> entry(HostVerdict block) {
        return block.decidingTable()
                .flatMap(table -> block.decidedBy().isPresent()
                        ? entries(table)
                                .filter(chain -> leadsTo(
                                        table, chain, block.decidedBy().get().chain()))
                                .findFirst()
                        : entries(table)
                                .filter(chain ->
                                        !chain.policy().orElse("ACCEPT").equals("ACCEPT"))
                                .findFirst());
    }

    /** Chains packets to the node enter by, the last first: what was let in there is let in for good. */
    private static Stream<HostChain> entries(HostTable table) {
        return Stream.of("input", "prerouting", "ingress")
                .flatMap(hook -> table.chains().stream()
                        .filter(chain -> chain.hook()
                                .map(HostChain.Hook::name)
                                .orElse(
                                        chain.policy().isPresent()
                                                ? chain.name().toLowerCase(Locale.ROOT)
                                                : "")
                                .equals(hook)));
    }

    private static boolean leadsTo(HostTable table, HostChain from, String wanted) {
        Set<String> seen = new HashSet<>();
        Deque<HostChain> open = new ArrayDeque<>(List.of(from));
        while (!open.isEmpty()) {
            HostChain chain = open.pop();
            if (chain.name().equals(wanted)) {
                return true;
            }
            if (seen.add(chain.name())) {
                chain.rules().forEach(rule -> table.chain(rule.target()).ifPresent(open::push));
            }
        }
        return false;
    }

    static List<String> senders(HostVerdict block) {
        List<String> blocks = block.senderRange().toCidrs();
        return blocks.size() > MAX_BLOCKS ? List.of() : blocks;
    }

    private static String command(HostVerdict block) {
        return block.decidingTable()
                .map(table -> switch (table.backend()) {
                    case NFT -> "iptables-nft";
                    case LEGACY -> "iptables-legacy";
                    case UNSTATED -> "iptables";
                })
                .orElse("iptables");
    }
}
