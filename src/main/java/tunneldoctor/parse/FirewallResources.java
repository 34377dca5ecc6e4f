package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.AzureFirewall;
import tunneldoctor.model.AzureFirewall.Collection;
import tunneldoctor.model.AzureFirewall.Kind;
import tunneldoctor.model.AzureFirewall.Rule;
import tunneldoctor.model.IpGroup;
import tunneldoctor.model.PortSet;

/**
 * Reads Azure Firewalls, with classic rules or with their policy's rule collection groups, and IP groups.
 * <pre>
 * {"name": "hub-fw", "properties": {"networkRuleCollections": [{"name": "aks", "properties": {"priority": 100,
 *  "action": {"type": "Allow"}, "rules": [{"name": "api", "protocols": ["TCP"], "sourceAddresses": ["*"], …}]}}]}}
 * {"id": "…/firewallPolicies/hub/ruleCollectionGroups/aks", "properties": {"priority": 200, "ruleCollections": [
 *  {"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "aks", "priority": 100, "action": …, "rules": […]}]}}
 * </pre>
 * Collections stand in the order the firewall evaluates them: by kind (DNAT, network, application), then the parent
 * policy's before its child's, then by the group's and the collection's priority. What cannot be read, or is not given,
 * makes the firewall incomplete.
 */
final class FirewallResources {
    private static final List<String> CLASSIC =
            List.of("natRuleCollections", "networkRuleCollections", "applicationRuleCollections");

    private final FactsBuilder facts;
    private final Map<String, Resource> policies = new HashMap<>();
    private final Map<String, List<Resource>> groupsByPolicy = new HashMap<>();

    FirewallResources(FactsBuilder facts) {
        this.facts = facts;
    }

    void read(
            List<Resource> firewalls, List<Resource> policyResources, List<Resource> groups, List<Resource> ipGroups) {
        for (Resource policy : policyResources) {
            policies.put(policy.key(), policy);
        }
        for (Resource group : groups) {
            groupsByPolicy
                    .computeIfAbsent(policyOf(group), k -> new ArrayList<>())
                    .add(group);
        }
        firewalls.forEach(this::firewall);
        ipGroups.forEach(this::ipGroup);
    }

    /** A group's id holds its policy's; a group without an id belongs to the one policy there is. */
    private String policyOf(Resource group) {
        int end = group.lowerId().indexOf("/rulecollectiongroups/");
        if (end >= 0) {
            return group.lowerId().substring(0, end);
        }
        return policies.size() == 1 ? policies.keySet().iterator().next() : "";
    }

    private void ipGroup(Resource resource) {
        ArmTree.Texts addresses = resource.tree().texts("ipAddresses");
        if (!resource.tree().mentions("ipAddresses") || !addresses.understood()) {
            facts.problem(
                    resource.source(""),
                    "IP group " + OneLine.name(resource.name()) + " does not show its addresses, so it is not used",
                    "give it whole: az network ip-group show -o json");
            return;
        }
        facts.ipGroups.add(new IpGroup(
                resource.lowerId(),
                resource.name(),
                addresses.values(),
                resource.source("addresses " + OneLine.list(addresses.values()))));
    }

    private void firewall(Resource resource) {
        ArmTree tree = resource.tree();
        Optional<String> policy = tree.reference("firewallPolicy");
        Reading reading = new Reading();
        if (policy.isEmpty()) {
            reading.lacking = true;
        } else if (!policy.get().isEmpty()) {
            policyCollections(resource, policy.get(), reading);
        } else {
            reading.lacking = CLASSIC.stream().noneMatch(tree::mentions);
        }
        for (String family : CLASSIC) {
            classic(resource, family, reading);
        }
        if (reading.lacking) {
            facts.problem(
                    resource.source(""),
                    "the rules of Azure Firewall " + OneLine.name(resource.name()) + " are not all in the facts",
                    policy.filter(p -> !p.isEmpty()).isPresent()
                            ? "give the policy, its parent policy and all rule collection groups: az network firewall policy"
                                    + " show, az network firewall policy rule-collection-group list -o json"
                            : "give it whole: az network firewall show -o json");
        }
        facts.firewalls.add(new AzureFirewall(
                resource.lowerId(),
                resource.name(),
                resource.resourceGroup(),
                privateAddress(tree),
                policy.orElse(""),
                reading.ordered(),
                !reading.lacking && !reading.unread,
                resource.source("private address " + OneLine.orUnknown(privateAddress(tree)) + ", "
                        + reading.placed.size() + " rule collections"
                        + (policy.orElse("").isEmpty() ? "" : " of policy " + ArmId.name(policy.get())))));
    }

    private static String privateAddress(ArmTree tree) {
        for (ArmTree configuration : tree.items("ipConfigurations")) {
            String address = configuration.text("privateIPAddress");
            if (AddressSet.parseAddress(address).isPresent()) {
                return address;
            }
        }
        String hub = tree.text("hubIPAddresses", "privateIPAddress");
        return AddressSet.parseAddress(hub).isPresent() ? hub : "";
    }

    /** A collection with what decides its turn within its kind. */
    private record Placed(int policyDepth, int groupPriority, Collection collection) {}

