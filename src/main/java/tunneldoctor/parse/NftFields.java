package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Digits;
import tunneldoctor.model.Match;
import tunneldoctor.model.Match.Opaque;
import tunneldoctor.model.Match.Opaque.Reason;
import tunneldoctor.model.PortSet;

/**
 * The fields nftables asks about, named as its text names them ({@code ip saddr}, {@code meta l4proto}), in the words of
 * the model. Only packets of IPv4 are asked about.
 */
final class NftFields {
    private static final Map<String, String> STATES = Map.of(
            "invalid", "INVALID",
            "established", "ESTABLISHED",
            "related", "RELATED",
            "new", "NEW",
            "untracked", "UNTRACKED",
            "0x1", "INVALID",
            "0x2", "ESTABLISHED",
            "0x4", "RELATED",
            "0x8", "NEW",
            "0x40", "UNTRACKED");

    private static final Map<String, String> STATUS = Map.ofEntries(
            Map.entry("expected", "EXPECTED"),
            Map.entry("seen-reply", "SEEN_REPLY"),
            Map.entry("assured", "ASSURED"),
            Map.entry("confirmed", "CONFIRMED"),
            Map.entry("snat", "SNAT"),
            Map.entry("dnat", "DNAT"),
            Map.entry("0x1", "EXPECTED"),
            Map.entry("0x2", "SEEN_REPLY"),
            Map.entry("0x4", "ASSURED"),
            Map.entry("0x8", "CONFIRMED"),
            Map.entry("0x10", "SNAT"),
            Map.entry("0x20", "DNAT"));

    /** Types of addresses by the numbers the kernel gives them. */
    private static final List<String> TYPES = List.of(
            "unspec",
            "unicast",
            "local",
            "broadcast",
            "anycast",
            "multicast",
            "blackhole",
            "unreachable",
            "prohibit",
            "throw",
            "nat",
            "xresolve");

    /** Names that {@code nft} prints for protocols, beyond those of iptables. */
    private static final Map<String, Integer> PROTOCOLS = Map.of("comp", 108, "ipcomp", 108, "hopopt", 0, "ip", 0);

    private static final Map<String, Integer> ICMP_TYPES = Map.ofEntries(
            Map.entry("echo-reply", 0),
            Map.entry("destination-unreachable", 3),
            Map.entry("source-quench", 4),
            Map.entry("redirect", 5),
            Map.entry("echo-request", 8),
            Map.entry("router-advertisement", 9),
            Map.entry("router-solicitation", 10),
            Map.entry("time-exceeded", 11),
            Map.entry("parameter-problem", 12),
            Map.entry("timestamp-request", 13),
            Map.entry("timestamp-reply", 14),
            Map.entry("info-request", 15),
            Map.entry("info-reply", 16),
            Map.entry("address-mask-request", 17),
            Map.entry("address-mask-reply", 18));

    private static final Map<String, Integer> ICMP_CODES = Map.of(
            "net-unreachable", 0,
            "host-unreachable", 1,
            "prot-unreachable", 2,
            "port-unreachable", 3,
            "frag-needed", 4,
            "net-prohibited", 9,
            "host-prohibited", 10,
            "admin-prohibited", 13);

    /** What {@code icmpx} says in either family, by its numbers. */
    private static final List<String> ICMPX_CODES =
            List.of("no-route", "port-unreachable", "host-unreachable", "admin-prohibited");

    private static final Set<String> VARYING = Set.of(
            "numgen",
            "jhash",
            "symhash",
            "limit",
            "quota",
            "ct count",
            "ct bytes",
            "ct packets",
            "ct avgpkt",
            "ct expiration",
            "meta length",
            "meta cpu",
            "meta time",
            "meta hour",
            "meta day",
            "meta random",
            "ip length",
            "ip id",
            "ip checksum",
            "udp length",
            "udp checksum",
            "tcp sequence",
            "tcp ackseq",
            "tcp window",
            "tcp checksum");

