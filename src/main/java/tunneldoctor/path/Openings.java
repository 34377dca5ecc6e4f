package tunneldoctor.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.FactChange;
import tunneldoctor.model.Facts;
import tunneldoctor.model.FirewallChange;
import tunneldoctor.model.HostChain;
import tunneldoctor.model.HostChange;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.Match;
import tunneldoctor.model.NftRuleset;
import tunneldoctor.model.Node;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgChange;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.Opening;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.Transport;

/**
 * What a change lets through that did not pass before, measured by asking the very filters that decide: once for all
 * ports that no rule tells apart, for all senders at once.
 */
public final class Openings {
    /** Runs of ports times rules to look at; beyond it the change's own words bound what it opens. */
    private static final long MOST_WORK = 4_000_000;

    private final Facts before;
    private final Topology topology;
    private final Facts after;
    private final List<? extends FactChange> changes;
    private final List<Opening> found = new ArrayList<>();

    private Openings(Facts before, Topology topology, Facts after, List<? extends FactChange> changes) {
        this.before = before;
        this.topology = topology;
        this.after = after;
        this.changes = changes;
    }

    /**
     * One entry for each place, protocol and set of senders.
     *
     * @param paths those of the facts before the changes
     * @param after the facts before with the changes
     */
    public static List<Opening> of(Facts before, PathAnalysis paths, Facts after, List<? extends FactChange> changes) {
        Openings openings = new Openings(before, paths.topology(), after, changes);
        openings.groups();
        openings.hosts();
        openings.firewalls();
        return openings.found;
    }

    private void groups() {
        Map<Nsg, List<NsgRule>> changed = new LinkedHashMap<>();
        for (FactChange change : changes) {
            if (change instanceof NsgChange.AddRule add) {
                changed.computeIfAbsent(add.nsg(), nsg -> new ArrayList<>()).add(add.rule());
            } else if (change instanceof NsgChange.MoveRule move) {
                changed.computeIfAbsent(move.nsg(), nsg -> new ArrayList<>()).add(move.rule());
            } else if (change instanceof NsgChange.DeleteRule delete) {
                changed.computeIfAbsent(delete.nsg(), nsg -> new ArrayList<>()).add(delete.rule());
            }
        }
        changed.forEach((nsg, rules) -> {
            inbound(
                    nsg,
                    rules.stream()
                            .filter(rule -> rule.direction() == Direction.INBOUND)
                            .toList());
            rules.stream()
                    .filter(rule -> rule.direction() == Direction.OUTBOUND)
                    .forEach(rule -> outbound(nsg, rule));
        });
    }

    private void inbound(Nsg nsg, List<NsgRule> rules) {
        Nsg old = in(before, nsg);
        Nsg changed = in(after, nsg);
        NsgFilter filter = topology.groupFilter();
        List<Node> targets =
                NsgHops.splitByDestination(List.of(old, changed), Direction.INBOUND, topology.targets()).stream()
                        .map(alike -> alike.get(0))
                        .toList();
        for (Transport transport : Transport.values()) {
            PortSet scope = PortSet.union(rules.stream()
                    .filter(rule ->
                            rule.protocol().equals("*") || rule.protocol().equalsIgnoreCase(transport.name()))
                    .map(Openings::ports)
                    .toList());
            PortRuns runs = new PortRuns(scope);
            old.rules().forEach(rule -> runs.add(ports(rule)));
            changed.rules().forEach(rule -> runs.add(ports(rule)));
            measure(
                    nsg.name(),
                    transport,
                    scope,
                    runs,
                    (long) (old.rules().size() + changed.rules().size()) * targets.size(),
                    port -> targets.stream()
                            .map(target -> passing(filter, old, topology, target, transport, port))
                            .reduce(AddressSet::intersect)
                            .orElse(AddressSet.NONE),
                    port -> targets.stream()
                            .map(target -> passing(filter, changed, topology, target, transport, port))
                            .reduce(AddressSet::union)
                            .orElse(AddressSet.NONE));
        }
    }

    private static AddressSet passing(
            NsgFilter filter, Nsg nsg, Topology topology, Node target, Transport transport, int port) {
        Flow flow = new Flow(
                transport,
                HostFirewall.UNICAST,
                Optional.empty(),
                new Flow.Destination(topology.addresses(target), Optional.empty(), topology.applicationGroups(target)),
                port);
        return AddressSet.union(filter.decide(nsg, Direction.INBOUND, flow).stream()
                .filter(decision -> decision.outcome() == Outcome.ALLOWED)
                .map(NsgDecision::sources)
                .toList());
    }

