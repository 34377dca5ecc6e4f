package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The same as regular expressions say it, held against texts made of what errors are made of. */
class ErrorWordsTest {
    private static final int TEXTS = 300_000;
    private static final String LITERAL =
            "(\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.%a-z]{2,64}\\]):(\\d{1,5})(?!\\d)";
    private static final Pattern DIAL = Pattern.compile("(?:dial|marcar) (?:tcp|tcp4|tcp6|udp) " + LITERAL);
    private static final Pattern READ = Pattern.compile("->" + LITERAL);
    private static final Pattern DIAL_PORT = Pattern.compile("(?:dial|marcar) tcp [^ ]{1,253}:(\\d{1,5})(?!\\d)");
    private static final Pattern URL = Pattern.compile(
            "https?://(\\[[0-9a-fA-F:.]{2,64}\\]|[A-Za-z0-9][A-Za-z0-9._-]{0,252})(?::(\\d{1,5}))?[/\"? ]");
    private static final Pattern URL_PORT = Pattern.compile("https?://[^\"/]{1,253}:(\\d{1,5})/");
    private static final Pattern LOOKUP = Pattern.compile("lookup ([A-Za-z0-9][A-Za-z0-9._-]{0,252})");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");

    private static final String[] PIECES = {
        "dial ",
        "marcar ",
        "tcp ",
        "tcp6 ",
        "udp ",
        "->",
        "http",
        "https://",
        "http://",
        "lookup ",
        "10.224.0.4",
        "10.224.0.",
        "4",
        "1234567",
        ":10250",
        ":443",
        ":",
        "[fe80::1%eth0]",
        "[fd00::4]",
        "[",
        "]",
        "aks-node",
        "a",
        ".",
        "-",
        "_",
        "/",
        "\"",
        "? ",
        " ",
        "%",
        "\u0661",
        "x".repeat(126),
        "x".repeat(127),
        "\n"
    };

    private final Random random = new Random(11);

    @Test
    void everyWord() {
        int[] found = new int[6];
        for (int i = 0; i < TEXTS; i++) {
            String text = text();
            found[0] += same(text, ErrorWords.dialled(text), endpoint(DIAL.matcher(text)));
            found[1] += same(text, ErrorWords.readFrom(text), endpoint(READ.matcher(text)));
            found[2] += same(text, ErrorWords.portDialled(text), group(DIAL_PORT.matcher(text)));
            found[3] += same(text, ErrorWords.urlHost(text), group(URL.matcher(text)));
            found[4] += same(text, ErrorWords.urlPort(text), group(URL_PORT.matcher(text)));
            found[5] += same(text, ErrorWords.lookedUp(text), group(LOOKUP.matcher(text)));
            assertThat(ErrorWords.isIpv4(text))
                    .as(text)
                    .isEqualTo(IPV4.matcher(text).matches());
        }
        for (int often : found) {
            assertThat(often).isGreaterThan(TEXTS / 1000);
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(9); left >= 0; left--) {
            int piece = random.nextInt(PIECES.length);
            text.append(PIECES[piece]);
            // What belongs together seldom comes together by chance.
            if (piece < 2 && random.nextInt(3) > 0) {
                text.append("tcp ");
            }
            if (piece < 10 && random.nextBoolean()) {
                text.append(random.nextBoolean() ? "10.224.0.4:10250" : "aks-node:10250/");
            }
        }
        return text.toString();
    }

    private static <T> int same(String text, Optional<T> told, Optional<T> said) {
        assertThat(told).as(text).isEqualTo(said);
        return said.isPresent() ? 1 : 0;
    }

    private static Optional<ErrorWords.Endpoint> endpoint(Matcher matcher) {
        return matcher.find()
                ? Optional.of(new ErrorWords.Endpoint(matcher.group(1), matcher.group(2)))
                : Optional.empty();
    }

    private static Optional<String> group(Matcher matcher) {
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
