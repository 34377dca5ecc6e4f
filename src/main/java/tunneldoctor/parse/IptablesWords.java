package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.Digits;
import tunneldoctor.model.Match;
import tunneldoctor.model.Match.Opaque;
import tunneldoctor.model.Match.Opaque.Reason;
import tunneldoctor.model.PortSet;

/** The vocabulary both forms of iptables output share: protocols, port lists, states, flags and who knows what. */
final class IptablesWords {
    static final int TCP = 6;

    /** What a rule may do besides entering a chain: the verdicts, and the targets of iptables-extensions(8). */
    static final Set<String> TARGETS = Set.of(
            "ACCEPT",
            "DROP",
            "QUEUE",
            "RETURN",
            "AUDIT",
            "CHECKSUM",
            "CLASSIFY",
            "CLUSTERIP",
            "CONNMARK",
            "CONNSECMARK",
            "CT",
            "DNAT",
            "DNPT",
            "DSCP",
            "ECN",
            "HL",
            "HMARK",
            "IDLETIMER",
            "LED",
            "LOG",
            "MARK",
            "MASQUERADE",
            "NETMAP",
            "NFLOG",
            "NFQUEUE",
            "NOTRACK",
            "RATEEST",
            "REDIRECT",
            "REJECT",
            "SECMARK",
            "SET",
            "SNAT",
            "SNPT",
            "SYNPROXY",
            "TCPMSS",
            "TCPOPTSTRIP",
            "TEE",
            "TOS",
            "TPROXY",
            "TRACE",
            "TTL",
            "ULOG");

    /** Names as {@code /etc/protocols} and iptables itself print them. */
    private static final Map<String, Integer> PROTOCOLS = Map.ofEntries(
            Map.entry("all", 0),
            Map.entry("icmp", 1),
            Map.entry("igmp", 2),
            Map.entry("ipencap", 4),
            Map.entry("ipv4", 4),
            Map.entry("tcp", TCP),
            Map.entry("egp", 8),
            Map.entry("udp", 17),
            Map.entry("dccp", 33),
            Map.entry("ipv6", 41),
            Map.entry("gre", 47),
            Map.entry("esp", 50),
            Map.entry("ipv6-crypt", 50),
            Map.entry("ah", 51),
            Map.entry("ipv6-auth", 51),
            Map.entry("ipv6-icmp", 58),
            Map.entry("icmpv6", 58),
            Map.entry("ospf", 89),
            Map.entry("ipip", 94),
            Map.entry("pim", 103),
            Map.entry("vrrp", 112),
            Map.entry("sctp", 132),
            Map.entry("mh", 135),
            Map.entry("ipv6-mh", 135),
            Map.entry("mobility-header", 135),
            Map.entry("udplite", 136));

    private static final List<String> FLAGS = List.of("FIN", "SYN", "RST", "PSH", "ACK", "URG");

    /** Modules that answer differently from packet to packet. */
    private static final Set<String> VARYING = Set.of(
            "limit",
            "hashlimit",
            "recent",
            "statistic",
            "time",
            "quota",
            "quota2",
            "cpu",
            "nth",
            "random",
            "connbytes",
            "length",
            "rateest",
            "condition",
            "fuzzy",
            "psd",
            "string",
            "bpf",
            "u32",
            "ecn",
            "tcpmss");

    /** Modules that ask for state which no listing shows. */
    private static final Set<String> HIDDEN = Set.of(
            "set",
            "owner",
            "mac",
            "physdev",
            "policy",
            "connmark",
            "socket",
            "rpfilter",
            "dscp",
            "tos",
            "ttl",
            "hl",
            "pkttype",
            "helper",
            "cgroup",
            "devgroup",
            "realm",
            "cluster",
            "esp",
            "ah",
            "osf",
            "nfacct",
            "ipvs",
            "conntrack",
            "connlabel",
            "icmp",
            "icmp6",
            "addrtype",
            "account",
            "geoip",
            "layer7",
            "dccp",
            "sctp");

    private IptablesWords() {}

    /** Empty for a name iptables itself does not print. */
    static Optional<Integer> protocol(String word) {
        Integer named = PROTOCOLS.get(word.toLowerCase(Locale.ROOT));
        if (named != null) {
            return Optional.of(named);
        }
        return Digits.only(word) && word.length() <= 3 && Integer.parseInt(word) <= 255
                ? Optional.of(Integer.parseInt(word))
                : Optional.empty();
    }

    /** A comma-separated list of ports and {@code a:b} ranges; empty if any of them is a name. */
    static Optional<PortSet> ports(String list) {
        if (list.indexOf('*') >= 0) {
            return Optional.empty();
        }
        if (list.indexOf(',') < 0) {
            return PortSet.parse(list, ':');
        }
        List<PortSet> sets = new ArrayList<>();
        for (String item : list.split(",", -1)) {
            Optional<PortSet> set = PortSet.parse(item, ':');
            if (set.isEmpty()) {
                return Optional.empty();
            }
            sets.add(set.get());
        }
        return Optional.of(PortSet.union(sets));
    }

    /** Why a port list that is not all numbers stays open. */
    static Reason portReason(String list) {
        return list.chars().anyMatch(Character::isLetter) ? Reason.NAMED : Reason.NOT_UNDERSTOOD;
    }

    static Match states(String list, boolean negated) {
        Set<String> states = new HashSet<>();
        for (String state : list.split(",", -1)) {
            if (!isWord(state)) {
                return new Opaque((negated ? "! " : "") + "ctstate " + list, Reason.NOT_UNDERSTOOD);
            }
            states.add(state.toUpperCase(Locale.ROOT));
        }
        return new Match.ConnectionState(states, negated);
    }

