package tunneldoctor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A facts file as the user named it. */
final class FactsInput {
    static final String STANDARD_INPUT = "-";

    private FactsInput() {}

    /**
     * Opens it for reading.
     *
     * @throws IOException or {@link InvalidPathException}, of which {@link #fault} tells the user
     */
    static InputStream open(String file, Terminal terminal) throws IOException {
        return file.equals(STANDARD_INPUT) ? terminal.in() : Files.newInputStream(path(file));
    }

    private static Path path(String file) throws IOException {
        // An empty path would be the working directory.
        if (file.isEmpty()) {
            throw new NoSuchFileException(file);
        }
        Path path = Path.of(file);
        if (Files.isDirectory(path)) {
            throw new FileSystemException(file, null, "is a directory; name the files in it");
        }
        return path;
    }

    /** Why it cannot be read, for a line that begins with its name. */
    static String fault(Exception e) {
        if (e instanceof NoSuchFileException || e instanceof InvalidPathException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "no permission to read it";
        }
        String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return reason == null ? "cannot be read" : reason;
    }

    static String shown(String file) {
        return file.equals(STANDARD_INPUT) ? "standard input" : file;
    }
}
