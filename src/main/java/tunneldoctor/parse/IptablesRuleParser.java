package tunneldoctor.parse;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.Match;
import tunneldoctor.model.Match.Opaque;
import tunneldoctor.model.Match.Opaque.Reason;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.SourceRef;

/**
 * Reads one rule as {@code iptables -S} prints it behind {@code -A CHAIN}.
 *
 * <pre>
 * -s 10.224.0.0/16 -p tcp -m multiport ! --dports 22,443 -m comment --comment "a b" -g KUBE-X
 * </pre>
 *
 * <p>One pass finds where the words begin and end; only words that say something become strings, and only conditions
 * not met lately become objects.
 */
final class IptablesRuleParser {
    /** How many line breaks a quoted comment may hold before the line is taken to be broken instead. */
    static final int MAX_JOINED = 64;

    /** Options of extensions not decided here that always take one word, whatever the word looks like. */
    private static final Set<String> TAKES_A_WORD = Set.of(
            "--name",
            "--hashlimit-name",
            "--string",
            "--hex-string",
            "--match-set",
            "--helper",
            "--comment",
            "--u32",
            "--bytecode",
            "--path",
            "--log-prefix",
            "--nflog-prefix",
            "--object-pinned",
            "--nfacct-name");

    private final WordCache cache;

    private String line = "";
    private int count;
    private int[] starts = new int[32];
    private int[] ends = new int[32];

    private boolean[] quoted = new boolean[32];

    /** Of the words that are not quoted, as {@link WordCache} wants them. */
    private long[] keys = new long[32];

    /** Whether all those words are such as {@link WordCache} packs. */
    private boolean packed;

    private int at;
    private Match[] matches = new Match[8];
    private int matchCount;
    private boolean ipv4;

    /** The first word behind the name of the extension being read. */
    private int moduleBegins;

    /** The option by which types of addresses are asked of one interface only; empty if there is none. */
    private String limitedTo = "";

    IptablesRuleParser(WordCache cache) {
        this.cache = cache;
    }

    /**
     * Empty if the words do not form a rule.
     *
     * @param rule a line without blanks at its end
     * @param begin where in it the words behind the chain's name begin
     */
    Optional<HostRule> parse(
            String table,
            String chain,
            int position,
            String rule,
            int begin,
            HostTable.Family family,
            SourceRef source) {
        line = rule;
        if (!split(begin)) {
            return Optional.empty();
        }
        ipv4 = family == HostTable.Family.IPV4;
        matchCount = 0;
        limitedTo = "";
        moduleBegins = 0;
        at = 0;
        String module = "";
        String target = "";
        String options = "";
        boolean jumpsByGoto = false;
        int countersAt = -1;
        while (at < count) {
            int from = at;
            boolean negated = isNot(at);
            if (negated) {
                at++;
            }
            if (at >= count) {
                return Optional.empty();
            }
            IptablesOption option = optionAt(at++);
            switch (option) {
                case MODULE -> {
                    if (at >= count) {
                        return Optional.empty();
                    }
                    module = text(at++);
                    moduleBegins = at;
                    if (!decided(module) && !(module.equals("owner") && owner(from))) {
                        opaque(module, from);
                    }
                }
                case JUMP, GOTO -> {
                    if (at >= count || negated) {
                        return Optional.empty();
                    }
                    target = text(at++);
                    jumpsByGoto = option == IptablesOption.GOTO;
                    // What follows a target are its own options, to the end of the rule.
                    options = at < count ? cache.word(line, starts[at], line.length()).text : "";
                    at = count;
                }
                case COUNTERS -> {
                    if (at + 1 >= count) {
                        return Optional.empty();
                    }
                    countersAt = at - 1;
                    at += 2;
                }
                case FRAGMENT -> add(new Match.Fragment(negated));
                default -> {
                    if (!option(option, module, negated, from)) {
                        return Optional.empty();
                    }
                }
            }
        }
        return Optional.of(new HostRule(
                table,
                chain,
                position,
                matches(),
                target,
                options,
                jumpsByGoto,
                countersAt < 0 ? specification(begin) : withoutCounters(begin, countersAt),
                source));
    }

    private String specification(int begin) {
        return count == 0 ? "" : line.substring(begin);
    }

    private String withoutCounters(int begin, int option) {
        String before = line.substring(begin, Math.max(begin, starts[option])).stripTrailing();
        return (before + " " + line.substring(ends[option + 2]).strip()).strip();
    }

