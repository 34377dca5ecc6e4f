package tunneldoctor.collect.azure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.azure.Crew.Job;
import tunneldoctor.collect.nodes.NodeMachine;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.Gap;
import tunneldoctor.model.Tree;

/**
 * The walk from a managed cluster to everything of Azure that its tunnel depends on. Goes in waves: the reads of one wave
 * need only what the waves before found, and are done at once.
 */
final class ClusterWalk {
    /** What is listed in the resource group that AKS made for the nodes. */
    private static final List<ArmType> IN_NODE_GROUP = List.of(
            ArmType.SCALE_SET,
            ArmType.INTERFACE,
            ArmType.NETWORK,
            ArmType.SECURITY_GROUP,
            ArmType.ROUTE_TABLE,
            ArmType.LOAD_BALANCER,
            ArmType.NAT_GATEWAY,
            ArmType.PUBLIC_ADDRESS,
            ArmType.PUBLIC_PREFIX,
            ArmType.LOCK);

    private static final String CONFIGURATIONS =
            "properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations[].properties.";

    private final Arm arm;
    private final Crew crew;
    private final Collected into;
    private final Machines machines;
    private final SnatMetrics metrics;
    private final Found found = new Found();
    private String nodeScope = "";

    ClusterWalk(Arm arm, Crew crew, Collected into, Duration since) {
        this.arm = arm;
        this.crew = crew;
        this.into = into;
        this.machines = new Machines(arm, found);
        this.metrics = new SnatMetrics(arm, into, since);
    }

    void walk(String subscription, String resourceGroup, String name) {
        String id = "/subscriptions/" + subscription + "/resourceGroups/" + resourceGroup + "/providers/"
                + ArmType.CLUSTER.type() + "/" + name;
        crew.run(resources(ArmType.CLUSTER, List.of(id)));
        Optional<String> nodeGroup = found.one(ArmType.CLUSTER, id)
                .flatMap(cluster -> cluster.text("properties", "nodeResourceGroup"))
                .filter(group -> !group.isBlank() && group.indexOf('/') < 0);
        if (nodeGroup.isEmpty()) {
            withoutNodeGroup(name);
            return;
        }
        nodeScope = "/subscriptions/" + subscription + "/resourceGroups/" + nodeGroup.get();
        nodeGroup(nodeScope);
        networks();
        bound();
        behind();
        new FirewallSearch(arm, crew, found, this::resources).search("/subscriptions/" + subscription);
    }

    List<NodeMachine> machines() {
        return machines.all();
    }

    /** Nothing can be found without knowing where to look; that must not read as nothing being there. */
    private void withoutNodeGroup(String cluster) {
        List<ArmType> unknown = new ArrayList<>(IN_NODE_GROUP);
        unknown.addAll(List.of(ArmType.INSTANCE, ArmType.MACHINE, ArmType.SUBNET, ArmType.FIREWALL));
        for (ArmType type : unknown) {
            into.gap(new Gap(
                    "the " + type.plural() + " of cluster " + cluster,
                    type.type(),
                    "",
                    "managed cluster " + cluster + " was not read, so its node resource group is not known"));
        }
        SnatMetrics.NAMES.forEach(metric -> into.gap(new Gap(
                "metric " + metric,
                metric,
                "",
                "managed cluster " + cluster + " was not read, so the resource that measures it is not known")));
    }

    private void nodeGroup(String group) {
        List<Job> lists = new ArrayList<>();
        IN_NODE_GROUP.forEach(type -> lists.add(list(type, group)));
        lists.add(machines.list(group));
        crew.run(lists);
        List<Job> perSet = new ArrayList<>();
        for (Tree set : found.all(ArmType.SCALE_SET)) {
            String id = set.text("id").orElse("");
            boolean flexible = set.text("properties", "orchestrationMode")
                    .map(mode -> mode.equalsIgnoreCase("Flexible"))
                    .orElse(false);
            // The instances of a flexible set are virtual machines like any others, and listed as such.
            if (!flexible && Within.isId(id, ArmType.SCALE_SET)) {
                perSet.add(machines.instances(set));
                perSet.add(interfaces(id));
            }
        }
        crew.run(perSet);
    }

    private Job interfaces(String scaleSet) {
        return new Job(
                "the network interfaces of scale set " + ArmId.name(scaleSet),
                ArmType.INSTANCE_INTERFACE.type(),
                scaleSet,
                () -> arm.list(
                        scaleSet + "/networkInterfaces",
                        ArmType.INSTANCE_INTERFACE,
                        nic -> keep(ArmType.INSTANCE_INTERFACE, nic)));
    }

    private void networks() {
        Set<String> networks = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        usedSubnets().forEach(subnet -> networks.add(Within.owner(subnet)));
        crew.run(resources(ArmType.NETWORK, networks));
        // Who may not read the network may still be allowed to read a subnet of it.
        List<String> alone = usedSubnets().stream()
                .filter(subnet ->
                        found.one(ArmType.NETWORK, Within.owner(subnet)).isEmpty())
                .toList();
        crew.run(resources(ArmType.SUBNET, alone));
    }

