package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Facts;
import tunneldoctor.model.HostChange;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostTablesUnreadable;
import tunneldoctor.model.HostVerdict;
import tunneldoctor.model.HostVerdict.Mechanism;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Purpose;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;
import tunneldoctor.model.UfwRule;
import tunneldoctor.model.UfwStatus;

/** Judges the nodes' own firewalls for the agents' connections, once for each set of nodes with the same texts. */
final class HostHops {
    /** Host bits of the blocks in which neighbours are looked for: 256 addresses. */
    private static final long NEIGHBOURHOOD = 0xFF;

    static final String UFW = "ufw";

    /** To be followed by the node's name. */
    static final String HOST_INPUT = "host INPUT of ";

    /** One of each kind of name that network plugins give the node's side of a pod's interface. */
    private static final List<String> POD_INTERFACES = List.of("azv0", "veth0", "cali0", "lxc0", "cbr0", "azure0");

    private final Facts facts;
    private final Topology topology;
    private final Connections asked;
    private final NodeFirewalls firewalls;
    private final Map<String, List<Integer>> changes = new HashMap<>();

    HostHops(Facts facts, Topology topology, Connections asked) {
        this.facts = facts;
        this.topology = topology;
        this.asked = asked;
        this.firewalls = new NodeFirewalls(facts);
        for (int i = 0; i < facts.changes().size(); i++) {
            if (facts.changes().get(i) instanceof HostChange change) {
                for (Node node : change.nodes()) {
                    changes.computeIfAbsent(node.name(), name -> new ArrayList<>())
                            .add(i);
                }
            }
        }
    }

    /**
     * What each firewall does with the agents' connections, by the nodes that have it.
     *
     * @param earlier the same of the facts before some changes; firewalls that none of the changes concern are not judged
     *     again
     */
    Map<List<Node>, List<HostVerdict>> kubeletVerdicts(Map<List<Node>, List<HostVerdict>> earlier) {
        Map<List<Node>, List<HostVerdict>> verdicts = new LinkedHashMap<>();
        for (List<Node> alike : classes()) {
            boolean changed = alike.stream().anyMatch(node -> changes.containsKey(node.name()));
            verdicts.put(alike, changed || !earlier.containsKey(alike) ? judged(alike) : earlier.get(alike));
        }
        return verdicts;
    }

    private List<HostVerdict> judged(List<Node> alike) {
        Evidence evidence = evidenceOfAll(alike);
        List<HostVerdict> verdicts = new ArrayList<>();
        for (Group group : groups(alike)) {
            Flow flow = flow(group);
            verdicts.addAll(ufw(evidence, group, flow));
            verdicts.addAll(iptables(evidence, group, flow));
        }
        return verdicts;
    }

    /** Linux nodes by what is read of their firewalls; nodes of which nothing is known are a class too. */
    private Collection<List<Node>> classes() {
        Map<List<Object>, List<Node>> classes = new LinkedHashMap<>();
        for (Node node : topology.targets()) {
            if (!node.windows()) {
                List<Object> key = firewalls.sameAs(node.name());
                key.add(node.inInterface());
                key.add(changes.getOrDefault(node.name(), List.of()));
                classes.computeIfAbsent(key, k -> new ArrayList<>()).add(node);
            }
        }
        return classes.values();
    }

    /** The node of whose outputs the class's rules were read speaks for all of them. */
    private Evidence evidenceOfAll(List<Node> alike) {
        return evidence(alike.stream()
                .filter(node -> firewalls.readThere(node.name()))
                .findFirst()
                .orElse(alike.get(0)));
    }

    private Evidence evidence(Node node) {
        String name = node.name();
        HostFirewall firewall =
                new HostFirewall(firewalls.tables(name), firewalls.rulesets(name), firewalls.unreadable(name));
        return new Evidence(
                node,
                firewall.shown(Direction.INBOUND) || !firewalls.rulesets(name).isEmpty(),
                firewall,
                firewalls.unreadable(name).stream()
                        .map(HostTablesUnreadable::source)
                        .toList(),
                firewalls.ufw(name));
    }

