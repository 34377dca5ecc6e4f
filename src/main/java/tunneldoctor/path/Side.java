package tunneldoctor.path;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tunneldoctor.model.AddressSet;

/** One end of a flow, its sources or its destinations, cut where a list of rules begins or ends to cover it. */
final class Side {
    private final List<ServiceTags.Covered> covered;
    private final List<AddressCells.Cell> cells;
    private final List<Owner> owners = new ArrayList<>();

    /** @param covered what each rule covers at this end */
    Side(AddressSet all, List<ServiceTags.Covered> covered) {
        this.covered = covered;
        List<AddressSet> sets = new ArrayList<>();
        for (int rule = 0; rule < covered.size(); rule++) {
            sets.add(covered.get(rule).certain());
            owners.add(new Owner(rule, -1));
            for (int doubt = 0; doubt < covered.get(rule).doubts().size(); doubt++) {
                sets.add(covered.get(rule).doubts().get(doubt).where());
                owners.add(new Owner(rule, doubt));
            }
        }
        this.cells = AddressCells.of(all, sets);
    }

    /** Parts whose addresses all meet the same rules. */
    List<AddressCells.Cell> cells() {
        return cells;
    }

    /**
     * The rules a part may meet, in order, each with what must hold, one of them; with nothing where it surely meets it.
     *
     * @param end name of this end, for addresses that are many
     */
    Map<Integer, List<FirstMatch.Condition>> conditions(AddressCells.Cell cell, String end) {
        String address = cell.addresses().size() == 1
                ? AddressSet.format(cell.addresses().first())
                : end;
        Map<Integer, List<FirstMatch.Condition>> met = new LinkedHashMap<>();
        BitSet surely = new BitSet();
        for (Integer set : cell.in()) {
            Owner owner = owners.get(set);
            List<FirstMatch.Condition> oneOf = met.computeIfAbsent(owner.rule, rule -> new ArrayList<>());
            if (owner.doubt < 0) {
                surely.set(owner.rule);
            } else if (!surely.get(owner.rule)) {
                oneOf.add(covered.get(owner.rule)
                        .doubts()
                        .get(owner.doubt)
                        .condition()
                        .at(address));
            }
        }
        return met;
    }

    /** @param doubt index of the rule's doubt; -1 for what it surely covers */
    private record Owner(int rule, int doubt) {}
}
