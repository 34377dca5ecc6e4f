package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.SourceRef;

class FirstMetTest {
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
        FirstMet<HostRule> numbers = FirstMet.byIdentity(0);
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
        List<HostRule> all = numbers.inOrder();
        assertThat(all.size()).isEqualTo(expected.size());
        assertThat(all.stream().allMatch(expected::containsKey)).isTrue();
    }

    @Test
    void keepsEachLineOnceAsASetInOrderWould() {
        Random random = new Random(9);
        for (int round = 0; round < 20; round++) {
            FirstMet<SourceRef> lines = FirstMet.byEquality(0);
            Set<SourceRef> expected = new LinkedHashSet<>();
            int documents = 1 + random.nextInt(3);
            for (int i = 0; i < 3_000; i++) {
                // Of lines without a number many hash alike only if their text does.
                int number = random.nextInt(round % 2 == 0 ? 2_000 : 40);
                SourceRef line =
                        new SourceRef("d" + random.nextInt(documents), number, "text " + random.nextInt(1 + round));
                lines.add(line, line.hashCode());
                expected.add(line);
            }
            assertThat(lines.inOrder()).containsExactlyElementsOf(expected);
        }
    }
}
