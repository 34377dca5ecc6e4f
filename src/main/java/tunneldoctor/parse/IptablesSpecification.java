package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.SourceRef;

/**
 * Reads {@code iptables -S} and {@code iptables-save}, with or without counters.
 *
 * <pre>
 * *filter
 * :INPUT ACCEPT [4175:1130452]
 * :cali-INPUT - [0:0]
 * [12:720] -A INPUT -s 10.224.0.0/16 -p tcp -m tcp --dport 10250 -m comment --comment "a b" -j REJECT --reject-with tcp-reset
 * COMMIT
 * </pre>
 */
final class IptablesSpecification {
    /** Every table the kernel has; {@code iptables-save} leaves out those that do not exist. */
    static final List<String> TABLES = List.of("raw", "mangle", "nat", "filter", "security");

    private final NodeDocument document;
    private final IptablesCommand command;
    private final FactsBuilder facts;
    private final IptablesRuleParser rules;
    private final LineWords words;

    private HostTable.Backend backend;
    private final boolean otherBackendHinted;

    /** Whether {@code *table} lines part the text, as the save tools print it. */
    private boolean sections;

    private String table = "";
    private IptablesTableDraft draft = new IptablesTableDraft();
    private IptablesTableDraft.@org.jspecify.annotations.Nullable Chain current;
    private boolean open;
    private boolean everyTableWhole = true;
    private boolean nothingReadYet = true;
    private boolean strayReported;
    private int tablesBefore;

    /** Whether the last line read is none, or one that cannot be understood. */
    private boolean lineUnread;

    IptablesSpecification(NodeDocument document, IptablesCommand command, FactsBuilder facts) {
        this.document = document;
        this.command = command;
        this.facts = facts;
        this.backend = command.backend();
        this.otherBackendHinted = IptablesReader.hintsAtOtherBackend(document.text());
        this.rules = new IptablesRuleParser(facts.words);
        this.words = new LineWords("", facts.words);
    }

    void read() {
        tablesBefore = facts.hostTables.size();
        String text = document.text();
        sections = command.save() || text.startsWith("*") || text.contains("\n*");
        if (!sections) {
            table = command.table().orElse("filter");
            open = true;
        }
        int written = IptablesReader.endOfText(text);
        Quotes quotes = new Quotes(text);
        int from = 0;
        int number = 0;
        while (from < text.length()) {
            int to = IptablesReader.endOfLine(text, from);
            number++;
            int joined = 0;
            if (quotes.openAt(from, to)) {
                int closed = endOfQuoted(text, to);
                joined = linesBetween(text, to, closed);
                to = closed;
            }
            String line = text.substring(from, to);
            from = to + 1;
            boolean last = from >= written;
            boolean halfLine = last && !sections && to == text.length() && !wholeAtEnd(line.strip());
            SourceRef at = document.at(number, line);
            lineUnread = false;
            line(line, at, last && document.truncatedTail() || halfLine);
            if (halfLine && !document.truncatedTail()) {
                facts.problem(at, "the text broke off in this line", adviceWhole());
            } else if (last && !sections && lineUnread) {
                brokenOff();
            }
            number += joined;
        }
        if (open) {
            finish(!sections);
        }
        addEmptyTables();
    }

    /**
     * Whether a line that nothing ends can be all of what {@code iptables -S} prints there: a pasted text often lacks its
     * last line break, and one that was cut nearly always does.
     */
    private boolean wholeAtEnd(String line) {
        if (line.startsWith("-A ")) {
            words.read(line, 2, line.length());
            boolean declared = draft.chains.containsKey(words.take());
            while (!words.atEnd() && !words.is("-j") && !words.is("-g")) {
                words.next();
            }
            words.next();
            String target = words.take();
            return declared && (draft.chains.containsKey(target) || IptablesWords.TARGETS.contains(target));
        }
        if (line.startsWith("-P ")) {
            words.read(line, 2, line.length());
            words.next();
            return words.is("ACCEPT") || words.is("DROP");
        }
        // Chains are made to hold rules, which would follow.
        return !line.startsWith("-N ");
    }

    /** Tells lines of a text that end inside a quoted word; asked about one line after another. */
    private static final class Quotes {
        private final String text;

        /** Without escapes quotes come in pairs, and need not be looked for letter by letter. */
        private final boolean escapes;

        /** The first quote that has not been passed yet; negative if there is none. */
        private int next;

        Quotes(String text) {
            this.text = text;
            this.escapes = text.indexOf('\\') >= 0;
            this.next = text.indexOf('"');
        }

