package tunneldoctor.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tunneldoctor.diagnose.Diagnoser;
import tunneldoctor.knowledge.RuleAccount;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.report.Escape;
import tunneldoctor.report.JsonPage;

/** What asking why a cause was found and why it was not have in common: the cause, the facts, and the answer's form. */
final class RuleQuestion {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "CAUSE", description = "The cause's id, as 'rules list' prints it.")
    private String cause = "";

    @Mixin
    private FactsOptions facts = new FactsOptions();

    @Mixin
    private RuleBaseOptions rules = new RuleBaseOptions();

    @Option(
            names = "--scene",
            paramLabel = "WORDS",
            description = "Only documents whose scene has these words in its title.")
    private Optional<String> scene = Optional.empty();

    private boolean asked;

    /**
     * Answers for every document.
     *
     * @param of which rules are told of
     * @param summary what is said of how many of the cause's rules there are
     */
    int answer(Terminal terminal, Predicate<RuleAccount> of, Summary summary) {
        CommandLine command = spec.commandLine();
        facts.check(command);
        RuleBase base;
        try {
            base = rules.load(terminal);
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
            return ExitCode.BAD_INPUT.code();
        }
        if (!base.knows(cause)) {
            terminal.complain("there is no cause '" + cause + "'; 'rules list' lists them");
            return ExitCode.BAD_INPUT.code();
        }
        Diagnoser diagnoser = new Diagnoser(base);
        ExitCode exit = new FactsRun(terminal, facts)
                .over(RulesPipeline::readFacts, "explaining " + cause + " in", document -> {
                    String report = "";
                    if (wanted(document)) {
                        asked = true;
                        report = report(document, accounts(diagnoser, document), of, summary);
                    }
                    return new FactsRun.Answer(ExitCode.NOTHING_FOUND, report);
                });
        if (!asked && scene.isPresent() && exit == ExitCode.NOTHING_FOUND) {
            terminal.complain("no scene has '" + scene.get() + "' in its title");
            return ExitCode.BAD_INPUT.code();
        }
        return exit.code();
    }

    /** How the rules told of are counted. */
    interface Summary {
        String of(int told, int all);
    }

    private boolean wanted(ClusterFacts document) {
        return scene.isEmpty()
                || document.scene()
                        .orElse("")
                        .toLowerCase(Locale.ROOT)
                        .contains(scene.get().toLowerCase(Locale.ROOT));
    }

    private List<RuleAccount> accounts(Diagnoser diagnoser, ClusterFacts document) throws Pipeline.UnusableException {
        try {
            return diagnoser.examine(document).accounts(cause);
        } catch (RuleBaseException e) {
            throw RulesPipeline.unusable(e);
        }
    }

    private String report(
            ClusterFacts document, List<RuleAccount> accounts, Predicate<RuleAccount> of, Summary summary) {
        List<RuleAccount> told = accounts.stream().filter(of).toList();
        return switch (facts.output()) {
            case TEXT -> text(document, told, summary.of(told.size(), accounts.size()));
            case JSON -> JsonPage.page(json -> json(json, document, told));
            case JSONL -> JsonPage.line(json -> json(json, document, told));
        };
    }

    private String text(ClusterFacts document, List<RuleAccount> told, String summary) {
        StringBuilder text = new StringBuilder();
        text.append(Escape.line(document.file().equals(FactsInput.STANDARD_INPUT) ? "standard input" : document.file()))
                .append(document.scene().map(title -> ": " + Escape.line(title)).orElse(""))
                .append('\n')
                .append(summary)
                .append('\n');
        List<RuleAccount> waiting = facts.verbose()
                ? List.of()
                : told.stream().filter(RuleAccount::waitsForFinding).toList();
        for (RuleAccount account : told) {
            if (!waiting.contains(account)) {
                text.append('\n').append(AccountText.of(account, facts.verbose(), ""));
            }
        }
        if (!waiting.isEmpty()) {
            text.append('\n')
                    .append(waiting.size())
                    .append(waiting.size() == 1 ? " more waits" : " more wait")
                    .append(" for a finding of the cause (--verbose):\n");
            waiting.forEach(account ->
                    text.append("  ").append(Escape.line(account.rule())).append('\n'));
        }
        return text.toString();
    }

    private void json(JsonGenerator json, ClusterFacts document, List<RuleAccount> told) throws IOException {
        AccountJson accounts = new AccountJson(json);
        json.writeStartObject();
        json.writeStringField("file", document.file());
        if (document.scene().isPresent()) {
            json.writeStringField("scene", document.scene().get());
        } else {
            json.writeNullField("scene");
        }
        json.writeStringField("cause", cause);
        accounts.list("rules", told, accounts::account);
        json.writeEndObject();
    }
}
