package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tunneldoctor.model.Answer;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Cluster.AgentPool;
import tunneldoctor.model.Cluster.NetworkPlugin;

/**
 * Reads the managed cluster with its pools.
 * <pre>
 * {"name": "shop", "type": "Microsoft.ContainerService/managedClusters", "properties": {"fqdn": "…",
 *  "nodeResourceGroup": "MC_…", "networkProfile": {"networkPlugin": "azure", "networkPluginMode": "overlay", …},
 *  "apiServerAccessProfile": {"enablePrivateCluster": false}, "agentPoolProfiles": [{"name": "nodepool1", …}]}}
 * </pre>
 */
final class ClusterResources {
    private final FactsBuilder facts;

    ClusterResources(FactsBuilder facts) {
        this.facts = facts;
    }

    void read(List<Resource> clusters, List<Resource> pools, List<Resource> publicAddresses) {
        for (Resource cluster : clusters) {
            if (facts.cluster == null) {
                facts.cluster = cluster(cluster, pools, publicAddresses);
            } else {
                facts.problem(
                        cluster.source(""),
                        "a second managed cluster, " + OneLine.name(cluster.name()) + ", is not used",
                        "give each cluster a facts document of its own");
            }
        }
        for (Resource pool : pools) {
            if (facts.cluster == null) {
                facts.problem(
                        pool.source(""),
                        "node pool " + OneLine.name(pool.name()) + " is given without its cluster, so it is not used",
                        "give the cluster too: az aks show -o json");
            }
        }
    }

    private Cluster cluster(Resource resource, List<Resource> poolResources, List<Resource> publicAddresses) {
        ArmTree tree = resource.tree();
        List<AgentPool> pools = pools(resource, poolResources);
        NetworkPlugin plugin = plugin(tree, pools);
        // Older api-versions leave a whole block out where nothing in it is set; a hand-written file that shows neither
        // the
        // block nor what every reply has says nothing about it.
        boolean whole = tree.has("provisioningState")
                || tree.has("fqdn")
                || tree.has("privateFqdn")
                || tree.mentions("apiServerAccessProfile");
        Answer privateCluster = stated(
                tree.answer("apiServerAccessProfile", "enablePrivateCluster"), whole, tree, "enablePrivateCluster");
        Answer vnetIntegration = stated(
                tree.answer("apiServerAccessProfile", "enableVnetIntegration"), whole, tree, "enableVnetIntegration");
        String version = tree.text("currentKubernetesVersion");
        String outboundType = tree.text("networkProfile", "outboundType");
        return new Cluster(
                resource.name(),
                resource.resourceGroup(),
                tree.text("nodeResourceGroup"),
                ArmId.segmentAfter(resource.id(), "subscriptions").orElse(""),
                tree.lower("location").replace(" ", ""),
                version.isEmpty() ? tree.text("kubernetesVersion") : version,
                plugin,
                tree.text("networkProfile", "networkDataplane"),
                tree.text("networkProfile", "networkPolicy"),
                outboundType,
                privateCluster,
                vnetIntegration,
                tree.lower("apiServerAccessProfile", "subnetId"),
                tree.text("fqdn").isEmpty() ? tree.text("privateFqdn") : tree.text("fqdn"),
                cidrs(tree, "podCidr", "podCidrs"),
                cidrs(tree, "serviceCidr", "serviceCidrs"),
                tree.number("networkProfile", "loadBalancerProfile", "allocatedOutboundPorts"),
                Math.max(
                        tree.number("networkProfile", "loadBalancerProfile", "idleTimeoutInMinutes"),
                        tree.number("networkProfile", "natGatewayProfile", "idleTimeoutInMinutes")),
                Math.max(
                        tree.number("networkProfile", "loadBalancerProfile", "managedOutboundIPs", "count"),
                        tree.number("networkProfile", "natGatewayProfile", "managedOutboundIPProfile", "count")),
                outboundAddresses(tree, publicAddresses),
                lockedDown(tree, whole),
                pools,
                resource.source(
                        "Kubernetes " + OneLine.orUnknown(version.isEmpty() ? tree.text("kubernetesVersion") : version)
                                + ", network plugin " + plugin.name().toLowerCase(Locale.ROOT)
                                + ", outbound " + OneLine.orUnknown(outboundType)
                                + ", private cluster " + word(privateCluster)
                                + ", API Server VNet Integration " + word(vnetIntegration)));
    }

    private Answer stated(Answer answer, boolean whole, ArmTree cluster, String key) {
        boolean malformed = cluster.has("apiServerAccessProfile", key)
                || cluster.has("apiServerAccessProfile")
                        && !cluster.get("apiServerAccessProfile")
                                .map(ArmTree::isMapping)
                                .orElse(false);
        return answer.unknown() && whole && !malformed ? Answer.NO : answer;
    }

