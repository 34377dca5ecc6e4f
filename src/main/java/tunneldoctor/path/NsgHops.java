package tunneldoctor.path;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Purpose;
import tunneldoctor.model.SourceRef;
import tunneldoctor.path.Topology.Binding;

/** Judges every network security group between the agents and the kubelets, and between the agents and the API server. */
final class NsgHops {
    private final Topology topology;
    private final Connections asked;
    private final NsgFilter filter;

    NsgHops(Facts facts, Topology topology, Connections asked) {
        this.topology = topology;
        this.asked = asked;
        this.filter = new NsgFilter(topology.serviceTags(), facts.azure().adminRules());
    }

    List<NsgVerdict> kubeletVerdicts() {
        Map<Key, Merged> merged = new LinkedHashMap<>();
        for (Map.Entry<Place, List<Node>> place : places().entrySet()) {
            for (Agent agent : asked.agents()) {
                List<Node> targets = place.getValue().stream()
                        .filter(node -> agent.node().isEmpty() || !node.name().equals(agent.node()))
                        .toList();
                if (!targets.isEmpty()) {
                    inbound(place.getKey(), agent, targets, merged);
                    outbound(agent, targets, merged);
                }
            }
        }
        List<NsgVerdict> verdicts = new ArrayList<>();
        merged.forEach((key, nodes) -> verdicts.add(verdict(key, nodes)));
        return verdicts;
    }

    /** Nodes behind the same groups fare alike. */
    private Map<Place, List<Node>> places() {
        Map<Place, List<Node>> places = new LinkedHashMap<>();
        for (Node node : topology.targets()) {
            Place place = new Place(
                    topology.subnetGroup(topology.subnetId(node), Topology.label(node)),
                    topology.interfaceGroup(node),
                    topology.subnetId(node));
            places.computeIfAbsent(place, p -> new ArrayList<>()).add(node);
        }
        return places;
    }

    private void inbound(Place place, Agent agent, List<Node> targets, Map<Key, Merged> merged) {
        for (Binding binding : List.of(place.subnet(), place.networkInterface())) {
            judge(binding, Direction.INBOUND, agent, targets, merged);
        }
    }

    private void outbound(Agent agent, List<Node> targets, Map<Key, Merged> merged) {
        exits(agent).forEach(binding -> judge(binding, Direction.OUTBOUND, agent, targets, merged));
    }

    /** Pods with addresses of a subnet of their own leave through that subnet's group, others through their node's. */
    private List<Binding> exits(Agent agent) {
        Optional<Node> host = topology.node(agent.node());
        return host.isEmpty()
                ? List.of()
                : List.of(
                        topology.interfaceGroup(host.get()),
                        topology.subnetGroup(exitSubnet(agent, host.get()), "node " + agent.node()));
    }

    private Optional<String> exitSubnet(Agent agent, Node host) {
        Optional<String> podSubnet = agent.addresses().size() == 1
                        && !AddressSet.parse(host.address()).equals(Optional.of(agent.addresses()))
                ? topology.podSubnetId(host)
                : Optional.empty();
        return podSubnet.or(() -> topology.subnetId(host));
    }

    /** The subnet an agent's connections leave through; empty where the evidence does not tell. */
    Optional<String> exitSubnet(Agent agent) {
        return topology.node(agent.node())
                .flatMap(host -> exitSubnet(agent, host))
                .or(() -> agent.addresses().size() == 1
                        ? topology.subnetByAddress(
                                        AddressSet.format(agent.addresses().first()))
                                .map(subnet -> subnet.id().isEmpty() ? subnet.name() : subnet.id())
                        : Optional.empty());
    }

    /** The groups between one agent and every node it reaches over the network, in the order they are crossed. */
    Map<Node, List<Hop>> hops(Agent agent) {
        List<Binding> exits = topology.node(agent.node()).isPresent()
                ? exits(agent)
                : exitSubnet(agent)
                        .map(subnet -> List.of(topology.subnetGroup(Optional.of(subnet), agent.name())))
                        .orElse(List.of());
        Map<Node, List<Hop>> hops = new LinkedHashMap<>();
        for (Map.Entry<Place, List<Node>> place : places().entrySet()) {
            List<Node> targets = place.getValue().stream()
                    .filter(node -> agent.node().isEmpty() || !node.name().equals(agent.node()))
                    .toList();
            targets.forEach(target -> hops.put(target, new ArrayList<>()));
            exits.forEach(exit -> cross(exit, Direction.OUTBOUND, agent, targets, hops));
            cross(place.getKey().subnet(), Direction.INBOUND, agent, targets, hops);
            cross(place.getKey().networkInterface(), Direction.INBOUND, agent, targets, hops);
        }
        return hops;
    }