    /** An agent reaches its own node's kubelet without crossing the network, so it counts there only if it is the only one. */
    private List<Group> groups(List<Node> alike) {
        Map<List<Agent>, List<Node>> groups = new LinkedHashMap<>();
        for (Node node : alike) {
            List<Agent> remote = asked.agents().stream()
                    .filter(agent -> !agent.node().equals(node.name()))
                    .toList();
            groups.computeIfAbsent(remote.isEmpty() ? asked.agents() : remote, key -> new ArrayList<>())
                    .add(node);
        }
        List<Group> result = new ArrayList<>();
        groups.forEach((senders, targets) -> result.add(new Group(senders, targets)));
        return result;
    }

    private Flow flow(Group group) {
        return flow(
                AddressSet.union(group.agents().stream().map(Agent::addresses).toList()), group.targets());
    }

    private Flow flow(AddressSet sources, List<Node> targets) {
        return new Flow(
                asked.transport(),
                sources,
                Optional.empty(),
                new Flow.Destination(
                        AddressSet.union(
                                targets.stream().map(topology::addresses).toList()),
                        Optional.empty(),
                        Optional.empty()),
                asked.port());
    }

    /** What each node's own firewall as a whole does with connections that come over the network. */
    Map<Node, Hop> hops() {
        AddressSet sources =
                AddressSet.union(asked.agents().stream().map(Agent::addresses).toList());
        Map<Node, Hop> hops = new LinkedHashMap<>();
        for (List<Node> alike : classes()) {
            Evidence evidence = evidenceOfAll(alike);
            for (List<Node> same : NsgHops.splitByAddress(destinations(evidence), alike)) {
                Optional<String> device = asked.inInterface()
                        .or(() -> same.get(0).interfaceStated()
                                ? Optional.of(same.get(0).inInterface())
                                : Optional.empty());
                Hop hop = new Hop(whole(evidence, flow(sources, same), device));
                same.forEach(node -> hops.put(node, hop));
            }
        }
        for (Node node : topology.targets()) {
            if (node.windows()) {
                hops.put(node, windows(sources));
            }
        }
        return hops;
    }

    /**
     * What a node's own firewall does with connections that it opens itself to each of some nodes; none where its texts
     * do not show that.
     */
    Map<Node, Hop> outgoing(Node sender, AddressSet own, List<Node> targets) {
        Map<Node, Hop> hops = new HashMap<>();
        for (List<Node> same : NsgHops.splitByAddress(destinations(evidence(sender)), targets)) {
            outgoing(sender, flow(own, same)).ifPresent(hop -> same.forEach(node -> hops.put(node, hop)));
        }
        return hops;
    }

    /** What a node's own firewall does with connections that it opens itself; empty where its texts do not show that. */
    Optional<Hop> outgoing(Node sender, Flow flow) {
        Evidence evidence = evidence(sender);
        boolean shown = evidence.firewall().shown(Direction.OUTBOUND)
                || facts.nftRulesets().stream()
                        .anyMatch(ruleset -> ruleset.node().equals(sender.name()));
        List<Hop.Piece> pieces = whole(evidence, flow, Optional.empty(), Direction.OUTBOUND);
        // ufw's own status shows its blocks, but not that nothing else blocks.
        boolean ufwBlocks = pieces.stream().anyMatch(piece -> piece.name().equals(UFW));
        return sender.windows() || !shown && !ufwBlocks
                ? Optional.empty()
                : Optional.of(new Hop(
                        pieces.stream().map(piece -> atSender(piece, sender)).toList()));
    }

    private static Hop.Piece atSender(Hop.Piece piece, Node sender) {
        return new Hop.Piece(
                piece.sources(),
                piece.outcome(),
                piece.likely(),
                true,
                (piece.name().equals(UFW) ? "ufw outgoing of " : "host OUTPUT of ") + sender.name(),
                false,
                piece.decidedBy(),
                piece.missing().stream()
                        .map(one -> new Missing(
                                one.what() + ", on " + sender.name(),
                                one.command().startsWith("nc ") ? one.command() : sender.onNode(one.command())))
                        .toList(),
                piece.assumptions());
    }

