package tunneldoctor.collect.azure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The rights that reading a cluster takes, and no more. */
final class Permissions {
    private static final String ON_INSTANCES =
            "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action";
    private static final String ON_MACHINES = "Microsoft.Compute/virtualMachines/runCommand/action";

    private Permissions() {}

    /** The one that run-command on a machine needs. */
    static String runCommand(String armId) {
        return armId.toLowerCase(Locale.ROOT).contains("/virtualmachinescalesets/") ? ON_INSTANCES : ON_MACHINES;
    }

    private static List<String> actions(boolean runCommand) {
        List<String> actions = new ArrayList<>(Stream.of(ArmType.values())
                .filter(type -> type != ArmType.OPERATION || runCommand)
                .map(ArmType::action)
                .toList());
        if (runCommand) {
            actions.add(ON_INSTANCES);
            actions.add(ON_MACHINES);
        }
        return actions.stream().sorted().toList();
    }

    /**
     * A custom role for {@code az role definition create --role-definition}. A role of one subscription may be assigned to
     * its resource groups: that of the cluster, that of the nodes, and those of the network and of the firewall.
     */
    static String role(String subscription, boolean runCommand) {
        String actions = String.join(
                ",\n",
                actions(runCommand).stream()
                        .map(action -> "    \"" + action + "\"")
                        .toList());
        return """
                {
                  "Name": "tunnel-doctor collector%s",
                  "IsCustom": true,
                  "Description": "Reads what tunnel-doctor diagnoses an AKS cluster's tunnel from%s. Changes nothing.",
                  "Actions": [
                %s
                  ],
                  "NotActions": [],
                  "DataActions": [],
                  "NotDataActions": [],
                  "AssignableScopes": ["/subscriptions/%s"]
                }
                """.formatted(
                        runCommand ? "" : " without run-command",
                        runCommand ? ", and runs its read-only scripts on the nodes" : "",
                        actions,
                        subscription);
    }

    /** Lines for people: what will be read, and which permissions that needs. */
    static List<String> plan(String subscription, String resourceGroup, String cluster) {
        return List.of(
                "Azure: will read cluster " + cluster + " of resource group " + resourceGroup + " in subscription "
                        + subscription
                        + ", and of what its nodes use: scale sets, virtual machines, network interfaces,"
                        + " virtual networks with subnets and peerings, network security groups, route tables, Azure"
                        + " Firewalls with their policies, load balancers, NAT gateways, public addresses, locks",
                "Azure: will read the SNAT metrics of its load balancer or NAT gateway",
                "Azure: needs the role Reader on the resource groups of the cluster, its nodes, its network and its"
                        + " firewall; --print-role prints the least that is enough",
                "Azure: will not read security admin rules of Azure Virtual Network Manager: which are in effect is told"
                        + " to POST requests only");
    }
}