    private List<Match> matches() {
        for (int i = 0; i < matchCount && !limitedTo.isEmpty(); i++) {
            matches[i] = IptablesWords.ofOneInterface(matches[i], limitedTo);
        }
        return switch (matchCount) {
            case 0 -> List.of();
            case 1 -> List.of(matches[0]);
            case 2 -> List.of(matches[0], matches[1]);
            case 3 -> List.of(matches[0], matches[1], matches[2]);
            case 4 -> List.of(matches[0], matches[1], matches[2], matches[3]);
            default -> List.of(Arrays.copyOf(matches, matchCount));
        };
    }

    private void add(Match match) {
        if (matchCount == matches.length) {
            matches = Arrays.copyOf(matches, 2 * matchCount);
        }
        matches[matchCount++] = match;
    }

    private boolean isNot(int index) {
        return is(index, "!");
    }

    private boolean isOption(int index) {
        return quoted[index] ? text(index).startsWith("-") : line.charAt(starts[index]) == '-';
    }

    private WordCache.Word word(int index) {
        return quoted[index]
                ? new WordCache.Word(unquoted(starts[index], ends[index]))
                : cache.word(line, starts[index], ends[index], keys[index], packed);
    }

    private IptablesOption optionAt(int index) {
        int start = starts[index];
        if (ends[index] - start == 2 && line.charAt(start) == '-') {
            return IptablesOption.of(line.charAt(start + 1));
        }
        return word(index).option();
    }

    private String text(int index) {
        return word(index).text;
    }

    /** Words as the rule has them, quotes resolved, one blank between them. */
    private WordCache.Word words(int from, int to) {
        boolean plain = true;
        for (int i = from; i < to; i++) {
            plain &= !quoted[i] && (i == from || starts[i] == ends[i - 1] + 1 && line.charAt(ends[i - 1]) == ' ');
        }
        if (plain) {
            return cache.word(line, starts[from], ends[to - 1]);
        }
        StringBuilder joined = new StringBuilder();
        for (int i = from; i < to; i++) {
            joined.append(i == from ? "" : " ").append(text(i));
        }
        return new WordCache.Word(joined.toString());
    }

    /** Modules whose options {@link #option} reads. */
    private static boolean decided(String module) {
        return switch (module) {
            case "tcp",
                    "udp",
                    "udplite",
                    "comment",
                    "conntrack",
                    "state",
                    "multiport",
                    "iprange",
                    "addrtype",
                    "mark",
                    "icmp",
                    "standard" -> true;
            default -> false;
        };
    }

    private boolean option(IptablesOption option, String module, boolean before, int from) {
        if (option == IptablesOption.SYN) {
            add(new Match.TcpFlags(Set.of("SYN", "RST", "ACK", "FIN"), Set.of("SYN"), before));
            return true;
        }
        if (option == IptablesOption.LIMIT_INTERFACE) {
            limitedTo = text(at - 1);
            return true;
        }
        int name = at - 1;
        // Releases before 1.4.3 print the negation behind the option.
        boolean behind = at < count && isNot(at);
        if (behind) {
            at++;
        }
        if (at >= count) {
            return false;
        }
        int value = at++;
        boolean undecided = option == IptablesOption.OTHER
                || option == IptablesOption.MARK && !module.equals("mark")
                || option == IptablesOption.CONNECTION && !module.equals("conntrack");
        if (undecided) {
            openOption(module, from);
        } else if (option == IptablesOption.TCP_FLAGS) {
            if (at >= count) {
                return false;
            }
            flags(text(value), text(at++), before != behind);
        } else if (option == IptablesOption.CONNECTION) {
            connection(name, value, before != behind);
        } else if (option != IptablesOption.COMMENT) {
            // A comment is free text; it decides nothing.
            condition(option, name, value, before != behind);
        }
        return true;
    }

    /** Reads the condition that an option and its one value make, or takes the one read before from the same word. */
    private void condition(IptablesOption option, int name, int value, boolean negated) {
        if (option == IptablesOption.SOURCE || option == IptablesOption.DESTINATION) {
            address(value, negated, option == IptablesOption.SOURCE);
            return;
        }
        WordCache.Word word = word(value);
        int asked = option.specified(negated);
        Match match = word.match(asked);
        if (match == null) {
            match = read(option, name, word.text, negated);
            // An open condition is kept in the words of its own line.
            if (!(match instanceof Opaque)) {
                word.means(asked, match);
            }
        }
        boolean everyProtocol = match instanceof Match.Protocol protocol && protocol.number() == 0 && !negated;
        if (!everyProtocol) {
            add(match);
        }
    }

