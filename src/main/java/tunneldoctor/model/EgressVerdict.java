package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * What one hop on the way out does with the tunnel's own connection to the API server.
 *
 * @param device what kind of hop
 * @param name the hop's name
 * @param group the verdict of the network security group; empty for other hops
 * @param firewall the Azure Firewall; empty for other hops
 * @param decidedBy the rule or route that decides, for people; empty if none is known
 * @param opensTls whether the hop lets the connection through but terminates its TLS, so that the ALPN token is lost
 * @param essential whether the tunnel cannot work without this port; TCP 22 of tunnel-front is not certain to be needed
 * @param senderRange blocks the agents' nodes get their addresses from
 */
public record EgressVerdict(
        Device device,
        String name,
        Outcome outcome,
        Outcome likely,
        Optional<NsgVerdict> group,
        Optional<AzureFirewall> firewall,
        String decidedBy,
        boolean opensTls,
        boolean essential,
        Transport transport,
        int port,
        AddressSet senderRange,
        List<Node> affected,
        List<SourceRef> evidence,
        List<Missing> missing)
        implements Verdict {
    public EgressVerdict {
        affected = List.copyOf(affected);
        evidence = List.copyOf(evidence);
        missing = List.copyOf(missing);
    }

    @Override
    public Purpose purpose() {
        return Purpose.TUNNEL;
    }

    /** What the hop does and by which rule, one sentence. */
    public String summary() {
        String flow = transport.name() + " " + port;
        String verb = opensTls ? " opens the TLS of " : blocked() ? " closes " : " may close ";
        return device.label() + " " + name + verb + flow + " to the API server"
                + (decidedBy.isEmpty() ? "" : " (" + decidedBy + ")");
    }

    /** Kinds of hops on the way out. */
    public enum Device {
        NSG("network security group"),
        /** A rule of a Virtual Network Manager, which counts before every group and which no change to a group undoes. */
        ADMIN_RULE("security admin rule"),
        ROUTE("route"),
        AZURE_FIREWALL("Azure Firewall"),
        APPLIANCE("appliance");

        private final String label;

        Device(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }
}
