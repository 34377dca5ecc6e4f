package tunneldoctor.collect.standin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An AKS cluster as Azure tells of it: overlay network, nodes in a subnet of the user's own with the group {@code nsg-nodes},
 * outbound through the load balancer {@code kubernetes}. Without more it is healthy.
 */
public final class FakeCluster {
    public static final String SUBSCRIPTION = "00000000-0000-0000-0000-00000000c0de";
    public static final String RESOURCE_GROUP = "shop-rg";
    public static final String NAME = "shop";
    public static final String NODE_GROUP = "MC_shop-rg_shop_westeurope";
    public static final String NETWORK_GROUP = "net-rg";

    private static final String NETWORK = group(NETWORK_GROUP) + "/providers/Microsoft.Network/";
    private static final String NODES = group(NODE_GROUP) + "/providers/Microsoft.Network/";
    private static final String SUBNET = NETWORK + "virtualNetworks/shop-vnet/subnets/nodes";
    private static final String HUB = NETWORK + "virtualNetworks/hub-vnet";
    private static final String FIREWALL_ADDRESS = "10.1.0.4";

    private final List<Pool> pools = new ArrayList<>();
    private final List<Object> securityRules = new ArrayList<>();
    private final List<Object> routes = new ArrayList<>();
    private final List<Object> networkRules = new ArrayList<>();
    private final Map<String, Map<String, Object>> more = new TreeMap<>();
    private long failedConnections;
    private boolean firewall;
    private boolean natGateway;
    private boolean lock;
    private int machines;

    private record Pool(String name, int count, String os, int first) {}

    /**
     * A node of the cluster.
     *
     * @param name as Kubernetes calls it
     * @param armId of its machine
     * @param os {@code Linux} or {@code Windows}
     */
    public record FakeNode(String name, String address, String armId, String pool, String os) {}

    /** So many Linux nodes: up to three of them in the pool {@code nodepool1}, the others in {@code work}. */
    public FakeCluster(int nodes) {
        pool("nodepool1", Math.min(3, nodes), "Linux");
        if (nodes > 3) {
            pool("work", nodes - 3, "Linux");
        }
    }

    /** One more scale set. */
    public FakeCluster pool(String name, int count, String os) {
        int first = pools.stream().mapToInt(Pool::count).sum();
        pools.add(new Pool(name, count, os, first));
        return this;
    }

    /** A pool {@code solo} of virtual machines without a scale set, and a machine beside it that is no node. */
    public FakeCluster machinePool(int count) {
        machines = count;
        return this;
    }

    /** A rule of the group on the nodes' subnet, for TCP from anywhere. */
    public FakeCluster securityRule(String name, int priority, String direction, String access, String ports) {
        securityRules.add(rule("securityRules", name, priority, direction, access, "Tcp", "*", "*", ports));
        return this;
    }

    /** A route table on the nodes' subnet. */
    public FakeCluster route(String name, String prefix, String hopType, String hopAddress) {
        routes.add(map(
                "name",
                name,
                "id",
                NETWORK + "routeTables/rt-nodes/routes/" + name,
                "properties",
                hopAddress.isEmpty()
                        ? map("addressPrefix", prefix, "nextHopType", hopType)
                        : map("addressPrefix", prefix, "nextHopType", hopType, "nextHopIpAddress", hopAddress)));
        return this;
    }

    /** The way out leads through a firewall in a peered network; its policy has a parent and uses an IP group. */
    public FakeCluster firewall() {
        firewall = true;
        return route("default", "0.0.0.0/0", "VirtualAppliance", FIREWALL_ADDRESS);
    }

    /** A network rule of the firewall's policy, for sources in its IP group. */
    public FakeCluster firewallRule(String name, String protocol, String destination, String ports) {
        networkRules.add(map(
                "ruleType", "NetworkRule",
                "name", name,
                "ipProtocols", List.of(protocol),
                "sourceAddresses", List.of(),
                "sourceIpGroups", List.of(NETWORK + "ipGroups/ipg-nodes"),
                "destinationAddresses", List.of(destination),
                "destinationPorts", List.of(ports)));
        return this;
    }