    private Match read(IptablesOption option, int name, String value, boolean negated) {
        return switch (option) {
            case IN_INTERFACE -> new Match.InInterface(value, negated);
            case OUT_INTERFACE -> new Match.OutInterface(value, negated);
            case PROTOCOL -> protocol(value, negated);
            case SOURCE_PORTS, DESTINATION_PORTS, ANY_PORTS -> ports(option, text(name), value, negated);
            case STATE -> IptablesWords.states(value, negated);
            case SOURCE_RANGE -> range(value, negated, true);
            case DESTINATION_RANGE -> range(value, negated, false);
            case SOURCE_TYPE -> new Match.SourceType(value, negated);
            case DESTINATION_TYPE -> new Match.DestinationType(value, negated);
            case MARK -> IptablesWords.mark(value, negated);
            case ICMP_TYPE -> IptablesWords.icmp(value, negated);
            default -> throw new IllegalStateException("not an option with one value: " + option);
        };
    }

    /** Keeps an option not decided here, with its words, as an open condition. */
    private void openOption(String module, int from) {
        at = from + (isNot(from) ? 2 : 1);
        skipArguments(at - 1);
        open(from, module.equals("tcp") ? Reason.NOT_SHOWN : IptablesWords.reason(module));
    }

    /** Reads an option of {@code -m conntrack} beside the state. */
    private void connection(int name, int value, boolean negated) {
        boolean asksState = false;
        for (int i = moduleBegins; i < count && !endsModule(i); i++) {
            asksState |= is(i, "--ctstate");
        }
        String option = text(name).substring("--".length());
        add(ConnectionWords.read(option, text(value), negated, Optional.of(asksState)));
    }

    /** Reads whose socket a rule asks for; false, and nothing read, where it asks for more. */
    private boolean owner(int from) {
        int begin = at;
        boolean asksAbsence = false;
        boolean asksWho = false;
        boolean asksSocket = false;
        boolean allNegated = true;
        while (at < count && !endsModule(at)) {
            boolean negated = isNot(at);
            int option = negated ? at + 1 : at;
            boolean socket = option < count && is(option, "--socket-exists");
            boolean who = option + 1 < count && (is(option, "--uid-owner") || is(option, "--gid-owner"));
            if (!socket && !who || who && isNot(option + 1)) {
                at = begin;
                return false;
            }
            asksAbsence |= socket && negated;
            asksSocket |= socket;
            asksWho |= who;
            allNegated &= negated;
            at = option + (who ? 2 : 1);
        }
        if (at == begin) {
            return false;
        }
        Optional<Boolean> owned = asksAbsence ? Optional.of(false) : asksWho ? Optional.empty() : Optional.of(true);
        add(new Match.SocketOwner(words(from, at).text, owned, allNegated, asksSocket));
        return true;
    }

    /** Keeps a whole extension that is not decided here as one open condition. */
    private void opaque(String module, int from) {
        while (at < count && !endsModule(at)) {
            int word = at++;
            if (isOption(word)) {
                skipArguments(word);
            }
        }
        open(from, IptablesWords.reason(module));
    }

    private void open(int from, Reason reason) {
        WordCache.Word words = words(from, at);
        int asked = -1 - reason.ordinal();
        Match known = words.match(asked);
        add(known == null ? words.means(asked, new Opaque(words.text, reason)) : known);
    }

    private boolean endsModule(int index) {
        return isOption(index)
                && switch (word(index).option()) {
                    case MODULE, JUMP, GOTO -> true;
                    case COUNTERS -> text(index).equals("-c");
                    default -> false;
                };
    }

    /** @param option the option whose arguments come next */
    private void skipArguments(int option) {
        if (at < count && TAKES_A_WORD.contains(text(option))) {
            at++;
        }
        while (at < count && !isOption(at) && !isNot(at)) {
            at++;
        }
    }

    private boolean is(int index, String word) {
        return quoted[index]
                // Every character of a short word may be escaped, beside the quotes.
                ? ends[index] - starts[index] <= 2 * word.length() + 2
                        && text(index).equals(word)
                : ends[index] - starts[index] == word.length() && line.startsWith(word, starts[index]);
    }

    private void address(int index, boolean negated, boolean source) {
        if (is(index, "0.0.0.0/0") || is(index, "::/0")) {
            if (negated) {
                add(new Opaque((source ? "! -s " : "! -d ") + text(index), Reason.NOT_UNDERSTOOD));
            }
            return;
        }
        Optional<AddressSet> set = Optional.empty();
        if (ipv4) {
            // Most addresses are met once, so that to remember them as words would cost more than to read them.
            set = quoted[index] ? AddressSet.parse(text(index)) : AddressSet.parse(line, starts[index], ends[index]);
        }
        if (set.isPresent()) {
            add(cache.shared(
                    source ? new Match.Source(set.get(), negated) : new Match.Destination(set.get(), negated)));
            return;
        }
        String value = text(index);
        Reason reason = ipv4 && value.chars().anyMatch(Character::isLetter) ? Reason.NAMED : Reason.NOT_UNDERSTOOD;
        add(new Opaque((negated ? "! " : "") + (source ? "-s " : "-d ") + value, reason));
    }

