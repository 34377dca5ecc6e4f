package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Answer;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.Facts;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.Missing;
import tunneldoctor.model.NetworkInterface;
import tunneldoctor.model.Node;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.ScaleSet;
import tunneldoctor.model.Shell;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Subnet;
import tunneldoctor.model.TunnelPod;

/** Which nodes there are, and what of Azure's network stands in front of each. */
final class Topology {
    /** AKS names a scale set's instance by its number in base 36, six digits. */
    private static final Pattern SCALE_SET_NODE =
            Pattern.compile("(aks-.+-\\d+-vmss)([0-9a-z]{6})", Pattern.CASE_INSENSITIVE);

    private final Facts facts;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, ScaleSet> scaleSets = new HashMap<>();
    private final Map<String, Subnet> subnets = new HashMap<>();
    private final Map<String, Nsg> nsgs = new HashMap<>();
    private final Map<String, NetworkInterface> interfacesByAddress = new HashMap<>();

    Topology(Facts facts) {
        this.facts = facts;
        facts.azure().scaleSets().forEach(set -> scaleSets.put(lower(set.name()), set));
        facts.azure().subnets().forEach(subnet -> subnets.put(key(subnet.id(), subnet.name()), subnet));
        facts.azure().nsgs().forEach(nsg -> nsgs.put(key(nsg.id(), nsg.name()), nsg));
        facts.azure().interfaces().forEach(nic -> nic.addresses().forEach(a -> interfacesByAddress.put(a, nic)));
        gatherNodes();
    }

    /** Every node any evidence names, in the order of first mention. */
    Collection<Node> nodes() {
        return nodes.values();
    }

    Optional<Node> node(String name) {
        return Optional.ofNullable(nodes.get(name));
    }

    /**
     * Every node the tunnel must reach: those known, and one without a name for those that are only counted, so that
     * nothing is said of all nodes while some are not in the facts.
     */
    Collection<Node> targets() {
        int counted = facts.azure().cluster().stream()
                .flatMap(cluster -> cluster.pools().stream())
                .mapToInt(pool -> Math.max(0, pool.count()))
                .sum();
        boolean whole = !nodes.isEmpty() && (facts.nodesListed() || counted <= nodes.size());
        if (whole) {
            return nodes.values();
        }
        List<Node> targets = new ArrayList<>(nodes.values());
        String group = facts.azure().cluster().map(c -> c.nodeResourceGroup()).orElse("");
        List<String> sets =
                facts.azure().scaleSets().stream().map(ScaleSet::name).toList();
        for (String set : sets.isEmpty() ? List.of("") : sets) {
            targets.add(new Node(
                    "",
                    "",
                    "",
                    "",
                    Answer.CANNOT_TELL,
                    Answer.CANNOT_TELL,
                    group,
                    set,
                    "",
                    "eth0",
                    false,
                    new SourceRef("", 0, "")));
        }
        return targets;
    }

    private void gatherNodes() {
        for (KubeNode kube : facts.kubeNodes()) {
            nodes.put(kube.name(), node(kube.name(), Optional.of(kube), Optional.empty()));
        }
        for (NodeOutputs outputs : facts.given().nodes()) {
            Optional<KubeNode> kube = facts.kubeNodes().stream()
                    .filter(k -> k.name().equals(outputs.name()))
                    .findFirst();
            nodes.put(outputs.name(), node(outputs.name(), kube, Optional.of(outputs)));
        }
        for (TunnelPod pod : facts.tunnelPods()) {
            if (!pod.node().isEmpty() && !nodes.containsKey(pod.node())) {
                nodes.put(pod.node(), node(pod.node(), Optional.empty(), Optional.empty()));
            }
        }
    }

    private Node node(String name, Optional<KubeNode> kube, Optional<NodeOutputs> outputs) {
        String providerId = kube.map(KubeNode::providerId).orElse("");
        Matcher byName = SCALE_SET_NODE.matcher(name);
        boolean named = byName.matches();
        String scaleSet = ArmId.segmentAfter(providerId, "virtualMachineScaleSets")
                .orElse(providerId.isEmpty() && named ? byName.group(1) : "");
        String instance = scaleSet.isEmpty()
                ? ""
                : ArmId.segmentAfter(providerId, "virtualMachines")
                        .orElse(named ? Long.toString(Long.parseLong(lower(byName.group(2)), 36)) : "");
        String resourceGroup = ArmId.resourceGroup(providerId)
                .or(() -> facts.azure().cluster().map(c -> c.nodeResourceGroup()))
                .orElse("");
        return new Node(
                name,
                kube.map(KubeNode::address)
                        .filter(a -> !a.isEmpty())
                        .or(() -> outputs.flatMap(NodeOutputs::address))
                        .or(() -> facts.tunnelPods().stream()
                                .filter(pod -> pod.node().equals(name))
                                .map(TunnelPod::nodeAddress)
                                .filter(a -> !a.isEmpty())
                                .findFirst())
                        .orElse(""),
                kube.map(KubeNode::pool).orElse(""),
                kube.map(KubeNode::os).orElse(""),
                kube.map(KubeNode::ready).orElse(Answer.CANNOT_TELL),
                hostsAgent(name),
                resourceGroup,
                scaleSet,
                instance,
                outputs.flatMap(NodeOutputs::inInterface).orElse("eth0"),
                outputs.flatMap(NodeOutputs::inInterface).isPresent(),
                kube.map(KubeNode::source)
                        .or(() -> outputs.map(o -> new SourceRef("nodes[" + o.index() + "]", o.line(), name)))
                        .orElse(new SourceRef("", 0, name)));
    }

