package tunneldoctor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which rules a diagnosis goes by, and which of their causes count. */
final class NarrowedRules {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Mixin
    private RuleBaseOptions rules = new RuleBaseOptions();

    @Option(
            names = "--only",
            paramLabel = "CAUSE",
            split = ",",
            description = "Look for these causes only; may be given several times.")
    private List<String> only = List.of();

    @Option(
            names = "--known-issues",
            paramLabel = "FILE",
            description = "Causes that are known and accepted, a YAML list of {cause, reason, until: YYYY-MM-DD} with"
                    + " cluster and nodes if they hold only there. They are named, but count no longer until their day"
                    + " has passed.")
    private Optional<Path> knownIssues = Optional.empty();

    /**
     * The folder of the rule base.
     *
     * @throws ParameterException if there is no such folder
     */
    Path directory() {
        return rules.directory();
    }

    /**
     * @throws Pipeline.UnusableException if there is a mistake in the rules, a cause's name or the known issues
     * @throws ParameterException if the known issues cannot be read
     */
    Pipeline.Opened open(Pipeline pipeline, Path directory, Terminal terminal) throws Pipeline.UnusableException {
        Pipeline.Opened whole = pipeline.open(directory, terminal.cacheDirectory());
        Pipeline.Opened opened = only.isEmpty() ? whole : whole.only(only);
        if (knownIssues.isEmpty()) {
            return opened;
        }
        Path file = knownIssues.get();
        try (InputStream in = Files.newInputStream(file)) {
            return opened.knowing(file.toString(), in);
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    file + ": the known issues cannot be read: "
                            + (Files.exists(file) ? e.getMessage() : "no such file"));
        }
    }
}
