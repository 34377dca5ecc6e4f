package tunneldoctor.model;

import java.util.List;

/**
 * A network interface of a node.
 *
 * @param virtualMachineId ARM id of the machine it is attached to, lower case; empty if not stated
 * @param addresses private IPv4 addresses
 * @param subnetIds lower case
 * @param nsgId lower case; empty if none
 * @param applicationGroups application security group ids, lower case
 */
public record NetworkInterface(
        String id,
        String name,
        String virtualMachineId,
        List<String> addresses,
        List<String> subnetIds,
        String nsgId,
        List<String> applicationGroups,
        SourceRef source) {
    public NetworkInterface {
        addresses = List.copyOf(addresses);
        subnetIds = List.copyOf(subnetIds);
        applicationGroups = List.copyOf(applicationGroups);
    }
}
