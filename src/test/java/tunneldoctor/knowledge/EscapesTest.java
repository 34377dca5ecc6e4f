package tunneldoctor.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Symptom;

/**
 * Rules that try to run code, a file for each. They call {@link Canary}, or would make a file, and none ever does: not while
 * they are read, nor while they are built, nor when the tool asks them.
 */
class EscapesTest {
    private static final Path FOLDER = Path.of("src/test/resources/tunneldoctor/knowledge/escapes");
    private static final String FILE = "@FILE@";

    @TempDir
    private Path temp;

    private int songsBefore;
    private Path made;

    @BeforeEach
    void nothingRanBefore() {
        songsBefore = Canary.songs();
        made = temp.resolve("made");
    }

    static Stream<Path> files() throws IOException {
        try (Stream<Path> list = Files.list(FOLDER)) {
            return list.sorted().toList().stream();
        }
    }

    /**
     * Those to build without looking at their text: one of each kind, or all with {@code -Devery-escape=true}. Never those
     * that Drools runs while it builds, which only the check of the text can hold.
     */
    static Stream<Path> built() throws IOException {
        return Boolean.getBoolean("every-escape")
                ? files().filter(file -> !file.getFileName().toString().matches("(annotation-.*|declared-enum)\\.drl"))
                : Stream.of(
                                "then-statement",
                                "then-runtime",
                                "then-class-for-name",
                                "then-reflection-from-fact",
                                "then-anonymous-class",
                                "then-thread",
                                "then-mvel",
                                "carriage-return",
                                "when-test",
                                "when-argument",
                                "eval",
                                "from",
                                "accumulate-code",
                                "groupby",
                                "salience",
                                "function",
                                "import-static")
                        .map(name -> FOLDER.resolve(name + ".drl"));
    }

    private Path rules() {
        return temp.resolve("rules");
    }

    private void copy(Path file) throws IOException {
        RuleText.write(
                rules(), file.getFileName().toString(), Files.readString(file).replace(FILE, made.toString()));
    }

    private void nothingRan(Path file) {
        assertThat(Canary.songs()).as("%s ran", file.getFileName()).isEqualTo(songsBefore);
        assertThat(made).as("%s made a file", file.getFileName()).doesNotExist();
        assertThat(System.getProperty("tunneldoctor.canary")).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void isRefusedByItsTextAndNeverRuns(Path file) throws IOException {
        copy(file);

        RuleBaseException refused =
                catchThrowableOfType(RuleBaseException.class, () -> RuleBase.load(rules(), temp.resolve("cache")));

        nothingRan(file);
        assertThat(refused).as("refused").isNotNull();
        assertThat(refused.problems()).allSatisfy(problem -> {
            assertThat(problem.line()).as(problem.describe()).isPositive();
            assertThat(problem.column()).isPositive();
            assertThat(problem.describe()).doesNotContain("Exception:", "Lambda", "\tat ");
        });
        assertThat(temp.resolve("cache")).as("nothing was built").doesNotExist();
    }

    /** The second check stands on its own: where the text is not looked at, what is built does not pass. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("built")
    void isRefusedByItsClassesWhereItsTextIsNotLookedAt(Path file) throws IOException {
        copy(file);
        RuleFile rules = RuleFile.readAll(rules(), new ArrayList<>()).get(0);

        Optional<CompiledRules> built = RuleCompiler.build(rules, Optional.empty(), new ArrayList<>());

        built.ifPresent(known ->
                assertThat(Cage.outside(known.classes())).as("out of reach").isNotEmpty());
        nothingRan(file);
    }

    @Test
    void classesThatCannotBeReadAreRefused() {
        assertThat(Cage.outside(Map.of("rules.Broken", new byte[] {1, 2, 3}))).containsExactly("rules.Broken");
    }

    @Test
    void aTypeOutOfReachIsNotLinked() {
        RuleLoader loader = new RuleLoader(EscapesTest.class.getClassLoader(), Map.of());

        for (String name : List.of("java.io.File", "java.lang.Runtime", "tunneldoctor.knowledge.Canary")) {
            assertThat(catchThrowableOfType(ClassNotFoundException.class, () -> loader.loadClass(name)))
                    .hasMessageContaining("out of reach");
        }
    }

    /** Texts go into the Java that Drools writes; they stay texts there. */
    @Test
    void aTextThatLooksLikeCodeStaysAText() throws Exception {
        String code = "\\\"); tunneldoctor.knowledge.Canary.sings(); (\\\"";
        RuleText.write(
                rules(),
                RuleText.FILE,
                RuleText.good()
                        .replace("because", code)
                        .replace("Some cause", code)
                        .replace("timeout", "timeout, verb != \"" + code + "\""));

        RuleBase base = RuleBase.load(rules(), temp.resolve("cache"));
        Symptom symptom =
                new Symptom(Symptom.Kind.KUBELET_TIMEOUT, "", "", 10250, "logs", new SourceRef("symptoms[0]", 1, ""));

        assertThat(base.causes().get(0).title()).isEqualTo(code.replace("\\", ""));
        assertThat(base.conclude(List.of(symptom))).hasSize(1).asString().contains("Canary.sings()");
        nothingRan(Path.of("a text"));
    }
}
