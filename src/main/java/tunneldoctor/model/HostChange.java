package tunneldoctor.model;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A change to the firewall of nodes that have the same one. Changing nodes by hand leaves the AKS support policy. */
public sealed interface HostChange extends FactChange {
    /** The nodes to change, all alike. */
    List<Node> nodes();

    /** The script that makes the change when run as root on a node. */
    String script();

    /** The script that takes it back; empty where none can. */
    String undoScript();

    @Override
    default List<String> commands() {
        return NodeShell.commands(nodes(), script());
    }

    @Override
    default List<String> undo() {
        return undoScript().isEmpty() ? List.of() : NodeShell.commands(nodes(), undoScript());
    }

    /** Switches ufw off. */
    record UfwDisable(List<Node> nodes) implements HostChange {
        public UfwDisable {
            nodes = List.copyOf(nodes);
        }

        @Override
        public String script() {
            return "ufw disable";
        }

        @Override
        public String undoScript() {
            return "ufw --force enable";
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
        public String script() {
            return rules.stream()
                    .map(rule -> iptables(command, rule.table()) + " --delete " + Shell.quote(rule.chain()) + " "
                            + (byNumber ? Integer.toString(rule.position()) : rule.specificationForShell()))
                    .collect(Collectors.joining(" && "));
        }

        @Override
        public String undoScript() {
            if (rules.stream().anyMatch(rule -> rule.specification().isEmpty())) {
                return "";
            }
            return rules.stream()
                    .sorted(Comparator.comparing(HostRule::table)
                            .thenComparing(HostRule::chain)
                            .thenComparing(HostRule::position))
                    .map(rule -> iptables(command, rule.table()) + " --insert " + Shell.quote(rule.chain()) + " "
                            + rule.position() + " " + rule.specificationForShell())
                    .collect(Collectors.joining(" && "));
        }
    }

    /**
     * Inserts an accept at the head of a chain.
     *
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
                            .map(sender -> iptables(command, table) + verb + " --protocol " + transport.label()
                                    + " --source " + Shell.quote(sender) + " --destination-port " + port
                                    + " --jump ACCEPT")
                            .collect(Collectors.joining(" && "));
        }
    }

    /**
     * Inserts an accept at the head of a chain of nftables' own.
     *
     * @param table family and name, for example {@code inet hardening}
     * @param senders CIDR blocks; empty for any sender
     */
    record NftInsertAccept(
            List<Node> nodes, String table, String chain, List<String> senders, int port, Transport transport)
            implements HostChange {
        public NftInsertAccept {
            nodes = List.copyOf(nodes);
            senders = List.copyOf(senders);
        }

        @Override
        public String script() {
            String where = Stream.concat(Stream.of(table.split(" ", -1)), Stream.of(chain))
                    .map(Shell::quote)
                    .collect(Collectors.joining(" "));
            String from = senders.isEmpty() ? "" : "ip saddr '{ " + String.join(", ", senders) + " }' ";
            return "nft insert rule " + where + " " + from + transport.label() + " dport " + port + " accept";
        }

        /** nftables deletes by handle, which only the listing after the change shows. */
        @Override
        public String undoScript() {
            return "";
        }
    }

    private static String iptables(String command, String table) {
        return command + " --wait" + (table.equals("filter") ? "" : " --table " + Shell.quote(table));
    }
}