    /** The firewalls of a topology's nodes, for questions that are not of its tunnel. */
    static HostHops ofNodes(Facts facts, Topology topology) {
        return new HostHops(facts, topology, Connections.toKubelets(List.of()));
    }

    /** One node's firewall, to be asked many questions. */
    OneNode oneNode(Node node) {
        return new OneNode(evidence(node));
    }

    /** What a node's own firewall lets in. */
    final class OneNode {
        private final Evidence evidence;

        private OneNode(Evidence evidence) {
            this.evidence = evidence;
        }

        /** The senders whose connections to a port pass, as far as that is certain or the usual reading. */
        AddressSet passing(Transport transport, int port) {
            Node node = evidence.node();
            Optional<UfwStatus> status = evidence.bestStatus();
            Flow flow = new Flow(
                    transport,
                    HostFirewall.UNICAST,
                    Optional.empty(),
                    new Flow.Destination(topology.addresses(node), Optional.empty(), Optional.empty()),
                    port);
            if (!evidence.tablesShown() && status.isPresent()) {
                return AddressSet.union(
                        UfwFilter.decide(status.get(), flow, Direction.INBOUND, node.inInterface()).stream()
                                .filter(decision -> decision.outcome() == Outcome.ALLOWED)
                                .map(UfwFilter.Decision::sources)
                                .toList());
            }
            Optional<String> device = node.interfaceStated() ? Optional.of(node.inInterface()) : Optional.empty();
            return AddressSet.union(whole(evidence, flow, device).stream()
                    .filter(piece -> piece.outcome() == Outcome.ALLOWED
                            || piece.outcome() == Outcome.UNKNOWN && piece.likely() == Outcome.ALLOWED)
                    .map(Hop.Piece::sources)
                    .toList());
        }
    }

    /** The addresses a node's rules tell its own ones apart by. */
    private static Set<AddressSet> destinations(Evidence evidence) {
        Set<AddressSet> destinations = new LinkedHashSet<>();
        evidence.firewall().destinations().forEach(destinations::add);
        evidence.ufw().forEach(status -> status.rules().forEach(rule -> destinations.add(rule.destination())));
        return destinations;
    }

    /**
     * What a node's own firewall does with connections of an agent that runs on it. They cross no network; those of its
     * own address arrive on the loopback interface, those of a pod on an interface whose name the network plugin picks.
     *
     * @param local the address they come from
     */
    Hop ownHop(Agent agent, Node node, AddressSet local, boolean pod) {
        if (node.windows()) {
            return windows(agent.addresses());
        }
        Evidence evidence = evidence(node);
        Flow flow = flow(local, List.of(node));
        List<Hop.Piece> all = new ArrayList<>();
        for (String device : pod ? POD_INTERFACES : List.of("lo")) {
            all.addAll(whole(evidence, flow, Optional.of(device)));
        }
        Hop.Piece first = all.get(0);
        boolean alike =
                all.stream().allMatch(piece -> piece.outcome() == first.outcome() && piece.likely() == first.likely());
        if (alike) {
            return Hop.of(first.of(agent.addresses()));
        }
        return Hop.of(new Hop.Piece(
                agent.addresses(),
                Outcome.UNKNOWN,
                Outcome.UNKNOWN,
                true,
                HOST_INPUT,
                true,
                Optional.empty(),
                List.of(new Missing(
                        "on which interface connections of the node's own pods arrive", "ip -brief address")),
                List.of()));
    }

    private static Hop windows(AddressSet sources) {
        return Hop.of(new Hop.Piece(
                sources,
                Outcome.UNKNOWN,
                Outcome.UNKNOWN,
                true,
                "Windows firewall",
                false,
                Optional.empty(),
                List.of(new Missing(
                        "what the node's Windows firewall lets in",
                        "Get-NetFirewallRule -Enabled True -Direction Inbound")),
                List.of()));
    }

    /** The packet filter with everything in it; ufw's own status speaks where the filter's text leaves it open. */
    private List<Hop.Piece> whole(Evidence evidence, Flow flow, Optional<String> device) {
        return whole(evidence, flow, device, Direction.INBOUND);
    }

