package tunneldoctor.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Purpose;
import tunneldoctor.model.ReachPath;
import tunneldoctor.model.ReachPath.End;
import tunneldoctor.model.Reachability;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;

/**
 * Puts the hops together: what becomes of connections from every agent to every node, and from the agents' nodes to the
 * API server.
 */
public final class Reach {
    /** More addresses than this are not one sender's, and say nothing to a reader. */
    private static final long MOST_SHOWN = 1L << 24;

    private static final String HOST_ALONE =
            "judged by the node's own firewall alone: the facts hold nothing of Azure or Kubernetes";
    private static final String OWN_NODE = "a node's connections to itself cross no network";
    private static final String SENDER_UNKNOWN =
            "what the sender's own machine lets out is not judged: which machine it is is not in the facts";

    private final Facts facts;
    private final Question question;
    private final Topology topology;
    private final Map<String, Integer> outputs;

    private Reach(Facts facts, Question question) {
        this.facts = facts;
        this.question = question;
        this.topology = new Topology(facts);
        this.outputs = facts.given().nodes().stream()
                .collect(Collectors.toMap(NodeOutputs::name, NodeOutputs::index, (first, second) -> first));
    }

    /**
     * Which paths are asked for.
     *
     * @param from senders instead of the agents, each exact; empty for the agents
     * @param to names or addresses of nodes; empty for all
     * @param port destination port on nodes
     * @param inInterface the interface other nodes' traffic arrives on, of every node; empty for what the facts say
     * @param tunnelToo whether the tunnel's own connections to the API server are asked for
     */
    public record Question(
            List<AddressSet> from,
            List<String> to,
            Transport transport,
            int port,
            Optional<String> inInterface,
            boolean tunnelToo) {
        /** What the tunnel needs. */
        public static final Question TUNNEL =
                new Question(List.of(), List.of(), Transport.TCP, Connections.KUBELET_PORT, Optional.empty(), true);

        public Question {
            from = List.copyOf(from);
            to = List.copyOf(to);
        }
    }

    public static Reachability of(Facts facts, Question question) {
        return new Reach(facts, question).answer();
    }

    private Reachability answer() {
        Tunnel tunnel = Tunnels.identify(facts);
        List<Agent> agents = senders(tunnel);
        List<ReachPath> paths = new ArrayList<>(toNodes(agents));
        List<Missing> missing = new ArrayList<>();
        if (question.tunnelToo() && !hostsAlone()) {
            if (tunnel.kind() == TunnelKind.UNKNOWN) {
                missing.addAll(tunnel.missing());
            } else if (tunnel.kind() != TunnelKind.NONE) {
                paths.addAll(toApiServer(tunnel, agents));
            }
        }
        return new Reachability(facts.given().file(), facts.given().scene(), paths, missing);
    }

    private boolean hostsAlone() {
        return facts.given().azure().isEmpty() && facts.given().kubernetes().isEmpty();
    }

    private List<Agent> senders(Tunnel tunnel) {
        if (question.from().isEmpty()) {
            return Tunnels.agents(facts, tunnel, topology).stream()
                    .map(this::placed)
                    .toList();
        }
        return question.from().stream()
                .map(addresses -> placed(new Agent(
                        addresses.toString(),
                        "",
                        addresses,
                        true,
                        "asked for",
                        new SourceRef("", 0, addresses.toString()))))
                .toList();
    }

    /** A sender whose address is a node's is that node. */
    private Agent placed(Agent agent) {
        if (!agent.node().isEmpty() || agent.addresses().size() != 1) {
            return agent;
        }
        String address = agent.addresses().toString();
        return topology.nodes().stream()
                .filter(node -> node.address().equals(address))
                .findFirst()
                .map(node -> new Agent(
                        agent.name(), node.name(), agent.addresses(), agent.exact(), agent.why(), agent.source()))
                .orElse(agent);
    }

    private boolean asked(Node node) {
        return question.to().isEmpty()
                || question.to().contains(node.name()) && !node.name().isEmpty()
                || question.to().contains(node.address()) && !node.address().isEmpty();
    }