    /** Connections leave by a NAT gateway on the nodes' subnet. */
    public FakeCluster natGateway() {
        natGateway = true;
        return this;
    }

    /** A lock on the nodes' resource group. */
    public FakeCluster lock() {
        lock = true;
        return this;
    }

    /** So many connections found no SNAT port. */
    public FakeCluster failedConnections(long count) {
        failedConnections = count;
        return this;
    }

    /** Any other resource, or another text for one of these. */
    public FakeCluster with(String id, Map<String, Object> resource) {
        more.put(id, resource);
        return this;
    }

    public static String id() {
        return group(RESOURCE_GROUP) + "/providers/Microsoft.ContainerService/managedClusters/" + NAME;
    }

    /** All nodes, pool by pool. */
    public List<FakeNode> nodes() {
        List<FakeNode> nodes = new ArrayList<>();
        for (Pool pool : pools) {
            for (int i = 0; i < pool.count(); i++) {
                nodes.add(new FakeNode(
                        prefix(pool) + base36(i),
                        address(pool.first() + i),
                        instance(pool, i),
                        pool.name(),
                        pool.os()));
            }
        }
        int first = pools.stream().mapToInt(Pool::count).sum();
        for (int i = 0; i < machines; i++) {
            String name = "aks-solo-12345678-vm" + i;
            nodes.add(new FakeNode(
                    name,
                    address(first + i),
                    group(NODE_GROUP) + "/providers/Microsoft.Compute/virtualMachines/" + name,
                    "solo",
                    "Linux"));
        }
        return nodes;
    }

    private static String address(int number) {
        return "10.240." + number / 200 + "." + (number % 200 + 4);
    }

    private static String base36(int number) {
        String digits = Integer.toString(number, 36);
        return "0".repeat(6 - digits.length()) + digits;
    }

    private static String prefix(Pool pool) {
        return pool.os().equals("Windows") ? "aks" + pool.name() : scaleSet(pool);
    }

    private static String scaleSet(Pool pool) {
        return pool.os().equals("Windows") ? "aks" + pool.name() : "aks-" + pool.name() + "-12345678-vmss";
    }

    private static String scaleSetId(Pool pool) {
        return group(NODE_GROUP) + "/providers/Microsoft.Compute/virtualMachineScaleSets/" + scaleSet(pool);
    }

    private static String instance(Pool pool, int number) {
        return scaleSetId(pool) + "/virtualMachines/" + number;
    }

    private static String group(String name) {
        return "/subscriptions/" + SUBSCRIPTION + "/resourceGroups/" + name;
    }

    // ---- as Azure tells of it ----

    /** Every resource, by its id. */
    Map<String, Map<String, Object>> resources() {
        Map<String, Map<String, Object>> all = new TreeMap<>();
        put(all, "Microsoft.ContainerService/managedClusters", id(), cluster());
        pools.forEach(pool -> scaleSet(pool, all));
        machines(all);
        network(all);
        if (firewall) {
            hub(all);
        }
        if (lock) {
            String id = group(NODE_GROUP) + "/providers/Microsoft.Authorization/locks/keep";
            put(all, "Microsoft.Authorization/locks", id, map("level", "ReadOnly", "notes", "do not touch"));
        }
        more.forEach((id, resource) -> all.put(id, new LinkedHashMap<>(resource)));
        return all;
    }

    private static void put(
            Map<String, Map<String, Object>> all, String type, String id, Map<String, Object> properties) {
        all.put(id, resource(type, id, properties));
    }

    private static Map<String, Object> resource(String type, String id, Map<String, Object> properties) {
        return map(
                "name",
                id.substring(id.lastIndexOf('/') + 1),
                "id",
                id,
                "type",
                type,
                "location",
                "westeurope",
                "etag",
                "W/\"3f2504e0-4f89-11d3-9a0c-0305e82c3301\"",
                "properties",
                properties);
    }

