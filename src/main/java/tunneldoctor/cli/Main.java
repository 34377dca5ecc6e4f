package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import tunneldoctor.report.Escape;

/** {@code tunnel-doctor}: the list of its commands, and what holds for all of them. */
@Command(
        name = "tunnel-doctor",
        version = "tunnel-doctor " + Main.VERSION,
        header = "Tells why kubectl logs, exec and port-forward fail on an AKS cluster, and how to repair it.",
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nTo begin:%n",
        footer = {
            "  tunnel-doctor diagnose facts-samples/incident.yaml    a sample incident",
            "  tunnel-doctor diagnose --help                         what else it can do",
            "  tunnel-doctor collect --help                          read a live cluster"
        })
public final class Main implements Callable<Integer> {
    static final String VERSION = "1.0.0";

    private static final int HELP_WIDTH = 100;

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    private Main(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The exit code; never an exception. */
    static int run(Terminal terminal, Pipeline pipeline, String... args) {
        return run(terminal, pipeline, new LiveClusters.OfUser(), Clock.systemUTC(), args);
    }

    /** The same for other live clusters than the user's, collected at another time. */
    static int run(Terminal terminal, Pipeline pipeline, LiveClusters clusters, Clock clock, String... args) {
        try {
            Optional<PlainArguments.Plain> plain = PlainArguments.ofDiagnose(args);
            Optional<Path> rules = plain.flatMap(PlainArguments.Plain::rules)
                    .or(() -> RuleBaseOptions.shipped().filter(Files::isDirectory));
            return plain.isPresent() && rules.isPresent()
                    ? new DiagnoseCommand(terminal, pipeline, plain.get().options())
                            .diagnose(rules.get())
                            .code()
                    : commands(terminal, pipeline, clusters, clock, args).execute(args);
        } catch (OutOfMemoryError e) {
            terminal.complain("out of memory; give the Java process more, for example JAVA_TOOL_OPTIONS=-Xmx4g");
            return ExitCode.INTERNAL_ERROR.code();
        } catch (IOException | RuntimeException | Error e) {
            terminal.internalError("starting", e, false);
            return ExitCode.INTERNAL_ERROR.code();
        }
    }

    /** Each by its name, made only when it is asked for: picocli takes a while to learn what a command looks like. */
    private static Map<String, Supplier<CommandLine>> subcommands(
            Terminal terminal, Pipeline pipeline, LiveClusters clusters, Clock clock, String... args) {
        Map<String, Supplier<CommandLine>> subcommands = new LinkedHashMap<>();
        subcommands.put(
                DiagnoseCommand.NAME,
                () -> FactsOptions.orNone(
                        command(new DiagnoseCommand(terminal, pipeline, clusters, clock), ExitCode.documented())));
        subcommands.put(
                CollectCommand.NAME,
                () -> command(
                        new CollectCommand(terminal, pipeline, clusters, clock), ExitCode.documentedForCollect()));
        subcommands.put(FleetCommand.NAME, () -> command(new FleetCommand(terminal, pipeline), ExitCode.documented()));
        subcommands.put("reach", () -> command(new ReachCommand(terminal), ExitCode.documentedForReach()));
        subcommands.put(
                RedactCommand.NAME,
                () -> command(new RedactCommand(terminal, pipeline), ExitCode.documentedForRedact()));
        subcommands.put(
                ImportCommand.NAME, () -> command(new ImportCommand(terminal, clock), ExitCode.documentedForImport()));
        subcommands.put("rules", () -> RulesCommand.with(terminal, args));
        subcommands.put("help", () -> new CommandLine(new HelpCommand()));
        return subcommands;
    }

    private static CommandLine command(Object command, Map<String, String> exitCodes) {
        CommandLine line = new CommandLine(command);
        line.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes);
        return line;
    }

    private static CommandLine commands(
            Terminal terminal, Pipeline pipeline, LiveClusters clusters, Clock clock, String... args) {
        CommandLine main = new CommandLine(new Main(terminal));
        Map<String, Supplier<CommandLine>> subcommands = subcommands(terminal, pipeline, clusters, clock, args);
        @Nullable
        Supplier<CommandLine> only = args.length == 0 || args[0].equals("help") ? null : subcommands.get(args[0]);
        if (only == null) {
            subcommands.forEach((name, command) -> main.addSubcommand(name, command.get()));
        } else {
            main.addSubcommand(args[0], only.get());
        }
        return main.setOut(terminal.outWriter())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        terminal.color() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(HELP_WIDTH)
                // A file may be named @facts.
                .setExpandAtFiles(false)
                .setParameterExceptionHandler((e, command) -> badUsage(terminal, e))
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof Terminal.OutputLostException lost && lost.closedByReader()) {
                        return ExitCode.NOTHING_FOUND.code();
                    }
                    terminal.internalError("running " + command.getCommandName(), e, false);
                    return ExitCode.INTERNAL_ERROR.code();
                });
    }

    private static int badUsage(Terminal terminal, ParameterException e) {
        CommandLine command = e.getCommandLine();
        terminal.complain(String.valueOf(e.getMessage()));
        if (e instanceof UnmatchedArgumentException unmatched
                && command.getParent() == null
                && !unmatched.getUnmatched().isEmpty()
                && isFile(unmatched.getUnmatched().get(0))) {
            terminal.err()
                    .println("Did you mean: tunnel-doctor diagnose "
                            + Escape.line(unmatched.getUnmatched().get(0)) + "?");
        } else {
            UnmatchedArgumentException.printSuggestions(e, terminal.err());
        }
        terminal.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.BAD_INPUT.code();
    }

    private static boolean isFile(String argument) {
        try {
            return Files.isRegularFile(Path.of(argument));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Without a command there is nothing to do, and an exit code of 0 would look like health. */
    @Override
    public Integer call() {
        spec.commandLine().usage(terminal.err());
        return ExitCode.BAD_INPUT.code();
    }

    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        // Standard output is the report's alone; what a library has to say goes elsewhere.
        System.setOut(System.err);
        int code = run(terminal, args);
        // All is written and nothing is left to be seen to; an orderly end loads a logger from Java 21 on.
        Runtime.getRuntime().halt(code);
    }

    /** The exit code of a whole process but for its end. */
    static int run(Terminal terminal, String... args) {
        RulesPipeline pipeline = new RulesPipeline();
        if (needsShippedRules(args)) {
            RuleBaseOptions.shipped().ifPresent(rules -> pipeline.begin(rules, terminal.cacheDirectory()));
        }
        return run(terminal, pipeline, args);
    }

    /** A guess from the first look at the arguments; what they mean is settled later. */
    private static boolean needsShippedRules(String... args) {
        if (args.length < 2 || !args[0].equals(DiagnoseCommand.NAME)) {
            return false;
        }
        for (String arg : args) {
            if (arg.startsWith(RuleBaseOptions.RULES)) {
                return false;
            }
        }
        return true;
    }
}
