package tunneldoctor.cli;

import java.util.List;
import java.util.concurrent.Callable;
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

    /** The command with all that belong to it, in the order of an author's work. */
    static CommandLine with(Terminal terminal) {
        CommandLine rules = new CommandLine(new RulesCommand(terminal));
        for (Object command : List.of(
                new RulesListCommand(terminal),
                new RulesShowCommand(terminal),
                new RulesNewCommand(terminal),
                new RulesCheckCommand(terminal),
                new RulesTestCommand(terminal),
                FactsOptions.behindOneArgument(new CommandLine(new RulesWhyCommand(terminal))),
                FactsOptions.behindOneArgument(new CommandLine(new RulesWhyNotCommand(terminal))),
                new RulesDocsCommand(terminal))) {
            rules.addSubcommand(command);
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
