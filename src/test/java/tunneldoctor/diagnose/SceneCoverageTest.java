package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tunneldoctor.knowledge.ConditionCoverage;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.model.ClusterFacts;

/** The samples exercise the shipped rules: a rule or condition without a scene is a mistake, as a cause without one is. */
class SceneCoverageTest {
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

        assertThat(coverage.gaps()).isEmpty();
    }
}