    private List<Hop.Piece> whole(Evidence evidence, Flow flow, Optional<String> device, Direction direction) {
        HostFirewall.Question plain = new HostFirewall.Question(direction, flow);
        List<HostDecision> byTables =
                evidence.firewall().decide(device.map(plain::arrivingOn).orElse(plain));
        Optional<UfwStatus> active = evidence.bestStatus().filter(s -> s.state() == UfwStatus.State.ACTIVE);
        List<UfwFilter.Decision> byStatus = active.map(status ->
                        UfwFilter.decide(status, flow, direction, device.orElse(HostFirewall.USUAL_INTERFACE)))
                .orElse(List.of());
        List<Hop.Piece> pieces = new ArrayList<>();
        for (HostDecision decision : byTables) {
            Hop.Piece piece = piece(decision);
            boolean open = decision.outcome() == Outcome.UNKNOWN && decision.likely() != Outcome.ALLOWED;
            if (!open || byStatus.isEmpty()) {
                pieces.add(piece);
                continue;
            }
            for (UfwFilter.Decision ufw : byStatus) {
                AddressSet common = decision.sources().intersect(ufw.sources());
                if (!common.isEmpty()) {
                    pieces.add(both(piece.of(common), ufw, evidence.tablesShown(), device.isEmpty()));
                }
            }
        }
        return pieces;
    }

    private static Hop.Piece piece(HostDecision decision) {
        return new Hop.Piece(
                decision.sources(),
                decision.outcome(),
                decision.outcome() == Outcome.UNKNOWN ? decision.likely() : Outcome.UNKNOWN,
                true,
                decision.owner() == Mechanism.UFW ? UFW : HOST_INPUT,
                true,
                decision.at(),
                decision.missing(),
                decision.assumptions());
    }

    /**
     * ufw's block holds unless a rule ahead of its chains accepts, which is said; its accept holds for nothing else, and
     * neither does its being off, since a policy or another rule may still block.
     */
    private static Hop.Piece both(
            Hop.Piece byTables, UfwFilter.Decision ufw, boolean tablesShown, boolean interfaceAssumed) {
        List<String> assumptions = new ArrayList<>(byTables.assumptions());
        if (ufw.restsOnInterface() && interfaceAssumed) {
            assumptions.add("traffic of other nodes passes interface " + HostFirewall.USUAL_INTERFACE);
        }
        Optional<SourceRef> at = ufw.evidence().stream().findFirst();
        if (ufw.outcome().blocked()) {
            assumptions.add("no rule ahead of ufw's own decides earlier");
            return new Hop.Piece(
                    byTables.sources(), ufw.outcome(), Outcome.UNKNOWN, true, UFW, true, at, List.of(), assumptions);
        }
        Set<Missing> missing = new LinkedHashSet<>(byTables.missing());
        missing.addAll(ufw.missing());
        if (ufw.likely().blocked()) {
            boolean already = byTables.likely().blocked();
            return new Hop.Piece(
                    byTables.sources(),
                    Outcome.UNKNOWN,
                    already ? byTables.likely() : ufw.likely(),
                    true,
                    already ? byTables.name() : UFW,
                    true,
                    already ? byTables.decidedBy() : at,
                    List.copyOf(missing),
                    assumptions);
        }
        boolean usuallyPasses = !tablesShown && ufw.outcome() == Outcome.ALLOWED;
        return new Hop.Piece(
                byTables.sources(),
                Outcome.UNKNOWN,
                usuallyPasses ? Outcome.ALLOWED : byTables.likely(),
                true,
                byTables.name(),
                true,
                byTables.decidedBy(),
                List.copyOf(missing),
                assumptions);
    }

    private List<HostVerdict> iptables(Evidence evidence, Group group, Flow flow) {
        if (!evidence.tablesShown()) {
            return List.of(
                    unknown(Mechanism.IPTABLES, group, flow, evidence, "the packet filter rules", "iptables-save"));
        }
        return verdicts(
                evidence, group, flow, List.of(Mechanism.IPTABLES, Mechanism.POLICY_ENGINE), Mechanism.IPTABLES);
    }