    private Map<String, Object> cluster() {
        List<Object> profiles = new ArrayList<>();
        for (Pool pool : pools) {
            profiles.add(map(
                    "name",
                    pool.name(),
                    "count",
                    pool.count(),
                    "vmSize",
                    "Standard_D4s_v5",
                    "osType",
                    pool.os(),
                    "osSKU",
                    pool.os().equals("Linux") ? "Ubuntu" : "Windows2022",
                    "type",
                    "VirtualMachineScaleSets",
                    "mode",
                    pool.first() == 0 ? "System" : "User",
                    "enableAutoScaling",
                    false,
                    "provisioningState",
                    "Succeeded",
                    "vnetSubnetID",
                    SUBNET));
        }
        if (machines > 0) {
            profiles.add(map(
                    "name", "solo",
                    "count", machines,
                    "osType", "Linux",
                    "type", "VirtualMachines",
                    "mode", "User",
                    "vnetSubnetID", SUBNET));
        }
        return map(
                "provisioningState",
                "Succeeded",
                "powerState",
                map("code", "Running"),
                "kubernetesVersion",
                "1.33.2",
                "currentKubernetesVersion",
                "1.33.2",
                "dnsPrefix",
                "shop",
                "fqdn",
                "shop-0a1b2c3d.hcp.westeurope.azmk8s.io",
                "nodeResourceGroup",
                NODE_GROUP,
                "agentPoolProfiles",
                profiles,
                "servicePrincipalProfile",
                map("clientId", "msi"),
                "networkProfile",
                networkProfile(),
                "apiServerAccessProfile",
                map("enablePrivateCluster", false, "enableVnetIntegration", false));
    }

    private Map<String, Object> networkProfile() {
        Map<String, Object> profile = map(
                "networkPlugin", "azure",
                "networkPluginMode", "overlay",
                "networkDataplane", "azure",
                "loadBalancerSku", "standard",
                "podCidr", "10.244.0.0/16",
                "serviceCidr", "10.0.0.0/16",
                "outboundType",
                        firewall ? "userDefinedRouting" : natGateway ? "userAssignedNATGateway" : "loadBalancer");
        if (!natGateway) {
            profile.put(
                    "loadBalancerProfile",
                    map(
                            "managedOutboundIPs",
                            map("count", 1),
                            "effectiveOutboundIPs",
                            List.of(map("id", NODES + "publicIPAddresses/outbound-1")),
                            "allocatedOutboundPorts",
                            0,
                            "idleTimeoutInMinutes",
                            30));
        }
        return profile;
    }

    private static void scaleSet(Pool pool, Map<String, Map<String, Object>> all) {
        Map<String, Object> nic = map(
                "name", scaleSet(pool),
                "properties",
                        map(
                                "primary",
                                true,
                                "enableIPForwarding",
                                true,
                                "networkSecurityGroup",
                                map("id", NODES + "networkSecurityGroups/aks-agentpool-12345678-nsg"),
                                "ipConfigurations",
                                List.of(map(
                                        "name",
                                        "ipconfig1",
                                        "properties",
                                        map("primary", true, "subnet", map("id", SUBNET))))));
        Map<String, Object> set = resource(
                "Microsoft.Compute/virtualMachineScaleSets",
                scaleSetId(pool),
                map(
                        "singlePlacementGroup",
                        false,
                        "orchestrationMode",
                        "Uniform",
                        "virtualMachineProfile",
                        map(
                                "osProfile",
                                        map(
                                                "computerNamePrefix", prefix(pool),
                                                "customData", "I2Nsb3VkLWNvbmZpZyBwbGFudGVk",
                                                "adminUsername", "azureuser"),
                                "storageProfile", map("osDisk", map("osType", pool.os())),
                                "networkProfile", map("networkInterfaceConfigurations", List.of(nic)))));
        all.put(scaleSetId(pool), withTags(set, pool.name()));
        for (int i = 0; i < pool.count(); i++) {
            String id = instance(pool, i);
            Map<String, Object> instance = resource(
                    "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
                    id,
                    map(
                            "provisioningState", "Succeeded",
                            "osProfile", map("computerName", prefix(pool) + base36(i)),
                            "storageProfile", map("osDisk", map("osType", pool.os()))));
            instance.put("instanceId", Integer.toString(i));
            instance.put("name", scaleSet(pool) + "_" + i);
            all.put(id, instance);
            String nicId = id + "/networkInterfaces/" + scaleSet(pool);
            all.put(nicId, networkInterface(nicId, id, address(pool.first() + i)));
        }
    }

