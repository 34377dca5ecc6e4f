package tunneldoctor.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a script as root on nodes without the tunnel: by run-command on their scale set instances where the evidence
 * names them, and else as a script to run on the node by other means.
 */
final class NodeShell {
    private NodeShell() {}

    /** One command per scale set, a loop where several of its instances are meant. */
    static List<String> commands(List<Node> nodes, String script) {
        List<String> commands = new ArrayList<>();
        Map<List<String>, List<String>> instances = new LinkedHashMap<>();
        for (Node node : nodes) {
            if (node.scaleSet().isEmpty()
                    || node.instance().isEmpty()
                    || node.resourceGroup().isEmpty()) {
                commands.add(script
                        + (node.name().isEmpty()
                                ? "  # as root on each node"
                                : "  # as root on node " + Shell.quote(node.name())));
            } else {
                instances
                        .computeIfAbsent(List.of(node.resourceGroup(), node.scaleSet()), set -> new ArrayList<>())
                        .add(node.instance());
            }
        }
        instances.forEach((set, ids) -> commands.add(
                ids.size() == 1
                        ? invoke(set, Shell.quote(ids.get(0)), script)
                        : "for instance in "
                                + String.join(
                                        " ", ids.stream().map(Shell::quote).toList()) + "; do "
                                + invoke(set, "\"$instance\"", script) + "; done"));
        return commands;
    }

    private static String invoke(List<String> set, String instance, String script) {
        return "az vmss run-command invoke --resource-group " + Shell.quote(set.get(0)) + " --name "
                + Shell.quote(set.get(1)) + " --instance-id " + instance + " --command-id RunShellScript --scripts "
                + Shell.quote(script) + " --output tsv --query 'value[0].message'";
    }
}
