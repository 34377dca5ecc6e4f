package tunneldoctor.parse;

import java.util.ArrayList;
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
 * Reads one rule of an {@code iptables -L}, and writes it as a specification where the listing shows it whole.
 *
 * <pre>
 * 2        0     0 REJECT     6    --  eth0   *      !10.224.0.0/16        0.0.0.0/0            [goto]  tcp dpts:10000:20000 &#47;* a *&#47; reject-with tcp-reset
 * </pre>
 *
 * <p>Free text in a listing is not quoted: a comment may hold what looks like a condition, or its own end. Where it is
 * not clear which, the rule gets an open condition.
 */
final class IptablesListedRule {
    private final boolean ipv4;
    private final WordCache cache;
    private final LineWords columns;
    private final LineWords ahead;
    private final LineWords extras;
    private final List<Match> matches = new ArrayList<>();
    private final StringBuilder specification = new StringBuilder();

    private String line = "";

    /** Whether {@link #specification} is still the whole rule. */
    private boolean whole;

    /** What of {@code -m conntrack} the conditions just read are. */
    private enum Conntrack {
        NOTHING,
        WITHOUT_STATE,
        WITH_STATE
    }

    private Conntrack justRead = Conntrack.NOTHING;

    IptablesListedRule(HostTable.Family family, WordCache cache) {
        this.ipv4 = family == HostTable.Family.IPV4;
        this.cache = cache;
        this.columns = new LineWords("", cache);
        this.ahead = new LineWords("", cache);
        this.extras = new LineWords("", cache);
    }

    /** Empty if the line is not a rule. */
    Optional<HostRule> parse(
            String table, String chain, int countedPosition, IptablesListing.Columns shown, SourceRef at) {
        line = at.text();
        matches.clear();
        specification.setLength(0);
        whole = shown.interfaces();
        justRead = Conntrack.NOTHING;
        LineWords words = columns;
        words.read(line, 0, line.length());
        int position = countedPosition;
        if (shown.numbers()) {
            if (!words.isNumber() || words.length() > 9) {
                return Optional.empty();
            }
            position = Integer.parseInt(words.take());
        }
        if (shown.counters()) {
            for (int i = 0; i < 2; i++) {
                if (!words.isCounter()) {
                    return Optional.empty();
                }
                words.next();
            }
        }
        // The target may be missing; what is sure is the opt column behind the protocol.
        String target = "";
        ahead.read(line, words.offset(), line.length());
        ahead.next();
        if (!isOpt(ahead)) {
            target = words.take();
            ahead.next();
            // ip6tables leaves the opt column blank.
            if (!isOpt(ahead) && ipv4) {
                return Optional.empty();
            }
        }
        WordCache.Word protocol = words.takeCached();
        boolean fragment = words.is("-f") || words.is("!f");
        boolean notFragment = words.is("!f");
        if (isOpt(words)) {
            words.next();
        }
        WordCache.Word in = null;
        WordCache.Word out = null;
        if (shown.interfaces()) {
            in = words.takeCached();
            out = words.takeCached();
        }
        WordCache.Word source = words.takeCached();
        if (words.atEnd()) {
            return Optional.empty();
        }
        address(source, true);
        address(words.takeCached(), false);
        if (in != null && out != null) {
            device(in, true);
            device(out, false);
        }
        if (!protocol(protocol)) {
            return Optional.empty();
        }
        if (fragment) {
            matches.add(new Match.Fragment(notFragment));
            add(notFragment, "-f");
        }
        boolean jumpsByGoto = words.accept("[goto]");
        String options = extras(words.offset(), target);
        if (!target.isEmpty()) {
            add(false, jumpsByGoto ? "-g" : "-j", target);
            if (!options.isEmpty()) {
                add(false, options);
            }
        }
        return Optional.of(new HostRule(
                table,
                chain,
                position,
                matches,
                target,
                options,
                jumpsByGoto,
                whole ? specification.toString() : "",
                at));
    }

    private static boolean isOpt(LineWords words) {
        return words.is("--") || words.is("-f") || words.is("!f");
    }

    /** Adds words to the specification, the sign of a negation before them. */
    private void add(boolean negated, String... words) {
        if (negated) {
            add(false, "!");
        }
        for (String word : words) {
            if (!specification.isEmpty()) {
                specification.append(' ');
            }
            specification.append(word);
        }
    }

    private void open(String words, Reason reason) {
        matches.add(new Opaque(words, reason));
        whole = false;
    }

