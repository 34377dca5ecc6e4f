package tunneldoctor.model;

import java.util.List;

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
        String table = block.decidedBy()
                .map(HostRule::table)
                .or(() -> block.decidingTable().map(HostTable::name))
                .orElse("filter");
        return List.of(new HostChange.InsertAccept(
                block.affected(),
                command(block),
                table,
                block.direction() == Direction.INBOUND ? "INPUT" : "OUTPUT",
                senders(block),
                block.port(),
                block.transport()));
    }

    private static List<FactChange> acceptInNftables(HostVerdict block) {
        String table = block.decidedBy()
                .map(HostRule::table)
                .or(() -> block.decidingTable().map(HostTable::name))
                .orElse("");
        return block.decidedBy()
                .map(HostRule::chain)
                .<FactChange>map(chain -> new HostChange.NftInsertAccept(
                        block.affected(), table, chain, senders(block), block.port(), block.transport()))
                .map(List::of)
                .orElse(List.of());
    }

    private static List<String> senders(HostVerdict block) {
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
