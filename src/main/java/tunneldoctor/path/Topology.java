package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.AzureFirewall;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.NetworkInterface;
import tunneldoctor.model.Node;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.ScaleSet;
import tunneldoctor.model.Shell;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Subnet;

/** Which nodes there are, and what of Azure's network stands in front of each. Safe for use by several threads. */
final class Topology {
    private final Facts facts;
    private final ClusterNodes nodes;
    private final Map<String, ScaleSet> scaleSets = new HashMap<>();
    private final Map<String, Subnet> subnets = new HashMap<>();
    private final Map<String, Nsg> nsgs = new HashMap<>();
    private final Map<String, List<NetworkInterface>> interfacesByAddress = new HashMap<>();
    private final Map<String, Routing> routings = new ConcurrentHashMap<>();
    private final Map<Node, Optional<Set<String>>> applicationGroups = new IdentityHashMap<>();
    private Optional<List<Nsg>> unbound = Optional.empty();
    private @Nullable NsgFilter groupFilter;

    Topology(Facts facts) {
        this(facts, new ClusterNodes(facts));
    }

    /** @param before that of the facts before some changes */
    Topology(Facts changed, Topology before) {
        this(changed, new ClusterNodes(changed, before.nodes()));
        if (sameNetwork(changed.azure(), before.facts.azure())) {
            this.groupFilter = before.groupFilter();
        }
    }

    /** Whether prefix texts cover the same, and the same security admin rules come first. */
    private static boolean sameNetwork(Facts.Azure one, Facts.Azure other) {
        return one.cluster().equals(other.cluster())
                && one.scaleSets().equals(other.scaleSets())
                && one.networks().equals(other.networks())
                && one.subnets().equals(other.subnets())
                && one.routeTables().equals(other.routeTables())
                && one.adminRules().equals(other.adminRules());
    }

    private Topology(Facts facts, ClusterNodes nodes) {
        this.facts = facts;
        this.nodes = nodes;
        facts.azure().scaleSets().forEach(set -> scaleSets.put(lower(set.name()), set));
        facts.azure().subnets().forEach(subnet -> subnets.put(key(subnet.id(), subnet.name()), subnet));
        facts.azure().nsgs().forEach(nsg -> nsgs.put(key(nsg.id(), nsg.name()), nsg));
        for (NetworkInterface nic : facts.azure().interfaces()) {
            nic.addresses()
                    .forEach(a -> interfacesByAddress
                            .computeIfAbsent(a, address -> new ArrayList<>())
                            .add(nic));
        }
    }

    /** Every node any evidence names, in the order of first mention. */
    Collection<Node> nodes() {
        return nodes.known().values();
    }

    Optional<Node> node(String name) {
        return Optional.ofNullable(nodes.known().get(name));
    }

    /**
     * Every node the tunnel must reach: those known, and one without a name for those that are only counted, so that
     * nothing is said of all nodes while some are not in the facts.
     */
    Collection<Node> targets() {
        return nodes.targets();
    }

    /** The subnet a node's primary address is in; empty where the evidence does not tell. */
    Optional<String> subnetId(Node node) {
        return networkInterface(node)
                .flatMap(nic -> nic.subnetIds().stream().findFirst())
                .or(() -> scaleSet(node).flatMap(set -> set.subnetIds().stream().findFirst()))
                .or(() -> poolSubnet(node))
                .or(() -> AddressSet.parse(node.address()).flatMap(this::subnetHolding));
    }

    /** The subnet resource of an id, if the facts hold it. */
    Optional<Subnet> subnet(String id) {
        Subnet named = subnets.get(lower(id));
        return Optional.ofNullable(named != null ? named : subnets.get(ArmId.name(lower(id))));
    }

    /** The one subnet of the facts that holds all of some addresses: its id, or its name where it has none. */
    Optional<String> subnetHolding(AddressSet addresses) {
        List<Subnet> holding = facts.azure().subnets().stream()
                .filter(subnet -> !addresses.isEmpty() && addresses(subnet).overlaps(addresses))
                .toList();
        return holding.size() == 1 && addresses(holding.get(0)).includes(addresses)
                ? Optional.of(key(holding.get(0).id(), holding.get(0).name()))
                : Optional.empty();
    }

