package tunneldoctor.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tunneldoctor.model.Cause;
import tunneldoctor.report.Escape;

/** Prints all that is known of one cause. */
@Command(
        name = "show",
        header = "Show one cause: what it says, and where.",
        description = "",
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  tunnel-doctor rules show nsg-blocks-kubelet"})
final class RulesShowCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private RuleBaseOptions options = new RuleBaseOptions();

    @Parameters(paramLabel = "CAUSE", description = "The cause's id, as 'rules list' prints it.")
    private String id = "";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    RulesShowCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<Cause> causes;
        try {
            causes = options.load(terminal).causes();
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
            return ExitCode.BAD_INPUT.code();
        }
        Optional<Cause> cause =
                causes.stream().filter(known -> known.id().equals(id)).findFirst();
        if (cause.isEmpty()) {
            terminal.complain("there is no cause '" + id + "'; 'rules list' lists them");
            return ExitCode.BAD_INPUT.code();
        }
        terminal.print(Escape.line(cause.get().title()) + "\n"
                + Escape.line(cause.get().source()) + "\n");
        return ExitCode.NOTHING_FOUND.code();
    }
}
