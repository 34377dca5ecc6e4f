package tunneldoctor.model;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * How many konnectivity agents a cluster of a given size should have.
 *
 * @param nodesToReplicas smallest node count of each step to its number of agents
 */
public record AgentLadder(Map<Integer, Integer> nodesToReplicas, SourceRef source) implements Fact {
    /** Microsoft's documented steps (tunnel connectivity issues, cause 6), for clusters whose ConfigMap is not in the facts. */
    public static final AgentLadder DOCUMENTED = new AgentLadder(
            Map.of(1, 2, 100, 3, 250, 4, 500, 5, 1000, 6, 5000, 10),
            new SourceRef(
                    "Microsoft, AKS tunnel connectivity issues, cause 6", 0, "1:2 100:3 250:4 500:5 1000:6 5000:10"));

    public AgentLadder {
        nodesToReplicas = Map.copyOf(nodesToReplicas);
    }

    /** Agents wanted for a number of nodes; 0 below the first step. */
    public int replicasFor(int nodeCount) {
        Map.Entry<Integer, Integer> step = new TreeMap<>(nodesToReplicas).floorEntry(nodeCount);
        return step == null ? 0 : step.getValue();
    }

    /** The steps as {@code nodes:agents}, ascending. */
    public String text() {
        StringJoiner steps = new StringJoiner(" ");
        new TreeMap<>(nodesToReplicas).forEach((nodes, replicas) -> steps.add(nodes + ":" + replicas));
        return steps.toString();
    }

    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }
}