    private Optional<String> poolSubnet(Node node) {
        return facts.azure().cluster().stream()
                .flatMap(cluster -> cluster.pools().stream())
                .filter(pool -> pool.name().equalsIgnoreCase(poolOf(node))
                        && !pool.nodeSubnetId().isEmpty())
                .map(pool -> lower(pool.nodeSubnetId()))
                .findFirst();
    }

    /**
     * Which route table stands behind a subnet.
     *
     * @param subnetId empty where it is not known which subnet it is
     * @param whose who is in the subnet, for people
     */
    Routing routing(Optional<String> subnetId, String whose) {
        return routings.computeIfAbsent(
                subnetId.orElse("of " + whose),
                id -> subnetId.map(this::routing).orElseGet(() -> unknownSubnet(whose)));
    }

    private Routing routing(String subnetId) {
        String id = lower(subnetId);
        Optional<Subnet> subnet = subnet(id);
        String wanted = subnet.map(Subnet::routeTableId).orElse("");
        String place = "subnet " + subnet.map(Subnet::name).orElse(ArmId.name(id));
        if (!wanted.isEmpty()) {
            return facts.azure().routeTables().stream()
                    .filter(table -> sameResource(key(table.id(), table.name()), wanted))
                    .findFirst()
                    .<Routing>map(table -> new Routing.Known(place, Optional.of(table)))
                    .orElseGet(() -> new Routing.Unknown(
                            place,
                            new Missing(
                                    "the routes of route table " + ArmId.name(wanted),
                                    "az network route-table show --ids " + Shell.quote(wanted) + " -o json")));
        }
        Optional<RouteTable> table = facts.azure().routeTables().stream()
                .filter(one -> one.subnetIds().stream().anyMatch(bound -> sameResource(bound, id)))
                .findFirst();
        return table.isPresent() || subnet.isPresent()
                ? new Routing.Known(place, table)
                : new Routing.Unknown(
                        place,
                        new Missing(
                                "the route table of " + place,
                                id.indexOf('/') < 0
                                        ? "az network vnet list -o json"
                                        : "az network vnet subnet show --ids " + Shell.quote(id) + " -o json"));
    }

    private Routing unknownSubnet(String whose) {
        return new Routing.Unknown(
                "the subnet of " + whose,
                new Missing(
                        "which subnet, and which route table behind it, " + whose + " is in",
                        "az vmss list --resource-group " + nodeGroupWord() + " -o json"));
    }

    /** The one Azure Firewall with this private address; empty where none has it, or several do. */
    Optional<AzureFirewall> firewallAt(String address) {
        List<AzureFirewall> there = facts.azure().firewalls().stream()
                .filter(firewall ->
                        !address.isEmpty() && firewall.privateAddress().equals(address.strip()))
                .toList();
        return there.size() == 1 ? Optional.of(there.get(0)) : Optional.empty();
    }

    /** What prefix texts cover in this cluster's network. */
    ServiceTags serviceTags() {
        return groupFilter().tags();
    }

    /** Decides for every group of this cluster's network. */
    synchronized NsgFilter groupFilter() {
        NsgFilter known = groupFilter;
        if (known == null) {
            List<AddressSet> inside = new ArrayList<>();
            nodes().forEach(node -> AddressSet.parse(node.address()).ifPresent(inside::add));
            known = new NsgFilter(
                    new ServiceTags(facts, AddressSet.union(inside)),
                    facts.azure().adminRules());
            groupFilter = known;
        }
        return known;
    }

    /** A node's address; where it is not known every address of its subnet, or else every one. */
    AddressSet addresses(Node node) {
        return AddressSet.parse(node.address())
                .or(() -> subnetId(node)
                        .flatMap(this::subnet)
                        .map(Topology::addresses)
                        .filter(a -> !a.isEmpty()))
                .orElse(AddressSet.ALL);
    }

    /** Every address of a subnet. */
    static AddressSet addresses(Subnet subnet) {
        return ServiceTags.blocks(subnet.prefixes());
    }

    /** The subnets that hold the addresses, since a recreated node or agent gets another address of the same subnet. */
    AddressSet rangeAround(AddressSet addresses) {
        AddressSet range = addresses;
        for (Subnet subnet : facts.azure().subnets()) {
            for (String prefix : subnet.prefixes()) {
                AddressSet block = AddressSet.parse(prefix).orElse(AddressSet.NONE);
                if (block.overlaps(addresses)) {
                    range = range.union(block);
                }
            }
        }
        return range;
    }

