package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.AdminRule;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.Digits;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.PortSet;

/**
 * Reads network security groups, effective ones and security admin rules.
 * <pre>
 * {"name": "deny-all", "properties": {"priority": 200, "direction": "Inbound", "access": "Deny", "protocol": "Tcp",
 *  "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*",
 *  "destinationPortRanges": ["10250", "10255-10260"]}}
 * </pre>
 * A rule that cannot be read in full stays, as one that may match anything: {@link NsgRule#understood()} is false, an
 * unreadable priority is 0, and an unreadable direction or access stands as one rule for each.
 */
final class SecurityResources {
    /** Before and behind the number in the name of a group that AKS made. */
    private static final String MANAGED_START = "aks-agentpool-";

    private static final String MANAGED_END = "-nsg";

    private static final Map<String, String> PROTOCOLS = Map.of(
            "tcp", "Tcp", "udp", "Udp", "icmp", "Icmp", "esp", "Esp", "ah", "Ah", "*", "*", "all", "*", "any", "*");

    /** What effective replies put in front of a rule's name, in newer and older spelling. */
    private static final List<String> EFFECTIVE_PREFIXES =
            List.of("securityRules/", "defaultSecurityRules/", "UserRule_", "DefaultRule_");

    private static final int MAX_PRIORITY = 65_535;

    private final FactsBuilder facts;
    private final Set<String> nodeGroups;
    private final Set<String> groupsSeen = new LinkedHashSet<>();
    private final Map<String, Effective> effective = new LinkedHashMap<>();

    /** One group as its effective replies show it, gathered over all places it is bound to. */
    private record Effective(Resource resource, Set<String> subnets, Set<String> interfaces) {}

    /** @param nodeGroups names of the node resource groups, lower case */
    SecurityResources(FactsBuilder facts, Set<String> nodeGroups) {
        this.facts = facts;
        this.nodeGroups = nodeGroups;
    }

    void group(Resource resource) {
        ArmTree tree = resource.tree();
        groupsSeen.add(resource.key());
        Optional<List<String>> subnets = tree.references("subnets");
        Optional<List<String>> interfaces = tree.references("networkInterfaces");
        if (!tree.hasList("securityRules")
                || tree.has("defaultSecurityRules") && !tree.hasList("defaultSecurityRules")
                || subnets.isEmpty()
                || interfaces.isEmpty()) {
            facts.problem(
                    resource.source(""),
                    "network security group " + OneLine.name(resource.name())
                            + " is shown without all its rules and bindings in readable form, so it is not used",
                    "give it whole: az network nsg show -o json");
            return;
        }
        List<NsgRule> rules = new ArrayList<>();
        for (String family : List.of("securityRules", "defaultSecurityRules")) {
            for (ArmTree rule : tree.items(family)) {
                rules.addAll(rules(resource.part(family, rule)));
            }
        }
        add(resource, rules, subnets.get(), interfaces.get());
    }

    private void add(Resource resource, List<NsgRule> rules, List<String> subnets, List<String> interfaces) {
        String resourceGroup = resource.resourceGroup();
        List<String> bound =
                Stream.concat(subnets.stream(), interfaces.stream()).toList();
        facts.nsgs.add(new Nsg(
                resource.lowerId(),
                resource.name(),
                resourceGroup,
                rules,
                subnets,
                interfaces,
                isManaged(resource.name()) || nodeGroups.contains(resourceGroup.toLowerCase(Locale.ROOT)),
                resource.source(
                        rules.size() + " rules, bound to " + (bound.isEmpty() ? "none" : OneLine.list(bound)))));
    }

    private static boolean isManaged(String name) {
        int end = name.length() - MANAGED_END.length();
        return end > MANAGED_START.length()
                && Digits.from(name, MANAGED_START.length()) == end - MANAGED_START.length()
                && name.regionMatches(true, 0, MANAGED_START, 0, MANAGED_START.length())
                && name.regionMatches(true, end, MANAGED_END, 0, MANAGED_END.length());
    }

