package tunneldoctor.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * One rule of a host firewall chain.
 *
 * @param table {@code filter}, {@code mangle}, …
 * @param chain the chain it stands in
 * @param position 1-based position in its chain; 0 where the text lacks the chain's beginning, as {@code --line-numbers} counts
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

    HostRule at(int otherPosition) {
        return otherPosition == position
                ? this
                : new HostRule(
                        table,
                        chain,
                        otherPosition,
                        matches,
                        target,
                        targetOptions,
                        jumpsByGoto,
                        specification,
                        source);
    }

    HostRule placed(UnaryOperator<SourceRef> place) {
        return new HostRule(
                table,
                chain,
                position,
                matches,
                target,
                targetOptions,
                jumpsByGoto,
                specification,
                place.apply(source));
    }

    /**
     * The specification for a shell, each word quoted anew: iptables prints free text such as comments in double quotes,
     * in which a shell would still expand what somebody wrote there.
     */
    public String specificationForShell() {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean started = false;
        for (int i = 0; i < specification.length(); i++) {
            char c = specification.charAt(i);
            if (c == '\\' && quoted && i + 1 < specification.length()) {
                word.append(specification.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
                started = true;
            } else if (c == ' ' && !quoted) {
                if (started || !word.isEmpty()) {
                    words.add(word.toString());
                }
                word.setLength(0);
                started = false;
            } else {
                word.append(c);
            }
        }
        if (started || !word.isEmpty()) {
            words.add(word.toString());
        }
        return words.stream().map(HostRule::option).collect(Collectors.joining(" "));
    }

    /** Options and the negation sign stand as they are; a word in quotes would serve too, but reads worse. */
    private static String option(String word) {
        return word.equals("!") || word.matches("--?[a-z][a-z0-9-]{0,40}") ? word : Shell.quote(word);
    }
}
