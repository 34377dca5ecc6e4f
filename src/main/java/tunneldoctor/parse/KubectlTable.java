package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Answer;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Tree;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;

/**
 * Reads the tables of {@code kubectl get pods} and {@code kubectl get nodes}, with or without {@code -o wide},
 * {@code -A} or {@code --show-labels}, by the places of their headings.
 * <pre>
 * NAME                                 READY   STATUS    RESTARTS      AGE   IP           NODE
 * konnectivity-agent-6d5f4c7b9-abcde   1/1     Running   3 (5m ago)    30h   10.244.1.3   aks-np-12345678-vmss000002
 * </pre>
 * A row that does not fit its headings is a problem.
 */
final class KubectlTable {
    /** Pods every AKS cluster runs in kube-system, which tell what namespace a table without that column is of. */
    private static final List<String> SYSTEM_PODS = List.of("coredns-", "kube-proxy-", "metrics-server-");

    private final FactsBuilder facts;
    private final int index;
    private final Set<String> seen;
    private List<Column> columns = List.of();

    /** @param seen names already read, so that one given twice counts once */
    KubectlTable(FactsBuilder facts, int index, Set<String> seen) {
        this.facts = facts;
        this.index = index;
        this.seen = seen;
    }

    private record Column(String heading, int start) {}