    private static Map<String, Object> withTags(Map<String, Object> resource, String pool) {
        resource.put("tags", map("aks-managed-poolName", pool));
        return resource;
    }

    /** Those of scale sets come without a type. */
    private static Map<String, Object> networkInterface(String id, String machine, String address) {
        Map<String, Object> nic = resource(
                "Microsoft.Network/networkInterfaces",
                id,
                map(
                        "provisioningState",
                        "Succeeded",
                        "primary",
                        true,
                        "macAddress",
                        "00-0D-3A-00-00-00",
                        "networkSecurityGroup",
                        map("id", NODES + "networkSecurityGroups/aks-agentpool-12345678-nsg"),
                        "virtualMachine",
                        map("id", machine),
                        "ipConfigurations",
                        List.of(map(
                                "name",
                                "ipconfig1",
                                "id",
                                id + "/ipConfigurations/ipconfig1",
                                "properties",
                                map(
                                        "primary",
                                        true,
                                        "privateIPAddress",
                                        address,
                                        "privateIPAddressVersion",
                                        "IPv4",
                                        "subnet",
                                        map("id", SUBNET))))));
        if (id.contains("/virtualMachineScaleSets/")) {
            nic.remove("type");
        }
        return nic;
    }

    private void machines(Map<String, Map<String, Object>> all) {
        for (FakeNode node : nodes()) {
            if (node.pool().equals("solo")) {
                all.put(node.armId(), withTags(machine(node.armId(), node.name()), "solo"));
                String nic = NODES + "networkInterfaces/" + node.name() + "-nic";
                all.put(nic, networkInterface(nic, node.armId(), node.address()));
            }
        }
        if (machines > 0) {
            String id = group(NODE_GROUP) + "/providers/Microsoft.Compute/virtualMachines/jumpbox";
            all.put(id, machine(id, "jumpbox"));
        }
    }

    private static Map<String, Object> machine(String id, String name) {
        return resource(
                "Microsoft.Compute/virtualMachines",
                id,
                map(
                        "osProfile", map("computerName", name),
                        "storageProfile", map("osDisk", map("osType", "Linux"))));
    }

    private void network(Map<String, Map<String, Object>> all) {
        Map<String, Object> subnet = map(
                "addressPrefix",
                "10.240.0.0/16",
                "networkSecurityGroup",
                map("id", NETWORK + "networkSecurityGroups/nsg-nodes"));
        if (!routes.isEmpty()) {
            subnet.put("routeTable", map("id", NETWORK + "routeTables/rt-nodes"));
            put(
                    all,
                    "Microsoft.Network/routeTables",
                    NETWORK + "routeTables/rt-nodes",
                    map("disableBgpRoutePropagation", false, "routes", routes, "subnets", List.of(map("id", SUBNET))));
        }
        String address = NODES + "publicIPAddresses/outbound-1";
        if (natGateway) {
            address = NETWORK + "publicIPAddresses/nat-1";
            subnet.put("natGateway", map("id", NETWORK + "natGateways/nat-nodes"));
            put(
                    all,
                    "Microsoft.Network/natGateways",
                    NETWORK + "natGateways/nat-nodes",
                    map(
                            "idleTimeoutInMinutes", 4,
                            "publicIpAddresses", List.of(map("id", address)),
                            "subnets", List.of(map("id", SUBNET))));
        } else {
            loadBalancer(all, address);
        }
        put(
                all,
                "Microsoft.Network/publicIPAddresses",
                address,
                map("publicIPAllocationMethod", "Static", "ipAddress", "203.0.113.10"));
        Map<String, Object> space = map(
                "addressSpace", map("addressPrefixes", List.of("10.240.0.0/16")),
                "subnets", List.of(map("name", "nodes", "id", SUBNET, "properties", subnet)));
        if (firewall) {
            space.put(
                    "virtualNetworkPeerings",
                    List.of(map(
                            "name",
                            "to-hub",
                            "id",
                            NETWORK + "virtualNetworks/shop-vnet/virtualNetworkPeerings/to-hub",
                            "properties",
                            map(
                                    "peeringState", "Connected",
                                    "remoteVirtualNetwork", map("id", HUB),
                                    "remoteAddressSpace", map("addressPrefixes", List.of("10.1.0.0/16"))))));
        }
        put(all, "Microsoft.Network/virtualNetworks", NETWORK + "virtualNetworks/shop-vnet", space);
        all.put(SUBNET, resource("Microsoft.Network/virtualNetworks/subnets", SUBNET, subnet));
        securityGroup(all, NETWORK + "networkSecurityGroups/nsg-nodes", securityRules, List.of(map("id", SUBNET)));
        securityGroup(all, NODES + "networkSecurityGroups/aks-agentpool-12345678-nsg", List.of(), List.of());
    }

