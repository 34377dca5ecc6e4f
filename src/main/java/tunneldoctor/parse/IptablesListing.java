package tunneldoctor.parse;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.SourceRef;

/**
 * Reads {@code iptables -L} with any of {@code -n -v -x --line-numbers}.
 *
 * <pre>
 * Chain INPUT (policy DROP 0 packets, 0 bytes)
 * num   pkts bytes target     prot opt in     out     source               destination
 * 1     4175 1130K ACCEPT     all  --  lo     *       0.0.0.0/0            0.0.0.0/0
 * 2        0     0 REJECT     6    --  *      *      !10.224.0.0/16        0.0.0.0/0            tcp dpt:10250 reject-with tcp-reset
 *
 * Chain X (1 references)
 * </pre>
 */
final class IptablesListing {
    private final NodeDocument document;
    private final IptablesCommand command;
    private final FactsBuilder facts;
    private final IptablesTableDraft draft = new IptablesTableDraft();
    private final Set<String> doubled = new HashSet<>();
    private final IptablesListedRule rules;

    private IptablesTableDraft.@Nullable Chain current;

    /** The columns of the chain being read; null before its heading. */
    private @Nullable Columns columns;

    private final boolean otherBackendHinted;
    private boolean strayReported;
    private boolean interfacesShown = true;
    private boolean anyHeading;

    IptablesListing(NodeDocument document, IptablesCommand command, FactsBuilder facts) {
        this.document = document;
        this.command = command;
        this.facts = facts;
        this.rules = new IptablesListedRule(command.family(), facts.words);
        this.otherBackendHinted = IptablesReader.hintsAtOtherBackend(document.text());
    }

    /**
     * Which optional columns a chain's heading shows.
     *
     * @param whole whether it shows the last one, too
     */
    record Columns(boolean numbers, boolean counters, boolean interfaces, boolean whole) {
        static Optional<Columns> parse(LineWords words) {
            boolean numbers = false;
            boolean counters = false;
            boolean interfaces = false;
            boolean target = false;
            boolean protocol = false;
            boolean destination = false;
            for (; !words.atEnd(); words.next()) {
                numbers |= words.is("num");
                counters |= words.is("pkts");
                interfaces |= words.is("in");
                target |= words.is("target");
                protocol |= words.is("prot");
                destination |= words.is("destination");
            }
            return target && protocol
                    ? Optional.of(new Columns(numbers, counters, interfaces, destination))
                    : Optional.empty();
        }
    }

    void read() {
        String text = document.text();
        String named = command.table().orElse("filter");
        String table = IptablesReader.tableOf(command, chainNames(text));
        if (!table.equals(named)) {
            facts.problem(
                    document.at(0, ""),
                    "the command names table " + named + ", but the chains shown are those of table " + table,
                    "");
        }
        int written = IptablesReader.endOfText(text);
        int from = 0;
        int number = 0;
        while (from < text.length()) {
            int to = IptablesReader.endOfLine(text, from);
            number++;
            String line = text.substring(from, to);
            from = to + 1;
            boolean cut = document.truncatedTail() && from >= written;
            line(table, line, number, cut);
        }
        finish(table);
    }

    /** The chains whose headings the text shows. */
    private static Set<String> chainNames(String text) {
        Set<String> names = new HashSet<>();
        int at = text.startsWith("Chain ") ? 0 : text.indexOf("\nChain ") + 1;
        while (at > 0 || names.isEmpty() && text.startsWith("Chain ")) {
            int start = at + "Chain ".length();
            int end = text.indexOf(' ', start);
            if (end < 0) {
                break;
            }
            names.add(text.substring(start, end));
            at = text.indexOf("\nChain ", start) + 1;
        }
        return names;
    }

