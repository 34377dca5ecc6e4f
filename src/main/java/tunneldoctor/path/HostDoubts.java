package tunneldoctor.path;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostRule;

/**
 * Why it is open what becomes of packets: for each kind of doubt and each sender it concerns, what raised it first. Two
 * senders may be in doubt for different rules, and each is told of its own.
 */
final class HostDoubts {
    private final Map<HostDoubt, List<Raised>> inOrder = new EnumMap<>(HostDoubt.class);
    private final Map<HostDoubt, AddressSet> concerned = new EnumMap<>(HostDoubt.class);

    /**
     * A doubt, as it was raised.
     *
     * @param sources the senders for whom this was the first to raise it
     * @param rule the rule that raises it; empty where no rule does
     * @param about a chain, or a command that would show what is not shown
     */
    record Raised(AddressSet sources, Optional<HostRule> rule, String about) {}

    void raise(HostDoubt doubt, AddressSet sources, Optional<HostRule> rule, String about) {
        AddressSet before = concerned.getOrDefault(doubt, AddressSet.NONE);
        AddressSet fresh = HostWalk.without(sources, before);
        if (!fresh.isEmpty()) {
            concerned.put(doubt, before.union(fresh));
            inOrder.computeIfAbsent(doubt, key -> new ArrayList<>()).add(new Raised(fresh, rule, about));
        }
    }

    /** Raises all doubts of others too, as far as they concern some senders. */
    void raiseAll(HostDoubts others, AddressSet among) {
        others.inOrder.forEach((doubt, some) ->
                some.forEach(one -> raise(doubt, HostWalk.within(among, one.sources()), one.rule(), one.about())));
    }

    boolean any(HostDoubt doubt) {
        return concerned.containsKey(doubt);
    }

    /** The kinds of doubt that concern some of the senders. */
    Set<HostDoubt> of(AddressSet senders) {
        Set<HostDoubt> found = EnumSet.noneOf(HostDoubt.class);
        concerned.forEach((doubt, sources) -> {
            if (sources.overlaps(senders)) {
                found.add(doubt);
            }
        });
        return found;
    }

    /** Some senders, those apart who are in doubt for different reasons. */
    List<AddressSet> apart(AddressSet senders) {
        List<AddressSet> parts = List.of(senders);
        for (List<Raised> some : inOrder.values()) {
            for (Raised raised : some) {
                List<AddressSet> finer = new ArrayList<>();
                for (AddressSet part : parts) {
                    finer.add(HostWalk.within(part, raised.sources()));
                    finer.add(HostWalk.without(part, raised.sources()));
                }
                finer.removeIf(AddressSet::isEmpty);
                parts = finer;
            }
        }
        return parts;
    }

    /** What first raised a doubt about some of the senders; empty if nothing did. */
    Optional<Raised> first(HostDoubt doubt, AddressSet senders) {
        for (Raised raised : inOrder.getOrDefault(doubt, List.of())) {
            if (raised.sources().overlaps(senders)) {
                return Optional.of(raised);
            }
        }
        return Optional.empty();
    }
}
