package tunneldoctor.cli;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tunneldoctor.report.FleetLines;
import tunneldoctor.report.FleetResult;

/**
 * A file of results, which is also the record of what is done: each line goes to it whole, and a run that goes on reads what
 * stands there. Held by one process at a time.
 */
final class FleetJournal implements Closeable {
    private final FleetLines form;
    private final FileChannel file;
    private final Map<String, Done> done;

    /** Documents of a file with a result, and which is the last; 0 while that is not known. */
    private static final class Done {
        private final BitSet documents = new BitSet();
        private int last;
    }

    private FleetJournal(FleetLines form, FileChannel file, Map<String, Done> done) {
        this.form = form;
        this.file = file;
        this.done = done;
    }

    /**
     * Begins a file of results.
     *
     * @throws FileAlreadyExistsException if it is there; results are never written over
     */
    static FleetJournal begin(Path path, FleetLines form) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        hold(file);
        write(file, form.head());
        return new FleetJournal(form, file, Map.of());
    }

    /**
     * Goes on with one, or begins it where there is none. What an interruption cut, and what failed, is taken out and done
     * again.
     *
     * @param earlier told of every result that stays
     * @throws IOException also if it holds something else than results of this form
     */
    static FleetJournal resume(Path path, FleetLines form, Consumer<FleetResult> earlier) throws IOException {
        if (!Files.exists(path)) {
            return begin(path, form);
        }
        Path draft = path.resolveSibling(
                "." + path.getFileName() + "." + ProcessHandle.current().pid());
        Map<String, Done> done = new HashMap<>();
        try (FileChannel before = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            hold(before);
            FileChannel file = FileChannel.open(
                    draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            hold(file);
            Writer out = Channels.newWriter(file, StandardCharsets.UTF_8);
            out.write(form.head());
            copy(before, form, out, result -> {
                note(done, result);
                earlier.accept(result);
            });
            out.flush();
            file.force(false);
            Files.move(draft, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return new FleetJournal(form, file, done);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void hold(FileChannel file) throws IOException {
        try {
            if (file.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException sameProcess) {
            // Told below.
        }
        file.close();
        throw new IOException("another run is writing to it");
    }

    private static void copy(FileChannel from, FleetLines form, Writer out, Consumer<FleetResult> kept)
            throws IOException {
        // Not closed: the lock goes with the channel.
        BufferedReader lines = new BufferedReader(Channels.newReader(
                from, StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE), -1));
        int number = 1;
        @Nullable String line = lines.readLine();
        while (line != null) {
            @Nullable String next = lines.readLine();
            Optional<FleetResult> result = form.read(line);
            if (result.isPresent()) {
                if (result.get().verdict().answered()) {
                    out.write(form.line(result.get()));
                    kept.accept(result.get());
                }
            } else if (next != null && !(number == 1 && (line + "\n").equals(form.head()))) {
                throw new IOException("line " + number + " is not a result of such a run; name another file");
            }
            line = next;
            number++;
        }
    }

    private static void note(Map<String, Done> done, FleetResult result) {
        Done file = done.computeIfAbsent(result.file(), f -> new Done());
        file.documents.set(result.document());
        if (result.last()) {
            file.last = result.document();
        }
    }

    /** Whether an earlier run had a result for every document of the file. */
    boolean holds(String name) {
        Done file = done.get(name);
        return file != null && file.last > 0 && file.documents.nextClearBit(1) > file.last;
    }

    /** Whether an earlier run had a result for the document. */
    boolean holds(String name, int document) {
        Done file = done.get(name);
        return file != null && file.documents.get(document);
    }

    /** Adds a result, whole and at once. */
    synchronized void add(FleetResult result) throws IOException {
        write(file, form.line(result));
    }

    private static void write(FileChannel file, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
