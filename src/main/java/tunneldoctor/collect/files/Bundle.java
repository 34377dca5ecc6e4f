package tunneldoctor.collect.files;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * The files in a folder, a zip, a tar or a gzip, and in archives that lie in those. Nothing is ever unpacked to a disk, so a
 * name such as {@code ../../etc/passwd} is only a name; links are not followed. How much is read is bounded, since a small
 * archive may hold anything: what goes beyond is told as not read.
 */
public final class Bundle {
    /** A text of this size is no output of a command. In bytes. */
    static final int LARGEST_FILE = 64 << 20;

    /** Support's largest archives hold 100 MB, packed; logs shrink to a tenth and less. In bytes, unpacked. */
    static final long LARGEST_BUNDLE = 4L << 30;

    static final int MOST_FILES = 200_000;

    /** A collection of many nodes is an archive of archives. */
    private static final int DEEPEST = 3;

    private static final int MAGIC = 512;

    /** The signature of the record that ends a zip (APPNOTE.TXT, 4.3.16). */
    private static final byte[] DIRECTORY_END = {'P', 'K', 5, 6};

    private static final int DEEPEST_FOLDER = 32;

    private final Sink sink;
    private long left = LARGEST_BUNDLE;
    private int files;

    /** Takes what is found, in an order that does not depend on the machine. */
    public interface Sink {
        /**
         * @param path its name with its folders and the archives it lies in, with {@code /} between them
         * @param content all of it
         */
        void file(String path, byte[] content);

        /** @param why it was not read, or not whole */
        void unread(String path, String why);
    }

    /** More than a bundle may hold. */
    private static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1L;

        TooMuchException(String message) {
            super(message);
        }
    }

    private Bundle(Sink sink) {
        this.sink = sink;
    }

    /**
     * @param source a folder or a file
     * @throws IOException if it cannot be read at all
     */
    public static void read(Path source, Sink sink) throws IOException {
        Bundle bundle = new Bundle(sink);
        String name = String.valueOf(source.toAbsolutePath().normalize().getFileName());
        try {
            if (Files.isDirectory(source)) {
                bundle.folder(source, name);
            } else {
                try (InputStream in = Files.newInputStream(source)) {
                    bundle.any(name, in, 0);
                }
            }
        } catch (TooMuchException e) {
            sink.unread(name, String.valueOf(e.getMessage()));
        }
    }

    private void folder(Path folder, String name) throws IOException {
        List<Path> found;
        try (Stream<Path> walk = Files.walk(folder, DEEPEST_FOLDER, new FileVisitOption[0])) {
            found = walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .limit(MOST_FILES + 1L)
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path file : found) {
            String path = name + "/" + folder.relativize(file).toString().replace('\\', '/');
            try (InputStream in = Files.newInputStream(file)) {
                any(path, in, 0);
            } catch (TooMuchException e) {
                throw e;
            } catch (IOException e) {
                sink.unread(path, "cannot be read: " + e.getMessage());
            }
        }
    }

    /** @param depth how many archives it lies in */
    private void any(String path, InputStream raw, int depth) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, 1 << 16);
        byte[] magic = beginning(path, in);
        boolean zip = magic.length >= 4 && magic[0] == 'P' && magic[1] == 'K' && magic[2] == 3 && magic[3] == 4;
        boolean gzip = magic.length >= 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b;
        boolean tar = TarEntry.isTar(magic);
        if ((zip || gzip || tar) && depth == DEEPEST) {
            sink.unread(path, "is an archive in an archive in an archive; unpack it");
            return;
        }
        if (!zip && !gzip && !tar) {
            plain(path, in);
            return;
        }
        try {
            if (zip) {
                zip(path, in, depth);
            } else if (tar) {
                tar(path, in, depth);
            } else if (gzip) {
                any(withoutEnding(path), new GZIPInputStream(in, 1 << 16), depth + 1);
            }
        } catch (EOFException | ZipException e) {
            sink.unread(path, "breaks off or is damaged (" + e.getMessage() + "); what stands before that was read");
        }
    }

    /** Of a single packed file; a packed archive keeps its name. */
    private static String withoutEnding(String path) {
        return path.endsWith(".gz") && !path.endsWith(".tar.gz") ? path.substring(0, path.length() - 3) : path;
    }

    private byte[] beginning(String path, BufferedInputStream in) throws IOException {
        try {
            in.mark(MAGIC);
            byte[] beginning = in.readNBytes(MAGIC);
            in.reset();
            return beginning;
        } catch (EOFException | ZipException e) {
            brokenOff(path);
            throw e;
        }
    }

    private void brokenOff(String path) {
        sink.unread(path, "breaks off, so it was not used: its end may have held what counts");
    }

    private void plain(String path, InputStream in) throws IOException {
        if (++files > MOST_FILES) {
            throw new TooMuchException("holds more than " + MOST_FILES + " files; the rest was not read");
        }
        byte[] content;
        try {
            content = in.readNBytes((int) Math.min(left, LARGEST_FILE) + 1);
            left -= content.length;
            if (content.length > LARGEST_FILE) {
                // The rest of it lies before the next file of an archive.
                skip(in);
            }
        } catch (EOFException | ZipException e) {
            brokenOff(path);
            throw e;
        }
        if (left < 0) {
            throw tooLarge();
        }
        if (content.length > LARGEST_FILE) {
            sink.unread(path, "is larger than " + (LARGEST_FILE >> 20) + " MB, which no output of a command is");
        } else {
            sink.file(path, content);
        }
    }

    private void skip(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            left -= read;
            if (left < 0) {
                throw tooLarge();
            }
        }
    }

    private static TooMuchException tooLarge() {
        return new TooMuchException(
                "holds more than " + (LARGEST_BUNDLE >> 30) + " GB when unpacked; the rest was not read");
    }

    private void zip(String path, InputStream in, int depth) throws IOException {
        Tail tail = new Tail(in);
        ZipInputStream zip = new ZipInputStream(tail);
        ZipEntry entry = zip.getNextEntry();
        if (entry == null) {
            throw new ZipException("no file in it");
        }
        for (; entry != null; entry = zip.getNextEntry()) {
            if (!entry.isDirectory()) {
                any(path + "/" + cleaned(entry.getName()), zip, depth + 1);
            }
        }
        // Cut between two files, an archive looks as if it had no more of them; but its directory stands behind the
        // last.
        skip(tail);
        if (!tail.holds(DIRECTORY_END)) {
            throw new EOFException("its directory is missing");
        }
    }

    private void tar(String path, InputStream in, int depth) throws IOException {
        for (TarEntry entry = TarEntry.next(in); entry != null; entry = TarEntry.next(in)) {
            InputStream content = entry.content(in);
            if (entry.isFile()) {
                any(path + "/" + cleaned(entry.name()), content, depth + 1);
            }
            skip(content);
            entry.skipPadding(in);
        }
    }

    /** Where it would be unpacked does not matter, since it is not. */
    private static String cleaned(String name) {
        return String.join(
                "/",
                Arrays.stream(name.replace('\\', '/').split("/"))
                        .filter(part -> !part.isEmpty() && !part.equals(".") && !part.equals(".."))
                        .toList());
    }
}
