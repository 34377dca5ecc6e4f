package tunneldoctor.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goes through {@code rules/README.md} as an author would: its commands, with the two files it prints put in where it says.
 * A cause nobody has heard of is known to every command then, without a line of Java.
 */
class AuthorsGuideTest {
    private static final Path GUIDE = Path.of("rules/README.md");
    private static final String CAUSE = "custom-dns-unresolved";
    private static final Pattern COMMANDS = Pattern.compile("(?s)```sh\\n(.*?)```");
    private static final Pattern FILES = Pattern.compile("(?s)<!-- file: (\\S+) -->\\n```\\w+\\n(.*?)```\\n");

    @TempDir
    private Path folder;

    private String guide = "";
    private List<List<String>> commands = new ArrayList<>();
    private final Map<String, String> files = new LinkedHashMap<>();

    @BeforeEach
    void readTheGuide() throws IOException {
        guide = Files.readString(GUIDE);
        Matcher blocks = COMMANDS.matcher(guide);
        while (blocks.find()) {
            commands.add(blocks.group(1).lines().toList());
        }
        Matcher given = FILES.matcher(guide);
        while (given.find()) {
            files.put(given.group(1), given.group(2));
        }
        assertThat(commands).hasSize(2);
        assertThat(files).hasSize(2);
    }

    private CommandRun run(String command) {
        assertThat(command).startsWith("tunnel-doctor ");
        String[] words = Stream.of(command.split(" "))
                .skip(1)
                .map(word -> word.startsWith("mine/") ? folder.resolve(word).toString() : word)
                .toArray(String[]::new);
        return CommandRun.of(folder, words);
    }

    private void fillIn() throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path place = folder.resolve(file.getKey());
            assertThat(place).as("'rules new' has begun it").exists();
            Files.writeString(place, file.getValue());
        }
    }

    @Test
    void theWalkthroughEndsInACauseThatEveryCommandKnows() throws IOException {
        CommandRun begun = run(commands.get(0).get(0));
        assertThat(begun.exit()).as(begun.err()).isZero();
        CommandRun blank = run(commands.get(0).get(1));
        assertThat(blank.exit()).isEqualTo(1);
        assertThat(blank.out()).contains("this is still to be filled in", "the rule has no condition");

        fillIn();

        Map<String, CommandRun> runs = new LinkedHashMap<>();
        commands.get(1)
                .forEach(command -> runs.put(command.split(" ")[command.contains(" rules ") ? 2 : 1], run(command)));
        runs.forEach((name, run) -> assertThat(run.err()).as(name).isEmpty());
        assertThat(requireNonNull(runs.get("check")).out()).isEqualTo("1 rule file and 4 scenes: nothing is wrong\n");
        assertThat(requireNonNull(runs.get("check")).exit()).isZero();
        assertThat(requireNonNull(runs.get("test")).exit())
                .as(requireNonNull(runs.get("test")).out())
                .isZero();
        assertThat(requireNonNull(runs.get("test")).out()).contains("4 scenes: 4 passed");
        assertThat(requireNonNull(runs.get("show")).out())
                .contains("168.63.129.16", "near miss: another name is not resolved");
        assertThat(folder.resolve("mine/docs/" + CAUSE + ".md"))
                .content()
                .contains("# Custom DNS servers do not resolve");
        assertThat(folder.resolve("mine/docs/README.md")).content().contains("(" + CAUSE + ".md)");
        assertThat(requireNonNull(runs.get("diagnose")).exit()).isEqualTo(1);
        assertThat(requireNonNull(runs.get("diagnose")).out())
                .contains(
                        "Custom DNS servers do not resolve the API server", "PROVED", "LIKELY", "az network vnet list");
        CommandRun listed = run("tunnel-doctor rules list --rules mine/rules");
        assertThat(listed.out()).startsWith(CAUSE).contains("blocking", "sandbox");
    }

    /** Beside the shipped causes it is found as well, and none of their scenes ends otherwise. */
    @Test
    void theCauseLivesBesideTheShippedOnes() throws IOException {
        copy(Path.of("rules"), folder.resolve("rules"));
        copy(Path.of("facts-samples"), folder.resolve("facts-samples"));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey().replace("mine/", "")), file.getValue());
        }
        String rules = folder.resolve("rules").toString();
        Path sample = folder.resolve("facts-samples/egress/" + CAUSE + ".yaml");

        CommandRun checked = CommandRun.of(folder, "rules", "check", rules);
        CommandRun diagnosed = CommandRun.of(folder, "diagnose", "--rules", rules, sample.toString());
        Files.delete(sample);
        CommandRun others = CommandRun.of(folder, "rules", "test", "--rules", rules);

        assertThat(checked.out()).endsWith("nothing is wrong\n");
        assertThat(diagnosed.out()).contains("Custom DNS servers do not resolve the API server");
        assertThat(others.exit()).as(others.out()).isZero();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }
}