    private static Nsg in(Facts facts, Nsg nsg) {
        return facts.azure().nsgs().stream()
                .filter(one -> one.source().equals(nsg.source()) && one.name().equals(nsg.name()))
                .findFirst()
                .orElse(nsg);
    }

    private static PortSet ports(NsgRule rule) {
        List<PortSet> ports = new ArrayList<>();
        for (String text : rule.destinationPorts()) {
            ports.add(PortSet.parse(text, '-').orElse(PortSet.ALL));
        }
        return PortSet.union(ports);
    }

    /** What lies behind a way out is not ours to look at, so the rule's own words stand for what it opens. */
    private void outbound(Nsg nsg, NsgRule rule) {
        for (Transport transport : Transport.values()) {
            if (rule.protocol().equals("*") || rule.protocol().equalsIgnoreCase(transport.name())) {
                found.add(new Opening(
                        nsg.name(),
                        transport,
                        ports(rule),
                        senders(rule.sourcePrefixes()),
                        String.join(", ", rule.destinationPrefixes()),
                        true));
            }
        }
    }

    private static AddressSet senders(List<String> prefixes) {
        List<Optional<AddressSet>> sets =
                prefixes.stream().map(AddressSet::parse).toList();
        return sets.isEmpty() || sets.stream().anyMatch(Optional::isEmpty)
                ? AddressSet.ALL
                : AddressSet.union(sets.stream().flatMap(Optional::stream).toList());
    }

    private void firewalls() {
        for (FactChange change : changes) {
            if (change instanceof FirewallChange.AllowNetwork allow) {
                found.add(new Opening(
                        allow.firewall().name(),
                        allow.transport(),
                        PortSet.union(allow.ports().stream().map(PortSet::of).toList()),
                        senders(allow.senders()),
                        String.join(", ", allow.destinations()),
                        true));
            }
        }
    }

    /** Nodes of one change have the same firewall, so the first stands for all; where several are changed, the sum counts. */
    private void hosts() {
        Map<String, List<HostChange>> byNode = new LinkedHashMap<>();
        for (FactChange change : changes) {
            if (change instanceof HostChange host && !host.nodes().isEmpty()) {
                byNode.computeIfAbsent(host.nodes().get(0).name(), name -> new ArrayList<>())
                        .add(host);
            }
        }
        if (byNode.isEmpty()) {
            return;
        }
        HostHops old = HostHops.ofNodes(before, topology);
        HostHops changed = HostHops.ofNodes(after, new Topology(after, topology));
        byNode.values().forEach(mine -> host(mine, old, changed));
    }

    private void host(List<HostChange> mine, HostHops hopsBefore, HostHops hopsAfter) {
        Node node = mine.get(0).nodes().get(0);
        int others = mine.get(0).nodes().size() - 1;
        HostHops.OneNode old = hopsBefore.oneNode(node);
        HostHops.OneNode changed = hopsAfter.oneNode(node);
        for (Transport transport : Transport.values()) {
            PortSet scope = PortSet.union(
                    mine.stream().map(change -> scope(change, transport)).toList());
            PortRuns runs = new PortRuns(scope);
            long rules = add(runs, before, node, transport) + add(runs, after, node, transport);
            measure(
                    "node " + node.name() + (others == 0 ? "" : " and " + others + " more"),
                    transport,
                    scope,
                    runs,
                    rules,
                    port -> old.passing(transport, port),
                    port -> changed.passing(transport, port));
        }
    }

    private static PortSet scope(HostChange change, Transport transport) {
        if (change instanceof HostChange.UfwAllow allow) {
            return allow.transport() == transport ? PortSet.of(allow.port()) : PortSet.NONE;
        }
        if (change instanceof HostChange.UfwChange allow) {
            return allow.transport() == transport ? PortSet.of(allow.port()) : PortSet.NONE;
        }
        if (change instanceof HostChange.InsertAccept accept) {
            return accept.transport() == transport ? PortSet.of(accept.port()) : PortSet.NONE;
        }
        if (change instanceof HostChange.NftInsertAccept accept) {
            return accept.transport() == transport ? PortSet.of(accept.port()) : PortSet.NONE;
        }
        if (change instanceof HostChange.UfwDelete delete) {
            String protocol = delete.rule().protocol();
            return protocol.equals("any") || protocol.equals(transport.label())
                    ? delete.rule().ports()
                    : PortSet.NONE;
        }
        if (change instanceof HostChange.DeleteRules delete) {
            return PortSet.union(
                    delete.rules().stream().map(rule -> caught(rule, transport)).toList());
        }
        return PortSet.ALL;
    }

