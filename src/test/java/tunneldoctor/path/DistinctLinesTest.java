package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.SourceRef;

class DistinctLinesTest {
    @Test
    void keepsEachLineOnceAsASetInOrderWould() {
        Random random = new Random(9);
        for (int round = 0; round < 20; round++) {
            DistinctLines lines = new DistinctLines();
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