    private static final class Reading {
        final List<Placed> placed = new ArrayList<>();

        /** Whether a part is known not to be in the facts. */
        boolean lacking;

        /** Whether a part that is there could not be read. */
        boolean unread;

        List<Collection> ordered() {
            return placed.stream()
                    .sorted(Comparator.comparing((Placed p) -> p.collection.kind())
                            .thenComparingInt(Placed::policyDepth)
                            .thenComparingInt(Placed::groupPriority)
                            .thenComparingInt(p -> p.collection.priority()))
                    .map(Placed::collection)
                    .toList();
        }
    }

    private void classic(Resource firewall, String family, Reading reading) {
        if (firewall.tree().has(family) && !firewall.tree().hasList(family)) {
            unread(firewall, family, reading);
        }
        Kind kind = switch (family) {
            case "natRuleCollections" -> Kind.DNAT;
            case "networkRuleCollections" -> Kind.NETWORK;
            default -> Kind.APPLICATION;
        };
        for (ArmTree tree : firewall.tree().items(family)) {
            collection(firewall.part(family, tree), "", 0, 0, Optional.of(kind), reading);
        }
    }

    private void policyCollections(Resource firewall, String policyId, Reading reading) {
        Set<String> chain = new LinkedHashSet<>();
        String next = policyId;
        while (!next.isEmpty() && chain.add(next)) {
            Resource policy = policies.get(next);
            if (policy == null) {
                reading.lacking = true;
                break;
            }
            Optional<String> parent = policy.tree().reference("basePolicy");
            if (parent.isEmpty()) {
                unread(policy, "basePolicy", reading);
            }
            next = parent.orElse("");
        }
        if (chain.contains(next) && !next.isEmpty() && policies.containsKey(next)) {
            unread(firewall, "basePolicy", reading);
        }
        int depth = chain.size();
        for (String id : chain) {
            // Destination NAT is a firewall's own affair: a child policy does not inherit it.
            groups(id, --depth, !id.equals(policyId), reading);
        }
    }

    private void groups(String policyId, int depth, boolean inherited, Reading reading) {
        Map<String, Resource> given = new HashMap<>();
        for (Resource group : groupsByPolicy.getOrDefault(policyId, List.of())) {
            given.put(group.key(), group);
        }
        Resource policy = policies.get(policyId);
        if (policy != null) {
            if (!policy.tree().hasList("ruleCollectionGroups")) {
                reading.lacking = true;
            }
            for (ArmTree listed : policy.tree().items("ruleCollectionGroups")) {
                Resource part = policy.part("ruleCollectionGroups", listed);
                if (listed.has("ruleCollections")) {
                    given.putIfAbsent(part.key(), part);
                } else if (!given.containsKey(listed.identity().orElse(""))) {
                    reading.lacking = true;
                }
            }
        }
        given.values().stream()
                .sorted(Comparator.comparing(Resource::key))
                .forEach(group -> group(group, depth, inherited, reading));
    }

    private void group(Resource group, int depth, boolean inherited, Reading reading) {
        int priority = group.tree().number("priority");
        if (priority < 0 || !group.tree().hasList("ruleCollections")) {
            unread(group, priority < 0 ? "priority" : "ruleCollections", reading);
        }
        for (ArmTree tree : group.tree().items("ruleCollections")) {
            boolean nat = tree.lower("ruleCollectionType").contains("natrulecollection");
            if (!nat || !inherited) {
                collection(
                        group.part("ruleCollections", tree),
                        group.name(),
                        depth,
                        priority,
                        nat ? Optional.of(Kind.DNAT) : Optional.empty(),
                        reading);
            }
        }
    }

    /** @param kind empty where each rule says its own, as in a policy's filter collections */
    private void collection(
            Resource part, String group, int depth, int groupPriority, Optional<Kind> kind, Reading reading) {
        ArmTree tree = part.tree();
        int priority = tree.number("priority");
        String action = tree.lower("action", "type").isEmpty() ? tree.lower("action") : tree.lower("action", "type");
        boolean nat = kind.filter(Kind.DNAT::equals).isPresent();
        boolean allow = action.equals("allow") || nat;
        if (priority < 0) {
            unread(part, "priority", reading);
        }
        if (!allow && !action.equals("deny")) {
            unread(part, "action", reading);
            return;
        }
        if (!tree.hasList("rules")) {
            unread(part, "rules", reading);
        }
        Map<Kind, List<Rule>> rules = new EnumMap<>(Kind.class);
        for (ArmTree each : tree.items("rules")) {
            Optional<Kind> own = kind.or(() -> kindOf(each));
            Resource rule = part.part("rules", each);
            if (own.isEmpty()) {
                unread(rule, "ruleType", reading);
            } else {
                rule(rule, own.get(), reading)
                        .ifPresent(r -> rules.computeIfAbsent(own.get(), k -> new ArrayList<>())
                                .add(r));
            }
        }
        rules.forEach((each, list) -> reading.placed.add(new Placed(
                depth,
                groupPriority,
                new Collection(
                        group,
                        part.name(),
                        each,
                        priority,
                        allow,
                        list,
                        part.source("priority " + priority + " " + (nat ? "Dnat" : allow ? "Allow" : "Deny") + ", "
                                + each.name().toLowerCase(Locale.ROOT) + " rules " + list.size())))));
    }