    /** The subnet a node's pods get their addresses from, where its pool has one of its own. */
    Optional<String> podSubnetId(Node node) {
        return facts.azure().cluster().stream()
                .flatMap(cluster -> cluster.pools().stream())
                .filter(pool -> pool.name().equalsIgnoreCase(poolOf(node))
                        && !pool.podSubnetId().isEmpty())
                .map(pool -> lower(pool.podSubnetId()))
                .findFirst();
    }

    private String poolOf(Node node) {
        if (!node.pool().isEmpty()) {
            return node.pool();
        }
        String[] words = node.name().split("-", -1);
        return words.length == 4 && words[0].equals("aks") ? words[1] : "";
    }

    private Optional<ScaleSet> scaleSet(Node node) {
        return Optional.ofNullable(scaleSets.get(lower(node.scaleSet()))).filter(ScaleSet::networkStated);
    }

    /** The interface with the node's address; of several, as networks may share addresses, the one of its scale set. */
    private Optional<NetworkInterface> networkInterface(Node node) {
        List<NetworkInterface> holding = interfacesByAddress.getOrDefault(node.address(), List.of());
        List<NetworkInterface> own = new ArrayList<>();
        for (NetworkInterface nic : holding) {
            Optional<String> set = scaleSetOf(nic);
            if (set.isPresent() ? set.get().equalsIgnoreCase(node.scaleSet()) : holding.size() == 1) {
                own.add(nic);
            }
        }
        return own.size() == 1 ? Optional.of(own.get(0)) : Optional.empty();
    }

    private static Optional<String> scaleSetOf(NetworkInterface nic) {
        return ArmId.segmentAfter(nic.virtualMachineId(), "virtualMachineScaleSets")
                .or(() -> ArmId.segmentAfter(nic.id(), "virtualMachineScaleSets"));
    }

    /** Application security groups a node's interface is in; empty where the evidence does not tell. */
    synchronized Optional<Set<String>> applicationGroups(Node node) {
        return applicationGroups.computeIfAbsent(node, this::findApplicationGroups);
    }

    private Optional<Set<String>> findApplicationGroups(Node node) {
        return networkInterface(node)
                .map(nic -> Set.copyOf(nic.applicationGroups()))
                .or(() -> scaleSet(node).map(set -> Set.copyOf(set.applicationGroups())));
    }

    /** The network security group on a node's interface. */
    Binding interfaceGroup(Node node) {
        Optional<NetworkInterface> nic = networkInterface(node);
        if (nic.isPresent()) {
            return bound(
                    nic.get().nsgId(),
                    scaleSetOf(nic.get())
                            .map(set -> "network interfaces of scale set " + set)
                            .orElse("network interface " + nic.get().name()));
        }
        // A scale set says what its next instance gets; an interface what this one has.
        Optional<ScaleSet> set = scaleSet(node);
        if (set.isPresent()) {
            return bound(
                    set.get().nsgId(),
                    "network interfaces of scale set " + set.get().name());
        }
        String place = "the network interface of " + label(node);
        for (Nsg nsg : facts.azure().nsgs()) {
            boolean mine = nsg.interfaceIds().stream()
                    .anyMatch(id -> !node.scaleSet().isEmpty()
                            && ArmId.segmentAfter(id, "virtualMachineScaleSets")
                                    .map(name -> name.equalsIgnoreCase(node.scaleSet()))
                                    .orElse(false));
            if (mine) {
                return new Binding.Bound(nsg, "network interfaces of scale set " + node.scaleSet());
            }
        }
        return new Binding.Unknown(
                place,
                new Missing(
                        "which network security group is on the network interface of " + label(node),
                        node.scaleSet().isEmpty()
                                ? "az network nic list --resource-group " + groupWord(node) + " -o json"
                                : "az vmss show --resource-group " + groupWord(node) + " --name "
                                        + Shell.quote(node.scaleSet()) + " -o json"),
                unbound());
    }

