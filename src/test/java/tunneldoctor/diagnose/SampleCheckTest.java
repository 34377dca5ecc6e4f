package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tunneldoctor.knowledge.RuleCheck;
import tunneldoctor.knowledge.RuleProblem;

/**
 * Mistakes in samples, and causes whose samples show too little. What is expected stands at its place, as
 * {@code #! column: message | hint}, in rule files after {@code //!}; {@code #^} speaks of the line above.
 */
class SampleCheckTest {
    private static final Path FOLDER = Path.of("src/test/resources/tunneldoctor/diagnose/samples");
    private static final Pattern MARK = Pattern.compile("(?:#|//)([!^]) (\\d+): (.*?) \\|(.*)$");

    @TempDir
    private Path temp;

    private RuleCheck rules(Path folder) {
        return RuleCheck.of(folder, temp.resolve("cache"));
    }

    @Test
    void everyMistakeIsToldAtItsPlaceWithAWayOut() throws IOException {
        SampleCheck.Result result = SampleCheck.of(
                Samples.beside(FOLDER.resolve("rules")),
                rules(FOLDER.resolve("rules")).causes());

        List<String> places = new ArrayList<>();
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                List<String> lines = Files.readAllLines(file);
                for (int i = 0; i < lines.size(); i++) {
                    Matcher mark = MARK.matcher(lines.get(i));
                    if (mark.find()) {
                        int line = mark.group(1).equals("^") ? i : i + 1;
                        String place = file + ":" + line + ":" + mark.group(2);
                        places.add(place);
                        assertThat(result.problems()).as(place).anySatisfy(problem -> {
                            assertThat(place(problem)).isEqualTo(place);
                            assertThat(problem.message()).contains(mark.group(3));
                            assertThat(problem.message() + problem.hint())
                                    .contains(mark.group(4).strip());
                        });
                    }
                }
            }
        }
        assertThat(result.problems()).extracting(SampleCheckTest::place).containsExactlyInAnyOrderElementsOf(places);
    }

    private static String place(RuleProblem problem) {
        return problem.file() + ":" + problem.line() + ":" + problem.column();
    }

    @Test
    void theShippedSamplesAreWithoutMistakes() {
        SampleCheck.Result result = SampleCheck.of(
                Samples.beside(Path.of("rules")), rules(Path.of("rules")).causes());

        assertThat(result.problems()).isEmpty();
        assertThat(result.scenes()).isPositive();
    }
}
