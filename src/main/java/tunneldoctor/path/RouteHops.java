package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.AzureFirewall;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.Shell;
import tunneldoctor.model.SourceRef;
import tunneldoctor.path.Hop.Piece;
import tunneldoctor.path.RouteDecision.Way;
import tunneldoctor.path.Topology.Routing;

/**
 * Judges the routes between senders and nodes, there and back, and the appliances they lead to. A connection whose answers
 * are discarded fails like one that never arrives, and an appliance that sees only one of its directions hardly passes it.
 */
final class RouteHops {
    private final Topology topology;
    private final Connections asked;
    private final ServiceTags tags;
    private final AzureFirewallFilter firewalls;
    private final boolean sendersInNetwork;
    private final Map<Node, Routing> behind = new HashMap<>();
    private final Map<Node, AddressSet> addresses = new HashMap<>();
    private final Map<Routing, List<RouteDecision>> toTargets = new IdentityHashMap<>();

    /**
     * @param targets the nodes asked about
     * @param sendersInNetwork whether the senders are surely in the cluster's network, as its agents are
     */
    RouteHops(Facts facts, Topology topology, Connections asked, Collection<Node> targets, boolean sendersInNetwork) {
        this.topology = topology;
        this.asked = asked;
        this.sendersInNetwork = sendersInNetwork;
        this.tags = topology.serviceTags();
        this.firewalls = new AzureFirewallFilter(
                tags,
                facts.azure().ipGroups(),
                "",
                facts.azure().cluster().map(Cluster::location).orElse(""));
        for (Node target : targets) {
            behind.put(target, topology.routing(topology.subnetId(target), Topology.label(target)));
            addresses.put(target, inNetwork(topology.addresses(target)));
        }
    }

    /** Those of some addresses that the cluster's network has, since what is in it has no other. */
    private AddressSet inNetwork(AddressSet stated) {
        AddressSet own = stated.intersect(tags.ownSpace());
        return own.isEmpty() ? stated : own;
    }

    /**
     * The hops to each of some nodes, in the order they are crossed; none where the network delivers both ways.
     *
     * @param exit where the sender's connections enter the network; empty where nothing tells, then only the way back is
     *     judged
     */
    Map<Node, List<Hop>> hops(Agent agent, Optional<Exits.Exit> exit, List<Node> targets) {
        Routing from = exit.map(known -> topology.routing(known.subnetId(), known.whose()))
                .orElse(new Routing.Known(agent.name(), Optional.empty()));
        Map<Leg, List<Node>> alike = new LinkedHashMap<>();
        for (Node target : targets) {
            alike.computeIfAbsent(there(from, target), leg -> new ArrayList<>()).add(target);
        }
        Map<Node, List<Hop>> hops = new HashMap<>();
        alike.forEach((leg, nodes) -> {
            Map<Routing, Optional<Hop>> back = new IdentityHashMap<>();
            Set<AddressSet> toldApart =
                    leg.firewall(topology).map(firewalls::destinations).orElse(Set.of());
            for (List<Node> same : NsgHops.splitByAddress(toldApart, nodes)) {
                Optional<Hop> forth = forth(agent, leg, same);
                for (Node node : same) {
                    List<Hop> mine = new ArrayList<>();
                    forth.ifPresent(mine::add);
                    Routing behindIt = Objects.requireNonNull(behind.get(node), "every target's is looked up");
                    back.computeIfAbsent(behindIt, routing -> back(agent, leg, routing))
                            .ifPresent(mine::add);
                    hops.put(node, mine);
                }
            }
        });
        return hops;
    }

    // ---- the ways of packets in one direction ----

    /**
     * Where packets of one direction may go.
     *
     * @param table name of the route table, or of the subnet where it has none
     * @param ways empty where the route table is not known
     */
    private record Leg(String table, List<Way> ways, List<Missing> missing) {
        boolean direct() {
            return all(RouteDecision.Hop.NETWORK);
        }

        boolean discards() {
            return all(RouteDecision.Hop.DISCARDED);
        }

        private boolean all(RouteDecision.Hop hop) {
            return !ways.isEmpty() && ways.stream().allMatch(way -> way.hop() == hop);
        }

        /** The address of the appliance all packets surely go to; empty if they may go elsewhere. */
        Optional<String> appliance() {
            return all(RouteDecision.Hop.APPLIANCE)
                            && ways.stream().map(Way::appliance).distinct().count() == 1
                            && !ways.get(0).appliance().isEmpty()
                    ? Optional.of(ways.get(0).appliance())
                    : Optional.empty();
        }

        Optional<AzureFirewall> firewall(Topology topology) {
            return appliance().flatMap(topology::firewallAt);
        }

        Optional<SourceRef> source() {
            return ways.stream()
                    .flatMap(way -> way.route().stream())
                    .map(RouteTable.Route::source)
                    .findFirst();
        }
    }

