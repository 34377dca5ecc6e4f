package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.SourceRef;

class RuleNumbersTest {
    private static HostRule rule(int position, int line) {
        return new HostRule(
                "filter", "INPUT", position, List.of(), "DROP", "", false, "-j DROP", new SourceRef("d", line, ""));
    }

    @Test
    void numbersAsAMapByIdentityWould() {
        Random random = new Random(3);
        List<HostRule> rules = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            // Many that say the same, and many that hash alike.
            rules.add(rule(random.nextInt(3) == 0 ? 0 : random.nextInt(50), random.nextInt(50)));
        }
        RuleNumbers numbers = new RuleNumbers();
        Map<HostRule, Integer> expected = new IdentityHashMap<>();
        for (int i = 0; i < 10_000; i++) {
            HostRule rule = rules.get(random.nextInt(rules.size()));
            boolean fresh = !expected.containsKey(rule);
            Integer number = expected.computeIfAbsent(rule, one -> expected.size());
            if (random.nextBoolean()) {
                assertThat(numbers.add(rule, rule.source().hashCode())).isEqualTo(fresh);
            }
            assertThat(numbers.of(rule, rule.source().hashCode())).isEqualTo(number);
            assertThat(numbers.size()).isEqualTo(expected.size());
        }
        Set<HostRule> all = numbers.rules();
        assertThat(all.size()).isEqualTo(expected.size());
        assertThat(all.stream().allMatch(expected::containsKey)).isTrue();
    }
}
