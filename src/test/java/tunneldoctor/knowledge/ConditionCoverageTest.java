package tunneldoctor.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tunneldoctor.model.Answer;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Symptom;

class ConditionCoverageTest {
    private static final SourceRef AT = new SourceRef("symptoms[0]", 1, "x");

    private RuleBase base;
    private ConditionCoverage coverage;

    @BeforeEach
    void load(@TempDir Path temp) throws Exception {
        RuleText.write(
                temp.resolve("rules"),
                RuleText.FILE,
                RuleText.with(
                        "$s : Symptom(timeout, port > 1)\nnot KubeNode(name == $s.node,\n cordoned)",
                        RuleText.CONSEQUENCE.replace("$symptom", "$s")));
        base = RuleBase.load(temp.resolve("rules"), temp.resolve("cache"));
        coverage = base.coverage(List.of());
    }

    private List<String> gaps(Object... facts) throws Exception {
        base.examine(List.of(facts)).exercise(coverage);
        return words(coverage.gaps());
    }

    private static List<String> words(List<ConditionCoverage.Gap> gaps) {
        return gaps.stream()
                .map(gap -> gap.line() + ":" + gap.column() + " " + gap.condition() + ": " + gap.reason())
                .toList();
    }

    private static Symptom symptom(Symptom.Kind kind, int port) {
        return new Symptom(kind, "a", "", port, "logs", AT);
    }

    private static KubeNode node(String name, boolean cordoned) {
        return new KubeNode(name, "", "", "", "", "", Answer.YES, cordoned, List.of(), List.of(), AT);
    }

    @Test
    void eachFactTakesAwayWhatItExercises() throws Exception {
        assertThat(coverage.all()).isEqualTo(new ConditionCoverage.Count(1, 6));
        assertThat(gaps())
                .containsExactly(
                        "9:1 some-cause: found: never fired",
                        "12:1 $s : Symptom(timeout, port > 1): no fact ever met it",
                        "12:14 timeout: never asked of a fact",
                        "12:23 port > 1: never asked of a fact",
                        "13:5 KubeNode(name == $s.node, cordoned): no fact ever met it",
                        "13:14 name == $s.node: never asked of a fact",
                        "14:2 cordoned: never asked of a fact");
        assertThat(gaps(symptom(Symptom.Kind.UNRECOGNISED, 9), node("a", true)))
                .as("what is asked of a fact alone is asked wherever the rule stopped")
                .containsExactly(
                        "9:1 some-cause: found: never fired",
                        "12:1 $s : Symptom(timeout, port > 1): no fact ever met it",
                        "12:14 timeout: never seen to pass",
                        "12:23 port > 1: never seen to fail",
                        "13:5 KubeNode(name == $s.node, cordoned): no fact ever met it",
                        "13:14 name == $s.node: never asked of a fact",
                        "14:2 cordoned: never seen to fail");
        assertThat(gaps(symptom(Symptom.Kind.KUBELET_TIMEOUT, 9), node("b", false)))
                .containsExactly(
                        "12:23 port > 1: never seen to fail",
                        "13:5 KubeNode(name == $s.node, cordoned): no fact ever met it",
                        "13:14 name == $s.node: never seen to pass");
        assertThat(gaps(
                        symptom(Symptom.Kind.KUBELET_TIMEOUT, 0),
                        symptom(Symptom.Kind.KUBELET_TIMEOUT, 2),
                        node("a", false),
                        node("a", true)))
                .isEmpty();
    }

    @Test
    void aTestThatNeverDecidedIsTold() throws Exception {
        gaps(
                symptom(Symptom.Kind.KUBELET_TIMEOUT, 2),
                symptom(Symptom.Kind.KUBELET_REFUSED, 2),
                symptom(Symptom.Kind.KUBELET_REFUSED, 0),
                node("a", false),
                node("a", true),
                node("b", false));

        assertThat(words(coverage.indecisive()))
                .containsExactly(
                        "12:23 port > 1: never decided anything", "13:14 name == $s.node: never decided anything");

        gaps(symptom(Symptom.Kind.KUBELET_TIMEOUT, 0), symptom(Symptom.Kind.KUBELET_TIMEOUT, 2), node("b", true));

        assertThat(coverage.indecisive()).isEmpty();
    }

    @Test
    void coverageOfACauseIsAboutItsRulesOnly() {
        assertThat(base.coverage(List.of("some-cause")).all().rules()).isEqualTo(1);
        assertThat(base.coverage(List.of("other-cause")).all()).isEqualTo(new ConditionCoverage.Count(0, 0));
    }
}
