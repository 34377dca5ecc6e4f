package tunneldoctor.collect.nodes;

import java.util.Locale;
import java.util.Optional;

/**
 * A machine that run-command can reach.
 *
 * @param node the name of its Kubernetes node
 * @param armId {@code …/virtualMachineScaleSets/S/virtualMachines/7} or {@code …/virtualMachines/NAME}
 * @param os {@code Linux} or {@code Windows}, as Azure spells it
 * @param address its primary private address
 */
public record NodeMachine(String node, String armId, String os, Optional<String> address) {
    boolean isWindows() {
        return os.toLowerCase(Locale.ROOT).contains("windows");
    }
}
