package tunneldoctor.path;

import java.util.ArrayList;
import java.util.BitSet;
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
import tunneldoctor.model.Transport;
import tunneldoctor.path.Topology.Binding;

/** Judges every network security group between the agents and the kubelets, and between the agents and the API server. */
final class NsgHops {
    static final int KUBELET_PORT = 10_250;

    private final Facts facts;
    private final Topology topology;
    private final List<Agent> agents;
    private final NsgFilter filter;

    NsgHops(Facts facts, Topology topology, List<Agent> agents) {
        this.facts = facts;
        this.topology = topology;
        this.agents = agents;
        this.filter = new NsgFilter(topology.serviceTags(), facts.azure().adminRules());
    }

    List<NsgVerdict> kubeletVerdicts() {
        Map<Key, Merged> merged = new LinkedHashMap<>();
        for (Map.Entry<Place, List<Node>> place : places().entrySet()) {
            for (Agent agent : agents) {
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
                    topology.subnetGroup(topology.subnetId(node), topology.label(node)),
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

    /** Pods with addresses of a subnet of their own leave through that subnet's group, others through their node's. */
    private void outbound(Agent agent, List<Node> targets, Map<Key, Merged> merged) {
        Optional<Node> host = topology.node(agent.node());
        if (host.isEmpty()) {
            return;
        }
        Optional<String> podSubnet = agent.addresses().size() == 1
                        && !AddressSet.parse(host.get().address()).equals(Optional.of(agent.addresses()))
                ? topology.podSubnetId(host.get())
                : Optional.empty();
        Optional<String> subnet = podSubnet.or(() -> topology.subnetId(host.get()));
        judge(topology.interfaceGroup(host.get()), Direction.OUTBOUND, agent, targets, merged);
        judge(topology.subnetGroup(subnet, "node " + agent.node()), Direction.OUTBOUND, agent, targets, merged);
    }

    private void judge(Binding binding, Direction direction, Agent agent, List<Node> targets, Map<Key, Merged> merged) {
        if (binding instanceof Binding.Bound bound) {
            for (List<Node> alike : splitByDestination(bound.nsg(), direction, targets)) {
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
            for (List<Node> alike : splitByDestination(candidate, direction, targets)) {
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
    private static List<List<Node>> splitByDestination(Nsg nsg, Direction direction, List<Node> targets) {
        List<AddressSet> destinations = new ArrayList<>();
        for (NsgRule rule : nsg.rules()) {
            if (rule.direction() == direction) {
                for (String prefix : rule.destinationPrefixes()) {
                    AddressSet.parse(prefix).ifPresent(destinations::add);
                }
            }
        }
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
                Transport.TCP,
                agent.addresses(),
                senderGroups,
                new Flow.Destination(
                        addresses(targets),
                        Optional.empty(),
                        targetGroups.size() == 1 ? targetGroups.iterator().next() : Optional.empty()),
                KUBELET_PORT);
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
                Transport.TCP,
                KUBELET_PORT,
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
