package tunneldoctor.collect;

/**
 * Where Kubernetes objects come from. The one of a live cluster reads the API server; nothing of it goes through the
 * tunnel.
 */
public interface KubernetesSource {
    /**
     * Puts every object into {@code into}, and everything it could not get as a gap. Never throws for what the API server
     * answers or fails to answer; comes back soon after {@code limits} are over or its thread is interrupted, with what was
     * read so far kept and the rest a gap.
     */
    void collect(Collected into, Limits limits, Progress progress);

    /** One line for the plan: what will be read, and which permission that needs. */
    String plan();
}
