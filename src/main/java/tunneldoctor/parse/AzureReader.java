package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Tree;

/**
 * Reads the facts file's {@code azure} list: resources as ARM, {@code az … -o json} or PowerShell print them, alone, in a
 * list or in a page.
 * <pre>
 * - type: Microsoft.Network/networkSecurityGroups
 *   name: custom-nsg
 *   id: /subscriptions/…/networkSecurityGroups/custom-nsg
 *   properties: {securityRules: [{name: deny-all, properties: {priority: 200, …}}]}
 * - value: [{name: aks-subnet, id: …/virtualNetworks/aks-vnet/subnets/aks-subnet, …}]
 * </pre>
 * A type no fact is made of is known noise; what is no resource, or cannot be told, is a problem.
 */
final class AzureReader {
    /** Lists and pages wrap a resource once or twice; anything deeper is not a reply of Azure. */
    private static final int MAX_WRAPPERS = 8;

    private final FactsBuilder facts;
    private final Map<ResourceKind, List<Resource>> resources = new EnumMap<>(ResourceKind.class);
    private final List<EffectiveGroup> effectiveGroups = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private final Set<Integer> effectiveRoutes = new HashSet<>();

    /** One group of an effective network security group reply. */
    record EffectiveGroup(int index, ArmTree tree) {}

    private AzureReader(FactsBuilder facts) {
        this.facts = facts;
    }

    static void read(List<Tree> items, FactsBuilder facts) {
        AzureReader reader = new AzureReader(facts);
        for (int i = 0; i < items.size(); i++) {
            reader.item(items.get(i), i, 0);
        }
        reader.interpret();
    }

    /** Whether it is a resource, a list or a page of resources; also of those that no fact is made of. */
    static boolean recognises(Tree tree) {
        return recognises(tree, 0);
    }

    private static boolean recognises(Tree tree, int depth) {
        if (depth > MAX_WRAPPERS) {
            return false;
        }
        if (tree instanceof Tree.Sequence sequence) {
            return sequence.items().stream().anyMatch(item -> recognises(item, depth + 1));
        }
        if (!(tree instanceof Tree.Mapping)) {
            return false;
        }
        Optional<Tree.Sequence> page = page(tree);
        if (page.isPresent()) {
            return recognises(page.get(), depth + 1);
        }
        ArmTree resource = new ArmTree(tree);
        return resource.has("effectiveSecurityRules")
                || isEffectiveRoute(resource)
                || type(resource, firstText(resource, "id", "lockId", "resourceId"))
                        .isPresent()
                || ResourceKind.ofShape(resource).isPresent();
    }

    private void interpret() {
        Set<String> nodeGroups = new HashSet<>();
        new ClusterResources(facts)
                .read(of(ResourceKind.CLUSTER), of(ResourceKind.AGENT_POOL), of(ResourceKind.PUBLIC_ADDRESS));
        if (facts.cluster != null && !facts.cluster.nodeResourceGroup().isEmpty()) {
            nodeGroups.add(facts.cluster.nodeResourceGroup().toLowerCase(Locale.ROOT));
        }
        ComputeResources compute = new ComputeResources(facts);
        of(ResourceKind.SCALE_SET).forEach(compute::scaleSet);
        of(ResourceKind.INTERFACE).forEach(compute::networkInterface);
        NetworkResources network = new NetworkResources(facts, of(ResourceKind.PUBLIC_PREFIX));
        network.networks(of(ResourceKind.NETWORK), of(ResourceKind.SUBNET));
        of(ResourceKind.ROUTE_TABLE).forEach(network::routeTable);
        of(ResourceKind.LOAD_BALANCER).forEach(network::loadBalancer);
        of(ResourceKind.NAT_GATEWAY).forEach(network::natGateway);
        of(ResourceKind.LOCK).forEach(network::lock);
        SecurityResources security = new SecurityResources(facts, nodeGroups);
        of(ResourceKind.NSG).forEach(security::group);
        effectiveGroups.forEach(security::effective);
        security.finish(of(ResourceKind.SECURITY_RULE));
        of(ResourceKind.ADMIN_RULE).forEach(security::adminRule);
        new FirewallResources(facts)
                .read(
                        of(ResourceKind.FIREWALL),
                        of(ResourceKind.FIREWALL_POLICY),
                        of(ResourceKind.RULE_COLLECTION_GROUP),
                        of(ResourceKind.IP_GROUP));
    }

    private List<Resource> of(ResourceKind kind) {
        return resources.getOrDefault(kind, List.of());
    }

