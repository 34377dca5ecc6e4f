package tunneldoctor.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A change to the firewall of nodes that have the same one. Changing nodes by hand leaves the AKS support policy. */
public sealed interface HostChange extends FactChange {
    /** The nodes to change, all alike. */
    List<Node> nodes();

    /** The same change on other nodes. */
    HostChange withNodes(List<Node> others);

    /** The script that makes the change when run as root on a node. */
    String script();

    /** The script that takes it back; empty where none can. */
    String undoScript();

    /** A table of one of the nodes, as any text shows it, afterwards. */
    default HostTable after(HostTable before) {
        return before;
    }

    /** A ruleset of one of the nodes afterwards. */
    default NftRuleset after(NftRuleset before) {
        return before;
    }

    /** ufw's status on one of the nodes afterwards. */
    default UfwStatus after(UfwStatus before) {
        return before;
    }

    @Override
    default List<String> commands() {
        return NodeShell.commands(nodes(), script());
    }

    @Override
    default List<String> undo() {
        return undoScript().isEmpty() ? List.of() : NodeShell.commands(nodes(), undoScript());
    }

    @Override
    default boolean foreseeable() {
        return true;
    }

    @Override
    default Facts applied(Facts facts) {
        Set<String> names = nodes().stream().map(Node::name).collect(Collectors.toSet());
        // Nodes with the same rules share them, and go on sharing them.
        Map<Object, HostTable> tables = new IdentityHashMap<>();
        Map<Object, NftRuleset> rulesets = new IdentityHashMap<>();
        return facts.changed(
                this,
                table -> !names.contains(table.node()) || table.chains().isEmpty()
                        ? table
                        : tables.computeIfAbsent(table.chains(), chains -> after(table))
                                .on(table.node(), table.document()),
                ruleset -> !names.contains(ruleset.node()) || ruleset.tables().isEmpty()
                        ? ruleset
                        : rulesets.computeIfAbsent(ruleset.tables(), same -> after(ruleset))
                                .on(ruleset.node(), ruleset.source().document()),
                status -> names.contains(status.node()) ? after(status) : status);
    }

    /** Switches ufw off. */
    record UfwDisable(List<Node> nodes) implements HostChange {
        public UfwDisable {
            nodes = List.copyOf(nodes);
        }

        @Override
        public HostChange withNodes(List<Node> others) {
            return new UfwDisable(others);
        }

        @Override
        public String script() {
            return "ufw disable";
        }

        @Override
        public String undoScript() {
            return "ufw --force enable";
        }

        @Override
        public UfwStatus after(UfwStatus before) {
            return before.state() == UfwStatus.State.ACTIVE ? before.with(UfwStatus.State.INACTIVE, List.of()) : before;
        }

        /** ufw leaves its chains and the jumps to them behind, empty, and opens the policies. */
        @Override
        public HostTable after(HostTable before) {
            boolean ufws = before.chains().stream().anyMatch(chain -> UfwChain.owns(chain.name()));
            return ufws
                    ? before.withChains(
                            before.chains().stream().map(UfwDisable::off).toList())
                    : before;
        }

        private static HostChain off(HostChain chain) {
            if (UfwChain.owns(chain.name())) {
                return chain.withRules(List.of());
            }
            return chain.policy().isPresent() ? chain.withPolicy("ACCEPT") : chain;
        }
    }

    /**
     * Allows a port in ufw.
     *
     * @param first whether the rule goes before all others; ufw appends otherwise, which does not help behind a deny
     * @param senders CIDR blocks; empty for any sender
     */
    record UfwAllow(List<Node> nodes, boolean first, List<String> senders, int port, Transport transport)
            implements HostChange {
        public UfwAllow {
            nodes = List.copyOf(nodes);
            senders = List.copyOf(senders);
        }

        @Override
        public HostChange withNodes(List<Node> others) {
            return new UfwAllow(others, first, senders, port, transport);
        }

        @Override
        public String script() {
            return forEachSender("ufw " + (first ? "prepend " : ""));
        }

        @Override
        public String undoScript() {
            return forEachSender("ufw delete ");
        }

        private String forEachSender(String verb) {
            return (senders.isEmpty() ? List.of("any") : senders)
                    .stream()
                            .map(sender -> verb + "allow proto " + transport.label() + " from " + Shell.quote(sender)
                                    + " to any port " + port)
                            .collect(Collectors.joining(" && "));
        }

        @Override
        public UfwStatus after(UfwStatus before) {
            UfwStatus status = before;
            for (AddressSet sender : Sender.sets(senders)) {
                status = status.with(status.state(), UfwChain.allowed(status.rules(), first, sender, port, transport));
            }
            return status;
        }

        @Override
        public HostTable after(HostTable before) {
            return before.changed(UfwChain.USER_INPUT, chain -> UfwChain.allowed(chain, this));
        }
    }

