package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.Match;
import tunneldoctor.model.Match.Opaque;
import tunneldoctor.model.Match.Opaque.Reason;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.SourceRef;

/**
 * One rule of nftables while it is being read, from text or JSON. What one nftables rule says with a set of values or a
 * verdict map may take several rules of the model; they stand at the same position and never catch the same packet twice.
 */
final class NftRuleDraft {
    /** No packet of IPv4 is of "every protocol but all". */
    static final Match NEVER = new Match.Protocol(0, true);

    /** Beyond this, alternatives are kept as one open condition. */
    private static final int MAX_ALTERNATIVES = 512;

    /** One way a value can be, with what is done then; the target is empty where a set is asked, not a map. */
    record Choice(Match match, String target) {}

    private List<List<Match>> alternatives = new ArrayList<>(List.of(List.of()));

    /** Targets of a verdict map, one per alternative; empty where there is none. */
    private List<String> mapped = List.of();

    private final List<String[]> effects = new ArrayList<>();
    private boolean unclear;
    private boolean asksMark;

    /** Whether something was not understood: what comes behind it is not taken for a condition any more. */
    boolean unclear() {
        return unclear;
    }

    void open(String words, Reason reason) {
        and(new Opaque(words, reason));
        unclear |= reason == Reason.NOT_UNDERSTOOD;
    }

    void and(Match match) {
        asksMark |= match instanceof Match.Mark;
        List<List<Match>> all = new ArrayList<>(alternatives.size());
        for (List<Match> before : alternatives) {
            List<Match> more = new ArrayList<>(before);
            more.add(match);
            all.add(more);
        }
        alternatives = all;
    }

    /** Any of several conditions that exclude each other; {@code words} is how the rule says so. */
    void anyOf(List<Choice> choices, String words) {
        boolean map = choices.stream().anyMatch(choice -> !choice.target().isEmpty());
        if (choices.isEmpty()
                || (long) alternatives.size() * choices.size() > MAX_ALTERNATIVES
                || map && (!mapped.isEmpty() || alternatives.size() > 1)) {
            open(words, Reason.NOT_UNDERSTOOD);
            if (map) {
                effect(IptablesTableDraft.UNREADABLE_TARGET, "");
            }
            return;
        }
        List<List<Match>> all = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        for (List<Match> before : alternatives) {
            for (Choice choice : choices) {
                List<Match> more = new ArrayList<>(before);
                more.add(choice.match());
                all.add(more);
                targets.add(choice.target());
            }
        }
        alternatives = all;
        if (map) {
            mapped = targets;
        }
    }

    /** What the rule does; several effects happen one after the other. */
    void effect(String target, String options) {
        effects.add(new String[] {target, options});
    }

    List<HostRule> build(String table, String chain, int position, SourceRef at) {
        if (asksMark && effects.size() > 1 && effects.stream().anyMatch(effect -> effect[0].equals("MARK"))) {
            // Written as two rules, the second would ask for the mark the first has changed.
            open("a mark asked for and set", Reason.NOT_UNDERSTOOD);
        }
        List<HostRule> rules = new ArrayList<>();
        for (int i = 0; i < alternatives.size(); i++) {
            for (String[] effect : effects) {
                rules.add(rule(table, chain, position, alternatives.get(i), effect[0], effect[1], at));
            }
            if (!mapped.isEmpty()) {
                rules.add(rule(table, chain, position, alternatives.get(i), mapped.get(i), "", at));
            }
        }
        return rules;
    }

    /** @param target a verdict, or {@code jump X} or {@code goto X} */
    private static HostRule rule(
            String table,
            String chain,
            int position,
            List<Match> matches,
            String target,
            String options,
            SourceRef at) {
        boolean byGoto = target.startsWith("goto ");
        String name = byGoto || target.startsWith("jump ") ? target.substring("jump ".length()) : target;
        return new HostRule(table, chain, position, matches, name, options, byGoto, "", at);
    }