    private void item(Tree tree, int index, int depth) {
        if (depth > MAX_WRAPPERS) {
            facts.problem(
                    at(tree, index, ""),
                    "lists are nested too deeply to be a reply of Azure",
                    "give each resource as an item of azure");
        } else if (tree instanceof Tree.Sequence sequence) {
            sequence.items().forEach(part -> item(part, index, depth + 1));
        } else if (tree instanceof Tree.Mapping) {
            Optional<Tree.Sequence> page = page(tree);
            if (page.isEmpty()) {
                resource(new ArmTree(tree), index);
                return;
            }
            if (tree.text("nextLink").filter(next -> !next.isBlank()).isPresent()) {
                facts.problem(
                        at(tree, index, ""),
                        "the page is not the last one: it names a next link, so resources are missing",
                        "give the other pages too, or the output of az … list, which follows them");
            }
            item(page.get(), index, depth + 1);
        } else {
            facts.problem(
                    at(tree, index, tree instanceof Tree.Scalar scalar ? scalar.text() : ""),
                    "an item of azure is not an object",
                    "give the resource as Azure prints it: az … show -o json");
        }
    }

    /** The list inside {@code {value: […]}} and its kin; empty for a resource. */
    private static Optional<Tree.Sequence> page(Tree tree) {
        if (tree.get("id").isPresent()
                || tree.get("type").isPresent()
                || tree.get("name").isPresent()) {
            return Optional.empty();
        }
        for (String key : List.of("value", "networkSecurityGroups", "data")) {
            Optional<Tree> value = tree.get(key);
            if (value.isPresent() && value.get() instanceof Tree.Sequence sequence) {
                return Optional.of(sequence);
            }
        }
        return Optional.empty();
    }

    private void resource(ArmTree tree, int index) {
        if (tree.has("effectiveSecurityRules")) {
            effectiveGroups.add(new EffectiveGroup(index, tree));
            return;
        }
        if (isEffectiveRoute(tree)) {
            if (effectiveRoutes.add(index)) {
                facts.problem(
                        at(tree.tree(), index, ""),
                        "an effective route table does not say which network interface it is of, so it is not used",
                        "give the route table: az network route-table show -o json");
            }
            return;
        }
        String id = firstText(tree, "id", "lockId", "resourceId");
        String name = firstText(tree, "name", "resourceName");
        if (name.isEmpty()) {
            name = ArmId.name(id);
        }
        Optional<String> type = type(tree, id);
        Optional<ResourceKind> kind = type.isPresent() ? ResourceKind.ofType(type.get()) : ResourceKind.ofShape(tree);
        if (name.isEmpty() || type.isEmpty() && kind.isEmpty()) {
            facts.problem(
                    at(tree.tree(), index, name),
                    name.isEmpty()
                            ? "a resource has no name"
                            : "resource " + OneLine.name(name) + " names no type and is of no shape that is known",
                    "give it with its type, name and id, as az … show -o json prints it");
        } else if (kind.isPresent()) {
            keep(kind.get(), tree, index, name, id);
        }
    }

    private void keep(ResourceKind kind, ArmTree tree, int index, String name, String id) {
        Resource resource = Resource.of(index, kind.family(), name, id, tree);
        String scope = resource.resourceGroup().toLowerCase(Locale.ROOT) + "/" + resource.key();
        if (!seen.add(kind + " " + (id.isEmpty() ? scope : resource.key()))) {
            facts.problem(
                    resource.source(""),
                    "resource " + OneLine.name(name) + " is given twice; the first one counts",
                    "keep the newer of the two");
            return;
        }
        resources.computeIfAbsent(kind, k -> new ArrayList<>()).add(resource);
    }

    private static boolean isEffectiveRoute(ArmTree tree) {
        return tree.has("nextHopType") && tree.has("addressPrefix") && (tree.has("source") || tree.has("state"));
    }

    /** The type a resource states, or else its id shows. */
    private static Optional<String> type(ArmTree tree, String id) {
        Optional<String> stated = tree.tree().text("type").filter(type -> type.indexOf('/') > 0);
        if (stated.isPresent()) {
            return stated;
        }
        Optional<String> shown = typeOf(id);
        return shown.isPresent() ? shown : tree.tree().text("resourceType").filter(type -> type.indexOf('/') > 0);
    }

    /** {@code NS/types/subtypes} of an id {@code …/providers/NS/types/name/subtypes/name}. */
    private static Optional<String> typeOf(String id) {
        String marker = "/providers/";
        int at = id.toLowerCase(Locale.ROOT).lastIndexOf(marker);
        if (at < 0) {
            return Optional.empty();
        }
        String[] parts = id.substring(at + marker.length()).split("/", -1);
        if (parts.length < 3 || parts.length % 2 == 0) {
            return Optional.empty();
        }
        StringBuilder type = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i += 2) {
            type.append('/').append(parts[i]);
        }
        return Optional.of(type.toString());
    }

    private static String firstText(ArmTree tree, String... keys) {
        for (String key : keys) {
            String text = tree.tree().text(key).map(String::strip).orElse("");
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    private static SourceRef at(Tree tree, int index, String text) {
        return new SourceRef("azure[" + index + "]", tree.line(), OneLine.text(text));
    }
}
