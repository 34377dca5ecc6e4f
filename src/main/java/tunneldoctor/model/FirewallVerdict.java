package tunneldoctor.model;

import java.util.List;

/**
 * What the Azure Firewall behind the default route does with the tunnel's own flow.
 *
 * @param decidedBy {@code group/collection/rule} that decides; {@code default deny} if none matches
 * @param terminatesTls whether it lets the flow through but opens its TLS, so that the ALPN token is lost
 */
public record FirewallVerdict(
        Purpose purpose,
        Outcome outcome,
        Outcome likely,
        AzureFirewall firewall,
        String decidedBy,
        boolean terminatesTls,
        Transport transport,
        int port,
        AddressSet sources,
        List<String> nodes,
        List<SourceRef> evidence,
        List<Missing> missing)
        implements Verdict {
    public FirewallVerdict {
        nodes = List.copyOf(nodes);
        evidence = List.copyOf(evidence);
        missing = List.copyOf(missing);
    }
}
