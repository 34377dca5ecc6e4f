package tunneldoctor.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tunnel-doctor rules}: the workbench of those who write rules. */
@Command(
        name = "rules",
        header = "Work on the rule base: read it, check it, add to it.",
        description = {
            "",
            "A cause is one DRL file of the rule base and one sample of the same name in facts-samples beside it. No Java"
                    + " is needed to add one: rules/README.md shows how.",
            ""
        },
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "Options:%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n")
final class RulesCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    private RulesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * The command with all that belong to it, in the order of an author's work; only with the one that is asked for where
     * that is plain, since picocli takes a while to learn what a command looks like.
     *
     * @param args of the whole program
     */
    static CommandLine with(Terminal terminal, String... args) {
        CommandLine rules = new CommandLine(new RulesCommand(terminal));
        Map<String, Supplier<CommandLine>> all = new LinkedHashMap<>();
        all.put("list", () -> new CommandLine(new RulesListCommand(terminal)));
        all.put("show", () -> new CommandLine(new RulesShowCommand(terminal)));
        all.put("new", () -> new CommandLine(new RulesNewCommand(terminal)));
        all.put("check", () -> new CommandLine(new RulesCheckCommand(terminal)));
        all.put("test", () -> new CommandLine(new RulesTestCommand(terminal)));
        all.put("why", () -> FactsOptions.behindOneArgument(new CommandLine(new RulesWhyCommand(terminal))));
        all.put("why-not", () -> FactsOptions.behindOneArgument(new CommandLine(new RulesWhyNotCommand(terminal))));
        all.put("docs", () -> new CommandLine(new RulesDocsCommand(terminal)));
        @Nullable Supplier<CommandLine> only = args.length < 2 ? null : all.get(args[1]);
        if (only == null) {
            all.forEach((name, command) -> rules.addSubcommand(name, command.get()));
        } else {
            rules.addSubcommand(args[1], only.get());
        }
        rules.getCommandSpec().usageMessage().exitCodeList(ExitCode.documentedForRules());
        rules.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec()
                        .usageMessage()
                        .exitCodeListHeading("%nExit codes:%n")
                        .exitCodeList(ExitCode.documentedForRules()));
        return rules;
    }

    /** Without a command there is nothing to do. */
    @Override
    public Integer call() {
        spec.commandLine().usage(terminal.err());
        return ExitCode.BAD_INPUT.code();
    }
}
