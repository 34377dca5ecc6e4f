package tunneldoctor.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * A set of IPv4 addresses, kept as intervals. AKS dials kubelets over IPv4, so IPv6 prefixes are not representable: a
 * reader keeps them apart.
 */
public final class AddressSet {
    private static final long LAST = 0xFFFF_FFFFL;

    /** A mask with more wildcard bits above its lowest fixed bit would need more intervals than a set should hold. */
    private static final int MAX_SCATTERED_BITS = 12;

    private static final long NO_ADDRESS = -1;

    public static final AddressSet NONE = new AddressSet(IntervalSet.EMPTY);
    public static final AddressSet ALL = new AddressSet(IntervalSet.of(0, LAST));

    private final IntervalSet intervals;

    private AddressSet(IntervalSet intervals) {
        this.intervals = intervals;
    }

    /** The one address. */
    public static AddressSet of(long address) {
        return range(address, address);
    }

    /** Both ends included; empty if {@code first > last}. */
    public static AddressSet range(long first, long last) {
        return new AddressSet(IntervalSet.of(first, last));
    }

    /**
     * As many runs of addresses as there are pairs of numbers.
     *
     * @param ends the first and the last address of each run, ascending and with gaps between the runs
     */
    public static AddressSet ofRuns(long... ends) {
        return new AddressSet(IntervalSet.ofRuns(ends));
    }

    public static AddressSet union(Collection<AddressSet> sets) {
        List<IntervalSet> intervals = new ArrayList<>(sets.size());
        for (AddressSet set : sets) {
            intervals.add(set.intervals);
        }
        return new AddressSet(IntervalSet.union(intervals));
    }

    /**
     * Reads {@code 10.0.0.4}, {@code 10.0.0.0/16}, {@code 10.0.0.0/255.255.0.0} (any mask) or {@code 10.0.0.1-10.0.0.9}.
     *
     * @return empty for anything else: an IPv6 prefix, a name, a service tag, or a mask too scattered to hold
     */
    public static Optional<AddressSet> parse(String text) {
        return parse(text, 0, text.length());
    }

