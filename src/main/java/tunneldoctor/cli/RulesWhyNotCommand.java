package tunneldoctor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints what kept the rules of a cause from firing on some facts. */
@Command(
        name = "why-not",
        header = "Say what kept the rules of a cause from firing on some facts.",
        description = {
            "",
            "For each rule that did not fire: the conditions that hold, the first one that does not, the facts that came"
                    + " nearest to meeting it, and the values that stopped them, with document and line.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tunnel-doctor rules why-not snat-exhausted incident.yaml",
            "  tunnel-doctor rules why-not nsg-blocks-kubelet -o json incident.yaml | jq '.rules[].obstacle.nearest'",
            "  tunnel-doctor rules why nsg-blocks-kubelet incident.yaml    what the rules that fired matched"
        })
final class RulesWhyNotCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private RuleQuestion question = new RuleQuestion();

    RulesWhyNotCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return question.answer(
                terminal, account -> !account.fired(), (told, all) -> told + " of " + all + " rules did not fire");
    }
}
