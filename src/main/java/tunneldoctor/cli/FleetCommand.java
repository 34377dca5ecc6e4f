package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tunneldoctor.report.FleetLines;
import tunneldoctor.report.FleetResult;
import tunneldoctor.report.FleetSummary;

/** Diagnoses many clusters, a line each. */
@Command(
        name = FleetCommand.NAME,
        header = "Diagnose many clusters at once, a line each, and say which causes are most common.",
        description = {
            "",
            "Diagnoses every document of many facts files in parallel. Each result is printed when it is ready, so their"
                    + " order is not that of the files. A file that cannot be used gets a line that says why, and does not"
                    + " keep the others waiting. A summary, most common causes first, ends the run on standard error.",
            "",
            "With --results the lines go to a file that a run interrupted for any reason goes on with: --resume looks only"
                    + " at what has no result there. What changed since then in a file that has one is not noticed.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tunnel-doctor fleet clusters/                         every facts file below a folder",
            "  tunnel-doctor fleet 'clusters/*/prod-*.yaml' -o csv   for a spreadsheet",
            "  zcat nightly.yaml.gz | tunnel-doctor fleet -          a stream of documents",
            "  tunnel-doctor fleet clusters/ -o jsonl --results r.jsonl             a long run ...",
            "  tunnel-doctor fleet clusters/ -o jsonl --results r.jsonl --resume    ... and the rest of it",
            "",
            "Of several documents the heaviest exit code counts: 4, 2, 1, 3, 0."
        })
final class FleetCommand implements Callable<Integer> {
    static final String NAME = "fleet";

