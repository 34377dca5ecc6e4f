package tunneldoctor.parse;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The resource types facts are made of, with what tells each from a reply that names no type. */
enum ResourceKind {
    CLUSTER(
            "Microsoft.ContainerService/managedClusters",
            t -> t.has("agentPoolProfiles") || t.has("nodeResourceGroup")),
    AGENT_POOL("Microsoft.ContainerService/managedClusters/agentPools", t -> t.has("vmSize") && t.has("osType")),
    SCALE_SET(
            "Microsoft.Compute/virtualMachineScaleSets",
            t -> t.has("virtualMachineProfile", "networkProfile") || t.has("singlePlacementGroup")),
    NSG("Microsoft.Network/networkSecurityGroups", t -> t.has("securityRules") || t.has("defaultSecurityRules")),
    SECURITY_RULE(
            "Microsoft.Network/networkSecurityGroups/securityRules",
            t -> t.has("access") && t.has("direction") && t.has("priority")),
    ADMIN_RULE("Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules", t -> false),
    RULE_COLLECTION_GROUP("Microsoft.Network/firewallPolicies/ruleCollectionGroups", t -> t.has("ruleCollections")),
    FIREWALL_POLICY("Microsoft.Network/firewallPolicies", t -> t.has("ruleCollectionGroups")),
    FIREWALL(
            "Microsoft.Network/azureFirewalls",
            t -> t.has("networkRuleCollections") || t.has("applicationRuleCollections") || t.has("firewallPolicy")),
    ROUTE_TABLE("Microsoft.Network/routeTables", t -> t.has("routes")),
    NETWORK("Microsoft.Network/virtualNetworks", t -> t.has("addressSpace")),
    LOAD_BALANCER("Microsoft.Network/loadBalancers", t -> t.has("outboundRules") || t.has("frontendIPConfigurations")),
    NAT_GATEWAY("Microsoft.Network/natGateways", t -> t.has("publicIpAddresses") || t.has("publicIpPrefixes")),
    INTERFACE(
            "Microsoft.Network/networkInterfaces",
            t -> t.has("ipConfigurations") && (t.has("macAddress") || t.has("virtualMachine"))),
    IP_GROUP("Microsoft.Network/ipGroups", t -> t.has("ipAddresses")),
    PUBLIC_PREFIX("Microsoft.Network/publicIPPrefixes", t -> t.has("prefixLength") && t.has("ipPrefix")),
    PUBLIC_ADDRESS("Microsoft.Network/publicIPAddresses", t -> t.has("publicIPAllocationMethod")),
    LOCK("Microsoft.Authorization/locks", t -> t.has("level") && t.has("notes")),
    SUBNET(
            "Microsoft.Network/virtualNetworks/subnets",
            t -> (t.has("addressPrefix") || t.has("addressPrefixes")) && !t.has("nextHopType"));

    /** A scale set's interfaces are listed under the scale set's provider. */
    private static final List<String> OTHER_INTERFACES = List.of(
            "microsoft.compute/virtualmachinescalesets/networkinterfaces",
            "microsoft.compute/virtualmachinescalesets/virtualmachines/networkinterfaces");

    private static final Map<String, ResourceKind> BY_TYPE = new HashMap<>();

    static {
        for (ResourceKind kind : values()) {
            BY_TYPE.put(kind.type.toLowerCase(Locale.ROOT), kind);
        }
    }

    private final String type;
    private final Predicate<ArmTree> shape;

    ResourceKind(String type, Predicate<ArmTree> shape) {
        this.type = type;
        this.shape = shape;
    }

    /** Empty for a type that no fact is made of. */
    static Optional<ResourceKind> ofType(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return OTHER_INTERFACES.contains(lower) ? Optional.of(INTERFACE) : Optional.ofNullable(BY_TYPE.get(lower));
    }

    /** The kind whose characteristic keys a reply has. */
    static Optional<ResourceKind> ofShape(ArmTree tree) {
        return Stream.of(values()).filter(kind -> kind.shape.test(tree)).findFirst();
    }

    /** What the type is called in a place, for example {@code networkSecurityGroups}. */
    String family() {
        return type.substring(type.lastIndexOf('/') + 1);
    }
}