    /** The model's word for a verdict of nftables; empty if it is none. */
    static String verdict(String word) {
        return switch (word) {
            case "accept" -> "ACCEPT";
            case "drop" -> "DROP";
            case "return" -> "RETURN";
            default -> "";
        };
    }

    /**
     * Adds the condition that a field of the packet has one of some values.
     *
     * @param field as nftables names it, for example {@code ip saddr}
     * @param values single values, ranges {@code a-b} or prefixes; a name where the printing tool made one of a number
     * @param targets a verdict per value for a map, else empty
     * @param words the condition as printed
     */
    void field(String field, List<String> values, List<String> targets, boolean negated, String words) {
        switch (field) {
            case "iifname", "iif", "oifname", "oif" -> devices(field.startsWith("i"), values, targets, negated, words);
            case "ip saddr", "ip daddr" -> addresses(field.endsWith("saddr"), values, targets, negated, words);
            case "tcp dport", "tcp sport", "udp dport", "udp sport", "th dport", "th sport" ->
                ports(field, values, targets, negated, words);
            case "meta l4proto", "ip protocol" -> protocols(values, targets, negated, words);
            case "meta nfproto", "meta protocol" -> family(values, targets, negated, words);
            case "ct state" -> states(values, targets, negated, words);
            case "meta mark" -> marks(values, targets, negated, words);
            case "fib daddr type", "fib saddr type" -> types(field, values, targets, negated, words);
            default -> unknown(field, targets, words);
        }
    }

    private void unknown(String field, List<String> targets, String words) {
        if (field.startsWith("ip6 ") || field.startsWith("icmpv6")) {
            and(NEVER);
        } else {
            boolean state = field.startsWith("ct ") || field.startsWith("ether ") || field.startsWith("fib ");
            open(words, state ? Reason.NOT_SHOWN : Reason.NOT_UNDERSTOOD);
        }
        if (!targets.isEmpty()) {
            effect(IptablesTableDraft.UNREADABLE_TARGET, "");
        }
    }

    /** Makes the one condition, or one per value where the model has no set of such values or a map needs them apart. */
    private void choose(List<Match> matches, List<String> targets, String words) {
        if (matches.size() == 1 && targets.isEmpty()) {
            and(matches.get(0));
            return;
        }
        List<Choice> choices = new ArrayList<>();
        for (int i = 0; i < matches.size(); i++) {
            choices.add(new Choice(matches.get(i), targets.isEmpty() ? "" : targets.get(i)));
        }
        anyOf(choices, words);
    }

    private void devices(boolean in, List<String> values, List<String> targets, boolean negated, String words) {
        List<Match> matches = new ArrayList<>();
        for (String value : values) {
            if (value.contains("\\")) {
                unknown("", targets, words);
                return;
            }
            String pattern = value.endsWith("*") ? value.substring(0, value.length() - 1) + "+" : value;
            matches.add(in ? new Match.InInterface(pattern, negated) : new Match.OutInterface(pattern, negated));
        }
        if (negated && targets.isEmpty()) {
            matches.forEach(this::and);
        } else {
            choose(matches, targets, words);
        }
    }

    private void addresses(boolean source, List<String> values, List<String> targets, boolean negated, String words) {
        List<AddressSet> sets = new ArrayList<>();
        for (String value : values) {
            Optional<AddressSet> set = AddressSet.parse(value);
            if (set.isEmpty()) {
                named(targets, words);
                return;
            }
            sets.add(set.get());
        }
        List<Match> matches = new ArrayList<>();
        for (AddressSet set : targets.isEmpty() ? List.of(AddressSet.union(sets)) : sets) {
            matches.add(source ? new Match.Source(set, negated) : new Match.Destination(set, negated));
        }
        choose(matches, targets, words);
    }

    private void named(List<String> targets, String words) {
        open(words, Reason.NAMED);
        if (!targets.isEmpty()) {
            effect(IptablesTableDraft.UNREADABLE_TARGET, "");
        }
    }

