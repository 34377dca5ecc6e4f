package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.AddressSet;

class CaughtSendersTest {
    private static final long LAST = AddressSet.ALL.last();

    @Test
    void tellsWhomEachRuleIsTheFirstToCatch() {
        Random random = new Random(5);
        for (int i = 0; i < 3_000; i++) {
            CaughtSenders caught = new CaughtSenders();
            AddressSet before = AddressSet.NONE;
            // At the lower end, at the upper end, or anywhere; short runs touch each other often.
            long base = random.nextInt(3) == 0 ? 0 : random.nextBoolean() ? LAST - 255 : 1L << 31;
            for (int rule = random.nextInt(120); rule >= 0; rule--) {
                long first = base + random.nextInt(256);
                long last = Math.min(LAST, first + random.nextInt(random.nextInt(8) == 0 ? 100 : 3));
                AddressSet senders = AddressSet.range(first, last);

                assertThat(caught.add(first, last)).isEqualTo(senders.minus(before));
                before = before.union(senders);
                assertThat(caught.all()).isEqualTo(before);
            }
        }
    }

    @Test
    void nobodyIsLeftBehindARuleForAll() {
        CaughtSenders caught = new CaughtSenders();
        caught.add(7, 9);

        assertThat(caught.add(0, LAST)).isEqualTo(AddressSet.ALL.minus(AddressSet.range(7, 9)));
        assertThat(caught.add(0, LAST)).isEqualTo(AddressSet.NONE);
        assertThat(caught.all()).isEqualTo(AddressSet.ALL);
    }
}
