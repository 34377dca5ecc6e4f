package tunneldoctor.model;

import java.util.List;

/**
 * @param id ARM id, lower case; empty in minimal files
 * @param subnetIds subnets it says it is bound to, lower case
 * @param ignoresGateway whether it keeps out the routes that a virtual network gateway learns
 */
public record RouteTable(
        String id,
        String name,
        String resourceGroup,
        List<Route> routes,
        List<String> subnetIds,
        boolean ignoresGateway,
        SourceRef source) {
    public RouteTable {
        routes = List.copyOf(routes);
        subnetIds = List.copyOf(subnetIds);
    }

    /**
     * @param prefix CIDR or service tag
     * @param nextHopType {@code VirtualAppliance}, {@code VirtualNetworkGateway}, {@code Internet}, {@code VnetLocal} or
     *     {@code None}, which discards
     * @param nextHopAddress empty unless the next hop is an appliance
     */
    public record Route(String name, String prefix, String nextHopType, String nextHopAddress, SourceRef source) {}
}
