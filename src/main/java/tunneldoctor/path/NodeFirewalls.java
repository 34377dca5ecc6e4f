package tunneldoctor.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tunneldoctor.model.Facts;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostTablesUnreadable;
import tunneldoctor.model.NftRuleset;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.UfwRule;
import tunneldoctor.model.UfwStatus;

/** What is read of each node's own firewall, and which nodes have the same one. */
final class NodeFirewalls {
    private static final SourceRef NOWHERE = new SourceRef("", 0, "");

    private final Map<String, List<HostTable>> tables;
    private final Map<String, List<NftRuleset>> rulesets;
    private final Map<String, List<HostTablesUnreadable>> unreadable;
    private final Map<String, List<UfwStatus>> ufw;
    private final OwnLines lines;

    NodeFirewalls(Facts facts) {
        tables = byNode(facts.hostTables(), HostTable::node);
        rulesets = byNode(facts.nftRulesets(), NftRuleset::node);
        unreadable = byNode(facts.unreadableTables(), HostTablesUnreadable::node);
        ufw = byNode(facts.ufw(), UfwStatus::node);
        lines = new OwnLines(facts.given());
    }

    private static <T> Map<String, List<T>> byNode(List<T> all, Function<T, String> node) {
        Map<String, List<T>> byNode = new HashMap<>();
        all.forEach(one ->
                byNode.computeIfAbsent(node.apply(one), n -> new ArrayList<>()).add(one));
        return byNode;
    }

    /** With their places in the node's own outputs. */
    List<HostTable> tables(String node) {
        return placed(tables.getOrDefault(node, List.of()), node);
    }

    /** With their places in the node's own outputs. */
    List<NftRuleset> rulesets(String node) {
        return rulesets.getOrDefault(node, List.of()).stream()
                .map(ruleset -> readThere(ruleset) ? ruleset : placed(ruleset))
                .toList();
    }

    List<HostTablesUnreadable> unreadable(String node) {
        return unreadable.getOrDefault(node, List.of());
    }

    List<UfwStatus> ufw(String node) {
        return ufw.getOrDefault(node, List.of());
    }

    private List<HostTable> placed(List<HostTable> some, String node) {
        return some.stream()
                .map(table -> readThere(table) ? table : table.placed(at -> lines.of(node, at)))
                .toList();
    }

    private NftRuleset placed(NftRuleset ruleset) {
        String document = ruleset.source().document();
        List<HostTable> own = ruleset.tables().stream()
                .map(table -> table.on(ruleset.node(), document))
                .toList();
        return new NftRuleset(ruleset.node(), placed(own, ruleset.node()), ruleset.complete(), ruleset.source());
    }

    /** Whether it was this node's own outputs that its rules were read from. */
    boolean readThere(String node) {
        return tables.getOrDefault(node, List.of()).stream().allMatch(NodeFirewalls::readThere)
                && rulesets.getOrDefault(node, List.of()).stream().allMatch(NodeFirewalls::readThere);
    }

    private static boolean readThere(NftRuleset ruleset) {
        return ruleset.tables().isEmpty()
                || ruleset.tables().get(0).document().equals(ruleset.source().document());
    }

    private static boolean readThere(HostTable table) {
        return table.chains().isEmpty()
                || table.chains().get(0).source().document().equals(table.document());
    }

    /** Equal for nodes with the same rules, which share them; a list to be added to. */
    List<Object> sameAs(String node) {
        List<Object> key = new ArrayList<>();
        tables.getOrDefault(node, List.of()).forEach(table -> key.add(Shared.of(table)));
        for (NftRuleset ruleset : rulesets.getOrDefault(node, List.of())) {
            key.add(new Shared(ruleset.complete(), ruleset.tables()));
        }
        for (HostTablesUnreadable one : unreadable(node)) {
            key.add(one.command());
            key.add(one.reason());
        }
        ufw(node).forEach(status -> key.add(unplaced(status)));
        return key;
    }

    /** What is said of rules, equal only to the same said of the very same rules. */
    private record Shared(Object said, List<?> rules) {
        static Shared of(HostTable table) {
            return new Shared(
                    new HostTable(
                            "",
                            "",
                            table.backend(),
                            table.family(),
                            table.name(),
                            table.form(),
                            List.of(),
                            table.wholeTable(),
                            table.otherBackendHinted()),
                    table.chains());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Shared that && rules == that.rules && said.equals(that.said);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(rules) + said.hashCode();
        }
    }

    private static List<Object> unplaced(UfwStatus status) {
        List<Object> key = new ArrayList<>(List.of(
                status.state(), status.form(), status.defaultIncoming(), status.defaultOutgoing(), status.complete()));
        status.rules().forEach(rule -> key.add(unplaced(rule)));
        return key;
    }

    private static UfwRule unplaced(UfwRule rule) {
        return new UfwRule(
                rule.position(),
                rule.action(),
                rule.traffic(),
                rule.ipv6(),
                rule.protocol(),
                rule.ports(),
                rule.profile(),
                rule.destination(),
                rule.destinationInterface(),
                rule.senders(),
                rule.senderPorts(),
                rule.understood(),
                NOWHERE);
    }
}
