package tunneldoctor.collect.azure;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of resources that are read, with the api-version of each; the permissions needed follow from them. */
enum ArmType {
    CLUSTER("Microsoft.ContainerService/managedClusters", "2025-09-01", "managed cluster"),
    SCALE_SET("Microsoft.Compute/virtualMachineScaleSets", "2025-04-01", "scale set"),
    INSTANCE("Microsoft.Compute/virtualMachineScaleSets/virtualMachines", "2025-04-01", "instance"),
    /** Scale sets' interfaces are served under another provider, at an api-version frozen for them. */
    INSTANCE_INTERFACE(
            "Microsoft.Compute/virtualMachineScaleSets/networkInterfaces", "2018-10-01", "network interface"),
    MACHINE("Microsoft.Compute/virtualMachines", "2025-04-01", "virtual machine"),
    INTERFACE("Microsoft.Network/networkInterfaces", "2025-03-01", "network interface"),
    NETWORK("Microsoft.Network/virtualNetworks", "2025-03-01", "virtual network"),
    SUBNET("Microsoft.Network/virtualNetworks/subnets", "2025-03-01", "subnet"),
    SECURITY_GROUP("Microsoft.Network/networkSecurityGroups", "2025-03-01", "network security group"),
    ROUTE_TABLE("Microsoft.Network/routeTables", "2025-03-01", "route table"),
    LOAD_BALANCER("Microsoft.Network/loadBalancers", "2025-03-01", "load balancer"),
    NAT_GATEWAY("Microsoft.Network/natGateways", "2025-03-01", "NAT gateway"),
    PUBLIC_ADDRESS("Microsoft.Network/publicIPAddresses", "2025-03-01", "public IP address"),
    PUBLIC_PREFIX("Microsoft.Network/publicIPPrefixes", "2025-03-01", "public IP prefix"),
    FIREWALL("Microsoft.Network/azureFirewalls", "2025-03-01", "Azure Firewall"),
    FIREWALL_POLICY("Microsoft.Network/firewallPolicies", "2025-03-01", "firewall policy"),
    RULE_COLLECTION_GROUP(
            "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "2025-03-01", "rule collection group"),
    IP_GROUP("Microsoft.Network/ipGroups", "2025-03-01", "IP group"),
    LOCK("Microsoft.Authorization/locks", "2016-09-01", "lock"),
    METRICS("Microsoft.Insights/metrics", "2018-01-01", "metric"),
    /** Where the state of a run-command under way is told. */
    OPERATION("Microsoft.Compute/locations/operations", "2025-04-01", "operation");

    private final String type;
    private final String apiVersion;
    private final String words;

    ArmType(String type, String apiVersion, String words) {
        this.type = type;
        this.apiVersion = apiVersion;
        this.words = words;
    }

    /** The type as Azure writes it, which is also what a gap is about. */
    String type() {
        return type;
    }

    String apiVersion() {
        return apiVersion;
    }

    /** One of it, for people. */
    String words() {
        return words;
    }

    /** Several of it, for people. */
    String plural() {
        if (words.endsWith("ss") || words.endsWith("x")) {
            return words + "es";
        }
        return words.endsWith("cy") ? words.substring(0, words.length() - 1) + "ies" : words + "s";
    }

    /** The last part of the type, as it stands in a path. */
    String collection() {
        return type.substring(type.lastIndexOf('/') + 1);
    }

    /** The permission that reading it needs. */
    String action() {
        return type + "/read";
    }

    /** The kind of a path's resource or list; empty for one that is never read. */
    static Optional<ArmType> ofPath(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        int at = lower.lastIndexOf("/providers/");
        if (at < 0) {
            return Optional.empty();
        }
        String[] parts = lower.substring(at + "/providers/".length()).split("/", -1);
        StringBuilder type = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i += 2) {
            type.append('/').append(parts[i]);
        }
        return Arrays.stream(values())
                .filter(one -> one.type.toLowerCase(Locale.ROOT).contentEquals(type))
                .findFirst();
    }
}