    private List<HostVerdict> ufw(Evidence evidence, Group group, Flow flow) {
        Optional<UfwStatus> status = evidence.bestStatus();
        boolean off = status.map(
                        s -> s.state() == UfwStatus.State.INACTIVE || s.state() == UfwStatus.State.NOT_INSTALLED)
                .orElse(false);
        if (off) {
            return List.of(pass(
                    Mechanism.UFW, group, flow, status.map(UfwStatus::evidence).orElse(List.of())));
        }
        if (!evidence.tablesShown()) {
            return status.map(known -> byStatus(
                            known,
                            group,
                            flow,
                            evidence.node(),
                            List.of(new Missing(
                                    "what the packet filter has ahead of ufw's own rules",
                                    evidence.node().onNode("iptables-save")))))
                    .orElseGet(() -> List.of(unknown(
                            Mechanism.UFW, group, flow, evidence, "whether ufw is active", "ufw status verbose")));
        }
        List<HostVerdict> verdicts = new ArrayList<>();
        for (HostVerdict byTables : verdicts(evidence, group, flow, List.of(Mechanism.UFW), Mechanism.UFW)) {
            if (status.isPresent() && byTables.unknown()) {
                Set<String> names = Set.copyOf(byTables.agents());
                List<Agent> agents = group.agents().stream()
                        .filter(agent -> names.contains(agent.name()))
                        .toList();
                verdicts.addAll(byStatus(
                        status.get(), new Group(agents, group.targets()), flow, evidence.node(), byTables.missing()));
            } else {
                verdicts.add(byTables);
            }
        }
        return verdicts;
    }

    /**
     * What ufw says of itself: its rules are all of it only as long as nothing stands before them, in the packet filter or
     * in its {@code before.rules}, which no form of its status shows.
     *
     * @param ahead what would show that
     */
    private List<HostVerdict> byStatus(UfwStatus status, Group group, Flow flow, Node node, List<Missing> ahead) {
        List<Judged> pieces = UfwFilter.decide(status, flow, Direction.INBOUND, node.inInterface()).stream()
                .map(piece -> new Judged(
                        piece.sources(),
                        Outcome.UNKNOWN,
                        piece.outcome() == Outcome.UNKNOWN ? piece.likely() : piece.outcome(),
                        Optional.empty(),
                        piece.decidedBy(),
                        Optional.empty(),
                        Mechanism.UFW,
                        piece.varies(),
                        piece.evidence(),
                        0,
                        piece.restsOnInterface() ? assumption(node) : List.of(),
                        Stream.concat(piece.missing().stream(), ahead.stream())
                                .distinct()
                                .toList()))
                .toList();
        return verdicts(pieces, group, flow, List.of());
    }

    private static List<String> assumption(Node node) {
        return node.interfaceStated() ? List.of() : List.of("other nodes' traffic arrives on " + node.inInterface());
    }

    private List<HostVerdict> verdicts(
            Evidence evidence, Group group, Flow flow, List<Mechanism> mechanisms, Mechanism asked) {
        List<HostVerdict> verdicts = new ArrayList<>();
        for (Mechanism mechanism : mechanisms) {
            HostFirewall.Question plain = new HostFirewall.Question(Direction.INBOUND, flow);
            HostFirewall.Question question = (evidence.node().interfaceStated()
                            ? plain.arrivingOn(evidence.node().inInterface())
                            : plain)
                    .judging(mechanism);
            List<HostDecision> decisions = evidence.firewall().decide(question);
            List<Judged> pieces = new ArrayList<>(decisions.size());
            boolean blocks = false;
            for (HostDecision decision : decisions) {
                pieces.add(judged(decision, mechanism));
                blocks |= decision.outcome().blocked() || decision.likely().blocked();
            }
            boolean quiet = mechanism != asked && !blocks;
            if (!quiet) {
                verdicts.addAll(verdicts(
                        pieces, group, flow, blocks ? evidence.firewall().blockers(question, decisions) : List.of()));
            }
        }
        return verdicts;
    }

