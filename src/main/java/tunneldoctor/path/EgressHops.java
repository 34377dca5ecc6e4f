package tunneldoctor.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.AzureFirewall;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Direction;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.EgressVerdict.Device;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Purpose;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.Shell;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Subnet;
import tunneldoctor.model.Transport;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.path.Topology.Binding;

/** Judges the hops between the agents and a public API server, for the ports their generation dials. */
final class EgressHops {
    private final Facts facts;
    private final Topology topology;
    private final Tunnel tunnel;
    private final List<Agent> agents;
    private final ServiceTags tags;
    private final NsgFilter nsgFilter;
    private final AzureFirewallFilter firewallFilter;
    private final String region;

    EgressHops(Facts facts, Topology topology, Tunnel tunnel, List<Agent> agents) {
        this.facts = facts;
        this.topology = topology;
        this.tunnel = tunnel;
        this.agents = agents;
        this.tags = topology.serviceTags();
        this.nsgFilter = new NsgFilter(tags, facts.azure().adminRules());
        Optional<Cluster> cluster = facts.azure().cluster();
        this.firewallFilter = new AzureFirewallFilter(
                tags,
                facts.azure().ipGroups(),
                cluster.map(Cluster::fqdn).orElse(""),
                cluster.map(Cluster::location).orElse(""));
        this.region = cluster.map(Cluster::location).orElse("");
    }

    /** Ports by generation; see the project's domain notes, 1.1 to 1.3 and 2. */
    static List<Dial> dials(TunnelKind kind) {
        return switch (kind) {
            case KONNECTIVITY -> List.of(new Dial(Transport.TCP, 443, true));
            case AKS_LINK -> List.of(new Dial(Transport.UDP, 1194, true));
            case TUNNEL_FRONT -> List.of(new Dial(Transport.TCP, 9000, true), new Dial(Transport.TCP, 22, false));
            case NONE, UNKNOWN -> List.of();
        };
    }

    List<EgressVerdict> verdicts() {
        List<EgressVerdict> verdicts = new ArrayList<>();
        for (Dial dial : dials(tunnel.kind())) {
            Map<Exit, List<Node>> exits = exits();
            if (exits.isEmpty()) {
                verdicts.add(open(Device.NSG, "", dial, List.of(), Tunnels.whereAgentsRun()));
            }
            exits.forEach((exit, senders) -> {
                AddressSet sources = sources(senders);
                group(exit.networkInterface(), dial, senders, sources, verdicts);
                group(exit.subnetGroup(), dial, senders, sources, verdicts);
                route(exit.subnetId(), dial, senders, sources, verdicts);
            });
        }
        return verdicts;
    }

    /** The agents' nodes, or every node where an agent could be, by what stands in front of them. */
    private Map<Exit, List<Node>> exits() {
        boolean known =
                topology.nodes().stream().anyMatch(node -> node.hostsAgent().yes());
        Map<Exit, List<Node>> exits = new LinkedHashMap<>();
        for (Node node : topology.targets()) {
            if (node.hostsAgent().yes() || !known) {
                boolean flat = facts.azure()
                        .cluster()
                        .map(cluster -> cluster.networkPlugin() == Cluster.NetworkPlugin.AZURE_POD_SUBNET)
                        .orElse(false);
                Optional<String> subnet = (flat ? topology.podSubnetId(node) : Optional.<String>empty())
                        .or(() -> topology.subnetId(node));
                exits.computeIfAbsent(
                                new Exit(
                                        topology.interfaceGroup(node),
                                        topology.subnetGroup(subnet, Topology.label(node)),
                                        subnet),
                                exit -> new ArrayList<>())
                        .add(node);
            }
        }
        return exits;
    }

    private AddressSet sources(List<Node> senders) {
        AddressSet sources = AddressSet.NONE;
        for (Node sender : senders) {
            AddressSet own = topology.addresses(sender);
            sources = sources.union(agents.stream()
                    .filter(agent -> agent.exact() && agent.node().equals(sender.name()))
                    .map(Agent::addresses)
                    .reduce(AddressSet::union)
                    .orElse(own));
        }
        return sources;
    }

    private Flow flow(Dial dial, AddressSet sources, List<Node> senders) {
        return new Flow(
                dial.transport(),
                sources,
                senders.stream().findFirst().flatMap(topology::applicationGroups),
                new Flow.Destination(ServiceTags.PUBLIC, Optional.of(region), Optional.of(java.util.Set.of())),
                dial.port());
    }

