package tunneldoctor.collect.standin;

import static tunneldoctor.collect.standin.FakeCluster.map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.JsonTree;
import tunneldoctor.collect.standin.FakeCluster.FakeNode;

/** What the API server of a {@link FakeCluster} tells: its nodes, and two konnectivity agents on the first two of them. */
public final class FakeKubernetes {
    private static final ObjectMapper JSON = new ObjectMapper();

    private FakeKubernetes() {}

    /** Objects in the shape of the API, each with its kind. */
    public static List<Map<String, Object>> objects(FakeCluster cluster) {
        List<Map<String, Object>> objects = new ArrayList<>();
        List<FakeNode> nodes = cluster.nodes();
        nodes.forEach(node -> objects.add(node(node)));
        for (int i = 0; i < Math.min(2, nodes.size()); i++) {
            objects.add(agent("konnectivity-agent-7d9f8c6b54-k2m8" + i, nodes.get(i), "10.244." + i + ".7"));
        }
        objects.add(map(
                "apiVersion", "apps/v1",
                "kind", "Deployment",
                "metadata", map("name", "konnectivity-agent", "namespace", "kube-system"),
                "spec", map("replicas", 2),
                "status", map("replicas", 2, "readyReplicas", 2)));
        return objects;
    }

    /** Keeps them as if they had been read. */
    public static void into(Collected collected, FakeCluster cluster) throws IOException {
        for (Map<String, Object> object : objects(cluster)) {
            collected.kubernetes(JsonTree.read(json(object)));
        }
    }

    private static String json(Map<String, Object> object) throws JsonProcessingException {
        return JSON.writeValueAsString(object);
    }

    private static Map<String, Object> node(FakeNode node) {
        String os = node.os().toLowerCase(Locale.ROOT);
        return map(
                "apiVersion", "v1",
                "kind", "Node",
                "metadata",
                        map(
                                "name", node.name(),
                                "labels", map("kubernetes.azure.com/agentpool", node.pool(), "kubernetes.io/os", os)),
                "spec", map("providerID", "azure://" + node.armId()),
                "status",
                        map(
                                "addresses",
                                        List.of(
                                                map("type", "InternalIP", "address", node.address()),
                                                map("type", "Hostname", "address", node.name())),
                                "conditions", List.of(map("type", "Ready", "status", "True", "reason", "KubeletReady")),
                                "nodeInfo",
                                        map(
                                                "osImage",
                                                "Ubuntu 24.04.3 LTS",
                                                "operatingSystem",
                                                os,
                                                "kubeletVersion",
                                                "v1.33.2")));
    }

    private static Map<String, Object> agent(String name, FakeNode node, String address) {
        return map(
                "apiVersion", "v1",
                "kind", "Pod",
                "metadata",
                        map(
                                "name",
                                name,
                                "namespace",
                                "kube-system",
                                "labels",
                                map("app", "konnectivity-agent", "component", "tunnel")),
                "spec",
                        map(
                                "nodeName", node.name(),
                                "containers",
                                        List.of(
                                                map(
                                                        "name", "konnectivity-agent",
                                                        "image",
                                                                "mcr.microsoft.com/oss/v2/kubernetes/apiserver-network-proxy/agent:v0.31.4"))),
                "status",
                        map(
                                "phase", "Running",
                                "podIP", address,
                                "hostIP", node.address(),
                                "conditions", List.of(map("type", "Ready", "status", "True")),
                                "containerStatuses",
                                        List.of(map(
                                                "name",
                                                "konnectivity-agent",
                                                "ready",
                                                true,
                                                "restartCount",
                                                0,
                                                "state",
                                                map("running", map("startedAt", "2026-11-20T08:00:00Z"))))));
    }
}