    /** The network security group on a subnet. */
    Binding subnetGroup(Optional<String> subnetId, String whose) {
        if (subnetId.isEmpty()) {
            return new Binding.Unknown(
                    "the subnet of " + whose,
                    new Missing(
                            "which subnet, and which network security group on it, " + whose + " is in",
                            "az vmss list --resource-group " + nodeGroupWord() + " -o json"),
                    unbound());
        }
        String id = lower(subnetId.get());
        String place = "subnet " + ArmId.name(id);
        Optional<Subnet> subnet = subnet(id);
        if (subnet.isPresent() && !subnet.get().nsgId().isEmpty()) {
            return bound(subnet.get().nsgId(), "subnet " + subnet.get().name());
        }
        for (Nsg nsg : facts.azure().nsgs()) {
            if (nsg.subnetIds().stream().anyMatch(bound -> sameResource(bound, id))) {
                return new Binding.Bound(nsg, place);
            }
        }
        return subnet.isPresent()
                ? new Binding.None("subnet " + subnet.get().name(), subnet.get().source())
                : new Binding.Unknown(
                        place,
                        new Missing(
                                "the network security group of " + place,
                                "az network vnet subnet show --ids " + Shell.quote(id) + " -o json"),
                        unbound());
    }

    private Binding bound(String nsgId, String place) {
        if (nsgId.isEmpty()) {
            return new Binding.None(place, new SourceRef("", 0, ""));
        }
        Nsg nsg = nsgs.get(lower(nsgId));
        if (nsg == null) {
            nsg = facts.azure().nsgs().stream()
                    .filter(candidate ->
                            candidate.id().isEmpty() && candidate.name().equalsIgnoreCase(ArmId.name(nsgId)))
                    .findFirst()
                    .orElse(null);
        }
        return nsg != null
                ? new Binding.Bound(nsg, place)
                : new Binding.Unknown(
                        place,
                        new Missing(
                                "the rules of network security group " + ArmId.name(nsgId) + " on " + place,
                                "az network nsg show --ids " + Shell.quote(nsgId) + " -o json"),
                        List.of());
    }

    /** Groups that say nowhere what they are bound to, so that they may be bound anywhere. */
    private synchronized List<Nsg> unbound() {
        if (unbound.isEmpty()) {
            unbound = Optional.of(gatherUnbound());
        }
        return unbound.get();
    }

    private List<Nsg> gatherUnbound() {
        List<Nsg> loose = new ArrayList<>();
        for (Nsg nsg : facts.azure().nsgs()) {
            String key = key(nsg.id(), nsg.name());
            boolean elsewhere = facts.azure().scaleSets().stream()
                            .anyMatch(s -> lower(s.nsgId()).equals(key))
                    || facts.azure().subnets().stream()
                            .anyMatch(s -> lower(s.nsgId()).equals(key))
                    || facts.azure().interfaces().stream()
                            .anyMatch(i -> lower(i.nsgId()).equals(key));
            if (!elsewhere && nsg.subnetIds().stream().allMatch(id -> !subnets.containsKey(id))) {
                loose.add(nsg);
            }
        }
        return loose;
    }

    /** A node for people; the instances of a scale set are alike in what Azure puts in front of them. */
    static String label(Node node) {
        if (!node.scaleSet().isEmpty()) {
            return "scale set " + node.scaleSet();
        }
        return node.name().isEmpty() ? "the nodes not listed" : "node " + node.name();
    }

    private String nodeGroupWord() {
        return facts.azure()
                .cluster()
                .map(cluster -> cluster.nodeResourceGroup())
                .filter(group -> !group.isEmpty())
                .map(Shell::quote)
                .orElse("\"$NODE_RESOURCE_GROUP\"");
    }

    private static String groupWord(Node node) {
        return node.resourceGroup().isEmpty() ? "\"$NODE_RESOURCE_GROUP\"" : Shell.quote(node.resourceGroup());
    }

    /** Minimal facts may name a resource where others give its whole id. */
    private static boolean sameResource(String one, String other) {
        return one.equals(other)
                || (one.indexOf('/') < 0 || other.indexOf('/') < 0)
                        && ArmId.name(one).equals(ArmId.name(other));
    }

    private static String key(String id, String name) {
        return lower(id.isEmpty() ? name : id);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** Which route table stands behind a subnet; one instance for each subnet. */
    sealed interface Routing {
        /** The subnet, for people. */
        String place();

        /** @param table empty where the subnet has none, so that Azure's own routes count */
        record Known(String place, Optional<RouteTable> table) implements Routing {}

        record Unknown(String place, Missing missing) implements Routing {}
    }

    /** Which network security group stands at a place. */
    sealed interface Binding {
        String place();

        record Bound(Nsg nsg, String place) implements Binding {}

        record None(String place, SourceRef source) implements Binding {}

        /** @param candidates groups in the facts that may be the one */
        record Unknown(String place, Missing missing, List<Nsg> candidates) implements Binding {}
    }
}
