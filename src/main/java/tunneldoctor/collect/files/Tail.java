package tunneldoctor.collect.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Remembers the last bytes that were read. */
final class Tail extends FilterInputStream {
    /** The record that ends a zip may have a comment of 65,535 bytes behind it. */
    private static final int KEPT = 1 << 17;

    private final byte[] kept = new byte[KEPT];
    private long read;

    Tail(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        if (one >= 0) {
            kept[(int) (read++ % KEPT)] = (byte) one;
        }
        return one;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        for (int i = Math.max(0, count - KEPT); i < count; i++) {
            kept[(int) ((read + i) % KEPT)] = target[offset + i];
        }
        read += Math.max(0, count);
        return count;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** Whether these bytes are among the last. */
    boolean holds(byte[] bytes) {
        for (long at = Math.max(0, read - KEPT); at + bytes.length <= read; at++) {
            int same = 0;
            while (same < bytes.length && kept[(int) ((at + same) % KEPT)] == bytes[same]) {
                same++;
            }
            if (same == bytes.length) {
                return true;
            }
        }
        return false;
    }
}
