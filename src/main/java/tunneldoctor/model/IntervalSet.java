package tunneldoctor.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sorted, disjoint, non-adjacent closed intervals over numbers from 0 to 2^32 - 1; {@code bounds} alternates first and
 * last.
 */
final class IntervalSet {
    static final IntervalSet EMPTY = new IntervalSet(new long[0]);

    private final long[] bounds;

    private IntervalSet(long[] bounds) {
        this.bounds = bounds;
    }

    static IntervalSet of(long first, long last) {
        return first > last ? EMPTY : new IntervalSet(new long[] {first, last});
    }

    /**
     * @param bounds the first and the last value of each interval
     * @throws IllegalArgumentException if they do not ascend, or leave no gap between two intervals
     */
    static IntervalSet ofRuns(long... bounds) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i] > bounds[i + 1] || i > 0 && bounds[i] <= bounds[i - 1] + 1) {
                throw new IllegalArgumentException("not ascending intervals with gaps between them");
            }
        }
        return new IntervalSet(bounds.clone());
    }

    /** The union of any sets. */
    static IntervalSet union(List<IntervalSet> sets) {
        int count = 0;
        IntervalSet only = EMPTY;
        for (IntervalSet set : sets) {
            count += set.bounds.length / 2;
            only = set.isEmpty() ? only : set;
        }
        if (count == only.bounds.length / 2) {
            return only;
        }
        // Both ends in one number: thousands of sets are sorted without an object for each of their intervals.
        long[] packed = new long[count];
        int at = 0;
        boolean ascending = true;
        for (IntervalSet set : sets) {
            for (int i = 0; i < set.bounds.length; i += 2) {
                packed[at] = set.bounds[i] << 32 ^ Long.MIN_VALUE | set.bounds[i + 1];
                ascending &= at == 0 || packed[at - 1] <= packed[at];
                at++;
            }
        }
        if (!ascending) {
            Arrays.sort(packed);
        }
        long[] merged = new long[2 * count];
        int size = 0;
        for (long pair : packed) {
            long first = (pair ^ Long.MIN_VALUE) >>> 32;
            long last = pair & 0xFFFF_FFFFL;
            if (size > 0 && first <= merged[size - 1] + 1) {
                merged[size - 1] = Math.max(merged[size - 1], last);
            } else {
                merged[size++] = first;
                merged[size++] = last;
            }
        }
        return new IntervalSet(size == merged.length ? merged : Arrays.copyOf(merged, size));
    }

    /** Each set without what those before it hold; a set that loses nothing is itself. */
    static List<IntervalSet> withoutEarlier(List<IntervalSet> sets) {
        return new Precedence(sets).apart();
    }

    boolean isEmpty() {
        return bounds.length == 0;
    }

    boolean covers(long value) {
        int low = 0;
        int high = bounds.length / 2 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (value < bounds[2 * middle]) {
                high = middle - 1;
            } else if (value > bounds[2 * middle + 1]) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    IntervalSet union(IntervalSet other) {
        if (isEmpty()) {
            return other;
        }
        if (other.isEmpty()) {
            return this;
        }
        long[] a = bounds;
        long[] b = other.bounds;
        long[] merged = new long[a.length + b.length];
        int size = 0;
        int i = 0;
        int j = 0;
        while (i < a.length || j < b.length) {
            boolean fromA = j == b.length || (i < a.length && a[i] <= b[j]);
            long first = fromA ? a[i] : b[j];
            long last = fromA ? a[i + 1] : b[j + 1];
            if (fromA) {
                i += 2;
            } else {
                j += 2;
            }
            if (size > 0 && first <= merged[size - 1] + 1) {
                merged[size - 1] = Math.max(merged[size - 1], last);
            } else {
                merged[size++] = first;
                merged[size++] = last;
            }
        }
        return new IntervalSet(size == merged.length ? merged : Arrays.copyOf(merged, size));
    }

    /** Whether any value is in both. */
    boolean overlaps(IntervalSet other) {
        long[] a = bounds;
        long[] b = other.bounds;
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            if (a[i + 1] < b[j]) {
                i = seek(a, i, b[j]);
            } else if (b[j + 1] < a[i]) {
                j = seek(b, j, a[i]);
            } else {
                return true;
            }
        }
        return false;
    }

    /** Whether every value of the other is in this. */
    boolean includes(IntervalSet other) {
        long[] a = bounds;
        long[] b = other.bounds;
        int i = 0;
        for (int j = 0; j < b.length; j += 2) {
            i = seek(a, i, b[j]);
            if (i == a.length || a[i] > b[j] || a[i + 1] < b[j + 1]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The first interval from one on that does not end before a value. Takes few steps even where that is far off, so that
     * what a small set does to a large one costs little.
     */
    private static int seek(long[] bounds, int from, long value) {
        int low = from;
        int step = 2;
        while (low + step < bounds.length && bounds[low + step + 1] < value) {
            low += step;
            step *= 2;
        }
        int high = Math.min(low + step, bounds.length);
        while (low < high) {
            int middle = (low + high) / 4 * 2;
            if (bounds[middle + 1] < value) {
                low = middle + 2;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** One of the two themselves where it lies in the other. */
    IntervalSet intersect(IntervalSet other) {
        if (isEmpty() || other.isEmpty()) {
            return EMPTY;
        }
        long[] a = bounds;
        long[] b = other.bounds;
        int i = seek(a, 0, b[0]);
        int j = seek(b, 0, a[0]);
        if (i == a.length || j == b.length) {
            return EMPTY;
        }
        if (b.length == 2 && a[i] <= b[0] && b[1] <= a[i + 1]) {
            return other;
        }
        if (a.length == 2 && b[j] <= a[0] && a[1] <= b[j + 1]) {
            return this;
        }
        // What lies behind the end of the other set is not looked at.
        int endOfA = Math.min(a.length, seek(a, i, b[b.length - 1]) + 2);
        int endOfB = Math.min(b.length, seek(b, j, a[a.length - 1]) + 2);
        long[] result = new long[endOfA - i + endOfB - j];
        int size = 0;
        while (i < endOfA && j < endOfB) {
            long first = Math.max(a[i], b[j]);
            long last = Math.min(a[i + 1], b[j + 1]);
            if (first <= last) {
                result[size++] = first;
                result[size++] = last;
            }
            if (a[i + 1] < b[j + 1]) {
                i += 2;
            } else {
                j += 2;
            }
        }
        return size == 0 ? EMPTY : new IntervalSet(size == result.length ? result : Arrays.copyOf(result, size));
    }

    /** This itself where the two have nothing in common. */
    IntervalSet minus(IntervalSet other) {
        if (!overlaps(other)) {
            return this;
        }
        long[] a = bounds;
        long[] b = other.bounds;
        int begin = seek(a, 0, b[0]);
        int end = Math.min(a.length, seek(a, begin, b[b.length - 1]) + 2);
        int j = seek(b, 0, a[begin]);
        int endOfB = Math.min(b.length, seek(b, j, a[end - 1]) + 2);
        long[] left = new long[a.length + endOfB - j];
        System.arraycopy(a, 0, left, 0, begin);
        int size = begin;
        for (int i = begin; i < end; i += 2) {
            long first = a[i];
            long last = a[i + 1];
            while (j < endOfB && b[j + 1] < first) {
                j += 2;
            }
            int k = j;
            while (k < endOfB && b[k] <= last && first <= last) {
                if (b[k] > first) {
                    left[size++] = first;
                    left[size++] = b[k] - 1;
                }
                first = b[k + 1] + 1;
                k += 2;
            }
            if (first <= last) {
                left[size++] = first;
                left[size++] = last;
            }
        }
        System.arraycopy(a, end, left, size, a.length - end);
        size += a.length - end;
        return size == 0 ? EMPTY : new IntervalSet(size == left.length ? left : Arrays.copyOf(left, size));
    }

    IntervalSet complement(long universeLast) {
        return of(0, universeLast).minus(this);
    }

    /** The intervals as {first, last}, ascending. */
    List<long[]> pairs() {
        List<long[]> pairs = new ArrayList<>(bounds.length / 2);
        for (int i = 0; i < bounds.length; i += 2) {
            pairs.add(new long[] {bounds[i], bounds[i + 1]});
        }
        return pairs;
    }

    long size() {
        long size = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            size += bounds[i + 1] - bounds[i] + 1;
        }
        return size;
    }

    long first() {
        return bounds[0];
    }

    long last() {
        return bounds[bounds.length - 1];
    }

    boolean isRun() {
        return bounds.length == 2;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IntervalSet that && Arrays.equals(bounds, that.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    /**
     * Sets that come before one another: a value belongs to the first that holds it. One sweep over all intervals in
     * ascending order, so that thousands of sets cost little more than to sort them.
     */
    private static final class Precedence {
        private final List<IntervalSet> sets;
        private final long[] firsts;
        private final long[] lasts;
        private final int[] setOf;

        /** The intervals met so far that may not have ended, as a heap: the one of the first set on top. */
        private int[] open = new int[16];

        private int openCount;

        /** What is left of the sets, ascending: the first and the last value, and whose they are. */
        private long[] parts = new long[64];

        private int[] partOf = new int[32];
        private int partCount;

        Precedence(List<IntervalSet> sets) {
            this.sets = sets;
            int count = 0;
            for (IntervalSet set : sets) {
                count += set.bounds.length / 2;
            }
            firsts = new long[count];
            lasts = new long[count];
            setOf = new int[count];
            int at = 0;
            for (int i = 0; i < sets.size(); i++) {
                long[] bounds = sets.get(i).bounds;
                for (int j = 0; j < bounds.length; j += 2) {
                    firsts[at] = bounds[j];
                    lasts[at] = bounds[j + 1];
                    setOf[at++] = i;
                }
            }
        }

        List<IntervalSet> apart() {
            sweep();
            int[] ends = new int[sets.size() + 1];
            long[] sizes = new long[sets.size()];
            for (int i = 0; i < partCount; i++) {
                ends[partOf[i] + 1]++;
                sizes[partOf[i]] += parts[2 * i + 1] - parts[2 * i] + 1;
            }
            for (int i = 0; i < sets.size(); i++) {
                ends[i + 1] += ends[i];
            }
            int[] filled = Arrays.copyOf(ends, sets.size());
            long[] bySet = new long[2 * partCount];
            for (int i = 0; i < partCount; i++) {
                int place = filled[partOf[i]]++;
                bySet[2 * place] = parts[2 * i];
                bySet[2 * place + 1] = parts[2 * i + 1];
            }
            List<IntervalSet> apart = new ArrayList<>(sets.size());
            for (int i = 0; i < sets.size(); i++) {
                IntervalSet whole = sets.get(i);
                apart.add(
                        ends[i] == ends[i + 1]
                                ? EMPTY
                                : sizes[i] == whole.size()
                                        ? whole
                                        : new IntervalSet(Arrays.copyOfRange(bySet, 2 * ends[i], 2 * ends[i + 1])));
            }
            return apart;
        }

        private void sweep() {
            // The beginning and the interval's place in one number, which sorts without an object for each.
            long[] order = new long[firsts.length];
            for (int i = 0; i < order.length; i++) {
                order[i] = firsts[i] << 31 | i;
            }
            Arrays.sort(order);
            long next = 0;
            for (long packed : order) {
                int interval = (int) (packed & Integer.MAX_VALUE);
                next = partsUntil(firsts[interval], next);
                push(interval);
            }
            partsUntil(Long.MAX_VALUE, next);
        }

        /** Gives the values from one to another, exclusive, to the intervals that are open. */
        private long partsUntil(long end, long from) {
            long next = from;
            while (openCount > 0 && next < end) {
                int interval = open[0];
                if (lasts[interval] < next) {
                    pop();
                } else {
                    long last = Math.min(lasts[interval], end - 1);
                    part(setOf[interval], Math.max(next, firsts[interval]), last);
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

        private void push(int interval) {
            if (openCount == open.length) {
                open = Arrays.copyOf(open, 2 * openCount);
            }
            int at = openCount++;
            while (at > 0 && open[(at - 1) / 2] > interval) {
                open[at] = open[(at - 1) / 2];
                at = (at - 1) / 2;
            }
            open[at] = interval;
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
}
