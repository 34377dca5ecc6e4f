package tunneldoctor.collect.azure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import tunneldoctor.collect.azure.Crew.Job;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.Tree;

/**
 * Finds the Azure Firewalls that routes lead to, and reads all their rules. A route names only an address; which firewall
 * has it is told by the subnet that holds the address, in the cluster's network or in one peered with it, and otherwise by
 * the firewalls of the subscription.
 */
final class FirewallSearch {
    /** A policy inherits from one parent, so real chains have two. */
    private static final int DEEPEST = 5;

    private final Arm arm;
    private final Crew crew;
    private final Found found;
    private final BiFunction<ArmType, Collection<String>, List<Job>> resources;

    /** @param resources reads that keep resources of a kind, by their ids */
    FirewallSearch(Arm arm, Crew crew, Found found, BiFunction<ArmType, Collection<String>, List<Job>> resources) {
        this.arm = arm;
        this.crew = crew;
        this.found = found;
        this.resources = resources;
    }

    void search(String subscription) {
        Set<String> hops = hops();
        if (hops.isEmpty()) {
            return;
        }
        Map<String, Tree> networks = new LinkedHashMap<>();
        found.all(ArmType.NETWORK).forEach(network -> networks.put(Within.key(id(network)), network));
        peered(hops, networks);
        Set<String> firewalls = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Set<String> unseen = new TreeSet<>();
        for (String hop : hops) {
            List<String> there = networks.values().stream()
                    .flatMap(network -> firewallsAt(hop, network).stream())
                    .toList();
            firewalls.addAll(there);
            boolean seen = networks.values().stream()
                    .anyMatch(network -> !subnetsAt(hop, network).isEmpty());
            if (there.isEmpty() && !seen) {
                unseen.add(hop);
            }
        }
        crew.run(resources.apply(ArmType.FIREWALL, firewalls));
        // What has the address may have been hidden: a firewall of a virtual hub is in no network of the user's.
        Set<String> scopes = new TreeSet<>();
        hops.stream().filter(hop -> !readAt(hop)).forEach(unseen::add);
        if (!unseen.isEmpty()) {
            scopes.add(subscription);
        }
        crew.run(scopes.stream().map(scope -> inSubscription(scope, unseen)).toList());
        policies();
        ipGroups();
    }

    private Set<String> hops() {
        Set<String> hops = new TreeSet<>();
        for (Tree table : found.all(ArmType.ROUTE_TABLE)) {
            for (Tree route : table.items("properties", "routes")) {
                boolean appliance = route.text("properties", "nextHopType")
                        .map(type -> type.equalsIgnoreCase("VirtualAppliance"))
                        .orElse(false);
                route.text("properties", "nextHopIpAddress")
                        .map(String::strip)
                        .filter(address ->
                                appliance && AddressSet.parseAddress(address).isPresent())
                        .ifPresent(hops::add);
            }
        }
        return hops;
    }

    /** Adds the networks across a peering that may hold one of the addresses. They are looked into, and not kept. */
    private void peered(Set<String> hops, Map<String, Tree> networks) {
        Set<String> remote = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (Tree network : List.copyOf(networks.values())) {
            for (Tree peering : network.items("properties", "virtualNetworkPeerings")) {
                List<String> prefixes = Within.texts(peering, "properties.remoteAddressSpace.addressPrefixes[]");
                boolean may = prefixes.isEmpty() || hops.stream().anyMatch(hop -> holds(prefixes, hop));
                if (may) {
                    remote.addAll(Within.ids(peering, ArmType.NETWORK, "properties.remoteVirtualNetwork.id"));
                }
            }
        }
        remote.removeIf(id -> networks.containsKey(Within.key(id)));
        List<Job> jobs = new ArrayList<>();
        for (String id : remote) {
            jobs.add(new Job("peered virtual network " + ArmId.name(id), ArmType.NETWORK.type(), id, () -> {
                Tree network = arm.resource(id, ArmType.NETWORK);
                synchronized (networks) {
                    networks.put(Within.key(id), network);
                }
            }));
        }
        crew.run(jobs);
    }

    private static boolean holds(List<String> prefixes, String address) {
        long number = AddressSet.parseAddress(address).orElse(-1L);
        return prefixes.stream()
                .flatMap(prefix -> AddressSet.parse(prefix).stream())
                .anyMatch(block -> number >= 0 && block.covers(number));
    }

