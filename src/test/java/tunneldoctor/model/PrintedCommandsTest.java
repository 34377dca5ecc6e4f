package tunneldoctor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A name or comment from the evidence stays one harmless word of a printed command, whatever it holds. */
class PrintedCommandsTest {
    private static final SourceRef NOWHERE = new SourceRef("", 0, "");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "two words",
                "it's",
                "\"quoted\"",
                "$(touch pwned)",
                "`touch pwned`",
                "a; touch pwned",
                "a\\",
                "!x",
                "-rf",
                "~root",
                "*",
                "a&b|c>d<e",
                "#c",
                "",
                "${HOME}"
            })
    void aQuotedWordArrivesAsItIs(String word) throws Exception {
        assertThat(shell("printf '%s' " + Shell.quote(word))).isEqualTo(word);
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void controlCharactersDoNotReachTheTerminal() {
        assertThat(Shell.quote("a\nb\u001b[31m\u202e")).isEqualTo("'a?b?[31m?'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$(touch pwned)", "`touch pwned`; touch pwned", "it\\'s \\\"fine\\\"", "a  b"})
    void aRulesCommentIsNotExpanded(String comment) throws Exception {
        HostRule rule = new HostRule(
                "filter",
                "INPUT",
                1,
                List.of(),
                "DROP",
                "",
                false,
                "! -s 10.0.0.0/8 -p tcp -m comment --comment \"" + comment + "\" -j DROP",
                NOWHERE);

        String words = shell("for word in " + rule.specificationForShell() + "; do printf '<%s>' \"$word\"; done");

        assertThat(words)
                .isEqualTo("<!><-s><10.0.0.0/8><-p><tcp><-m><comment><--comment><"
                        + comment.replace("\\'", "'").replace("\\\"", "\"") + "><-j><DROP>");
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void deletionsByNumberGoFromTheHighestDown() {
        HostRule low = rule(2);
        HostRule high = rule(10);

        HostChange.DeleteRules change = new HostChange.DeleteRules(List.of(), "iptables", List.of(low, high), true);

        assertThat(change.script()).isEqualTo("iptables --wait --delete INPUT 10 && iptables --wait --delete INPUT 2");
    }

    private static HostRule rule(int position) {
        return new HostRule("filter", "INPUT", position, List.of(), "DROP", "", false, "-p tcp -j DROP", NOWHERE);
    }

    private String shell(String script) throws Exception {
        Path file = Files.writeString(folder.resolve("script"), script);
        Process process = new ProcessBuilder("sh", file.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
