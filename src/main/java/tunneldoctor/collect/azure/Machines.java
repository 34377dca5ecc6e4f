package tunneldoctor.collect.azure;

import com.azure.core.management.SubResource;
import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineScaleSetVMInner;
import com.azure.resourcemanager.compute.models.OSProfile;
import com.azure.resourcemanager.compute.models.StorageProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tunneldoctor.collect.azure.Crew.Job;
import tunneldoctor.collect.nodes.NodeMachine;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.Tree;

/**
 * Which machines the nodes are: instances of scale sets, and virtual machines of pools that have none. A node is called as
 * its machine calls itself, in lower case.
 */
final class Machines {
    private static final Pattern NODE_NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?");
    private static final Pattern INSTANCE = Pattern.compile("[0-9]{1,9}");

    /** Tags that AKS gives the machines of a pool. */
    private static final List<String> POOL_TAGS = List.of("aks-managed-poolName", "poolName");

    private final ComputeManagementClient compute;
    private final Found found;
    private final List<Machine> machines = new ArrayList<>();

    private record Machine(String node, String armId, String os) {}

    Machines(ComputeManagementClient compute, Found found) {
        this.compute = compute;
        this.found = found;
    }

    /** The instances of a scale set. */
    Job instances(Tree scaleSet, String group) {
        String id = scaleSet.text("id").orElse("");
        String prefix = scaleSet.text("properties", "virtualMachineProfile", "osProfile", "computerNamePrefix")
                .orElse("");
        String os = scaleSet.text("properties", "virtualMachineProfile", "storageProfile", "osDisk", "osType")
                .orElse("Linux");
        return new Job("the instances of scale set " + ArmId.name(id), ArmType.INSTANCE.type(), id, () -> {
            try {
                compute.getVirtualMachineScaleSetVMs()
                        .list(ArmId.name(group), ArmId.name(id))
                        .forEach(instance -> add(instance, id, prefix, os));
            } catch (RuntimeException e) {
                throw ArmFailure.of(e, ArmType.INSTANCE);
            }
        });
    }

    private void add(VirtualMachineScaleSetVMInner instance, String scaleSet, String prefix, String os) {
        String number = instance.instanceId() == null ? "" : instance.instanceId();
        // An instance that a flexible set shares with the list of virtual machines has a name in place of a number.
        if (INSTANCE.matcher(number).matches()) {
            String name = computerName(instance.osProfile()).orElseGet(() -> named(prefix, number));
            add(name, scaleSet + "/virtualMachines/" + number, os(instance.storageProfile(), os));
        } else {
            throw new IllegalStateException("an instance without a number");
        }
    }

    /** AKS's way, where the machine does not tell its name: the prefix, and the number in base 36 with six digits. */
    private static String named(String prefix, String number) {
        String digits = Long.toString(Long.parseLong(number), 36);
        return prefix + "0".repeat(Math.max(0, 6 - digits.length())) + digits;
    }

    /** The virtual machines of a resource group that are nodes. */
    Job list(String group) {
        return new Job(
                "the virtual machines of resource group " + ArmId.name(group), ArmType.MACHINE.type(), "", () -> {
                    try {
                        compute.getVirtualMachines()
                                .listByResourceGroup(ArmId.name(group))
                                .forEach(this::add);
                    } catch (RuntimeException e) {
                        throw ArmFailure.of(e, ArmType.MACHINE);
                    }
                });
    }

    private void add(VirtualMachineInner machine) {
        Map<String, String> tags = machine.tags() == null ? Map.of() : machine.tags();
        SubResource set = machine.virtualMachineScaleSet();
        boolean node = POOL_TAGS.stream().anyMatch(tags::containsKey) || set != null;
        if (node && machine.id() != null && Within.isId(machine.id(), ArmType.MACHINE)) {
            add(
                    computerName(machine.osProfile()).orElse(ArmId.name(machine.id())),
                    machine.id(),
                    os(machine.storageProfile(), "Linux"));
        }
    }

    private synchronized void add(String name, String armId, String os) {
        String node = name.toLowerCase(Locale.ROOT);
        if (!NODE_NAME.matcher(node).matches()) {
            throw new IllegalStateException("a machine without a name");
        }
        machines.add(new Machine(node, armId, os));
    }

    private static Optional<String> computerName(@Nullable OSProfile profile) {
        return Optional.ofNullable(profile).map(OSProfile::computerName).filter(name -> !name.isBlank());
    }

    private static String os(@Nullable StorageProfile storage, String otherwise) {
        return storage == null || storage.osDisk() == null || storage.osDisk().osType() == null
                ? otherwise
                : storage.osDisk().osType().toString();
    }

    /** In the order of their names, with the addresses that their interfaces were found to have. */
    synchronized List<NodeMachine> all() {
        List<Tree> interfaces = new ArrayList<>(found.all(ArmType.INSTANCE_INTERFACE));
        interfaces.addAll(found.all(ArmType.INTERFACE));
        return machines.stream()
                .sorted(Comparator.comparing(Machine::node).thenComparing(Machine::armId))
                .map(machine -> new NodeMachine(
                        machine.node(), machine.armId(), machine.os(), address(machine.armId(), interfaces)))
                .toList();
    }

    private static Optional<String> address(String machine, List<Tree> interfaces) {
        return interfaces.stream()
                .filter(nic -> nic.text("properties", "virtualMachine", "id")
                        .map(id -> id.equalsIgnoreCase(machine))
                        .orElse(false))
                .sorted(Comparator.comparing(nic -> !yes(nic)))
                .flatMap(nic -> nic.items("properties", "ipConfigurations").stream()
                        .sorted(Comparator.comparing(one -> !yes(one))))
                .flatMap(one -> one.text("properties", "privateIPAddress").stream())
                .findFirst();
    }

    private static boolean yes(Tree part) {
        return part.text("properties", "primary").map("true"::equals).orElse(false);
    }
}