    /**
     * Turns a rule of ufw into an allow where it stands, as ufw does with one that asks for the very same traffic.
     *
     * @param sender CIDR block
     * @param before what the rule did
     */
    record UfwChange(List<Node> nodes, String sender, int port, Transport transport, UfwStatus.Action before)
            implements HostChange {
        public UfwChange {
            nodes = List.copyOf(nodes);
        }

        @Override
        public HostChange withNodes(List<Node> others) {
            return new UfwChange(others, sender, port, transport, before);
        }

        @Override
        public String script() {
            return command(UfwStatus.Action.ALLOW);
        }

        @Override
        public String undoScript() {
            return command(before);
        }

        private String command(UfwStatus.Action action) {
            return "ufw " + action.name().toLowerCase(Locale.ROOT) + " proto " + transport.label() + " from "
                    + Shell.quote(sender) + " to any port " + port;
        }

        @Override
        public UfwStatus after(UfwStatus status) {
            return appended().after(status);
        }

        @Override
        public HostTable after(HostTable table) {
            return appended().after(table);
        }

        private UfwAllow appended() {
            return new UfwAllow(nodes, false, List.of(sender), port, transport);
        }
    }

    /**
     * Deletes a rule of ufw.
     *
     * @param rule as ufw's status shows it
     */
    record UfwDelete(List<Node> nodes, UfwRule rule) implements HostChange {
        public UfwDelete {
            nodes = List.copyOf(nodes);
        }

        @Override
        public HostChange withNodes(List<Node> others) {
            return new UfwDelete(others, rule);
        }

        @Override
        public String script() {
            return "ufw delete " + UfwChain.words(rule);
        }

        /** A rule goes back to its place by number, which ufw refuses behind the last one. */
        @Override
        public String undoScript() {
            return "ufw insert " + rule.position() + " " + UfwChain.words(rule) + " || ufw " + UfwChain.words(rule);
        }

        @Override
        public UfwStatus after(UfwStatus before) {
            List<UfwRule> left = new ArrayList<>();
            int gone = 0;
            for (UfwRule other : before.rules()) {
                if (UfwChain.sameRule(other, rule)) {
                    gone++;
                } else {
                    // A rule that goes next is put back by the place it has then.
                    left.add(other.at(other.position() - gone));
                }
            }
            return before.with(before.state(), left);
        }

        @Override
        public HostTable after(HostTable before) {
            return before.changed(
                    UfwChain.USER_INPUT,
                    chain -> chain.withRules(chain.rules().stream()
                            .filter(other -> !UfwChain.writtenFor(rule, other))
                            .toList()));
        }
    }

    /**
     * Deletes iptables rules.
     *
     * @param command {@code iptables}, {@code iptables-nft} or {@code iptables-legacy}, as the rules were listed with
     * @param byNumber by position instead of by specification; numbers hold only for the listing they were read from
     */
    record DeleteRules(List<Node> nodes, String command, List<HostRule> rules, boolean byNumber) implements HostChange {
        public DeleteRules {
            nodes = List.copyOf(nodes);
            // A deletion shifts the numbers behind it, so the highest goes first.
            rules = rules.stream()
                    .sorted(Comparator.comparing(HostRule::table)
                            .thenComparing(HostRule::chain)
                            .thenComparing(HostRule::position, Comparator.reverseOrder()))
                    .toList();
        }

        @Override
        public HostChange withNodes(List<Node> others) {
            return new DeleteRules(others, command, rules, byNumber);
        }

        @Override
        public String script() {
            return rules.stream()
                    .map(rule -> Iptables.of(command, rule.table()) + " --delete " + Shell.quote(rule.chain()) + " "
                            + (byNumber ? Integer.toString(rule.position()) : rule.specificationForShell()))
                    .collect(Collectors.joining(" && "));
        }

        @Override
        public String undoScript() {
            if (rules.stream().anyMatch(rule -> rule.specification().isEmpty() || rule.position() == 0)) {
                return "";
            }
            return rules.stream()
                    .sorted(Comparator.comparing(HostRule::table)
                            .thenComparing(HostRule::chain)
                            .thenComparing(HostRule::position))
                    .map(rule -> Iptables.of(command, rule.table()) + " --insert " + Shell.quote(rule.chain()) + " "
                            + rule.position() + " " + rule.specificationForShell())
                    .collect(Collectors.joining(" && "));
        }

        @Override
        public HostTable after(HostTable before) {
            HostTable table = before;
            if (Iptables.lists(command, table.backend())) {
                for (HostRule rule : rules) {
                    if (rule.table().equals(table.name())) {
                        table = table.changed(rule.chain(), chain -> without(chain, rule));
                    }
                }
            }
            return table;
        }

        private HostChain without(HostChain chain, HostRule gone) {
            List<HostRule> left = new ArrayList<>(chain.rules());
            for (int i = 0; i < left.size(); i++) {
                if (meant(left.get(i), gone)) {
                    left.remove(i);
                    break;
                }
            }
            return chain.withRules(left);
        }

        /** By specification the kernel takes the first rule that reads the same. */
        private boolean meant(HostRule rule, HostRule gone) {
            return byNumber
                            || gone.specification().isEmpty()
                            || rule.specification().isEmpty()
                    ? rule.position() == gone.position() && rule.target().equals(gone.target())
                    : rule.specification().equals(gone.specification());
        }
    }

