package tunneldoctor.model;

import java.util.List;

/**
 * Which tunnel the cluster has.
 *
 * @param why how that follows from the evidence, one sentence
 * @param missing what would tell, where the kind is unknown
 */
public record Tunnel(TunnelKind kind, String why, List<SourceRef> evidence, List<Missing> missing) implements Fact {
    public Tunnel {
        evidence = List.copyOf(evidence);
        missing = List.copyOf(missing);
    }
}
