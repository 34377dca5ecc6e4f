package tunneldoctor.diagnose;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        return new Samples(rules.toAbsolutePath().normalize().resolveSibling(FOLDER));
    }

    /** Where the scenes of a cause are; the file need not exist. */
    public Path of(Cause cause) {
        return of(cause.file());
    }

    /** The same for a rule file by its path below the folder of rules, with {@code /}. */
    public Path of(String ruleFile) {
        return directory.resolve(ruleFile.replaceFirst("\\.drl$", ".yaml"));
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