    /**
     * Inserts an accept at the head of a chain.
     *
     * @param chain a chain the kernel enters itself
     * @param senders CIDR blocks; empty for any sender
     */
    record InsertAccept(
            List<Node> nodes,
            String command,
            String table,
            String chain,
            List<String> senders,
            int port,
            Transport transport)
            implements HostChange {
        public InsertAccept {
            nodes = List.copyOf(nodes);
            senders = List.copyOf(senders);
        }

        @Override
        public HostChange withNodes(List<Node> others) {
            return new InsertAccept(others, command, table, chain, senders, port, transport);
        }

        @Override
        public String script() {
            return forEachSender(" --insert " + Shell.quote(chain) + " 1");
        }

        @Override
        public String undoScript() {
            return forEachSender(" --delete " + Shell.quote(chain));
        }

        private String forEachSender(String verb) {
            return (senders.isEmpty() ? List.of("0.0.0.0/0") : senders)
                    .stream()
                            .map(sender -> Iptables.of(command, table) + verb + " --protocol " + transport.label()
                                    + " --source " + Shell.quote(sender) + " --destination-port " + port
                                    + " --jump ACCEPT")
                            .collect(Collectors.joining(" && "));
        }

        @Override
        public HostTable after(HostTable before) {
            return Iptables.lists(command, before.backend()) && before.name().equals(table)
                    ? before.changed(
                            chain, old -> Sender.accepting(old, before.name(), Sender.sets(senders), port, transport))
                    : before;
        }
    }

    /**
     * Inserts an accept at the head of a chain of nftables' own.
     *
     * @param table family and name, for example {@code inet hardening}
     * @param chain a chain the kernel enters itself
     * @param senders CIDR blocks; empty for any sender
     */
    record NftInsertAccept(
            List<Node> nodes, String table, String chain, List<String> senders, int port, Transport transport)
            implements HostChange {
        /** Marks the rule, since nftables deletes by a handle that only the listing after the change shows. */
        private static final String MARK = "tunnel-doctor";

        public NftInsertAccept {
            nodes = List.copyOf(nodes);
            senders = List.copyOf(senders);
        }

        @Override
        public HostChange withNodes(List<Node> others) {
            return new NftInsertAccept(others, table, chain, senders, port, transport);
        }

        @Override
        public String script() {
            String from = senders.isEmpty() ? "" : "ip saddr { " + String.join(", ", senders) + " } ";
            return "nft "
                    + Shell.quote("insert rule " + table + " " + chain + " " + from + transport.label() + " dport "
                            + port + " accept comment \"" + MARK + "\"");
        }

        @Override
        public String undoScript() {
            String where = Shell.quote(table + " " + chain);
            return "nft delete rule " + table + " " + chain + " handle \"$(nft --handle list chain " + where
                    + " | sed -n 's/.*comment \"" + MARK + "\" # handle //p' | head -n 1)\"";
        }

        @Override
        public NftRuleset after(NftRuleset before) {
            return before.withTables(before.tables().stream()
                    .map(one -> one.name().equals(table)
                            ? one.changed(
                                    chain, old -> Sender.accepting(old, table, Sender.sets(senders), port, transport))
                            : one)
                    .toList());
        }
    }

    /** The iptables command of a table. */
    final class Iptables {
        private Iptables() {}

        static String of(String command, String table) {
            return command + " --wait" + (table.equals("filter") ? "" : " --table " + Shell.quote(table));
        }

        /** Whether the command's rules are those that text of a backend shows. */
        static boolean lists(String command, HostTable.Backend backend) {
            return switch (backend) {
                case NFT -> command.equals("iptables-nft");
                case LEGACY -> command.equals("iptables-legacy");
                case UNSTATED -> !command.equals("iptables-legacy");
            };
        }
    }

    /** Who is let in. */
    final class Sender {
        private Sender() {}

        static List<AddressSet> sets(List<String> blocks) {
            return blocks.isEmpty() || blocks.equals(List.of("any"))
                    ? List.of(AddressSet.ALL)
                    : blocks.stream()
                            .map(AddressSet::parse)
                            .flatMap(Optional::stream)
                            .toList();
        }

        /** The chain with an accept for each of the senders at its head. */
        static HostChain accepting(
                HostChain chain, String table, List<AddressSet> senders, int port, Transport transport) {
            List<HostRule> rules = new ArrayList<>();
            senders.forEach(sender -> rules.add(accept(table, chain.name(), sender, port, transport)));
            rules.addAll(chain.rules());
            return chain.withRules(rules);
        }

        static HostRule accept(String table, String chain, AddressSet sender, int port, Transport transport) {
            String specification = "-s " + sender + " -p " + transport.label() + " --dport " + port + " -j ACCEPT";
            return new HostRule(
                    table,
                    chain,
                    1,
                    List.of(
                            new Match.Source(sender, false),
                            new Match.Protocol(transport.number(), false),
                            new Match.DestinationPorts(PortSet.of(port), false)),
                    "ACCEPT",
                    "",
                    false,
                    specification,
                    new SourceRef("repair", 0, specification));
        }
    }
}
