package tunneldoctor.collect.live;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tunneldoctor.model.Tree;

/** What collection itself has to know of the objects it read: whose cluster they are of, and where its agents run. */
final class KubernetesFacts {
    private KubernetesFacts() {}

    /**
     * The nodes that host an agent of the tunnel, by the labels and names of each generation (domain reference, 1.1). The
     * autoscaler of the agents is none.
     */
    static Set<String> agentNodes(List<Tree> objects) {
        Set<String> nodes = new TreeSet<>();
        for (Tree object : objects) {
            if (isKind(object, "Pod") && isAgent(object)) {
                object.text("spec", "nodeName").ifPresent(nodes::add);
            }
        }
        return nodes;
    }

    private static boolean isAgent(Tree pod) {
        String app = pod.text("metadata", "labels", "app").orElse("");
        String name = pod.text("metadata", "name").orElse("");
        boolean autoscaler = name.startsWith("konnectivity-agent-autoscaler") || app.endsWith("-autoscaler");
        return !autoscaler
                && (app.equals("konnectivity-agent")
                        || pod.text("metadata", "labels", "component")
                                .filter("tunnel"::equals)
                                .isPresent()
                        || Stream.of("konnectivity-agent-", "aks-link-", "tunnelfront-")
                                .anyMatch(name::startsWith));
    }

    /**
     * Why the objects must not be taken for those of the cluster; empty if they are its own. A kubeconfig's current context
     * is easily another cluster's, whose healthy agents would then speak for a broken one.
     *
     * @param azure resources, the cluster among them
     * @param server the API server's address that the kubeconfig gave
     * @param meant whether the user named the context
     */
    static Optional<String> notItsOwn(
            List<Tree> azure, List<Tree> objects, Optional<String> server, ClusterName name, boolean meant) {
        Optional<Tree> cluster = azure.stream()
                .filter(resource -> resource.text("type")
                        .filter("Microsoft.ContainerService/managedClusters"::equalsIgnoreCase)
                        .isPresent())
                .findFirst();
        String group = cluster.flatMap(found -> found.text("properties", "nodeResourceGroup"))
                .orElse("");
        String machines = cluster.flatMap(found -> found.text("id"))
                .map(id -> id.split("/", -1))
                .filter(parts -> parts.length > 2 && !group.isEmpty())
                .map(parts -> "azure:///subscriptions/" + parts[2] + "/resourcegroups/" + group + "/")
                .orElse("")
                .toLowerCase(Locale.ROOT);
        List<String> provided = objects.stream()
                .filter(object -> isKind(object, "Node"))
                .flatMap(node -> node.text("spec", "providerID").stream())
                .map(id -> id.toLowerCase(Locale.ROOT))
                .toList();
        if (!machines.isEmpty() && !provided.isEmpty()) {
            return provided.stream()
                    .filter(id -> !id.startsWith(machines))
                    .findFirst()
                    .map(other -> "the kubeconfig's context is another cluster's: it has the machine " + other
                            + ", which is not in the node resource group " + group
                            + "; give the right one with --context, or run az aks get-credentials -g "
                            + name.resourceGroup() + " -n " + name.cluster());
        }
        return meant || isServerOf(cluster, server)
                ? Optional.empty()
                : Optional.of("it cannot be told whether the kubeconfig's current context is this cluster's;"
                        + " --context names the one that is");
    }

    private static boolean isServerOf(Optional<Tree> cluster, Optional<String> server) {
        Optional<String> host = server.flatMap(KubernetesFacts::host);
        return Stream.of("fqdn", "privateFQDN", "azurePortalFQDN")
                .flatMap(key -> cluster.flatMap(found -> found.text("properties", key)).stream())
                .anyMatch(fqdn -> host.filter(fqdn::equalsIgnoreCase).isPresent());
    }

    private static Optional<String> host(String server) {
        try {
            return Optional.ofNullable(URI.create(server).getHost());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isKind(Tree object, String kind) {
        return object.text("kind").filter(kind::equals).isPresent();
    }
}