    /** Keeps a condition, and for the next time that the word stands so. */
    private void add(WordCache.Word word, int asked, Match match) {
        matches.add(word.means(asked, match));
    }

    private void address(WordCache.Word column, boolean source) {
        String text = column.text;
        boolean negated = text.startsWith("!");
        String value = negated ? text.substring(1) : text;
        if (value.equals("0.0.0.0/0") || value.equals("anywhere") || value.equals("::/0")) {
            if (negated) {
                open((source ? "source " : "destination ") + text, Reason.NOT_UNDERSTOOD);
            }
            whole &= !value.equals("anywhere");
            return;
        }
        int asked = (source ? IptablesOption.SOURCE : IptablesOption.DESTINATION).listed();
        Match known = ipv4 ? column.match(asked) : null;
        if (known == null) {
            Optional<AddressSet> set = ipv4 ? AddressSet.parse(value) : Optional.empty();
            if (set.isEmpty()) {
                open((source ? "source " : "destination ") + text, ipv4 ? Reason.NAMED : Reason.NOT_UNDERSTOOD);
                return;
            }
            known = source ? new Match.Source(set.get(), negated) : new Match.Destination(set.get(), negated);
        }
        add(column, asked, known);
        add(negated, source ? "-s" : "-d", value);
    }

    private void device(WordCache.Word column, boolean in) {
        String text = column.text;
        if (text.equals("*") || text.equals("any")) {
            return;
        }
        boolean negated = text.startsWith("!");
        String pattern = negated ? text.substring(1) : text;
        int asked = (in ? IptablesOption.IN_INTERFACE : IptablesOption.OUT_INTERFACE).listed();
        Match known = column.match(asked);
        if (known == null) {
            known = in ? new Match.InInterface(pattern, negated) : new Match.OutInterface(pattern, negated);
        }
        add(column, asked, known);
        add(negated, in ? "-i" : "-o", pattern);
    }

    private boolean protocol(WordCache.Word column) {
        String text = column.text;
        boolean negated = text.startsWith("!");
        String value = negated ? text.substring(1) : text;
        if (value.isEmpty() || isOptLike(value)) {
            return false;
        }
        int asked = IptablesOption.PROTOCOL.listed();
        Match known = column.match(asked);
        if (known == null) {
            Optional<Integer> number = IptablesWords.protocol(value);
            if (number.isEmpty()) {
                open("protocol " + text, Reason.NAMED);
                return true;
            }
            known = new Match.Protocol(number.get(), negated);
        }
        column.means(asked, known);
        boolean every = known instanceof Match.Protocol protocol && protocol.number() == 0 && !negated;
        if (!every) {
            matches.add(known);
            add(negated, "-p", value);
        }
        return true;
    }

    private static boolean isOptLike(String value) {
        return value.equals("--") || value.equals("-f");
    }

    /** Reads the free part of the line: conditions, comments and the target's options, which it returns. */
    private String extras(int from, String target) {
        int to = endOfWords(from, line.length());
        if (from == to) {
            return "";
        }
        int comment = line.indexOf("/*", from);
        boolean free = freeText(target);
        if (comment < 0) {
            return conditions(from, to, target, free);
        }
        int end = line.lastIndexOf("*/");
        if (end < comment + 2) {
            // A comment with a line break in it: where it ends cannot be told.
            conditions(from, comment, "", free);
            open(line.substring(comment, to), Reason.NOT_UNDERSTOOD);
            return "";
        }
        boolean another = line.indexOf("*/", comment + 2) < end
                || line.indexOf("/*", comment + 2) >= 0 && line.indexOf("/*", comment + 2) < end - 1;
        if (another) {
            open(line.substring(comment, end + 2), Reason.NOT_UNDERSTOOD);
        }
        conditions(startOfWords(from, comment), endOfWords(from, comment), "", free);
        justRead = Conntrack.NOTHING;
        // One blank stands on either side of the text.
        if (whole && end >= comment + 4 && isPlain(comment + 3, end - 1)) {
            add(false, "-m comment --comment");
            specification.append(" \"").append(line, comment + 3, end - 1).append('"');
        } else {
            whole = false;
        }
        return conditions(startOfWords(end + 2, to), to, target, free);
    }

    private int startOfWords(int from, int to) {
        int start = from;
        while (start < to && Character.isWhitespace(line.charAt(start))) {
            start++;
        }
        return start;
    }

