package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tunneldoctor.model.Match.Opaque.Reason;

/**
 * Reads the statements of one rule as {@code nft} prints it, left to right.
 *
 * <pre>
 * iifname "eth0" ip saddr . tcp dport { 10.0.0.1 . 22 } ct state new limit rate 3/minute log prefix "x" accept comment "y"
 * </pre>
 */
final class NftStatements {
    /** Headers whose fields are one more word. */
    private static final Set<String> HEADERS = Set.of(
            "ip", "ip6", "tcp", "udp", "th", "icmp", "icmpv6", "igmp", "ether", "vlan", "arp", "esp", "ah", "comp",
            "sctp", "dccp", "udplite", "meta", "socket");

    /** What nft prints without its {@code meta}. */
    private static final Set<String> META = Set.of(
            "iiftype", "oiftype", "iifgroup", "oifgroup", "skuid", "skgid", "cpu", "cgroup", "mark", "rtclassid");

    private static final Set<String> COMPARISONS = Set.of("<", ">", "<=", ">=");

    /** Fields of addresses and ports: rewriting them sends the packet elsewhere. */
    private static final Set<String> REWRITTEN = Set.of("saddr", "daddr", "sport", "dport", "protocol");

    /** What is true of a connection, bit by bit. */
    private static final List<String> STATUS = List.of("ct status");

    /** Bits of a header, from where and how many, as nft prints what it has no name for. */
    private static final Pattern RAW_BITS = Pattern.compile("@(?:ll|nh|th|ih),[0-9]{1,5},[0-9]{1,5}");

    private final List<String> words;
    private final Map<String, NftSet> sets;
    private final NftRuleDraft draft;
    private int at;

    /** @param sets those the rule may name whose elements are known */
    NftStatements(List<String> words, Map<String, NftSet> sets, NftRuleDraft draft) {
        this.words = words;
        this.sets = sets;
        this.draft = draft;
    }

    void read() {
        while (at < words.size()) {
            int from = at;
            if (verdict() || sideEffect()) {
                continue;
            }
            at = from;
            if (!condition()) {
                at = from;
                notUnderstood();
                return;
            }
        }
    }

    private String word() {
        return at < words.size() ? words.get(at) : "";
    }

    private String word(int ahead) {
        return at + ahead < words.size() ? words.get(at + ahead) : "";
    }

    private boolean accept(String word) {
        if (word().equals(word)) {
            at++;
            return true;
        }
        return false;
    }

    private String shown(int from) {
        return String.join(" ", words.subList(from, Math.min(at, words.size())));
    }

    /** All that is left may hold, or not; what it does then is read where it is plain, else it may be anything. */
    private void notUnderstood() {
        List<String> rest = words.subList(at, words.size());
        String text = String.join(" ", rest);
        List<String> verdicts = new ArrayList<>();
        boolean plain = true;
        for (int i = 0; i < rest.size(); i++) {
            String word = rest.get(i);
            if (word.equals("jump") || word.equals("goto")) {
                verdicts.add(word + " " + (i + 1 < rest.size() ? rest.get(i + 1) : ""));
            } else if (word.equals("reject") || !NftRuleDraft.verdict(word).isEmpty()) {
                verdicts.add(word.equals("reject") ? "REJECT" : NftRuleDraft.verdict(word));
            }
            plain &= !word.startsWith("{") && !word.endsWith("map") && !word.equals("set") && !word.equals("to");
        }
        if (verdicts.size() != 1 || !plain) {
            draft.anything(text);
            return;
        }
        draft.open(text, Reason.NOT_UNDERSTOOD);
        draft.effect(verdicts.get(0), "");
    }

