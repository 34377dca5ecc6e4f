package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tunneldoctor.diagnose.Samples;
import tunneldoctor.diagnose.Scaffold;

/** Begins a new cause: a rule file and its sample, to be filled in. */
@Command(
        name = "new",
        header = "Begin a new cause: its rule file and its sample, with blanks to fill in.",
        description = {
            "",
            "Writes rules/FOLDER/CAUSE.drl and facts-samples/FOLDER/CAUSE.yaml. 'rules check' names every blank until it is"
                    + " filled in, and 'rules test' runs the scenes. rules/README.md goes through it with an example.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tunnel-doctor rules new custom-dns-unresolved --in egress",
            "  tunnel-doctor rules new proxy-breaks-tls --rules my-rules && tunnel-doctor rules check my-rules"
        })
final class RulesNewCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private RuleBaseOptions options = new RuleBaseOptions();

    @Parameters(
            paramLabel = "CAUSE",
            description = "Its id: lower-case words with dashes that say what is wrong, as in nsg-blocks-kubelet.")
    private String id = "";

    @Option(
            names = "--in",
            paramLabel = "FOLDER",
            defaultValue = "",
            description = "The folder in the rule base, such as host or egress. Default: the rule base's own.")
    private String folder = "";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    RulesNewCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            Path rules = options.directoryToBegin();
            for (Path written : Scaffold.write(rules, Samples.beside(rules), folder, id)) {
                terminal.print(written + "\n");
            }
            terminal.print("'rules check' says what is still to be filled in\n");
            return ExitCode.NOTHING_FOUND.code();
        } catch (Scaffold.RefusedException e) {
            terminal.complain(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            terminal.complain("cannot write: " + e.getMessage());
        }
        return ExitCode.BAD_INPUT.code();
    }
}
