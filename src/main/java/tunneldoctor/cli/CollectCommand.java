package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Gap;
import tunneldoctor.report.Escape;

/** Reads a live cluster into a facts file. */
@Command(
        name = CollectCommand.NAME,
        header = "Read a live cluster into a facts file, without the tunnel and without changing anything.",
        description = {
            "",
            "Reads Azure with your az login or workload identity, the API server's objects with your kubeconfig, and the"
                    + " nodes' firewalls by run-command. Needs no kubectl logs, exec or port-forward. What is denied or"
                    + " fails becomes a named gap in the file, and the causes that need it cannot be told; the rest is"
                    + " there. Secrets are taken out before anything is written; the file is yours alone (mode 600).",
            ""
        },
        optionListHeading = "Options:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tunnel-doctor collect -g shop-rg -n shop -o facts.yaml",
            "  tunnel-doctor collect -g shop-rg -n shop -o facts.yaml --no-run-command",
            "  tunnel-doctor collect -g shop-rg -n shop --print-role > role.json",
            "  tunnel-doctor diagnose facts.yaml"
        })
final class CollectCommand implements Callable<Integer> {
    static final String NAME = "collect";

    private static final int NAMED_GAPS = 5;

    private final Terminal terminal;
    private final Pipeline pipeline;
    private final LiveClusters clusters;
    private final Clock clock;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Mixin
    private ClusterOptions options = new ClusterOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The facts file to write. One of this name is replaced once the new one is whole.")
    private Optional<String> output = Optional.empty();

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no plan and no progress. What goes wrong is still said on standard error.")
    private boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    CollectCommand(Terminal terminal, Pipeline pipeline, LiveClusters clusters, Clock clock) {
        this.terminal = terminal;
        this.pipeline = pipeline;
        this.clusters = clusters;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        options.check(spec.commandLine());
        LiveRun run = new LiveRun(terminal, clusters, options, quiet, clock);
        try {
            if (options.printRole()) {
                terminal.print(run.role());
                return ExitCode.NOTHING_FOUND.code();
            }
            Path file = file();
            try (EarlyEnd early = new EarlyEnd(terminal)) {
                return told(file, run.collect(file, early, soFar())).code();
            }
        } catch (LiveRun.NotReadException e) {
            return ExitCode.BAD_INPUT.code();
        } catch (IOException e) {
            terminal.complain("the facts cannot be written: " + e.getMessage());
            return ExitCode.BAD_INPUT.code();
        }
    }

    private Path file() {
        String name = output.orElseThrow(
                () -> new ParameterException(spec.commandLine(), "Missing required option: '--output=FILE'"));
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

    private Consumer<LiveRun.Partial> soFar() {
        Optional<Path> rules = RuleBaseOptions.shipped();
        if (quiet || rules.isEmpty()) {
            return partial -> {};
        }
        try {
            return new SoFar(pipeline.open(rules.get(), terminal.cacheDirectory()));
        } catch (Pipeline.UnusableException e) {
            return partial -> {};
        }
    }

    private ExitCode told(Path file, LiveRun.Outcome outcome) {
        ClusterFacts facts = outcome.facts();
        if (!quiet) {
            terminal.err()
                    .println(Escape.line(file.toString()) + ": "
                            + facts.azure().size() + " resources, "
                            + facts.kubernetes().size() + " objects, "
                            + facts.nodes().stream()
                                    .filter(node -> !node.outputs().isEmpty())
                                    .count()
                            + " of " + facts.nodes().size() + " nodes, "
                            + facts.gaps().size() + " gaps"
                            + (outcome.early() ? "; ended early" : ""));
            facts.gaps().stream().limit(NAMED_GAPS).forEach(this::gap);
            if (facts.gaps().size() > NAMED_GAPS) {
                terminal.err().println("  … " + (facts.gaps().size() - NAMED_GAPS) + " more, all in the file");
            }
        }
        return facts.gaps().isEmpty() ? ExitCode.NOTHING_FOUND : ExitCode.CANNOT_TELL;
    }

    private void gap(Gap gap) {
        terminal.err().println("  not collected: " + Escape.line(gap.what() + ": " + gap.reason()));
    }
}
