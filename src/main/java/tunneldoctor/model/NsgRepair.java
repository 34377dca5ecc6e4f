package tunneldoctor.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The changes that let a flow through a network security group, opening no more than the flow needs. */
public final class NsgRepair {
    private static final int FIRST_PRIORITY = 100;
    private static final int LAST_PRIORITY = 4096;

    /** Distance kept to the deny, so that the next rule still finds a number in between. */
    private static final int ROOM = 10;

    /** More blocks than this in one rule help nobody read it; the service tag says it better. */
    private static final int MAX_BLOCKS = 16;

    private NsgRepair() {}

    /**
     * An allow above the rule that denies. Where no number is free above it, the rules in the way are moved first, each
     * to the next number, so that their order among themselves stays.
     *
     * @return empty if the group has no free priority at all, or is not known
     */
    public static List<FactChange> allow(NsgVerdict block) {
        if (block.nsg().isEmpty()) {
            return List.of();
        }
        Nsg nsg = block.nsg().get();
        TreeMap<Integer, NsgRule> taken = new TreeMap<>();
        for (NsgRule rule : nsg.rules()) {
            if (rule.direction() == block.direction() && rule.priority() <= LAST_PRIORITY) {
                taken.put(rule.priority(), rule);
            }
        }
        int deny = Math.min(block.decidedBy().map(NsgRule::priority).orElse(LAST_PRIORITY + 1), LAST_PRIORITY + 1);
        Optional<Integer> free = freeBelow(taken.keySet(), deny);
        List<FactChange> changes = new ArrayList<>();
        if (free.isEmpty()) {
            int gap = deny;
            while (taken.containsKey(gap)) {
                gap++;
            }
            if (gap > LAST_PRIORITY) {
                return List.of();
            }
            taken.subMap(deny, true, gap, false)
                    .descendingMap()
                    .forEach((priority, rule) -> changes.add(new NsgChange.MoveRule(nsg, rule, priority + 1)));
            free = Optional.of(deny);
        }
        changes.add(new NsgChange.AddRule(nsg, rule(block, nsg, free.get())));
        return changes;
    }

    /** Takes out the rule that denies; empty if it is a default rule, which cannot be deleted. */
    public static List<FactChange> removeDenyingRule(NsgVerdict block) {
        return block.nsg()
                .flatMap(nsg -> block.decidedBy()
                        .filter(rule -> rule.priority() <= LAST_PRIORITY)
                        .<FactChange>map(rule -> new NsgChange.DeleteRule(nsg, rule)))
                .map(List::of)
                .orElse(List.of());
    }

    private static Optional<Integer> freeBelow(Set<Integer> taken, int deny) {
        for (int priority = Math.max(FIRST_PRIORITY, deny - ROOM); priority >= FIRST_PRIORITY; priority--) {
            if (!taken.contains(priority)) {
                return Optional.of(priority);
            }
        }
        for (int priority = Math.max(FIRST_PRIORITY, deny - ROOM); priority < deny; priority++) {
            if (!taken.contains(priority)) {
                return Optional.of(priority);
            }
        }
        return Optional.empty();
    }

    private static NsgRule rule(NsgVerdict block, Nsg nsg, int priority) {
        boolean kubelet = block.purpose() == Purpose.KUBELET;
        return new NsgRule(
                freeName(nsg, (kubelet ? "AllowTunnelToKubelet-" : "AllowTunnelToApiServer-") + priority),
                priority,
                block.direction(),
                true,
                block.transport() == Transport.TCP ? "Tcp" : "Udp",
                blocks(block.senderRange(), "VirtualNetwork"),
                List.of("*"),
                List.of(),
                kubelet ? blocks(block.targetRange(), "VirtualNetwork") : List.of("AzureCloud"),
                FirewallRepair.portsTogether(block.port()).stream()
                        .map(String::valueOf)
                        .toList(),
                List.of(),
                true,
                new SourceRef("repair", 0, ""));
    }

    private static List<String> blocks(AddressSet range, String otherwise) {
        List<String> blocks = range.toCidrs();
        return blocks.isEmpty() || blocks.size() > MAX_BLOCKS ? List.of(otherwise) : blocks;
    }

    private static String freeName(Nsg nsg, String wanted) {
        Set<String> names = nsg.rules().stream()
                .map(rule -> rule.name().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.toSet());
        String name = wanted;
        for (int i = 2; names.contains(name.toLowerCase(java.util.Locale.ROOT)); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }
}
