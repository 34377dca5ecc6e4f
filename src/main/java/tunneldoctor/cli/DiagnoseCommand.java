package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.Path;
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
    private NarrowedRules rules = new NarrowedRules();

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
        if (options.files().contains(FactsInput.STANDARD_INPUT)) {
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
            opened = rules.open(pipeline, directory, terminal);
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