    private void cross(
            Binding binding, Direction direction, Agent agent, List<Node> targets, Map<Node, List<Hop>> hops) {
        if (targets.isEmpty() || binding instanceof Binding.None) {
            return;
        }
        List<Nsg> groups = binding instanceof Binding.Bound bound
                ? List.of(bound.nsg())
                : ((Binding.Unknown) binding).candidates();
        for (List<Node> alike : splitByDestination(groups, direction, targets)) {
            Hop hop = binding instanceof Binding.Unknown unknown
                    ? open(unknown, direction, agent, alike)
                    : new Hop(filter.decide(groups.get(0), direction, flow(agent, alike)).stream()
                            .map(piece -> piece(
                                    piece,
                                    "nsg " + word(direction) + " "
                                            + groups.get(0).name()))
                            .toList());
            alike.forEach(
                    node -> hops.computeIfAbsent(node, n -> new ArrayList<>()).add(hop));
        }
    }

    /** Which group stands here is not known; one in the facts that would deny is likely it. */
    private Hop open(Binding.Unknown unknown, Direction direction, Agent agent, List<Node> targets) {
        AddressSet left = agent.addresses();
        List<Hop.Piece> pieces = new ArrayList<>();
        for (Nsg candidate : unknown.candidates()) {
            for (NsgDecision decision : filter.decide(candidate, direction, flow(agent, targets))) {
                AddressSet here = decision.outcome().blocked() ? left.intersect(decision.sources()) : AddressSet.NONE;
                if (!here.isEmpty()) {
                    left = left.minus(here);
                    pieces.add(piece(
                            new NsgDecision(
                                    here,
                                    Outcome.UNKNOWN,
                                    decision.outcome(),
                                    decision.decidedBy(),
                                    decision.evidence(),
                                    List.of(unknown.missing())),
                            "nsg " + word(direction) + " " + candidate.name()));
                }
            }
        }
        if (!left.isEmpty()) {
            pieces.add(piece(
                    new NsgDecision(
                            left,
                            Outcome.UNKNOWN,
                            Outcome.UNKNOWN,
                            Optional.empty(),
                            List.of(),
                            List.of(unknown.missing())),
                    "nsg " + word(direction) + " of " + unknown.place()));
        }
        return new Hop(pieces);
    }

    private static Hop.Piece piece(NsgDecision decision, String name) {
        return new Hop.Piece(
                decision.sources(),
                decision.outcome(),
                decision.likely(),
                false,
                name,
                false,
                decision.decidedBy().map(NsgRule::source),
                decision.missing(),
                List.of());
    }

    private static String word(Direction direction) {
        return direction == Direction.INBOUND ? "inbound" : "outbound";
    }

    private void judge(Binding binding, Direction direction, Agent agent, List<Node> targets, Map<Key, Merged> merged) {
        if (binding instanceof Binding.Bound bound) {
            for (List<Node> alike : splitByDestination(List.of(bound.nsg()), direction, targets)) {
                Judged judged = judge(bound.nsg(), direction, agent, alike);
                add(Optional.of(bound.nsg()), binding.place(), direction, judged, agent, alike, merged);
            }
        } else if (binding instanceof Binding.Unknown unknown) {
            add(unknown, direction, agent, targets, merged);
        } else {
            Judged free = new Judged(Outcome.ALLOWED, Outcome.UNKNOWN, Optional.empty(), List.of(), List.of());
            add(Optional.empty(), binding.place(), direction, free, agent, targets, merged);
        }
    }

    /** Which group stands here is not known; one in the facts that would deny is likely it. */
    private void add(
            Binding.Unknown unknown, Direction direction, Agent agent, List<Node> targets, Map<Key, Merged> merged) {
        for (Nsg candidate : unknown.candidates()) {
            for (List<Node> alike : splitByDestination(List.of(candidate), direction, targets)) {
                Judged judged = judge(candidate, direction, agent, alike);
                if (judged.outcome().blocked()) {
                    Judged likely = new Judged(
                            Outcome.UNKNOWN,
                            judged.outcome(),
                            judged.decidedBy(),
                            judged.evidence(),
                            List.of(unknown.missing()));
                    add(Optional.of(candidate), unknown.place(), direction, likely, agent, alike, merged);
                }
            }
        }
        Judged open =
                new Judged(Outcome.UNKNOWN, Outcome.UNKNOWN, Optional.empty(), List.of(), List.of(unknown.missing()));
        add(Optional.empty(), "an interface or subnet", direction, open, agent, targets, merged);
    }

    /** Targets that every rule's destination either holds wholly or not at all, so that one verdict serves them all. */
    static List<List<Node>> splitByDestination(List<Nsg> groups, Direction direction, Collection<Node> targets) {
        Set<AddressSet> destinations = new LinkedHashSet<>();
        for (Nsg nsg : groups) {
            for (NsgRule rule : nsg.rules()) {
                if (rule.direction() == direction) {
                    for (String prefix : rule.destinationPrefixes()) {
                        AddressSet.parse(prefix).ifPresent(destinations::add);
                    }
                }
            }
        }
        return splitByAddress(destinations, targets);
    }

