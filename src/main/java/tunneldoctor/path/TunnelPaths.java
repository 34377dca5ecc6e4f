package tunneldoctor.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Answer;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Purpose;
import tunneldoctor.model.ReachPath;
import tunneldoctor.model.ReachPath.End;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Tunnel;
import tunneldoctor.path.EgressHops.Dial;
import tunneldoctor.path.EgressHops.Ruling;
import tunneldoctor.path.EgressHops.Sender;
import tunneldoctor.path.EgressHops.Way;

/** What becomes of the tunnel's own connections, from the agents to the API server. */
final class TunnelPaths {
    private static final Missing WHETHER_PRIVATE = new Missing(
            "whether the cluster is private, so that its tunnel does not cross the public network",
            "az aks show --resource-group \"$RESOURCE_GROUP\" --name \"$CLUSTER\" -o json");

    private final Facts facts;
    private final Topology topology;
    private final Tunnel tunnel;
    private final List<Agent> agents;
    private final OwnMachines ownMachines;

    TunnelPaths(Facts facts, Topology topology, Tunnel tunnel, List<Agent> agents, OwnMachines ownMachines) {
        this.facts = facts;
        this.topology = topology;
        this.tunnel = tunnel;
        this.agents = agents;
        this.ownMachines = ownMachines;
    }

    /** One for every agent and port; agents with one address are one. */
    List<ReachPath> paths() {
        Answer publicly = Tunnels.dialsPublicly(tunnel, facts.azure().cluster());
        EgressHops egress = new EgressHops(facts, topology, tunnel, agents);
        Map<List<Object>, Agent> senders = new LinkedHashMap<>();
        agents.forEach(agent -> senders.putIfAbsent(List.of(agent.node(), agent.addresses()), agent));
        Map<Dial, List<Way>> byDial = new LinkedHashMap<>();
        EgressHops.dials(tunnel.kind())
                .forEach(dial -> byDial.put(dial, publicly.no() ? List.of() : egress.ways(dial)));
        List<ReachPath> paths = new ArrayList<>();
        for (Agent agent : senders.values()) {
            byDial.forEach((dial, ways) -> {
                Fate fate = publicly.no() ? Fate.open(insideNetwork()) : fate(agent, ways);
                paths.add(path(
                        agent, dial, publicly.unknown() ? fate.unless(WHETHER_PRIVATE) : fate, opened(agent, ways)));
            });
        }
        return paths;
    }

    private ReachPath path(Agent agent, Dial dial, Fate fate, Optional<String> opensTls) {
        Set<String> assumptions = new LinkedHashSet<>(fate.assumptions());
        if (!dial.essential()) {
            assumptions.add("it is not certain that the tunnel needs this port");
        }
        opensTls.ifPresent(assumptions::add);
        String fqdn = facts.azure().cluster().map(cluster -> cluster.fqdn()).orElse("");
        String address = agent.exact()
                ? Reach.shown(agent.addresses())
                : topology.node(agent.node()).map(Node::address).orElse(Reach.shown(agent.addresses()));
        return new ReachPath(
                Purpose.TUNNEL,
                new End(agent.node(), address),
                new End("", fqdn.isEmpty() ? "API server" : fqdn),
                dial.transport(),
                dial.port(),
                fate.outcome(),
                fate.likely(),
                fate.name(),
                fate.decidedBy(),
                fate.missing(),
                List.copyOf(assumptions));
    }

    /** Where the API server is inside the network the way to it is another one, which no facts show whole. */
    private Hop.Piece insideNetwork() {
        boolean integrated = facts.azure()
                .cluster()
                .map(cluster -> cluster.vnetIntegration().yes())
                .orElse(false);
        String place = integrated ? "subnet of the API server" : "private endpoint of the API server";
        return new Hop.Piece(
                AddressSet.ALL,
                Outcome.UNKNOWN,
                Outcome.UNKNOWN,
                true,
                place,
                false,
                Optional.empty(),
                List.of(new Missing(
                        "what stands between the agents and the " + place,
                        integrated ? "az network vnet list -o json" : "az network private-endpoint list -o json")),
                List.of());
    }

