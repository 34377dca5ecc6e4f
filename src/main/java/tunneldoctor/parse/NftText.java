package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.SourceRef;

/**
 * Reads {@code nft list ruleset} as nft prints it.
 *
 * <pre>
 * table inet filter {
 * 	set agents {
 * 		type ipv4_addr
 * 		elements = { 10.224.0.4, 10.224.0.7 }
 * 	}
 *
 * 	chain input {
 * 		type filter hook input priority filter; policy drop;
 * 		ct state vmap { established : accept, invalid : drop }
 * 		iifname "eth0" ip saddr @agents tcp dport 10250 counter packets 0 bytes 0 accept
 * 	}
 * }
 * </pre>
 */
final class NftText {
    /** What may stand in a table and is neither a chain nor a set: named counters and the like. */
    private static final String OBJECT = "object";

    private final NodeDocument document;
    private final FactsBuilder facts;
    private final NftTables tables;
    private final boolean terse;

    /** The current table's named sets and maps; absent where they change by themselves. */
    private Map<String, NftSet> sets = new HashMap<>();

    /** The blocks the current line stands in, outermost first: {@code table}, then {@code chain}, {@code set} or an object. */
    private final List<String> blocks = new ArrayList<>();

    private String setName = "";
    private boolean setMoves;
    private int setDepth;
    private final StringBuilder elements = new StringBuilder();
    private boolean strayReported;

    /** @param terse whether the command leaves out what sets hold */
    NftText(NodeDocument document, FactsBuilder facts, NftTables tables, boolean terse) {
        this.document = document;
        this.facts = facts;
        this.tables = tables;
        this.terse = terse;
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
        } else if (kind.equals(OBJECT)) {
            setDepth += NftWords.depth(line);
            if (setDepth <= 0) {
                leave();
            }
        } else if (cut) {
            tables.brokenOff();
            tables.unreadableRule(at);
        } else if (line.equals("}") || line.startsWith("} #")) {
            if (blocks.isEmpty()) {
                stray(at);
            } else {
                leave();
            }
        } else if (kind.isEmpty()) {
            table(line, at);
        } else if (kind.equals("table")) {
            member(line, at);
        } else {
            inChain(line, at);
        }
    }

    private void leave() {
        blocks.remove(blocks.size() - 1);
    }

    private void table(String line, SourceRef at) {
        List<String> words = NftWords.split(line);
        if (words.size() >= 4 && words.get(0).equals("table") && words.get(3).startsWith("{")) {
            tables.table(words.get(1), words.get(2));
            sets = new HashMap<>();
            if (NftWords.depth(line) > 0) {
                blocks.add("table");
            }
        } else if (IptablesWords.complaint(line) || line.startsWith("Error:")) {
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
        List<String> words = NftWords.split(line);
        boolean opens = NftWords.depth(line) > 0;
        switch (words.get(0)) {
            case "chain" -> {
                tables.chain(words.size() > 1 ? NftWords.unquoted(words.get(1)) : "", at);
                if (opens) {
                    blocks.add("chain");
                }
            }
            case "set", "map" -> {
                setName = words.size() > 1 ? words.get(1) : "";
                setMoves = terse;
                elements.setLength(0);
                if (opens) {
                    setDepth = 1;
                    blocks.add("set");
                }
            }
            case "flags" -> {
                if (line.contains("dormant")) {
                    tables.dormant();
                }
            }
            default -> {
                if (opens) {
                    setDepth = 1;
                    blocks.add(OBJECT);
                }
            }
        }
    }

    /** {@code type ipv4_addr}, {@code flags interval,timeout}, {@code elements = { 10.0.0.1,} and the lines it goes on. */
    private void setLine(String line) {
        boolean inside = setDepth > 1;
        int depth = NftWords.depth(line);
        int open = inside ? 0 : line.startsWith("elements = {") ? "elements = {".length() : -1;
        if (open >= 0) {
            int close = setDepth + depth <= 1 ? line.lastIndexOf('}') : line.length();
            elements.append(line, open, Math.max(open, close)).append(' ');
        } else if (line.startsWith("flags ")) {
            setMoves |= line.contains("timeout") || line.contains("dynamic");
        } else if (line.startsWith("timeout ")) {
            setMoves = true;
        }
        setDepth += depth;
        if (setDepth > 0) {
            return;
        }
        leave();
        if (!setMoves) {
            NftWords.elements(elements.toString()).ifPresent(set -> sets.put(setName, set));
        }
    }

    private void inChain(String line, SourceRef at) {
        if (line.startsWith("type ") && line.contains(" hook ")) {
            hook(line);
        } else if (line.startsWith("policy ")) {
            tables.policy(line.substring("policy ".length()).replace(";", "").strip());
        } else if (!line.startsWith("comment \"") && !line.startsWith("flags ")) {
            NftRuleDraft draft = tables.draft();
            new NftStatements(NftWords.split(withoutHandle(line)), sets, draft).read();
            tables.rule(draft, at);
        }
    }

    /** {@code type filter hook ingress devices = { eth0, eth1 } priority filter - 10; policy drop;}. */
    private void hook(String line) {
        List<String> words = NftWords.split(line.replace(";", " ; "));
        int hook = words.indexOf("hook");
        int priority = words.indexOf("priority");
        int policy = words.indexOf("policy");
        StringBuilder value = new StringBuilder();
        for (int i = priority + 1;
                priority >= 0 && i < words.size() && !words.get(i).equals(";");
                i++) {
            value.append(words.get(i));
        }
        tables.hook(words.get(1), words.get(hook + 1), NftTables.priority(value.toString()), devices(words));
        if (policy >= 0 && policy + 1 < words.size()) {
            tables.policy(words.get(policy + 1));
        }
    }

    private static List<String> devices(List<String> words) {
        int one = words.indexOf("device");
        int several = words.indexOf("devices");
        if (one >= 0 && one + 1 < words.size()) {
            return List.of(NftWords.unquoted(words.get(one + 1)));
        }
        if (several < 0 || several + 2 >= words.size()) {
            return List.of();
        }
        String group = words.get(several + 2);
        return NftWords.elements(group.substring(1, Math.max(1, group.length() - 1))).stream()
                .flatMap(set -> set.elements().stream())
                .map(element -> element.keys().get(0))
                .toList();
    }

    /** {@code nft -a} adds {@code # handle 7}, behind all that could hold such words as a comment. */
    private static String withoutHandle(String line) {
        int handle = line.lastIndexOf(" # handle ");
        return handle < 0 || line.indexOf('"', handle) >= 0 ? line : line.substring(0, handle);
    }

    /** The set of that name among those read so far; empty if its elements are not known. */
    static Optional<NftSet> named(Map<String, NftSet> sets, String word) {
        return Optional.ofNullable(sets.get(word.substring(1)));
    }
}
