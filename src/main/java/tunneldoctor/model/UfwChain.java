package tunneldoctor.model;

import java.util.ArrayList;
import java.util.List;

/** How ufw's own rules stand in ufw's status and in the chains it writes. */
final class UfwChain {
    /** Where ufw puts the rules of its users for traffic to the node. */
    static final String USER_INPUT = "ufw-user-input";

    private UfwChain() {}

    static boolean owns(String chain) {
        return chain.startsWith("ufw-");
    }

    /**
     * The rules with an allow added as ufw adds it: one that asks for the same traffic is changed where it stands, or
     * keeps a prepended one out (ufw 0.36, {@code set_rule}).
     */
    static List<UfwRule> allowed(List<UfwRule> rules, boolean first, AddressSet sender, int port, Transport transport) {
        UfwRule allow = new UfwRule(
                1,
                UfwStatus.Action.ALLOW,
                "IN",
                false,
                transport.label(),
                PortSet.of(port),
                "",
                AddressSet.ALL,
                "",
                sender,
                PortSet.ALL,
                true,
                new SourceRef("repair", 0, port + "/" + transport.label() + " ALLOW IN " + sender));
        List<UfwRule> after = new ArrayList<>(rules);
        for (int i = 0; i < after.size(); i++) {
            if (sameTraffic(after.get(i), allow)) {
                if (!first) {
                    after.set(i, allow.at(after.get(i).position()));
                }
                return after;
            }
        }
        after.add(first ? 0 : after.size(), allow);
        List<UfwRule> numbered = new ArrayList<>();
        after.forEach(rule -> numbered.add(rule.at(numbered.size() + 1)));
        return numbered;
    }

    /** The chain of the users' rules with an allow added, by the same rules as {@link #allowed(List, boolean, AddressSet, int, Transport)}. */
    static HostChain allowed(HostChain chain, HostChange.UfwAllow allow) {
        List<HostRule> rules = new ArrayList<>(chain.rules());
        for (AddressSet sender : HostChange.Sender.sets(allow.senders())) {
            HostRule accept = HostChange.Sender.accept("filter", chain.name(), sender, allow.port(), allow.transport());
            int same = indexOfSame(rules, sender, allow);
            if (same < 0) {
                rules.add(allow.first() ? 0 : rules.size(), accept);
            } else if (!allow.first()) {
                rules.set(same, accept);
            }
        }
        return chain.withRules(rules);
    }

    private static int indexOfSame(List<HostRule> rules, AddressSet sender, HostChange.UfwAllow allow) {
        for (int i = 0; i < rules.size(); i++) {
            if (asksFor(rules.get(i), sender, allow.port(), allow.transport())) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a rule catches exactly one port of one protocol from one block of senders. */
    private static boolean asksFor(HostRule rule, AddressSet sender, int port, Transport transport) {
        AddressSet senders = AddressSet.ALL;
        boolean samePort = false;
        boolean sameProtocol = false;
        for (Match match : rule.matches()) {
            if (match instanceof Match.Source source && !source.negated()) {
                senders = source.addresses();
            } else if (match instanceof Match.DestinationPorts ports && !ports.negated()) {
                samePort = ports.ports().equals(PortSet.of(port));
            } else if (match instanceof Match.Protocol protocol && !protocol.negated()) {
                sameProtocol = protocol.number() == transport.number();
            } else {
                return false;
            }
        }
        return samePort && sameProtocol && senders.equals(sender);
    }

    private static boolean sameTraffic(UfwRule one, UfwRule other) {
        return one.traffic().equals(other.traffic())
                && one.ipv6() == other.ipv6()
                && one.protocol().equals(other.protocol())
                && one.ports().equals(other.ports())
                && one.destination().equals(other.destination())
                && one.destinationInterface().equals(other.destinationInterface())
                && one.senders().equals(other.senders())
                && one.senderPorts().equals(other.senderPorts())
                && one.profile().equals(other.profile());
    }

    static boolean sameRule(UfwRule one, UfwRule other) {
        return one.action() == other.action() && sameTraffic(one, other);
    }

    /** Whether ufw wrote an iptables rule for one of its own. */
    static boolean writtenFor(UfwRule rule, HostRule written) {
        String target = switch (rule.action()) {
            case ALLOW -> "ACCEPT";
            case DENY -> "DROP";
            case REJECT -> "REJECT";
            case LIMIT -> "ufw-user-limit-accept";
        };
        if (!written.target().equals(target)) {
            return false;
        }
        for (Transport transport : Transport.values()) {
            boolean asked = rule.protocol().equals("any") || rule.protocol().equals(transport.label());
            for (int port : rule.ports().size() == 1 ? List.of(rule.ports().first()) : List.<Integer>of()) {
                if (asked && asksFor(written, rule.senders(), port, transport)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The rule as ufw takes it on its command line. */
    static String words(UfwRule rule) {
        StringBuilder words = new StringBuilder(
                switch (rule.action()) {
                    case ALLOW -> "allow";
                    case DENY -> "deny";
                    case REJECT -> "reject";
                    case LIMIT -> "limit";
                });
        if (!rule.destinationInterface().isEmpty()) {
            words.append(" in on ").append(Shell.quote(rule.destinationInterface()));
        }
        if (!rule.protocol().equals("any")) {
            words.append(" proto ").append(Shell.quote(rule.protocol()));
        }
        words.append(" from ").append(address(rule.senders()));
        if (!rule.senderPorts().equals(PortSet.ALL)) {
            words.append(" port ").append(ports(rule.senderPorts()));
        }
        words.append(" to ").append(address(rule.destination()));
        if (!rule.ports().equals(PortSet.ALL)) {
            words.append(" port ").append(ports(rule.ports()));
        }
        return words.toString();
    }

    private static String address(AddressSet addresses) {
        return addresses.equals(AddressSet.ALL) ? "any" : Shell.quote(String.join(",", addresses.toCidrs()));
    }

    private static String ports(PortSet ports) {
        return ports.toString().replace('-', ':');
    }
}
