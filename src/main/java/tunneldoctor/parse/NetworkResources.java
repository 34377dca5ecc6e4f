package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.LoadBalancer;
import tunneldoctor.model.NatGateway;
import tunneldoctor.model.ResourceLock;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.Subnet;
import tunneldoctor.model.VirtualNetwork;

/**
 * Reads virtual networks, subnets, route tables, load balancers, NAT gateways and locks.
 * <pre>
 * {"name": "aks-vnet", "properties": {"addressSpace": {"addressPrefixes": ["10.224.0.0/12"]},
 *  "subnets": [{"name": "aks-subnet", "properties": {"addressPrefix": "10.224.0.0/16", "networkSecurityGroup": {"id": "…"}}}],
 *  "virtualNetworkPeerings": [{"properties": {"peeringState": "Connected", "remoteAddressSpace": {…}}}]}}
 * </pre>
 * A resource shown without what it is about ({@code az resource list} prints such) is a problem, never an empty one.
 */
final class NetworkResources {
    /** The subnet Azure demands for a virtual network's own gateway. */
    private static final String GATEWAY_SUBNET = "GatewaySubnet";

    private static final int UNKNOWN = -1;

    private final FactsBuilder facts;
    private final Map<String, Integer> prefixSizes = new HashMap<>();

    /** @param publicPrefixes public IP prefixes, whose sizes count outbound addresses */
    NetworkResources(FactsBuilder facts, List<Resource> publicPrefixes) {
        this.facts = facts;
        for (Resource prefix : publicPrefixes) {
            int length = prefix.tree().number("prefixLength");
            if (length > 1 && length <= 32) {
                prefixSizes.put(prefix.key(), 1 << (32 - length));
            }
        }
    }

    /** Networks, and subnets whether they stand alone or inside their network; one that does both counts once. */
    void networks(List<Resource> networks, List<Resource> alone) {
        Map<String, Subnet> subnets = new LinkedHashMap<>();
        for (Resource resource : alone) {
            subnet(resource, "").ifPresent(subnet -> subnets.put(resource.key(), subnet));
        }
        for (Resource network : networks) {
            network(network);
            for (ArmTree tree : network.tree().items("subnets")) {
                Resource part = network.part("subnets", tree);
                Optional<Subnet> subnet = subnet(part, network.lowerId());
                Subnet other = subnets.get(part.key());
                if (other == null) {
                    subnet.ifPresent(s -> subnets.put(part.key(), s));
                } else if (subnet.isPresent() && !sameBindings(subnet.get(), other)) {
                    facts.problem(
                            part.source(""),
                            "subnet " + OneLine.name(part.name()) + " is given twice with different bindings; "
                                    + other.source().document() + " counts",
                            "keep the newer of the two");
                }
            }
        }
        facts.subnets.addAll(subnets.values());
    }

    private static boolean sameBindings(Subnet one, Subnet other) {
        return one.nsgId().equals(other.nsgId())
                && one.routeTableId().equals(other.routeTableId())
                && one.natGatewayId().equals(other.natGatewayId());
    }

    private Optional<Subnet> subnet(Resource resource, String networkId) {
        ArmTree tree = resource.tree();
        ArmTree.Texts prefixes = tree.texts("addressPrefix", "addressPrefixes");
        Optional<String> nsg = tree.reference("networkSecurityGroup");
        Optional<String> routeTable = tree.reference("routeTable");
        Optional<String> natGateway = tree.reference("natGateway");
        boolean shown = !prefixes.isEmpty()
                || tree.mentions("networkSecurityGroup")
                || tree.mentions("routeTable")
                || tree.mentions("natGateway");
        if (resource.name().isEmpty()
                || !shown
                || !prefixes.understood()
                || nsg.isEmpty()
                || routeTable.isEmpty()
                || natGateway.isEmpty()) {
            unusable(resource, "subnet", "its prefixes and bindings", "az network vnet subnet show -o json");
            return Optional.empty();
        }
        int end = resource.lowerId().indexOf("/subnets/");
        return Optional.of(new Subnet(
                resource.lowerId(),
                resource.name(),
                end < 0 ? networkId : resource.lowerId().substring(0, end),
                prefixes.values(),
                nsg.get(),
                routeTable.get(),
                natGateway.get(),
                resource.source("prefix " + OneLine.list(prefixes.values())
                        + ", network security group " + orNone(nsg.get())
                        + ", route table " + orNone(routeTable.get())
                        + (natGateway.get().isEmpty() ? "" : ", NAT gateway " + natGateway.get()))));
    }

