package tunneldoctor.model;

import java.util.List;

/**
 * A Deployment of the tunnel. Numbers are -1 where not stated.
 *
 * @param autoscaler whether it is the konnectivity agents' autoscaler and not the agents themselves
 */
public record TunnelDeployment(
        String name, TunnelKind tunnel, boolean autoscaler, int replicas, int readyReplicas, SourceRef source)
        implements Fact {
    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }
}
