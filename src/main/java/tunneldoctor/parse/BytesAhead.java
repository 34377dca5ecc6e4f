package tunneldoctor.parse;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Looks at the beginning of a stream, which is then still to be read, with the failure that ended the look if one did. */
final class BytesAhead extends InputStream {
    private static final int CHUNK = 1 << 16;

    private final InputStream in;
    private byte[] bytes = new byte[CHUNK];
    private int length;
    private int at;
    private boolean ended;
    private @Nullable IOException failure;

    BytesAhead(InputStream in) {
        this.in = in;
    }

    /** Whether the first byte that is no blank is this one. */
    boolean beginsWith(char wanted) {
        load();
        int place = 0;
        while (place < length && bytes[place] <= ' ' && bytes[place] >= 0) {
            place++;
        }
        return place < length && bytes[place] == wanted;
    }

    /** Whether the stream ends within so many bytes; then all of it was read. */
    boolean endsWithin(int most) {
        while (!ended && failure == null && length <= most) {
            load();
        }
        return ended && length <= most;
    }

    /** What was looked at, so much of it as {@link #length} says. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    private void load() {
        try {
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * length);
            }
            int read = in.read(bytes, length, bytes.length - length);
            ended = read < 0;
            length += Math.max(read, 0);
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int wanted) throws IOException {
        if (at < length) {
            int read = Math.min(wanted, length - at);
            System.arraycopy(bytes, at, target, offset, read);
            at += read;
            if (at == length) {
                bytes = new byte[1];
            }
            return read;
        }
        @Nullable IOException before = failure;
        if (before != null) {
            throw before;
        }
        return ended ? -1 : in.read(target, offset, wanted);
    }
}