    private static String orNone(String id) {
        return id.isEmpty() ? "none" : id;
    }

    private void network(Resource resource) {
        Optional<ArmTree.Texts> space = resource.tree().get("addressSpace").map(s -> s.texts("addressPrefixes"));
        if (space.isEmpty() || space.get().isEmpty() || !space.get().understood()) {
            unusable(resource, "virtual network", "its address space", "az network vnet show -o json");
            return;
        }
        Set<String> peered = new LinkedHashSet<>();
        // A subnet that hides its name may be the gateway's.
        boolean gateway = resource.tree().items("subnets").stream()
                .map(subnet -> resource.part("subnets", subnet).name())
                .anyMatch(name -> name.isEmpty() || name.equalsIgnoreCase(GATEWAY_SUBNET));
        for (ArmTree tree : resource.tree().items("virtualNetworkPeerings")) {
            Resource peering = resource.part("virtualNetworkPeerings", tree);
            String state = tree.text("peeringState");
            if (state.isEmpty()) {
                unusable(peering, "peering", "its state", "az network vnet show -o json");
                gateway = true;
            } else if (state.equalsIgnoreCase("Connected")) {
                gateway |= tree.answer("useRemoteGateways").yes();
                ArmTree.Texts remote = remoteSpace(tree);
                if (remote.isEmpty() || !remote.understood()) {
                    unusable(peering, "peering", "the remote address space", "az network vnet show -o json");
                    gateway = true;
                }
                peered.addAll(remote.values());
            }
        }
        List<String> prefixes = space.get().values();
        facts.networks.add(new VirtualNetwork(
                resource.lowerId(),
                resource.name(),
                prefixes,
                List.copyOf(peered),
                gateway,
                resource.tree()
                        .get("dhcpOptions")
                        .map(o -> o.texts("dnsServers").values())
                        .orElse(List.of()),
                resource.source("address space " + OneLine.list(prefixes)
                        + (peered.isEmpty() ? "" : ", peered with " + OneLine.list(List.copyOf(peered)))
                        + (gateway ? ", with a gateway" : ""))));
    }

    /** What the peering has synchronised, which is what the VirtualNetwork tag covers; else the remote's present space. */
    private static ArmTree.Texts remoteSpace(ArmTree peering) {
        return peering.get("remoteAddressSpace")
                .or(() -> peering.get("remoteVirtualNetworkAddressSpace"))
                .map(space -> space.texts("addressPrefixes"))
                .orElse(new ArmTree.Texts(List.of(), false));
    }

    void routeTable(Resource resource) {
        Optional<List<String>> subnets = resource.tree().references("subnets");
        List<RouteTable.Route> routes = new ArrayList<>();
        boolean readable = resource.tree().hasList("routes") && subnets.isPresent();
        for (ArmTree tree : resource.tree().items("routes")) {
            Resource part = resource.part("routes", tree);
            String prefix = tree.text("addressPrefix");
            String hop = tree.text("nextHopType");
            String address = tree.text("nextHopIpAddress");
            readable &= !prefix.isEmpty() && !hop.isEmpty();
            routes.add(new RouteTable.Route(
                    part.name(),
                    prefix,
                    hop,
                    address,
                    part.source("route " + OneLine.orUnknown(prefix) + " next hop " + OneLine.orUnknown(hop)
                            + (address.isEmpty() ? "" : " " + address))));
        }
        if (!readable) {
            unusable(resource, "route table", "all its routes and subnets", "az network route-table show -o json");
            return;
        }
        facts.routeTables.add(new RouteTable(
                resource.lowerId(),
                resource.name(),
                resource.resourceGroup(),
                routes,
                subnets.orElse(List.of()),
                resource.tree().answer("disableBgpRoutePropagation").yes(),
                resource.source(routes.size() + " routes, subnet " + OneLine.list(subnets.orElse(List.of())))));
    }

