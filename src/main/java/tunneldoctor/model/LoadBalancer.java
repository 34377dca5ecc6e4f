package tunneldoctor.model;

import java.util.List;

/**
 * A load balancer with its outbound rules.
 *
 * @param id ARM id, lower case
 */
public record LoadBalancer(
        String id, String name, String resourceGroup, List<OutboundRule> outboundRules, SourceRef source)
        implements Fact {
    public LoadBalancer {
        outboundRules = List.copyOf(outboundRules);
    }

    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    /**
     * @param allocatedPorts SNAT ports per node; 0 means by pool size; -1 if not stated
     * @param idleTimeoutMinutes -1 if not stated
     * @param frontends number of public addresses it uses, prefixes counted by their size; -1 if not known
     */
    public record OutboundRule(
            String name, int allocatedPorts, int idleTimeoutMinutes, int frontends, SourceRef source) {}
}
