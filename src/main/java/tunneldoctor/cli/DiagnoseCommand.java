package tunneldoctor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.report.JsonReport;
import tunneldoctor.report.TextReport;

/** Reads facts files and prints what is wrong and how to repair it. */
@Command(
        name = DiagnoseCommand.NAME,
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
    static final String NAME = "diagnose";

    private final Terminal terminal;
    private final Pipeline pipeline;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Mixin
    private FactsOptions options = new FactsOptions();

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

    @Option(
            names = "--watch",
            description = "Stay, and diagnose again whenever a rule or a facts file is saved; Ctrl-C ends it.")
    private boolean watch;

    DiagnoseCommand(Terminal terminal, Pipeline pipeline) {
        this.terminal = terminal;
        this.pipeline = pipeline;
    }

    /** The command where nothing but the facts' options is given. */
    DiagnoseCommand(Terminal terminal, Pipeline pipeline, FactsOptions options) {
        this(terminal, pipeline);
        this.options = options;
    }

    FactsOptions options() {
        return options;
    }

    @Override
    public Integer call() throws IOException {
        options.check(spec.commandLine());
        Path directory = rules.directory();
        if (!watch) {
            return diagnose(directory).code();
        }
        if (options.files().contains(FactsOptions.STANDARD_INPUT)) {
            throw new ParameterException(spec.commandLine(), "standard input (-) cannot be watched; name files");
        }
        return watched(directory);
    }

    /** @param directory of rules */
    ExitCode diagnose(Path directory) throws IOException {
        return diagnose(directory, new FactsRun(terminal, options));
    }

    private ExitCode diagnose(Path directory, FactsRun run) throws IOException {
        Pipeline.Opened opened;
        try {
            opened = narrowed(pipeline.open(directory, terminal.cacheDirectory()));
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
            return ExitCode.BAD_INPUT;
        }
        return run.over(opened::read, "diagnosing", facts -> answer(opened.diagnose(facts)));
    }

    /** Ends when nobody reads the reports any more, or the process is ended. */
    private int watched(Path directory) throws IOException {
        FolderWatch watching = FolderWatch.of(directory, options.files());
        ExitCode exit;
        try {
            while (true) {
                FactsRun run = new FactsRun(terminal, options);
                exit = diagnose(directory, run);
                if (run.unread()) {
                    return exit.code();
                }
                watching.report(terminal);
                if (options.output() == OutputFormat.TEXT && !options.quiet()) {
                    terminal.print("\n\n");
                }
            }
        } catch (Terminal.OutputLostException nobodyReads) {
            return ExitCode.NOTHING_FOUND.code();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return ExitCode.NOTHING_FOUND.code();
        }
    }

    private Pipeline.Opened narrowed(Pipeline.Opened whole) throws Pipeline.UnusableException {
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

    private FactsRun.Answer answer(Diagnosis diagnosis) {
        ExitCode exit = !diagnosis.diagnoses().isEmpty()
                ? ExitCode.FOUND
                : diagnosis.cannotTell().isEmpty() ? ExitCode.NOTHING_FOUND : ExitCode.CANNOT_TELL;
        String report = options.quiet()
                ? ""
                : switch (options.output()) {
                    case TEXT -> TextReport.render(diagnosis, options.page(terminal));
                    case JSON -> JsonReport.render(diagnosis);
                    case JSONL -> JsonReport.renderLine(diagnosis);
                };
        return new FactsRun.Answer(exit, report);
    }
}
