package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.report.JsonReport;
import tunneldoctor.report.TextReport;

/** Reads facts files, or a live cluster, and prints what is wrong and how to repair it. */
@Command(
        name = DiagnoseCommand.NAME,
        header = "Say why kubectl logs, exec and port-forward fail on a cluster, and how to repair it.",
        description = {
            "",
            "Reads what Azure, kubectl and commands on the nodes printed, collected in facts files, and prints the causes"
                    + " found, with their evidence and repairs, and for every other known cause why it is not at work or"
                    + " what would tell. With --resource-group and --name it reads a live cluster instead, as collect does."
                    + " Nothing is changed anywhere.",
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
            "  tunnel-doctor diagnose -g shop-rg -n shop --save shop.yaml    a live cluster, its facts kept",
            "",
            "Of several documents the heaviest exit code counts: 4, 2, 1, 3, 0."
        })
final class DiagnoseCommand implements Callable<Integer> {
    static final String NAME = "diagnose";

    private final Terminal terminal;
    private final Pipeline pipeline;
    private final LiveClusters clusters;
    private final Clock clock;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Mixin
    private FactsOptions options = new FactsOptions();

    @ArgGroup(validate = false, heading = "%nA live cluster:%n")
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private NarrowedRules rules = new NarrowedRules();

    @Option(
            names = "--watch",
            description = "Stay, and diagnose again whenever a rule or a facts file is saved; Ctrl-C ends it.")
    private boolean watch;

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description = "Keep what was read of a live cluster in this facts file.")
    private Optional<String> save = Optional.empty();

    DiagnoseCommand(Terminal terminal, Pipeline pipeline, LiveClusters clusters, Clock clock) {
        this.terminal = terminal;
        this.pipeline = pipeline;
        this.clusters = clusters;
        this.clock = clock;
    }

    DiagnoseCommand(Terminal terminal, Pipeline pipeline) {
        this(terminal, pipeline, new LiveClusters.OfUser(), Clock.systemUTC());
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
        if (cluster.isGiven()) {
            return ofCluster().code();
        }
        if (options.files().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Missing required parameter: 'FACTS', a facts file; or give " + ClusterOptions.RESOURCE_GROUP
                            + " and --name of a live cluster");
        }
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

    private ExitCode ofCluster() throws IOException {
        cluster.check(spec.commandLine());
        if (!options.files().isEmpty() || watch) {
            throw new ParameterException(
                    spec.commandLine(), "a live cluster is diagnosed alone, without FACTS and without --watch");
        }
        LiveRun run = new LiveRun(terminal, clusters, cluster, options.quiet(), clock);
        try {
            if (cluster.printRole()) {
                terminal.print(run.role());
                return ExitCode.NOTHING_FOUND;
            }
            Optional<Path> kept = save.map(this::writable);
            Pipeline.Opened opened = rules.open(pipeline, rules.directory(), terminal);
            Path file = kept.isPresent() ? kept.get() : Files.createTempFile("tunnel-doctor-", ".yaml");
            try (EarlyEnd early = new EarlyEnd(terminal)) {
                Consumer<LiveRun.Partial> soFar = options.quiet() ? partial -> {} : new SoFar(opened);
                run.collect(file, early, soFar);
                return new FactsRun(terminal, options)
                        .over(
                                save.orElse(cluster.name()),
                                file,
                                opened::read,
                                "diagnosing",
                                facts -> answer(opened.diagnose(facts)));
            } finally {
                if (kept.isEmpty()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
            return ExitCode.BAD_INPUT;
        } catch (LiveRun.NotReadException e) {
            return ExitCode.BAD_INPUT;
        }
    }

    /** @throws ParameterException if it is not */
    private Path writable(String name) {
        try {
            Path file = Path.of(name);
            LiveRun.unwritable(file).ifPresent(why -> {
                throw new ParameterException(spec.commandLine(), why);
            });
            return file;
        } catch (InvalidPathException e) {
            throw new ParameterException(spec.commandLine(), name + ": no file can have this name");
        }
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
