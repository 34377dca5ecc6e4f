package tunneldoctor.redact;

import java.util.Optional;
import tunneldoctor.model.AddressSet;

/**
 * What follows an address and makes a block of it: {@code /16} or {@code /255.255.0.0}.
 *
 * @param bits the prefix length; -1 if there is none
 * @param scattered whether a mask follows that is no prefix
 * @param leading of a scattered mask, the ones before its first zero
 */
record PrefixLength(int bits, boolean scattered, int leading) {
    private static final PrefixLength NONE = new PrefixLength(-1, false, 0);
    private static final int LONGEST = "255.255.255.255".length();

    /** @param at behind the address */
    static PrefixLength behind(String line, int at) {
        // JSON may write a slash with a backslash before it.
        int slash = at < line.length() && line.charAt(at) == '\\' ? at + 1 : at;
        if (slash >= line.length() || line.charAt(slash) != '/') {
            return NONE;
        }
        String length = numbers(line, slash + 1);
        if (length.length() <= 2 && !length.isEmpty() && length.indexOf('.') < 0) {
            int bits = Integer.parseInt(length);
            return bits <= Block.BITS ? new PrefixLength(bits, false, 0) : NONE;
        }
        return AddressSet.parseAddress(length).map(PrefixLength::ofMask).orElse(NONE);
    }

    private static PrefixLength ofMask(long mask) {
        int leading = Math.min(Block.BITS, Long.numberOfLeadingZeros(~(mask << Block.BITS)));
        return Long.bitCount(mask) == leading
                ? new PrefixLength(leading, false, 0)
                : new PrefixLength(-1, true, leading);
    }

    /** The address behind a hyphen, of {@code 10.0.0.4-10.0.0.9}. */
    static Optional<Long> rangeEnd(String line, int at) {
        int from = at;
        while (from < line.length() && line.charAt(from) == ' ') {
            from++;
        }
        if (from >= line.length() || line.charAt(from) != '-') {
            return Optional.empty();
        }
        from++;
        while (from < line.length() && line.charAt(from) == ' ') {
            from++;
        }
        return AddressSet.parseAddress(numbers(line, from));
    }

    private static String numbers(String line, int from) {
        int to = from;
        while (to < line.length()
                && to - from <= LONGEST
                && (Pieces.digit(line.charAt(to)) || line.charAt(to) == '.')) {
            to++;
        }
        return line.substring(from, to > from && line.charAt(to - 1) == '.' ? to - 1 : to);
    }
}