        /** Whether the text from one place to another, which begins outside quotes, ends inside them. */
        boolean openAt(int from, int to) {
            if (next >= 0 && next < from) {
                next = text.indexOf('"', from);
            }
            if (escapes) {
                return next >= 0 && next < to && IptablesRuleParser.quoteOpen(text, next, to, false);
            }
            boolean open = false;
            while (next >= 0 && next < to) {
                open = !open;
                next = text.indexOf('"', next + 1);
            }
            return open;
        }
    }

    /** A comment may hold a line break; the quote round it is then still open. */
    private static int endOfQuoted(String text, int endOfLine) {
        int to = endOfLine;
        for (int joined = 0; joined < IptablesRuleParser.MAX_JOINED && to < text.length(); joined++) {
            int next = to + 1;
            to = IptablesReader.endOfLine(text, next);
            if (!IptablesRuleParser.quoteOpen(text, next, to, true)) {
                return to;
            }
        }
        // Nothing closes it: then it is this one line that is broken, not all that follow.
        return endOfLine;
    }

    private static int linesBetween(String text, int from, int to) {
        int lines = 0;
        for (int at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
            lines++;
        }
        return lines;
    }

    private void line(String raw, SourceRef at, boolean cut) {
        String line = raw.strip();
        if (open && !cut && line.startsWith("-A ")) {
            // Nearly all lines are such: what else a line may be need not be asked of each.
            nothingReadYet = false;
            append(line, 2, at);
            return;
        }
        if (line.isEmpty()) {
            return;
        }
        if (line.startsWith("#")) {
            remark(line, at);
            return;
        }
        if (IptablesWords.complaint(line)) {
            IptablesReader.complaint(document, at, facts);
            everyTableWhole = false;
            return;
        }
        boolean first = nothingReadYet;
        nothingReadYet = false;
        if (cut) {
            everyTableWhole = false;
            brokenOff();
            if (current != null) {
                current.unreadable(table, at);
            }
            return;
        }
        if (line.startsWith("*") && line.length() > 1) {
            if (open) {
                finish(false);
            }
            table = line.substring(1).strip().toLowerCase(Locale.ROOT);
            draft = new IptablesTableDraft();
            current = null;
            open = true;
        } else if (!open) {
            stray(at, first);
        } else if (line.equals("COMMIT")) {
            finish(true);
        } else if (line.startsWith(":")) {
            words.read(line, 1, line.length());
            declare(words.take(), words.take(), at);
        } else if (line.startsWith("-P ")) {
            words.read(line, 2, line.length());
            declare(words.take(), words.take(), at);
        } else if (line.startsWith("-N ")) {
            words.read(line, 2, line.length());
            declare(words.take(), "-", at);
        } else if (line.startsWith("-A ")) {
            append(line, 2, at);
        } else if (line.startsWith("[") && line.indexOf("] -A ") > 0) {
            append(line, line.indexOf("] -A ") + 4, at);
        } else {
            unread(at, first);
        }
    }

    private void remark(String line, SourceRef at) {
        if (line.startsWith("# Generated by")) {
            if (command.backend() == HostTable.Backend.UNSTATED) {
                backend = line.contains("(nf_tables)") ? HostTable.Backend.NFT : HostTable.Backend.LEGACY;
            }
        } else if (IptablesWords.complaint(line)) {
            IptablesReader.complaint(document, at, facts);
            everyTableWhole = false;
        }
    }

    private void declare(String chain, String policy, SourceRef at) {
        if (chain.isEmpty()) {
            unread(at, false);
            return;
        }
        IptablesTableDraft.Chain declared = draft.chain(chain, at);
        if (!policy.isEmpty() && !policy.equals("-")) {
            declared.policy = Optional.of(policy.toUpperCase(Locale.ROOT));
        }
    }

    /** @param behind where in the line the words behind {@code -A} begin */
    private void append(String line, int behind, SourceRef at) {
        words.read(line, behind, line.length());
        if (words.atEnd()) {
            unread(at, false);
            return;
        }
        IptablesTableDraft.Chain chain = current;
        if (chain == null || !words.is(chain.name)) {
            chain = named(words.word(), at);
        }
        words.next();
        Optional<HostRule> rule =
                rules.parse(table, chain.name, chain.nextPosition(), line, words.offset(), command.family(), at);
        if (rule.isPresent()) {
            chain.rules.add(rule.get());
        } else {
            lineUnread = true;
            chain.unreadable(table, at);
            facts.problem(at, "a rule that cannot be read", "Give the whole output of iptables-save");
        }
    }