    /** First words of fields that rest on what no listing shows: the packet's other headers, sockets, routes. */
    private static final Set<String> HIDDEN = Set.of(
            "ct", "fib", "ether", "vlan", "rt", "socket", "ipsec", "meta", "ip", "osf", "icmp", "igmp", "esp", "ah",
            "comp", "sctp", "dccp", "udplite");

    /** Bits of the link layer's header, as nft prints what it cannot name: {@code @ll,48,64}. */
    private static final String LINK_LAYER = "@ll";

    private NftFields() {}

    /** What a field demands of a packet whatever the value asked for: only TCP has {@code tcp dport}. */
    static Optional<Match> demanded(String field) {
        return switch (field.substring(0, Math.max(field.indexOf(' '), 0))) {
            case "tcp" -> protocol(IptablesWords.TCP);
            case "udp" -> protocol(17);
            case "icmp" -> protocol(1);
            case "igmp" -> protocol(2);
            case "esp" -> protocol(50);
            case "ah" -> protocol(51);
            case "comp" -> protocol(108);
            case "sctp" -> protocol(132);
            case "dccp" -> protocol(33);
            case "udplite" -> protocol(136);
            case "ip6", "icmpv6", "arp" -> Optional.of(NftRuleDraft.NEVER);
            default -> Optional.empty();
        };
    }

    private static Optional<Match> protocol(int number) {
        return Optional.of(new Match.Protocol(number, false));
    }

    /** Why a condition on a field that this tool reads stays open, if a value is none it knows. */
    static Reason reason(String field, List<String> values) {
        boolean name = values.stream().anyMatch(value -> value.chars().anyMatch(Character::isLetter));
        return switch (field) {
            case "ip saddr",
                    "ip daddr",
                    "tcp dport",
                    "tcp sport",
                    "udp dport",
                    "udp sport",
                    "th dport",
                    "th sport",
                    "meta l4proto",
                    "ip protocol" -> name ? Reason.NAMED : Reason.NOT_UNDERSTOOD;
            case "iif", "oif" -> Reason.NOT_SHOWN;
            case "iifname",
                    "oifname",
                    "meta nfproto",
                    "meta protocol",
                    "ether type",
                    "ip version",
                    "ct state",
                    "meta mark",
                    "tcp flags",
                    "icmp type",
                    "icmp code",
                    "fib daddr type",
                    "fib saddr type" -> Reason.NOT_UNDERSTOOD;
            default -> reason(field);
        };
    }

    /** Why a condition on a field that this tool does not decide stays open. */
    static Reason reason(String field) {
        int end = field.indexOf(' ');
        String first = end < 0 ? field : field.substring(0, end);
        return VARYING.contains(field) || VARYING.contains(first)
                ? Reason.VARIES
                : HIDDEN.contains(first) || first.startsWith(LINK_LAYER) ? Reason.NOT_SHOWN : Reason.NOT_UNDERSTOOD;
    }

