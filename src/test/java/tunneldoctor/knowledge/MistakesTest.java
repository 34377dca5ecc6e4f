package tunneldoctor.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mistakes of authors, a small file for each. What is expected stands where it belongs, as
 * {@code //! column: message | hint}; {@code //^} speaks of the line above, {@code //v} of the line below.
 */
class MistakesTest {
    private static final Path FOLDER = Path.of("src/test/resources/tunneldoctor/knowledge/mistakes");
    private static final Pattern MARK = Pattern.compile("//([!^v]) (\\d+): (.*?) \\| (.*)$");

    @TempDir
    private static Path temp;

    private static RuleCheck check;
    private static Map<Path, List<RuleProblem>> problems;

    private record Expected(int line, int column, String message, String hint) {}

    @BeforeAll
    static void checkAllAtOnce() {
        check = RuleCheck.of(FOLDER, temp.resolve("cache"));
        problems = check.problems().stream().collect(Collectors.groupingBy(RuleProblem::file));
    }

    static Stream<Path> files() throws IOException {
        try (Stream<Path> walk = Files.walk(FOLDER)) {
            return walk.filter(file -> file.toString().endsWith(".drl")).sorted().toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void everyMistakeIsToldAtItsPlaceWithAWayOut(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<Expected> expected = expected(lines);
        List<RuleProblem> found = problems.getOrDefault(file, List.of());

        assertThat(found)
                .as("%s", found.stream().map(RuleProblem::describe).toList())
                .hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            Expected wanted = expected.get(i);
            RuleProblem problem = found.get(i);
            assertThat(problem.line() + ":" + problem.column())
                    .as(problem.describe())
                    .isEqualTo(wanted.line() + ":" + wanted.column());
            assertThat(problem.message()).contains(wanted.message());
            assertThat(problem.hint()).contains(wanted.hint());
            assertThat(problem.lineText())
                    .isEqualTo(
                            lines.isEmpty() ? "" : lines.get(wanted.line() - 1).stripTrailing());
        }
    }

    private static List<Expected> expected(List<String> lines) {
        List<Expected> expected = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher mark = MARK.matcher(lines.get(i));
            if (mark.find()) {
                int line = i + ("^!v".indexOf(mark.group(1)));
                expected.add(new Expected(line, Integer.parseInt(mark.group(2)), mark.group(3), mark.group(4)));
            }
        }
        return expected;
    }

    @Test
    void noMessageShowsTheInsideOfTheMachine() {
        assertThat(check.problems())
                .hasSizeGreaterThan(80)
                .allSatisfy(problem -> assertThat(problem.describe())
                        .doesNotContain("Exception", "org.drools", "org.mvel", "java.lang", "Lambda", "\tat ", "ERR "));
    }

    @Test
    void theShippedRulesAreWithoutMistakes() {
        RuleCheck shipped = RuleCheck.of(Path.of("rules"), temp.resolve("cache"));

        assertThat(shipped.problems()).isEmpty();
        assertThat(shipped.causes()).isNotEmpty();
    }
}
