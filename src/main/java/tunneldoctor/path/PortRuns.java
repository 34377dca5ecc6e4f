package tunneldoctor.path;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tunneldoctor.model.PortSet;

/** The ports that rules ask for, to find which ports they treat alike. */
final class PortRuns {
    private final PortSet scope;
    private final Set<PortSet> asked = new LinkedHashSet<>();
    private final TreeSet<Integer> starts = new TreeSet<>();

    /** @param scope the ports to look at */
    PortRuns(PortSet scope) {
        this.scope = scope;
        cut(scope);
    }

    void add(PortSet ports) {
        if (asked.add(ports)) {
            cut(ports);
        }
    }

    private void cut(PortSet ports) {
        starts.addAll(ports.starts());
        starts.addAll(ports.complement().starts());
    }

    /** How many runs of neighbouring ports are told apart. */
    int size() {
        int size = 0;
        for (int port : starts) {
            if (scope.covers(port)) {
                size++;
            }
        }
        return size;
    }

    /** The scope in parts, by their lowest ports: every rule asks for all ports of a part or for none of them. */
    List<PortSet> alike() {
        Map<BitSet, List<PortSet>> parts = new LinkedHashMap<>();
        for (int port : starts) {
            if (scope.covers(port)) {
                Integer next = starts.higher(port);
                parts.computeIfAbsent(askedFor(port), rules -> new ArrayList<>())
                        .add(PortSet.range(port, next == null ? PortSet.LAST : next - 1));
            }
        }
        List<PortSet> alike = new ArrayList<>(parts.size());
        parts.values().forEach(runs -> alike.add(PortSet.union(runs)));
        return alike;
    }

    private BitSet askedFor(int port) {
        BitSet askedFor = new BitSet(asked.size());
        int number = 0;
        for (PortSet ports : asked) {
            askedFor.set(number++, ports.covers(port));
        }
        return askedFor;
    }
}
