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
        return coverage.gaps().stream()
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
                        "13:5 KubeNode(name == $s.node, cordoned): no fact ever met it",
                        "12:14 timeout: never reached",
                        "12:23 port > 1: never reached",
                        "13:14 name == $s.node: never reached",
                        "14:2 cordoned: never reached");
        assertThat(gaps(symptom(Symptom.Kind.UNRECOGNISED, 9), node("a", true)))
                .as("what stands behind a test that fails is not reached")
                .contains("12:14 timeout: never seen to pass", "12:23 port > 1: never reached")
                .contains("14:2 cordoned: never reached");
        assertThat(gaps(symptom(Symptom.Kind.KUBELET_TIMEOUT, 9), node("b", false)))
                .containsExactly(
                        "13:5 KubeNode(name == $s.node, cordoned): no fact ever met it",
                        "12:23 port > 1: never seen to fail",
                        "13:14 name == $s.node: never seen to pass",
                        "14:2 cordoned: never reached");
        assertThat(gaps(
                        symptom(Symptom.Kind.KUBELET_TIMEOUT, 0),
                        symptom(Symptom.Kind.KUBELET_TIMEOUT, 2),
                        node("a", false),
                        node("a", true)))
                .isEmpty();
    }

    @Test
    void coverageOfACauseIsAboutItsRulesOnly() {
        assertThat(base.coverage(List.of("some-cause")).all().rules()).isEqualTo(1);
        assertThat(base.coverage(List.of("other-cause")).all()).isEqualTo(new ConditionCoverage.Count(0, 0));
    }
}
