package tunneldoctor.model;

import java.util.List;

/** A named list of addresses that firewall rules refer to; {@code id} is lower case. */
public record IpGroup(String id, String name, List<String> addresses, SourceRef source) {
    public IpGroup {
        addresses = List.copyOf(addresses);
    }
}