    void read(Tree.Scalar text) {
        String[] lines = text.text().split("\n", -1);
        boolean headed = false;
        boolean told = false;
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].stripTrailing();
            boolean prompt = line.startsWith("$") || line.startsWith("#") || line.startsWith("kubectl ");
            if (line.isBlank() || prompt) {
                columns = List.of();
            } else if (line.startsWith("NAME ") || line.startsWith("NAMESPACE ")) {
                columns = columns(line);
                headed = true;
            } else if (columns.isEmpty()) {
                if (!told) {
                    facts.problem(
                            at(i + 1, line),
                            "a text under kubernetes is no table of pods or nodes",
                            "give the objects as kubectl get … -o yaml prints them, or a table with its heading");
                }
                told = true;
            } else {
                row(line, i + 1);
            }
        }
        if (!headed && !told) {
            facts.problem(at(1, ""), "a text under kubernetes is empty", "");
        }
    }

    /** Headings stand two blanks apart or more; some hold one blank themselves. */
    private static List<Column> columns(String header) {
        List<Column> columns = new ArrayList<>();
        int start = 0;
        while (start < header.length()) {
            int end = header.indexOf("  ", start);
            end = end < 0 ? header.length() : end;
            columns.add(new Column(header.substring(start, end).strip(), start));
            start = end;
            while (start < header.length() && header.charAt(start) == ' ') {
                start++;
            }
        }
        return columns;
    }

    private void row(String line, int number) {
        Optional<Map<String, String>> cells = cells(line);
        String name = cells.map(c -> c.getOrDefault("NAME", "")).orElse("");
        if (name.isEmpty()) {
            facts.problem(
                    at(number, line),
                    "a row does not stand under its headings",
                    "paste the table with its blanks as kubectl printed it, or give -o yaml");
        } else if (cells.get().containsKey("READY") && cells.get().containsKey("RESTARTS")) {
            pod(cells.get(), name, line, number);
        } else if (cells.get().containsKey("ROLES") && cells.get().containsKey("STATUS")) {
            node(cells.get(), name, line, number);
        }
    }

    /** Empty if a value runs across the beginning of a column. */
    private Optional<Map<String, String>> cells(String line) {
        Map<String, String> cells = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            int start = columns.get(i).start;
            int end = i + 1 < columns.size() ? columns.get(i + 1).start : line.length();
            boolean torn = start > 0 && start <= line.length() && line.charAt(start - 1) != ' ';
            if (torn || line.indexOf('\t') >= 0) {
                return Optional.empty();
            }
            String cell = start >= line.length() ? "" : line.substring(start, Math.min(end, line.length()));
            cells.put(columns.get(i).heading, none(cell.strip()));
        }
        return Optional.of(cells);
    }

    private static String none(String cell) {
        return cell.equals("<none>") || cell.equals("<unknown>") ? "" : cell;
    }

    private void pod(Map<String, String> cells, String shown, String line, int number) {
        String name = shown.startsWith("pod/") ? shown.substring("pod/".length()) : shown;
        boolean namespaced = cells.containsKey("NAMESPACE");
        String namespace = cells.getOrDefault("NAMESPACE", "");
        if (namespaced && !namespace.equals(KubernetesReader.TUNNEL_NAMESPACE)) {
            return;
        }
        Optional<TunnelKind> tunnel = KubernetesReader.tunnel(name, label(cells.getOrDefault("LABELS", ""), "app"));
        facts.podsListed |=
                namespaced || tunnel.isPresent() || SYSTEM_PODS.stream().anyMatch(name::startsWith);
        if (tunnel.isEmpty() || !first("pod " + KubernetesReader.TUNNEL_NAMESPACE + "/" + name, name, line, number)) {
            return;
        }
        String status = cells.getOrDefault("STATUS", "");
        String address = cells.getOrDefault("IP", "");
        facts.tunnelPods.add(new TunnelPod(
                name,
                tunnel.get(),
                AddressSet.parseAddress(address).isPresent() ? address : "",
                cells.getOrDefault("NODE", ""),
                "",
                false,
                phase(status),
                allReady(cells.getOrDefault("READY", "")),
                ArmTree.wholeNumber(cells.getOrDefault("RESTARTS", "").split(" ", 2)[0]),
                status.equals("OOMKilled") ? Answer.YES : Answer.CANNOT_TELL,
                waits(status) ? status : "",
                "",
                at(number, line)));
    }

    /** kubectl shows a container's trouble in place of the pod's phase. */
    private static String phase(String status) {
        return switch (status) {
            case "Completed" -> "Succeeded";
            case "Error", "Evicted" -> "Failed";
            case "ContainerCreating", "PodInitializing" -> "Pending";
            case "OOMKilled", "CrashLoopBackOff", "Terminating" -> "Running";
            default -> status.startsWith("Init:") || waits(status) ? "Pending" : status;
        };
    }

    private static boolean waits(String status) {
        return status.endsWith("BackOff") || status.startsWith("ErrImage") || status.startsWith("CreateContainer");
    }

    private static Answer allReady(String cell) {
        int slash = cell.indexOf('/');
        int ready = slash < 0 ? -1 : ArmTree.wholeNumber(cell.substring(0, slash));
        int all = slash < 0 ? -1 : ArmTree.wholeNumber(cell.substring(slash + 1));
        return ready < 0 || all < 0 ? Answer.CANNOT_TELL : Answer.of(all > 0 && ready == all);
    }

    private static String label(String labels, String key) {
        for (String label : labels.split(",", -1)) {
            if (label.startsWith(key + "=")) {
                return label.substring(key.length() + 1);
            }
        }
        return "";
    }

    private void node(Map<String, String> cells, String shown, String line, int number) {
        facts.nodesListed = true;
        String name = shown.startsWith("node/") ? shown.substring("node/".length()) : shown;
        if (!first("node /" + name, name, line, number)) {
            return;
        }
        List<String> status = List.of(cells.getOrDefault("STATUS", "").split(",", -1));
        String address = cells.getOrDefault("INTERNAL-IP", "");
        String labels = cells.getOrDefault("LABELS", "");
        String image = cells.getOrDefault("OS-IMAGE", "");
        String pool = label(labels, "kubernetes.azure.com/agentpool");
        String os = label(labels, "kubernetes.io/os");
        facts.kubeNodes.add(new KubeNode(
                name,
                AddressSet.parseAddress(address).isPresent() ? address : "",
                pool.isEmpty() ? label(labels, "agentpool") : pool,
                "",
                os.isEmpty() ? system(image) : os,
                image,
                status.contains("Ready") ? Answer.YES : status.contains("NotReady") ? Answer.NO : Answer.CANNOT_TELL,
                status.contains("SchedulingDisabled"),
                List.of(),
                List.of(),
                at(number, line)));
    }

    private static String system(String image) {
        String lower = image.toLowerCase(Locale.ROOT);
        if (lower.contains("windows")) {
            return "windows";
        }
        boolean linux = lower.contains("linux") || lower.contains("ubuntu") || lower.contains("mariner");
        return linux ? "linux" : "";
    }

    private boolean first(String key, String name, String line, int number) {
        if (seen.add(key)) {
            return true;
        }
        facts.problem(
                at(number, line),
                OneLine.name(name) + " is given twice; the first one counts",
                "keep the newer of the two");
        return false;
    }

    private SourceRef at(int line, String text) {
        return new SourceRef("kubernetes[" + index + "] table", line, OneLine.text(text));
    }
}
