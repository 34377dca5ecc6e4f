package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tunneldoctor.redact.Redaction;

/** The law: what is said of a redacted file is the redaction of what is said of the file. */
class RedactionLawTest {
    private static final List<List<String>> QUESTIONS = List.of(
            List.of("diagnose", "-o", "json"),
            List.of("diagnose", "--verbose"),
            List.of("diagnose"),
            List.of("reach", "-o", "json"),
            List.of("reach"));

    @TempDir
    private Path folder;

    static Stream<Path> samples() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("facts-samples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theDiagnosisOfTheRedactedIsTheRedactionOfTheDiagnosis(Path sample) throws IOException {
        String original = Files.readString(sample);
        for (String key : List.of("one key", "another")) {
            Redaction.Learning learning = Redaction.learning();
            original.lines().forEach(learning::line);
            Redaction redaction = learning.with(key.getBytes(StandardCharsets.UTF_8));
            Path given = folder.resolve("facts.yaml");
            Files.writeString(given, original);
            List<String> before = QUESTIONS.stream().map(q -> asked(q, given)).toList();
            Files.writeString(given, redaction.text(original));
            for (int i = 0; i < QUESTIONS.size(); i++) {
                String now = asked(QUESTIONS.get(i), given);
                String expected = redaction.text(before.get(i));
                assertThat(difference(laidOut(QUESTIONS.get(i), expected), laidOut(QUESTIONS.get(i), now)))
                        .as("%s of %s with %s", QUESTIONS.get(i), sample, key)
                        .isEmpty();
            }
        }
    }

    /** Where a text for people breaks its lines depends on how long an address is. */
    private static String laidOut(List<String> question, String report) {
        return question.contains("json") ? report : report.replaceAll("\\s+", " ");
    }

    /** The first line that is another, so that a failure can be read. */
    private static String difference(String expected, String actual) {
        List<String> left = expected.lines().toList();
        List<String> right = actual.lines().toList();
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            String one = i < left.size() ? left.get(i) : "(end)";
            String other = i < right.size() ? right.get(i) : "(end)";
            if (!one.equals(other)) {
                return "line " + (i + 1) + "\nexpected: " + one + "\nbut was:  " + other;
            }
        }
        return "";
    }

    private String asked(List<String> question, Path given) {
        List<String> rules = question.get(0).equals("diagnose") ? List.of("--rules", "rules") : List.of();
        String[] args = Stream.of(question, rules, List.of(given.toString()))
                .flatMap(List::stream)
                .toArray(String[]::new);
        CommandRun run = CommandRun.of(folder, args);
        return (run.out() + "exit " + run.exit() + "\n" + run.err()).replace(folder.toString(), "");
    }
}
