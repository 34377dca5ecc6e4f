package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tunneldoctor.diagnose.Samples;
import tunneldoctor.diagnose.SceneFile;
import tunneldoctor.diagnose.SceneTests;
import tunneldoctor.knowledge.ConditionCoverage;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.Cause;

/** Runs the scenes of the samples and says which do not end as they expect. */
@Command(
        name = "test",
        header =
                "Run every scene of the samples, or those of some causes, and say which end otherwise than they expect.",
        description = {
            "",
            "A scene is a facts document with 'scene:', a title, and 'expect:', the causes that must be found and those"
                    + " that must stay open; all others must be neither. The scenes of a cause stand in the facts file of"
                    + " its name. For a scene that fails, the rules that fired against what it expects and the rules that"
                    + " should have fired are told as by 'rules why' and 'rules why-not'.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nWhat --coverage counts:%n",
        footer = {
            "  a rule once it fired; a pattern once a fact met it; a test of a pattern once it was seen to pass and",
            "  once to fail. A test that never decided anything, as every fact that failed it failed another test of",
            "  its pattern too, is counted and, with --verbose, named. Neither changes the exit code.",
            "",
            "Examples:",
            "  tunnel-doctor rules test                                every scene",
            "  tunnel-doctor rules test nsg-blocks-kubelet --watch     again whenever a file is saved; Ctrl-C ends it",
            "  tunnel-doctor rules test --coverage -o json | jq '.coverage.gaps'"
        })
final class RulesTestCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Parameters(
            paramLabel = "CAUSE",
            arity = "0..*",
            description = "Only the scenes of these causes. Default: every scene of the samples.")
    private List<String> causes = new ArrayList<>();

    @Mixin
    private RuleBaseOptions rules = new RuleBaseOptions();

    @Option(
            names = "--samples",
            paramLabel = "DIR",
            description = "Another folder of samples than facts-samples beside the rules.")
    private Optional<Path> samples = Optional.empty();

    @Option(names = "--coverage", description = "List the rules and conditions that no scene exercises.")
    private boolean coverage;

    @Option(
            names = "--watch",
            description =
                    "Stay, and run again whenever a rule or a sample is saved: first the scenes of the edited cause,"
                            + " then the others.")
    private boolean watch;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = OutputFormat.Converter.class,
            defaultValue = "text",
            description = "${COMPLETION-CANDIDATES}: text for people; json, one object; jsonl, the same on one line."
                    + " Default: ${DEFAULT-VALUE}.")
    private OutputFormat output = OutputFormat.TEXT;

    @Option(
            names = {"-v", "--verbose"},
            description = "Name every scene, and cut nothing.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    RulesTestCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Path directory = rules.directory();
        Samples from = samples.map(Samples::new).orElseGet(rules::samples);
        try (SceneTests tests = new SceneTests()) {
            Round round = new Round(tests, from);
            return watch
                    ? watched(round, List.of(directory, from.directory()))
                    : round.alone().code();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return ExitCode.NOTHING_FOUND.code();
        } catch (Terminal.OutputLostException e) {
            if (e.closedByReader()) {
                return ExitCode.NOTHING_FOUND.code();
            }
            terminal.complain("cannot write the report: " + e.getMessage());
            return ExitCode.INTERNAL_ERROR.code();
        }
    }

    /** Ends only when the process or its thread is ended. */
    private int watched(Round round, List<Path> folders) throws IOException, InterruptedException {
        FolderWatch watching = new FolderWatch(folders);
        round.alone();
        while (true) {
            Set<String> edited = new TreeSet<>();
            watching.report(terminal).forEach(file -> edited.add(Samples.causeOf(file)));
            long begin = System.nanoTime();
            round.after(edited);
            terminal.err().println("took " + (System.nanoTime() - begin) / 1_000_000 + " ms");
        }
    }

    /** One run over the scenes asked for. Keeps the rules, so that the next one compiles only what was edited. */
    private final class Round {
        private final SceneTests tests;
        private final Samples from;
        private Optional<RuleBase> base = Optional.empty();

        Round(SceneTests tests, Samples from) {
            this.tests = tests;
            this.from = from;
        }

        ExitCode alone() throws IOException, InterruptedException {
            return run(files(), List.of());
        }

        /** First the scenes of what was edited, so that their author sees them at once. */
        ExitCode after(Set<String> edited) throws IOException, InterruptedException {
            List<Path> all = files();
            List<Path> first = all.stream()
                    .filter(file -> edited.contains(Samples.causeOf(file)))
                    .toList();
            List<Path> rest = all.stream().filter(file -> !first.contains(file)).toList();
            return first.isEmpty() ? run(all, List.of()) : run(first, rest);
        }

        private List<Path> files() throws IOException {
            return from.files().stream()
                    .filter(file -> causes.isEmpty() || causes.contains(Samples.causeOf(file)))
                    .toList();
        }

        private ExitCode run(List<Path> first, List<Path> rest) throws InterruptedException {
            List<Future<SceneFile>> reading = tests.read(first);
            RuleBase ready;
            try {
                ready = base.isPresent() ? base.get().reload() : rules.load(terminal);
            } catch (RuleBaseException | Pipeline.UnusableException e) {
                terminal.complainLines(String.valueOf(e.getMessage()));
                return ExitCode.BAD_INPUT;
            }
            base = Optional.of(ready);
            Set<String> known = new TreeSet<>();
            ready.causes().stream().map(Cause::id).forEach(known::add);
            for (String cause : causes) {
                if (!known.contains(cause)) {
                    terminal.complain("there is no cause '" + cause + "'; 'rules list' lists them");
                    return ExitCode.BAD_INPUT;
                }
                if (first.stream().noneMatch(file -> Samples.causeOf(file).equals(cause))
                        && rest.stream().noneMatch(file -> Samples.causeOf(file).equals(cause))) {
                    terminal.complain("there is no scene of '" + cause + "' below " + from.directory());
                    return ExitCode.BAD_INPUT;
                }
            }
            if (first.isEmpty()) {
                terminal.complain("there is no facts file below " + from.directory());
                return ExitCode.BAD_INPUT;
            }
            Optional<ConditionCoverage> covered = coverage ? Optional.of(ready.coverage(causes)) : Optional.empty();
            TestReport report = new TestReport(terminal, output, verbose);
            try {
                tests.run(reading, ready, covered, report::add);
                if (!rest.isEmpty()) {
                    report.pause();
                    tests.run(tests.read(rest), ready, covered, report::add);
                }
            } catch (RuleBaseException e) {
                terminal.complainLines(String.valueOf(e.getMessage()));
                return ExitCode.BAD_INPUT;
            }
            report.end(covered);
            return report.exit();
        }
    }
}