    /**
     * The condition that a field has one of some values, or none of them.
     *
     * @param values single values, ranges {@code a-b} or prefixes
     * @return ways the condition can hold, of which no two hold at once, each a list of what must hold then; empty if the
     *     field or a value is none this tool knows
     */
    static Optional<List<List<Match>>> oneOf(String field, List<String> values, boolean negated) {
        if (values.isEmpty() && negated && ofConnection(field)) {
            // A packet of no connection is no member of any set, and yet the rule does not go on.
            return Optional.empty();
        }
        if (values.isEmpty()) {
            // A set without elements has no member.
            return Optional.of(List.of(negated ? List.of() : List.of(NftRuleDraft.NEVER)));
        }
        return switch (field) {
            case "iifname", "iif", "oifname", "oif" -> each(values, negated, value -> device(field, value, negated));
            case "ip saddr", "ip daddr" -> addresses(field.endsWith("saddr"), values, negated);
            case "tcp dport", "tcp sport", "udp dport", "udp sport", "th dport", "th sport" ->
                ports(field.endsWith("dport"), values, negated);
            case "meta l4proto", "ip protocol" ->
                each(values, negated, value -> protocol(value).map(number -> new Match.Protocol(number, negated)));
            case "meta nfproto" -> constant(values, negated, List.of("ipv4", "2"), List.of("ipv6", "10"));
            case "meta protocol", "ether type" ->
                constant(
                        values,
                        negated,
                        List.of("ip", "0x0800", "2048", "8"),
                        List.of("ip6", "arp", "vlan", "8021q", "8021ad", "0x86dd", "0x0806", "0x8100"));
            case "ip version" -> constant(values, negated, List.of("4", "0x4"), List.of("6", "0x6"));
            case "ct state" -> states(values, negated);
            case "ct direction" ->
                each(values, negated, value -> connection(field, List.of(value), direction(value), negated));
            case "ct protocol" ->
                each(
                        values,
                        negated,
                        value -> connection(
                                field, List.of(value), protocol(value).map(Match.Connection.Protocol::new), negated));
            case "ct original ip saddr",
                    "ct original saddr",
                    "ct original ip daddr",
                    "ct original daddr",
                    "ct reply ip saddr",
                    "ct reply saddr",
                    "ct reply ip daddr",
                    "ct reply daddr" ->
                connection(
                                field,
                                values,
                                addressSet(values).map(all -> new Match.Connection.Addresses(end(field), all)),
                                negated)
                        .map(NftFields::one);
            case "ct original proto-src", "ct original proto-dst", "ct reply proto-src", "ct reply proto-dst" ->
                connection(
                                field,
                                values,
                                portSet(values).map(all -> new Match.Connection.Ports(end(field), all)),
                                negated)
                        .map(NftFields::one);
            case "meta mark" -> each(values, negated, value -> mark(value, negated));
            case "tcp flags" -> flags(values, negated);
            case "fib daddr type", "fib saddr type" -> types(field.startsWith("fib daddr"), values, negated);
            case "icmp type" -> icmp(ICMP_TYPES, values).map(types -> one(new Match.Icmp(types, Set.of(), negated)));
            case "icmp code" -> icmp(ICMP_CODES, values).map(codes -> one(new Match.Icmp(Set.of(), codes, negated)));
            default -> Optional.empty();
        };
    }

    /** Whether the field is one port, of the packet or of its connection. */
    static boolean isPort(String field) {
        return field.endsWith(" dport") || field.endsWith(" sport") || field.contains(" proto-");
    }

    private static boolean ofConnection(String field) {
        return field.startsWith("ct ") && !field.equals("ct state");
    }

    private static Match.Connection connection(String words, Match.Connection.Trait trait, boolean negated) {
        // Without a connection nft's rule ends at such a condition, negated or not.
        return new Match.Connection(words, trait, negated, Optional.of(false));
    }

    private static Optional<Match> connection(
            String field, List<String> values, Optional<? extends Match.Connection.Trait> trait, boolean negated) {
        String words = field + (negated ? " != " : " ") + String.join(", ", values);
        return trait.map(asked -> connection(words, asked, negated));
    }

    private static Optional<Match.Connection.Direction> direction(String value) {
        return switch (value) {
            case "original", "0" -> Optional.of(new Match.Connection.Direction(true));
            case "reply", "1" -> Optional.of(new Match.Connection.Direction(false));
            default -> Optional.empty();
        };
    }

    /** {@code ct original ip saddr}, {@code ct reply proto-dst}, … */
    private static Match.Connection.End end(String field) {
        return Match.Connection.End.of(
                field.startsWith("ct original"), field.endsWith("saddr") || field.endsWith("src"));
    }

    /** As {@link NftRuleDraft#status}; empty if a name is none this tool knows. */
    static Optional<Match> status(List<String> names, boolean noneOf, String words) {
        return translated(STATUS, names).map(all -> connection(words, new Match.Connection.Status(all), noneOf));
    }