    /** An effective reply shows a group once per place it is bound to. */
    void effective(AzureReader.EffectiveGroup reply) {
        ArmTree tree = reply.tree();
        String id = tree.text("networkSecurityGroup", "id");
        String manager = tree.text("association", "networkManager", "id");
        if (id.isEmpty() && !manager.isEmpty()) {
            Resource owner =
                    Resource.of(reply.index(), "effectiveNetworkSecurityGroups", ArmId.name(manager), manager, tree);
            for (ArmTree rule : tree.items("effectiveSecurityRules")) {
                adminRules(owner.part("effectiveSecurityRules", rule), true);
            }
            return;
        }
        Resource resource = Resource.of(reply.index(), "effectiveNetworkSecurityGroups", ArmId.name(id), id, tree);
        if (id.isEmpty() || !tree.hasList("effectiveSecurityRules")) {
            facts.problem(
                    resource.source(""),
                    "an effective network security group does not show which group it is or its rules, so it is not used",
                    "give it whole: az network nic list-effective-nsg -o json");
            return;
        }
        Effective gathered = effective.computeIfAbsent(
                resource.lowerId(), k -> new Effective(resource, new LinkedHashSet<>(), new LinkedHashSet<>()));
        tree.get("association").ifPresent(association -> {
            association.reference("subnet").filter(s -> !s.isEmpty()).ifPresent(gathered.subnets::add);
            association.reference("networkInterface").filter(s -> !s.isEmpty()).ifPresent(gathered.interfaces::add);
        });
    }

    /** Adds the effective groups whose own resource is not given, and says which rules stand alone. */
    void finish(List<Resource> loneRules) {
        for (Effective gathered : effective.values()) {
            if (!bind(gathered)) {
                List<NsgRule> rules = new ArrayList<>();
                for (ArmTree rule : gathered.resource.tree().items("effectiveSecurityRules")) {
                    rules.addAll(rules(gathered.resource.part("effectiveSecurityRules", rule)));
                }
                groupsSeen.add(gathered.resource.key());
                add(gathered.resource, rules, List.copyOf(gathered.subnets), List.copyOf(gathered.interfaces));
            }
        }
        Set<String> told = new LinkedHashSet<>();
        for (Resource rule : loneRules) {
            int end = rule.lowerId().indexOf("/securityrules/");
            String group = end < 0 ? "" : rule.lowerId().substring(0, end);
            if (!groupsSeen.contains(group) && told.add(group)) {
                facts.problem(
                        rule.source(""),
                        "security rules are given without their network security group, so it is not known whether they are all",
                        "give the group: az network nsg show -o json");
            }
        }
    }

    /** Adds what an effective reply says of the bindings to the group's own resource, if that is given. */
    private boolean bind(Effective gathered) {
        for (int i = 0; i < facts.nsgs.size(); i++) {
            Nsg nsg = facts.nsgs.get(i);
            if (nsg.id().equals(gathered.resource.lowerId())) {
                facts.nsgs.set(
                        i,
                        new Nsg(
                                nsg.id(),
                                nsg.name(),
                                nsg.resourceGroup(),
                                nsg.rules(),
                                union(nsg.subnetIds(), gathered.subnets),
                                union(nsg.interfaceIds(), gathered.interfaces),
                                nsg.managed(),
                                nsg.source()));
                return true;
            }
        }
        return false;
    }

    private static List<String> union(List<String> one, Set<String> other) {
        Set<String> all = new LinkedHashSet<>(one);
        all.addAll(other);
        return List.copyOf(all);
    }

    /** One rule; several where its direction or access cannot be read, so that each may be the true one. */
    private List<NsgRule> rules(Resource rule) {
        ArmTree tree = rule.tree();
        Side source = side(tree, "source");
        Side destination = side(tree, "destination");
        return rules(rule, source, destination, ports(tree, "source"), ports(tree, "destination"), true);
    }

