package tunneldoctor.model;

import java.util.List;

/**
 * A subnet resource. An id is empty where the resource states none; a subnet resource that names no group has none.
 *
 * @param id ARM id, lower case; empty in minimal files
 * @param virtualNetworkId ARM id of its network, lower case
 * @param nsgId network security group bound to it, lower case
 * @param routeTableId route table bound to it, lower case
 * @param natGatewayId NAT gateway bound to it, lower case
 */
public record Subnet(
        String id,
        String name,
        String virtualNetworkId,
        List<String> prefixes,
        String nsgId,
        String routeTableId,
        String natGatewayId,
        SourceRef source) {
    public Subnet {
        prefixes = List.copyOf(prefixes);
    }
}
