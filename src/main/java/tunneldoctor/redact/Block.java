package tunneldoctor.redact;

import tunneldoctor.model.AddressSet;

/**
 * An IPv4 prefix.
 *
 * @param length 0 to 32
 */
record Block(long first, int length) {
    static final int BITS = 32;

    /** The block of this length an address lies in. */
    static Block around(long address, int length) {
        return new Block(length == 0 ? 0 : address >> BITS - length << BITS - length, length);
    }

    static Block of(String first, int length) {
        return around(AddressSet.parseAddress(first).orElseThrow(), length);
    }

    /** Behind its last address. */
    long end() {
        return first + (1L << BITS - length);
    }

    boolean holds(Block other) {
        return other.first >= first && other.end() <= end();
    }
}
