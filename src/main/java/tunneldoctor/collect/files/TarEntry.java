package tunneldoctor.collect.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A file of a tar archive: POSIX ustar, with the long names of GNU and of pax headers.
 *
 * @param size in bytes
 * @param type {@code '0'} for a file; links, devices and folders have others
 */
record TarEntry(String name, long size, char type) {
    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 1 << 16;
    private static final int MAGIC = 257;

    static boolean isTar(byte[] block) {
        return block.length == BLOCK && new String(block, MAGIC, 5, StandardCharsets.ISO_8859_1).equals("ustar");
    }

    boolean isFile() {
        return type == '0' || type == 0 || type == '7';
    }

    /**
     * Reads a header, with those that only name what follows.
     *
     * @return null at the end of the archive
     * @throws EOFException if the archive ends without one
     */
    static @Nullable TarEntry next(InputStream in) throws IOException {
        String longName = "";
        while (true) {
            byte[] block = in.readNBytes(BLOCK);
            if (block.length < BLOCK) {
                throw new EOFException("no end of archive");
            }
            if (isZero(block)) {
                return null;
            }
            TarEntry entry = header(block);
            switch (entry.type) {
                case 'L' -> longName = text(entry.small(in));
                case 'x' -> longName = path(entry.small(in), longName);
                case 'g', 'K' -> entry.small(in);
                default -> {
                    return longName.isEmpty() ? entry : new TarEntry(longName, entry.size, entry.type);
                }
            }
        }
    }

    private static TarEntry header(byte[] block) throws IOException {
        if (!isTar(block)) {
            throw new ZipException("no header where a file should begin");
        }
        String prefix = text(block, 345, 155);
        String name = text(block, 0, 100);
        return new TarEntry(prefix.isEmpty() ? name : prefix + "/" + name, size(block), (char) (block[156] & 0xff));
    }

    private static long size(byte[] block) throws IOException {
        // GNU writes what has no room in eleven octal digits as a number of its own.
        long size = 0;
        if ((block[124] & 0x80) != 0) {
            for (int i = 128; i < 136; i++) {
                size = size << 8 | block[i] & 0xff;
            }
        } else {
            String digits = text(block, 124, 12).strip();
            if (!digits.matches("[0-7]{1,12}")) {
                throw new ZipException("a file without a size");
            }
            size = Long.parseLong(digits, 8);
        }
        if (size < 0) {
            throw new ZipException("a file without a size");
        }
        return size;
    }

    /** The content of a header that names another. */
    private byte[] small(InputStream in) throws IOException {
        if (size > LONGEST_NAME) {
            throw new ZipException("a name without end");
        }
        byte[] content = in.readNBytes((int) size);
        if (content.length < size) {
            throw new EOFException("inside a name");
        }
        skipPadding(in);
        return content;
    }

    /** The path among {@code length key=value} lines. */
    private static String path(byte[] records, String otherwise) {
        return text(records)
                .lines()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .filter(line -> line.startsWith("path="))
                .map(line -> line.substring("path=".length()))
                .findFirst()
                .orElse(otherwise);
    }

    private static String text(byte[] bytes) {
        return text(bytes, 0, bytes.length);
    }

    private static String text(byte[] bytes, int from, int length) {
        int end = from;
        while (end < from + length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Its content, to be read to its end before the next header. */
    InputStream content(InputStream in) {
        return new InputStream() {
            private long left = size;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (left == 0) {
                    return length == 0 ? 0 : -1;
                }
                int read = in.read(target, offset, (int) Math.min(length, left));
                if (read < 0) {
                    throw new EOFException("inside a file");
                }
                left -= read;
                return read;
            }
        };
    }

    void skipPadding(InputStream in) throws IOException {
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
    }
}
