package tunneldoctor.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tunneldoctor.model.AddressSet;

/** Cuts a set of addresses into parts that no given set tells apart, in one sweep over the sets' ends. */
final class AddressCells {
    private AddressCells() {}

    /** @param in indices of the sets that hold these addresses, ascending */
    record Cell(AddressSet addresses, List<Integer> in) {}

    /** The parts, disjoint and together {@code all}; none if that is empty. */
    static List<Cell> of(AddressSet all, List<AddressSet> sets) {
        NavigableMap<Long, List<Integer>> cuts = new TreeMap<>();
        for (AddressSet run : all.runs()) {
            cuts.put(run.first(), new ArrayList<>());
            cuts.put(run.first() + run.size(), new ArrayList<>());
        }
        for (int i = 0; i < sets.size(); i++) {
            for (AddressSet run : all.intersect(sets.get(i)).runs()) {
                cuts.computeIfAbsent(run.first(), cut -> new ArrayList<>()).add(i);
                cuts.computeIfAbsent(run.first() + run.size(), cut -> new ArrayList<>())
                        .add(i);
            }
        }
        Map<List<Integer>, List<AddressSet>> cells = new LinkedHashMap<>();
        NavigableSet<Integer> in = new TreeSet<>();
        for (Map.Entry<Long, List<Integer>> cut : cuts.entrySet()) {
            for (Integer set : cut.getValue()) {
                if (!in.remove(set)) {
                    in.add(set);
                }
            }
            Long next = cuts.higherKey(cut.getKey());
            if (next != null && all.covers(cut.getKey())) {
                cells.computeIfAbsent(List.copyOf(in), members -> new ArrayList<>())
                        .add(AddressSet.range(cut.getKey(), next - 1));
            }
        }
        List<Cell> result = new ArrayList<>();
        cells.forEach((members, runs) -> result.add(new Cell(AddressSet.union(runs), members)));
        return result;
    }
}