    private Leg there(Routing from, Node target) {
        if (from instanceof Routing.Unknown unknown) {
            return new Leg("of " + unknown.place(), List.of(), List.of(unknown.missing()));
        }
        Routing.Known known = (Routing.Known) from;
        AddressSet to = addresses.getOrDefault(target, AddressSet.ALL);
        if (to.equals(AddressSet.ALL) && onlyDefaultRoutes(known)) {
            return direct(known);
        }
        List<RouteDecision> all = to.equals(AddressSet.ALL)
                ? decide(known, AddressSet.ALL)
                : toTargets.computeIfAbsent(
                        from,
                        routing -> decide(
                                known,
                                AddressSet.union(addresses.values().stream()
                                        .filter(one -> !one.equals(AddressSet.ALL))
                                        .toList())));
        return leg(
                known, all.stream().filter(d -> d.destinations().overlaps(to)).toList());
    }

    /** No default route takes packets from the network, wherever in it their destination is. */
    private static boolean onlyDefaultRoutes(Routing.Known known) {
        return known.table().map(RouteTable::routes).orElse(List.of()).stream()
                .allMatch(route -> AddressSet.parse(route.prefix())
                        .map(AddressSet.ALL::equals)
                        .orElse(false));
    }

    private List<RouteDecision> decide(Routing.Known known, AddressSet destinations) {
        return RouteDecision.decide(
                known.table(), new Flow.Destination(destinations, Optional.empty(), Optional.empty()), tags);
    }

    private static Leg leg(Routing.Known known, List<RouteDecision> decisions) {
        Set<Way> ways = new LinkedHashSet<>();
        Set<Missing> missing = new LinkedHashSet<>();
        for (RouteDecision decision : decisions) {
            ways.addAll(decision.ways());
            missing.addAll(decision.missing());
        }
        if (decisions.size() > 1) {
            missing.add(new Missing("which address the connections are sent to", "kubectl get nodes -o wide"));
        }
        return new Leg(name(known), List.copyOf(ways), List.copyOf(missing));
    }

    private static Leg direct(Routing.Known known) {
        return new Leg(name(known), List.of(new Way(RouteDecision.Hop.NETWORK, "", Optional.empty())), List.of());
    }

    private static String name(Routing.Known known) {
        return known.table().map(RouteTable::name).orElse("of " + known.place());
    }

    // ---- there ----

    private Optional<Hop> forth(Agent agent, Leg leg, List<Node> targets) {
        if (leg.direct()) {
            return Optional.empty();
        }
        if (leg.discards()) {
            return Optional.of(
                    Hop.of(piece(agent.addresses(), Outcome.DROPPED, Outcome.UNKNOWN, "route " + leg.table, leg)));
        }
        Optional<AzureFirewall> firewall = leg.firewall(topology);
        if (firewall.isPresent()) {
            return Optional.of(new Hop(through(firewall.get(), agent, targets)));
        }
        String name = leg.appliance().map(at -> "appliance at " + at).orElse("route " + leg.table);
        return Optional.of(Hop.of(open(agent.addresses(), leg, name, usual(leg), List.of(behindIt(leg)))));
    }

    /** A route of private addresses to the Internet loses their packets as surely as one to nowhere, only less documented. */
    private static Outcome usual(Leg leg) {
        return !leg.ways.isEmpty()
                        && leg.ways.stream()
                                .allMatch(way -> way.hop() == RouteDecision.Hop.DISCARDED
                                        || way.hop() == RouteDecision.Hop.INTERNET)
                ? Outcome.DROPPED
                : Outcome.UNKNOWN;
    }

    private Missing behindIt(Leg leg) {
        if (leg.ways.isEmpty()) {
            return leg.missing.get(0);
        }
        String where = leg.ways.stream()
                .filter(way -> way.hop() != RouteDecision.Hop.NETWORK)
                .findFirst()
                .map(way -> way.route()
                                .map(route -> "route " + route.name() + ", which leads to ")
                                .orElse("")
                        + (way.appliance().isEmpty() ? way.hop().label() : way.appliance()))
                .orElse("the network");
        return new Missing("what happens behind " + where, "nc -v -w 2 NODE_ADDRESS " + asked.port());
    }