    private void group(
            Binding binding, Dial dial, List<Node> senders, AddressSet sources, List<EgressVerdict> verdicts) {
        if (binding instanceof Binding.Bound bound) {
            nsgFilter
                    .decide(bound.nsg(), Direction.OUTBOUND, flow(dial, sources, senders))
                    .forEach(piece -> verdicts.add(verdict(bound.nsg(), binding.place(), piece, dial, senders)));
        } else if (binding instanceof Binding.Unknown unknown) {
            for (Nsg candidate : unknown.candidates()) {
                nsgFilter.decide(candidate, Direction.OUTBOUND, flow(dial, sources, senders)).stream()
                        .filter(piece -> piece.outcome().blocked())
                        .map(piece -> new NsgDecision(
                                piece.sources(),
                                Outcome.UNKNOWN,
                                piece.outcome(),
                                piece.decidedBy(),
                                piece.evidence(),
                                List.of(unknown.missing())))
                        .forEach(piece -> verdicts.add(verdict(candidate, binding.place(), piece, dial, senders)));
            }
            verdicts.add(open(Device.NSG, binding.place(), dial, senders, unknown.missing()));
        }
    }

    private EgressVerdict verdict(Nsg nsg, String place, NsgDecision piece, Dial dial, List<Node> senders) {
        List<Node> mine = senders.stream()
                .filter(node -> AddressSet.parse(node.address())
                        .map(piece.sources()::overlaps)
                        .orElse(true))
                .toList();
        List<Node> affected = mine.isEmpty() ? senders : mine;
        AddressSet range = topology.rangeAround(piece.sources());
        NsgVerdict group = new NsgVerdict(
                Purpose.TUNNEL,
                Direction.OUTBOUND,
                piece.outcome(),
                piece.likely(),
                Optional.of(nsg),
                place,
                piece.decidedBy(),
                dial.transport(),
                dial.port(),
                piece.sources(),
                ServiceTags.PUBLIC,
                range,
                ServiceTags.PUBLIC,
                affected,
                affected,
                List.of(),
                piece.evidence(),
                piece.missing());
        return new EgressVerdict(
                Device.NSG,
                nsg.name(),
                piece.outcome(),
                piece.likely(),
                Optional.of(group),
                Optional.empty(),
                piece.decidedBy()
                        .map(rule -> "rule " + rule.name() + ", priority " + rule.priority())
                        .orElse(""),
                false,
                dial.essential(),
                dial.transport(),
                dial.port(),
                range,
                affected,
                piece.evidence(),
                piece.missing());
    }

    private EgressVerdict open(Device device, String name, Dial dial, List<Node> senders, Missing missing) {
        return plain(device, name, Outcome.UNKNOWN, Outcome.UNKNOWN, "", dial, senders, List.of(), List.of(missing));
    }

    /** A verdict of a hop that is neither a group nor an Azure Firewall. */
    private static EgressVerdict plain(
            Device device,
            String name,
            Outcome outcome,
            Outcome likely,
            String decidedBy,
            Dial dial,
            List<Node> senders,
            List<SourceRef> evidence,
            List<Missing> missing) {
        return new EgressVerdict(
                device,
                name,
                outcome,
                likely,
                Optional.empty(),
                Optional.empty(),
                decidedBy,
                false,
                dial.essential(),
                dial.transport(),
                dial.port(),
                AddressSet.NONE,
                senders,
                evidence,
                missing);
    }

    private void route(
            Optional<String> subnetId,
            Dial dial,
            List<Node> senders,
            AddressSet sources,
            List<EgressVerdict> verdicts) {
        Optional<Subnet> subnet = subnetId.flatMap(topology::subnet);
        Optional<RouteTable> table = subnetId.flatMap(id -> topology.routeTable(id));
        if (table.isEmpty()) {
            String wanted = subnet.map(Subnet::routeTableId).orElse("");
            if (subnet.isEmpty() || !wanted.isEmpty()) {
                verdicts.add(open(
                        Device.ROUTE,
                        "of " + subnetId.map(tunneldoctor.model.ArmId::name).orElse("the agents' subnet"),
                        dial,
                        senders,
                        wanted.isEmpty()
                                ? new Missing(
                                        "the route table of the agents' subnet",
                                        subnetId.filter(id -> id.indexOf('/') >= 0)
                                                .map(id -> "az network vnet subnet show --ids " + Shell.quote(id)
                                                        + " -o json")
                                                .orElse("az network vnet list -o json"))
                                : new Missing(
                                        "the routes of route table " + tunneldoctor.model.ArmId.name(wanted),
                                        "az network route-table show --ids " + Shell.quote(wanted) + " -o json")));
            }
            return;
        }
        taken(table.get(), flow(dial, sources, senders))
                .forEach(route -> verdicts.addAll(next(table.get(), route, dial, senders, sources)));
    }

    /** The table's routes that may hold the API server's address. */
    private List<Taken> taken(RouteTable table, Flow flow) {
        List<RouteDecision> decisions = RouteDecision.decide(Optional.of(table), flow.destination(), tags);
        List<RouteDecision.Way> ways = decisions.stream()
                .flatMap(decision -> decision.ways().stream())
                .distinct()
                .toList();
        List<Missing> missing = new ArrayList<>(decisions.stream()
                .flatMap(decision -> decision.missing().stream())
                .distinct()
                .toList());
        if (decisions.size() > 1) {
            missing.add(narrowerRoute());
        }
        boolean certain = ways.size() == 1 && missing.isEmpty();
        return ways.stream()
                .filter(way -> certain || way.hop() != RouteDecision.Hop.INTERNET)
                .flatMap(way -> way.route().stream())
                .map(route -> new Taken(route, certain, missing))
                .toList();
    }

