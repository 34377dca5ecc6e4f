package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.Match.Opaque.Reason;
import tunneldoctor.model.SourceRef;

/**
 * Reads {@code nft list ruleset} as nft prints it.
 *
 * <pre>
 * table inet filter {
 * 	chain input {
 * 		type filter hook input priority filter; policy drop;
 * 		ct state vmap { established : accept, invalid : drop }
 * 		iifname "eth0" ip saddr { 10.224.0.0/16, 10.0.0.1-10.0.0.9 } tcp dport 10250 counter packets 0 bytes 0 accept
 * 	}
 * }
 * </pre>
 */
final class NftText {
    private final NodeDocument document;
    private final FactsBuilder facts;
    private final NftTables tables;

    /** Elements of the current table's named sets and maps; absent where they change by themselves. */
    private Map<String, List<String>> sets = new HashMap<>();

    private final List<String> blocks = new ArrayList<>();
    private StringBuilder setText = new StringBuilder();
    private boolean strayReported;

    NftText(NodeDocument document, FactsBuilder facts, NftTables tables) {
        this.document = document;
        this.facts = facts;
        this.tables = tables;
    }

    void read() {
        String text = document.text();
        int written = text.stripTrailing().length();
        int from = 0;
        int number = 0;
        while (from < text.length()) {
            int newline = text.indexOf('\n', from);
            int to = newline < 0 ? text.length() : newline;
            number++;
            String line = text.substring(from, to);
            from = to + 1;
            boolean cut = document.truncatedTail() && from >= written;
            line(line.strip(), document.at(number, line), cut);
        }
        if (!blocks.isEmpty()) {
            tables.brokenOff();
            facts.problem(
                    document.at(number, ""), "the ruleset broke off", "Give the whole output of nft list ruleset");
        }
    }