    /** Each word in the model's words; empty if one is none this tool knows. */
    private static Optional<Set<String>> translated(Map<String, String> known, List<String> words) {
        Set<String> all = new HashSet<>();
        for (String word : words) {
            String one = known.get(word);
            if (one == null) {
                return Optional.empty();
            }
            all.add(one);
        }
        return Optional.of(all);
    }

    /**
     * What a refusal says, by name.
     *
     * @param code its name, or the number {@code nft -n} prints
     */
    static String refusal(String kind, String code) {
        if (!Digits.only(code) || code.length() > 3) {
            return code;
        }
        int number = Integer.parseInt(code);
        if (kind.equals("icmpx")) {
            return number < ICMPX_CODES.size() ? ICMPX_CODES.get(number) : code;
        }
        return ICMP_CODES.entrySet().stream()
                .filter(named -> named.getValue() == number)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(code);
    }

    private static List<List<Match>> one(Match match) {
        return List.of(List.of(match));
    }

    private static Optional<Set<Integer>> icmp(Map<String, Integer> names, List<String> values) {
        Set<Integer> numbers = new HashSet<>();
        for (String value : values) {
            Integer number = names.get(value);
            if (number == null && Digits.only(value) && value.length() <= 3) {
                number = Integer.parseInt(value);
            }
            if (number == null) {
                return Optional.empty();
            }
            numbers.add(number);
        }
        return Optional.of(numbers);
    }

    private interface One {
        Optional<Match> of(String value);
    }

    /** For fields of which the model has one value in a match: one way per value, or all values denied at once. */
    private static Optional<List<List<Match>>> each(List<String> values, boolean negated, One one) {
        List<Match> matches = new ArrayList<>();
        for (String value : values) {
            Optional<Match> match = one.of(value);
            if (match.isEmpty()) {
                return Optional.empty();
            }
            matches.add(match.get());
        }
        return Optional.of(
                negated ? List.of(matches) : matches.stream().map(List::of).toList());
    }

    /** @param negated whether the match is to hold for other devices */
    private static Optional<Match> device(String field, String value, boolean negated) {
        boolean number = !field.endsWith("name") && Digits.only(value);
        String name = value.endsWith("*") ? value.substring(0, value.length() - 1) : value;
        if (number || name.isEmpty() || name.indexOf('\\') >= 0 || name.indexOf('*') >= 0 || name.endsWith("+")) {
            return Optional.empty();
        }
        String pattern = name.length() < value.length() ? name + "+" : name;
        return Optional.of(
                field.startsWith("i")
                        ? new Match.InInterface(pattern, negated)
                        : new Match.OutInterface(pattern, negated));
    }

    private static Optional<List<List<Match>>> addresses(boolean source, List<String> values, boolean negated) {
        return addressSet(values)
                .map(all -> one(source ? new Match.Source(all, negated) : new Match.Destination(all, negated)));
    }

    private static Optional<AddressSet> addressSet(List<String> values) {
        List<AddressSet> sets = new ArrayList<>();
        for (String value : values) {
            Optional<AddressSet> set = AddressSet.parse(value);
            if (set.isEmpty()) {
                return Optional.empty();
            }
            sets.add(set.get());
        }
        return Optional.of(AddressSet.union(sets));
    }

    private static Optional<List<List<Match>>> ports(boolean destination, List<String> values, boolean negated) {
        return portSet(values)
                .map(all -> one(
                        destination ? new Match.DestinationPorts(all, negated) : new Match.SourcePorts(all, negated)));
    }

    private static Optional<PortSet> port(String value) {
        return value.startsWith("0x")
                ? IptablesWords.number(value)
                        .filter(number -> number <= PortSet.LAST)
                        .map(number -> PortSet.of(number.intValue()))
                : PortSet.parse(value, '-');
    }

    private static Optional<PortSet> portSet(List<String> values) {
        List<PortSet> sets = new ArrayList<>();
        for (String value : values) {
            Optional<PortSet> set = port(value);
            if (set.isEmpty()) {
                return Optional.empty();
            }
            sets.add(set.get());
        }
        return Optional.of(PortSet.union(sets));
    }