    private void ports(String field, List<String> values, List<String> targets, boolean negated, String words) {
        if (!field.startsWith("th")) {
            and(new Match.Protocol(field.startsWith("tcp") ? IptablesWords.TCP : 17, false));
        }
        List<PortSet> sets = new ArrayList<>();
        for (String value : values) {
            Optional<PortSet> set = PortSet.parse(value, '-');
            if (set.isEmpty()) {
                named(targets, words);
                return;
            }
            sets.add(set.get());
        }
        List<Match> matches = new ArrayList<>();
        for (PortSet set : targets.isEmpty() ? List.of(PortSet.union(sets)) : sets) {
            matches.add(
                    field.endsWith("dport")
                            ? new Match.DestinationPorts(set, negated)
                            : new Match.SourcePorts(set, negated));
        }
        choose(matches, targets, words);
    }

    private void protocols(List<String> values, List<String> targets, boolean negated, String words) {
        List<Match> matches = new ArrayList<>();
        for (String value : values) {
            Optional<Integer> number = IptablesWords.protocol(value);
            if (number.isEmpty()) {
                named(targets, words);
                return;
            }
            matches.add(new Match.Protocol(number.get(), negated));
        }
        if (negated && targets.isEmpty()) {
            matches.forEach(this::and);
        } else {
            choose(matches, targets, words);
        }
    }

    /** Only packets of IPv4 are asked about. */
    private void family(List<String> values, List<String> targets, boolean negated, String words) {
        if (!targets.isEmpty()) {
            unknown("", targets, words);
            return;
        }
        boolean four =
                values.contains("ipv4") || values.contains("ip") || values.contains("2") || values.contains("0x0800");
        if (four == negated) {
            and(NEVER);
        }
    }

    private void states(List<String> values, List<String> targets, boolean negated, String words) {
        List<Match> matches = new ArrayList<>();
        if (targets.isEmpty()) {
            Set<String> states = new HashSet<>();
            values.forEach(value -> states.add(value.toUpperCase(Locale.ROOT)));
            matches.add(new Match.ConnectionState(states, negated));
        } else {
            for (String value : values) {
                matches.add(new Match.ConnectionState(Set.of(value.toUpperCase(Locale.ROOT)), negated));
            }
        }
        choose(matches, targets, words);
    }

    private void marks(List<String> values, List<String> targets, boolean negated, String words) {
        List<Match> matches = new ArrayList<>();
        for (String value : values) {
            Match match = IptablesWords.mark(value, negated);
            if (match instanceof Opaque) {
                unknown("", targets, words);
                return;
            }
            matches.add(match);
        }
        if (negated && targets.isEmpty()) {
            matches.forEach(this::and);
        } else {
            choose(matches, targets, words);
        }
    }

    private void types(String field, List<String> values, List<String> targets, boolean negated, String words) {
        if (!targets.isEmpty()) {
            unknown("", targets, words);
            return;
        }
        String list = String.join(",", values).toUpperCase(Locale.ROOT);
        and(field.contains("daddr") ? new Match.DestinationType(list, negated) : new Match.SourceType(list, negated));
    }

    /** @param set flags that must be set among those looked at */
    void flags(List<String> mask, List<String> set, boolean negated, String words) {
        Optional<Set<String>> looked =
                IptablesWords.flags(String.join(",", mask).toUpperCase(Locale.ROOT));
        Optional<Set<String>> wanted = set.isEmpty()
                ? Optional.of(Set.of())
                : IptablesWords.flags(String.join(",", set).toUpperCase(Locale.ROOT));
        and(new Match.Protocol(IptablesWords.TCP, false));
        if (looked.isEmpty() || wanted.isEmpty()) {
            open(words, Reason.NOT_UNDERSTOOD);
        } else {
            and(new Match.TcpFlags(looked.get(), wanted.get(), negated));
        }
    }
}