    private void line(String table, String line, int number, boolean cut) {
        if (line.isBlank()) {
            return;
        }
        if (IptablesReader.isWarning(line)) {
            return;
        }
        if (line.startsWith("Chain ") && heading(line, document.at(number, line), cut)) {
            return;
        }
        IptablesTableDraft.Chain chain = current;
        if (chain == null) {
            stray(line, number);
            return;
        }
        if (columns == null) {
            Optional<Columns> shown = Columns.parse(new LineWords(line, facts.words));
            if (shown.isPresent()) {
                columns = shown.get();
                interfacesShown &= columns.interfaces();
                anyHeading = true;
                return;
            }
        }
        SourceRef at = document.at(number, line);
        if (cut) {
            chain.unreadable(table, at);
            return;
        }
        Columns shown = columns;
        Optional<HostRule> rule =
                shown == null ? Optional.empty() : rules.parse(table, chain.name, chain.nextPosition(), shown, at);
        if (rule.isPresent()) {
            chain.rules.add(rule.get());
        } else if (IptablesWords.complaint(line)) {
            IptablesReader.complaint(document, at, facts);
            draft.whole = false;
        } else {
            chain.unreadable(table, at);
            facts.problem(at, "a line that iptables does not print", "Give the whole output of iptables-save");
        }
    }

    /** {@code Chain INPUT (policy DROP 0 packets, 0 bytes)} or {@code Chain X (2 references)}. */
    private boolean heading(String line, SourceRef at, boolean cut) {
        LineWords words = new LineWords(line, facts.words);
        words.next();
        String name = words.take();
        String rest = words.rest();
        boolean closed = rest.startsWith("(") && rest.endsWith(")");
        if (name.isEmpty() || !closed && !cut) {
            return false;
        }
        if (draft.chains.containsKey(name)) {
            doubled.add(name);
            facts.problem(
                    at,
                    "chain " + name + " is shown twice: one text holds two tables or two listings",
                    "Give each listing under its own command");
        }
        IptablesTableDraft.Chain chain = draft.chain(name, at);
        if (rest.startsWith("(policy ")) {
            LineWords policy = new LineWords(rest.substring("(policy ".length()).replace(')', ' '), facts.words);
            chain.policy = Optional.of(policy.word().toUpperCase(Locale.ROOT)).filter(word -> !word.isEmpty());
        }
        if (!closed) {
            chain.policy = Optional.empty();
            chain.endShown = false;
        }
        current = chain;
        columns = null;
        return true;
    }

    private void stray(String line, int number) {
        SourceRef at = document.at(number, line);
        if (IptablesWords.complaint(line)) {
            IptablesReader.complaint(document, at, facts);
            draft.whole = false;
        } else if (!strayReported) {
            strayReported = true;
            draft.whole = false;
            facts.problem(
                    at,
                    "the text begins in the middle of a chain",
                    "Give the whole output of iptables-save; where only its end arrives, iptables -S INPUT is short enough");
        }
    }

    private void finish(String table) {
        draft.whole &= command.chain().isEmpty() && doubled.isEmpty() && !command.filtered();
        if (command.chain().isEmpty()) {
            for (String builtIn : IptablesReader.builtInChains(table)) {
                draft.whole &= draft.chains.containsKey(builtIn);
            }
        }
        IptablesTableDraft.Chain last = current;
        boolean headed = columns != null && columns.whole();
        if (last != null
                && (document.truncatedTail()
                        || !headed
                        || !draft.whole && command.chain().isEmpty())) {
            last.endShown = false;
        }
        for (IptablesTableDraft.Chain chain : draft.chains.values()) {
            if (doubled.contains(chain.name) || command.filtered() || command.oneRule()) {
                chain.beginningShown = false;
                chain.endShown = false;
            }
        }
        if (draft.chains.isEmpty()) {
            return;
        }
        HostTable built = draft.build(
                document,
                IptablesReader.backend(command, otherBackendHinted),
                command.family(),
                table,
                interfacesShown && anyHeading ? HostTable.Form.VERBOSE_LISTING : HostTable.Form.LISTING,
                otherBackendHinted);
        facts.hostTables.add(built);
    }
}
