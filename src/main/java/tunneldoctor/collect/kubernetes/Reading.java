package tunneldoctor.collect.kubernetes;

import java.util.List;

/**
 * What is asked of the API server, all by GET. No logs, exec or port-forward, which would take the tunnel, and no Secret, for
 * there is no path to one here.
 *
 * @param what for people
 * @param kind of the objects
 * @param namespace empty where the objects have none
 * @param path with the query that chooses the objects
 * @param isList whether many are asked for; a single one that is not there is no gap
 */
record Reading(String what, String kind, String namespace, String path, boolean isList) {
    static final String EVENT = "Event";

    private static final String SYSTEM = "kube-system";

    /** In the order of what hurts most when it is missing. */
    static final List<Reading> ALL = List.of(
            new Reading("nodes", "Node", "", "/api/v1/nodes", true),
            inSystem("pods", "Pod", "/api/v1", "pods"),
            inSystem("deployments", "Deployment", "/apis/apps/v1", "deployments"),
            configMap("konnectivity-agent-autoscaler"),
            configMap("cluster-autoscaler-status"),
            inSystem("events", EVENT, "/api/v1", "events"),
            // Events of nodes, such as the kernel running out of memory, go to the default namespace.
            new Reading(
                    "events of nodes",
                    EVENT,
                    "default",
                    "/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DNode",
                    true),
            inSystem("network policies", "NetworkPolicy", "/apis/networking.k8s.io/v1", "networkpolicies"),
            new Reading(
                    "certificate signing requests",
                    "CertificateSigningRequest",
                    "",
                    "/apis/certificates.k8s.io/v1/certificatesigningrequests",
                    true));

    private static Reading inSystem(String what, String kind, String group, String plural) {
        return new Reading(what + " in " + SYSTEM, kind, SYSTEM, group + "/namespaces/" + SYSTEM + "/" + plural, true);
    }

    private static Reading configMap(String name) {
        return new Reading(
                "ConfigMap " + SYSTEM + "/" + name,
                "ConfigMap",
                SYSTEM,
                "/api/v1/namespaces/" + SYSTEM + "/configmaps/" + name,
                false);
    }

    /** The path of one page of a list. */
    String page(int size, String continued) {
        return path + (path.contains("?") ? "&" : "?") + "limit=" + size
                + (continued.isEmpty() ? "" : "&continue=" + continued);
    }
}