    private static Optional<Kind> kindOf(ArmTree rule) {
        return switch (rule.lower("ruleType")) {
            case "networkrule" -> Optional.of(Kind.NETWORK);
            case "applicationrule" -> Optional.of(Kind.APPLICATION);
            case "natrule" -> Optional.of(Kind.DNAT);
            default -> Optional.empty();
        };
    }

    private Optional<Rule> rule(Resource part, Kind kind, Reading reading) {
        ArmTree tree = part.tree();
        ArmTree.Texts protocols = protocols(tree, kind);
        ArmTree.Texts sources = tree.texts("sourceAddresses");
        ArmTree.Texts destinations = tree.texts("destinationAddresses");
        ArmTree.Texts ports = tree.texts("destinationPorts");
        ArmTree.Texts fqdns = tree.texts("destinationFqdns", "targetFqdns");
        ArmTree.Texts tags = tree.texts("fqdnTags");
        Optional<List<String>> sourceGroups = tree.references("sourceIpGroups");
        Optional<List<String>> destinationGroups = tree.references("destinationIpGroups");
        List<String> unread = new ArrayList<>();
        boolean tagged = kind == Kind.APPLICATION && !tags.isEmpty();
        check(unread, protocols.understood() && (tagged || !protocols.isEmpty()), "protocols");
        check(
                unread,
                sources.understood()
                        && sourceGroups
                                .map(g -> !g.isEmpty() || !sources.isEmpty())
                                .orElse(false),
                "sources");
        boolean named = !fqdns.isEmpty() || !tags.isEmpty();
        check(
                unread,
                destinations.understood()
                        && fqdns.understood()
                        && tags.understood()
                        && destinationGroups
                                .map(g ->
                                        named || kind != Kind.APPLICATION && (!g.isEmpty() || !destinations.isEmpty()))
                                .orElse(false),
                "destinations");
        check(
                unread,
                kind == Kind.APPLICATION
                        || ports.understood()
                                && !ports.isEmpty()
                                && ports.values().stream()
                                        .allMatch(
                                                port -> PortSet.parse(port, '-').isPresent()),
                "ports");
        // URLs and categories match what a packet does not show, so the rule's reach cannot be told from its names
        // alone.
        check(unread, tree.texts("targetUrls", "webCategories").isEmpty(), "targets (URLs or web categories)");
        if (!unread.isEmpty()) {
            unread(part, String.join(", ", unread), reading);
            return Optional.empty();
        }
        return Optional.of(new Rule(
                part.name(),
                protocols.values(),
                sources.values(),
                sourceGroups.orElse(List.of()),
                destinations.values(),
                destinationGroups.orElse(List.of()),
                ports.values(),
                fqdns.values(),
                tags.values(),
                tree.answer("terminateTLS").yes(),
                part.source(text(protocols, sources, destinations, ports, fqdns, tags)
                        + ipGroups(" from group ", sourceGroups)
                        + ipGroups(" to group ", destinationGroups))));
    }

    private static String ipGroups(String word, Optional<List<String>> groups) {
        return groups.filter(g -> !g.isEmpty())
                .map(g -> word + OneLine.list(g.stream().map(ArmId::name).toList()))
                .orElse("");
    }

    private static String text(
            ArmTree.Texts protocols,
            ArmTree.Texts sources,
            ArmTree.Texts destinations,
            ArmTree.Texts ports,
            ArmTree.Texts fqdns,
            ArmTree.Texts tags) {
        List<String> targets = new ArrayList<>(destinations.values());
        targets.addAll(fqdns.values());
        targets.addAll(tags.values());
        return OneLine.list(protocols.values()) + " from " + OneLine.list(sources.values()) + " to "
                + OneLine.list(targets) + (ports.isEmpty() ? "" : ":" + OneLine.list(ports.values()));
    }

    /** A policy's network rules say {@code ipProtocols}; application rules pair a protocol with a port. */
    private static ArmTree.Texts protocols(ArmTree rule, Kind kind) {
        if (kind != Kind.APPLICATION) {
            return rule.texts("ipProtocols", "protocols");
        }
        List<String> pairs = new ArrayList<>();
        boolean understood = !rule.has("protocols") || rule.hasList("protocols");
        for (ArmTree protocol : rule.items("protocols")) {
            String type = protocol.text("protocolType");
            int port = protocol.number("port");
            understood &= !type.isEmpty() && port >= 0;
            pairs.add(type + ":" + port);
        }
        return new ArmTree.Texts(pairs, understood);
    }

    private static void check(List<String> unread, boolean readable, String field) {
        if (!readable) {
            unread.add(field);
        }
    }

    private void unread(Resource part, String field, Reading reading) {
        reading.unread = true;
        facts.problem(
                part.source(""),
                "a firewall's rules cannot be read in full: " + field + " of "
                        + OneLine.name(OneLine.orUnknown(part.name())),
                "give them as az network firewall … -o json prints them");
    }
}