    /** An agent that may run on any node has the fate that all ways share. */
    private Fate fate(Agent agent, List<Way> ways) {
        Set<Fate> fates = new LinkedHashSet<>();
        for (Way way : ways) {
            List<Sender> mine = way.senders().stream()
                    .filter(sender -> sender.agent().equals(agent))
                    .toList();
            if (!mine.isEmpty()) {
                Agent seen = seen(agent, mine);
                fates.addAll(Fate.of(seen, hops(seen, way)).keySet());
            }
        }
        return fates.size() == 1 ? fates.iterator().next() : Fate.common(List.copyOf(fates), agent);
    }

    /** The agent as it is seen by one way out; from each exit that it may have with the one address it has there. */
    private static Agent seen(Agent agent, List<Sender> mine) {
        return new Agent(
                agent.name(),
                agent.node(),
                AddressSet.union(mine.stream().map(Sender::sources).toList()),
                mine.stream().allMatch(Sender::exact),
                agent.why(),
                agent.source());
    }

    private List<Hop> hops(Agent seen, Way way) {
        List<Hop> hops = new ArrayList<>();
        Flow flow = way.scene().flow();
        hops.add(ownMachines.towards(
                new Flow(flow.transport(), seen.addresses(), flow.sourceGroups(), flow.destination(), flow.port()),
                seen));
        List<String> assumptions = PlaceFilter.assumptions(facts);
        hops.add(OwnMachines.pass(seen.addresses(), assumptions));
        for (Ruling ruling : way.rulings()) {
            AddressSet mine = ruling.sources().intersect(seen.addresses());
            if (!mine.isEmpty()) {
                List<Hop.Piece> pieces = new ArrayList<>(List.of(piece(ruling.verdict(), mine, assumptions)));
                AddressSet rest = seen.addresses().minus(mine);
                if (!rest.isEmpty()) {
                    pieces.addAll(OwnMachines.pass(rest, List.of()).pieces());
                }
                hops.add(new Hop(pieces));
            }
        }
        return hops;
    }

    private static Hop.Piece piece(EgressVerdict verdict, AddressSet sources, List<String> ofGroups) {
        Optional<SourceRef> rule = verdict.group().isPresent()
                ? verdict.group().get().decidedBy().map(NsgRule::source)
                : verdict.evidence().stream().findFirst();
        return new Hop.Piece(
                sources,
                verdict.outcome(),
                verdict.outcome() == Outcome.UNKNOWN ? verdict.likely() : Outcome.UNKNOWN,
                verdict.device() == EgressVerdict.Device.APPLIANCE
                        || verdict.device() == EgressVerdict.Device.AZURE_FIREWALL,
                switch (verdict.device()) {
                    case NSG -> "nsg outbound " + verdict.name();
                    case ADMIN_RULE -> "security admin rule " + verdict.name();
                    case ROUTE -> "route " + verdict.name();
                    case AZURE_FIREWALL -> "azure firewall " + verdict.name();
                    case APPLIANCE -> "appliance " + verdict.name();
                },
                false,
                rule,
                verdict.missing(),
                verdict.device() == EgressVerdict.Device.NSG ? ofGroups : List.of());
    }

    /** What opens the TLS session of an agent, so that the tunnel's ALPN token is lost though the port is open. */
    private static Optional<String> opened(Agent agent, List<Way> ways) {
        return ways.stream()
                .filter(way ->
                        way.senders().stream().anyMatch(sender -> sender.agent().equals(agent)))
                .flatMap(way -> way.rulings().stream())
                .filter(ruling ->
                        ruling.verdict().opensTls() && ruling.sources().overlaps(agent.addresses()))
                .map(ruling -> ruling.verdict().summary())
                .findFirst();
    }
}
