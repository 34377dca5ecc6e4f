package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tunneldoctor.diagnose.SceneResult.Difference;
import tunneldoctor.diagnose.SceneResult.Standing;
import tunneldoctor.knowledge.ConditionCoverage;
import tunneldoctor.knowledge.Examination;
import tunneldoctor.knowledge.RuleAccount;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.Cause;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Problem;

/**
 * Holds scenes against what they expect: exactly the causes named as found are found, and exactly those named as open
 * cannot be told, whatever file the scene is in. Safe for use by several threads.
 */
public final class SceneRun {
    private final Diagnoser diagnoser;
    private final Set<String> causes;

    public SceneRun(RuleBase rules) {
        this.diagnoser = new Diagnoser(rules);
        this.causes = rules.causes().stream().map(Cause::id).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Runs one scene.
     *
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public SceneResult run(ClusterFacts scene) throws RuleBaseException {
        String title = scene.scene().orElse("(no title)");
        List<String> flaws = flaws(scene);
        if (!flaws.isEmpty()) {
            return new SceneResult(scene.file(), title, flaws, List.of());
        }
        return new SceneResult(scene.file(), title, List.of(), differences(scene));
    }

    /**
     * Adds what a scene exercises of the rules.
     *
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public void exercise(ClusterFacts scene, ConditionCoverage coverage) throws RuleBaseException {
        diagnoser.examine(scene).exercise(coverage);
    }

    /** A misspelt word in what a scene expects would make it pass for ever. */
    private List<String> flaws(ClusterFacts scene) {
        List<String> flaws = new ArrayList<>();
        if (scene.expect().isEmpty()) {
            flaws.add("it does not say what to expect; write: expect: {found: [], cannotTell: []}");
        }
        for (Problem problem : scene.problems()) {
            if (problem.at().document().equals("expect")
                    || problem.at().document().equals(scene.file())) {
                flaws.add("line " + problem.at().line() + ": " + problem.message()
                        + (problem.advice().isEmpty() ? "" : ". " + problem.advice()));
            }
        }
        scene.expect().ifPresent(expected -> {
            for (String named : expected.found()) {
                if (expected.cannotTell().contains(named)) {
                    flaws.add("it expects " + named + " both as found and as open");
                }
            }
            List<String> named = new ArrayList<>(expected.found());
            named.addAll(expected.cannotTell());
            named.stream()
                    .filter(cause -> !causes.contains(cause))
                    .forEach(cause -> flaws.add("it expects " + cause + ", and there is no such cause; causes: "
                            + String.join(", ", causes)));
        });
        return flaws;
    }

    private List<Difference> differences(ClusterFacts scene) throws RuleBaseException {
        ClusterFacts.Expectation expected = scene.expect().orElseThrow();
        Diagnosis diagnosis = diagnoser.diagnose(scene);
        List<Difference> differences = new ArrayList<>();
        for (String cause : causes) {
            Standing wanted = expected(cause, expected);
            Standing got = got(cause, diagnosis);
            boolean neither = got == Standing.RULED_OUT || got == Standing.NOT_APPLICABLE;
            if (wanted != got && !(wanted == Standing.NEITHER && neither)) {
                differences.add(new Difference(cause, wanted, got, why(diagnoser.examine(scene), cause, wanted, got)));
            }
        }
        return differences;
    }

    private static Standing expected(String cause, ClusterFacts.Expectation expected) {
        if (expected.found().contains(cause)) {
            return Standing.FOUND;
        }
        return expected.cannotTell().contains(cause) ? Standing.CANNOT_TELL : Standing.NEITHER;
    }

    private static Standing got(String cause, Diagnosis diagnosis) {
        if (diagnosis.causesFound().contains(cause)) {
            return Standing.FOUND;
        }
        if (diagnosis.causesOpen().contains(cause)) {
            return Standing.CANNOT_TELL;
        }
        return diagnosis.notApplicable().stream().anyMatch(out -> out.cause().equals(cause))
                ? Standing.NOT_APPLICABLE
                : Standing.RULED_OUT;
    }

    /** The rules that spoke for where the cause stands, and those that should have spoken for where it was expected. */
    private static List<RuleAccount> why(Examination examination, String cause, Standing wanted, Standing got) {
        List<RuleAccount> accounts = examination.accounts(cause);
        List<RuleAccount> why = new ArrayList<>();
        accounts.stream().filter(RuleAccount::fired).filter(speaksFor(got)).forEach(why::add);
        accounts.stream()
                .filter(account -> !account.fired())
                .filter(speaksFor(wanted))
                .forEach(why::add);
        return why;
    }

    private static Predicate<RuleAccount> speaksFor(Standing standing) {
        return switch (standing) {
            case FOUND -> RuleAccount::finds;
            case CANNOT_TELL -> RuleAccount::leavesOpen;
            case NOT_APPLICABLE -> RuleAccount::excludes;
            case RULED_OUT, NEITHER -> account -> false;
        };
    }
}
