package tunneldoctor.collect.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The allow-list: what a script may hold. Whoever adds a command has to add it here, and to say that it only reads. */
class NodeScriptsTest {
    /** What looks at the node; each exactly as it is run. */
    private static final Set<String> LOOKS = Set.of(
            "$f$v-save",
            "iptables-save",
            "ip6tables-save",
            "nft list ruleset",
            "iptables --list --line-numbers -n -v",
            "ufw status verbose",
            "ufw status numbered",
            "ss -ltnp",
            "systemctl is-active kubelet",
            "nc -v -w 2 \"$1\" 10250");

    /** The script's own functions, the shell's own words, and filters. */
    private static final Set<String> WORDS = Set.of(
            "gathered",
            "kept",
            "may",
            "frame",
            "there",
            "attempt",
            "$limit", //
            "export",
            "umask",
            "command",
            "printf",
            "echo",
            "[",
            "trap",
            "exit",
            "for",
            "in", //
            "gzip",
            "base64",
            "tr",
            "sha256sum",
            "wc",
            "dd",
            "mktemp",
            "timeout",
            "bash",
            "rm");

    private static final Pattern LOOK = Pattern.compile("(?<![a-z])(?:kept|may) ([^;\\n}]+)");
    private static final Pattern REDIRECTION = Pattern.compile("(?<!@)[0-9]?(>>?|<)(&?[^ ;)\\n]*)");
    private static final Pattern REMOVAL = Pattern.compile("rm ([^;\\n}]*)");

    static List<NodeScript> scripts() {
        return List.of(
                NodeScripts.GATHER,
                NodeScripts.probe(List.of("10.0.0.1", "fd00::1")),
                NodeScripts.part("abcDEF0123", 1, true),
                NodeScripts.forget("abcDEF0123"));
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void onlyCommandsThatReadLookAtTheNode(NodeScript script) {
        Set<String> looks = new TreeSet<>();
        Matcher look = LOOK.matcher(script.text().replace("{ kept \"$@\"", "").replace("then kept \"$@\"", ""));
        while (look.find()) {
            if (!look.group(1).startsWith("\"$@\"")) {
                looks.add(look.group(1).strip());
            }
        }

        assertThat(LOOKS).containsAll(looks);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void everyWordInACommandsPlaceIsKnown(NodeScript script) {
        Set<String> words = new TreeSet<>();
        String text = script.text().replaceAll("\\$\\{[^}]*}|\\$\\(\\([a-z]*\\)\\)", "value");
        for (String command : text.split("[;|&\\n(){}]|\\b(?:do|then|else|if|elif)\\b")) {
            Arrays.stream(command.strip().split("[ \\t]+"))
                    .filter(word -> !word.matches("[A-Za-z_]*=.*|!|fi|done|esac|'.*|\".*|[0-9<>].*|\\$[?]\"?.*|"))
                    .findFirst()
                    .ifPresent(words::add);
        }
        words.removeIf(word -> word.startsWith("$") && !word.equals("$limit"));

        assertThat(WORDS).containsAll(words);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void nothingIsWrittenButTheAnswersOwnFile(NodeScript script) {
        Matcher redirection = REDIRECTION.matcher(script.text().replace("</dev/tcp/", ""));
        while (redirection.find()) {
            if (!redirection.group(1).equals("<")) {
                assertThat(redirection.group(2)).isIn("/dev/null", "&1", "\"$f\"");
            }
        }
        Matcher removal = REMOVAL.matcher(script.text());
        while (removal.find()) {
            assertThat(removal.group(1).strip())
                    .isIn("-f \"$f\"", "-f \"$f\"' HUP INT TERM", "-f \"$d/tunnel-doctor.abcDEF0123\"");
        }
    }

    @Test
    void noScriptHoldsAWordThatChangesSomething() {
        Stream<Pattern> changes = Stream.of(
                        "ufw (?!status)",
                        "(?<!-)nft (?!list)",
                        "systemctl (?!is-active)",
                        "(?:^|[ ;(])ip6?tables(?!-save| --list)",
                        "-restore",
                        "\\b(?:tee|mv|cp|ln|chmod|chown|kill|pkill|reboot|shutdown|sysctl|modprobe|apt|curl|wget|eval|sudo)\\b")
                .map(Pattern::compile);

        List<String> texts = scripts().stream()
                .map(script -> script.text().replace("for f in iptables ip6tables;", ""))
                .toList();
        assertThat(changes)
                .allSatisfy(change ->
                        assertThat(texts).noneMatch(text -> change.matcher(text).find()));
    }
}
