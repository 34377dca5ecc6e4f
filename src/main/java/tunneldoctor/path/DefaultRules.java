package tunneldoctor.path;

import java.util.List;
import tunneldoctor.model.Direction;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.SourceRef;

/** The rules every network security group ends with; they cannot be deleted (Azure, "Network security groups overview"). */
final class DefaultRules {
    private static final List<NsgRule> INBOUND = List.of(
            rule("AllowVnetInBound", 65_000, Direction.INBOUND, true, "VirtualNetwork", "VirtualNetwork"),
            rule("AllowAzureLoadBalancerInBound", 65_001, Direction.INBOUND, true, "AzureLoadBalancer", "*"),
            rule("DenyAllInBound", 65_500, Direction.INBOUND, false, "*", "*"));
    private static final List<NsgRule> OUTBOUND = List.of(
            rule("AllowVnetOutBound", 65_000, Direction.OUTBOUND, true, "VirtualNetwork", "VirtualNetwork"),
            rule("AllowInternetOutBound", 65_001, Direction.OUTBOUND, true, "*", "Internet"),
            rule("DenyAllOutBound", 65_500, Direction.OUTBOUND, false, "*", "*"));

    /** Stands for the platform's own addresses, which a group filters only if a rule names them by their own tag. */
    static final NsgRule PLATFORM =
            rule("AzurePlatform", 0, Direction.OUTBOUND, true, "*", "168.63.129.16, 169.254.169.254");

    /** Stands for the absence of a group: what no security admin rule stops passes. */
    static final NsgRule NOTHING_ELSE = rule("no network security group", 0, Direction.INBOUND, true, "*", "*");

    private DefaultRules() {}

    static List<NsgRule> of(Direction direction) {
        return direction == Direction.INBOUND ? INBOUND : OUTBOUND;
    }

    private static NsgRule rule(
            String name, int priority, Direction direction, boolean allow, String source, String destination) {
        return new NsgRule(
                name,
                priority,
                direction,
                allow,
                "*",
                List.of(source),
                List.of("*"),
                List.of(),
                List.of(destination),
                List.of("*"),
                List.of(),
                true,
                new SourceRef(
                        "Azure default rule",
                        0,
                        name + ": priority " + priority + " " + (allow ? "Allow" : "Deny") + " from " + source + " to "
                                + destination));
    }
}