    private List<EgressVerdict> next(RouteTable table, Taken taken, Dial dial, List<Node> senders, AddressSet sources) {
        RouteTable.Route route = taken.route();
        String how = "route " + route.name() + " of table " + table.name() + ", " + route.prefix() + " to "
                + route.nextHopType();
        return switch (route.nextHopType().toLowerCase(java.util.Locale.ROOT)) {
            case "none" ->
                List.of(hop(Device.ROUTE, table.name(), Outcome.DROPPED, taken, how, dial, senders, route.source()));
            case "internet" ->
                List.of(hop(Device.ROUTE, table.name(), Outcome.ALLOWED, taken, how, dial, senders, route.source()));
            case "virtualappliance" ->
                facts.azure().firewalls().stream()
                        .filter(firewall -> firewall.privateAddress().equals(route.nextHopAddress()))
                        .findFirst()
                        .map(firewall -> firewall(firewall, taken, dial, senders, sources))
                        .orElseGet(() -> List.of(appliance(
                                "at " + route.nextHopAddress(),
                                "the rules of the appliance at " + route.nextHopAddress() + ", where " + how + " leads",
                                "az network firewall list -o json",
                                route,
                                dial,
                                senders)));
            default ->
                List.of(appliance(
                        "behind the virtual network gateway",
                        "what lies behind the gateway that " + how + " leads to",
                        "az network vnet-gateway list --resource-group \"$RESOURCE_GROUP\" -o json",
                        route,
                        dial,
                        senders));
        };
    }

    private List<EgressVerdict> firewall(
            AzureFirewall firewall, Taken taken, Dial dial, List<Node> senders, AddressSet sources) {
        List<EgressVerdict> verdicts = new ArrayList<>();
        for (AzureFirewallFilter.Ruling ruling : firewallFilter.decide(firewall, flow(dial, sources, senders))) {
            boolean doubt = !taken.certain() && ruling.outcome().blocked();
            List<Missing> missing = new ArrayList<>(ruling.missing());
            if (doubt) {
                missing.addAll(taken.missing());
            }
            List<SourceRef> evidence = new ArrayList<>(ruling.evidence());
            evidence.add(taken.route().source());
            List<Node> mine = senders.stream()
                    .filter(node -> topology.addresses(node).overlaps(ruling.sources()))
                    .toList();
            verdicts.add(new EgressVerdict(
                    Device.AZURE_FIREWALL,
                    firewall.name(),
                    doubt ? Outcome.UNKNOWN : ruling.outcome(),
                    doubt ? ruling.outcome() : ruling.likely(),
                    Optional.empty(),
                    Optional.of(firewall),
                    ruling.decidedBy(),
                    ruling.opensTls(),
                    dial.essential(),
                    dial.transport(),
                    dial.port(),
                    topology.rangeAround(ruling.sources()),
                    mine.isEmpty() ? senders : mine,
                    evidence,
                    missing));
        }
        return verdicts;
    }

    private static Missing narrowerRoute() {
        return new Missing(
                "the API server's address, which a narrower route may hold",
                "az aks show --resource-group \"$RESOURCE_GROUP\" --name \"$CLUSTER\" --query fqdn");
    }

    private EgressVerdict hop(
            Device device,
            String name,
            Outcome outcome,
            Taken taken,
            String how,
            Dial dial,
            List<Node> senders,
            SourceRef at) {
        boolean doubt = !taken.certain() && outcome.blocked();
        return plain(
                device,
                name,
                doubt ? Outcome.UNKNOWN : outcome,
                doubt ? outcome : Outcome.UNKNOWN,
                how,
                dial,
                senders,
                List.of(at),
                doubt ? taken.missing() : List.of());
    }

    private EgressVerdict appliance(
            String name, String what, String command, RouteTable.Route route, Dial dial, List<Node> senders) {
        return plain(
                Device.APPLIANCE,
                name,
                Outcome.UNKNOWN,
                Outcome.UNKNOWN,
                "",
                dial,
                senders,
                List.of(route.source()),
                List.of(new Missing(what, command)));
    }

    /** @param essential whether the tunnel surely needs this port */
    record Dial(Transport transport, int port, boolean essential) {}

    private record Exit(Binding networkInterface, Binding subnetGroup, Optional<String> subnetId) {}

    /**
     * @param certain whether no other route may take the flow instead
     * @param missing what would tell which route does
     */
    private record Taken(RouteTable.Route route, boolean certain, List<Missing> missing) {}
}
