package tunneldoctor.collect.nodes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which machines are asked: all up to a limit; of more, every one that hosts a tunnel agent and then the others by turns
 * from each scale set, so that no set goes unasked while another is asked twice.
 *
 * @param asked those to be asked, by name
 * @param leftOut those that only the limit or the user's choice left out, by name
 * @param windows those that no script is sent to, by name
 * @param unknown names that the user gave and no machine has
 */
record NodeChoice(List<NodeMachine> asked, List<NodeMachine> leftOut, List<NodeMachine> windows, List<String> unknown) {
    private static final Comparator<NodeMachine> BY_NAME = Comparator.comparing(NodeMachine::node);

    static NodeChoice of(List<NodeMachine> machines, Set<String> agentNodes, NodeWish wish) {
        List<NodeMachine> linux = new ArrayList<>();
        List<NodeMachine> windows = new ArrayList<>();
        machines.stream().sorted(BY_NAME).forEach(machine -> (machine.isWindows() ? windows : linux).add(machine));
        return wish.only().isEmpty()
                ? sampled(linux, windows, agentNodes, wish.most())
                : named(linux, windows, wish.only());
    }

    private static NodeChoice named(List<NodeMachine> linux, List<NodeMachine> windows, Set<String> only) {
        Map<Boolean, List<NodeMachine>> split =
                linux.stream().collect(Collectors.partitioningBy(machine -> only.contains(machine.node())));
        Set<String> unknown = new TreeSet<>(only);
        linux.forEach(machine -> unknown.remove(machine.node()));
        windows.forEach(machine -> unknown.remove(machine.node()));
        return new NodeChoice(
                split.getOrDefault(true, List.of()),
                split.getOrDefault(false, List.of()),
                List.copyOf(windows),
                List.copyOf(unknown));
    }

    private static NodeChoice sampled(
            List<NodeMachine> linux, List<NodeMachine> windows, Set<String> agentNodes, int most) {
        Map<String, Integer> seen = new HashMap<>();
        Map<NodeMachine, Integer> turns = new HashMap<>();
        for (NodeMachine machine : linux) {
            boolean hostsAgent = agentNodes.contains(machine.node());
            turns.put(machine, hostsAgent ? 0 : seen.merge(pool(machine), 1, Integer::sum));
        }
        List<NodeMachine> inTurn = linux.stream()
                .sorted(Comparator.<NodeMachine>comparingInt(machine -> turns.getOrDefault(machine, 0))
                        .thenComparing(BY_NAME))
                .toList();
        int agents = (int) linux.stream()
                .filter(machine -> agentNodes.contains(machine.node()))
                .count();
        int count = Math.min(linux.size(), Math.max(most, agents));
        return new NodeChoice(
                inTurn.subList(0, count).stream().sorted(BY_NAME).toList(),
                inTurn.subList(count, inTurn.size()).stream().sorted(BY_NAME).toList(),
                List.copyOf(windows),
                List.of());
    }

    /** The ARM id of what machines of one class have in common: their scale set, or their resource group. */
    static String pool(NodeMachine machine) {
        String id = machine.armId();
        String lower = id.toLowerCase(Locale.ROOT);
        int instance = lower.lastIndexOf("/virtualmachines/");
        int provider = lower.lastIndexOf("/providers/");
        boolean ofSet = lower.contains("/virtualmachinescalesets/");
        int end = ofSet || provider < 0 ? instance : provider;
        return end < 0 ? id : id.substring(0, end);
    }
}
