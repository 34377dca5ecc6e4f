package tunneldoctor.model;

import java.util.List;

/**
 * A connection attempt somebody made from a node.
 *
 * @param node where it was made
 * @param target address or name as printed
 * @param port destination port
 */
public record Probe(String node, String target, int port, Transport transport, Result result, SourceRef source)
        implements Fact {
    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    @Override
    public List<String> nodes() {
        return List.of(node);
    }

    public boolean open() {
        return result == Result.OPEN;
    }

    /** Whether it dialled the kubelet's port. */
    public boolean toKubelet() {
        return port == 10250 && transport == Transport.TCP;
    }

    public enum Result {
        OPEN,
        TIMED_OUT,
        REFUSED,
        NO_ROUTE,
        NAME_NOT_RESOLVED,
        UNREADABLE
    }
}