    /** The chain a rule is for, which is from now on the current one. */
    private IptablesTableDraft.Chain named(String name, SourceRef at) {
        if (!sections && current == null) {
            table = IptablesReader.tableOf(command, draft.chains.keySet());
        }
        IptablesTableDraft.Chain chain = draft.chains.get(name);
        if (chain == null) {
            // Every chain is declared before any rule; so the declaration is in the part that is cut off, and the first
            // such chain may have lost rules too.
            boolean firstRules = draft.chains.values().stream().allMatch(known -> known.rules.isEmpty());
            chain = draft.chain(name, at);
            chain.beginningShown = !firstRules;
            draft.whole = false;
            if (firstRules) {
                facts.problem(
                        at,
                        "the text does not declare chain " + name + " before this rule: its beginning is missing",
                        adviceWhole());
            }
        }
        current = chain;
        return chain;
    }

    /** A line before any table. */
    private void stray(SourceRef at, boolean first) {
        everyTableWhole = false;
        if (!strayReported) {
            strayReported = true;
            facts.problem(
                    at, first ? "the text begins in the middle of a table" : "a line outside any table", adviceWhole());
        }
    }

    private void unread(SourceRef at, boolean first) {
        lineUnread = true;
        draft.whole = false;
        everyTableWhole = false;
        IptablesTableDraft.Chain chain = current;
        if (chain != null) {
            chain.unreadable(table, at);
        }
        facts.problem(
                at, first ? "the text begins in the middle of a line" : "not a line iptables prints", adviceWhole());
    }

    private static String adviceWhole() {
        return "Give the whole output of iptables-save; where only its end arrives, iptables -S INPUT is short enough";
    }

    /** The last chain may have more rules, and so may every chain that shows none yet. */
    private void brokenOff() {
        draft.whole = false;
        for (IptablesTableDraft.Chain chain : draft.chains.values()) {
            if (chain == current || chain.rules.isEmpty()) {
                chain.endShown = false;
            }
        }
    }

    private void finish(boolean ended) {
        open = false;
        if (!ended) {
            everyTableWhole = false;
            draft.whole = false;
            brokenOff();
            facts.problem(document.at(0, ""), "table " + table + " has no COMMIT: the text broke off", adviceWhole());
        }
        if (document.truncatedTail() && !sections) {
            brokenOff();
        }
        String name = sections ? table : IptablesReader.tableOf(command, draft.chains.keySet());
        if (!sections && command.chain().isEmpty()) {
            for (String builtIn : IptablesReader.builtInChains(name)) {
                draft.whole &= draft.chains.containsKey(builtIn)
                        && draft.chains.get(builtIn).policy.isPresent();
            }
            // Every policy comes before the first rule.
            if (!draft.whole && draft.chains.values().stream().allMatch(chain -> chain.rules.isEmpty())) {
                brokenOff();
            }
        }
        if (!sections && command.chain().isPresent() || command.oneRule() || command.filtered()) {
            draft.whole = false;
        }
        if (command.filtered() || command.oneRule()) {
            everyTableWhole = false;
            draft.chains.values().forEach(chain -> {
                chain.beginningShown = false;
                chain.endShown = false;
            });
        }
        if (document.truncatedHead()) {
            everyTableWhole = false;
        }
        facts.hostTables.add(draft.build(
                document,
                sections ? backend : IptablesReader.backend(command, otherBackendHinted),
                command.family(),
                name,
                sections ? HostTable.Form.SAVE : HostTable.Form.SPECIFICATION,
                otherBackendHinted));
        draft = new IptablesTableDraft();
        current = null;
    }

    /** A whole {@code iptables-save} that leaves a table out says that the table is empty. */
    private void addEmptyTables() {
        if (!command.save() || command.table().isPresent() || !everyTableWhole || document.truncatedTail()) {
            return;
        }
        List<HostTable> shown = facts.hostTables.subList(tablesBefore, facts.hostTables.size());
        List<String> names = new ArrayList<>();
        for (HostTable table : shown) {
            if (table.backend() != backend) {
                return;
            }
            names.add(table.name());
        }
        if (names.isEmpty()) {
            return;
        }
        for (String name : TABLES) {
            if (!names.contains(name)) {
                facts.hostTables.add(new IptablesTableDraft()
                        .build(document, backend, command.family(), name, HostTable.Form.SAVE, otherBackendHinted));
            }
        }
    }
}
