package tunneldoctor.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Notices when files change, by looking: some editors write in place and some move a new file there, and the services of
 * operating systems tell of neither on every file system.
 */
final class FolderWatch {
    private static final long PAUSE_MILLIS = 100;

    private final List<Path> watched;
    private Map<Path, Stamp> seen;

    /** @param watched files, and folders with all in them; need not exist yet */
    FolderWatch(Collection<Path> watched) {
        this.watched = List.copyOf(watched);
        this.seen = look();
    }

    /** Of rules, and of files given by name; what is not a file name is not watched. */
    static FolderWatch of(Path rules, Collection<String> files) {
        List<Path> watched = new ArrayList<>(List.of(rules));
        for (String file : files) {
            try {
                watched.add(Path.of(file));
            } catch (InvalidPathException notAFile) {
                // The command has said so.
            }
        }
        return new FolderWatch(watched);
    }

    /** Waits as {@link #changed} does, and says for what, and what came of it. */
    Set<Path> report(Terminal terminal) throws InterruptedException {
        terminal.err().println("watching; Ctrl-C ends");
        Set<Path> changed = changed();
        terminal.complain("changed: "
                + changed.stream()
                        .map(file -> String.valueOf(file.getFileName()))
                        .collect(Collectors.joining(", ")));
        return changed;
    }

    private record Stamp(long size, FileTime time, String key) {}

    /**
     * Waits for changes, and for those who make them to be done.
     *
     * @return files that are new, gone or not as they were, in order; at least one
     */
    Set<Path> changed() throws InterruptedException {
        Map<Path, Stamp> before = seen;
        Map<Path, Stamp> now = look();
        while (now.equals(before) || !now.equals(seen)) {
            seen = now;
            Thread.sleep(PAUSE_MILLIS);
            now = look();
        }
        Set<Path> changed = new TreeSet<>();
        Set<Path> all = new TreeSet<>(before.keySet());
        all.addAll(now.keySet());
        for (Path path : all) {
            if (!Objects.equals(before.get(path), now.get(path))) {
                changed.add(path);
            }
        }
        return changed;
    }

    private Map<Path, Stamp> look() {
        Map<Path, Stamp> found = new HashMap<>();
        for (Path root : watched) {
            try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
                files.forEach(file -> stamp(file, found));
            } catch (IOException | UncheckedIOException notThere) {
                // It may come; until then it is as if it were empty.
            }
        }
        return found;
    }

    private static void stamp(Path file, Map<Path, Stamp> found) {
        try {
            BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
            if (is.isRegularFile()) {
                found.put(file, new Stamp(is.size(), is.lastModifiedTime(), String.valueOf(is.fileKey())));
            }
        } catch (IOException justGone) {
            // Then it is not there.
        }
    }
}