    private boolean verdict() {
        String target = NftRuleDraft.verdict(word());
        if (!target.isEmpty()) {
            draft.effect(target, "");
            at++;
            return true;
        }
        switch (word()) {
            case "continue" -> at++;
            case "jump", "goto" -> {
                draft.effect(word() + " " + NftWords.unquoted(word(1)), "");
                at += 2;
            }
            case "reject" -> {
                at++;
                String kind = "icmpx";
                String code = "port-unreachable";
                if (accept("with")) {
                    kind = word().equals("tcp") ? "tcp reset" : word();
                    at++;
                    accept("type");
                    code = word();
                    at++;
                }
                draft.reject(kind, code);
            }
            case "queue" -> last("NFQUEUE");
            case "dnat" -> last("DNAT");
            case "redirect" -> last("REDIRECT");
            case "snat" -> last("SNAT");
            case "masquerade" -> last("MASQUERADE");
            case "tproxy" -> last("TPROXY");
            case "synproxy" -> last("SYNPROXY");
            case "notrack" -> {
                draft.effect("NOTRACK", "");
                at++;
            }
            case "xt" -> {
                return extension();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** {@code xt match "recent"} and {@code xt target "LOG"}: extensions of iptables, without what they are told. */
    private boolean extension() {
        boolean match = word(1).equals("match");
        if (!match && !word(1).equals("target")) {
            return false;
        }
        draft.extension(match, NftWords.unquoted(word(2)));
        at += 3;
        return true;
    }

    /** A statement whose own words go on to the rule's end. */
    private void last(String target) {
        draft.effect(target, "");
        at = words.size();
    }

    private boolean sideEffect() {
        switch (word()) {
            case "counter" -> {
                at++;
                at += word().equals("packets") ? 4 : word().equals("name") ? 2 : 0;
            }
            case "comment" -> at += 2;
            case "log" -> log();
            case "add", "update", "delete" -> {
                if (!word(1).startsWith("@") || !word(2).startsWith("{")) {
                    return false;
                }
                varies(word(2));
                at += 3;
            }
            case "meter" -> {
                while (at < words.size() && !word().startsWith("{")) {
                    at++;
                }
                varies(word());
                at++;
            }
            case "meta", "ct", "ip", "ip6", "tcp", "udp", "th", "ether", "vlan", "sctp", "dccp", "mark" -> {
                return set();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** A set that a rule fills may also count or limit what it fills in, and then it goes on for some packets only. */
    private void varies(String group) {
        if (group.contains(" limit ") || group.contains(" quota ") || group.contains(" ct count ")) {
            draft.open(group, Reason.VARIES);
        }
    }

    private void log() {
        at++;
        while (true) {
            switch (word()) {
                case "prefix", "level", "group", "snaplen", "queue-threshold" -> at += 2;
                case "flags" -> at += word(1).equals("tcp") || word(1).equals("ip") ? 3 : 2;
                default -> {
                    return;
                }
            }
        }
    }

    /** {@code meta mark set 0x1}, {@code ct mark set meta mark}, {@code ip dscp set cs1}, {@code tcp option maxseg size set rt mtu}. */
    private boolean set() {
        int from = at;
        String object = word();
        int until = at;
        while (until < words.size() && until < from + 6 && !words.get(until).equals("set")) {
            until++;
        }
        if (until >= words.size() || !words.get(until).equals("set") || until == from) {
            return false;
        }
        String field = words.get(until - 1);
        for (int i = from; i < until; i++) {
            // A condition before the next statement's own "set".
            if (!Character.isLetter(words.get(i).charAt(0))
                    || !NftRuleDraft.verdict(words.get(i)).isEmpty()) {
                return false;
            }
        }
        boolean option = words.get(from + 1).equals("option");
        if (until - from != (object.equals("mark") ? 1 : option ? 4 : 2)) {
            return false;
        }
        at = until + 1;
        if (object.equals("mark") || object.equals("meta") && field.equals("mark")) {
            return markSet();
        }
        if (object.equals("ct") && field.equals("zone")
                || !object.equals("ct") && !object.equals("meta") && REWRITTEN.contains(field)) {
            return false;
        }
        return plainValue();
    }

    /** One word, {@code meta mark}, {@code ct mark} or {@code rt mtu}, and no calculation behind it. */
    private boolean plainValue() {
        boolean two = word().equals("meta") || word().equals("ct") || word().equals("rt");
        at += two ? 2 : 1;
        return at <= words.size() && !operator(word()) && !word().equals("map");
    }

    private static boolean operator(String word) {
        return switch (word) {
            case "and", "or", "xor", "&", "|", "^", "<<", ">>", "lshift", "rshift", "map", "mod" -> true;
            default -> false;
        };
    }

    /** {@code 0x1}, {@code mark or 0x4000}, {@code meta mark & 0xff ^ 0x1}. */
    private boolean markSet() {
        if (number(word()) && !operator(word(1))) {
            draft.effect("MARK", "--set-xmark " + word() + "/0xffffffff");
            at++;
            return true;
        }
        int from = at;
        accept("meta");
        if (!accept("mark")) {
            at = from;
            if (plainValue()) {
                draft.effect("MARK", "unknown");
                return true;
            }
            return false;
        }
        List<String> changes = new ArrayList<>();
        while (operator(word())) {
            String option = switch (word()) {
                case "and", "&" -> "--and-mark ";
                case "or", "|" -> "--or-mark ";
                case "xor", "^" -> "--xor-mark ";
                default -> "";
            };
            if (option.isEmpty() || !number(word(1))) {
                return false;
            }
            changes.add(option + word(1));
            at += 2;
        }
        changes.forEach(change -> draft.effect("MARK", change));
        return true;
    }

    private static boolean number(String word) {
        return IptablesWords.number(word).isPresent();
    }

    private boolean condition() {
        switch (word()) {
            case "limit", "quota" -> {
                return limit();
            }
            case "ct" -> {
                if (word(1).equals("count")) {
                    return limit();
                }
            }
            default -> {
                // A field, or several.
            }
        }
        List<String> fields = new ArrayList<>();
        do {
            Optional<String> field = field();
            if (field.isEmpty()) {
                return false;
            }
            fields.add(field.get());
        } while (accept("."));
        return values(fields);
    }

    /** {@code limit rate over 3/minute burst 5 packets}, {@code limit name "x"}, {@code quota over 10 mbytes used 0 bytes}, {@code ct count over 3}. */
    private boolean limit() {
        int from = at;
        at += word().equals("ct") ? 2 : 1;
        while (at < words.size()
                && (Character.isDigit(word().charAt(0))
                        || Set.of("rate", "over", "until", "burst", "packets", "used", "name")
                                .contains(word())
                        || word().contains("bytes")
                        || word().startsWith("\"") && word(-1).equals("name"))) {
            at++;
        }
        draft.open(shown(from), Reason.VARIES);
        return true;
    }

    /** What is asked about, as {@link NftFields} names it; empty if this tool does not know how long its name is. */
    private Optional<String> field() {
        String first = word();
        at++;
        if (HEADERS.contains(first)) {
            if (word(0).equals("option")) {
                return Optional.empty();
            }
            String second = word();
            at++;
            return Optional.of(
                    first.equals("meta")
                                    && (second.equals("iifname")
                                            || second.equals("oifname")
                                            || second.equals("iif")
                                            || second.equals("oif"))
                            ? second
                            : first + " " + second);
        }
        if (META.contains(first)) {
            return Optional.of("meta " + first);
        }
        switch (first) {
            case "iifname", "iif", "oifname", "oif" -> {
                return Optional.of(first);
            }
            case "ct" -> {
                String second = word();
                at++;
                if (second.equals("original") || second.equals("reply")) {
                    boolean family = word().equals("ip") || word().equals("ip6");
                    String key = family ? word() + " " + word(1) : word();
                    at += family ? 2 : 1;
                    return Optional.of("ct " + second + " " + key);
                }
                return Optional.of("ct " + second);
            }
            case "fib" -> {
                StringBuilder keys = new StringBuilder("fib ").append(word());
                at++;
                while (accept(".")) {
                    keys.append(" . ").append(word());
                    at++;
                }
                keys.append(' ').append(word());
                at++;
                return Optional.of(keys.toString());
            }
            case "numgen" -> {
                at++;
                if (!accept("mod")) {
                    return Optional.empty();
                }
                at++;
                at += word().equals("offset") ? 2 : 0;
                return Optional.of("numgen");
            }
            default -> {
                return RAW_BITS.matcher(first).matches() ? Optional.of(first) : Optional.empty();
            }
        }
    }

    /** {@code [!=] value}, {@code { a, b }}, {@code @set}, {@code & mask == value}, {@code vmap { a : accept }}. */
    private boolean values(List<String> fields) {
        int from = at;
        if (fields.size() == 1 && (word().equals("&") || word().equals("and"))) {
            return masked(fields.get(0));
        }
        if (fields.size() == 1 && COMPARISONS.contains(word())) {
            return compared(fields.get(0));
        }
        if (word().equals("exists") || word().equals("missing")) {
            at++;
            draft.undecided(fields.get(0), String.join(" . ", fields) + " " + word(-1));
            return true;
        }
        boolean equal = accept("==");
        boolean negated = accept("!=");
        boolean noneOf = accept("!");
        boolean map = accept("vmap");
        String value = word();
        if (value.isEmpty() || value.equals("map") || map && (equal || negated || noneOf)) {
            return false;
        }
        at++;
        boolean group = value.startsWith("{") || value.startsWith("@");
        List<String> keys = new ArrayList<>(List.of(value));
        while (!group && accept(".")) {
            keys.add(word());
            at++;
        }
        String words = String.join(" . ", fields) + " " + shown(from);
        if (!group
                && fields.size() == 1
                && (fields.get(0).equals("tcp flags") || fields.get(0).equals("ct state"))) {
            return bits(fields.get(0), value, equal, negated, noneOf, words);
        }
        if (!group && fields.equals(STATUS)) {
            return status(value, equal || negated, noneOf, words);
        }
        if (noneOf || map && !group || operator(word()) || word().equals("/")) {
            return false;
        }
        Optional<NftSet> set;
        if (value.startsWith("@")) {
            set = NftText.named(sets, value);
            if (set.isEmpty()) {
                draft.lookupUnknown(fields, map, words);
                return true;
            }
        } else if (group) {
            set = NftWords.elements(value.substring(1, Math.max(1, value.length() - 1)));
        } else {
            set = Optional.of(new NftSet(List.of(
                    new NftSet.Element(keys.stream().map(NftWords::unquoted).toList(), ""))));
        }
        if (set.isEmpty() || set.get().map() != map && !set.get().elements().isEmpty()) {
            return false;
        }
        draft.lookup(fields, set.get(), negated, words);
        return true;
    }

    /** {@code assured,confirmed} asks for any of these, {@code ! assured} for none; which all are set is open. */
    private boolean status(String value, boolean exactly, boolean noneOf, String words) {
        boolean masked = word().equals("/");
        at += masked ? 2 : 0;
        if (exactly || masked) {
            draft.undecided(STATUS.get(0), words);
        } else if (operator(word())) {
            return false;
        } else {
            draft.status(List.of(value.split(",", -1)), noneOf, words);
        }
        return true;
    }

    /** {@code established,related} asks for any of these bits, {@code ! invalid} for none, {@code syn / syn,ack} under a mask. */
    private boolean bits(String field, String value, boolean equal, boolean negated, boolean noneOf, String words) {
        boolean flags = field.equals("tcp flags");
        if (flags && word().equals("/")) {
            draft.flags(word(1), value, negated, words + " / " + word(1));
            at += 2;
            return !noneOf;
        }
        if (operator(word())) {
            return false;
        }
        if (flags && !equal && !negated) {
            // Any of several bits is set if not all of them are clear.
            draft.flags(value, "0x0", !noneOf, words);
            return true;
        }
        boolean list = value.indexOf(',') >= 0;
        if (list && !flags && (equal || negated)) {
            return false;
        }
        NftSet set = NftSet.of(flags ? List.of(value) : List.of(value.split(",", -1)));
        draft.lookup(List.of(field), set, negated || noneOf, words);
        return true;
    }

    /** {@code ip saddr & 255.255.0.255 == 10.240.0.0}, {@code tcp flags & (fin | syn) == syn | fin}. */
    private boolean masked(String field) {
        int from = at++;
        StringBuilder mask = new StringBuilder();
        while (at < words.size() && !word().equals("==") && !word().equals("!=")) {
            mask.append(word());
            at++;
        }
        boolean negated = word().equals("!=");
        at++;
        StringBuilder value = new StringBuilder(word());
        at++;
        while (word().equals("|")) {
            value.append('|').append(word(1));
            at += 2;
        }
        boolean group = value.length() == 0 || value.charAt(0) == '{' || value.charAt(0) == '@';
        if (group || operator(word()) || mask.length() == 0) {
            return false;
        }
        draft.masked(field, mask.toString(), value.toString(), negated, field + " " + shown(from));
        return true;
    }

    /** {@code tcp dport > 1023}. */
    private boolean compared(String field) {
        String operator = word();
        String value = word(1);
        at += 2;
        String words = field + " " + operator + " " + value;
        boolean port = NftFields.isPort(field);
        Optional<Long> number = IptablesWords.number(value);
        if (!port || number.isEmpty()) {
            draft.undecided(field, words);
            return true;
        }
        draft.lookup(List.of(field), NftFields.compared(operator, number.get()), false, words);
        return true;
    }
}