    /** Those that nodes, pods or the API server are in. */
    private Set<String> usedSubnets() {
        Set<String> subnets = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        String nic = "properties.ipConfigurations[].properties.subnet.id";
        all(
                subnets,
                ArmType.SUBNET,
                ArmType.CLUSTER,
                "properties.agentPoolProfiles[].vnetSubnetID",
                "properties.agentPoolProfiles[].podSubnetID",
                "properties.apiServerAccessProfile.subnetId");
        all(subnets, ArmType.SUBNET, ArmType.SCALE_SET, CONFIGURATIONS + "ipConfigurations[].properties.subnet.id");
        all(subnets, ArmType.SUBNET, ArmType.INSTANCE_INTERFACE, nic);
        all(subnets, ArmType.SUBNET, ArmType.INTERFACE, nic);
        return subnets;
    }

    private void all(Set<String> ids, ArmType wanted, ArmType holder, String... paths) {
        found.all(holder).forEach(tree -> ids.addAll(Within.ids(tree, wanted, paths)));
    }

    /** What is bound to the subnets and interfaces in use. */
    private void bound() {
        Set<String> groups = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Set<String> routes = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Set<String> gateways = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String id : usedSubnets()) {
            for (Tree subnet : subnet(id)) {
                groups.addAll(Within.ids(subnet, ArmType.SECURITY_GROUP, "properties.networkSecurityGroup.id"));
                routes.addAll(Within.ids(subnet, ArmType.ROUTE_TABLE, "properties.routeTable.id"));
                gateways.addAll(Within.ids(subnet, ArmType.NAT_GATEWAY, "properties.natGateway.id"));
            }
        }
        all(groups, ArmType.SECURITY_GROUP, ArmType.SCALE_SET, CONFIGURATIONS + "networkSecurityGroup.id");
        all(groups, ArmType.SECURITY_GROUP, ArmType.INSTANCE_INTERFACE, "properties.networkSecurityGroup.id");
        all(groups, ArmType.SECURITY_GROUP, ArmType.INTERFACE, "properties.networkSecurityGroup.id");
        List<Job> jobs = new ArrayList<>(resources(ArmType.SECURITY_GROUP, groups));
        jobs.addAll(resources(ArmType.ROUTE_TABLE, routes));
        jobs.addAll(resources(ArmType.NAT_GATEWAY, gateways));
        Set<String> scopes = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        groups.forEach(id -> scopes.add(Within.group(id)));
        routes.forEach(id -> scopes.add(Within.group(id)));
        scopes.remove(nodeScope);
        scopes.forEach(scope -> jobs.add(list(ArmType.LOCK, scope)));
        crew.run(jobs);
    }

    /** A subnet, alone or as its network shows it. */
    private List<Tree> subnet(String id) {
        Optional<Tree> alone = found.one(ArmType.SUBNET, id);
        return alone.isPresent()
                ? List.of(alone.get())
                : found.one(ArmType.NETWORK, Within.owner(id)).stream()
                        .flatMap(network -> network.items("properties", "subnets").stream())
                        .filter(subnet -> subnet.text("id")
                                .map(one -> one.equalsIgnoreCase(id))
                                .orElse(false))
                        .toList();
    }

    /** What stands behind load balancers and gateways, and how it fared. */
    private void behind() {
        Set<String> addresses = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Set<String> prefixes = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String profile : List.of("loadBalancerProfile", "natGatewayProfile")) {
            String path = "properties.networkProfile." + profile + ".";
            all(addresses, ArmType.PUBLIC_ADDRESS, ArmType.CLUSTER, path + "effectiveOutboundIPs[].id");
        }
        String frontend = "properties.frontendIPConfigurations[].properties.";
        all(addresses, ArmType.PUBLIC_ADDRESS, ArmType.LOAD_BALANCER, frontend + "publicIPAddress.id");
        all(prefixes, ArmType.PUBLIC_PREFIX, ArmType.LOAD_BALANCER, frontend + "publicIPPrefix.id");
        all(addresses, ArmType.PUBLIC_ADDRESS, ArmType.NAT_GATEWAY, "properties.publicIpAddresses[].id");
        all(prefixes, ArmType.PUBLIC_PREFIX, ArmType.NAT_GATEWAY, "properties.publicIpPrefixes[].id");
        List<Job> jobs = new ArrayList<>(resources(ArmType.PUBLIC_ADDRESS, addresses));
        jobs.addAll(resources(ArmType.PUBLIC_PREFIX, prefixes));
        found.all(ArmType.LOAD_BALANCER).stream()
                .filter(SnatMetrics::translates)
                .forEach(balancer -> jobs.addAll(metrics.ofLoadBalancer(balancer)));
        found.all(ArmType.NAT_GATEWAY).forEach(gateway -> jobs.addAll(metrics.ofNatGateway(gateway)));
        crew.run(jobs);
    }

    // ---- single reads ----

    private List<Job> resources(ArmType type, Collection<String> ids) {
        return found.unasked(ids).stream()
                .map(id -> new Job(
                        type.words() + " " + ArmId.name(id), type.type(), id, () -> keep(type, arm.resource(id, type))))
                .toList();
    }

    private Job list(ArmType type, String group) {
        return new Job(
                "the " + type.plural() + " of resource group " + ArmId.name(group),
                type.type(),
                "",
                () -> arm.list(group + "/providers/" + type.type(), type, resource -> keep(type, resource)));
    }

    private void keep(ArmType type, Tree resource) {
        found.add(type, resource);
        into.azure(resource);
    }
}
