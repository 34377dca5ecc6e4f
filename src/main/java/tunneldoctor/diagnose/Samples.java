package tunneldoctor.diagnose;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tunneldoctor.model.Cause;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.parse.FactsFile;
import tunneldoctor.parse.UnreadableFactsException;

/**
 * The facts files that show a rule base's causes: a cause of {@code rules/host/ufw-blocks-kubelet.drl} has its scenes in
 * {@code facts-samples/host/ufw-blocks-kubelet.yaml}, one document each.
 *
 * @param directory the folder of samples; need not exist
 */
public record Samples(Path directory) {
    private static final String FOLDER = "facts-samples";

    /** The folder of samples that lies beside a folder of rules. */
    public static Samples beside(Path rules) {
        String name = String.valueOf(rules.getFileName());
        boolean plain = !name.isEmpty() && !name.equals(".") && !name.equals("..");
        return new Samples((plain ? rules : rules.toAbsolutePath().normalize()).resolveSibling(FOLDER));
    }

    /** Where the scenes of a cause are; the file need not exist. */
    public Path of(Cause cause) {
        return of(cause.file());
    }

    /** The same for a rule file by its path below the folder of rules, with {@code /}. */
    public Path of(String ruleFile) {
        return directory.resolve(ruleFile.replaceFirst("\\.drl$", ".yaml"));
    }

    /**
     * Every facts file of the folder and the folders in it, by path; none if there is no such folder.
     *
     * @throws IOException if a folder cannot be read
     */
    public List<Path> files() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> isFacts(file.toString()) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The id of the cause whose scenes a file holds, by the file's name. */
    public static String causeOf(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    private static boolean isFacts(String name) {
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }

    /** Every scene of a file, in its order. */
    public static List<ClusterFacts> scenes(Path file) throws IOException, UnreadableFactsException {
        List<ClusterFacts> scenes = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            FactsFile.read(file.toString(), in, scenes::add);
        }
        return scenes;
    }
}
