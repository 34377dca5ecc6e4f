package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.NetworkInterface;
import tunneldoctor.model.ScaleSet;

/**
 * Reads what binds nodes to the network: scale sets and network interfaces.
 * <pre>
 * {"name": "aks-nodepool1-12345678-vmss", "properties": {"virtualMachineProfile": {"networkProfile":
 *  {"networkInterfaceConfigurations": [{"properties": {"primary": true, "networkSecurityGroup": {"id": "…"},
 *   "ipConfigurations": [{"properties": {"primary": true, "subnet": {"id": "…"}}}]}}]}}}}
 * </pre>
 */
final class ComputeResources {
    private final FactsBuilder facts;

    ComputeResources(FactsBuilder facts) {
        this.facts = facts;
    }

    void scaleSet(Resource resource) {
        List<ArmTree> configurations =
                resource.tree().items("virtualMachineProfile", "networkProfile", "networkInterfaceConfigurations");
        Optional<Bindings> bindings = primary(configurations).flatMap(ComputeResources::bindings);
        if (bindings.isEmpty() && !configurations.isEmpty()) {
            facts.problem(
                    resource.source(""),
                    "the primary network interface of scale set " + OneLine.name(resource.name()) + " cannot be read",
                    "give it again: az vmss show -o json");
        }
        facts.scaleSets.add(new ScaleSet(
                resource.lowerId(),
                resource.name(),
                resource.resourceGroup(),
                pool(resource),
                bindings.map(Bindings::nsgId).orElse(""),
                bindings.map(Bindings::subnetIds).orElse(List.of()),
                bindings.map(Bindings::groups).orElse(List.of()),
                bindings.isPresent(),
                resource.source(bindings.map(Bindings::text).orElse("no network profile shown"))));
    }

    private static String pool(Resource scaleSet) {
        for (String tag : List.of("aks-managed-poolName", "poolName")) {
            String pool = scaleSet.tree().text("tags", tag);
            if (!pool.isEmpty()) {
                return pool;
            }
        }
        return ScaleSet.poolInName(scaleSet.name()).orElse("");
    }

    void networkInterface(Resource resource) {
        ArmTree tree = resource.tree();
        Optional<Bindings> bindings = tree.hasList("ipConfigurations") ? bindings(tree) : Optional.empty();
        if (bindings.isEmpty()) {
            facts.problem(
                    resource.source(""),
                    "network interface " + OneLine.name(resource.name())
                            + " is shown without readable IP configurations, so it is not used",
                    "give it again: az vmss nic list -o json, or az network nic show -o json");
            return;
        }
        facts.interfaces.add(new NetworkInterface(
                resource.lowerId(),
                resource.name(),
                machine(resource),
                bindings.get().addresses(),
                bindings.get().subnetIds(),
                bindings.get().nsgId(),
                bindings.get().groups(),
                resource.source(bindings.get().text())));
    }

    private static String machine(Resource nic) {
        String stated = nic.tree().reference("virtualMachine").orElse("");
        int end = nic.lowerId().indexOf("/networkinterfaces/");
        return stated.isEmpty() && end > 0 && nic.lowerId().contains("/virtualmachines/")
                ? nic.lowerId().substring(0, end)
                : stated;
    }

    /** The interface AKS gives the node its address on; empty where several claim or none claims to be it. */
    private static Optional<ArmTree> primary(List<ArmTree> configurations) {
        if (configurations.size() == 1) {
            return Optional.of(configurations.get(0));
        }
        List<ArmTree> primaries = configurations.stream()
                .filter(configuration -> configuration.answer("primary").yes())
                .toList();
        return primaries.size() == 1 ? Optional.of(primaries.get(0)) : Optional.empty();
    }

    private record Bindings(String nsgId, List<String> subnetIds, List<String> groups, List<String> addresses) {
        String text() {
            return (addresses.isEmpty() ? "" : "addresses " + OneLine.list(addresses) + ", ")
                    + "network security group " + (nsgId.isEmpty() ? "none" : nsgId)
                    + ", subnet " + OneLine.list(subnetIds);
        }
    }

    /** Empty if any reference in it cannot be read: half of it would read as "no group". */
    private static Optional<Bindings> bindings(ArmTree nic) {
        Optional<String> nsg = nic.reference("networkSecurityGroup");
        if (nsg.isEmpty()) {
            return Optional.empty();
        }
        List<ArmTree> configurations = new ArrayList<>(nic.items("ipConfigurations"));
        configurations.sort((a, b) ->
                Boolean.compare(b.answer("primary").yes(), a.answer("primary").yes()));
        Set<String> subnets = new LinkedHashSet<>();
        Set<String> groups = new LinkedHashSet<>();
        Set<String> addresses = new LinkedHashSet<>();
        for (ArmTree configuration : configurations) {
            Optional<String> subnet = configuration.reference("subnet");
            Optional<List<String>> inGroups = configuration.references("applicationSecurityGroups");
            if (!configuration.isMapping() || subnet.isEmpty() || inGroups.isEmpty()) {
                return Optional.empty();
            }
            if (!subnet.get().isEmpty()) {
                subnets.add(subnet.get());
            }
            groups.addAll(inGroups.get());
            String address = configuration.text("privateIPAddress");
            if (AddressSet.parseAddress(address).isPresent()) {
                addresses.add(address);
            }
        }
        return Optional.of(new Bindings(nsg.get(), List.copyOf(subnets), List.copyOf(groups), List.copyOf(addresses)));
    }
}
