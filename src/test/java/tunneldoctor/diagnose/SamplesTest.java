package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.model.Cause;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.FactChange;
import tunneldoctor.model.Facts;
import tunneldoctor.parse.FactReader;
import tunneldoctor.path.PathAnalysis;

/** Every scene of every sample, over the whole rule base: the causes it expects, and no others. */
class SamplesTest {
    private static final Path SAMPLES = Path.of("facts-samples");
    static final Path RULES = Path.of("rules");

    private static final RuleBase RULE_BASE = rules();
    private static final Diagnoser DIAGNOSER = new Diagnoser(RULE_BASE);

    static RuleBase rules() {
        try {
            return RuleBase.load(RULES, Files.createTempDirectory("rule-cache"));
        } catch (Exception e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("scenes")
    void findsExactlyTheExpectedCauses(String file, String scene, ClusterFacts given) throws Exception {
        SceneResult result = new SceneRun(RULE_BASE).run(given);

        assertThat(result.flaws()).isEmpty();
        assertThat(result.differences())
                .as("%s", DIAGNOSER.diagnose(given).problems())
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("scenes")
    void theOrderOfFactsDoesNotMatter(String file, String scene, ClusterFacts given) throws Exception {
        Diagnosis straight = DIAGNOSER.diagnose(given);
        Diagnosis shuffled = DIAGNOSER.diagnose(shuffled(given));

        assertThat(shuffled.causesFound()).isEqualTo(straight.causesFound());
        assertThat(shuffled.causesOpen()).isEqualTo(straight.causesOpen());
        assertThat(shuffled.diagnoses().stream().map(Diagnosis.Diagnosed::nodes))
                .isEqualTo(straight.diagnoses().stream()
                        .map(Diagnosis.Diagnosed::nodes)
                        .toList());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("scenes")
    void everyCauseStandsInExactlyOneList(String file, String scene, ClusterFacts given) throws Exception {
        Diagnosis diagnosis = DIAGNOSER.diagnose(given);

        List<String> placed = new ArrayList<>(diagnosis.causesFound());
        placed.addAll(diagnosis.causesOpen());
        diagnosis.ruledOut().forEach(out -> placed.add(out.cause()));
        diagnosis.notApplicable().forEach(out -> placed.add(out.cause()));
        assertThat(placed)
                .containsExactlyInAnyOrderElementsOf(
                        RULE_BASE.causes().stream().map(Cause::id).toList());
    }

    /** What a repair does not concern is taken over from before, which must be no other than what it would be judged. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("scenes")
    void aChangedClusterIsJudgedAsIfReadSo(String file, String scene, ClusterFacts given) throws Exception {
        Facts facts = FactReader.read(given);
        PathAnalysis paths = PathAnalysis.of(facts);
        List<List<FactChange>> changes = new ArrayList<>();
        for (Conclusion conclusion : RULE_BASE.conclude(WorkingFacts.of(facts, paths))) {
            if (conclusion instanceof Conclusion.Remedy remedy
                    && remedy.changes().stream().allMatch(FactChange::foreseeable)) {
                changes.add(Joined.of(remedy.changes()));
            }
        }
        changes.add(Joined.of(changes.stream().flatMap(List::stream).toList()));

        List<FactChange> last = List.of();
        for (List<FactChange> some : changes) {
            Facts changed = facts.after(some);
            Facts twice = facts.after(last).after(some);
            assertThat(paths.after(changed, some).verdicts())
                    .as("%s", some)
                    .isEqualTo(PathAnalysis.of(changed).verdicts());
            assertThat(paths.after(facts.after(last), last).after(twice, some).verdicts())
                    .as("%s, then %s", last, some)
                    .isEqualTo(PathAnalysis.of(twice).verdicts());
            last = some;
        }
    }

    private static ClusterFacts shuffled(ClusterFacts given) {
        return new ClusterFacts(
                given.file(),
                given.apiVersion(),
                given.scene(),
                given.expect(),
                given.collected(),
                shuffled(given.azure()),
                shuffled(given.kubernetes()),
                shuffled(given.nodes()),
                shuffled(given.metrics()),
                shuffled(given.symptoms()),
                shuffled(given.agents()),
                shuffled(given.gaps()),
                given.problems());
    }

    private static <T> List<T> shuffled(List<T> items) {
        List<T> copy = new ArrayList<>(items);
        Collections.shuffle(copy, new Random(7));
        return copy;
    }

    static Stream<Arguments> scenes() throws IOException {
        List<Arguments> scenes = new ArrayList<>();
        for (Path file : new Samples(SAMPLES).files()) {
            for (ClusterFacts given : read(file)) {
                scenes.add(Arguments.of(
                        SAMPLES.relativize(file).toString(), given.scene().orElse("(no scene)"), given));
            }
        }
        return scenes.stream();
    }

    static List<ClusterFacts> read(Path file) throws IOException {
        SceneFile read = SceneFile.read(file);
        assertThat(read.unreadable()).isEmpty();
        return read.scenes();
    }
}
