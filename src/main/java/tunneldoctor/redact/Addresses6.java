package tunneldoctor.redact;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import tunneldoctor.model.AddressSet;

/**
 * Pseudonyms of IPv6 addresses, group by group: addresses that share leading groups still do. Zeros stay, and with them the
 * unspecified and the loopback address, and so does what the first group says of an address's kind (RFC 4291, RFC 4193).
 * Tunnels and kubelets are dialled over IPv4, so order and adjacency need not be kept here.
 */
final class Addresses6 {
    private static final int GROUPS = 8;
    private static final int DRAWS = 200;
    private static final String MAPPED = "0:0:0:0:0:ffff:";

    private final KeyedRandom random;
    private final Map<String, Integer> groups = new HashMap<>();
    private final Map<String, TreeSet<Integer>> taken = new HashMap<>();

    private Addresses6(KeyedRandom random) {
        this.random = random;
    }

    /** @param learned texts of addresses, as {@link #parse} takes them */
    static Addresses6 of(SortedSet<String> learned, KeyedRandom random) {
        Addresses6 addresses = new Addresses6(random);
        learned.forEach(text -> addresses.pseudonym(text, LongUnaryOperator.identity()));
        return addresses;
    }

    /** The eight groups; empty if the text is no address. */
    static Optional<int[]> parse(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        Optional<List<Integer>> head = gap < 0 ? groups(text) : groups(text.substring(0, gap));
        Optional<List<Integer>> tail = gap < 0 ? Optional.of(List.of()) : groups(text.substring(gap + 2));
        if (head.isEmpty() || tail.isEmpty()) {
            return Optional.empty();
        }
        int given = head.get().size() + tail.get().size();
        if (gap < 0 ? given != GROUPS : given >= GROUPS) {
            return Optional.empty();
        }
        int[] all = new int[GROUPS];
        for (int i = 0; i < head.get().size(); i++) {
            all[i] = head.get().get(i);
        }
        for (int i = 0; i < tail.get().size(); i++) {
            all[GROUPS - tail.get().size() + i] = tail.get().get(i);
        }
        return Optional.of(all);
    }

    private static Optional<List<Integer>> groups(String text) {
        List<Integer> groups = new ArrayList<>();
        String[] parts = text.isEmpty() ? new String[0] : text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            Optional<Long> quad = i == parts.length - 1 ? AddressSet.parseAddress(parts[i]) : Optional.empty();
            if (quad.isPresent()) {
                groups.add((int) (quad.get() >> 16));
                groups.add((int) (quad.get() & 0xffff));
            } else if (parts[i].isEmpty()
                    || parts[i].length() > 4
                    || !parts[i].chars().allMatch(c -> Pieces.hex((char) c))) {
                return Optional.empty();
            } else {
                groups.add(Integer.parseInt(parts[i], 16));
            }
        }
        return groups.size() > GROUPS ? Optional.empty() : Optional.of(groups);
    }

    /**
     * The pseudonym in the same notation.
     *
     * @param inner the pseudonym of an IPv4 address an address ends in
     */
    String pseudonym(String text, LongUnaryOperator inner) {
        int[] original = parse(text).orElseThrow();
        String shown = Arrays.stream(original).mapToObj(Integer::toHexString).collect(Collectors.joining(":"));
        int[] mapped = new int[GROUPS];
        String context = "";
        for (int i = 0; i < GROUPS; i++) {
            mapped[i] = group(context, i, original[i]);
            context += ":" + Integer.toHexString(original[i]);
        }
        int dot = text.indexOf('.');
        if (dot >= 0 || shown.startsWith(MAPPED)) {
            long quad = inner.applyAsLong((long) original[6] << 16 | original[7]);
            mapped[6] = (int) (quad >> 16);
            mapped[7] = (int) (quad & 0xffff);
        }
        return noted(text, mapped);
    }

    private int group(String context, int place, int original) {
        boolean zero = original == 0 || place == GROUPS - 1 && original == 1 && context.equals(":0".repeat(GROUPS - 1));
        int kept = place > 0 ? 0 : fixedBits(original);
        if (zero || kept == 0xffff || context.equals(":0:0:0:0:0") && original == 0xffff) {
            return original;
        }
        return groups.computeIfAbsent(context + "/" + original, question -> {
            TreeSet<Integer> used = taken.computeIfAbsent(context, c -> new TreeSet<>());
            int digits = Integer.toHexString(original).length();
            int least = digits == 1 ? 1 : 1 << 4 * (digits - 1);
            for (int draw = 0; draw < DRAWS; draw++) {
                int drawn = ByteBuffer.wrap(random.digest("IPv6 " + question + " " + draw))
                                .getInt()
                        & 0xffff;
                int free = least + drawn % ((1 << 4 * digits) - least);
                int candidate = original & kept | free & ~kept;
                if (Integer.toHexString(candidate).length() == digits && used.add(candidate)) {
                    return candidate;
                }
            }
            return original;
        });
    }

    /** Which bits of the first group tell the kind of address. */
    private static int fixedBits(int first) {
        if (first >= 0xfc00) {
            return first >= 0xfe00 ? 0xffff : 0xff00;
        }
        return first == 0x64 ? 0xffff : 0xe000;
    }

    /** Eight groups written as {@code text} is: with its gap, its zeros, its quad and its case. */
    private static String noted(String text, int[] mapped) {
        StringBuilder out = new StringBuilder();
        String[] halves = text.split("::", -1);
        int next = 0;
        for (int half = 0; half < halves.length; half++) {
            String[] parts = halves[half].isEmpty() ? new String[0] : halves[half].split(":", -1);
            if (half > 0) {
                out.append("::");
                next = GROUPS
                        - Arrays.stream(parts)
                                .mapToInt(part -> part.indexOf('.') < 0 ? 1 : 2)
                                .sum();
            }
            for (int i = 0; i < parts.length; i++) {
                out.append(i > 0 ? ":" : "");
                if (parts[i].indexOf('.') >= 0) {
                    out.append(AddressSet.format((long) mapped[next] << 16 | mapped[next + 1]));
                    next += 2;
                } else {
                    out.append(padded(Integer.toHexString(mapped[next]), parts[i]));
                    next++;
                }
            }
        }
        return out.toString();
    }

    private static String padded(String group, String original) {
        String text = "0".repeat(Math.max(0, original.length() - group.length())) + group;
        return original.equals(original.toUpperCase(Locale.ROOT)) ? text.toUpperCase(Locale.ROOT) : text;
    }
}
