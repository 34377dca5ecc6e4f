package tunneldoctor.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** A set of TCP or UDP ports, 0 to 65535, kept as intervals. */
public final class PortSet {
    public static final int LAST = 65_535;
    public static final PortSet NONE = new PortSet(IntervalSet.EMPTY);
    public static final PortSet ALL = new PortSet(IntervalSet.of(0, LAST));

    private final IntervalSet intervals;

    private PortSet(IntervalSet intervals) {
        this.intervals = intervals;
    }

    public static PortSet of(int port) {
        return range(port, port);
    }

    /** Both ends included; empty if {@code first > last}. */
    public static PortSet range(int first, int last) {
        return new PortSet(IntervalSet.of(first, last));
    }

    public static PortSet union(Collection<PortSet> sets) {
        List<IntervalSet> intervals = new ArrayList<>(sets.size());
        for (PortSet set : sets) {
            intervals.add(set.intervals);
        }
        return new PortSet(IntervalSet.union(intervals));
    }

    /**
     * Reads {@code 10250} or two ports joined by {@code separator} ({@code -} for Azure, {@code :} for netfilter), where a
     * missing end means 0 or 65535, and {@code *} for all.
     *
     * @return empty for anything else, for example a service name
     */
    public static Optional<PortSet> parse(String text, char separator) {
        if (text.equals("*")) {
            return Optional.of(ALL);
        }
        int at = text.indexOf(separator);
        if (at < 0) {
            return number(text).map(PortSet::of);
        }
        Optional<Integer> first =
                at == 0 ? Optional.of(0) : number(text.substring(0, at).strip());
        Optional<Integer> last = at == text.length() - 1
                ? Optional.of(LAST)
                : number(text.substring(at + 1).strip());
        return first.flatMap(f -> last.filter(l -> f <= l).map(l -> range(f, l)));
    }

    private static Optional<Integer> number(String text) {
        if (text.length() > 5 || !Digits.only(text)) {
            return Optional.empty();
        }
        int port = Integer.parseInt(text);
        return port > LAST ? Optional.empty() : Optional.of(port);
    }

    public boolean isEmpty() {
        return intervals.isEmpty();
    }

    public boolean covers(int port) {
        return intervals.covers(port);
    }

    public PortSet union(PortSet other) {
        return new PortSet(intervals.union(other.intervals));
    }

    public PortSet intersect(PortSet other) {
        return new PortSet(intervals.intersect(other.intervals));
    }

    public PortSet complement() {
        return new PortSet(intervals.complement(LAST));
    }

    /** The lowest port. @throws java.util.NoSuchElementException if there is none */
    public int first() {
        return (int) intervals.first();
    }

    /** The first port of every run of ports, ascending. */
    public List<Integer> starts() {
        List<Integer> starts = new ArrayList<>();
        for (long[] pair : intervals.pairs()) {
            starts.add((int) pair[0]);
        }
        return starts;
    }

    /** How many ports, 0 to 65536. */
    public int size() {
        return (int) intervals.size();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PortSet that && intervals.equals(that.intervals);
    }

    @Override
    public int hashCode() {
        return intervals.hashCode();
    }

    @Override
    public String toString() {
        if (equals(ALL)) {
            return "any port";
        }
        StringJoiner text = new StringJoiner(",");
        for (long[] pair : intervals.pairs()) {
            text.add(pair[0] == pair[1] ? Long.toString(pair[0]) : pair[0] + "-" + pair[1]);
        }
        return text.toString();
    }
}
