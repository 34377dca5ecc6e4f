package tunneldoctor.collect.azure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
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

    private final Arm arm;
    private final Found found;
    private final List<Machine> machines = new ArrayList<>();

    private record Machine(String node, String armId, String os) {}

    Machines(Arm arm, Found found) {
        this.arm = arm;
        this.found = found;
    }

    /** The instances of a scale set. */
    Job instances(Tree scaleSet) {
        String id = scaleSet.text("id").orElse("");
        return new Job(
                "the instances of scale set " + ArmId.name(id),
                ArmType.INSTANCE.type(),
                id,
                () -> arm.list(id + "/virtualMachines", ArmType.INSTANCE, instance -> instance(instance, scaleSet)));
    }

    private void instance(Tree instance, Tree scaleSet) throws ArmFailure {
        String number = instance.text("instanceId").orElse("");
        String id = instance.text("id").orElse("");
        if (!INSTANCE.matcher(number).matches() || !Within.isId(id, ArmType.INSTANCE)) {
            throw new ArmFailure(ArmFailure.Kind.BROKEN, "the answer holds an instance without a number");
        }
        String[] profile = {"properties", "virtualMachineProfile"};
        String prefix = scaleSet.text(profile[0], profile[1], "osProfile", "computerNamePrefix")
                .orElse("");
        add(
                computerName(instance).orElseGet(() -> named(prefix, number)),
                id,
                os(instance).or(() -> scaleSet.text(profile[0], profile[1], "storageProfile", "osDisk", "osType")));
    }

    /** AKS's way, where the machine does not tell its name: the prefix, and the number in base 36 with six digits. */
    private static String named(String prefix, String number) {
        String digits = Long.toString(Long.parseLong(number), 36);
        return prefix + "0".repeat(Math.max(0, 6 - digits.length())) + digits;
    }

    /** The virtual machines of a resource group that are nodes. */
    Job list(String group) {
        return new Job(
                "the virtual machines of resource group " + ArmId.name(group),
                ArmType.MACHINE.type(),
                "",
                () -> arm.list(group + "/providers/" + ArmType.MACHINE.type(), ArmType.MACHINE, this::machine));
    }

    private void machine(Tree machine) throws ArmFailure {
        String id = machine.text("id").orElse("");
        boolean node =
                POOL_TAGS.stream().anyMatch(tag -> machine.at("tags", tag).isPresent())
                        || machine.at("properties", "virtualMachineScaleSet").isPresent();
        if (node && Within.isId(id, ArmType.MACHINE)) {
            add(computerName(machine).orElse(ArmId.name(id)), id, os(machine));
        }
    }

    private synchronized void add(String name, String armId, Optional<String> os) throws ArmFailure {
        String node = name.toLowerCase(Locale.ROOT);
        if (!NODE_NAME.matcher(node).matches()) {
            throw new ArmFailure(ArmFailure.Kind.BROKEN, "the answer holds a machine without a name");
        }
        machines.add(new Machine(node, armId, os.orElse("Linux")));
    }

    private static Optional<String> computerName(Tree machine) {
        return machine.text("properties", "osProfile", "computerName").filter(name -> !name.isBlank());
    }

    private static Optional<String> os(Tree machine) {
        return machine.text("properties", "storageProfile", "osDisk", "osType").filter(os -> !os.isBlank());
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
