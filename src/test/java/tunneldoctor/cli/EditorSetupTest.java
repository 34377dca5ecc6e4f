package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.drools.drl.parser.DrlParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kie.internal.builder.conf.LanguageLevelOption;

/** The editor's tasks understand what the commands print, and its language server the language of the rules. */
class EditorSetupTest {
    @TempDir
    private Path folder;

    @Test
    void theTasksFindEveryPlaceThatCheckPrints() throws IOException {
        CommandRun.of(
                folder,
                "rules",
                "new",
                "some-cause",
                "--rules",
                folder.resolve("rules").toString());
        String printed = CommandRun.of(
                        folder, "rules", "check", folder.resolve("rules").toString())
                .out();
        List<String> places =
                printed.lines().filter(line -> line.contains("some-cause.")).toList();
        assertThat(places).hasSizeGreaterThan(5);
        JsonNode tasks = new ObjectMapper()
                .readTree(Path.of(".vscode/tasks.json").toFile())
                .get("tasks");
        for (JsonNode task : tasks) {
            JsonNode pattern = task.get("problemMatcher").get("pattern");
            Pattern expression = Pattern.compile(pattern.get("regexp").textValue());
            List<Matcher> matches = printed.lines()
                    .map(expression::matcher)
                    .filter(Matcher::find)
                    .toList();
            assertThat(matches).hasSameSizeAs(places);
            for (Matcher match : matches) {
                assertThat(Path.of(match.group(pattern.get("file").intValue()))).isRegularFile();
                assertThat(Integer.parseInt(match.group(pattern.get("line").intValue())))
                        .isPositive();
                assertThat(Integer.parseInt(match.group(pattern.get("column").intValue())))
                        .isPositive();
                assertThat(match.group(pattern.get("message").intValue())).isNotBlank();
            }
        }
    }

    /** The language server has the grammar of a later language level than the engine is set to. */
    @Test
    void theRulesAreReadByTheGrammarOfTheLanguageServer() throws Exception {
        try (Stream<Path> files = Files.walk(Path.of("rules"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".drl")).toList()) {
                DrlParser parser = new DrlParser(LanguageLevelOption.DRL10);
                assertThat(parser.parse(null, Files.readString(file)))
                        .as("%s: %s", file, parser.getErrors())
                        .isNotNull();
                assertThat(parser.getErrors()).as(file.toString()).isEmpty();
            }
        }
    }
}
