package tunneldoctor.knowledge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.drools.base.util.Drools;
import org.jspecify.annotations.Nullable;

/**
 * Compiled rules kept in a directory, by the text they come from. One zip per rule file, so that an edit costs one
 * compilation. A directory that cannot be read or written only costs time.
 */
final class RuleCache {
    /** Raised whenever what is kept, or what is let through before it is kept, changes. */
    private static final String FORMAT = "2";

    /** Far more than any rule file compiles to. */
    private static final long MAX_BYTES = 32 << 20;

    private static final int MOST_KEPT = 400;

    private final Path directory;
    private final Supplier<Optional<String>> vocabulary;

    RuleCache(Path directory) {
        this(directory, ModelFingerprint::compute);
    }

    /** @param vocabulary tells one build of the vocabulary from another, empty where it cannot; asked only if need be */
    RuleCache(Path directory, Supplier<Optional<String>> vocabulary) {
        this.directory = directory;
        this.vocabulary = vocabulary;
    }

    /** Empty where the vocabulary cannot be told from another build's. */
    Optional<String> key(RuleFile file) {
        return vocabulary.get().map(model -> {
            MessageDigest digest = sha256();
            String context = String.join(
                    "\n", FORMAT, Drools.getFullVersion(), model, file.id(), Boolean.toString(file.shared()), "");
            digest.update(context.getBytes(StandardCharsets.UTF_8));
            digest.update(file.bytes());
            return HexFormat.of().formatHex(digest.digest());
        });
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** What was kept, if it is whole and refers to nothing it may not: the directory is no more trusted than the rules. */
    Optional<CompiledRules> kept(String key, RuleFile file) {
        try {
            Path place = place(key);
            if (!ours() || Files.size(place) > MAX_BYTES) {
                return Optional.empty();
            }
            return CompiledRules.unzip(Files.readAllBytes(place), file.relative())
                    .filter(CompiledRules::fits)
                    .filter(rules -> rules.modelClass().startsWith(file.packageName() + "."))
                    .filter(rules -> Cage.outside(rules.classes()).isEmpty());
        } catch (IOException | SecurityException absent) {
            return Optional.empty();
        }
    }

    /** Written aside and moved into place, so that no run ever sees half a file. */
    void keep(String key, CompiledRules rules) {
        @Nullable Path aside = null;
        try {
            createDirectory();
            if (!ours()) {
                return;
            }
            aside = Files.createTempFile(directory, key, ".part");
            Files.write(aside, rules.zip());
            Files.move(aside, place(key), StandardCopyOption.ATOMIC_MOVE);
            forgetOldest();
        } catch (IOException | UnsupportedOperationException | SecurityException notKept) {
            discard(aside);
        }
    }

    private static void discard(@Nullable Path aside) {
        if (aside != null) {
            try {
                Files.deleteIfExists(aside);
            } catch (IOException | SecurityException staysBehind) {
                // A stray .part file is never read.
            }
        }
    }

    private void createDirectory() throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (directory.getParent() != null) {
            Files.createDirectories(directory.getParent());
        }
        try {
            if (posix()) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(directory);
            }
        } catch (FileAlreadyExistsException anotherRunDid) {
            // Then it is there.
        }
    }

    /** Whether nobody else may put rules here: they would be believed as if they came from the user's own files. */
    private boolean ours() throws IOException {
        if (!posix()) {
            return true;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        return !permissions.contains(PosixFilePermission.GROUP_WRITE)
                && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }

    private boolean posix() {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** An author saves hundreds of times a day, and each save is kept. */
    private void forgetOldest() throws IOException {
        List<Path> kept;
        try (Stream<Path> files = Files.list(directory)) {
            kept = files.filter(file ->
                            file.toString().endsWith(".zip") || file.toString().endsWith(".part"))
                    .toList();
        }
        if (kept.size() <= MOST_KEPT) {
            return;
        }
        Map<Path, FileTime> times = new HashMap<>();
        for (Path file : kept) {
            times.put(file, Files.getLastModifiedTime(file));
        }
        List<Path> oldestFirst = kept.stream()
                .sorted(Comparator.comparing((Path file) -> times.get(file)).thenComparing(file -> file))
                .toList();
        for (Path file : oldestFirst.subList(0, kept.size() - MOST_KEPT / 2)) {
            Files.deleteIfExists(file);
        }
    }

    private Path place(String key) {
        return directory.resolve(key + ".zip");
    }
}