    private List<Piece> through(AzureFirewall firewall, Agent agent, List<Node> targets) {
        AddressSet to = AddressSet.union(targets.stream()
                .map(node -> addresses.getOrDefault(node, AddressSet.ALL))
                .toList());
        Flow flow = new Flow(
                asked.transport(),
                agent.addresses(),
                Optional.empty(),
                new Flow.Destination(to, Optional.empty(), Optional.empty()),
                asked.port());
        boolean keepsSource = RouteDecision.PRIVATE.includes(to);
        List<Piece> pieces = new ArrayList<>();
        for (AzureFirewallFilter.Ruling ruling : firewalls.decide(firewall, flow)) {
            boolean open = ruling.outcome() == Outcome.ALLOWED && !keepsSource;
            List<Missing> missing = new ArrayList<>(ruling.missing());
            if (open) {
                missing.add(new Missing(
                        "which source address firewall " + firewall.name() + " gives connections to public addresses",
                        "az network firewall show --ids " + Shell.quote(firewall.id()) + " -o json"));
            }
            pieces.add(new Piece(
                    ruling.sources(),
                    open ? Outcome.UNKNOWN : ruling.outcome(),
                    open ? Outcome.UNKNOWN : ruling.likely(),
                    false,
                    "azure firewall " + firewall.name(),
                    false,
                    ruling.evidence().stream().findFirst(),
                    missing,
                    ruling.outcome() == Outcome.ALLOWED
                            ? List.of("firewall " + firewall.name()
                                    + " keeps the senders' addresses, as it does by default between private ones")
                            : List.of()));
        }
        return pieces;
    }

    // ---- back ----

    private Optional<Hop> back(Agent agent, Leg there, Routing routing) {
        if (routing instanceof Routing.Unknown unknown) {
            Leg leg = new Leg(unknown.place(), List.of(), List.of(unknown.missing()));
            return Optional.of(Hop.of(
                    open(agent.addresses(), leg, "route back of " + unknown.place(), Outcome.UNKNOWN, List.of())));
        }
        Routing.Known known = (Routing.Known) routing;
        Map<Leg, AddressSet> parts = new LinkedHashMap<>();
        if (sendersInNetwork && onlyDefaultRoutes(known)) {
            parts.put(direct(known), agent.addresses());
        } else {
            AddressSet senders = sendersInNetwork ? inNetwork(agent.addresses()) : agent.addresses();
            for (RouteDecision decision : decide(known, senders)) {
                parts.merge(leg(known, List.of(decision)), decision.destinations(), AddressSet::union);
            }
        }
        List<Piece> pieces = new ArrayList<>();
        boolean plain = true;
        for (Map.Entry<Leg, AddressSet> part : parts.entrySet()) {
            Piece piece = back(part.getValue(), there, part.getKey());
            pieces.add(piece);
            plain &= piece.outcome() == Outcome.ALLOWED;
        }
        return plain ? Optional.empty() : Optional.of(new Hop(pieces));
    }

    private Piece back(AddressSet sources, Leg there, Leg back) {
        String name = "route back " + back.table;
        boolean sameAppliance = back.appliance().isPresent() && back.appliance().equals(there.appliance());
        boolean toInternet = back.ways.stream().allMatch(way -> way.hop() == RouteDecision.Hop.INTERNET);
        if (sameAppliance || (back.direct() || toInternet) && there.appliance().isEmpty()) {
            return new Piece(
                    sources,
                    Outcome.ALLOWED,
                    Outcome.UNKNOWN,
                    false,
                    name,
                    false,
                    Optional.empty(),
                    List.of(),
                    List.of());
        }
        if (back.discards()) {
            return piece(sources, Outcome.DROPPED, Outcome.UNKNOWN, name, back);
        }
        Optional<AzureFirewall> halfSeen =
                back.direct() || toInternet ? there.firewall(topology) : back.firewall(topology);
        if (halfSeen.isPresent()) {
            return open(
                    sources,
                    back,
                    name,
                    Outcome.DROPPED,
                    List.of(new Missing(
                            "whether firewall " + halfSeen.get().name()
                                    + " passes connections of which it sees one direction only",
                            "nc -v -w 2 NODE_ADDRESS " + asked.port())));
        }
        return back.direct() || toInternet
                ? open(sources, back, name, Outcome.UNKNOWN, List.of(behindIt(there)))
                : open(sources, back, name, usual(back), List.of(behindIt(back)));
    }

    // ---- pieces ----

    private static Piece piece(AddressSet sources, Outcome outcome, Outcome likely, String name, Leg leg) {
        return new Piece(sources, outcome, likely, false, name, false, leg.source(), List.of(), List.of());
    }

    private static Piece open(AddressSet sources, Leg leg, String name, Outcome likely, List<Missing> besides) {
        Set<Missing> missing = new LinkedHashSet<>(leg.missing);
        missing.addAll(besides);
        boolean mayReject = leg.ways.stream()
                .anyMatch(way -> way.hop() == RouteDecision.Hop.APPLIANCE
                        || way.hop() == RouteDecision.Hop.GATEWAY
                        || way.hop() == RouteDecision.Hop.UNREADABLE);
        return new Piece(
                sources,
                Outcome.UNKNOWN,
                likely,
                mayReject,
                name,
                false,
                leg.source(),
                List.copyOf(missing),
                List.of());
    }
}