    private Answer hostsAgent(String name) {
        if (facts.tunnelPods().stream().anyMatch(pod -> pod.node().equals(name))) {
            return Answer.YES;
        }
        return facts.podsListed() ? Answer.NO : Answer.CANNOT_TELL;
    }

    /** The subnet a node's primary address is in; empty where the evidence does not tell. */
    Optional<String> subnetId(Node node) {
        return scaleSet(node)
                .flatMap(set -> set.subnetIds().stream().findFirst())
                .or(() -> networkInterface(node)
                        .flatMap(nic -> nic.subnetIds().stream().findFirst()))
                .or(() -> poolSubnet(node))
                .or(() -> subnetByAddress(node.address()).map(subnet -> key(subnet.id(), subnet.name())));
    }

    /** The subnet resource of an id, if the facts hold it. */
    Optional<Subnet> subnet(String id) {
        Subnet named = subnets.get(lower(id));
        return Optional.ofNullable(named != null ? named : subnets.get(ArmId.name(lower(id))));
    }

    /** The one subnet whose prefixes hold an address. */
    Optional<Subnet> subnetByAddress(String address) {
        Optional<Long> number = AddressSet.parseAddress(address);
        List<Subnet> holding = facts.azure().subnets().stream()
                .filter(subnet -> number.isPresent()
                        && subnet.prefixes().stream()
                                .anyMatch(p -> AddressSet.parse(p)
                                        .map(set -> set.covers(number.get()))
                                        .orElse(false)))
                .toList();
        return holding.size() == 1 ? Optional.of(holding.get(0)) : Optional.empty();
    }

    private Optional<String> poolSubnet(Node node) {
        return facts.azure().cluster().stream()
                .flatMap(cluster -> cluster.pools().stream())
                .filter(pool -> pool.name().equalsIgnoreCase(poolOf(node))
                        && !pool.nodeSubnetId().isEmpty())
                .map(pool -> lower(pool.nodeSubnetId()))
                .findFirst();
    }

    /** The route table of a subnet, if the facts hold it. */
    Optional<RouteTable> routeTable(String subnetId) {
        String id = lower(subnetId);
        String wanted = subnet(id).map(Subnet::routeTableId).orElse("");
        return facts.azure().routeTables().stream()
                .filter(table -> !wanted.isEmpty() && sameResource(key(table.id(), table.name()), wanted)
                        || table.subnetIds().stream().anyMatch(bound -> sameResource(bound, id)))
                .findFirst();
    }

    /** What prefix texts cover in this cluster's network. */
    ServiceTags serviceTags() {
        List<AddressSet> inside = new ArrayList<>();
        nodes.values().forEach(node -> AddressSet.parse(node.address()).ifPresent(inside::add));
        return new ServiceTags(facts, AddressSet.union(inside));
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
        return AddressSet.union(subnet.prefixes().stream()
                .flatMap(prefix -> AddressSet.parse(prefix).stream())
                .toList());
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

    private Optional<NetworkInterface> networkInterface(Node node) {
        return Optional.ofNullable(interfacesByAddress.get(node.address()));
    }

    /** Application security groups a node's interface is in; empty where the evidence does not tell. */
    Optional<java.util.Set<String>> applicationGroups(Node node) {
        return scaleSet(node)
                .map(set -> java.util.Set.copyOf(set.applicationGroups()))
                .or(() -> networkInterface(node).map(nic -> java.util.Set.copyOf(nic.applicationGroups())));
    }

    /** The network security group on a node's interface. */
    Binding interfaceGroup(Node node) {
        Optional<ScaleSet> set = scaleSet(node);
        if (set.isPresent()) {
            return bound(
                    set.get().nsgId(),
                    "network interfaces of scale set " + set.get().name());
        }
        Optional<NetworkInterface> nic = networkInterface(node);
        if (nic.isPresent()) {
            return bound(nic.get().nsgId(), "network interface " + nic.get().name());
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
            String group = facts.azure()
                    .cluster()
                    .map(c -> c.nodeResourceGroup())
                    .filter(g -> !g.isEmpty())
                    .map(Shell::quote)
                    .orElse("\"$NODE_RESOURCE_GROUP\"");
            return new Binding.Unknown(
                    "the subnet of " + whose,
                    new Missing(
                            "which subnet, and which network security group on it, " + whose + " is in",
                            "az vmss list --resource-group " + group + " -o json"),
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
    private List<Nsg> unbound() {
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

    /** Which network security group stands at a place. */
    sealed interface Binding {
        String place();

        record Bound(Nsg nsg, String place) implements Binding {}

        record None(String place, SourceRef source) implements Binding {}

        /** @param candidates groups in the facts that may be the one */
        record Unknown(String place, Missing missing, List<Nsg> candidates) implements Binding {}
    }
}
