package tunneldoctor.path;

import java.util.List;
import java.util.Optional;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Transport;

/**
 * Which connections to nodes are judged.
 *
 * @param port destination port
 * @param agents where they start; never empty
 * @param inInterface the interface they arrive on, of every node; empty for what the facts say of each
 */
record Connections(Transport transport, int port, List<Agent> agents, Optional<String> inInterface) {
    static final int KUBELET_PORT = 10_250;

    Connections {
        agents = List.copyOf(agents);
    }

    /** What the tunnel needs of every node. */
    static Connections toKubelets(List<Agent> agents) {
        return new Connections(Transport.TCP, KUBELET_PORT, agents, Optional.empty());
    }
}