    private static Answer lockedDown(ArmTree tree, boolean whole) {
        String level = tree.lower("nodeResourceGroupProfile", "restrictionLevel");
        return switch (level) {
            case "readonly" -> Answer.YES;
            case "unrestricted" -> Answer.NO;
            default ->
                level.isEmpty() && whole && !tree.has("nodeResourceGroupProfile") ? Answer.NO : Answer.CANNOT_TELL;
        };
    }

    private static NetworkPlugin plugin(ArmTree tree, List<AgentPool> pools) {
        String plugin = tree.lower("networkProfile", "networkPlugin");
        boolean modeStated = tree.has("networkProfile", "networkPluginMode");
        return switch (plugin) {
            case "kubenet" -> NetworkPlugin.KUBENET;
            case "none" -> NetworkPlugin.OTHER;
            case "azure" -> {
                if (modeStated) {
                    yield tree.lower("networkProfile", "networkPluginMode").equals("overlay")
                            ? NetworkPlugin.AZURE_OVERLAY
                            : NetworkPlugin.UNKNOWN;
                }
                yield pools.stream().anyMatch(pool -> !pool.podSubnetId().isEmpty())
                        ? NetworkPlugin.AZURE_POD_SUBNET
                        : NetworkPlugin.AZURE_NODE_SUBNET;
            }
            default -> NetworkPlugin.UNKNOWN;
        };
    }

    private static List<String> cidrs(ArmTree tree, String singular, String plural) {
        return tree.get("networkProfile")
                .map(profile -> profile.texts(plural, singular).values())
                .orElse(List.of());
    }

    private static List<String> outboundAddresses(ArmTree tree, List<Resource> publicAddresses) {
        Map<String, String> known = new HashMap<>();
        for (Resource address : publicAddresses) {
            known.put(address.key(), address.tree().text("ipAddress"));
        }
        List<ArmTree> effective =
                new ArrayList<>(tree.items("networkProfile", "loadBalancerProfile", "effectiveOutboundIPs"));
        effective.addAll(tree.items("networkProfile", "natGatewayProfile", "effectiveOutboundIPs"));
        return ArmTree.addresses(effective.stream()
                .flatMap(ip -> ip.identity().stream())
                .map(id -> known.getOrDefault(id, known.getOrDefault(ArmId.name(id), "")))
                .distinct()
                .toList());
    }

    /** Pools of the cluster resource, each replaced by its own resource where that is given. */
    private List<AgentPool> pools(Resource cluster, List<Resource> resources) {
        Map<String, AgentPool> pools = new LinkedHashMap<>();
        for (ArmTree profile : cluster.tree().items("agentPoolProfiles")) {
            String name = profile.text("name");
            if (name.isEmpty()) {
                facts.problem(
                        cluster.part("agentPoolProfiles", profile).source(""),
                        "a node pool of the cluster has no name, so it is not used",
                        "");
                continue;
            }
            pools.put(name.toLowerCase(Locale.ROOT), pool(name, profile, cluster));
        }
        for (Resource resource : resources) {
            String owner = ArmId.segmentAfter(resource.id(), "managedClusters").orElse(cluster.name());
            if (!owner.equalsIgnoreCase(cluster.name())) {
                facts.problem(
                        resource.source(""),
                        "node pool " + OneLine.name(resource.name()) + " is of another cluster, " + OneLine.name(owner)
                                + ", so it is not used",
                        "give each cluster a facts document of its own");
                continue;
            }
            // A flattened list may give cluster/pool as the name.
            String name = ArmId.name(resource.name());
            pools.put(name.toLowerCase(Locale.ROOT), pool(name, resource.tree(), resource));
        }
        return List.copyOf(pools.values());
    }

    private static AgentPool pool(String name, ArmTree tree, Resource owner) {
        int count = tree.number("count");
        int maxCount = tree.number("maxCount");
        Answer autoscaling = tree.answer("enableAutoScaling");
        String text = "pool " + name + ", nodes " + (count < 0 ? "?" : Integer.toString(count))
                + (autoscaling.yes() ? ", up to " + (maxCount < 0 ? "?" : Integer.toString(maxCount)) : "");
        return new AgentPool(
                name,
                count,
                maxCount,
                autoscaling,
                tree.text("upgradeSettings", "maxSurge"),
                tree.text("osType"),
                tree.text("osSKU"),
                tree.text("mode"),
                poolKind(tree),
                tree.lower("vnetSubnetID"),
                tree.lower("podSubnetID"),
                owner.tree() == tree
                        ? owner.source(text)
                        : owner.part("agentPoolProfiles", tree).source(text));
    }

    /** The pool's own {@code type} clashes with the resource's where the reply is flattened, so tools rename it. */
    private static String poolKind(ArmTree tree) {
        for (String key : List.of("typePropertiesType", "agentPoolType", "type")) {
            String kind = tree.text(key);
            if (!kind.isEmpty() && kind.indexOf('/') < 0) {
                return kind;
            }
        }
        return "";
    }

    private static String word(Answer answer) {
        return switch (answer) {
            case YES -> "yes";
            case NO -> "no";
            case CANNOT_TELL -> "not stated";
        };
    }
}
