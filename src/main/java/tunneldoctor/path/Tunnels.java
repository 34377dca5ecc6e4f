package tunneldoctor.path;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Answer;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Cluster.NetworkPlugin;
import tunneldoctor.model.Digits;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Tree;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelDeployment;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;

/** Tells which tunnel the cluster has, and from which addresses it dials kubelets. */
final class Tunnels {
    static final String LIST_TUNNEL_PODS = "kubectl get pods -n kube-system -o yaml";

    /** From this Kubernetes minor version on, AKS never had another tunnel than konnectivity (release notes of 2022). */
    private static final int KONNECTIVITY_ONLY_SINCE_MINOR = 26;

    /** Name of the agent that stands for all where none is known; no pod can be called so. */
    private static final String ANY_NODE = "any node";

    /** Every unicast address another machine can have: not this network, loopback, multicast or reserved. */
    private static final AddressSet OTHER_MACHINES =
            AddressSet.range(0x0100_0000L, 0x7EFF_FFFFL).union(AddressSet.range(0x8000_0000L, 0xDFFF_FFFFL));

    private Tunnels() {}

    static Tunnel identify(Facts facts) {
        Set<TunnelKind> kinds = EnumSet.noneOf(TunnelKind.class);
        List<SourceRef> evidence = new ArrayList<>();
        for (TunnelPod pod : facts.tunnelPods()) {
            kinds.add(pod.tunnel());
            evidence.add(pod.source());
        }
        for (TunnelDeployment deployment : facts.deployments()) {
            kinds.add(deployment.tunnel());
            evidence.add(deployment.source());
        }
        if (kinds.size() == 1) {
            TunnelKind kind = kinds.iterator().next();
            return new Tunnel(kind, "its workload runs in kube-system", evidence, List.of());
        }
        List<Missing> missing = List.of(new Missing("which tunnel pods run in kube-system", LIST_TUNNEL_PODS));
        if (kinds.size() > 1) {
            return new Tunnel(
                    TunnelKind.UNKNOWN,
                    "workloads of several tunnel generations are listed at once",
                    evidence,
                    missing);
        }
        return facts.azure()
                .cluster()
                .map(cluster -> byCluster(cluster, facts, missing))
                .orElseGet(() -> new Tunnel(
                        TunnelKind.UNKNOWN,
                        "neither tunnel pods nor the cluster resource are in the facts",
                        List.of(),
                        missing));
    }

    private static Tunnel byCluster(Cluster cluster, Facts facts, List<Missing> missing) {
        boolean mayHaveAgents = cluster.networkPlugin() == NetworkPlugin.AZURE_OVERLAY
                || cluster.networkPlugin() == NetworkPlugin.OTHER
                || cluster.networkPlugin() == NetworkPlugin.UNKNOWN;
        if (cluster.vnetIntegration().yes() && (facts.podsListed() || !mayHaveAgents)) {
            return new Tunnel(
                    TunnelKind.NONE,
                    "API Server VNet Integration is on: the API server dials the nodes itself",
                    List.of(cluster.source()),
                    List.of());
        }
        if (cluster.vnetIntegration().no() && minor(cluster.kubernetesVersion()) >= KONNECTIVITY_ONLY_SINCE_MINOR) {
            return new Tunnel(
                    TunnelKind.KONNECTIVITY,
                    "Kubernetes " + cluster.kubernetesVersion()
                            + " without API Server VNet Integration has no other tunnel",
                    List.of(cluster.source()),
                    List.of());
        }
        return new Tunnel(TunnelKind.UNKNOWN, "no tunnel pods are in the facts", List.of(cluster.source()), missing);
    }

    /** The second part of a version 1.N; -1 of any other text. */
    private static int minor(String version) {
        int at = (version.startsWith("v") ? 1 : 0) + "1.".length();
        int end = at + Digits.from(version, at);
        boolean whole = version.startsWith("1.", at - "1.".length())
                && end > at
                && end - at <= 3
                && (end == version.length() || version.charAt(end) == '.');
        return whole ? Integer.parseInt(version.substring(at, end)) : -1;
    }

    /** The agents, or where they could be if none is known; never empty. */
    static List<Agent> agents(Facts facts, Tunnel tunnel, Topology topology) {
        if (!facts.given().agents().isEmpty()) {
            return givenByHand(facts);
        }
        Optional<Cluster> cluster = facts.azure().cluster();
        if (tunnel.kind() == TunnelKind.NONE && cluster.isPresent()) {
            return List.of(apiServer(cluster.get(), topology));
        }
        NetworkPlugin plugin = cluster.map(Cluster::networkPlugin).orElse(NetworkPlugin.UNKNOWN);
        AddressSet overlay = AddressSet.union(cluster.map(Cluster::podCidrs).orElse(List.of()).stream()
                .flatMap(block -> AddressSet.parse(block).stream())
                .toList());
        List<Agent> agents = new ArrayList<>();
        for (TunnelPod pod : facts.tunnelPods()) {
            if (!pod.node().isEmpty()
                    && !pod.phase().equals("Failed")
                    && !pod.phase().equals("Succeeded")) {
                agents.add(agent(pod, plugin, topology, overlay));
            }
        }
        return agents.isEmpty() ? List.of(anywhere(facts, topology)) : agents;
    }

