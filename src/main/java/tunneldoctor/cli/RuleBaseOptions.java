package tunneldoctor.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tunneldoctor.diagnose.Samples;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;

/** Which rule base a command works on: the one that came along, or another. Its samples lie beside it. */
final class RuleBaseOptions {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    static final String RULES = "--rules";

    @Option(names = RULES, paramLabel = "DIR", description = "Another rule base than the one that came along.")
    private Optional<Path> rules = Optional.empty();

    /**
     * The folder of the rule base.
     *
     * @throws ParameterException if there is no such folder
     */
    Path directory() {
        return directory(rules);
    }

    /** The same where a command's argument may name the folder too. */
    Path directory(Optional<Path> named) {
        Path directory = named.or(RuleBaseOptions::shipped)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "the rule base that came along is not found, since the program was not started by its launcher;"
                                + " give --rules DIR"));
        if (!Files.isDirectory(directory)) {
            throw new ParameterException(
                    spec.commandLine(),
                    directory
                            + (Files.exists(directory)
                                    ? ": not a directory of rules"
                                    : ": no such directory of rules"));
        }
        return directory;
    }

    /** The folder of the rule base that came along; empty if the program was not started by its launcher. */
    static Optional<Path> shipped() {
        String home = System.getProperty("tunneldoctor.home", "");
        return home.isEmpty() ? Optional.empty() : Optional.of(Path.of(home, "rules"));
    }

    /** The folder to begin a rule base in, where there need be none yet. */
    Path directoryToBegin() {
        return rules.isPresent() && !Files.exists(rules.get()) ? rules.get() : directory();
    }

    /** The scenes of the rule base's causes. */
    Samples samples() {
        return Samples.beside(directory());
    }

    /**
     * The rule base, compiled.
     *
     * @throws Pipeline.UnusableException if the rules hold a mistake
     */
    RuleBase load(Terminal terminal) throws Pipeline.UnusableException {
        try {
            return RuleBase.load(directory(), terminal.cacheDirectory());
        } catch (RuleBaseException e) {
            throw RulesPipeline.unusable(e);
        }
    }
}
