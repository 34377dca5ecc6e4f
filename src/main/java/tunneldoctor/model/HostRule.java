package tunneldoctor.model;

import java.util.List;

/**
 * One rule of a host firewall chain.
 *
 * @param table {@code filter}, {@code mangle}, …
 * @param chain the chain it stands in
 * @param position 1-based position in its chain, as {@code --line-numbers} counts
 * @param matches its conditions; all must hold. Conditions the text does not show are the chain's
 *     {@link HostTable.Form}'s matter
 * @param target a built-in verdict, an extension or a chain; empty for a rule that only counts
 * @param targetOptions the target's own words, for example {@code --reject-with tcp-reset}; empty if none
 * @param jumpsByGoto whether a chain target is entered by goto, so that RETURN goes past this chain
 * @param specification the rule as {@code iptables -D} wants it, without the command and chain; empty where the text
 *     is a listing that does not show it whole
 */
public record HostRule(
        String table,
        String chain,
        int position,
        List<Match> matches,
        String target,
        String targetOptions,
        boolean jumpsByGoto,
        String specification,
        SourceRef source) {
    public HostRule {
        matches = List.copyOf(matches);
    }
}
