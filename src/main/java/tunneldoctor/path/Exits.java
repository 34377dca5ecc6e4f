package tunneldoctor.path;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Cluster.NetworkPlugin;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Node;

/** Where senders' connections enter the network: by which node's interface, and from which subnet. */
final class Exits {
    private final Topology topology;
    private final NetworkPlugin plugin;
    private final Map<Agent, List<Exit>> known = new HashMap<>();
    private final Map<Agent, Optional<Set<String>>> groups = new HashMap<>();

    Exits(Facts facts, Topology topology) {
        this.topology = topology;
        this.plugin = facts.azure().cluster().map(Cluster::networkPlugin).orElse(NetworkPlugin.UNKNOWN);
    }

    /**
     * @param host the sender's node; empty where it is no known node, so that its interface is not known either
     * @param subnetId empty where the evidence does not tell
     * @param whose the sender, for people
     */
    record Exit(Optional<Node> host, Optional<String> subnetId, String whose) {}

    /** Every exit a sender may have: each node's where it may run on any of them; none where nothing tells. */
    List<Exit> of(Agent agent) {
        return known.computeIfAbsent(agent, this::find);
    }

    private List<Exit> find(Agent agent) {
        Optional<Node> host = topology.node(agent.node());
        if (host.isPresent()) {
            return List.of(new Exit(host, subnetId(agent, host.get()), "node " + agent.node()));
        }
        if (Tunnels.mayRunAnywhere(agent)) {
            return topology.targets().stream()
                    .map(node -> new Exit(Optional.of(node), subnetId(agent, node), Topology.label(node)))
                    .toList();
        }
        return topology.subnetHolding(agent.addresses())
                .map(subnet -> List.of(new Exit(Optional.empty(), Optional.of(subnet), agent.name())))
                .orElse(List.of());
    }

    /** Pods with addresses of a subnet of their own leave from that one, all others from their node's. */
    Optional<String> subnetId(Agent agent, Node host) {
        Optional<String> ofPods = topology.podSubnetId(host);
        if (isNode(agent, host) || plugin == NetworkPlugin.KUBENET || plugin == NetworkPlugin.AZURE_OVERLAY) {
            return topology.subnetId(host);
        }
        if (agent.exact()) {
            Optional<String> holding = topology.subnetHolding(agent.addresses());
            return ofPods.or(() -> holding).or(() -> nodesOwn(host));
        }
        if (plugin == NetworkPlugin.AZURE_POD_SUBNET) {
            return ofPods;
        }
        return ofPods.isPresent() ? Optional.empty() : nodesOwn(host);
    }

    private Optional<String> nodesOwn(Node host) {
        return plugin == NetworkPlugin.AZURE_POD_SUBNET ? Optional.empty() : topology.subnetId(host);
    }

    /** Every address an agent on a node may be seen with, outside the network too; every one where nothing tells. */
    AddressSet sourcesOn(Node node) {
        AddressSet own = topology.addresses(node);
        Optional<AddressSet> nodes =
                topology.subnetId(node).flatMap(topology::subnet).map(Topology::addresses);
        Optional<AddressSet> pods =
                topology.podSubnetId(node).flatMap(topology::subnet).map(Topology::addresses);
        return switch (plugin) {
            case KUBENET, AZURE_OVERLAY -> own;
            case AZURE_POD_SUBNET -> pods.orElse(AddressSet.ALL);
            case AZURE_NODE_SUBNET -> own.union(nodes.orElse(AddressSet.ALL));
            case OTHER, UNKNOWN ->
                own.union(nodes.orElse(AddressSet.ALL))
                        .union(topology.podSubnetId(node).isPresent() ? pods.orElse(AddressSet.ALL) : AddressSet.NONE);
        };
    }

    /**
     * Application security groups a sender is in, lower-case ids; empty where the evidence does not tell. They hold
     * addresses of an interface, of which a pod's may be none or another than the node's.
     */
    Optional<Set<String>> applicationGroups(Agent agent) {
        return groups.computeIfAbsent(agent, this::findApplicationGroups);
    }

    private Optional<Set<String>> findApplicationGroups(Agent agent) {
        List<Optional<Set<String>>> possible = of(agent).stream()
                .map(exit -> exit.host()
                        .flatMap(host -> topology.applicationGroups(host)
                                .filter(groups -> groups.isEmpty() || isNode(agent, host))))
                .distinct()
                .toList();
        return possible.size() == 1 ? possible.get(0) : Optional.empty();
    }

    private static boolean isNode(Agent agent, Node host) {
        return AddressSet.parse(host.address())
                .map(own -> own.includes(agent.addresses()))
                .orElse(false);
    }
}
