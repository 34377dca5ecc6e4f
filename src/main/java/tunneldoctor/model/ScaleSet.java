package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

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
    private static final String START = "aks-";
    private static final String END = "-vmss";

    public ScaleSet {
        subnetIds = List.copyOf(subnetIds);
        applicationGroups = List.copyOf(applicationGroups);
    }

    /**
     * The node pool in a name that AKS gave: {@code aks-POOL-NUMBER-vmss}, in any case.
     *
     * @return empty for any other name
     */
    public static Optional<String> poolInName(String name) {
        int end = name.length() - END.length();
        if (end < 0 || !name.regionMatches(true, 0, START, 0, START.length())) {
            return Optional.empty();
        }
        int digits = end;
        while (digits > 0 && Digits.is(name.charAt(digits - 1))) {
            digits--;
        }
        int dash = digits - 1;
        boolean named = name.regionMatches(true, end, END, 0, END.length())
                && digits < end
                && dash > START.length()
                && name.charAt(dash) == '-';
        return named ? Optional.of(name.substring(START.length(), dash)) : Optional.empty();
    }
}
