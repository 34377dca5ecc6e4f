package tunneldoctor.path;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.AdminRule;
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
import tunneldoctor.path.PlaceFilter.Ruling;
import tunneldoctor.path.Topology.Binding;

/**
 * Judges every network security group, and the security admin rules before them, between senders and nodes.
 */
final class NsgHops {
    private final Topology topology;
    private final Connections asked;
    private final PlaceFilter filter;
    private final Exits exits;
    private final List<NsgRule> adminRules;
    private final List<String> assumptions;
    private final Map<Place, List<Node>> places;

    NsgHops(Facts facts, Topology topology, Connections asked) {
        this.topology = topology;
        this.asked = asked;
        this.filter = new PlaceFilter(topology);
        this.exits = new Exits(facts, topology);
        this.adminRules =
                facts.azure().adminRules().stream().map(AdminRule::rule).toList();
        this.assumptions = PlaceFilter.assumptions(facts);
        this.places = gatherPlaces();
    }

    /** Nodes behind the same groups. */
    private Map<Place, List<Node>> gatherPlaces() {
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

    /** What stands before connections that enter the network by one exit, in the order they meet it. */
    private List<Binding> bindings(Exits.Exit exit) {
        Binding subnet = topology.subnetGroup(exit.subnetId(), exit.whose());
        return exit.host()
                .map(host -> List.of(topology.interfaceGroup(host), subnet))
                .orElse(List.of(subnet));
    }

    // ---- as hops of whole paths ----

    /** Exits that differ in what stands before the network or in the subnet, one of each kind. */
    List<Exits.Exit> kinds(List<Exits.Exit> all) {
        Map<List<Object>, Exits.Exit> kinds = new LinkedHashMap<>();
        all.forEach(exit -> kinds.putIfAbsent(List.of(bindings(exit), exit.subnetId()), exit));
        return List.copyOf(kinds.values());
    }

    /** What connections of one agent meet on their way out by one exit, for each of some nodes. */
    Map<Node, List<Hop>> outbound(Exits.Exit exit, Agent agent, List<Node> targets) {
        Map<Node, List<Hop>> hops = new HashMap<>();
        bindings(exit).forEach(binding -> cross(binding, Direction.OUTBOUND, agent, targets, hops));
        return hops;
    }

    /** What they meet on their way in. */
    Map<Node, List<Hop>> inbound(Agent agent) {
        Map<Node, List<Hop>> hops = new HashMap<>();
        for (Map.Entry<Place, List<Node>> place : places.entrySet()) {
            List<Node> targets = others(agent, place.getValue());
            cross(place.getKey().subnet(), Direction.INBOUND, agent, targets, hops);
            cross(place.getKey().networkInterface(), Direction.INBOUND, agent, targets, hops);
        }
        return hops;
    }

    /** A node's connections to itself cross no network. */
    private static List<Node> others(Agent agent, List<Node> nodes) {
        return nodes.stream()
                .filter(node -> agent.node().isEmpty() || !node.name().equals(agent.node()))
                .toList();
    }

    private void cross(
            Binding binding, Direction direction, Agent agent, List<Node> targets, Map<Node, List<Hop>> hops) {
        if (targets.isEmpty() || binding instanceof Binding.None && adminRules.isEmpty()) {
            return;
        }
        for (List<Node> alike : splitByRules(List.of(binding), direction, targets)) {
            AddressSet left = agent.addresses();
            List<Hop.Piece> pieces = new ArrayList<>();
            for (Ruling ruling : filter.decide(binding, direction, flow(agent, alike))) {
                AddressSet here = left.intersect(ruling.decision().sources());
                if (!here.isEmpty()) {
                    left = left.minus(here);
                    pieces.add(piece(ruling, here, direction));
                }
            }
            Hop hop = new Hop(pieces);
            alike.forEach(
                    node -> hops.computeIfAbsent(node, n -> new ArrayList<>()).add(hop));
        }
    }

    private Hop.Piece piece(Ruling ruling, AddressSet sources, Direction direction) {
        return new Hop.Piece(
                sources,
                ruling.decision().outcome(),
                ruling.decision().likely(),
                false,
                ruling.name(direction),
                false,
                ruling.decision().decidedBy().map(NsgRule::source),
                ruling.decision().missing(),
                assumptions);
    }

    // ---- as verdicts of their own ----

    List<NsgVerdict> kubeletVerdicts() {
        Map<Key, Merged> merged = new LinkedHashMap<>();
        Map<Agent, List<List<Binding>>> ways = new HashMap<>();
        for (Agent agent : asked.agents()) {
            ways.put(
                    agent,
                    exits.of(agent).stream().map(this::bindings).distinct().toList());
        }
        for (Map.Entry<Place, List<Node>> place : places.entrySet()) {
            for (Agent agent : asked.agents()) {
                List<Node> targets = others(agent, place.getValue());
                if (!targets.isEmpty()) {
                    judge(place.getKey().subnet(), Direction.INBOUND, agent, targets, merged);
                    judge(place.getKey().networkInterface(), Direction.INBOUND, agent, targets, merged);
                    outbound(ways.getOrDefault(agent, List.of()), agent, targets, merged);
                }
            }
        }
        List<NsgVerdict> verdicts = new ArrayList<>();
        merged.forEach((key, nodes) -> verdicts.add(verdict(key, nodes)));
        return verdicts;
    }

    private void judge(Binding binding, Direction direction, Agent agent, List<Node> targets, Map<Key, Merged> merged) {
        for (List<Node> alike : splitByRules(List.of(binding), direction, targets)) {
            judged(binding, direction, agent, alike).forEach(judged -> add(judged, direction, agent, alike, merged));
        }
    }

    /** An agent that may run anywhere is shut in for certain only where every way out is shut. */
    private void outbound(List<List<Binding>> ways, Agent agent, List<Node> targets, Map<Key, Merged> merged) {
        List<Binding> all = ways.stream().flatMap(List::stream).toList();
        for (List<Node> alike : splitByRules(all, Direction.OUTBOUND, targets)) {
            List<List<Judged>> byWay = ways.stream()
                    .map(way -> way.stream()
                            .flatMap(binding -> judged(binding, Direction.OUTBOUND, agent, alike).stream())
                            .toList())
                    .toList();
            boolean shut = byWay.stream()
                    .allMatch(way ->
                            way.stream().anyMatch(judged -> judged.outcome().blocked()));
            byWay.forEach(way -> way.forEach(judged -> add(
                    judged.outcome().blocked() && !shut ? judged.open(Tunnels.whereAgentsRun()) : judged,
                    Direction.OUTBOUND,
                    agent,
                    alike,
                    merged)));
        }
    }

    /** One verdict, or where it is not known which group stands here one for each that may. */
    private List<Judged> judged(Binding binding, Direction direction, Agent agent, List<Node> targets) {
        List<Ruling> rulings = filter.decide(binding, direction, flow(agent, targets));
        return rulings.stream().allMatch(Ruling::settled)
                ? List.of(combine(binding, agent, rulings))
                : rulings.stream()
                        .filter(ruling -> !ruling.settled())
                        .map(Judged::of)
                        .toList();
    }

    /** An agent whose true source is one of several gets a verdict only where they all fare alike. */
    private static Judged combine(Binding binding, Agent agent, List<Ruling> rulings) {
        Ruling first = rulings.get(0);
        List<NsgDecision> decisions = rulings.stream().map(Ruling::decision).toList();
        boolean alike = true;
        boolean oneLikely = true;
        boolean onePlace = true;
        Set<Optional<NsgRule>> deciding = new HashSet<>();
        for (Ruling ruling : rulings) {
            alike &= ruling.decision().outcome() == first.decision().outcome();
            oneLikely &= ruling.decision().likely() == first.decision().likely();
            onePlace &= ruling.nsg().equals(first.nsg()) && ruling.place().equals(first.place());
            deciding.add(ruling.decision().decidedBy());
        }
        List<SourceRef> evidence = distinct(decisions, NsgDecision::evidence);
        Optional<Nsg> bound = binding instanceof Binding.Bound one ? Optional.of(one.nsg()) : Optional.empty();
        return new Judged(
                onePlace ? first.nsg() : bound,
                onePlace ? first.place() : binding.place(),
                alike ? first.decision().outcome() : Outcome.UNKNOWN,
                alike && oneLikely ? first.decision().likely() : Outcome.UNKNOWN,
                alike && deciding.size() == 1 ? first.decision().decidedBy() : Optional.empty(),
                evidence,
                alike ? distinct(decisions, NsgDecision::missing) : List.of(Tunnels.sourceOf(agent)));
    }

    private static <T> List<T> distinct(List<NsgDecision> decisions, Function<NsgDecision, List<T>> part) {
        Set<T> all = new LinkedHashSet<>();
        decisions.forEach(decision -> all.addAll(part.apply(decision)));
        return List.copyOf(all);
    }

    // ---- which targets share a verdict ----

    private List<List<Node>> splitByRules(List<Binding> bindings, Direction direction, List<Node> targets) {
        List<NsgRule> rules = new ArrayList<>(adminRules);
        for (Binding binding : bindings) {
            if (binding instanceof Binding.Bound bound) {
                rules.addAll(bound.nsg().rules());
            } else if (binding instanceof Binding.Unknown unknown) {
                unknown.candidates().forEach(nsg -> rules.addAll(nsg.rules()));
            }
        }
        Map<Optional<Set<String>>, List<Node>> byGroups = new LinkedHashMap<>();
        targets.forEach(
                target -> byGroups.computeIfAbsent(topology.applicationGroups(target), groups -> new ArrayList<>())
                        .add(target));
        return byGroups.values().stream()
                .flatMap(alike -> splitByRule(rules, direction, alike).stream())
                .toList();
    }

    /** Targets that every rule's destination either holds wholly or not at all, so that one verdict serves them all. */
    static List<List<Node>> splitByDestination(List<Nsg> groups, Direction direction, Collection<Node> targets) {
        return splitByRule(groups.stream().flatMap(nsg -> nsg.rules().stream()).toList(), direction, targets);
    }

    private static List<List<Node>> splitByRule(List<NsgRule> rules, Direction direction, Collection<Node> targets) {
        Set<AddressSet> destinations = new LinkedHashSet<>();
        for (NsgRule rule : rules) {
            if (rule.direction() == direction) {
                for (String prefix : rule.destinationPrefixes()) {
                    AddressSet.parse(prefix).ifPresent(destinations::add);
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

    private Flow flow(Agent agent, List<Node> targets) {
        return new Flow(
                asked.transport(),
                agent.addresses(),
                exits.applicationGroups(agent),
                new Flow.Destination(addresses(targets), Optional.empty(), topology.applicationGroups(targets.get(0))),
                asked.port());
    }

    private AddressSet addresses(List<Node> targets) {
        List<AddressSet> addresses = new ArrayList<>(targets.size());
        targets.forEach(target -> addresses.add(topology.addresses(target)));
        return AddressSet.union(addresses);
    }

    private void add(Judged judged, Direction direction, Agent agent, List<Node> targets, Map<Key, Merged> merged) {
        Merged into = merged.computeIfAbsent(new Key(direction, judged), key -> new Merged());
        into.targets.addAll(targets);
        topology.node(agent.node()).ifPresent(into.senders::add);
        into.agents.add(agent.name());
        into.sources = into.sources.union(agent.addresses());
        into.senderRange = into.senderRange.union(topology.rangeAround(agent.addresses()));
    }

    /** What stands at one place does with one agent's flow to one set of targets. */
    private record Judged(
            Optional<Nsg> nsg,
            String place,
            Outcome outcome,
            Outcome likely,
            Optional<NsgRule> decidedBy,
            List<SourceRef> evidence,
            List<Missing> missing) {
        static Judged of(Ruling ruling) {
            NsgDecision decision = ruling.decision();
            return new Judged(
                    ruling.nsg(),
                    ruling.nsg().isPresent() ? ruling.place() : "an interface or subnet",
                    decision.outcome(),
                    decision.likely(),
                    decision.decidedBy(),
                    decision.evidence(),
                    decision.missing());
        }

        Judged open(Missing gap) {
            return new Judged(nsg, place, Outcome.UNKNOWN, Outcome.UNKNOWN, decidedBy, evidence, List.of(gap));
        }
    }

    private record Place(Binding subnet, Binding networkInterface, Optional<String> subnetId) {}

    /** Verdicts alike in this are one verdict about several agents and nodes. */
    private record Key(Direction direction, Judged judged) {}

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
                key.judged().nsg(),
                key.judged().place(),
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
