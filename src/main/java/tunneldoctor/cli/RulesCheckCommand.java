package tunneldoctor.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tunneldoctor.diagnose.SampleCheck;
import tunneldoctor.diagnose.Samples;
import tunneldoctor.knowledge.RuleCheck;
import tunneldoctor.knowledge.RuleProblem;
import tunneldoctor.report.Escape;

/** Says everything that is wrong with a rule base and its samples. */
@Command(
        name = "check",
        header = "Say everything that is wrong with the rules and their samples.",
        description = {
            "",
            "Reads every rule file and every sample, runs nothing, and prints each mistake with its file, line and"
                    + " column, the line itself, and what to do. The form is that of compilers, so editors can jump to the"
                    + " places. The samples are those of the folder facts-samples beside the rules.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tunnel-doctor rules check",
            "  tunnel-doctor rules check --watch                         again after every save; Ctrl-C ends it",
            "  tunnel-doctor rules check my-rules && tunnel-doctor diagnose --rules my-rules incident.yaml"
        })
final class RulesCheckCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private RuleBaseOptions options = new RuleBaseOptions();

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            description = "The folder of rules; the same as --rules DIR. Default: the rule base that came along.")
    private Optional<Path> named = Optional.empty();

    @Option(names = "--watch", description = "Stay, and check again whenever a rule or a sample is saved.")
    private boolean watch;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    RulesCheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Path directory = options.directory(named);
        Samples samples = Samples.beside(directory);
        try {
            FolderWatch watching = new FolderWatch(List.of(directory, samples.directory()));
            ExitCode exit = check(directory, samples);
            while (watch) {
                watching.report(terminal);
                exit = check(directory, samples);
            }
            return exit.code();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return ExitCode.NOTHING_FOUND.code();
        }
    }

    private ExitCode check(Path directory, Samples from) {
        RuleCheck rules = RuleCheck.of(directory, terminal.cacheDirectory());
        SampleCheck.Result samples = SampleCheck.of(from, rules.causes());
        List<RuleProblem> problems = new ArrayList<>(rules.problems());
        problems.addAll(samples.problems());
        problems.sort(
                Comparator.comparing((RuleProblem problem) -> problem.file().toString())
                        .thenComparingInt(RuleProblem::line)
                        .thenComparingInt(RuleProblem::column));
        StringBuilder text = new StringBuilder();
        for (RuleProblem problem : problems) {
            problem.describe()
                    .lines()
                    .forEach(line -> text.append(Escape.line(line)).append('\n'));
        }
        long files = problems.stream().map(RuleProblem::file).distinct().count();
        text.append(
                problems.isEmpty()
                        ? counted(rules.files(), "rule file") + " and " + counted(samples.scenes(), "scene")
                                + ": nothing is wrong\n"
                        : counted(problems.size(), "mistake") + " in " + counted(files, "file") + "\n");
        terminal.print(text.toString());
        return problems.isEmpty() ? ExitCode.NOTHING_FOUND : ExitCode.FOUND;
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