    private List<ReachPath> toNodes(List<Agent> agents) {
        Connections asked = new Connections(question.transport(), question.port(), agents, question.inInterface());
        NsgHops groups = new NsgHops(facts, topology, asked);
        HostHops hosts = new HostHops(facts, topology, asked);
        Map<Node, Hop> firewalls = hosts.hops();
        List<Node> targets = topology.targets().stream().filter(this::asked).toList();
        List<ReachPath> paths = new ArrayList<>();
        for (Agent agent : agents) {
            Map<Node, List<Hop>> crossed = hostsAlone() ? Map.of() : groups.hops(agent);
            NodeRoutes routes = new NodeRoutes(
                    facts, agent, groups.exitSubnet(agent).flatMap(topology::routeTable), question.port());
            boolean placed = topology.node(agent.node()).isPresent();
            Map<List<Hop>, Map<Fate, AddressSet>> known = new LinkedHashMap<>();
            for (Node node : targets) {
                boolean own = !node.name().isEmpty() && node.name().equals(agent.node());
                List<Hop> hops = own
                        ? List.of(ownHop(hosts, agent, node))
                        : way(
                                crossed.getOrDefault(node, List.of()),
                                routes.hop(node),
                                Objects.requireNonNull(firewalls.get(node), "every node has a firewall"));
                List<String> assumptions = new ArrayList<>();
                if (own) {
                    assumptions.add(OWN_NODE);
                } else if (hostsAlone()) {
                    assumptions.add(HOST_ALONE);
                } else if (!placed) {
                    assumptions.add(SENDER_UNKNOWN);
                }
                known.computeIfAbsent(hops, way -> Fate.of(agent, way))
                        .forEach((fate, sources) -> paths.add(toNode(agent, node, fate, sources, assumptions)));
            }
        }
        return paths;
    }

    private Hop ownHop(HostHops hosts, Agent agent, Node node) {
        Optional<TunnelPod> pod = facts.tunnelPods().stream()
                .filter(p -> p.name().equals(agent.name()) && !p.hostNetwork())
                .findFirst();
        AddressSet local = pod.flatMap(p -> AddressSet.parse(p.podAddress())).orElse(agent.addresses());
        return hosts.ownHop(agent, node, local, pod.isPresent());
    }

    /** Routes come behind what lets a packet out of the sender's machine and before what lets it into the target's. */
    private static List<Hop> way(List<Hop> groups, Optional<Hop> route, Hop firewall) {
        List<Hop> way = new ArrayList<>();
        boolean routed = route.isEmpty();
        for (Hop group : groups) {
            if (!routed && group.pieces().get(0).name().startsWith("nsg inbound")) {
                way.add(route.orElseThrow());
                routed = true;
            }
            way.add(group);
        }
        if (!routed) {
            way.add(route.orElseThrow());
        }
        way.add(firewall);
        return way;
    }

    private ReachPath toNode(Agent agent, Node node, Fate fate, AddressSet sources, List<String> assumptions) {
        Set<Missing> missing = new LinkedHashSet<>();
        fate.missing().forEach(one -> missing.add(new Missing(one.what(), aimed(one.command(), node))));
        fate.onNode().forEach(one -> missing.add(new Missing(one.what(), command(one.command(), node))));
        Set<String> all = new LinkedHashSet<>(assumptions);
        all.addAll(fate.assumptions());
        return new ReachPath(
                Purpose.KUBELET,
                new End(agent.node(), shown(sources)),
                new End(node.name(), node.address()),
                question.transport(),
                question.port(),
                fate.outcome(),
                fate.likely(),
                fate.name().equals(HostHops.HOST_INPUT)
                        ? fate.name() + (node.name().isEmpty() ? "the nodes not listed" : node.name())
                        : fate.name(),
                fate.decidedBy().map(at -> fate.atNode() ? onNode(at, node) : at),
                List.copyOf(missing),
                List.copyOf(all));
    }

    private static String shown(AddressSet sources) {
        return sources.size() > MOST_SHOWN ? "" : sources.toString();
    }

    /** A probe runs on another machine, everything else as root on the node itself. */
    private static String command(String command, Node node) {
        boolean elsewhere = command.startsWith("nc ") || command.startsWith("kubectl ") || command.startsWith("az ");
        return elsewhere ? aimed(command, node) : node.onNode(command);
    }

    private static String aimed(String command, Node node) {
        return node.address().isEmpty() ? command : command.replace("NODE_ADDRESS", node.address());
    }

    /** Nodes that share a verdict have the same texts, so the line stands at the same place of this node's own. */
    private SourceRef onNode(SourceRef at, Node node) {
        Integer index = outputs.get(node.name());
        int end = at.document().indexOf(']');
        return index == null || end < 0 || !at.document().startsWith("nodes[")
                ? at
                : new SourceRef("nodes[" + index + at.document().substring(end), at.line(), at.text());
    }

