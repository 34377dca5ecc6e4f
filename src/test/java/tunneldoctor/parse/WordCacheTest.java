package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class WordCacheTest {
    /** Some beyond eight bits, which overlap with their neighbours where characters are packed. */
    private static final String LETTERS = "ab\u0000\u0001\u0161\u0160\u6100\uff00";

    @Test
    void givesBackEveryWordWhateverItIsLike() {
        Random random = new Random(3);
        WordCache cache = new WordCache();
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder("x");
            int letters = random.nextBoolean() ? 4 : LETTERS.length();
            for (int length = random.nextInt(11); length > 0; length--) {
                text.append(LETTERS.charAt(random.nextInt(letters)));
            }
            String line = text.append('y').toString();

            assertThat(cache.word(line, 1, line.length() - 1).text).isEqualTo(line.substring(1, line.length() - 1));
        }
    }

    @Test
    void keepsWhatAWordMeant() {
        WordCache cache = new WordCache();

        assertThat(cache.word("--dport 22", 0, 7)).isSameAs(cache.word("! --dport 80", 2, 9));
        assertThat(cache.word("conntrack", 0, 9)).isSameAs(cache.word("-m conntrack", 3, 12));
    }
}
