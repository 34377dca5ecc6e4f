package tunneldoctor.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tunneldoctor.diagnose.RuleInput;
import tunneldoctor.diagnose.Samples;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.model.Cause;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Fact;

/** The loops conclude what the rules conclude, so that their times compare equal work. */
class HandWrittenRulesTest {
    private static final RuleBase RULES = rules();

    private static RuleBase rules() {
        try {
            return RuleBase.load(Path.of("rules"), Files.createTempDirectory("rule-cache"));
        } catch (Exception e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("scenes")
    void concludesTheSameForEveryScene(String file, String scene, ClusterFacts given) throws Exception {
        List<Fact> facts = RuleInput.of(given);

        assertThat(HandWrittenRules.conclude(facts)).isEqualTo(RULES.conclude(facts));
    }

    /** Facts that no scene has together make the joins differ where they can. */
    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5", "6", "7", "8"})
    void concludesTheSameForMixedScenes(long seed) throws Exception {
        Random random = new Random(seed);
        List<Arguments> scenes = scenes();
        for (int round = 0; round < 25; round++) {
            List<Fact> mixed = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Object[] scene = scenes.get(random.nextInt(scenes.size())).get();
                for (Fact fact : RuleInput.of((ClusterFacts) scene[2])) {
                    if (random.nextInt(3) > 0) {
                        mixed.add(fact);
                    }
                }
            }
            Collections.shuffle(mixed, random);

            assertThat(HandWrittenRules.conclude(mixed)).isEqualTo(RULES.conclude(mixed));
        }
    }

    @ParameterizedTest(name = "{0} kinds of firewalls, one of which blocks: {1}")
    @CsvSource({"3, false", "20, true"})
    void concludesTheSameForLargeClusters(int firewalls, boolean blocks) throws Exception {
        List<Fact> facts = RuleFacts.ofLargeCluster(50, firewalls);
        List<Conclusion> byRules = RULES.conclude(facts);

        assertThat(byRules.stream().anyMatch(Conclusion.Finding.class::isInstance))
                .isEqualTo(blocks);
        assertThat(HandWrittenRules.conclude(facts)).isEqualTo(byRules);
    }

    /** Otherwise sameness would say little. */
    @Test
    void theScenesFindEveryCause() throws Exception {
        TreeSet<String> found = new TreeSet<>();
        for (Arguments scene : scenes()) {
            HandWrittenRules.conclude(RuleInput.of((ClusterFacts) scene.get()[2])).stream()
                    .filter(Conclusion.Finding.class::isInstance)
                    .forEach(finding -> found.add(finding.cause()));
        }

        assertThat(found)
                .containsExactlyElementsOf(
                        RULES.causes().stream().map(Cause::id).toList());
    }

    static List<Arguments> scenes() throws Exception {
        Path samples = Path.of("facts-samples");
        List<Arguments> scenes = new ArrayList<>();
        for (Path file : new Samples(samples).files()) {
            for (ClusterFacts given : Samples.scenes(file)) {
                scenes.add(Arguments.of(
                        samples.relativize(file).toString(), given.scene().orElse("(no scene)"), given));
            }
        }
        return scenes;
    }
}