    private static Optional<Integer> protocol(String value) {
        Integer printed = PROTOCOLS.get(value);
        // Where iptables says "all", nftables means protocol 0, which no packet of ours is of.
        Optional<Integer> number = printed != null ? Optional.of(printed) : IptablesWords.protocol(value);
        return number.filter(known -> known != 0);
    }

    private static Optional<List<List<Match>>> constant(
            List<String> values, boolean negated, List<String> ours, List<String> others) {
        boolean holds = false;
        for (String value : values) {
            if (!ours.contains(value) && !others.contains(value)) {
                return Optional.empty();
            }
            holds |= ours.contains(value);
        }
        return Optional.of(List.of(holds == negated ? List.of(NftRuleDraft.NEVER) : List.of()));
    }

    private static Optional<List<List<Match>>> states(List<String> values, boolean negated) {
        return translated(STATES, values).map(states -> one(new Match.ConnectionState(states, negated)));
    }

    private static Optional<Match> mark(String value, boolean negated) {
        Match match = IptablesWords.mark(value, negated);
        return match instanceof Opaque ? Optional.empty() : Optional.of(match);
    }

    private static Optional<List<List<Match>>> types(boolean destination, List<String> values, boolean negated) {
        List<String> names = new ArrayList<>();
        for (String value : values) {
            boolean number = Digits.only(value) && value.length() < 3;
            int index = number ? Integer.parseInt(value) : TYPES.indexOf(value);
            if (index < 0 || index >= TYPES.size()) {
                return Optional.empty();
            }
            names.add(TYPES.get(index).toUpperCase(Locale.ROOT));
        }
        String list = String.join(",", names);
        return Optional.of(List.of(
                List.of(destination ? new Match.DestinationType(list, negated) : new Match.SourceType(list, negated))));
    }

    /** The ports that {@code > 1023} and the like ask for. */
    static NftSet compared(String operator, long port) {
        long first = operator.equals(">") ? port + 1 : operator.equals(">=") ? port : 0;
        long last = operator.equals("<") ? port - 1 : operator.equals("<=") ? port : PortSet.LAST;
        return NftSet.of(first > last || last > PortSet.LAST ? List.of() : List.of(first + "-" + last));
    }

    /** Flags that must be exactly these: the two of ECN, which the model does not know, are looked at too. */
    private static Optional<List<List<Match>>> flags(List<String> values, boolean negated) {
        List<List<Match>> ways = new ArrayList<>();
        List<Match> none = new ArrayList<>();
        for (String value : values) {
            Optional<Set<String>> set = flagSet(value);
            if (set.isEmpty()) {
                return Optional.empty();
            }
            Match same = new Match.TcpFlags(IptablesWords.flags("ALL").orElseThrow(), set.get(), false);
            ways.add(List.of(same, new Opaque("tcp flags " + value + " without ECN's", Reason.NOT_SHOWN)));
            none.add(new Match.TcpFlags(IptablesWords.flags("ALL").orElseThrow(), set.get(), true));
        }
        if (!negated) {
            return Optional.of(ways);
        }
        List<List<Match>> other = new ArrayList<>(ways);
        other.add(none);
        return Optional.of(other);
    }

    /** {@code syn}, {@code fin,syn}, {@code (fin|syn)}, {@code 0x2,0x4} or {@code 0x0}. */
    static Optional<Set<String>> flagSet(String words) {
        String list = words.replace("(", "").replace(")", "").replace('|', ',');
        Set<String> all = new HashSet<>();
        for (String flag : list.split(",", -1)) {
            Optional<Set<String>> one = flag.equals("0x0") || flag.equals("0")
                    ? Optional.of(Set.of())
                    : IptablesWords.flags(flag.toUpperCase(Locale.ROOT).replace("0X", "0x"));
            if (one.isEmpty()) {
                return one;
            }
            all.addAll(one.get());
        }
        return Optional.of(all);
    }
}