    /** As {@link #parse(String)}, of a part of a text, which is not copied. */
    public static Optional<AddressSet> parse(String text, int from, int to) {
        int slash = -1;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '-' && i > from) {
                return ends(text.substring(from, i), text.substring(i + 1, to));
            }
            slash = c == '/' && slash < 0 ? i : slash;
        }
        long address = address(text, from, slash < 0 ? to : slash);
        if (address == NO_ADDRESS) {
            return Optional.empty();
        }
        if (slash < 0) {
            return Optional.of(of(address));
        }
        long mask = mask(text, slash + 1, to);
        return mask == NO_ADDRESS ? Optional.empty() : masked(address, mask);
    }

    private static Optional<AddressSet> ends(String first, String last) {
        return parseAddress(first.strip())
                .flatMap(f -> parseAddress(last.strip()).filter(l -> f <= l).map(l -> range(f, l)));
    }

    /** A dotted quad as an unsigned number, or empty. */
    public static Optional<Long> parseAddress(String text) {
        long address = address(text, 0, text.length());
        return address == NO_ADDRESS ? Optional.empty() : Optional.of(address);
    }

    private static long address(String text, int from, int to) {
        long address = 0;
        int parts = 0;
        int digits = 0;
        int part = 0;
        for (int i = from; i <= to; i++) {
            char c = i == to ? '.' : text.charAt(i);
            if (c == '.') {
                if (digits == 0 || part > 255) {
                    return NO_ADDRESS;
                }
                address = address << 8 | part;
                parts++;
                digits = 0;
                part = 0;
            } else if (c >= '0' && c <= '9' && digits < 3) {
                part = part * 10 + (c - '0');
                digits++;
            } else {
                return NO_ADDRESS;
            }
        }
        return parts == 4 ? address : NO_ADDRESS;
    }

    /** The dotted quad of an address. */
    public static String format(long address) {
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    /** A prefix length, or a mask written as an address. */
    private static long mask(String text, int from, int to) {
        int length = 0;
        int digits = to - from;
        if (digits == 0 || digits > 2) {
            return address(text, from, to);
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return NO_ADDRESS;
            }
            length = length * 10 + (c - '0');
        }
        return length > 32 ? NO_ADDRESS : LAST << (32 - length) & LAST;
    }

    private static Optional<AddressSet> masked(long address, long mask) {
        long wildcard = ~mask & LAST;
        int run = Long.numberOfTrailingZeros(~wildcard);
        long scattered = wildcard >>> run << run;
        if (Long.bitCount(scattered) > MAX_SCATTERED_BITS) {
            return Optional.empty();
        }
        long base = address & mask;
        long width = (1L << run) - 1;
        if (scattered == 0) {
            return Optional.of(range(base, base + width));
        }
        List<IntervalSet> runs = new ArrayList<>();
        long subset = 0;
        do {
            runs.add(IntervalSet.of(base | subset, (base | subset) + width));
            subset = (subset - scattered) & scattered;
        } while (subset != 0);
        return Optional.of(new AddressSet(IntervalSet.union(runs)));
    }

    IntervalSet intervals() {
        return intervals;
    }

    public boolean isEmpty() {
        return intervals.isEmpty();
    }

    public boolean covers(long address) {
        return intervals.covers(address);
    }

    /** Whether every address of {@code other} is in this set. */
    public boolean includes(AddressSet other) {
        return intervals.includes(other.intervals);
    }

    public boolean overlaps(AddressSet other) {
        return intervals.overlaps(other.intervals);
    }

    public AddressSet union(AddressSet other) {
        return new AddressSet(intervals.union(other.intervals));
    }

    public AddressSet intersect(AddressSet other) {
        IntervalSet common = intervals.intersect(other.intervals);
        return common == intervals ? this : common == other.intervals ? other : new AddressSet(common);
    }

    public AddressSet minus(AddressSet other) {
        IntervalSet left = intervals.minus(other.intervals);
        return left == intervals ? this : new AddressSet(left);
    }

    public AddressSet complement() {
        return new AddressSet(intervals.complement(LAST));
    }

    /** How many addresses, 0 to 2^32. */
    public long size() {
        return intervals.size();
    }

    /**
     * The lowest address.
     *
     * @throws IllegalStateException if the set is empty
     */
    public long first() {
        if (isEmpty()) {
            throw new IllegalStateException("an empty set has no first address");
        }
        return intervals.first();
    }

    /**
     * The highest address.
     *
     * @throws IllegalStateException if the set is empty
     */
    public long last() {
        if (isEmpty()) {
            throw new IllegalStateException("an empty set has no last address");
        }
        return intervals.last();
    }

    /** Whether its addresses follow one another without a gap; not so if it is empty. */
    public boolean isRun() {
        return intervals.isRun();
    }

    /** Its runs of consecutive addresses, ascending and with gaps between them; none if it is empty. */
    public List<AddressSet> runs() {
        List<AddressSet> runs = new ArrayList<>();
        for (long[] pair : intervals.pairs()) {
            runs.add(range(pair[0], pair[1]));
        }
        return runs;
    }

    /** The smallest list of CIDR blocks, ascending; a single address has no {@code /32}. */
    public List<String> toCidrs() {
        List<String> blocks = new ArrayList<>();
        for (long[] pair : intervals.pairs()) {
            long next = pair[0];
            while (next <= pair[1]) {
                int bits = next == 0 ? 32 : Math.min(32, Long.numberOfTrailingZeros(next));
                while (next + (1L << bits) - 1 > pair[1]) {
                    bits--;
                }
                blocks.add(bits == 0 ? format(next) : format(next) + "/" + (32 - bits));
                next += 1L << bits;
            }
        }
        return blocks;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressSet that && intervals.equals(that.intervals);
    }

    @Override
    public int hashCode() {
        return intervals.hashCode();
    }

    /** For people: CIDR blocks, or ranges where those are shorter. */
    @Override
    public String toString() {
        if (isEmpty()) {
            return "no address";
        }
        if (equals(ALL)) {
            return "any address";
        }
        StringJoiner text = new StringJoiner(", ");
        for (long[] pair : intervals.pairs()) {
            List<String> blocks = range(pair[0], pair[1]).toCidrs();
            text.add(blocks.size() == 1 ? blocks.get(0) : format(pair[0]) + "-" + format(pair[1]));
        }
        return text.toString();
    }
}
