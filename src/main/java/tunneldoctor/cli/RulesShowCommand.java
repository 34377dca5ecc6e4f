package tunneldoctor.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tunneldoctor.diagnose.CausePages;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.knowledge.RuleCheck;
import tunneldoctor.model.Cause;
import tunneldoctor.model.CausePage;
import tunneldoctor.report.CauseText;
import tunneldoctor.report.TextReport;

/** Prints all that is known of one cause. */
@Command(
        name = "show",
        header = "Show all that is known of one cause.",
        description = {
            "",
            "What it is, its rules in words, the evidence they need, the scenes of its sample, and the repairs as they are"
                    + " printed for the first scene that finds it.",
            ""
        },
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
        try {
            RuleBase rules = options.load(terminal);
            Optional<CausePage> page = rules.pages().stream()
                    .filter(known -> known.cause().id().equals(id))
                    .findFirst();
            if (page.isPresent()) {
                CausePage whole = new CausePages(rules, options.samples()).complete(page.get());
                terminal.print(
                        CauseText.render(whole, new TextReport.Options(false, terminal.color(), terminal.width())));
                return ExitCode.NOTHING_FOUND.code();
            }
            List<String> known = rules.causes().stream().map(Cause::id).toList();
            terminal.complain("there is no cause '" + id + "'"
                    + RuleCheck.nearest(id, known)
                            .map(near -> "; did you mean '" + near + "'?")
                            .orElse("; 'rules list' lists them"));
        } catch (Pipeline.UnusableException | RuleBaseException e) {
            terminal.complainLines(String.valueOf(e.getMessage()));
        }
        return ExitCode.BAD_INPUT.code();
    }
}
