package tunneldoctor.model;

import java.util.List;

/**
 * A pod of the tunnel, of any generation; the konnectivity autoscaler is not one.
 *
 * @param podAddress IPv4; empty while it has none
 * @param node the node it runs on; empty while unscheduled
 * @param nodeAddress address of that node as the pod's status gives it; empty if not given
 * @param phase {@code Running}, {@code Pending}, {@code Failed}, …
 * @param restarts of its main container; -1 if not stated
 * @param outOfMemory whether its last termination was an OOM kill
 * @param waitingReason for example {@code CrashLoopBackOff}; empty if none
 * @param memoryLimit as written, for example {@code 512Mi}; empty if none
 */
public record TunnelPod(
        String name,
        TunnelKind tunnel,
        String podAddress,
        String node,
        String nodeAddress,
        boolean hostNetwork,
        String phase,
        Answer ready,
        int restarts,
        Answer outOfMemory,
        String waitingReason,
        String memoryLimit,
        SourceRef source)
        implements Fact {
    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    @Override
    public List<String> nodes() {
        return node.isEmpty() ? List.of() : List.of(node);
    }
}