    private static void loadBalancer(Map<String, Map<String, Object>> all, String address) {
        String id = NODES + "loadBalancers/kubernetes";
        String frontend = id + "/frontendIPConfigurations/outbound";
        put(
                all,
                "Microsoft.Network/loadBalancers",
                id,
                map(
                        "frontendIPConfigurations",
                        List.of(map(
                                "name",
                                "outbound",
                                "id",
                                frontend,
                                "properties",
                                map("publicIPAddress", map("id", address)))),
                        "outboundRules",
                        List.of(map(
                                "name",
                                "aksOutboundRule",
                                "id",
                                id + "/outboundRules/aksOutboundRule",
                                "properties",
                                map(
                                        "allocatedOutboundPorts",
                                        0,
                                        "idleTimeoutInMinutes",
                                        30,
                                        "protocol",
                                        "All",
                                        "frontendIPConfigurations",
                                        List.of(map("id", frontend)))))));
        String internal = NODES + "loadBalancers/kubernetes-internal";
        put(
                all,
                "Microsoft.Network/loadBalancers",
                internal,
                map(
                        "frontendIPConfigurations",
                        List.of(map("name", "service", "properties", map("privateIPAddress", "10.240.100.1"))),
                        "outboundRules",
                        List.of()));
    }

    private static void securityGroup(
            Map<String, Map<String, Object>> all, String id, List<Object> rules, List<Object> subnets) {
        put(
                all,
                "Microsoft.Network/networkSecurityGroups",
                id,
                map(
                        "securityRules", rules,
                        "subnets", subnets,
                        "defaultSecurityRules",
                                List.of(
                                        byDefault(
                                                "AllowVnetInBound",
                                                65000,
                                                "Inbound",
                                                "Allow",
                                                "VirtualNetwork",
                                                "VirtualNetwork"),
                                        byDefault(
                                                "AllowAzureLoadBalancerInBound",
                                                65001,
                                                "Inbound",
                                                "Allow",
                                                "AzureLoadBalancer",
                                                "*"),
                                        byDefault("DenyAllInBound", 65500, "Inbound", "Deny", "*", "*"),
                                        byDefault(
                                                "AllowVnetOutBound",
                                                65000,
                                                "Outbound",
                                                "Allow",
                                                "VirtualNetwork",
                                                "VirtualNetwork"),
                                        byDefault("AllowInternetOutBound", 65001, "Outbound", "Allow", "*", "Internet"),
                                        byDefault("DenyAllOutBound", 65500, "Outbound", "Deny", "*", "*"))));
    }

    private static Object byDefault(
            String name, int priority, String direction, String access, String source, String destination) {
        return rule("defaultSecurityRules", name, priority, direction, access, "*", source, destination, "*");
    }

    private static Object rule(
            String family,
            String name,
            int priority,
            String direction,
            String access,
            String protocol,
            String source,
            String destination,
            String ports) {
        return map(
                "name",
                name,
                "id",
                NETWORK + "networkSecurityGroups/nsg-nodes/" + family + "/" + name,
                "type",
                "Microsoft.Network/networkSecurityGroups/" + family,
                "properties",
                map(
                        "priority", priority,
                        "direction", direction,
                        "access", access,
                        "protocol", protocol,
                        "sourceAddressPrefix", source,
                        "sourcePortRange", "*",
                        "destinationAddressPrefix", destination,
                        "destinationPortRange", ports));
    }