    private int endOfWords(int from, int to) {
        int end = to;
        while (end > from && Character.isWhitespace(line.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** Whether the text can stand between double quotes as it is. */
    private boolean isPlain(int from, int to) {
        for (int i = from; i < to; i++) {
            char c = line.charAt(i);
            if (c < ' ' || c >= 127 || c == '"' || c == '\\' || c == '`' || c == '$') {
                return false;
            }
        }
        return true;
    }

    /** Targets whose options are free text or unknown words; none of them ends a packet's way on its own. */
    private static boolean freeText(String target) {
        return switch (target) {
            case "ACCEPT", "DROP", "RETURN", "REJECT" -> false;
            default -> true;
        };
    }

    /** Reads conditions up to the target's options, which it returns in the words of a specification. */
    private String conditions(int from, int to, String target, boolean free) {
        LineWords words = extras;
        words.read(line, from, to);
        boolean negated = false;
        while (!words.atEnd()) {
            if (target.equals("REJECT") && words.is("reject-with")) {
                words.next();
                String kind = words.take();
                if (!words.atEnd()) {
                    open(words.rest(), Reason.NOT_UNDERSTOOD);
                }
                return "--reject-with " + kind;
            }
            if (words.accept("!")) {
                negated = true;
                continue;
            }
            int place = words.offset();
            if (!condition(words, negated)) {
                return unread(new LineWords(line, place, to, cache), negated, target, free);
            }
            negated = false;
        }
        return "";
    }

    /** Reads the condition the words begin with; false if they begin with none that is decided or known to be open. */
    private boolean condition(LineWords words, boolean negated) {
        if (ConnectionWords.isOption(words)) {
            connection(words, negated);
            return true;
        }
        justRead = Conntrack.NOTHING;
        if (words.is("tcp") || words.is("udp") || words.is("udplite")) {
            if (negated) {
                return false;
            }
            add(false, "-m", words.take());
            while (transport(words)) {
                // Reads on.
            }
            return true;
        }
        if (words.is("multiport")) {
            return !negated && multiport(words);
        }
        if (words.is("ctstate") || words.is("state")) {
            boolean conntrack = words.is("ctstate");
            words.next();
            String list = words.take();
            matches.add(IptablesWords.states(list, negated));
            add(false, "-m", conntrack ? "conntrack" : "state");
            add(negated, conntrack ? "--ctstate" : "--state", list);
            justRead = conntrack ? Conntrack.WITH_STATE : Conntrack.NOTHING;
            return true;
        }
        if (words.is("source") || words.is("destination")) {
            return !negated && addressRange(words);
        }
        if (words.is("ADDRTYPE")) {
            return !negated && addressType(words);
        }
        if (words.is("mark")) {
            return !negated && mark(words);
        }
        if (words.is("limit:")) {
            words.next();
            String first = words.take();
            StringBuilder shown = new StringBuilder("limit: ").append(first);
            if (!first.equals("avg")) {
                return openTail(shown, words, Reason.VARIES);
            }
            shown.append(' ').append(words.take());
            if (words.is("burst")) {
                shown.append(' ').append(words.take()).append(' ').append(words.take());
            }
            open(shown.toString(), Reason.VARIES);
            return true;
        }
        if (words.is("statistic")) {
            StringBuilder shown = new StringBuilder();
            while (!words.atEnd() && !words.is("reject-with") && statisticWord(words)) {
                shown.append(shown.isEmpty() ? "" : " ").append(words.take());
            }
            open(shown.toString(), Reason.VARIES);
            return true;
        }
        Optional<Reason> reason = openWord(words);
        if (reason.isPresent()) {
            return openTail(new StringBuilder(negated ? "!" : ""), words, reason.get());
        }
        return false;
    }

    /** Reads an option of {@code -m conntrack}; where one of these ends and another begins is not printed. */
    private void connection(LineWords words, boolean negated) {
        String option = words.take();
        String value = words.take();
        Optional<Boolean> untracked = justRead == Conntrack.WITH_STATE ? Optional.empty() : Optional.of(false);
        Match match = ConnectionWords.read(option, value, negated, untracked);
        if (match instanceof Opaque opaque) {
            open(opaque.words(), opaque.reason());
        } else {
            matches.add(match);
            add(false, "-m conntrack");
            add(negated, "--" + option, value);
            whole &= justRead == Conntrack.NOTHING;
        }
        justRead = justRead == Conntrack.NOTHING ? Conntrack.WITHOUT_STATE : justRead;
    }

    private static boolean statisticWord(LineWords words) {
        return words.is("statistic")
                || words.is("mode")
                || words.is("random")
                || words.is("nth")
                || words.is("probability")
                || words.is("every")
                || words.is("packet")
                || words.isNumber()
                || words.is("!")
                || words.startsWith("0.")
                || words.startsWith("1.");
    }

    /**
     * Keeps the rest of the line as one open condition: such a condition's own words may be anything, so none behind it
     * is read as a condition.
     */
    private boolean openTail(StringBuilder shown, LineWords words, Reason reason) {
        if (!words.atEnd()) {
            shown.append(shown.isEmpty() ? "" : " ").append(words.rest());
        }
        open(shown.toString(), reason);
        while (!words.atEnd()) {
            words.next();
        }
        return true;
    }

    /** Why a condition that begins with this word stays open; empty if no condition is known to begin so. */
    private static Optional<Reason> openWord(LineWords words) {
        return switch (words.word()) {
            case "#conn" -> Optional.of(Reason.COUNTS);
            case "recent:", "TIME", "quota:", "connbytes", "STRING", "length", "tcpmss", "u32", "cpu" ->
                Optional.of(Reason.VARIES);
            case "MAC",
                    "PHYSDEV",
                    "owner",
                    "policy",
                    "match-set",
                    "connmark",
                    "socket",
                    "rpfilter",
                    "DSCP",
                    "tos",
                    "TTL",
                    "PKTTYPE",
                    "helper",
                    "icmptype",
                    "icmp",
                    "cgroup",
                    "dev-group",
                    "realm",
                    "nfacct-name",
                    "src-type",
                    "dst-type" -> Optional.of(Reason.NOT_SHOWN);
            default -> Optional.empty();
        };
    }

    private boolean transport(LineWords words) {
        if (words.startsWith("dpt:") || words.startsWith("dpts:")) {
            ports(words.takeCached(), "--dport", IptablesOption.DESTINATION_PORTS);
        } else if (words.startsWith("spt:") || words.startsWith("spts:")) {
            ports(words.takeCached(), "--sport", IptablesOption.SOURCE_PORTS);
        } else if (words.startsWith("flags:")) {
            flags(words.take().substring("flags:".length()));
        } else if (words.startsWith("option=")) {
            open(words.take(), Reason.NOT_SHOWN);
        } else {
            return false;
        }
        return true;
    }

    private interface PortMatch {
        Match of(PortSet ports, boolean negated);
    }

    private void ports(WordCache.Word word, String name, IptablesOption option) {
        String value = word.text.substring(word.text.indexOf(':') + 1);
        boolean negated = value.startsWith("!");
        String list = negated ? value.substring(1) : value;
        Match known = word.match(option.listed());
        if (known == null) {
            Optional<PortSet> set = IptablesWords.ports(list);
            if (set.isEmpty()) {
                open(word.text, IptablesWords.portReason(list));
                return;
            }
            known = option == IptablesOption.SOURCE_PORTS
                    ? new Match.SourcePorts(set.get(), negated)
                    : new Match.DestinationPorts(set.get(), negated);
        }
        add(word, option.listed(), known);
        add(negated, name, list);
    }

    private void flags(String value) {
        boolean negated = value.startsWith("!");
        String pair = negated ? value.substring(1) : value;
        int slash = pair.indexOf('/');
        Optional<Set<String>> mask = slash < 0 ? Optional.empty() : IptablesWords.flags(pair.substring(0, slash));
        Optional<Set<String>> set = slash < 0 ? Optional.empty() : IptablesWords.flags(pair.substring(slash + 1));
        if (mask.isEmpty() || set.isEmpty()) {
            open("flags:" + value, Reason.NOT_UNDERSTOOD);
            return;
        }
        matches.add(new Match.TcpFlags(mask.get(), set.get(), negated));
        add(negated, "--tcp-flags", IptablesWords.flagWords(mask.get()), IptablesWords.flagWords(set.get()));
    }

    private boolean multiport(LineWords words) {
        words.next();
        String which = words.take();
        boolean negated = words.accept("!");
        String list = words.take();
        if (list.startsWith("!")) {
            negated = true;
            list = list.substring(1);
        }
        PortMatch match;
        switch (which) {
            case "dports" -> match = Match.DestinationPorts::new;
            case "sports" -> match = Match.SourcePorts::new;
            case "ports" -> match = Match.AnyPorts::new;
            default -> {
                return false;
            }
        }
        Optional<PortSet> set = IptablesWords.ports(list);
        if (set.isEmpty()) {
            open("multiport " + which + (negated ? " !" : " ") + list, IptablesWords.portReason(list));
        } else {
            matches.add(match.of(set.get(), negated));
            add(false, "-m multiport");
            add(negated, "--" + which, list);
        }
        return true;
    }

    private boolean addressRange(LineWords words) {
        boolean source = words.is("source");
        words.next();
        if (!words.accept("IP") || !words.accept("range")) {
            return false;
        }
        boolean negated = words.accept("!");
        String range = words.take();
        Optional<AddressSet> set = AddressSet.parse(range);
        if (set.isEmpty()) {
            open("IP range " + range, Reason.NOT_UNDERSTOOD);
        } else {
            matches.add(source ? new Match.Source(set.get(), negated) : new Match.Destination(set.get(), negated));
            boolean sameModule = !source && specification.indexOf("-m iprange") >= 0;
            if (!sameModule) {
                add(false, "-m iprange");
            }
            add(negated, source ? "--src-range" : "--dst-range", range);
        }
        return true;
    }

    private boolean addressType(LineWords words) {
        words.next();
        if (!words.accept("match")) {
            return false;
        }
        add(false, "-m addrtype");
        int first = matches.size();
        while (words.is("src-type") || words.is("dst-type")) {
            boolean source = words.is("src-type");
            words.next();
            String value = words.take();
            boolean negated = value.startsWith("!");
            String type = negated ? value.substring(1) : value;
            matches.add(source ? new Match.SourceType(type, negated) : new Match.DestinationType(type, negated));
            add(negated, source ? "--src-type" : "--dst-type", type);
        }
        if (words.is("limit-in") || words.is("limit-out")) {
            String option = words.take();
            matches.subList(first, matches.size()).replaceAll(match -> IptablesWords.ofOneInterface(match, option));
            add(false, option.equals("limit-in") ? "--limit-iface-in" : "--limit-iface-out");
        }
        return true;
    }

    private boolean mark(LineWords words) {
        words.next();
        if (!words.accept("match")) {
            return false;
        }
        boolean negated = words.accept("!");
        String value = words.take();
        matches.add(IptablesWords.mark(value, negated));
        add(false, "-m mark");
        add(negated, "--mark", value);
        return true;
    }

    /** What is left of the line is the target's own, or not understood. */
    private String unread(LineWords words, boolean negated, String target, boolean free) {
        if (!free || target.isEmpty()) {
            open((negated ? "! " : "") + words.rest(), Reason.NOT_UNDERSTOOD);
            return "";
        }
        whole = false;
        String rest = words.rest();
        if (target.equals("MARK")) {
            return markOptions(words.copy()).orElseGet(() -> {
                open(rest, Reason.NOT_UNDERSTOOD);
                return rest;
            });
        }
        if (!knownOptions(target, rest)) {
            // It may be a condition of the rule as well as an option of its target.
            open(rest, Reason.NOT_UNDERSTOOD);
        }
        return rest;
    }

    private static boolean knownOptions(String target, String rest) {
        return switch (target) {
            case "LOG" -> rest.startsWith("LOG ");
            case "NFLOG" -> rest.startsWith("nflog-") || rest.startsWith("ulog");
            // These print their own name first. A chain of the user's own may be named like a condition; none of these
            // is.
            case "CONNMARK", "NFQUEUE", "CT", "TPROXY", "TCPMSS", "TOS", "DSCP", "CLASSIFY", "CHECKSUM", "SECMARK" ->
                rest.equals(target) || rest.startsWith(target + " ");
            case "DNAT", "SNAT" -> rest.startsWith("to:");
            case "REDIRECT" -> rest.startsWith("redir ");
            case "MASQUERADE" -> rest.startsWith("masq ports") || rest.startsWith("random");
            default -> false;
        };
    }

    /** {@code MARK or 0x4000}, {@code MARK set 0x1}, {@code MARK xset 0x1/0xff}, {@code MARK and 0xfff} as one option. */
    private static Optional<String> markOptions(LineWords words) {
        if (!words.accept("MARK")) {
            return Optional.empty();
        }
        String operation = words.take();
        String value = words.take();
        if (!words.atEnd()) {
            return Optional.empty();
        }
        return switch (operation) {
            case "or" -> Optional.of("--set-xmark " + value + "/" + value);
            case "set" -> Optional.of("--set-xmark " + value + "/0xffffffff");
            case "xset" -> Optional.of("--set-xmark " + value);
            case "xor" -> Optional.of("--set-xmark " + value + "/0x0");
            case "and" ->
                IptablesWords.number(value).map(kept -> "--set-xmark 0x0/0x" + Long.toHexString(~kept & 0xFFFF_FFFFL));
            default -> Optional.empty();
        };
    }
}
