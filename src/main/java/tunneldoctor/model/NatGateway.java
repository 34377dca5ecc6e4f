package tunneldoctor.model;

import java.util.List;

/**
 * @param id ARM id, lower case
 * @param publicAddresses number of public addresses, prefixes counted by their size; -1 if not stated
 * @param idleTimeoutMinutes -1 if not stated
 */
public record NatGateway(
        String id,
        String name,
        String resourceGroup,
        int publicAddresses,
        int idleTimeoutMinutes,
        List<String> subnetIds,
        SourceRef source) {
    public NatGateway {
        subnetIds = List.copyOf(subnetIds);
    }
}
