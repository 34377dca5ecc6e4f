package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.PatternSyntaxException;

/**
 * The files that arguments stand for: a folder for every facts file below it, a pattern for what fits it, anything else for
 * itself.
 */
final class FleetFiles {
    private static final Set<String> ENDINGS = Set.of("yaml", "yml", "json", "jsonl");

    private final Map<String, Long> sizes = new LinkedHashMap<>();
    private final Map<String, String> faults = new LinkedHashMap<>();

    private FleetFiles() {}

    static FleetFiles of(List<String> arguments) {
        FleetFiles files = new FleetFiles();
        arguments.forEach(files::add);
        return files;
    }

    /** Each file once, with its size in bytes; -1 where that is not known. */
    Map<String, Long> sizes() {
        return sizes;
    }

    /** What no file was found for, with the reason. */
    Map<String, String> faults() {
        return faults;
    }

    private void add(String argument) {
        try {
            Path path = Path.of(argument);
            if (argument.equals(FactsInput.STANDARD_INPUT) || argument.isEmpty()) {
                sizes.putIfAbsent(argument, -1L);
            } else if (Files.isDirectory(path)) {
                addAll(argument, below(path, file -> true));
            } else if (!Files.exists(path) && argument.matches(".*[*?\\[{].*")) {
                addPattern(argument);
            } else {
                sizes.putIfAbsent(argument, Files.isRegularFile(path) ? Files.size(path) : -1);
            }
        } catch (IOException | InvalidPathException e) {
            faults.put(argument, FactsInput.fault(e));
        }
    }

    private void addPattern(String pattern) throws IOException {
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException e) {
            faults.put(pattern, "no such file, nor a pattern: " + e.getDescription());
            return;
        }
        Path root = Path.of("");
        for (Path part : Path.of(pattern.startsWith("/") ? pattern : "./" + pattern)) {
            if (part.toString().matches(".*[*?\\[{].*")) {
                break;
            }
            root = root.resolve(part.toString().equals(".") ? "" : part.toString());
        }
        addAll(pattern, below(pattern.startsWith("/") ? Path.of("/").resolve(root) : root, matcher));
    }

    private void addAll(String argument, Map<String, Long> found) {
        if (found.isEmpty()) {
            faults.put(argument, "holds no file that ends in .yaml, .yml, .json or .jsonl");
        }
        found.forEach(sizes::putIfAbsent);
    }

    /** By name, so that a run does not depend on how a file system sorts. */
    private Map<String, Long> below(Path root, PathMatcher matcher) throws IOException {
        Map<String, Long> found = new TreeMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return hidden(directory) && !directory.equals(root)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (matcher.matches(file) && isFacts(file) && Files.isRegularFile(file)) {
                    found.put(file.toString(), attributes.isSymbolicLink() ? -1L : attributes.size());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                faults.put(file.toString(), FactsInput.fault(e));
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static boolean hidden(Path path) {
        Path name = path.getFileName();
        return name != null && name.toString().startsWith(".");
    }

    private static boolean isFacts(Path file) {
        String name = file.toString();
        return !hidden(file) && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }
}