    private static Match range(String value, boolean negated, boolean source) {
        Optional<AddressSet> set = AddressSet.parse(value);
        if (set.isEmpty()) {
            return new Opaque((negated ? "! " : "") + "iprange " + value, Reason.NOT_UNDERSTOOD);
        }
        return source ? new Match.Source(set.get(), negated) : new Match.Destination(set.get(), negated);
    }

    private static Match protocol(String value, boolean negated) {
        Optional<Integer> number = IptablesWords.protocol(value);
        return number.isEmpty()
                ? new Opaque((negated ? "! " : "") + "-p " + value, Reason.NAMED)
                : new Match.Protocol(number.get(), negated);
    }

    private static Match ports(IptablesOption option, String name, String value, boolean negated) {
        Optional<PortSet> set = IptablesWords.ports(value);
        if (set.isEmpty()) {
            return new Opaque((negated ? "! " : "") + name + " " + value, IptablesWords.portReason(value));
        }
        return switch (option) {
            case SOURCE_PORTS -> new Match.SourcePorts(set.get(), negated);
            case DESTINATION_PORTS -> new Match.DestinationPorts(set.get(), negated);
            default -> new Match.AnyPorts(set.get(), negated);
        };
    }

    private void flags(String mask, String set, boolean negated) {
        Optional<Set<String>> looked = IptablesWords.flags(mask);
        Optional<Set<String>> wanted = IptablesWords.flags(set);
        if (looked.isEmpty() || wanted.isEmpty()) {
            add(new Opaque((negated ? "! " : "") + "--tcp-flags " + mask + " " + set, Reason.NOT_UNDERSTOOD));
        } else {
            add(new Match.TcpFlags(looked.get(), wanted.get(), negated));
        }
    }

    /**
     * Whether a part of a text ends inside a quoted word.
     *
     * @param begunOpen whether it begins inside one
     */
    static boolean quoteOpen(String text, int from, int to, boolean begunOpen) {
        boolean open = begunOpen;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '\\' && open) {
                i++;
            } else if (c == '"') {
                open = !open;
            }
        }
        return open;
    }

    private static boolean isBlank(char c) {
        return c <= ' ' && (c == ' ' || c == '\t' || c == '\n' || c == '\r');
    }

    /** The text of a quoted word. */
    private String unquoted(int start, int end) {
        StringBuilder word = new StringBuilder(end - start);
        for (int i = start + 1; i < end - 1; i++) {
            if (line.charAt(i) == '\\' && i + 1 < line.length()) {
                i++;
            }
            word.append(line.charAt(i));
        }
        return word.toString();
    }

    /** Finds the words; false if a quote is not closed. */
    private boolean split(int begin) {
        String text = line;
        int length = text.length();
        count = 0;
        int all = 0;
        int i = begin;
        while (true) {
            while (i < length && isBlank(text.charAt(i))) {
                i++;
            }
            if (i >= length) {
                packed = WordCache.isPacked(all);
                return true;
            }
            int start = i;
            long key = 0;
            char c = text.charAt(i);
            boolean inQuotes = c == '"';
            if (inQuotes) {
                i = endOfQuoted(text, i);
                if (i < 0) {
                    return false;
                }
            } else {
                do {
                    key = WordCache.key(key, c);
                    all |= c;
                    i++;
                } while (i < length && !isBlank(c = text.charAt(i)));
            }
            if (count == starts.length) {
                grow();
            }
            starts[count] = start;
            ends[count] = i;
            quoted[count] = inQuotes;
            keys[count] = key;
            count++;
        }
    }

    /** @return where the text behind the closing quote begins; -1 if nothing closes it */
    private static int endOfQuoted(String text, int opening) {
        int quote = text.indexOf('"', opening + 1);
        int escape = quote < 0 ? -1 : text.indexOf('\\', opening + 1);
        if (escape < 0 || escape > quote) {
            return quote < 0 ? -1 : quote + 1;
        }
        int i = opening + 1;
        while (i < text.length() && text.charAt(i) != '"') {
            i += text.charAt(i) == '\\' && i + 1 < text.length() ? 2 : 1;
        }
        return i < text.length() ? i + 1 : -1;
    }

    private void grow() {
        starts = Arrays.copyOf(starts, 2 * count);
        ends = Arrays.copyOf(ends, 2 * count);
        quoted = Arrays.copyOf(quoted, 2 * count);
        keys = Arrays.copyOf(keys, 2 * count);
    }
}
