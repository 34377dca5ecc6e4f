package tunneldoctor.model;

import java.util.List;

/**
 * A node's {@code nft list ruleset}, read as far as the tunnel needs it.
 *
 * @param tables every table, named {@code family name}; those of iptables-nft too, whose own text says more where there is one
 * @param complete false where the text is truncated
 */
public record NftRuleset(String node, List<HostTable> tables, boolean complete, SourceRef source) {
    public NftRuleset {
        tables = List.copyOf(tables);
    }

    NftRuleset withTables(List<HostTable> others) {
        return new NftRuleset(node, others, complete, source);
    }
}