    private static PortSet caught(HostRule rule, Transport transport) {
        if (isOfAnother(rule, transport)) {
            return PortSet.NONE;
        }
        PortSet ports = PortSet.ALL;
        for (Match match : rule.matches()) {
            if (match instanceof Match.DestinationPorts to) {
                ports = ports.intersect(to.negated() ? to.ports().complement() : to.ports());
            }
        }
        return ports;
    }

    /** The ports of the node that a condition tells apart; empty if it does not. */
    private static Optional<PortSet> asked(Match match) {
        if (match instanceof Match.DestinationPorts to) {
            return Optional.of(to.ports());
        }
        if (match instanceof Match.AnyPorts any) {
            return Optional.of(any.ports());
        }
        return match instanceof Match.Connection connection
                        && connection.trait() instanceof Match.Connection.Ports kept
                        && kept.end().called()
                ? Optional.of(kept.ports())
                : Optional.empty();
    }

    /** Whether it asks for a protocol that is not this one. */
    private static boolean isOfAnother(HostRule rule, Transport transport) {
        for (Match match : rule.matches()) {
            if (match instanceof Match.Protocol protocol
                    && !protocol.negated()
                    && protocol.number() != 0
                    && protocol.number() != transport.number()) {
                return true;
            }
        }
        return false;
    }

    /** How many rules the node's texts hold; the ports of those for another protocol tell none of this one apart. */
    private static long add(PortRuns runs, Facts facts, Node node, Transport transport) {
        long rules = 0;
        List<HostTable> tables = new ArrayList<>();
        for (HostTable table : facts.hostTables()) {
            if (table.node().equals(node.name())) {
                tables.add(table);
            }
        }
        for (NftRuleset ruleset : facts.nftRulesets()) {
            if (ruleset.node().equals(node.name())) {
                tables.addAll(ruleset.tables());
            }
        }
        for (HostTable table : tables) {
            for (HostChain chain : table.chains()) {
                rules += chain.rules().size();
                for (HostRule rule : chain.rules()) {
                    if (isOfAnother(rule, transport)) {
                        continue;
                    }
                    for (Match match : rule.matches()) {
                        asked(match).ifPresent(runs::add);
                    }
                }
            }
        }
        facts.ufw().stream()
                .filter(status -> status.node().equals(node.name()))
                .flatMap(status -> status.rules().stream())
                .filter(rule -> rule.protocol().equals("any") || rule.protocol().equals(transport.label()))
                .forEach(rule -> runs.add(rule.ports()));
        return rules;
    }

    private void measure(
            String at,
            Transport transport,
            PortSet scope,
            PortRuns runs,
            long rules,
            Function<Integer, AddressSet> old,
            Function<Integer, AddressSet> changed) {
        if (runs.size() * Math.max(1, rules) > MOST_WORK) {
            found.add(new Opening(at, transport, scope, AddressSet.ALL, "", true));
            return;
        }
        Map<AddressSet, List<PortSet>> fresh = new LinkedHashMap<>();
        for (PortSet ports : runs.alike()) {
            AddressSet more = changed.apply(ports.first()).minus(old.apply(ports.first()));
            if (!more.isEmpty()) {
                fresh.computeIfAbsent(
                                more.equals(HostFirewall.UNICAST) ? AddressSet.ALL : more, senders -> new ArrayList<>())
                        .add(ports);
            }
        }
        fresh.forEach(
                (senders, opened) -> found.add(new Opening(at, transport, PortSet.union(opened), senders, "", false)));
    }

    /** How much all of them open: pairs of a source address and a port. */
    public static double breadth(List<Opening> openings) {
        double breadth = 0;
        for (Opening opening : openings) {
            breadth += opening.breadth();
        }
        return breadth;
    }
}
