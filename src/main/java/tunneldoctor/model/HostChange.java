package tunneldoctor.model;

import java.util.List;

/** A change to a node's own firewall. Changing nodes by hand leaves the AKS support policy. */
public sealed interface HostChange extends FactChange {
    Node node();

    /** The script that makes the change when run as root on the node. */
    String script();

    /** The script that takes it back; empty where none can. */
    String undoScript();

    @Override
    default List<String> commands() {
        return List.of(NodeShell.command(node(), script()));
    }

    @Override
    default List<String> undo() {
        return undoScript().isEmpty() ? List.of() : List.of(NodeShell.command(node(), undoScript()));
    }

    /** Switches ufw off. */
    record UfwDisable(Node node) implements HostChange {
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
     * @param sender a CIDR block, or {@code any}
     */
    record UfwAllow(Node node, boolean first, String sender, int port, Transport transport) implements HostChange {
        @Override
        public String script() {
            return "ufw " + (first ? "prepend " : "") + rule();
        }

        @Override
        public String undoScript() {
            return "ufw delete " + rule();
        }

        private String rule() {
            return "allow proto " + transport.label() + " from " + Shell.quote(sender) + " to any port " + port;
        }
    }

    /**
     * Deletes one iptables rule.
     *
     * @param command {@code iptables}, {@code iptables-nft} or {@code iptables-legacy}, as the rule was listed with
     */
    record DeleteRule(Node node, String command, HostRule rule, boolean byNumber) implements HostChange {
        @Override
        public String script() {
            return prefix(command, rule.table())
                    + (byNumber
                            ? " --delete " + Shell.quote(rule.chain()) + " " + rule.position()
                            : " --delete " + Shell.quote(rule.chain()) + " " + rule.specification());
        }

        @Override
        public String undoScript() {
            return rule.specification().isEmpty()
                    ? ""
                    : prefix(command, rule.table()) + " --insert " + Shell.quote(rule.chain()) + " " + rule.position()
                            + " " + rule.specification();
        }
    }

    /**
     * Inserts an accept at the head of a chain.
     *
     * @param sender a CIDR block, or {@code 0.0.0.0/0}
     */
    record InsertAccept(Node node, String command, String table, String chain, String sender, int port, Transport transport)
            implements HostChange {
        @Override
        public String script() {
            return prefix(command, table) + " --insert " + Shell.quote(chain) + " 1 " + specification();
        }

        @Override
        public String undoScript() {
            return prefix(command, table) + " --delete " + Shell.quote(chain) + " " + specification();
        }

        private String specification() {
            return "--protocol " + transport.label() + " --source " + Shell.quote(sender) + " --destination-port " + port
                    + " --jump ACCEPT";
        }
    }

    private static String prefix(String command, String table) {
        return command + " --wait" + (table.equals("filter") ? "" : " --table " + Shell.quote(table));
    }
}
