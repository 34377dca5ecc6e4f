package tunneldoctor.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Explanations follow rules by hand; here on random rules and facts, where they must come to what the engine comes to: each
 * rule fires as often as its conditions hold. {@code -Doracle.rules=20} compiles twenty times as many rules.
 */
class RandomRulesTest {
    private static final int FILES = Integer.getInteger("oracle.rules", 1);
    private static final int RULES = 40;
    private static final int WORLDS = 100;

    @Test
    void followingByHandAgreesWithTheEngine(@TempDir Path temp) throws Exception {
        for (int seed = 1; seed <= FILES; seed++) {
            RandomRules random = new RandomRules(seed);
            String text = random.file(RULES);
            Path directory = temp.resolve("rules" + seed);
            RuleText.write(directory, RuleText.FILE, text);
            RuleBase base = RuleBase.load(directory, temp.resolve("cache"));
            Set<String> fired = new HashSet<>();
            Set<String> quiet = new HashSet<>();
            for (int i = 0; i < WORLDS; i++) {
                List<Object> world = random.world();
                Examination examination = base.examine(world);
                for (RuleAccount account : examination.accounts("some-cause")) {
                    assertThat(account.remark())
                            .as("%s of\n%s\non %s", account.rule(), text, world)
                            .isEmpty();
                    assertThat(account.times())
                            .as("%s of\n%s\non %s", account.rule(), text, world)
                            .isEqualTo(examination.fired(account.rule()));
                    (account.fired() ? fired : quiet).add(account.rule());
                }
            }
            assertThat(fired).as("rules seen to fire").hasSizeGreaterThan(RULES / 2);
            assertThat(quiet).as("rules seen quiet").hasSizeGreaterThan(RULES / 2);
        }
    }
}
