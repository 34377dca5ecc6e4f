package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * Where routing takes one kind of flow.
 *
 * @param outcome DROPPED for a blackhole; ALLOWED where the route leads on without a filter we must ask; UNKNOWN where it
 *     leads to an appliance whose rules are not in the facts
 * @param nextHopType as {@link RouteTable.Route#nextHopType()}, {@code system} for Azure's own routes
 * @param nodes the nodes whose flow this is
 */
public record RouteVerdict(
        Purpose purpose,
        Outcome outcome,
        Outcome likely,
        Optional<RouteTable> table,
        Optional<RouteTable.Route> route,
        String nextHopType,
        Transport transport,
        int port,
        List<String> nodes,
        List<SourceRef> evidence,
        List<Missing> missing)
        implements Verdict {
    public RouteVerdict {
        nodes = List.copyOf(nodes);
        evidence = List.copyOf(evidence);
        missing = List.copyOf(missing);
    }
}
