package tunneldoctor.model;

import java.util.List;

/**
 * A Kubernetes Event.
 *
 * @param reason for example {@code OOMKilling}, {@code FailedScheduling}, {@code Evicted}
 * @param kind kind of what it is about, for example {@code Pod}
 * @param subject its name
 * @param count how often it was seen, at least 1
 */
public record ClusterEvent(
        String reason, String kind, String subject, String namespace, String message, int count, SourceRef source)
        implements Fact {
    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    public boolean aboutTunnel() {
        return subject.startsWith("konnectivity-agent-") && !subject.startsWith("konnectivity-agent-autoscaler-")
                || subject.startsWith("tunnelfront-")
                || subject.startsWith("aks-link-");
    }
}