    private static List<Agent> givenByHand(Facts facts) {
        List<Agent> agents = new ArrayList<>();
        for (int i = 0; i < facts.given().agents().size(); i++) {
            Tree.Scalar given = facts.given().agents().get(i);
            AddressSet.parse(given.text())
                    .ifPresent(addresses -> agents.add(new Agent(
                            given.text(),
                            "",
                            addresses,
                            addresses.size() == 1,
                            "given as the agents' address",
                            new SourceRef("agents", given.line(), given.text()))));
        }
        return agents.isEmpty()
                ? List.of(
                        new Agent("any source", "", OTHER_MACHINES, false, "no agent's address is readable", nowhere()))
                : agents;
    }

    private static Agent apiServer(Cluster cluster, Topology topology) {
        Optional<AddressSet> subnet = topology.subnet(cluster.apiServerSubnetId())
                .map(Topology::addresses)
                .filter(a -> !a.isEmpty());
        return new Agent(
                "API server",
                "",
                subnet.orElse(OTHER_MACHINES),
                false,
                subnet.isPresent()
                        ? "the API server dials from its own subnet"
                        : "the API server's subnet is not in the facts, so any source is considered",
                cluster.source());
    }

    /**
     * Which address a kubelet sees follows from how pods get theirs (domain notes, 1.5).
     *
     * @param overlay addresses pods have beside the network; one of them contradicts a plugin that gives out the network's
     */
    private static Agent agent(TunnelPod pod, NetworkPlugin plugin, Topology topology, AddressSet overlay) {
        String nodeAddress = topology.node(pod.node())
                .map(Node::address)
                .filter(a -> !a.isEmpty())
                .orElse(pod.nodeAddress());
        Optional<AddressSet> node = AddressSet.parse(nodeAddress);
        Optional<AddressSet> own = AddressSet.parse(pod.podAddress());
        if (pod.hostNetwork()) {
            return agent(pod, node, "it uses its node's network");
        }
        boolean besideNetwork = own.map(overlay::overlaps).orElse(false);
        return switch (plugin) {
            case KUBENET, AZURE_OVERLAY -> agent(pod, node, "pod traffic leaves with the node's address");
            case AZURE_NODE_SUBNET, AZURE_POD_SUBNET ->
                besideNetwork ? either(pod, node, own) : agent(pod, own, "pods keep their own address in the network");
            case OTHER, UNKNOWN ->
                !besideNetwork && own.flatMap(topology::subnetHolding).isPresent()
                        ? agent(pod, own, "its address is in a subnet of the network")
                        : either(pod, node, own);
        };
    }

    private static Agent agent(TunnelPod pod, Optional<AddressSet> source, String why) {
        return new Agent(pod.name(), pod.node(), source.orElse(OTHER_MACHINES), source.isPresent(), why, pod.source());
    }

    private static Agent either(TunnelPod pod, Optional<AddressSet> one, Optional<AddressSet> other) {
        AddressSet both = one.orElse(AddressSet.NONE).union(other.orElse(AddressSet.NONE));
        return new Agent(
                pod.name(),
                pod.node(),
                one.isEmpty() || other.isEmpty() ? OTHER_MACHINES : both,
                false,
                "how pods get their addresses is not known: its own or its node's address",
                pod.source());
    }

    /** An agent can run on any node, so every address a node or its pods can have is a possible source. */
    private static Agent anywhere(Facts facts, Topology topology) {
        Exits exits = new Exits(facts, topology);
        AddressSet addresses = AddressSet.union(
                topology.targets().stream().map(exits::sourcesOn).toList());
        AddressSet space = topology.serviceTags().ownSpace();
        boolean known = !addresses.isEmpty() && !addresses.equals(AddressSet.ALL);
        return new Agent(
                ANY_NODE,
                "",
                known ? addresses : space.isEmpty() ? OTHER_MACHINES : space,
                false,
                "where the agents run is not in the facts",
                nowhere());
    }

    /** Whether an agent stands for one that may run on any of the nodes. */
    static boolean mayRunAnywhere(Agent agent) {
        return agent.name().equals(ANY_NODE);
    }

    /** What would tell an agent's true source address, for verdicts that hang on it. */
    static Missing sourceOf(Agent agent) {
        return agent.node().isEmpty()
                ? whereAgentsRun()
                : new Missing(
                        "the cluster's network plugin, which decides the agents' source address",
                        "az aks show --resource-group \"$RESOURCE_GROUP\" --name \"$CLUSTER\" -o json");
    }

    static Missing whereAgentsRun() {
        return new Missing("where the tunnel's agents run", "kubectl get pods -n kube-system -o wide");
    }

    private static SourceRef nowhere() {
        return new SourceRef("", 0, "");
    }

    /** Whether a tunnel of this kind has a flow of its own to the API server that crosses the public network. */
    static Answer dialsPublicly(Tunnel tunnel, Optional<Cluster> cluster) {
        Answer isPrivate = cluster.map(Cluster::privateCluster).orElse(Answer.CANNOT_TELL);
        Answer integrated = cluster.map(Cluster::vnetIntegration).orElse(Answer.CANNOT_TELL);
        if (tunnel.kind() == TunnelKind.NONE || isPrivate.yes() || integrated.yes()) {
            return Answer.NO;
        }
        return isPrivate.no() && integrated.no() ? Answer.YES : Answer.CANNOT_TELL;
    }
}