    private List<NsgRule> rules(
            Resource rule, Side source, Side destination, Ports sourcePorts, Ports destinationPorts, boolean applies) {
        ArmTree tree = rule.tree();
        int stated = tree.number("priority");
        int priority = stated > MAX_PRIORITY ? -1 : stated;
        String protocol = tree.text("protocol");
        String known = PROTOCOLS.getOrDefault(protocol.toLowerCase(Locale.ROOT), "");
        List<Direction> directions = switch (tree.lower("direction")) {
            case "inbound" -> List.of(Direction.INBOUND);
            case "outbound" -> List.of(Direction.OUTBOUND);
            default -> List.of(Direction.INBOUND, Direction.OUTBOUND);
        };
        List<Boolean> accesses = switch (tree.lower("access")) {
            case "allow", "alwaysallow" -> List.of(true);
            case "deny" -> List.of(false);
            default -> List.of(true, false);
        };
        List<String> unread = new ArrayList<>();
        check(unread, !rule.name().isEmpty(), "name");
        check(unread, priority >= 0, "priority");
        check(unread, directions.size() == 1, "direction");
        check(unread, accesses.size() == 1, "access");
        check(unread, !known.isEmpty(), "protocol");
        check(unread, source.understood, "source addresses");
        check(unread, sourcePorts.understood, "source ports");
        check(unread, destination.understood, "destination addresses");
        check(unread, destinationPorts.understood, "destination ports");
        if (!unread.isEmpty()) {
            facts.problem(
                    rule.source(""),
                    "security rule " + OneLine.name(OneLine.orUnknown(rule.name())) + " has no readable "
                            + String.join(", ", unread) + ", so what it matches is unknown",
                    "give the rule whole, as az network nsg show -o json prints it");
        }
        String name = plainName(rule.name());
        String text = "priority " + (priority < 0 ? "?" : Integer.toString(priority)) + " "
                + OneLine.orUnknown(tree.text("direction")) + " " + OneLine.orUnknown(tree.text("access")) + " "
                + OneLine.orUnknown(protocol) + " from " + source.text()
                + (sourcePorts.any() ? "" : ":" + sourcePorts.text())
                + " to " + destination.text() + ":" + destinationPorts.text();
        List<NsgRule> rules = new ArrayList<>();
        for (Direction direction : directions) {
            for (boolean allow : accesses) {
                rules.add(new NsgRule(
                        name,
                        Math.max(priority, 0),
                        direction,
                        allow,
                        known.isEmpty() ? protocol : known,
                        source.prefixes,
                        sourcePorts.ranges,
                        source.groups,
                        destination.prefixes,
                        destinationPorts.ranges,
                        destination.groups,
                        unread.isEmpty() && applies,
                        rule.source(text)));
            }
        }
        return rules;
    }

    private static void check(List<String> unread, boolean readable, String field) {
        if (!readable) {
            unread.add(field);
        }
    }

    private static String plainName(String name) {
        for (String prefix : EFFECTIVE_PREFIXES) {
            if (name.startsWith(prefix)) {
                return name.substring(prefix.length());
            }
        }
        return name;
    }

    /** @param shown the prefixes as Azure prints them, tags unexpanded */
    private record Side(List<String> prefixes, List<String> shown, List<String> groups, boolean understood) {
        String text() {
            if (groups.isEmpty()) {
                return OneLine.list(shown);
            }
            String named =
                    "group " + OneLine.list(groups.stream().map(ArmId::name).toList());
            return shown.isEmpty() ? named : OneLine.list(shown) + "," + named;
        }
    }

    private static Side side(ArmTree rule, String side) {
        ArmTree.Texts prefixes = rule.texts(side + "AddressPrefix", side + "AddressPrefixes");
        ArmTree.Texts expanded =
                rule.texts("expanded" + (side.equals("source") ? "Source" : "Destination") + "AddressPrefix");
        Optional<List<String>> groups = rule.references(side + "ApplicationSecurityGroups");
        boolean stated = !prefixes.isEmpty() || groups.map(g -> !g.isEmpty()).orElse(false);
        return new Side(
                expand(prefixes.values(), expanded.values()),
                prefixes.values(),
                groups.orElse(List.of()),
                stated && prefixes.understood() && expanded.understood() && groups.isPresent());
    }

