package tunneldoctor.model;

import java.util.List;

/**
 * @param id ARM id, lower case; empty in minimal files
 * @param prefixes address space
 * @param peeredPrefixes address space of connected peerings
 * @param gatewayPeering whether it has a gateway or a peering uses a remote one, so that on-premises ranges are part of
 *     it too; true also where that or a peering's space cannot be read
 */
public record VirtualNetwork(
        String id,
        String name,
        List<String> prefixes,
        List<String> peeredPrefixes,
        boolean gatewayPeering,
        List<String> dnsServers,
        SourceRef source) {
    public VirtualNetwork {
        prefixes = List.copyOf(prefixes);
        peeredPrefixes = List.copyOf(peeredPrefixes);
        dnsServers = List.copyOf(dnsServers);
    }
}
