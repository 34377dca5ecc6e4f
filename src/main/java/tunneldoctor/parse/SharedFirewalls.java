package tunneldoctor.parse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostTablesUnreadable;
import tunneldoctor.model.NftRuleset;
import tunneldoctor.model.Problem;
import tunneldoctor.model.SourceRef;

/** Reads firewall texts, those with the same rules once: the nodes of a cluster have few different firewalls. */
final class SharedFirewalls {
    private final FactsBuilder facts;
    private final Map<Text, Firewall> known = new HashMap<>();

    SharedFirewalls(FactsBuilder facts) {
        this.facts = facts;
    }

    /** All that decides what is read of a document, beside its place. */
    private record Text(String command, RulesText rules, boolean truncatedHead, boolean truncatedTail, int lineOffset) {
        static Text of(NodeDocument document) {
            return new Text(
                    document.command(),
                    new RulesText(document.text()),
                    document.truncatedHead(),
                    document.truncatedTail(),
                    document.lineOffset());
        }
    }

    /** What was read of a text. */
    private record Firewall(
            List<HostTable> tables,
            List<NftRuleset> rulesets,
            List<HostTablesUnreadable> unreadable,
            List<Problem> problems) {}

    void read(NodeDocument document, BiConsumer<NodeDocument, FactsBuilder> reader) {
        Text text = Text.of(document);
        Firewall before = known.get(text);
        if (before == null) {
            known.put(text, readFirst(document, reader));
        } else {
            repeat(before, document);
        }
    }

    private Firewall readFirst(NodeDocument document, BiConsumer<NodeDocument, FactsBuilder> reader) {
        int tables = facts.hostTables.size();
        int rulesets = facts.nftRulesets.size();
        int unreadable = facts.unreadableTables.size();
        int problems = facts.problems.size();
        reader.accept(document, facts);
        return new Firewall(
                behind(tables, facts.hostTables),
                behind(rulesets, facts.nftRulesets),
                behind(unreadable, facts.unreadableTables),
                behind(problems, facts.problems));
    }

    private static <T> List<T> behind(int from, List<T> list) {
        return List.copyOf(list.subList(from, list.size()));
    }

    private void repeat(Firewall firewall, NodeDocument document) {
        String node = document.node();
        String place = document.place();
        firewall.tables.forEach(table -> facts.hostTables.add(table.on(node, place)));
        firewall.rulesets.forEach(ruleset -> facts.nftRulesets.add(ruleset.on(node, place)));
        firewall.unreadable.forEach(one -> facts.unreadableTables.add(
                new HostTablesUnreadable(node, one.command(), one.reason(), moved(one.source(), place))));
        firewall.problems.forEach(
                one -> facts.problems.add(new Problem(moved(one.at(), place), one.message(), one.advice())));
    }

    private static SourceRef moved(SourceRef at, String place) {
        return new SourceRef(place, at.line(), at.text());
    }
}
