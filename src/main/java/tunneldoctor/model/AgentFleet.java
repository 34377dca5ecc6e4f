package tunneldoctor.model;

import java.util.List;

/**
 * The konnectivity agents as a whole, against the size of the cluster.
 *
 * @param nodeCount nodes the cluster has; -1 if not known
 * @param replicas agents the Deployment wants, or pods listed where no Deployment is in the facts; -1 if neither is known
 * @param stated whether a Deployment says so
 * @param ready agents that are Ready; -1 if no pods are listed
 * @param ladder the steps to hold the number against: the cluster's own ConfigMap, else the documented ones
 * @param agentNodes names of the nodes that host an agent, each once
 * @param missing what would tell the numbers, or the state of an agent, that are not known
 */
public record AgentFleet(
        int nodeCount,
        int replicas,
        boolean stated,
        int ready,
        AgentLadder ladder,
        List<String> agentNodes,
        List<SourceRef> evidence,
        List<Missing> missing)
        implements Fact {
    public AgentFleet {
        agentNodes = List.copyOf(agentNodes);
        evidence = List.copyOf(evidence);
        missing = List.copyOf(missing);
    }

    /** Agents the ladder asks for; 0 if the number of nodes is not known. */
    public int wanted() {
        return nodeCount < 0 ? 0 : ladder.replicasFor(nodeCount);
    }

    public boolean tooFew() {
        return replicas >= 0 && replicas < wanted();
    }

    /** Whether several agents share one node of a cluster that has more: one failure takes them all. */
    public boolean crowded() {
        return agentNodes.size() == 1 && replicas > 1 && nodeCount > 1;
    }

    public boolean open() {
        return !missing.isEmpty();
    }
}
