package tunneldoctor.model;

import java.util.Arrays;
import java.util.List;

/**
 * Sets of addresses that come before one another: an address belongs to the first that holds it. Found in one sweep over
 * all their runs in ascending order, so that thousands of sets cost little more than to sort them.
 */
public final class AddressPrecedence {
    private final int setCount;
    private final long[] firsts;
    private final long[] lasts;

    /** Whose runs they are. */
    private final int[] setOf;

    /** The runs met so far that may not have ended, as a heap: the one of the first set on top. */
    private int[] open = new int[16];

    private int openCount;

    /** What is left of the sets, ascending: the first and the last address, and whose they are. */
    private long[] parts = new long[64];

    private int[] partOf = new int[32];
    private int partCount;

    /** The parts once more, set by set, and for each set where its first one is. */
    private final long[] bySet;

    private final int[] begins;

    private AddressPrecedence(int setCount, long[] firsts, long[] lasts, int[] setOf) {
        this.setCount = setCount;
        this.firsts = firsts;
        this.lasts = lasts;
        this.setOf = setOf;
        sweep();
        this.begins = begins();
        this.bySet = bySet();
    }

    public static AddressPrecedence of(List<AddressSet> sets) {
        int count = 0;
        for (AddressSet set : sets) {
            count += set.intervals().count();
        }
        long[] firsts = new long[count];
        long[] lasts = new long[count];
        int[] setOf = new int[count];
        int at = 0;
        for (int i = 0; i < sets.size(); i++) {
            IntervalSet intervals = sets.get(i).intervals();
            for (int j = 0; j < intervals.count(); j++) {
                firsts[at] = intervals.first(j);
                lasts[at] = intervals.last(j);
                setOf[at++] = i;
            }
        }
        return new AddressPrecedence(sets.size(), firsts, lasts, setOf);
    }

    /**
     * As {@link #of}, where each set is one run.
     *
     * @param firsts the lowest address of each set
     * @param lasts the highest, not below the lowest
     * @param count how many sets there are; what the arrays hold behind is not looked at
     */
    public static AddressPrecedence ofRuns(long[] firsts, long[] lasts, int count) {
        int[] setOf = new int[count];
        for (int i = 0; i < count; i++) {
            setOf[i] = i;
        }
        return new AddressPrecedence(count, firsts, lasts, setOf);
    }

    /** A set without what those before it hold. */
    public AddressSet left(int set) {
        int from = 2 * begins[set];
        int to = 2 * begins[set + 1];
        return to - from == 2
                ? AddressSet.range(bySet[from], bySet[from + 1])
                : AddressSet.ofRuns(Arrays.copyOfRange(bySet, from, to));
    }

    /** What any of the sets holds. */
    public AddressSet all() {
        long[] all = new long[2 * partCount];
        int size = 0;
        for (int i = 0; i < 2 * partCount; i += 2) {
            if (size > 0 && all[size - 1] + 1 == parts[i]) {
                all[size - 1] = parts[i + 1];
            } else {
                all[size++] = parts[i];
                all[size++] = parts[i + 1];
            }
        }
        return AddressSet.ofRuns(Arrays.copyOf(all, size));
    }

    private int[] begins() {
        int[] counts = new int[setCount + 1];
        for (int i = 0; i < partCount; i++) {
            counts[partOf[i] + 1]++;
        }
        for (int i = 0; i < setCount; i++) {
            counts[i + 1] += counts[i];
        }
        return counts;
    }

    private long[] bySet() {
        int[] filled = Arrays.copyOf(begins, setCount);
        long[] sorted = new long[2 * partCount];
        for (int i = 0; i < partCount; i++) {
            int place = filled[partOf[i]]++;
            sorted[2 * place] = parts[2 * i];
            sorted[2 * place + 1] = parts[2 * i + 1];
        }
        return sorted;
    }

    private void sweep() {
        // The beginning and the run's place in one number, which sorts without an object for each.
        long[] order = new long[setOf.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = firsts[i] << 31 | i;
        }
        Arrays.sort(order);
        long next = 0;
        for (long packed : order) {
            int run = (int) (packed & Integer.MAX_VALUE);
            next = partsUntil(firsts[run], next);
            push(run);
        }
        partsUntil(Long.MAX_VALUE, next);
    }

    /** Gives the addresses from one to another, exclusive, to the runs that are open. */
    private long partsUntil(long end, long from) {
        long next = from;
        while (openCount > 0 && next < end) {
            int run = open[0];
            if (lasts[run] < next) {
                pop();
            } else {
                long last = Math.min(lasts[run], end - 1);
                part(setOf[run], Math.max(next, firsts[run]), last);
                next = last + 1;
            }
        }
        return openCount == 0 ? end : next;
    }

    private void part(int set, long first, long last) {
        if (partCount > 0 && partOf[partCount - 1] == set && parts[2 * partCount - 1] + 1 == first) {
            parts[2 * partCount - 1] = last;
            return;
        }
        if (partCount == partOf.length) {
            parts = Arrays.copyOf(parts, 4 * partCount);
            partOf = Arrays.copyOf(partOf, 2 * partCount);
        }
        parts[2 * partCount] = first;
        parts[2 * partCount + 1] = last;
        partOf[partCount++] = set;
    }

    private void push(int run) {
        if (openCount == open.length) {
            open = Arrays.copyOf(open, 2 * openCount);
        }
        int at = openCount++;
        while (at > 0 && open[(at - 1) / 2] > run) {
            open[at] = open[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        open[at] = run;
    }

    private void pop() {
        int moved = open[--openCount];
        int at = 0;
        while (2 * at + 1 < openCount) {
            int child = 2 * at + 1;
            if (child + 1 < openCount && open[child + 1] < open[child]) {
                child++;
            }
            if (open[child] >= moved) {
                break;
            }
            open[at] = open[child];
            at = child;
        }
        open[at] = moved;
    }
}