    private void line(String line, SourceRef at, boolean cut) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        String kind = blocks.isEmpty() ? "" : blocks.get(blocks.size() - 1);
        if (kind.equals("set")) {
            setLine(line);
        } else if (cut) {
            tables.brokenOff();
            tables.unreadableRule(at);
        } else if (line.equals("}") || line.startsWith("} #")) {
            if (blocks.isEmpty()) {
                stray(at);
            } else {
                blocks.remove(blocks.size() - 1);
            }
        } else if (kind.isEmpty()) {
            table(line, at);
        } else if (kind.equals("table")) {
            member(line, at);
        } else {
            inChain(line, at);
        }
    }

    private void table(String line, SourceRef at) {
        List<String> words = words(withoutHandle(line));
        if (words.size() >= 3 && words.get(0).equals("table") && line.contains("{")) {
            tables.table(words.get(1), words.get(2));
            sets = new HashMap<>();
            if (!line.endsWith("}")) {
                blocks.add("table");
            }
        } else if (IptablesWords.complaint(line)) {
            IptablesReader.complaint(document, at, facts);
            tables.brokenOff();
        } else {
            stray(at);
        }
    }

    private void stray(SourceRef at) {
        tables.brokenOff();
        if (!strayReported) {
            strayReported = true;
            facts.problem(
                    at, "the text begins in the middle of a ruleset", "Give the whole output of nft list ruleset");
        }
    }

    private void member(String line, SourceRef at) {
        List<String> words = words(withoutHandle(line));
        boolean closed = line.endsWith("}");
        if (words.get(0).equals("chain") && words.size() >= 2) {
            tables.chain(words.get(1), at);
            if (!closed) {
                blocks.add("chain");
            }
        } else if (line.contains("{")) {
            setText = new StringBuilder();
            setName = words.size() > 1 ? words.get(1) : "";
            if (!closed) {
                blocks.add("set");
                setDepth = 1;
            }
        }
    }

    private String setName = "";
    private int setDepth;

    private void setLine(String line) {
        for (int i = 0; i < line.length(); i++) {
            setDepth += line.charAt(i) == '{' ? 1 : line.charAt(i) == '}' ? -1 : 0;
        }
        setText.append(line).append(' ');
        if (setDepth > 0) {
            return;
        }
        blocks.remove(blocks.size() - 1);
        String text = setText.toString();
        boolean moving = text.contains("timeout") || text.contains("dynamic") || text.contains("expires");
        int elements = text.indexOf("elements = {");
        if (!moving) {
            List<String> values = new ArrayList<>();
            if (elements >= 0) {
                int open = text.indexOf('{', elements);
                int close = text.indexOf('}', open);
                if (close > open) {
                    values.addAll(split(text.substring(open + 1, close)));
                }
            }
            sets.put(setName, values);
        }
    }

    private static List<String> split(String list) {
        List<String> values = new ArrayList<>();
        for (String value : list.split(",", -1)) {
            if (!value.isBlank()) {
                values.add(value.strip());
            }
        }
        return values;
    }

    private void inChain(String line, SourceRef at) {
        if (line.startsWith("type ") && line.contains(" hook ")) {
            hook(line);
        } else if (line.startsWith("policy ")) {
            tables.policy(line.substring("policy ".length()).replace(";", "").strip());
        } else if (!line.startsWith("comment ") && !line.startsWith("flags ")) {
            NftRuleDraft draft = new NftRuleDraft();
            new Statements(words(withoutHandle(line)), draft).read();
            tables.rule(draft, at);
        }
    }

    /** {@code type filter hook input priority filter - 10; policy drop;}. */
    private void hook(String line) {
        List<String> words = words(line.replace(";", " ; "));
        String type = words.get(1);
        int hook = words.indexOf("hook");
        int priority = words.indexOf("priority");
        int policy = words.indexOf("policy");
        StringBuilder value = new StringBuilder();
        for (int i = priority + 1;
                priority >= 0 && i < words.size() && !words.get(i).equals(";");
                i++) {
            value.append(words.get(i));
        }
        tables.hook(type, words.get(hook + 1), NftTables.priority(value.toString()));
        tables.policy(policy >= 0 && policy + 1 < words.size() ? words.get(policy + 1) : "accept");
    }

    private static String withoutHandle(String line) {
        int handle = line.lastIndexOf(" # handle ");
        return handle < 0 ? line : line.substring(0, handle);
    }

    /** Words, quoted strings (with their opening quote) and whole {@code { … }} groups. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        int i = 0;
        while (i < line.length()) {
            char c = line.charAt(i);
            if (c == ' ' || c == '\t') {
                i++;
                continue;
            }
            int start = i;
            if (c == '"') {
                i = line.indexOf('"', i + 1);
                i = i < 0 ? line.length() : i + 1;
                words.add(line.substring(start, line.charAt(i - 1) == '"' ? i - 1 : i));
            } else if (c == '{') {
                int depth = 0;
                do {
                    depth += line.charAt(i) == '{' ? 1 : line.charAt(i) == '}' ? -1 : 0;
                    i++;
                } while (i < line.length() && depth > 0);
                words.add(line.substring(start, i));
            } else {
                while (i < line.length() && line.charAt(i) != ' ' && line.charAt(i) != '\t') {
                    i++;
                }
                words.add(line.substring(start, i));
            }
        }
        if (words.isEmpty()) {
            words.add("");
        }
        return words;
    }

    /** The statements of one rule, left to right. */
    private final class Statements {
        private final List<String> words;
        private final NftRuleDraft draft;
        private int at;

        Statements(List<String> words, NftRuleDraft draft) {
            this.words = words;
            this.draft = draft;
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

        void read() {
            while (at < words.size()) {
                if (verdict() || sideEffect()) {
                    continue;
                }
                int from = at;
                if (draft.unclear() || !condition()) {
                    at = from + 1;
                    if (!draft.unclear()) {
                        draft.open(String.join(" ", words.subList(from, words.size())), Reason.NOT_UNDERSTOOD);
                    }
                }
            }
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
                    draft.effect(word() + " " + word(1), "");
                    at += 2;
                }
                case "reject" -> {
                    at++;
                    boolean reset = false;
                    if (accept("with")) {
                        reset = word().equals("tcp");
                        skipToEnd();
                    }
                    draft.effect("REJECT", reset ? "--reject-with tcp-reset" : "");
                }
                case "queue" -> tail("NFQUEUE");
                case "dnat" -> tail("DNAT");
                case "redirect" -> tail("REDIRECT");
                case "snat" -> tail("SNAT");
                case "masquerade" -> tail("MASQUERADE");
                case "tproxy" -> tail("TPROXY");
                case "synproxy" -> tail("SYNPROXY");
                case "notrack" -> {
                    draft.effect("NOTRACK", "");
                    at++;
                }
                default -> {
                    if (word().equals("xt") && word(1).equals("target")) {
                        xtTarget();
                        return true;
                    }
                    return false;
                }
            }
            return true;
        }

        private void xtTarget() {
            String target = word(2).startsWith("\"") ? word(2).substring(1) : word(2);
            // How an extension of iptables marks packets, nft does not say.
            draft.effect(target, "");
            at += 3;
        }

        private void tail(String target) {
            draft.effect(target, "");
            skipToEnd();
        }

        private void skipToEnd() {
            at = words.size();
        }

        private boolean sideEffect() {
            switch (word()) {
                case "counter" -> {
                    at++;
                    if (accept("packets")) {
                        at++;
                        if (accept("bytes")) {
                            at++;
                        }
                    } else if (accept("name")) {
                        at++;
                    }
                }
                case "comment" -> at += 2;
                case "log" -> log();
                case "meta" -> {
                    if (word(1).equals("nftrace") && word(2).equals("set")) {
                        at += 4;
                    } else if (word(1).equals("mark") && word(2).equals("set")) {
                        at += 3;
                        markSet();
                    } else {
                        return false;
                    }
                }
                case "ct" -> {
                    if (!word(2).equals("set")) {
                        return false;
                    }
                    at += 3;
                    while (at < words.size() && NftRuleDraft.verdict(word()).isEmpty() && !word().equals("counter")) {
                        at++;
                    }
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void log() {
            at++;
            while (true) {
                switch (word()) {
                    case "prefix", "level", "group", "flags", "snaplen", "queue-threshold", "tcp", "ip" -> {
                        if (word().equals("flags") && (word(1).equals("tcp") || word(1).equals("ip"))) {
                            at++;
                        }
                        at += 2;
                    }
                    default -> {
                        return;
                    }
                }
            }
        }

        /** {@code 0x1}, {@code mark or 0x4000}, {@code meta mark | 0x4000}, {@code mark and 0xf xor 0x1}. */
        private void markSet() {
            int from = at;
            if (word().startsWith("0x")) {
                String value = word();
                at++;
                draft.effect("MARK", "--set-xmark " + value + "/0xffffffff");
                return;
            }
            accept("meta");
            boolean self = accept("mark");
            boolean or = word().equals("or") || word().equals("|");
            boolean and = word().equals("and") || word().equals("&");
            boolean alone =
                    NftRuleDraft.verdict(word(2)).length() > 0 || word(2).isEmpty() || word(2).equals("counter");
            if (self && (or || and) && word(1).startsWith("0x") && alone) {
                draft.effect("MARK", (or ? "--or-mark " : "--and-mark ") + word(1));
                at += 2;
                return;
            }
            draft.effect("MARK", "unknown");
            at = Math.max(at, from + 1);
            while (at < words.size() && NftRuleDraft.verdict(word()).isEmpty() && !word().equals("counter")) {
                at++;
            }
        }

        private boolean condition() {
            String first = word();
            switch (first) {
                case "iifname", "iif", "oifname", "oif" -> {
                    at++;
                    return values(first);
                }
                case "ip", "ip6", "tcp", "udp", "th" -> {
                    if (first.equals("tcp") && word(1).equals("flags")) {
                        at += 2;
                        return flags();
                    }
                    at += 2;
                    return values(first + " " + words.get(at - 1));
                }
                case "meta" -> {
                    String field = word(1);
                    at += 2;
                    return values(
                            switch (field) {
                                case "iifname", "iif", "oifname", "oif" -> field;
                                default -> "meta " + field;
                            });
                }
                case "mark" -> {
                    at++;
                    return values("meta mark");
                }
                case "ct" -> {
                    if (!word(1).equals("state")) {
                        return false;
                    }
                    at += 2;
                    return values("ct state");
                }
                case "fib" -> {
                    if (!(word(1).equals("daddr") || word(1).equals("saddr")) || !word(2).equals("type")) {
                        return false;
                    }
                    String field = "fib " + word(1) + " type";
                    at += 3;
                    return values(field);
                }
                case "limit" -> {
                    return varying(List.of("rate", "over", "burst", "packets", "bytes"));
                }
                default -> {
                    return false;
                }
            }
        }

        private boolean varying(List<String> more) {
            int from = at++;
            while (at < words.size()
                    && (more.contains(word()) || Character.isDigit(word().charAt(0)) || word().contains("bytes"))) {
                at++;
            }
            draft.open(String.join(" ", words.subList(from, at)), Reason.VARIES);
            return true;
        }

        /** {@code [!=] value}, {@code { a, b }}, {@code @set}, {@code & mask == value}, {@code vmap { a : accept }}. */
        private boolean values(String field) {
            boolean negated = false;
            if (accept("!=") || accept("!")) {
                negated = true;
            } else {
                accept("==");
            }
            String shown = field + (negated ? " != " : " ") + word();
            if (word().equals("&") || word().equals("and")) {
                return masked(field);
            }
            if (word().equals(".") || word().isEmpty() || word(1).equals(".")) {
                return false;
            }
            boolean map = accept("vmap");
            if (map && negated) {
                return false;
            }
            String value = word();
            at++;
            List<String> values;
            if (value.startsWith("@")) {
                List<String> known = sets.get(value.substring(1));
                if (known == null) {
                    draft.open(shown, Reason.NOT_SHOWN);
                    if (map) {
                        draft.effect(IptablesTableDraft.UNREADABLE_TARGET, "");
                    }
                    return true;
                }
                values = known;
            } else if (value.startsWith("{")) {
                values = split(value.substring(1, Math.max(1, value.length() - 1)));
            } else {
                values = List.of(value.split(",", -1));
            }
            List<String> plain = new ArrayList<>();
            List<String> targets = new ArrayList<>();
            for (String one : values) {
                Optional<String> target = Optional.empty();
                String key = one;
                if (map) {
                    int colon = one.indexOf(" : ");
                    if (colon < 0) {
                        return false;
                    }
                    String verdict = one.substring(colon + " : ".length()).strip();
                    String known = NftRuleDraft.verdict(verdict);
                    target = Optional.of(
                            !known.isEmpty()
                                    ? known
                                    : verdict.startsWith("jump ") || verdict.startsWith("goto ")
                                            ? verdict
                                            : IptablesTableDraft.UNREADABLE_TARGET);
                    key = one.substring(0, colon).strip();
                }
                key = key.startsWith("\"") ? key.replace("\"", "") : key;
                if (key.indexOf(' ') >= 0) {
                    return false;
                }
                plain.add(key);
                target.ifPresent(targets::add);
            }
            if (plain.isEmpty()) {
                // A set without elements has no member.
                if (!negated) {
                    draft.and(NftRuleDraft.NEVER);
                }
                return true;
            }
            draft.field(field, plain, targets, negated, shown);
            return true;
        }

        /** {@code ip saddr & 255.255.0.255 == 10.240.0.0} and {@code meta mark & 0x8000 == 0x8000}. */
        private boolean masked(String field) {
            at++;
            String mask = word();
            at++;
            boolean negated = accept("!=");
            if (!negated && !accept("==")) {
                return false;
            }
            String value = word();
            at++;
            String shown = field + " & " + mask + (negated ? " != " : " == ") + value;
            switch (field) {
                case "ip saddr", "ip daddr", "meta mark" -> {
                    draft.field(field, List.of(value + "/" + mask), List.of(), negated, shown);
                    return true;
                }
                default -> {
                    return false;
                }
            }
        }

        /** {@code syn / fin,syn,rst,ack}, {@code != syn / …}, {@code ! fin,syn} or {@code & (fin|syn) == syn}. */
        private boolean flags() {
            boolean negated = accept("!=");
            if (accept("!")) {
                draft.flags(list(word()), List.of(), false, "tcp flags ! " + word());
                at++;
                return true;
            }
            if (accept("&")) {
                StringBuilder mask = new StringBuilder();
                while (at < words.size() && !word().equals("==") && !word().equals("!=")) {
                    mask.append(word());
                    at++;
                }
                negated = word().equals("!=");
                at++;
                StringBuilder set = new StringBuilder(word());
                at++;
                while (word().equals("|")) {
                    set.append('|').append(word(1));
                    at += 2;
                }
                List<String> wanted = set.toString().equals("0x0") ? List.of() : list(set.toString());
                draft.flags(list(mask.toString().replace("(", "").replace(")", "")), wanted, negated, "tcp flags");
                return true;
            }
            if (word(1).equals("/")) {
                draft.flags(list(word(2)), list(word()), negated, "tcp flags");
                at += 3;
                return true;
            }
            return false;
        }

        private static List<String> list(String words) {
            return List.of(words.replace('|', ',').split(",", -1));
        }
    }
}