    private final Terminal terminal;
    private final Pipeline pipeline;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Parameters(
            index = "0..*",
            paramLabel = "FACTS",
            arity = "1..*",
            description =
                    "Facts files; folders, for every .yaml, .yml, .json and .jsonl file below; patterns with *, ?, []"
                            + " and {}, quoted; - for standard input.")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = FormatConverter.class,
            defaultValue = "text",
            description = "text, csv or jsonl. Default: ${DEFAULT-VALUE}.")
    private FleetLines form = FleetLines.TEXT;

    @Option(
            names = "--results",
            paramLabel = "FILE",
            description = "Write the lines to a new file, not to standard output.")
    private Optional<Path> results = Optional.empty();

    @Option(
            names = "--resume",
            description =
                    "Go on with the file of --results: diagnose what has no result there, or failed. Needs -o csv or"
                            + " jsonl.")
    private boolean resume;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "Clusters diagnosed at the same time. Default: one for each processor.")
    private int parallel = Runtime.getRuntime().availableProcessors();

    @Mixin
    private NarrowedRules rules = new NarrowedRules();

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress and no summary; the lines and what goes wrong are still said.")
    private boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    private final FleetSummary summary = new FleetSummary();
    private final AtomicInteger diagnosed = new AtomicInteger();

    FleetCommand(Terminal terminal, Pipeline pipeline) {
        this.terminal = terminal;
        this.pipeline = pipeline;
    }

    static final class FormatConverter implements ITypeConverter<FleetLines> {
        @Override
        public FleetLines convert(String value) {
            for (FleetLines form : FleetLines.values()) {
                if (form.name().toLowerCase(Locale.ROOT).equals(value)) {
                    return form;
                }
            }
            throw new TypeConversionException("'" + value + "' is none of text, csv, jsonl");
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        check();
        Path directory = rules.directory();
        Pipeline.Opened opened;
        try {
            opened = rules.open(pipeline, directory, terminal);
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
            return ExitCode.BAD_INPUT.code();
        }
        if (results.isEmpty()) {
            print(form.head());
            return run(opened, new Lines()).code();
        }
        try (FleetJournal journal = journal(results.get())) {
            return run(opened, new Lines(journal)).code();
        } catch (FileAlreadyExistsException e) {
            terminal.complain(
                    results.get() + ": is there already; --resume goes on with it, and a new run needs another name");
        } catch (IOException e) {
            terminal.complain(results.get() + ": " + FactsInput.fault(e));
        }
        return ExitCode.BAD_INPUT.code();
    }

    private void check() {
        if (arguments.stream().filter(FactsInput.STANDARD_INPUT::equals).count() > 1) {
            throw new ParameterException(spec.commandLine(), "standard input (-) can be read only once");
        }
        if (parallel < 1) {
            throw new ParameterException(spec.commandLine(), "--parallel must be at least 1");
        }
        if (resume && results.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--resume goes on with a file of results: give --results FILE");
        }
        if (resume && form == FleetLines.TEXT) {
            throw new ParameterException(
                    spec.commandLine(), "--resume needs the form of the results: -o csv or -o jsonl");
        }
    }

    private FleetJournal journal(Path file) throws IOException {
        return resume ? FleetJournal.resume(file, form, summary::add) : FleetJournal.begin(file, form);
    }

    private ExitCode run(Pipeline.Opened opened, Lines lines) throws InterruptedException {
        FleetFiles files = FleetFiles.of(arguments);
        files.faults()
                .forEach((file, fault) -> lines.add(
                        FleetResult.without(FleetResult.Verdict.UNUSABLE, file, 1, true, file + ": " + fault)));
        Map<String, Long> sizes = files.sizes();
        List<String> names = List.copyOf(sizes.keySet());
        long left = names.stream().anyMatch(name -> sizes.getOrDefault(name, -1L) < 0)
                ? -1
                : names.stream()
                        .filter(name -> !lines.holds(name))
                        .mapToLong(name -> sizes.getOrDefault(name, 0L))
                        .sum();
        FleetRun run = new FleetRun(terminal, opened, lines, names, parallel);
        AtomicBoolean ended = new AtomicBoolean();
        try (FleetProgress progress = new FleetProgress(terminal, diagnosed::get, run::bytesRead, left, quiet)) {
            Thread farewell = new Thread(() -> {
                if (!ended.get() && !quiet) {
                    terminal.err().println(interrupted(progress));
                }
            });
            Runtime.getRuntime().addShutdownHook(farewell);
            try {
                run.run();
            } finally {
                ended.set(true);
                Runtime.getRuntime().removeShutdownHook(farewell);
            }
            if (!quiet) {
                terminal.err().print(summary.text(progress.took(), diagnosed.get()));
                terminal.err().flush();
            }
            return exit(summary.heaviest());
        } catch (FleetRun.UnusableRulesException e) {
            terminal.complainLines(String.valueOf(e.getMessage()));
            return ExitCode.BAD_INPUT;
        } catch (Terminal.OutputLostException e) {
            if (e.closedByReader()) {
                return exit(summary.heaviest());
            }
            terminal.complain("cannot write the results: " + e.getMessage());
            return ExitCode.INTERNAL_ERROR;
        }
    }

    private String interrupted(FleetProgress progress) {
        return String.format(
                Locale.ROOT,
                "interrupted after %,d clusters in %d s; %s",
                diagnosed.get(),
                progress.took().toSeconds(),
                results.isEmpty()
                        ? "--results FILE makes a run that can go on"
                        : form == FleetLines.TEXT
                                ? "with -o csv or jsonl a run can go on"
                                : "the same command with --resume goes on");
    }

    private static ExitCode exit(FleetResult.Verdict verdict) {
        return switch (verdict) {
            case FAILED -> ExitCode.INTERNAL_ERROR;
            case UNUSABLE -> ExitCode.BAD_INPUT;
            case FOUND -> ExitCode.FOUND;
            case CANNOT_TELL -> ExitCode.CANNOT_TELL;
            case NOTHING_FOUND -> ExitCode.NOTHING_FOUND;
        };
    }

    private void print(String text) {
        if (!text.isEmpty()) {
            terminal.print(text);
        }
    }

    /** Counts results, and prints them or adds them to a file. */
    private final class Lines implements FleetRun.Results {
        private final Optional<FleetJournal> journal;

        Lines() {
            this.journal = Optional.empty();
        }

        Lines(FleetJournal journal) {
            this.journal = Optional.of(journal);
        }

        @Override
        public boolean holds(String file) {
            return journal.isPresent() && journal.get().holds(file);
        }

        @Override
        public boolean holds(String file, int document) {
            return journal.isPresent() && journal.get().holds(file, document);
        }

        @Override
        public void add(FleetResult result) {
            synchronized (summary) {
                if (journal.isPresent()) {
                    try {
                        journal.get().add(result);
                    } catch (IOException e) {
                        throw new Terminal.OutputLostException(e);
                    }
                } else {
                    print(form.line(result));
                }
                summary.add(result);
            }
            if (result.verdict().answered()) {
                diagnosed.incrementAndGet();
            }
        }
    }
}
