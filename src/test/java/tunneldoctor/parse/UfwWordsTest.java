package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The same shapes as regular expressions say them, held against texts made of what such texts are made of. */
class UfwWordsTest {
    private static final int TEXTS = 200_000;

    private static final Pattern STATUS = Pattern.compile("status(?: (?:verbose|numbered))?(?=[ ;|>&12]|$)");
    private static final Pattern NUMBER = Pattern.compile("\\[ {0,3}(\\d{1,6})\\] ");
    private static final Pattern ACTION =
            Pattern.compile("(?<= )(ALLOW|DENY|REJECT|LIMIT)(?: (IN|OUT|FWD))?(?= {1,64}[^ ]| *$)");
    private static final Pattern NOTES = Pattern.compile(" {1,64}\\((?:log|log-all|out|log, out|log-all, out)\\)$");
    private static final Pattern DEFAULTS = Pattern.compile(
            "Default: (allow|deny|reject) \\(incoming\\), (allow|deny|reject) \\(outgoing\\)(?:, [a-z]{1,16} \\(routed\\))?");
    private static final Pattern PROTOCOL = Pattern.compile("[a-z][a-z0-9-]{1,15}");
    private static final Pattern INTERFACE = Pattern.compile("[a-zA-Z0-9_.+,=%@-]{1,15}");
    private static final Pattern RETURN_CODE = Pattern.compile("(?:rc|exit|status)[ =:]{1,3}(\\d{1,3})");
    private static final Pattern PIPE = Pattern.compile("(?<!\\|)\\|(?!\\|)");
    private static final Pattern NOT_FOUND =
            Pattern.compile("ufw['\u2019]?: (?:(?:command )?not found|No such file or directory)$");

    private final Random random = new Random(7);

    private void each(Consumer<String> check, String... pieces) {
        for (int i = 0; i < TEXTS; i++) {
            check.accept(text(pieces));
        }
    }

    private String text(String... pieces) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(9); left >= 0; left--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    @Test
    void actions() {
        int found = 0;
        for (int i = 0; i < TEXTS; i++) {
            String line = text(
                    " ",
                    "  ",
                    "10250/tcp",
                    "ALLOW",
                    "DENY",
                    " REJECT",
                    " LIMIT",
                    " IN",
                    " OUT",
                    " FWD",
                    "Anywhere",
                    "IN",
                    " ".repeat(15),
                    " ".repeat(63),
                    " ".repeat(64),
                    "\u00a0");
            int from = random.nextInt(line.length() + 1);
            Matcher said = ACTION.matcher(line);
            Optional<UfwWords.Action> action = UfwWords.Action.find(line, from);
            assertThat(action.isPresent()).as("'%s' from %d", line, from).isEqualTo(said.find(from));
            if (action.isPresent()) {
                found++;
                assertThat(action.get())
                        .as("'%s' from %d", line, from)
                        .isEqualTo(new UfwWords.Action(
                                said.start(), said.end(), said.group(1), said.group(2) == null ? "" : said.group(2)));
            }
        }
        assertThat(found).isGreaterThan(TEXTS / 20);
    }

    @Test
    void numbers() {
        for (int i = 0; i < TEXTS; i++) {
            String line = text("[", "] ", "]", " ", "1", "23", "456789", "\u0661", "-", "ALLOW");
            Matcher said = NUMBER.matcher(line);
            assertThat(UfwWords.Number.of(line))
                    .as(line)
                    .isEqualTo(
                            said.lookingAt()
                                    ? Optional.of(new UfwWords.Number(Integer.parseInt(said.group(1)), said.end()))
                                    : Optional.empty());
        }
    }

    @Test
    void notes() {
        for (int i = 0; i < TEXTS; i++) {
            String sender =
                    text("Anywhere", " ", "  ", " (", "(", "log", "log-all", "out", ", ", ")", "(log)", " (out)");
            Matcher said = NOTES.matcher(sender);
            assertThat(UfwWords.withoutNotes(sender).strip())
                    .as(sender)
                    .isEqualTo((said.find() ? sender.substring(0, said.start()) : sender).strip());
        }
    }

    @Test
    void defaults() {
        for (int i = 0; i < TEXTS; i++) {
            String line = (random.nextBoolean() ? "Default: " : "")
                    + text(
                            "allow (incoming)",
                            "deny (incoming)",
                            "deny (outgoing)",
                            "reject (outgoing)",
                            ", ",
                            ", ",
                            "disabled (routed)",
                            "(routed)",
                            "x",
                            "Default: ",
                            "abcdefghijklmnopq (routed)");
            Matcher said = DEFAULTS.matcher(line);
            assertThat(UfwWords.Defaults.of(line))
                    .as(line)
                    .isEqualTo(
                            said.matches()
                                    ? Optional.of(new UfwWords.Defaults(said.group(1), said.group(2)))
                                    : Optional.empty());
        }
        assertThat(UfwWords.Defaults.of("Default: deny (incoming), allow (outgoing), disabled (routed)"))
                .contains(new UfwWords.Defaults("deny", "allow"));
    }

    @Test
    void words() {
        each(
                word -> {
                    assertThat(UfwWords.isProtocol(word))
                            .as(word)
                            .isEqualTo(PROTOCOL.matcher(word).matches());
                    assertThat(UfwWords.isInterface(word))
                            .as(word)
                            .isEqualTo(INTERFACE.matcher(word).matches());
                },
                "a",
                "tcp",
                "6",
                "-",
                "A",
                "_",
                ".",
                "eth0",
                "@",
                "\u00e4",
                "ipv6-icmp",
                " ",
                "{",
                "[");
    }

    @Test
    void linesOfShells() {
        each(
                line -> {
                    Matcher code = RETURN_CODE.matcher(line);
                    assertThat(ReturnCode.of(line))
                            .as(line)
                            .isEqualTo(
                                    code.matches() ? Optional.of(Integer.parseInt(code.group(1))) : Optional.empty());
                    assertThat(UfwWords.sayNotFound(line))
                            .as(line)
                            .isEqualTo(NOT_FOUND.matcher(line).find());
                },
                "rc",
                "exit",
                "status",
                " ",
                "=",
                ":",
                "0",
                "127",
                "ufw",
                "'",
                "\u2019",
                ": ",
                "not found",
                "command not found",
                "command ",
                "No such file or directory",
                "sh: 1: ");
    }

    @Test
    void commands() {
        each(
                line -> {
                    Matcher status = STATUS.matcher(line);
                    assertThat(UfwWords.endOfStatus(line)).as(line).isEqualTo(status.lookingAt() ? status.end() : -1);
                    Matcher pipe = PIPE.matcher(line);
                    assertThat(UfwWords.pipe(line)).as(line).isEqualTo(pipe.find() ? pipe.start() : -1);
                },
                "status",
                " verbose",
                " numbered",
                " ",
                "|",
                "|",
                ">",
                "2",
                ";",
                "x",
                "|| true",
                "| head");
        assertThat(List.of(" a \t b", "\t\t", "a", "").stream()
                        .map(UfwWords::withSingleBlanks)
                        .toList())
                .containsExactly(" a b", " ", "a", "");
    }
}
