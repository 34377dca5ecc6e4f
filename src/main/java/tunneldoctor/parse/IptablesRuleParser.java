package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private static final int MAX_REPEATED = 4096;

    private final List<String> words = new ArrayList<>();
    private int[] starts = new int[32];
    private int[] ends = new int[32];

    /** Most rules repeat the conditions of others; one immutable object serves them all. */
    private final Map<String, Match> repeated = new HashMap<>();

    private int at;
    private List<Match> matches = new ArrayList<>();
    private boolean ipv4;

    /**
     * Empty if the words do not form a rule.
     *
     * @param text all that stands behind the chain's name
     */
    Optional<HostRule> parse(
            String table, String chain, int position, String text, HostTable.Family family, SourceRef source) {
        if (!split(text)) {
            return Optional.empty();
        }
        ipv4 = family == HostTable.Family.IPV4;
        matches = new ArrayList<>(4);
        at = 0;
        String module = "";
        String target = "";
        String options = "";
        boolean jumpsByGoto = false;
        String specification = text;
        while (at < words.size()) {
            int from = at;
            boolean negated = words.get(at).equals("!");
            if (negated) {
                at++;
            }
            if (at >= words.size()) {
                return Optional.empty();
            }
            String option = words.get(at++);
            switch (option) {
                case "-m", "--match" -> {
                    if (at >= words.size()) {
                        return Optional.empty();
                    }
                    module = words.get(at++);
                    if (!decided(module)) {
                        opaque(module, from);
                    }
                    continue;
                }
                case "-j", "--jump", "-g", "--goto" -> {
                    if (at >= words.size() || negated) {
                        return Optional.empty();
                    }
                    target = words.get(at++);
                    jumpsByGoto = option.equals("-g") || option.equals("--goto");
                    // What follows a target are its own options, to the end of the rule.
                    options = at < words.size() ? text.substring(starts[at]) : "";
                    at = words.size();
                    continue;
                }
                case "-c", "--set-counters" -> {
                    if (at + 1 >= words.size()) {
                        return Optional.empty();
                    }
                    int begin = starts[at - 1];
                    int end = ends[at + 1];
                    specification = (text.substring(0, begin).stripTrailing() + " "
                                    + text.substring(end).strip())
                            .strip();
                    at += 2;
                    continue;
                }
                case "-f", "--fragment" -> {
                    matches.add(new Match.Fragment(negated));
                    continue;
                }
                default -> {
                    // An option of the rule itself or of the module named last.
                }
            }
            if (!option(module, option, negated, from)) {
                return Optional.empty();
            }
        }
        return Optional.of(
                new HostRule(table, chain, position, matches, target, options, jumpsByGoto, specification, source));
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

    private boolean option(String module, String option, boolean before, int from) {
        if (option.equals("--syn")) {
            matches.add(new Match.TcpFlags(Set.of("SYN", "RST", "ACK", "FIN"), Set.of("SYN"), before));
            return true;
        }
        if (option.equals("--limit-iface-in") || option.equals("--limit-iface-out")) {
            matches.add(new Opaque(option, Reason.NOT_SHOWN));
            return true;
        }
        // Releases before 1.4.3 print the negation behind the option.
        boolean behind = at < words.size() && words.get(at).equals("!");
        if (behind) {
            at++;
        }
        boolean negated = before != behind;
        if (at >= words.size()) {
            return false;
        }
        String value = words.get(at++);
        switch (option) {
            case "-s", "--source", "--src" -> address(value, negated, true);
            case "-d", "--destination", "--dst" -> address(value, negated, false);
            case "-i", "--in-interface" -> matches.add(new Match.InInterface(value, negated));
            case "-o", "--out-interface" -> matches.add(new Match.OutInterface(value, negated));
            case "-p", "--protocol", "--proto" -> protocol(value, negated);
            case "--sport", "--source-port", "--sports", "--source-ports" ->
                ports(option, value, negated, Ports.SOURCE);
            case "--dport", "--destination-port", "--dports", "--destination-ports" ->
                ports(option, value, negated, Ports.DESTINATION);
            case "--ports", "--port" -> ports(option, value, negated, Ports.ANY);
            case "--tcp-flags" -> {
                if (at >= words.size()) {
                    return false;
                }
                flags(value, words.get(at++), negated);
            }
            case "--ctstate", "--state" -> {
                if (!reused(option, value, negated)) {
                    remember(option, value, negated, IptablesWords.states(value, negated));
                }
            }
            case "--comment" -> {
                // Free text; it decides nothing.
            }
            case "--icmp-type" -> matches.add(IptablesWords.icmp(value, negated));
            case "--src-range" -> range(value, negated, true);
            case "--dst-range" -> range(value, negated, false);
            case "--src-type" -> matches.add(new Match.SourceType(value, negated));
            case "--dst-type" -> matches.add(new Match.DestinationType(value, negated));
            case "--mark" -> {
                if (module.equals("mark")) {
                    matches.add(IptablesWords.mark(value, negated));
                } else {
                    openOption(module, from);
                }
            }
            default -> openOption(module, from);
        }
        return true;
    }

    /** Keeps an option not decided here, with its words, as an open condition. */
    private void openOption(String module, int from) {
        at = from + (words.get(from).equals("!") ? 2 : 1);
        skipArguments(words.get(at - 1));
        Reason reason =
                module.equals("conntrack") || module.equals("tcp") ? Reason.NOT_SHOWN : IptablesWords.reason(module);
        matches.add(new Opaque(text(from, at), reason));
    }

    /** Keeps a whole extension that is not decided here as one open condition. */
    private void opaque(String module, int from) {
        while (at < words.size() && !endsModule(words.get(at))) {
            String word = words.get(at++);
            if (word.startsWith("-")) {
                skipArguments(word);
            }
        }
        matches.add(new Opaque(text(from, at), IptablesWords.reason(module)));
    }

    private boolean endsModule(String word) {
        return switch (word) {
            case "-m", "-j", "-g", "-c", "--match", "--jump", "--goto" -> true;
            default -> false;
        };
    }

    private void skipArguments(String option) {
        if (TAKES_A_WORD.contains(option) && at < words.size()) {
            at++;
        }
        while (at < words.size()
                && !words.get(at).startsWith("-")
                && !words.get(at).equals("!")) {
            at++;
        }
    }

    private String text(int from, int to) {
        return String.join(" ", words.subList(from, to));
    }

    private void address(String value, boolean negated, boolean source) {
        if (value.equals("0.0.0.0/0") || value.equals("::/0")) {
            if (negated) {
                matches.add(new Opaque((source ? "! -s " : "! -d ") + value, Reason.NOT_UNDERSTOOD));
            }
            return;
        }
        Optional<AddressSet> set = ipv4 ? AddressSet.parse(value) : Optional.empty();
        if (set.isEmpty()) {
            Reason reason = ipv4 && value.chars().anyMatch(Character::isLetter) ? Reason.NAMED : Reason.NOT_UNDERSTOOD;
            matches.add(new Opaque((negated ? "! " : "") + (source ? "-s " : "-d ") + value, reason));
        } else {
            matches.add(source ? new Match.Source(set.get(), negated) : new Match.Destination(set.get(), negated));
        }
    }

    private void range(String value, boolean negated, boolean source) {
        Optional<AddressSet> set = AddressSet.parse(value);
        if (set.isEmpty()) {
            matches.add(new Opaque((negated ? "! " : "") + "iprange " + value, Reason.NOT_UNDERSTOOD));
        } else {
            matches.add(source ? new Match.Source(set.get(), negated) : new Match.Destination(set.get(), negated));
        }
    }

    private void protocol(String value, boolean negated) {
        if (reused("-p", value, negated)) {
            return;
        }
        Optional<Integer> number = IptablesWords.protocol(value);
        if (number.isEmpty()) {
            matches.add(new Opaque((negated ? "! " : "") + "-p " + value, Reason.NAMED));
        } else if (number.get() != 0 || negated) {
            remember("-p", value, negated, new Match.Protocol(number.get(), negated));
        }
    }

    private boolean reused(String option, String value, boolean negated) {
        Match known = repeated.get(key(option, value, negated));
        if (known != null) {
            matches.add(known);
        }
        return known != null;
    }

    private void remember(String option, String value, boolean negated, Match match) {
        matches.add(match);
        if (repeated.size() < MAX_REPEATED) {
            repeated.put(key(option, value, negated), match);
        }
    }

    private static String key(String option, String value, boolean negated) {
        return negated ? "!" + option + value : option + value;
    }

    private enum Ports {
        SOURCE,
        DESTINATION,
        ANY
    }

    private void ports(String option, String value, boolean negated, Ports which) {
        if (reused(option, value, negated)) {
            return;
        }
        Optional<PortSet> set = IptablesWords.ports(value);
        if (set.isEmpty()) {
            matches.add(new Opaque((negated ? "! " : "") + option + " " + value, IptablesWords.portReason(value)));
            return;
        }
        remember(
                option,
                value,
                negated,
                switch (which) {
                    case SOURCE -> new Match.SourcePorts(set.get(), negated);
                    case DESTINATION -> new Match.DestinationPorts(set.get(), negated);
                    case ANY -> new Match.AnyPorts(set.get(), negated);
                });
    }

    private void flags(String mask, String set, boolean negated) {
        Optional<Set<String>> looked = IptablesWords.flags(mask);
        Optional<Set<String>> wanted = IptablesWords.flags(set);
        if (looked.isEmpty() || wanted.isEmpty()) {
            matches.add(new Opaque((negated ? "! " : "") + "--tcp-flags " + mask + " " + set, Reason.NOT_UNDERSTOOD));
        } else {
            matches.add(new Match.TcpFlags(looked.get(), wanted.get(), negated));
        }
    }

    /** Whether the line ends inside a quoted word. */
    static boolean quoteOpen(String line) {
        if (line.indexOf('"') < 0) {
            return false;
        }
        boolean open = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && open) {
                i++;
            } else if (c == '"') {
                open = !open;
            }
        }
        return open;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    /** Splits into words, quotes resolved; false if a quote is not closed. */
    private boolean split(String text) {
        words.clear();
        int i = 0;
        int length = text.length();
        while (true) {
            while (i < length && isBlank(text.charAt(i))) {
                i++;
            }
            if (i >= length) {
                return true;
            }
            int start = i;
            if (text.charAt(i) != '"') {
                while (i < length && !isBlank(text.charAt(i))) {
                    i++;
                }
                words.add(text.substring(start, i));
            } else {
                StringBuilder word = new StringBuilder();
                i++;
                while (i < length && text.charAt(i) != '"') {
                    if (text.charAt(i) == '\\' && i + 1 < length) {
                        i++;
                    }
                    word.append(text.charAt(i++));
                }
                if (i >= length) {
                    return false;
                }
                i++;
                words.add(word.toString());
            }
            if (words.size() > starts.length) {
                starts = Arrays.copyOf(starts, 2 * starts.length);
                ends = Arrays.copyOf(ends, 2 * ends.length);
            }
            starts[words.size() - 1] = start;
            ends[words.size() - 1] = i;
        }
    }
}
