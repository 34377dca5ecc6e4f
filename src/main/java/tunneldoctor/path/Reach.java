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
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
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
    private static final String ANOTHER_NODE =
            "the agent runs on another node: to its own a connection crosses no network";
    private static final String OWN_NODE = "a node's connections to itself cross no network";

    private final Facts facts;
    private final Question question;
    private final Topology topology;
    private final Map<String, Integer> outputs;
    private final OwnMachines ownMachines;

    private Reach(Facts facts, Question question) {
        this.facts = facts;
        this.question = question;
        this.topology = new Topology(facts);
        this.ownMachines = new OwnMachines(facts, topology, hostsAlone(facts));
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
        if (question.tunnelToo() && !hostsAlone(facts)) {
            if (tunnel.kind() == TunnelKind.UNKNOWN) {
                missing.addAll(tunnel.missing());
            } else if (tunnel.kind() != TunnelKind.NONE) {
                paths.addAll(new TunnelPaths(facts, topology, tunnel, agents, ownMachines).paths());
            }
        }
        return new Reachability(facts.given().file(), facts.given().scene(), paths, missing);
    }

    private static boolean hostsAlone(Facts facts) {
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
        List<Node> targets = topology.targets().stream().filter(this::asked).toList();
        HostHops hosts = new HostHops(facts, topology, asked);
        NetworkWays ways = new NetworkWays(
                PlaceFilter.assumptions(facts),
                new Exits(facts, topology),
                new NsgHops(facts, topology, asked),
                new RouteHops(facts, topology, asked, targets, question.from().isEmpty()));
        Map<Node, Hop> firewalls = hosts.hops();
        List<ReachPath> paths = new ArrayList<>();
        for (Agent agent : agents) {
            List<Node> others =
                    targets.stream().filter(node -> !own(agent, node)).toList();
            Map<Node, Hop> leaving = ownMachines.to(others, agent, hosts);
            Map<Node, List<Hop>> crossed = hostsAlone(facts) ? Map.of() : ways.to(others, agent);
            Map<List<Hop>, Map<Fate, AddressSet>> known = new LinkedHashMap<>();
            for (Node node : targets) {
                List<Hop> hops = new ArrayList<>();
                if (own(agent, node)) {
                    hops.add(ownHop(hosts, agent, node));
                } else {
                    hops.add(leaving.getOrDefault(node, ownMachines.notJudged(agent)));
                    hops.addAll(crossed.getOrDefault(node, List.of()));
                    hops.add(Objects.requireNonNull(firewalls.get(node), "every node has a firewall"));
                }
                List<String> assumptions = assumptions(agent, node);
                known.computeIfAbsent(hops, way -> Fate.of(agent, way))
                        .forEach((fate, sources) -> paths.add(toNode(agent, node, fate, sources, assumptions)));
            }
        }
        return paths;
    }

    private List<String> assumptions(Agent agent, Node node) {
        if (own(agent, node)) {
            return List.of(OWN_NODE);
        }
        List<String> assumptions = new ArrayList<>();
        if (hostsAlone(facts)) {
            assumptions.add(HOST_ALONE);
        }
        if (Tunnels.mayRunAnywhere(agent)) {
            assumptions.add(ANOTHER_NODE);
        }
        return assumptions;
    }

    private static boolean own(Agent agent, Node node) {
        return !node.name().isEmpty() && node.name().equals(agent.node());
    }

    private Hop ownHop(HostHops hosts, Agent agent, Node node) {
        Optional<TunnelPod> pod = ownMachines.podOf(agent);
        AddressSet local = pod.flatMap(p -> AddressSet.parse(p.podAddress())).orElse(agent.addresses());
        return hosts.ownHop(agent, node, local, pod.isPresent());
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

    static String shown(AddressSet sources) {
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
}
