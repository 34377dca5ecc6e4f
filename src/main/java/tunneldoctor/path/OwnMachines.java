package tunneldoctor.path;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.TunnelPod;

/** What senders' own machines let out. Only their own connections meet their OUTPUT chains; a pod's are forwarded. */
final class OwnMachines {
    private static final String SENDER_UNKNOWN =
            "the sender's own machine and its network interface let connections out: which they are is not in the facts";

    private final Facts facts;
    private final Topology topology;
    private final boolean hostsAlone;
    private final Map<Agent, Hop> notJudged = new HashMap<>();

    /** @param hostsAlone whether the facts hold nodes' outputs only, which is said once for the whole path */
    OwnMachines(Facts facts, Topology topology, boolean hostsAlone) {
        this.facts = facts;
        this.topology = topology;
        this.hostsAlone = hostsAlone;
    }

    /** The pod an agent is, unless it uses its node's network. */
    Optional<TunnelPod> podOf(Agent agent) {
        return facts.tunnelPods().stream()
                .filter(pod -> pod.name().equals(agent.name()) && !pod.hostNetwork())
                .findFirst();
    }

    /** The sender's own firewall, on the way to each of some nodes; none where the facts do not show it. */
    Map<Node, Hop> to(List<Node> targets, Agent agent, HostHops hosts) {
        return opener(agent)
                .map(host -> hosts.outgoing(host, agent.addresses(), targets))
                .orElse(Map.of());
    }

    /** The sender's own firewall, on the way to a server elsewhere. */
    Hop towards(Flow flow, Agent agent) {
        Connections asked = new Connections(flow.transport(), flow.port(), List.of(agent), Optional.empty());
        return opener(agent)
                .flatMap(host -> new HostHops(facts, topology, asked).outgoing(host, flow))
                .orElseGet(() -> notJudged(agent));
    }

    private Optional<Node> opener(Agent agent) {
        return podOf(agent).isPresent() ? Optional.empty() : topology.node(agent.node());
    }

    /** Stands for the sender's own machine where it is not judged; blocks further on are certain all the same. */
    Hop notJudged(Agent agent) {
        return notJudged.computeIfAbsent(agent, sender -> pass(sender.addresses(), assumed(sender)));
    }

    private List<String> assumed(Agent sender) {
        if (topology.node(sender.node()).isEmpty()) {
            return hostsAlone ? List.of() : List.of(SENDER_UNKNOWN);
        }
        return List.of(
                podOf(sender).isPresent()
                        ? "the senders' own nodes forward what their pods send"
                        : "the senders' own nodes let connections out, which no text in the facts shows");
    }

    /** A hop that lets everything pass. */
    static Hop pass(AddressSet sources, List<String> assumptions) {
        return Hop.of(new Hop.Piece(
                sources,
                Outcome.ALLOWED,
                Outcome.UNKNOWN,
                false,
                "",
                false,
                Optional.empty(),
                List.<Missing>of(),
                assumptions));
    }
}
