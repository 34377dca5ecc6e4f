package tunneldoctor.redact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/** The binary tree of addresses: at which nodes pseudonyms use the other half, and which nodes must stay as they are. */
final class AddressTree {
    private static final int NEVER = Block.BITS + 1;
    private static final long END = 1L << Block.BITS;
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

    private final Entry[] byFirst;
    private final Entry[] byEnd;
    private final List<Entry> paths = new ArrayList<>();
    private final long seed;

    /** Codes of the turned nodes, ascending. */
    private long[] turned = new long[0];

    /** A block, and from which depth on the nodes on the way to it stay as they are. */
    private static final class Entry {
        private final Block block;
        private final long first;
        private final long end;
        private int pinnedFrom = NEVER;

        Entry(Block block) {
            this.block = block;
            this.first = block.first();
            this.end = block.end();
        }

        int length() {
            return block.length();
        }

        void pin(int depth) {
            pinnedFrom = Math.min(pinnedFrom, depth);
        }
    }

    /**
     * @param blocks in use, each once
     * @param seed what the turns depend on
     */
    AddressTree(List<Block> blocks, long seed) {
        this.seed = seed;
        List<Entry> entries = blocks.stream().map(Entry::new).toList();
        byFirst = sorted(entries.stream(), Comparator.comparingLong(entry -> entry.first));
        byEnd = sorted(entries.stream(), Comparator.comparingLong(entry -> entry.end));
    }

    private static Entry[] sorted(Stream<Entry> entries, Comparator<Entry> order) {
        return entries.sorted(order.thenComparingInt(Entry::length)).toArray(Entry[]::new);
    }

    // What must stay as it is.

    /** Nothing comes into this block or leaves it. */
    void pinPath(Block block) {
        Entry path = new Entry(block);
        path.pin(0);
        paths.add(path);
    }

    /** What lies in this block keeps its place in it. */
    void pinWithin(Block block) {
        Arrays.stream(byFirst).filter(entry -> block.holds(entry.block)).forEach(entry -> entry.pin(block.length()));
    }

    void pinAll() {
        Arrays.stream(byFirst).forEach(entry -> entry.pin(0));
    }

    /** Blocks that touch go on to touch, and blocks that share an end to share it. */
    void pinTouching(long[] edges) {
        for (long edge : edges) {
            List<Entry> behind = beginningAt(edge);
            List<Entry> before = endingAt(edge);
            if (!behind.isEmpty() && !before.isEmpty()) {
                pinBetween(edge, edge);
            }
            behind.forEach(entry -> entry.pin(behind.get(0).length()));
            before.forEach(entry -> entry.pin(before.get(0).length()));
        }
    }

    /** What touches one of two edges keeps its place with regard to the other. */
    void pinBetween(long edge, long other) {
        long apart = Math.max(edge - 1, 0) ^ Math.min(other, END - 1);
        int depth = Long.numberOfLeadingZeros(apart) - Block.BITS;
        for (long each : new long[] {edge, other}) {
            beginningAt(each).forEach(entry -> entry.pin(depth));
            endingAt(each).forEach(entry -> entry.pin(depth));
        }
    }

    /** Widest first. */
    private List<Entry> beginningAt(long edge) {
        int from = lowerBound(byFirst.length, i -> byFirst[i].first < edge);
        int to = lowerBound(byFirst.length, i -> byFirst[i].first <= edge);
        return Arrays.asList(byFirst).subList(from, to);
    }

    /** Widest first. */
    private List<Entry> endingAt(long edge) {
        int from = lowerBound(byEnd.length, i -> byEnd[i].end < edge);
        int to = lowerBound(byEnd.length, i -> byEnd[i].end <= edge);
        return Arrays.asList(byEnd).subList(from, to);
    }

    private static int lowerBound(int size, IntPredicate below) {
        int from = 0;
        int to = size;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (below.test(middle)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    // The turns.

    /** Turns nodes anew: of those with one half in use, and not pinned, about every other. */
    void choose() {
        Entry[] all = sorted(
                Stream.concat(Arrays.stream(byFirst), paths.stream()), Comparator.comparingLong(entry -> entry.first));
        List<Long> codes = new ArrayList<>();
        choose(all, 0, all.length, 0, codes);
        turned = codes.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    /** @param from the first of the entries in the node at {@code depth} */
    private void choose(Entry[] all, int from, int to, int depth, List<Long> codes) {
        int inner = from;
        while (inner < to && all[inner].length() == depth) {
            inner++;
        }
        if (inner == to) {
            return;
        }
        long half = 1L << Block.BITS - depth - 1;
        long middle = (all[from].first & -(half << 1)) + half;
        int split = inner;
        boolean pinned = false;
        for (int i = inner; i < to; i++) {
            split += all[i].first < middle ? 1 : 0;
            pinned |= all[i].pinnedFrom <= depth;
        }
        boolean one = split == inner || split == to;
        long code = code(middle - half, depth);
        if (one && !pinned && turns(code)) {
            codes.add(code);
        }
        if (split > inner) {
            choose(all, inner, split, depth + 1, codes);
        }
        if (split < to) {
            choose(all, split, to, depth + 1, codes);
        }
    }

    private static long code(long first, int depth) {
        return first << 6 | depth;
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
    private boolean turns(long code) {
        long mixed = seed + code * GOLDEN;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d0_49bb_1331_11ebL;
        return ((mixed ^ mixed >>> 31) & 1) == 1;
    }

    // Pseudonyms.

    /** Where the block goes, in use or not. */
    long moved(Block block) {
        long moved = 0;
        for (int depth = 0; depth < block.length(); depth++) {
            int shift = Block.BITS - depth;
            long node = block.first() >> shift << shift;
            long bit = block.first() >> shift - 1 & 1;
            boolean turn = Arrays.binarySearch(turned, code(node, depth)) >= 0;
            moved |= (turn ? 1 - bit : bit) << shift - 1;
        }
        return moved;
    }

    /** Where a block begins now that began at this edge, or ends that ended there. */
    long movedEdge(long edge) {
        List<Entry> behind = beginningAt(edge);
        if (!behind.isEmpty()) {
            return moved(behind.get(0).block);
        }
        Block before = endingAt(edge).get(0).block;
        return moved(before) + before.end() - before.first();
    }
}
