package tunneldoctor.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tunneldoctor.model.Cause;
import tunneldoctor.report.Escape;

/** Prints every cause of a rule base on a line of its own. */
@Command(
        name = "list",
        header = "List the causes the rule base knows.",
        description = {"", "One line each: id, severity, maturity and what it says.", ""},
        optionListHeading = "Options:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  tunnel-doctor rules list", "  tunnel-doctor rules list --rules my-rules | grep incubating"})
final class RulesListCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private RuleBaseOptions options = new RuleBaseOptions();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    RulesListCommand(Terminal terminal) {
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
        int widest =
                causes.stream().mapToInt(cause -> cause.id().length()).max().orElse(0);
        for (Cause cause : causes) {
            terminal.print(String.format(
                    Locale.ROOT,
                    "%-" + Math.max(1, widest) + "s  %-10s  %-10s  %s%n",
                    cause.id(),
                    cause.severity().name().toLowerCase(Locale.ROOT),
                    cause.maturity(),
                    Escape.line(cause.title())));
        }
        return ExitCode.NOTHING_FOUND.code();
    }
}
