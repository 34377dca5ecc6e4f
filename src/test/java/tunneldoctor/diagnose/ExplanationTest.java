package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tunneldoctor.knowledge.Examination;
import tunneldoctor.knowledge.RuleAccount;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.model.Cause;
import tunneldoctor.model.ClusterFacts;

/** Explanations follow the rules by hand; on every sample they come to what the engine came to. */
class ExplanationTest {
    private static final RuleBase RULES = SamplesTest.rules();
    private static final Diagnoser DIAGNOSER = new Diagnoser(RULES);

    static Stream<Arguments> scenes() throws Exception {
        return SamplesTest.scenes();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("scenes")
    void followingByHandAgreesWithTheEngine(String file, String scene, ClusterFacts given) throws Exception {
        Examination examination = DIAGNOSER.examine(given);

        for (Cause cause : RULES.causes()) {
            for (RuleAccount account : examination.accounts(cause.id())) {
                assertThat(account.remark()).as(account.rule()).isEmpty();
                assertThat(account.times()).as(account.rule()).isEqualTo(examination.fired(account.rule()));
                assertThat(account.obstacle().isPresent()).isEqualTo(!account.fired());
            }
        }
    }
}