    /** Nodes that each of the sets either holds wholly or not at all; one whose address is not known stands apart. */
    static List<List<Node>> splitByAddress(Set<AddressSet> sets, Collection<Node> targets) {
        List<AddressSet> destinations = List.copyOf(sets);
        Map<BitSet, List<Node>> alike = new LinkedHashMap<>();
        for (Node target : targets) {
            BitSet in = new BitSet();
            Optional<Long> address = AddressSet.parseAddress(target.address());
            for (int i = 0; i < destinations.size() && address.isPresent(); i++) {
                in.set(i, destinations.get(i).covers(address.get()));
            }
            in.set(destinations.size(), address.isEmpty());
            alike.computeIfAbsent(in, bits -> new ArrayList<>()).add(target);
        }
        return List.copyOf(alike.values());
    }

    private Judged judge(Nsg nsg, Direction direction, Agent agent, List<Node> targets) {
        List<NsgDecision> pieces = filter.decide(nsg, direction, flow(agent, targets));
        return combine(agent, pieces);
    }

    private Flow flow(Agent agent, List<Node> targets) {
        Optional<Set<String>> senderGroups = topology.node(agent.node()).flatMap(topology::applicationGroups);
        Set<Optional<Set<String>>> targetGroups = new LinkedHashSet<>();
        targets.forEach(target -> targetGroups.add(topology.applicationGroups(target)));
        return new Flow(
                asked.transport(),
                agent.addresses(),
                senderGroups,
                new Flow.Destination(
                        addresses(targets),
                        Optional.empty(),
                        targetGroups.size() == 1 ? targetGroups.iterator().next() : Optional.empty()),
                asked.port());
    }

    private AddressSet addresses(List<Node> targets) {
        return AddressSet.union(targets.stream().map(topology::addresses).toList());
    }

    /** An agent whose true source is one of several gets a verdict only where they all fare alike. */
    static Judged combine(Agent agent, List<NsgDecision> pieces) {
        List<NsgDecision> mine = pieces.stream()
                .filter(piece -> piece.sources().overlaps(agent.addresses()))
                .toList();
        NsgDecision first = mine.get(0);
        boolean alike = mine.stream().allMatch(piece -> piece.outcome() == first.outcome());
        if (alike) {
            return new Judged(
                    first.outcome(),
                    first.likely(),
                    mine.stream().map(NsgDecision::decidedBy).distinct().count() == 1
                            ? first.decidedBy()
                            : Optional.empty(),
                    distinct(mine.stream()
                            .flatMap(piece -> piece.evidence().stream())
                            .toList()),
                    distinct(mine.stream()
                            .flatMap(piece -> piece.missing().stream())
                            .toList()));
        }
        return new Judged(
                Outcome.UNKNOWN,
                Outcome.UNKNOWN,
                Optional.empty(),
                distinct(mine.stream()
                        .flatMap(piece -> piece.evidence().stream())
                        .toList()),
                List.of(Tunnels.sourceOf(agent)));
    }

    private static <T> List<T> distinct(List<T> items) {
        return List.copyOf(new LinkedHashSet<>(items));
    }

    private void add(
            Optional<Nsg> nsg,
            String place,
            Direction direction,
            Judged judged,
            Agent agent,
            List<Node> targets,
            Map<Key, Merged> merged) {
        Merged into = merged.computeIfAbsent(new Key(nsg, place, direction, judged), key -> new Merged());
        into.targets.addAll(targets);
        topology.node(agent.node()).ifPresent(into.senders::add);
        into.agents.add(agent.name());
        into.sources = into.sources.union(agent.addresses());
        into.senderRange = into.senderRange.union(topology.rangeAround(agent.addresses()));
    }

    /** What one group does with one agent's flow to one set of targets. */
    record Judged(
            Outcome outcome,
            Outcome likely,
            Optional<NsgRule> decidedBy,
            List<SourceRef> evidence,
            List<Missing> missing) {}

    private record Place(Binding subnet, Binding networkInterface, Optional<String> subnetId) {}

    /** Verdicts alike in this are one verdict about several agents and nodes. */
    private record Key(Optional<Nsg> nsg, String place, Direction direction, Judged judged) {}

    private static final class Merged {
        private final Set<Node> targets = new LinkedHashSet<>();
        private final Set<Node> senders = new LinkedHashSet<>();
        private final Set<String> agents = new LinkedHashSet<>();
        private AddressSet sources = AddressSet.NONE;
        private AddressSet senderRange = AddressSet.NONE;
    }

    private NsgVerdict verdict(Key key, Merged merged) {
        AddressSet destinations = addresses(List.copyOf(merged.targets));
        return new NsgVerdict(
                Purpose.KUBELET,
                key.direction(),
                key.judged().outcome(),
                key.judged().likely(),
                key.nsg(),
                key.place(),
                key.judged().decidedBy(),
                asked.transport(),
                asked.port(),
                merged.sources,
                destinations,
                merged.senderRange,
                topology.rangeAround(destinations),
                List.copyOf(merged.targets),
                List.copyOf(merged.senders),
                List.copyOf(merged.agents),
                key.judged().evidence(),
                key.judged().missing());
    }
}