    void loadBalancer(Resource resource) {
        // A balancer shown with its frontends but without the key has no outbound rules; a bare stub says nothing.
        boolean none = !resource.tree().has("outboundRules") && resource.tree().hasList("frontendIPConfigurations");
        if (!none && !resource.tree().hasList("outboundRules")) {
            unusable(resource, "load balancer", "its outbound rules", "az network lb show -o json");
            return;
        }
        Map<String, Integer> frontends = frontendSizes(resource);
        List<LoadBalancer.OutboundRule> rules = new ArrayList<>();
        for (ArmTree tree : resource.tree().items("outboundRules")) {
            Resource part = resource.part("outboundRules", tree);
            int ports = tree.number("allocatedOutboundPorts");
            int idle = tree.number("idleTimeoutInMinutes");
            int addresses = tree.references("frontendIPConfigurations")
                    .filter(ids -> !ids.isEmpty())
                    .map(ids -> sum(ids.stream()
                            .map(id -> frontends.getOrDefault(id, UNKNOWN))
                            .toList()))
                    .orElse(UNKNOWN);
            rules.add(new LoadBalancer.OutboundRule(
                    part.name(),
                    ports,
                    idle,
                    addresses,
                    part.source("allocatedOutboundPorts " + number(ports) + ", idleTimeoutInMinutes " + number(idle)
                            + ", public addresses " + number(addresses))));
        }
        facts.loadBalancers.add(new LoadBalancer(
                resource.lowerId(),
                resource.name(),
                resource.resourceGroup(),
                rules,
                resource.source(rules.size() + " outbound rules")));
    }

    /** Public addresses behind each frontend of a load balancer. */
    private Map<String, Integer> frontendSizes(Resource balancer) {
        Map<String, Integer> sizes = new HashMap<>();
        for (ArmTree tree : balancer.tree().items("frontendIPConfigurations")) {
            Resource frontend = balancer.part("frontendIPConfigurations", tree);
            Optional<String> prefix = tree.reference("publicIPPrefix").filter(id -> !id.isEmpty());
            sizes.put(
                    frontend.key(),
                    tree.has("publicIPPrefix")
                            ? prefix.map(id -> prefixSizes.getOrDefault(id, UNKNOWN))
                                    .orElse(UNKNOWN)
                            : tree.has("publicIPAddress") ? 1 : UNKNOWN);
        }
        return sizes;
    }

    void natGateway(Resource resource) {
        ArmTree tree = resource.tree();
        Optional<List<String>> addresses = tree.references("publicIpAddresses");
        Optional<List<String>> prefixes = tree.references("publicIpPrefixes");
        Optional<List<String>> subnets = tree.references("subnets");
        if (subnets.isEmpty()) {
            unusable(resource, "NAT gateway", "its subnets", "az network nat gateway show -o json");
            return;
        }
        boolean stated = tree.mentions("publicIpAddresses") || tree.mentions("publicIpPrefixes");
        List<Integer> sizes = new ArrayList<>();
        addresses.ifPresentOrElse(ids -> sizes.add(ids.size()), () -> sizes.add(UNKNOWN));
        prefixes.ifPresentOrElse(
                ids -> ids.forEach(id -> sizes.add(prefixSizes.getOrDefault(id, UNKNOWN))), () -> sizes.add(UNKNOWN));
        int count = stated ? sum(sizes) : UNKNOWN;
        int idle = tree.number("idleTimeoutInMinutes");
        facts.natGateways.add(new NatGateway(
                resource.lowerId(),
                resource.name(),
                resource.resourceGroup(),
                count,
                idle,
                subnets.get(),
                resource.source("public addresses " + number(count) + ", idleTimeoutInMinutes " + number(idle))));
    }

    private static int sum(List<Integer> sizes) {
        long sum = 0;
        for (int size : sizes) {
            if (size == UNKNOWN) {
                return UNKNOWN;
            }
            sum += size;
        }
        return (int) Math.min(sum, Integer.MAX_VALUE);
    }

    void lock(Resource resource) {
        String level = resource.tree().text("level");
        if (level.isEmpty()) {
            unusable(resource, "lock", "its level", "az lock list -o json");
            return;
        }
        int end = resource.lowerId().lastIndexOf("/providers/microsoft.authorization/locks/");
        String scope = end < 0 ? "" : resource.lowerId().substring(0, end);
        facts.locks.add(new ResourceLock(
                resource.name(), level, scope, resource.source("lock " + level + " on " + OneLine.orUnknown(scope))));
    }

    private static String number(int value) {
        return value == UNKNOWN ? "not stated" : Integer.toString(value);
    }

    private void unusable(Resource resource, String what, String lacks, String command) {
        facts.problem(
                resource.source(""),
                what + " " + OneLine.name(OneLine.orUnknown(resource.name())) + " is shown without " + lacks
                        + " in readable form, so it is not used",
                "give it whole: " + command);
    }
}
