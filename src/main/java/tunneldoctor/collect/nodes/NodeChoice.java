package tunneldoctor.collect.nodes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which machines are asked: all up to a limit; of more, every one that hosts a tunnel agent and then the others by turns
 * from each scale set, so that no set goes unasked while another is asked twice.
 *
 * @param asked those to be asked, by name
 * @param leftOut those that only the limit left out, by name
 * @param windows those that no script is sent to, by name
 */
record NodeChoice(List<NodeMachine> asked, List<NodeMachine> leftOut, List<NodeMachine> windows) {
    /** @param most how many may be asked; agents' machines are asked even beyond it */
    static NodeChoice of(List<NodeMachine> machines, Set<String> agentNodes, int most) {
        Comparator<NodeMachine> byName = Comparator.comparing(NodeMachine::node);
        List<NodeMachine> linux = new ArrayList<>();
        List<NodeMachine> windows = new ArrayList<>();
        machines.stream().sorted(byName).forEach(machine -> (machine.isWindows() ? windows : linux).add(machine));
        Map<String, Integer> seen = new HashMap<>();
        Map<NodeMachine, Integer> turns = new HashMap<>();
        for (NodeMachine machine : linux) {
            int turn = seen.merge(scaleSet(machine), 1, Integer::sum);
            turns.put(machine, agentNodes.contains(machine.node()) ? 0 : turn);
        }
        List<NodeMachine> inTurn = linux.stream()
                .sorted(Comparator.<NodeMachine>comparingInt(machine -> turns.getOrDefault(machine, 0))
                        .thenComparing(byName))
                .toList();
        int agents = (int) linux.stream()
                .filter(machine -> agentNodes.contains(machine.node()))
                .count();
        int count = Math.min(linux.size(), Math.max(most, agents));
        return new NodeChoice(
                inTurn.subList(0, count).stream().sorted(byName).toList(),
                inTurn.subList(count, inTurn.size()).stream().sorted(byName).toList(),
                List.copyOf(windows));
    }

    /** A machine without a set is one of its own pool of machines; those stand together by their resource group. */
    private static String scaleSet(NodeMachine machine) {
        int instance = machine.armId().lastIndexOf("/virtualMachines/");
        return instance < 0 ? machine.armId() : machine.armId().substring(0, instance);
    }
}
