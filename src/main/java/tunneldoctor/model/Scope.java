package tunneldoctor.model;

import java.util.List;

/**
 * Which nodes' kubelets could not be reached, held against where the agents run.
 *
 * @param failing names of the nodes that symptoms name, sorted
 */
public record Scope(Pattern pattern, List<String> failing, List<SourceRef> evidence) implements Fact {
    public Scope {
        failing = List.copyOf(failing);
        evidence = List.copyOf(evidence);
    }

    @Override
    public List<String> nodes() {
        return failing;
    }

    /** Between nodes: the path from the agents to other nodes is broken, not the tunnel itself. */
    public boolean betweenNodes() {
        return pattern == Pattern.BETWEEN_NODES;
    }

    /** Everywhere: the agents' own nodes fail too, so that the tunnel itself is suspect. */
    public boolean everywhere() {
        return pattern == Pattern.EVERYWHERE;
    }

    public enum Pattern {
        /** No agent's node is among those that fail. */
        BETWEEN_NODES,
        /** Every node fails, the agents' own included. */
        EVERYWHERE,
        /** Some agents' nodes fail, but not all nodes. */
        MIXED
    }
}
