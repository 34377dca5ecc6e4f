package tunneldoctor.path;

import java.util.Arrays;
import tunneldoctor.model.AddressSet;

/**
 * The senders whom some rules have caught, for telling whom the next rule is the first to catch. It grows in place: to make
 * a new set for each of thousands of rules would cost as much as the rules' number squared.
 */
final class CaughtSenders {
    /** The first and the last address of each run, ascending and with gaps between them. */
    private long[] ends = new long[64];

    private int length;

    /**
     * Adds all senders between two addresses, these two as well.
     *
     * @return those of them who were not here before
     */
    AddressSet add(long first, long last) {
        // Runs that touch the new one become one with it, though they have no address in common.
        int from = firstEndingAt(first - 1);
        int to = from;
        boolean met = false;
        while (to < length && ends[to] <= last + 1) {
            met |= ends[to] <= last && ends[to + 1] >= first;
            to += 2;
        }
        AddressSet fresh = met ? gaps(from, to, first, last) : AddressSet.range(first, last);
        long merged = from == to ? first : Math.min(first, ends[from]);
        long mergedLast = from == to ? last : Math.max(last, ends[to - 1]);
        replace(from, to, merged, mergedLast);
        return fresh;
    }

    /** All senders added so far. */
    AddressSet all() {
        return AddressSet.ofRuns(Arrays.copyOf(ends, length));
    }

    /** The place of the first run that does not end before an address. */
    private int firstEndingAt(long address) {
        int low = 0;
        int high = length / 2;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[2 * middle + 1] < address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return 2 * low;
    }

    /** What of a run of addresses lies between the runs from one place to another, and on either side of them. */
    private AddressSet gaps(int from, int to, long first, long last) {
        long[] gaps = new long[to - from + 2];
        int size = 0;
        long next = first;
        for (int i = from; i < to; i += 2) {
            if (ends[i] > next) {
                gaps[size++] = next;
                gaps[size++] = Math.min(last, ends[i] - 1);
            }
            next = Math.max(next, ends[i + 1] + 1);
        }
        if (next <= last) {
            gaps[size++] = next;
            gaps[size++] = last;
        }
        return AddressSet.ofRuns(Arrays.copyOf(gaps, size));
    }

    /** Puts one run in the place of others. */
    private void replace(int from, int to, long first, long last) {
        int longer = length - (to - from) + 2;
        if (longer > ends.length) {
            ends = Arrays.copyOf(ends, 2 * longer);
        }
        System.arraycopy(ends, to, ends, from + 2, length - to);
        ends[from] = first;
        ends[from + 1] = last;
        length = longer;
    }
}
