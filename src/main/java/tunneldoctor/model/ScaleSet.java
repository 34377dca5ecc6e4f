package tunneldoctor.model;

import java.util.List;

/**
 * A virtual machine scale set of nodes.
 *
 * @param pool node pool it belongs to, from its tags or name; empty if not told
 * @param nsgId network security group of its primary interface's configuration, lower case; empty if none
 * @param subnetIds subnets of its primary interface's IP configurations, lower case, primary first
 * @param applicationGroups application security groups of its primary interface, lower case ids
 * @param networkStated whether the resource shows its network profile at all
 */
public record ScaleSet(
        String id,
        String name,
        String resourceGroup,
        String pool,
        String nsgId,
        List<String> subnetIds,
        List<String> applicationGroups,
        boolean networkStated,
        SourceRef source) {
    public ScaleSet {
        subnetIds = List.copyOf(subnetIds);
        applicationGroups = List.copyOf(applicationGroups);
    }
}