    /** Azure's own list of what a tag covers, in an effective reply, is surer than any other reading of the tag. */
    private static List<String> expand(List<String> prefixes, List<String> expanded) {
        if (expanded.isEmpty()) {
            return prefixes;
        }
        Set<String> addresses = new LinkedHashSet<>();
        for (String prefix : prefixes) {
            if (prefix.equals("*")
                    || prefix.indexOf(':') >= 0
                    || AddressSet.parse(prefix).isPresent()) {
                addresses.add(prefix);
            }
        }
        addresses.addAll(expanded);
        return List.copyOf(addresses);
    }

    private record Ports(List<String> ranges, boolean understood) {
        boolean any() {
            boolean any = false;
            for (String range : ranges) {
                any |= PortSet.parse(range, '-').filter(PortSet.ALL::equals).isPresent();
            }
            return any && understood;
        }

        String text() {
            return OneLine.list(ranges);
        }
    }

    private static Ports ports(ArmTree rule, String side) {
        ArmTree.Texts texts = rule.texts(side + "PortRange", side + "PortRanges");
        boolean understood = texts.understood() && !texts.isEmpty();
        for (String range : texts.values()) {
            understood = understood && PortSet.parse(range, '-').isPresent();
        }
        return new Ports(texts.values(), understood);
    }

    /**
     * A security admin rule of a Virtual Network Manager. Its definition alone does not show that it is deployed to the
     * cluster's network: only the effective or active list does, or a hand-written rule without an id.
     */
    void adminRule(Resource rule) {
        ArmTree tree = rule.tree();
        boolean deployed = rule.id().isEmpty()
                || Stream.of("configurationDescription", "ruleCollectionAppliesToGroups", "ruleGroups", "commitTime")
                        .anyMatch(tree::mentions);
        if (!deployed) {
            facts.problem(
                    rule.source(""),
                    "security admin rule " + OneLine.name(rule.name())
                            + " is defined, but nothing shows whether it is deployed to the cluster's network",
                    "give the output of az network manager list-effective-security-admin-rule -o json");
        }
        adminRules(rule, deployed);
    }

    private void adminRules(Resource rule, boolean deployed) {
        ArmTree tree = rule.tree();
        Side source = tree.has("sources") ? adminSide(tree, "sources") : side(tree, "source");
        Side destination = tree.has("destinations") ? adminSide(tree, "destinations") : side(tree, "destination");
        for (NsgRule each :
                rules(rule, source, destination, ports(tree, "source"), ports(tree, "destination"), deployed)) {
            String access = tree.lower("access");
            boolean stated = access.equals("allow") || access.equals("alwaysallow");
            if (!each.allow()) {
                facts.adminRules.add(new AdminRule("Deny", each));
            } else if (!stated || access.equals("allow")) {
                facts.adminRules.add(new AdminRule("Allow", each));
            }
            if (each.allow() && !access.equals("allow")) {
                facts.adminRules.add(new AdminRule("AlwaysAllow", each));
            }
        }
    }

    /** {@code [{"addressPrefix": "10.0.0.0/8", "addressPrefixType": "IPPrefix"}]}; a network group's members are not shown. */
    private static Side adminSide(ArmTree rule, String key) {
        List<String> prefixes = new ArrayList<>();
        boolean understood = rule.hasList(key) && !rule.items(key).isEmpty();
        for (ArmTree item : rule.items(key)) {
            String prefix = item.text("addressPrefix");
            understood &= !prefix.isEmpty() && !item.lower("addressPrefixType").equals("networkgroup");
            if (!prefix.isEmpty()) {
                prefixes.add(prefix);
            }
        }
        return new Side(prefixes, prefixes, List.of(), understood);
    }
}