    private List<ReachPath> toApiServer(Tunnel tunnel, List<Agent> agents) {
        List<EgressVerdict> verdicts =
                Tunnels.dialsPublicly(tunnel, facts.azure().cluster())
                        ? new EgressHops(facts, topology, tunnel, agents).verdicts()
                        : List.of();
        Map<String, Agent> senders = new LinkedHashMap<>();
        agents.forEach(agent -> senders.putIfAbsent(agent.node(), agent));
        List<ReachPath> paths = new ArrayList<>();
        for (Agent agent : senders.values()) {
            for (EgressHops.Dial dial : EgressHops.dials(tunnel.kind())) {
                List<EgressVerdict> mine = verdicts.stream()
                        .filter(verdict -> verdict.transport() == dial.transport() && verdict.port() == dial.port())
                        .toList();
                boolean judged = Tunnels.dialsPublicly(tunnel, facts.azure().cluster());
                Fate fate = !judged ? privateEndpoint() : fate(agent, mine);
                paths.add(tunnelPath(agent, dial, fate, mine));
            }
        }
        return paths;
    }

    private ReachPath tunnelPath(Agent agent, EgressHops.Dial dial, Fate fate, List<EgressVerdict> verdicts) {
        List<String> assumptions = new ArrayList<>(fate.assumptions());
        if (!dial.essential()) {
            assumptions.add("it is not certain that the tunnel needs this port");
        }
        verdicts.stream()
                .filter(verdict -> verdict.opensTls() && from(agent, verdict))
                .findFirst()
                .ifPresent(verdict -> assumptions.add(verdict.summary()));
        String fqdn = facts.azure().cluster().map(cluster -> cluster.fqdn()).orElse("");
        return new ReachPath(
                Purpose.TUNNEL,
                new End(
                        agent.node(),
                        topology.node(agent.node()).map(Node::address).orElse(shown(agent.addresses()))),
                new End("", fqdn.isEmpty() ? "API server" : fqdn),
                dial.transport(),
                dial.port(),
                fate.outcome(),
                fate.likely(),
                fate.name(),
                fate.decidedBy(),
                fate.missing(),
                assumptions);
    }

    private static boolean from(Agent agent, EgressVerdict verdict) {
        return agent.node().isEmpty() || verdict.nodes().contains(agent.node());
    }

    private static Fate privateEndpoint() {
        return new Fate(
                Outcome.UNKNOWN,
                Outcome.UNKNOWN,
                "private endpoint of the API server",
                false,
                Optional.empty(),
                List.of(new Missing(
                        "what stands between the agents and the API server's private endpoint",
                        "az network private-endpoint list -o json")),
                List.of(),
                List.of());
    }

    /** An agent that may be on any node has the fate that all nodes share. */
    private Fate fate(Agent agent, List<EgressVerdict> verdicts) {
        if (topology.node(agent.node()).isPresent()) {
            return fate(agent, agent.node(), verdicts);
        }
        Set<String> nodes = new LinkedHashSet<>();
        verdicts.forEach(verdict -> nodes.addAll(verdict.nodes()));
        if (nodes.isEmpty()) {
            nodes.add("");
        }
        Set<Fate> fates = new LinkedHashSet<>();
        nodes.forEach(node -> fates.add(fate(agent, node, verdicts)));
        return Fate.common(List.copyOf(fates), agent);
    }

    private Fate fate(Agent agent, String node, List<EgressVerdict> verdicts) {
        List<Hop> hops = verdicts.stream()
                .filter(verdict -> node.isEmpty()
                        || verdict.nodes().isEmpty()
                        || verdict.nodes().contains(node))
                .filter(verdict -> !agent.exact()
                        || verdict.group()
                                .map(group -> group.sources().overlaps(agent.addresses()))
                                .orElse(true))
                .map(verdict -> Hop.of(piece(verdict, agent)))
                .toList();
        return Fate.of(agent, hops).keySet().iterator().next();
    }

    private static Hop.Piece piece(EgressVerdict verdict, Agent agent) {
        Optional<SourceRef> rule = verdict.group().isPresent()
                ? verdict.group().get().decidedBy().map(NsgRule::source)
                : verdict.evidence().stream().findFirst();
        return new Hop.Piece(
                agent.addresses(),
                verdict.outcome(),
                verdict.outcome() == Outcome.UNKNOWN ? verdict.likely() : Outcome.UNKNOWN,
                verdict.device() == EgressVerdict.Device.APPLIANCE
                        || verdict.device() == EgressVerdict.Device.AZURE_FIREWALL,
                switch (verdict.device()) {
                    case NSG -> "nsg outbound " + verdict.name();
                    case ROUTE -> "route " + verdict.name();
                    case AZURE_FIREWALL -> "azure firewall " + verdict.name();
                    case APPLIANCE -> "appliance " + verdict.name();
                },
                false,
                rule,
                verdict.missing(),
                List.of());
    }
}