    private static List<Tree> subnetsAt(String address, Tree network) {
        return network.items("properties", "subnets").stream()
                .filter(subnet -> {
                    List<String> prefixes = new ArrayList<>(Within.texts(subnet, "properties.addressPrefix"));
                    prefixes.addAll(Within.texts(subnet, "properties.addressPrefixes[]"));
                    return holds(prefixes, address);
                })
                .toList();
    }

    /** A subnet names what has addresses in it: {@code …/azureFirewalls/F/azureFirewallIpConfigurations/C}. */
    private static List<String> firewallsAt(String address, Tree network) {
        return subnetsAt(address, network).stream()
                .flatMap(subnet -> Within.texts(subnet, "properties.ipConfigurations[].id").stream())
                .map(Within::owner)
                .filter(owner -> Within.isId(owner, ArmType.FIREWALL))
                .toList();
    }

    private boolean readAt(String address) {
        return found.all(ArmType.FIREWALL).stream().anyMatch(firewall -> has(firewall, address));
    }

    private static boolean has(Tree firewall, String address) {
        List<String> own =
                new ArrayList<>(Within.texts(firewall, "properties.ipConfigurations[].properties.privateIPAddress"));
        own.addAll(Within.texts(firewall, "properties.hubIPAddresses.privateIPAddress"));
        return own.contains(address);
    }

    private Job inSubscription(String scope, Set<String> hops) {
        return new Job("the Azure Firewalls of the subscription", ArmType.FIREWALL.type(), "", () -> {
            List<String> there = new ArrayList<>();
            arm.list(scope + "/providers/" + ArmType.FIREWALL.type(), ArmType.FIREWALL, firewall -> {
                if (hops.stream().anyMatch(hop -> has(firewall, hop)) && Within.isId(id(firewall), ArmType.FIREWALL)) {
                    there.add(id(firewall));
                }
            });
            for (Job job : resources.apply(ArmType.FIREWALL, there)) {
                job.work().run();
            }
        });
    }

    private void policies() {
        Set<String> next = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        found.all(ArmType.FIREWALL)
                .forEach(firewall ->
                        next.addAll(Within.ids(firewall, ArmType.FIREWALL_POLICY, "properties.firewallPolicy.id")));
        for (int depth = 0; depth < DEEPEST && !next.isEmpty(); depth++) {
            crew.run(resources.apply(ArmType.FIREWALL_POLICY, next));
            Set<String> groups = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
            Set<String> parents = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
            for (String id : next) {
                Optional<Tree> policy = found.one(ArmType.FIREWALL_POLICY, id);
                policy.ifPresent(tree -> {
                    groups.addAll(
                            Within.ids(tree, ArmType.RULE_COLLECTION_GROUP, "properties.ruleCollectionGroups[].id"));
                    parents.addAll(Within.ids(tree, ArmType.FIREWALL_POLICY, "properties.basePolicy.id"));
                });
            }
            crew.run(resources.apply(ArmType.RULE_COLLECTION_GROUP, groups));
            next.clear();
            next.addAll(parents);
        }
    }

    private void ipGroups() {
        Set<String> groups = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (ArmType type : List.of(ArmType.FIREWALL, ArmType.RULE_COLLECTION_GROUP)) {
            found.all(type).forEach(tree -> gatherGroups(tree, groups));
        }
        crew.run(resources.apply(ArmType.IP_GROUP, groups));
    }

    /** Rules of every kind name their groups under the same two keys. */
    private static void gatherGroups(Tree tree, Set<String> groups) {
        if (tree instanceof Tree.Mapping mapping) {
            mapping.entries().forEach((key, value) -> {
                if (key.equalsIgnoreCase("sourceIpGroups") || key.equalsIgnoreCase("destinationIpGroups")) {
                    items(value).stream()
                            .filter(item ->
                                    item instanceof Tree.Scalar text && Within.isId(text.text(), ArmType.IP_GROUP))
                            .forEach(item -> groups.add(((Tree.Scalar) item).text()));
                } else {
                    gatherGroups(value, groups);
                }
            });
        } else {
            items(tree).forEach(item -> gatherGroups(item, groups));
        }
    }

    private static List<Tree> items(Tree tree) {
        return tree instanceof Tree.Sequence sequence ? sequence.items() : List.of();
    }

    private static String id(Tree resource) {
        return resource.text("id").orElse("");
    }
}
