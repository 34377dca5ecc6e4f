package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tunneldoctor.knowledge.ConditionCoverage;
import tunneldoctor.knowledge.ConditionCoverage.Gap;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.model.ClusterFacts;

/** The samples exercise the shipped rules: a rule or condition without a scene is a mistake, as a cause without one is. */
class SceneCoverageTest {
    /** Conditions of the shipped rules that no facts can make fail, or hold. */
    private static boolean idle(Gap gap) {
        // Verdicts of nodes and of groups on the way to them are made for this purpose only.
        return gap.condition().equals("purpose == Purpose.KUBELET")
                        && gap.reason().equals("never seen to fail")
                // That there is no tunnel is known from the cluster resource alone.
                || gap.condition().equals("Tunnel(kind == TunnelKind.NONE)")
                        && gap.rule().equals("snat-exhausted: cannot tell without the cluster resource");
    }

    @Test
    void everyRuleFiresAndEveryConditionIsSeenBothWays() throws Exception {
        RuleBase rules = SamplesTest.rules();
        ConditionCoverage coverage = rules.coverage(List.of());
        SceneRun run = new SceneRun(rules);
        for (Path file : new Samples(Path.of("facts-samples")).files()) {
            for (ClusterFacts scene : SceneFile.read(file).scenes()) {
                run.exercise(scene, coverage);
            }
        }

        assertThat(coverage.gaps()).filteredOn(gap -> !idle(gap)).isEmpty();
    }
}
