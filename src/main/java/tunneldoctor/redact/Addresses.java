package tunneldoctor.redact;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import tunneldoctor.model.AddressSet;

/**
 * Pseudonyms of IPv4 addresses that mean the same to every filter, route and subnet. Addresses and blocks are the leaves and
 * nodes of a binary tree; where only one of a node's two halves is in use, the key decides which half the pseudonyms use. So
 * lengths of prefixes, what lies in what, and the order of addresses stay. What reports say of ranges stays too: blocks that
 * touch or share an end still do, and no others come to.
 *
 * <p>Private and shared addresses stay within their ranges (RFC 6890), and all others outside them. Azure's platform address,
 * 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, and 224.0.0.0/3, where masks lie too, stay as they are.
 */
final class Addresses {
    private static final List<Block> REALMS = List.of(
            Block.of("10.0.0.0", 8),
            Block.of("172.16.0.0", 12),
            Block.of("192.168.0.0", 16),
            Block.of("100.64.0.0", 10));
    private static final List<Block> FIXED = List.of(
            Block.of("0.0.0.0", 8),
            Block.of("127.0.0.0", 8),
            Block.of("169.254.0.0", 16),
            Block.of("224.0.0.0", 3),
            Block.of("168.63.129.16", 32));

    /** Wider blocks say nothing of whose they are. */
    private static final int WIDEST_OWN = 9;

    /** Rounds of making the tree stiffer where pseudonyms would touch; what is then left stays as it is. */
    private static final int ROUNDS = 40;

    /** Trees to choose from: few addresses may keep their places by chance. */
    private static final int ATTEMPTS = 4;

    /** Files with more settle for the first tree. */
    private static final int MANY = 20_000;

    private static final long LAST = 0xffff_ffffL;

    /** Where what was learned begins, and ends, ascending; their pseudonyms, in the same order. */
    private final long[] edges;

    private final long[] movedEdges;
    private final AddressTree tree;

    private Addresses(long[] edges, long[] movedEdges, AddressTree tree) {
        this.edges = edges;
        this.movedEdges = movedEdges;
        this.tree = tree;
    }

    /** What a text speaks of. */
    static final class Learned {
        private final Set<Block> blocks = new HashSet<>();
        private final Set<Block> rigid = new HashSet<>();

        void block(long address, int length) {
            blocks.add(Block.around(address, length));
        }

        void range(long first, long last) {
            for (String cidr : AddressSet.range(first, last).toCidrs()) {
                int slash = cidr.indexOf('/');
                int length = slash < 0 ? Block.BITS : Integer.parseInt(cidr.substring(slash + 1));
                blocks.add(Block.of(slash < 0 ? cidr : cidr.substring(0, slash), length));
            }
        }

        /** A set of addresses no prefix describes: nothing may move behind the leading bits of its mask. */
        void scattered(long address, int leading) {
            block(address, leading);
            rigid.add(Block.around(address, leading));
        }

        Addresses with(KeyedRandom random) {
            Addresses best = attempt(random, 0);
            long left = best.unmoved(blocks);
            for (int n = 1; n < ATTEMPTS && left > 0 && blocks.size() <= MANY; n++) {
                Addresses other = attempt(random, n);
                if (other.unmoved(blocks) < left) {
                    best = other;
                    left = other.unmoved(blocks);
                }
            }
            return best;
        }

        private Addresses attempt(KeyedRandom random, int number) {
            long seed = random.choices("addresses " + number).nextLong();
            long[] edges = blocks.stream()
                    .flatMapToLong(block -> LongStream.of(block.first(), block.end()))
                    .sorted()
                    .distinct()
                    .toArray();
            AddressTree tree = new AddressTree(between(edges), seed);
            Stream.concat(FIXED.stream(), REALMS.stream()).forEach(tree::pinPath);
            Stream.concat(FIXED.stream(), rigid.stream()).forEach(tree::pinWithin);
            tree.pinTouching(edges);
            for (int round = 0; ; round++) {
                if (round == ROUNDS) {
                    tree.pinAll();
                }
                tree.choose();
                long[] moved = Arrays.stream(edges).map(tree::movedEdge).toArray();
                if (round == ROUNDS || !stiffened(tree, edges, moved)) {
                    return new Addresses(edges, moved, tree);
                }
            }
        }
    }

    /** All blocks that begin and end at edges: those learned, and those that some of them make up or leave open. */
    private static List<Block> between(long[] edges) {
        return pairs(edges).stream()
                .map(pair -> {
                    long first = edges[(int) (pair >> 32)];
                    long size = edges[(int) (long) pair] - first;
                    return new Block(first, Block.BITS - Long.numberOfTrailingZeros(size));
                })
                .toList();
    }

    /** Which two edges are the ends of one block, by their indices. */
    private static Set<Long> pairs(long[] edges) {
        Set<Long> pairs = new HashSet<>();
        for (int i = 0; i < edges.length; i++) {
            int widest = Math.min(Block.BITS, Long.numberOfTrailingZeros(edges[i]));
            for (int k = 0; k <= widest; k++) {
                int end = Arrays.binarySearch(edges, edges[i] + (1L << k));
                if (end >= 0) {
                    pairs.add((long) i << 32 | end);
                }
            }
        }
        return pairs;
    }

    /**
     * Pins what lies around edges whose pseudonyms change places, fall together, or come to be the ends of a block.
     *
     * @return whether there were any
     */
    private static boolean stiffened(AddressTree tree, long[] edges, long[] moved) {
        boolean stiffened = false;
        for (int i = 1; i < edges.length; i++) {
            if (moved[i] <= moved[i - 1]) {
                tree.pinBetween(edges[i - 1], edges[i]);
                stiffened = true;
            }
        }
        if (stiffened) {
            return true;
        }
        Set<Long> chance = pairs(moved);
        chance.removeAll(pairs(edges));
        chance.forEach(pair -> tree.pinBetween(edges[(int) (pair >> 32)], edges[(int) (long) pair]));
        return !chance.isEmpty();
    }

    private long unmoved(Set<Block> learned) {
        return learned.stream()
                .filter(block -> block.length() >= WIDEST_OWN && FIXED.stream().noneMatch(fixed -> fixed.holds(block)))
                .filter(block -> tree.moved(block) == block.first())
                .count();
    }

    /** The pseudonym of an address; of one just before or behind what was learned, the one before or behind its pseudonym. */
    long moved(long address) {
        int at = Arrays.binarySearch(edges, address);
        if (at >= 0) {
            return Math.min(movedEdges[at], LAST);
        }
        int behind = Arrays.binarySearch(edges, address + 1);
        return behind >= 0 ? movedEdges[behind] - 1 : tree.moved(new Block(address, Block.BITS));
    }

    /** The pseudonym of an address that is written with a prefix length. */
    long moved(long address, int length) {
        Block block = Block.around(address, length);
        return block.first() == address ? tree.moved(block) : moved(address);
    }
}