    private static Judged judged(HostDecision decision, Mechanism mechanism) {
        return new Judged(
                decision.sources(),
                decision.outcome(),
                decision.likely(),
                decision.rule(),
                Optional.empty(),
                decision.table(),
                mechanism,
                decision.varies(),
                decision.at().map(List::of).orElse(List.of()),
                decision.lineHash(),
                decision.assumptions(),
                decision.missing());
    }

    /** Each agent's verdict; agents and nodes that fare alike share one. */
    private List<HostVerdict> verdicts(List<Judged> pieces, Group group, Flow flow, List<HostRule> blockers) {
        Map<Judged, List<Agent>> alike = new LinkedHashMap<>();
        for (Agent agent : group.agents()) {
            Judged judged = combine(agent, pieces, near(group.targets()));
            alike.computeIfAbsent(judged, key -> new ArrayList<>()).add(agent);
        }
        List<HostVerdict> verdicts = new ArrayList<>();
        alike.forEach((judged, senders) -> verdicts.add(verdict(judged, senders, group, flow, blockers)));
        return verdicts;
    }

    /** The addresses around the targets, where an agent whose address is not known most likely is. */
    private static AddressSet near(List<Node> targets) {
        AddressSet near = AddressSet.NONE;
        for (Node target : targets) {
            near = near.union(AddressSet.parseAddress(target.address())
                    .map(address -> AddressSet.range(address & ~NEIGHBOURHOOD, address | NEIGHBOURHOOD))
                    .orElse(AddressSet.NONE));
        }
        return near;
    }

    private static Judged combine(Agent agent, List<Judged> pieces, AddressSet near) {
        List<Judged> mine = of(pieces, agent.addresses());
        Judged one = mine.get(0);
        if (alike(mine)) {
            return one.forSources(agent.addresses(), distinct(mine, Judged::missing));
        }
        AddressSet usual = agent.exact() || !near.overlaps(agent.addresses()) ? agent.addresses() : near;
        List<Judged> close = of(mine, usual);
        boolean likely = close.stream().allMatch(HostHops::blocks);
        Judged first = close.get(0);
        return new Judged(
                agent.addresses(),
                Outcome.UNKNOWN,
                likely ? first.outcome().blocked() ? first.outcome() : first.likely() : Outcome.UNKNOWN,
                likely ? first.rule() : Optional.empty(),
                likely ? first.ufwRule() : Optional.empty(),
                first.table(),
                first.mechanism(),
                mine.stream().anyMatch(Judged::varies),
                lines(mine),
                0,
                distinct(mine, Judged::assumptions),
                agent.exact() ? distinct(mine, Judged::missing) : List.of(Tunnels.sourceOf(agent)));
    }

    private static List<Judged> of(List<Judged> pieces, AddressSet senders) {
        List<Judged> met = new ArrayList<>();
        for (Judged piece : pieces) {
            if (piece.sources().overlaps(senders)) {
                met.add(piece);
            }
        }
        return met;
    }

    private static boolean alike(List<Judged> pieces) {
        Judged first = pieces.get(0);
        for (Judged piece : pieces) {
            if (piece.outcome() != first.outcome() || piece.likely() != first.likely()) {
                return false;
            }
        }
        return true;
    }

    private static boolean blocks(Judged piece) {
        return piece.outcome().blocked() || piece.likely().blocked();
    }

    private static List<SourceRef> lines(List<Judged> pieces) {
        FirstMet<SourceRef> lines = FirstMet.byEquality(pieces.size());
        for (Judged piece : pieces) {
            for (SourceRef line : piece.evidence()) {
                lines.add(line, piece.lineHash() == 0 ? line.hashCode() : piece.lineHash());
            }
        }
        return lines.inOrder();
    }

    private static <T> List<T> distinct(List<Judged> pieces, Function<Judged, List<T>> part) {
        Set<T> all = new LinkedHashSet<>();
        List<T> before = List.of();
        for (Judged piece : pieces) {
            List<T> some = part.apply(piece);
            // Thousands of decisions share what they take for granted.
            if (some != before) {
                all.addAll(some);
                before = some;
            }
        }
        return List.copyOf(all);
    }

