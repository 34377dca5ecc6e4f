package tunneldoctor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.report.JsonReport;
import tunneldoctor.report.TextReport;

/** Reads facts files and prints what is wrong and how to repair it. */
@Command(
        name = "diagnose",
        header = "Say why kubectl logs, exec and port-forward fail on a cluster, and how to repair it.",
        description = {
            "",
            "Reads what Azure, kubectl and commands on the nodes printed, collected in facts files, and prints the causes"
                    + " found, with their evidence and repairs, and for every other known cause why it is not at work or"
                    + " what would tell. Nothing is changed anywhere.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tunnel-doctor diagnose incident.yaml              what is wrong, on about one screen",
            "  tunnel-doctor diagnose --verbose incident.yaml    all evidence and every repair",
            "  tunnel-doctor diagnose -o json incident.yaml | jq -r '.diagnoses[].cause'",
            "  tunnel-doctor diagnose -o jsonl clusters/*.yaml > findings.jsonl",
            "  ssh jumphost cat incident.yaml | tunnel-doctor diagnose -",
            "",
            "Of several documents the heaviest exit code counts: 4, 2, 1, 3, 0."
        })
final class DiagnoseCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    private final Terminal terminal;
    private final Pipeline pipeline;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FACTS",
            arity = "1..*",
            description = "Facts files, YAML or JSON, each with one or more documents; - for standard input.")
    private List<String> files = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = OutputFormat.Converter.class,
            defaultValue = "text",
            description = "${COMPLETION-CANDIDATES}: text for people; json, an object per document; jsonl, the same on"
                    + " one line each. Default: ${DEFAULT-VALUE}.")
    private OutputFormat output = OutputFormat.TEXT;

    @Option(names = "--rules", paramLabel = "DIR", description = "Another rule base than the one that came along.")
    private Optional<Path> rules = Optional.empty();

    @Option(
            names = {"-v", "--verbose"},
            description = "Show all evidence, nodes and repairs, and nothing cut.")
    private boolean verbose;

    @Option(
            names = "--no-color",
            description = "No colors. They are used on terminals only, and not if NO_COLOR is set.")
    private boolean noColor;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print no report; the exit code tells. What goes wrong is still said on standard error.")
    private boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    private boolean printed;

    private ExitCode heaviest = ExitCode.NOTHING_FOUND;

    DiagnoseCommand(Terminal terminal, Pipeline pipeline) {
        this.terminal = terminal;
        this.pipeline = pipeline;
    }

    @Override
    public Integer call() throws IOException {
        if (files.stream().filter(STANDARD_INPUT::equals).count() > 1) {
            throw new ParameterException(spec.commandLine(), "standard input (-) can be read only once");
        }
        Pipeline.Opened opened;
        try {
            opened = pipeline.open(rulesDirectory(), terminal.cacheDirectory());
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
            return ExitCode.BAD_INPUT.code();
        }
        try {
            for (String file : files) {
                diagnose(opened, file);
            }
        } catch (Terminal.OutputLostException e) {
            if (!e.closedByReader()) {
                terminal.complain("cannot write the report: " + e.getMessage());
                count(ExitCode.INTERNAL_ERROR);
            }
        }
        return heaviest.code();
    }

    private Path rulesDirectory() {
        Path directory = rules.orElseGet(() -> {
            String home = System.getProperty("tunneldoctor.home", "");
            if (home.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "the rule base that came along is not found, since the program was not started by its launcher;"
                                + " give --rules DIR");
            }
            return Path.of(home, "rules");
        });
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

    /** One bad file does not keep the others from being diagnosed. */
    private void diagnose(Pipeline.Opened opened, String file) {
        try (InputStream facts = file.equals(STANDARD_INPUT) ? terminal.in() : Files.newInputStream(path(file))) {
            int[] documents = {0};
            opened.read(file, facts, document -> {
                documents[0]++;
                diagnose(opened, document);
            });
            if (documents[0] == 0) {
                badInput(file, "holds no document of facts");
            }
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
            count(ExitCode.BAD_INPUT);
        } catch (NoSuchFileException | InvalidPathException e) {
            badInput(file, "no such file");
        } catch (AccessDeniedException e) {
            badInput(file, "no permission to read it");
        } catch (FileSystemException e) {
            badInput(file, e.getReason() == null ? "cannot be read" : e.getReason());
        } catch (IOException e) {
            badInput(file, e.getMessage() == null ? "cannot be read" : e.getMessage());
        } catch (Terminal.OutputLostException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            terminal.internalError("reading " + file, e, verbose);
            count(ExitCode.INTERNAL_ERROR);
        }
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

    private void diagnose(Pipeline.Opened opened, ClusterFacts facts) {
        Diagnosis diagnosis;
        String report;
        try {
            diagnosis = opened.diagnose(facts);
            report = quiet ? "" : report(diagnosis);
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
            count(ExitCode.BAD_INPUT);
            return;
        } catch (RuntimeException | StackOverflowError e) {
            terminal.internalError("diagnosing " + facts.file(), e, verbose);
            count(ExitCode.INTERNAL_ERROR);
            return;
        }
        count(
                !diagnosis.diagnoses().isEmpty()
                        ? ExitCode.FOUND
                        : diagnosis.cannotTell().isEmpty() ? ExitCode.NOTHING_FOUND : ExitCode.CANNOT_TELL);
        print(report);
    }

    private String report(Diagnosis diagnosis) {
        return switch (output) {
            case TEXT ->
                TextReport.render(
                        diagnosis, new TextReport.Options(verbose, terminal.color() && !noColor, terminal.width()));
            case JSON -> JsonReport.render(diagnosis);
            case JSONL -> JsonReport.renderLine(diagnosis);
        };
    }

    private void print(String report) {
        if (quiet) {
            return;
        }
        terminal.print(printed && output == OutputFormat.TEXT ? "\n\n" + report : report);
        printed = true;
    }

    private void badInput(String file, String message) {
        terminal.complain((file.equals(STANDARD_INPUT) ? "standard input" : file) + ": " + message);
        count(ExitCode.BAD_INPUT);
    }

    private void count(ExitCode exit) {
        heaviest = heaviest.heavier(exit);
    }
}
