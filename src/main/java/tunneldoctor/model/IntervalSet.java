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
        return bounds.length == 0 ? EMPTY : new IntervalSet(bounds.clone());
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

    /** How many intervals. */
    int count() {
        return bounds.length / 2;
    }

    /** The first value of an interval, counted from 0. */
    long first(int interval) {
        return bounds[2 * interval];
    }

    /** The last value of an interval, counted from 0. */
    long last(int interval) {
        return bounds[2 * interval + 1];
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
}
