package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The same as regular expressions say it, held against lines made of what {@code nc} writes. */
class NcWordsTest {
    private static final String HOST = "([^ \\t,]{1,253})";
    private static final Pattern OPENED = Pattern.compile(
            "Connection to " + HOST + "(?: \\([^)]{1,64}\\))? (\\d{1,5}) port \\[[^\\]]{1,32}\\] succeeded!");
    private static final Pattern FAILED = Pattern.compile(
            "nc: connect to " + HOST + "(?: \\([^)]{1,64}\\))? port (\\d{1,5}) \\((tcp|udp)\\) (.{1,200})");
    private static final String[] PIECES = {
        "10.224.0.4",
        " (10.224.0.4)",
        " ()",
        " (",
        ")",
        " port ",
        " port [",
        "tcp/*",
        "]",
        "] succeeded!",
        " 10250",
        "10250",
        "123456",
        " (tcp) ",
        " (udp) ",
        " (sctp) ",
        "timed out",
        " ",
        ",",
        "\t",
        "x".repeat(253),
        "y".repeat(64)
    };

    @Test
    void everyLine() {
        Random random = new Random(5);
        int opened = 0;
        int failed = 0;
        for (int i = 0; i < 400_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "Connection to " : "nc: connect to ");
            if (random.nextInt(4) > 0) {
                text.append("aks-node");
                text.append(random.nextInt(4) > 0 ? "" : " (10.224.0.4)");
                text.append(random.nextInt(4) > 0 ? text.charAt(0) == 'n' ? " port 10250" : " 10250 port [" : "");
                text.append(random.nextInt(4) > 0 ? text.charAt(0) == 'n' ? " (tcp) " : "tcp/*] succeeded!" : "");
            }
            for (int left = random.nextInt(8); left > 0; left--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            String line = text.toString();
            opened += same(line, NcWords.opened(line), OPENED.matcher(line));
            failed += same(line, NcWords.failed(line), FAILED.matcher(line));
        }
        assertThat(opened).isGreaterThan(10_000);
        assertThat(failed).isGreaterThan(10_000);
    }

    private static int same(String line, Optional<NcWords.Attempt> told, Matcher said) {
        boolean matches = said.lookingAt();
        assertThat(told)
                .as(line)
                .isEqualTo(
                        matches
                                ? Optional.of(new NcWords.Attempt(
                                        said.group(1), said.group(2), said.groupCount() < 4 ? "" : said.group(4)))
                                : Optional.empty());
        return matches ? 1 : 0;
    }
}