    private static boolean isWord(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isLetter(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /**
     * Flags as names, {@code ALL}, {@code NONE} or a number in hexadecimal.
     *
     * @return empty if they are none of these
     */
    static Optional<Set<String>> flags(String list) {
        if (list.equals("NONE")) {
            return Optional.of(Set.of());
        }
        if (list.equals("ALL")) {
            return Optional.of(Set.copyOf(FLAGS));
        }
        Set<String> flags = new HashSet<>();
        Optional<Long> bits = list.startsWith("0x") ? number(list) : Optional.empty();
        if (bits.isPresent()) {
            if (bits.get() > 0x3F) {
                return Optional.empty();
            }
            for (int i = 0; i < FLAGS.size(); i++) {
                if ((bits.get() >> i & 1) == 1) {
                    flags.add(FLAGS.get(i));
                }
            }
            return Optional.of(flags);
        }
        for (String flag : list.split(",", -1)) {
            if (!FLAGS.contains(flag)) {
                return Optional.empty();
            }
            flags.add(flag);
        }
        return Optional.of(flags);
    }

    /** The flags as {@code --tcp-flags} wants them. */
    static String flagWords(Set<String> flags) {
        return flags.isEmpty()
                ? "NONE"
                : String.join(",", FLAGS.stream().filter(flags::contains).toList());
    }

    /** An unsigned 32-bit number, decimal or {@code 0x}. */
    static Optional<Long> number(String word) {
        try {
            long value = word.startsWith("0x") || word.startsWith("0X")
                    ? Long.parseLong(word.substring(2), 16)
                    : Long.parseLong(word);
            return value < 0 || value > 0xFFFF_FFFFL ? Optional.empty() : Optional.of(value);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** {@code value} or {@code value/mask}. */
    static Match mark(String word, boolean negated) {
        int slash = word.indexOf('/');
        Optional<Long> value = number(slash < 0 ? word : word.substring(0, slash));
        Optional<Long> mask = slash < 0 ? Optional.of(0xFFFF_FFFFL) : number(word.substring(slash + 1));
        if (value.isEmpty() || mask.isEmpty()) {
            return new Opaque((negated ? "! " : "") + "mark " + word, Reason.NOT_UNDERSTOOD);
        }
        return new Match.Mark(value.get(), mask.get(), negated);
    }

    /** {@code 3}, {@code 3/10} or {@code any}. */
    static Match icmp(String word, boolean negated) {
        if (word.equals("any") && !negated) {
            return new Match.Protocol(1, false);
        }
        int slash = word.indexOf('/');
        String type = slash < 0 ? word : word.substring(0, slash);
        String code = slash < 0 ? "" : word.substring(slash + 1);
        boolean numbers =
                Digits.only(type) && type.length() <= 3 && code.length() <= 3 && (slash < 0 || Digits.only(code));
        // iptables takes type 255 for any.
        if (!numbers || type.equals("255")) {
            return new Opaque((negated ? "! " : "") + "icmp-type " + word, Reason.NOT_UNDERSTOOD);
        }
        return new Match.Icmp(
                Set.of(Integer.parseInt(type)), slash < 0 ? Set.of() : Set.of(Integer.parseInt(code)), negated);
    }

    /**
     * What is left of a condition where the types of addresses count for one interface only: which interface has an address
     * is not shown, and on any other it is of another type ({@code net/netfilter/xt_addrtype.c}).
     *
     * @param option which interface, as printed
     */
    static Match ofOneInterface(Match match, String option) {
        if (match instanceof Match.DestinationType type) {
            return ofOneInterface("dst-type " + type.type(), type.negated(), option);
        }
        return match instanceof Match.SourceType type
                ? ofOneInterface("src-type " + type.type(), type.negated(), option)
                : match;
    }

    private static Match ofOneInterface(String type, boolean negated, String option) {
        return new Opaque((negated ? "! " : "") + type + " " + option, Reason.NOT_SHOWN);
    }

    /** Why a condition of an extension this tool does not decide stays open. */
    static Reason reason(String module) {
        if (module.equals("connlimit")) {
            return Reason.COUNTS;
        }
        return VARYING.contains(module)
                ? Reason.VARIES
                : HIDDEN.contains(module) ? Reason.NOT_SHOWN : Reason.NOT_UNDERSTOOD;
    }

    /**
     * Whether a line is a tool's complaint rather than its answer, in the words of bash, dash and iptables.
     *
     * <pre>
     * iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)
     * script: 1: iptables: not found
     * # Table `filter' is incompatible, use 'nft' tool.
     * </pre>
     */
    static boolean complaint(String line) {
        String text = line.strip();
        if (text.startsWith("-A ") || text.startsWith("[") || text.startsWith(":")) {
            return false;
        }
        return text.startsWith("iptables")
                || text.startsWith("ip6tables")
                || text.startsWith("Fatal:")
                || text.startsWith("Bad argument")
                || text.startsWith("Try `ip")
                || text.startsWith("Another app is currently holding")
                || text.startsWith("modprobe:")
                || text.startsWith("Perhaps iptables or your kernel")
                || text.startsWith("sudo:")
                || text.startsWith("netlink:")
                || text.startsWith("Operation not permitted")
                || text.startsWith("# Table `")
                || text.endsWith(": not found")
                || text.endsWith("command not found")
                || text.endsWith("No such file or directory")
                || text.contains("Permission denied")
                || text.contains("you must be root");
    }
}