    private void hub(Map<String, Map<String, Object>> all) {
        String fw = NETWORK + "azureFirewalls/hub-fw";
        String child = NETWORK + "firewallPolicies/child";
        String parent = NETWORK + "firewallPolicies/parent";
        put(
                all,
                "Microsoft.Network/virtualNetworks",
                HUB,
                map(
                        "addressSpace", map("addressPrefixes", List.of("10.1.0.0/16")),
                        "subnets",
                                List.of(map(
                                        "name",
                                        "AzureFirewallSubnet",
                                        "id",
                                        HUB + "/subnets/AzureFirewallSubnet",
                                        "properties",
                                        map(
                                                "addressPrefixes", List.of("10.1.0.0/26"),
                                                "ipConfigurations",
                                                        List.of(map(
                                                                "id", fw + "/azureFirewallIpConfigurations/conf")))))));
        put(
                all,
                "Microsoft.Network/azureFirewalls",
                fw,
                map(
                        "sku", map("name", "AZFW_VNet", "tier", "Standard"),
                        "firewallPolicy", map("id", child),
                        "ipConfigurations",
                                List.of(map("name", "conf", "properties", map("privateIPAddress", FIREWALL_ADDRESS)))));
        policy(all, child, map("basePolicy", map("id", parent)));
        policy(all, parent, map());
        put(
                all,
                "Microsoft.Network/ipGroups",
                NETWORK + "ipGroups/ipg-nodes",
                map("ipAddresses", List.of("10.240.0.0/16")));
    }

    private void policy(Map<String, Map<String, Object>> all, String id, Map<String, Object> properties) {
        String group = id + "/ruleCollectionGroups/aks";
        properties.put("ruleCollectionGroups", List.of(map("id", group)));
        put(all, "Microsoft.Network/firewallPolicies", id, properties);
        put(
                all,
                "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
                group,
                map(
                        "priority",
                        200,
                        "ruleCollections",
                        networkRules.isEmpty() || id.endsWith("parent")
                                ? List.of()
                                : List.of(map(
                                        "ruleCollectionType",
                                        "FirewallPolicyFilterRuleCollection",
                                        "name",
                                        "aks",
                                        "priority",
                                        100,
                                        "action",
                                        map("type", "Allow"),
                                        "rules",
                                        networkRules))));
    }

    /**
     * A metric's series.
     *
     * @param filter what splits it, as asked for
     * @param top the most series wanted
     */
    List<Object> series(String metric, String filter, int top) {
        List<Object> series = new ArrayList<>();
        switch (metric.toLowerCase(Locale.ROOT)) {
            case "snatconnectioncount" -> {
                series.add(one(map("connectionstate", "Successful"), "total", 1200));
                series.add(one(map("connectionstate", "Failed"), "total", failedConnections));
            }
            case "allocatedsnatports", "usedsnatports" ->
                nodes().forEach(node -> series.add(one(
                        map("backendipaddress", node.address(), "protocoltype", "6"),
                        "average",
                        metric.startsWith("Allocated") ? 1024 : 37)));
            default -> {}
        }
        boolean split = filter.contains("eq '*'");
        return series.subList(0, Math.min(split ? top : 1, series.size()));
    }

    private static Object one(Map<String, Object> dimensions, String aggregation, long value) {
        List<Object> metadata = new ArrayList<>();
        dimensions.forEach(
                (name, text) -> metadata.add(map("name", map("value", name, "localizedValue", name), "value", text)));
        return map(
                "metadatavalues",
                metadata,
                "data",
                List.of(
                        map("timeStamp", "2026-11-22T10:00:00Z", aggregation, value),
                        map("timeStamp", "2026-11-22T10:01:00Z")));
    }

    /** Keys and values in turn. */
    public static Map<String, Object> map(Object... entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], entries[i + 1]);
        }
        return map;
    }
}
