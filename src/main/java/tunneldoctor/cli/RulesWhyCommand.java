package tunneldoctor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tunneldoctor.knowledge.RuleAccount;

/** Prints which rules of a cause fired on some facts, and what they matched. */
@Command(
        name = "why",
        header = "Say which rules of a cause fired on some facts, and what they matched.",
        description = {
            "",
            "Each condition of each rule that fired stands with its line, the facts that met it, the fields it asks about,"
                    + " and the document and line the facts were read from.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tunnel-doctor rules why nsg-blocks-kubelet incident.yaml",
            "  tunnel-doctor rules why nsg-blocks-kubelet --scene 'plural ports' facts-samples/nsg/*.yaml",
            "  tunnel-doctor rules why-not snat-exhausted incident.yaml    what kept the other rules from firing"
        })
final class RulesWhyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private RuleQuestion question = new RuleQuestion();

    RulesWhyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return question.answer(terminal, RuleAccount::fired, (told, all) -> told + " of " + all + " rules fired");
    }
}
