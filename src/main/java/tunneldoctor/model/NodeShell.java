package tunneldoctor.model;

/**
 * Runs a script as root on one node without the tunnel: by run-command on its scale set instance where the evidence
 * names it, and else as a script to run on the node by other means.
 */
final class NodeShell {
    private NodeShell() {}

    static String command(Node node, String script) {
        if (node.scaleSet().isEmpty() || node.instance().isEmpty() || node.resourceGroup().isEmpty()) {
            return script + "  # as root on node " + Shell.quote(node.name());
        }
        return "az vmss run-command invoke --resource-group " + Shell.quote(node.resourceGroup()) + " --name "
                + Shell.quote(node.scaleSet()) + " --instance-id " + Shell.quote(node.instance())
                + " --command-id RunShellScript --scripts " + Shell.quote(script)
                + " --output tsv --query 'value[0].message'";
    }
}
