package tunneldoctor.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Cluster.NetworkPlugin;
import tunneldoctor.model.Direction;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.EgressVerdict.Device;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Purpose;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.path.Topology.Binding;

/** Judges the hops between the agents and a public API server, for the ports their generation dials. */
final class EgressHops {
    private final Topology topology;
    private final Tunnel tunnel;
    private final List<Agent> agents;
    private final Exits exits;
    private final PlaceFilter places;
    private final EgressRoutes routes;
    private final NetworkPlugin plugin;
    private final String region;

    EgressHops(Facts facts, Topology topology, Tunnel tunnel, List<Agent> agents) {
        this.topology = topology;
        this.tunnel = tunnel;
        this.agents = agents;
        this.exits = new Exits(facts, topology);
        this.places = new PlaceFilter(topology);
        this.routes = new EgressRoutes(facts, topology);
        Optional<Cluster> cluster = facts.azure().cluster();
        this.plugin = cluster.map(Cluster::networkPlugin).orElse(NetworkPlugin.UNKNOWN);
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

    /** @param essential whether the tunnel surely needs this port */
    record Dial(Transport transport, int port, boolean essential) {}

    /**
     * One way out, with what stands on it.
     *
     * @param senders whose way it is, or may be
     * @param rulings of all hops; the sources of one hop's are disjoint
     */
    record Way(Scene scene, List<Sender> senders, List<Ruling> rulings) {
        /** Whether nothing gets out by it, wherever it comes from. */
        boolean shut() {
            return AddressSet.union(rulings.stream()
                            .filter(ruling -> ruling.verdict().blocked())
                            .map(Ruling::sources)
                            .toList())
                    .includes(scene.flow().sources());
        }

        /** Whether what is blocked here is blocked for certain, though a sender's source may be one of several. */
        boolean certain() {
            return shut() || senders.stream().allMatch(Sender::exact);
        }
    }

    /** @param sources the sources the verdict is about */
    record Ruling(AddressSet sources, EgressVerdict verdict) {}

    /** @param sources every address the server may see it with; one if that is known */
    record Sender(Agent agent, Exits.Exit exit, AddressSet sources) {
        boolean exact() {
            return sources.size() == 1;
        }
    }

    /** Senders alike in this share a way. */
    private record Kind(
            List<Binding> places,
            Optional<String> subnetId,
            Optional<Set<String>> applicationGroups,
            Optional<AddressSet> either) {}

    /** Every hop's verdict by itself. */
    List<EgressVerdict> verdicts() {
        List<EgressVerdict> verdicts = new ArrayList<>();
        for (Dial dial : dials(tunnel.kind())) {
            List<Way> ways = ways(dial);
            boolean anywhere = agents.stream().anyMatch(Tunnels::mayRunAnywhere);
            boolean allShut = ways.stream().allMatch(Way::shut);
            for (Way way : ways) {
                boolean certain = anywhere ? allShut : way.certain();
                Missing gap = anywhere
                        ? Tunnels.whereAgentsRun()
                        : Tunnels.sourceOf(way.senders().get(0).agent());
                for (Ruling ruling : way.rulings()) {
                    EgressVerdict verdict = ruling.verdict();
                    verdicts.add(certain || !verdict.blocked() ? verdict : undecided(verdict, gap));
                }
            }
        }
        return verdicts;
    }

    private static EgressVerdict undecided(EgressVerdict verdict, Missing gap) {
        return new EgressVerdict(
                verdict.device(),
                verdict.name(),
                Outcome.UNKNOWN,
                Outcome.UNKNOWN,
                verdict.group(),
                verdict.firewall(),
                verdict.decidedBy(),
                verdict.opensTls(),
                verdict.essential(),
                verdict.transport(),
                verdict.port(),
                verdict.senderRange(),
                verdict.affected(),
                verdict.evidence(),
                List.of(gap));
    }

    // ---- who leaves by which way ----

    /** Every way the agents' connections may take; an agent that may run on any node has several. */
    List<Way> ways(Dial dial) {
        Map<Kind, List<Sender>> kinds = new LinkedHashMap<>();
        for (Agent agent : agents) {
            List<Exits.Exit> mine = exits.of(agent);
            for (Exits.Exit exit : mine.isEmpty() ? List.of(nowhere(agent)) : mine) {
                Sender sender = new Sender(agent, exit, sources(agent, exit));
                kinds.computeIfAbsent(kind(sender), kind -> new ArrayList<>()).add(sender);
            }
        }
        List<Way> ways = new ArrayList<>();
        kinds.forEach((kind, senders) -> ways.add(way(dial, kind, senders)));
        return ways;
    }

    private static Exits.Exit nowhere(Agent agent) {
        return new Exits.Exit(Optional.empty(), Optional.empty(), agent.name());
    }

    private Kind kind(Sender sender) {
        Binding subnet =
                topology.subnetGroup(sender.exit().subnetId(), sender.exit().whose());
        return new Kind(
                sender.exit()
                        .host()
                        .map(host -> List.of(topology.interfaceGroup(host), subnet))
                        .orElse(List.of(subnet)),
                sender.exit().subnetId(),
                exits.applicationGroups(sender.agent()),
                sender.exact() ? Optional.empty() : Optional.of(sender.sources()));
    }

    /** Pods in the nodes' own subnet may be seen outside the network with their node's address. */
    private AddressSet sources(Agent agent, Exits.Exit exit) {
        Optional<Node> host = exit.host();
        if (Tunnels.mayRunAnywhere(agent)) {
            return host.map(exits::sourcesOn).orElse(agent.addresses());
        }
        return plugin == NetworkPlugin.AZURE_NODE_SUBNET && host.isPresent()
                ? agent.addresses().union(topology.addresses(host.get()))
                : agent.addresses();
    }

    // ---- what stands on a way ----

    private Way way(Dial dial, Kind kind, List<Sender> senders) {
        AddressSet sources =
                AddressSet.union(senders.stream().map(Sender::sources).toList());
        Scene scene = new Scene(
                dial,
                senders,
                new Flow(
                        dial.transport(),
                        sources,
                        kind.applicationGroups(),
                        new Flow.Destination(ServiceTags.PUBLIC, Optional.of(region), Optional.of(Set.of())),
                        dial.port()));
        List<Ruling> rulings = new ArrayList<>();
        kind.places().forEach(binding -> group(binding, scene, rulings));
        rulings.addAll(routes.rulings(
                topology.routing(kind.subnetId(), senders.get(0).exit().whose()), scene));
        return new Way(scene, senders, rulings);
    }

    /** Who dials what. */
    record Scene(Dial dial, List<Sender> senders, Flow flow) {
        /** The nodes behind some of the sources; all if none is known to be. */
        List<Node> nodes(AddressSet sources) {
            List<Node> mine = senders.stream()
                    .filter(sender -> sender.sources().overlaps(sources))
                    .flatMap(sender -> sender.exit().host().stream())
                    .distinct()
                    .toList();
            return mine.isEmpty()
                    ? senders.stream()
                            .flatMap(sender -> sender.exit().host().stream())
                            .distinct()
                            .toList()
                    : mine;
        }

        /** A verdict about all sources of a hop that is neither a group nor an Azure Firewall. */
        Ruling ruling(
                Device device,
                String name,
                Outcome outcome,
                Outcome likely,
                String decidedBy,
                List<SourceRef> evidence,
                List<Missing> missing) {
            return ruling(flow.sources(), device, name, outcome, likely, decidedBy, evidence, missing);
        }

        Ruling ruling(
                AddressSet sources,
                Device device,
                String name,
                Outcome outcome,
                Outcome likely,
                String decidedBy,
                List<SourceRef> evidence,
                List<Missing> missing) {
            return new Ruling(
                    sources,
                    new EgressVerdict(
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
                            nodes(sources),
                            evidence,
                            missing));
        }
    }

    private void group(Binding binding, Scene scene, List<Ruling> rulings) {
        for (PlaceFilter.Ruling ruling : places.decide(binding, Direction.OUTBOUND, scene.flow())) {
            NsgDecision decision = ruling.decision();
            if (ruling.byAdminRule()) {
                rulings.add(scene.ruling(
                        decision.sources(),
                        Device.ADMIN_RULE,
                        decision.decidedBy().map(rule -> rule.name()).orElse("(several)"),
                        decision.outcome(),
                        decision.likely(),
                        decision.decidedBy()
                                .map(rule -> "priority " + rule.priority())
                                .orElse(""),
                        decision.evidence(),
                        decision.missing()));
            } else if (ruling.nsg().isPresent()) {
                rulings.add(new Ruling(decision.sources(), verdict(ruling, scene)));
            } else if (decision.outcome() == Outcome.UNKNOWN) {
                rulings.add(scene.ruling(
                        decision.sources(),
                        Device.NSG,
                        ruling.place(),
                        decision.outcome(),
                        decision.likely(),
                        "",
                        decision.evidence(),
                        decision.missing()));
            }
        }
    }

    private EgressVerdict verdict(PlaceFilter.Ruling ruling, Scene scene) {
        NsgDecision decision = ruling.decision();
        List<Node> affected = scene.nodes(decision.sources());
        AddressSet range = topology.rangeAround(decision.sources());
        NsgVerdict group = new NsgVerdict(
                Purpose.TUNNEL,
                Direction.OUTBOUND,
                decision.outcome(),
                decision.likely(),
                ruling.nsg(),
                ruling.place(),
                decision.decidedBy(),
                scene.dial().transport(),
                scene.dial().port(),
                decision.sources(),
                ServiceTags.PUBLIC,
                range,
                ServiceTags.PUBLIC,
                affected,
                affected,
                List.of(),
                decision.evidence(),
                decision.missing());
        return new EgressVerdict(
                Device.NSG,
                ruling.nsg().map(nsg -> nsg.name()).orElse(ruling.place()),
                decision.outcome(),
                decision.likely(),
                Optional.of(group),
                Optional.empty(),
                decision.decidedBy()
                        .map(rule -> "rule " + rule.name() + ", priority " + rule.priority())
                        .orElse(""),
                false,
                scene.dial().essential(),
                scene.dial().transport(),
                scene.dial().port(),
                range,
                affected,
                decision.evidence(),
                decision.missing());
    }
}
