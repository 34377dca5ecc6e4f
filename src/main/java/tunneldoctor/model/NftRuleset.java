package tunneldoctor.model;

import java.util.List;

/**
 * A node's {@code nft list ruleset}, read as far as the tunnel needs it.
 *
 * @param tables every table, named {@code family name}; those of iptables-nft too, whose own text says more where there is
 *     one. Where several nodes have the same rules, one list serves all of them, and it names the node and document it was
 *     read from
 * @param complete false where the text is truncated
 */
public record NftRuleset(String node, List<HostTable> tables, boolean complete, SourceRef source) {
    public NftRuleset {
        tables = List.copyOf(tables);
    }

    /** The same ruleset on another node, whose document says the same of it. */
    public NftRuleset on(String otherNode, String otherDocument) {
        return new NftRuleset(otherNode, tables, complete, new SourceRef(otherDocument, source.line(), source.text()));
    }

    NftRuleset withTables(List<HostTable> others) {
        return new NftRuleset(node, others, complete, source);
    }
}