    private HostVerdict verdict(Judged judged, List<Agent> senders, Group group, Flow flow, List<HostRule> blockers) {
        boolean blocks = judged.outcome().blocked() || judged.likely().blocked();
        List<AddressSet> addresses = new ArrayList<>(senders.size());
        boolean exact = true;
        Set<Node> senderNodes = new LinkedHashSet<>();
        List<String> names = new ArrayList<>(senders.size());
        for (Agent sender : senders) {
            addresses.add(sender.addresses());
            exact &= sender.exact();
            topology.node(sender.node()).ifPresent(senderNodes::add);
            names.add(sender.name());
        }
        AddressSet sources = AddressSet.union(addresses);
        return new HostVerdict(
                Purpose.KUBELET,
                Direction.INBOUND,
                judged.mechanism(),
                judged.outcome(),
                judged.outcome() == Outcome.UNKNOWN ? judged.likely() : Outcome.UNKNOWN,
                judged.rule(),
                judged.ufwRule(),
                judged.table(),
                judged.varies(),
                flow.transport(),
                flow.port(),
                sources,
                exact ? topology.rangeAround(sources) : narrow(sources),
                blocks ? blockers : List.of(),
                group.targets(),
                List.copyOf(senderNodes),
                names,
                judged.evidence(),
                judged.assumptions(),
                judged.missing());
    }

    /** Where the agents are not known, any sender is what the repair has to let in. */
    private static AddressSet narrow(AddressSet sources) {
        return sources.size() > 1L << 24 ? AddressSet.NONE : sources;
    }

    private HostVerdict pass(Mechanism mechanism, Group group, Flow flow, List<SourceRef> evidence) {
        Judged judged = new Judged(
                flow.sources(),
                Outcome.ALLOWED,
                Outcome.UNKNOWN,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                mechanism,
                false,
                evidence,
                0,
                List.of(),
                List.of());
        return verdict(judged, group.agents(), group, flow, List.of());
    }

    private HostVerdict unknown(
            Mechanism mechanism, Group group, Flow flow, Evidence evidence, String what, String script) {
        Judged judged = new Judged(
                flow.sources(),
                Outcome.UNKNOWN,
                Outcome.UNKNOWN,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                mechanism,
                false,
                evidence.unreadable(),
                0,
                List.of(),
                List.of(new Missing(what, evidence.node().onNode(script))));
        return verdict(judged, group.agents(), group, flow, List.of());
    }

    /**
     * What one piece of the sources meets, whichever text it was read from.
     *
     * @param lineHash the hash code of the evidence's one line; 0 where it is not known
     */
    private record Judged(
            AddressSet sources,
            Outcome outcome,
            Outcome likely,
            Optional<HostRule> rule,
            Optional<UfwRule> ufwRule,
            Optional<HostTable> table,
            Mechanism mechanism,
            boolean varies,
            List<SourceRef> evidence,
            int lineHash,
            List<String> assumptions,
            List<Missing> missing) {
        /** Few are compared, but each may hold thousands of lines. */
        @Override
        public int hashCode() {
            return 31 * sources.hashCode() + outcome.hashCode();
        }

        Judged forSources(AddressSet others, List<Missing> gaps) {
            return new Judged(
                    others,
                    outcome,
                    likely,
                    rule,
                    ufwRule,
                    table,
                    mechanism,
                    varies,
                    evidence,
                    lineHash,
                    assumptions,
                    gaps);
        }
    }

    /** Everything one node's texts say about its firewalls. */
    private record Evidence(
            Node node, boolean tablesShown, HostFirewall firewall, List<SourceRef> unreadable, List<UfwStatus> ufw) {

        /** The form that shows most: only verbose has the default policy. */
        Optional<UfwStatus> bestStatus() {
            return ufw.stream()
                    .min(Comparator.comparing((UfwStatus status) -> status.state() == UfwStatus.State.UNREADABLE)
                            .thenComparing(status -> !status.complete())
                            .thenComparing(status -> status.form() != UfwStatus.Form.VERBOSE)
                            .thenComparing(status -> status.form() != UfwStatus.Form.NUMBERED));
        }
    }

    private record Group(List<Agent> agents, List<Node> targets) {}
}
