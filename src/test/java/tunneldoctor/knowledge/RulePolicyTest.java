package tunneldoctor.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused, where it is said to stand, and that none of it runs. */
class RulePolicyTest {
    private static final Path RAN = Path.of(System.getProperty("java.io.tmpdir"), "tunnel-doctor-rule-ran");
    private static final String CREATE = "new java.io.File(\"" + RAN + "\").createNewFile()";

    @TempDir
    private Path temp;

    @BeforeEach
    void nothingRanBefore() throws Exception {
        Files.deleteIfExists(RAN);
    }

    private List<RuleProblem> problemsOf(String text) {
        RuleText.write(temp, "rules/" + RuleText.FILE, text);
        RuleBaseException refused = catchThrowableOfType(
                RuleBaseException.class, () -> RuleBase.load(temp.resolve("rules"), temp.resolve("cache")));
        assertThat(refused).as("refused").isNotNull();
        return refused.problems();
    }

    static Stream<Arguments> attacks() {
        String condition = RuleText.CONDITION;
        String good = RuleText.good();
        String annotation = RuleText.METADATA;
        return Stream.of(
                Arguments.of("a constructor in then", RuleText.with(condition, CREATE + ";")),
                Arguments.of("code inside insertLogical", RuleText.with(condition, "insertLogical(" + CREATE + ");")),
                Arguments.of(
                        "a full name in then",
                        RuleText.with(condition, "insertLogical(java.lang.Runtime.getRuntime());")),
                Arguments.of(
                        "Runtime.exec", RuleText.with(condition, "Runtime.getRuntime().exec(\"touch " + RAN + "\");")),
                Arguments.of("System.exit", RuleText.with(condition, "insertLogical(System.exit(1));")),
                Arguments.of(
                        "reflection from a fact",
                        RuleText.with(condition, "insertLogical($symptom.getClass().forName(\"java.lang.Runtime\"));")),
                Arguments.of(
                        "reflection from a text",
                        RuleText.with(condition, "insertLogical(\"\".getClass().getClassLoader());")),
                Arguments.of(
                        "a class literal", RuleText.with(condition, "insertLogical(Symptom.class.getClassLoader());")),
                Arguments.of(
                        "the session behind drools",
                        RuleText.with(condition, "insertLogical(drools.getKieRuntime().getKieBase());")),
                Arguments.of(
                        "the rule behind drools",
                        RuleText.with(condition, "insertLogical(drools.getRule().getClass());")),
                Arguments.of("a lambda", RuleText.with(condition, "insertLogical((Runnable) () -> {});")),
                Arguments.of("a loop", RuleText.with(condition, "while (true) {}")),
                Arguments.of("code in a condition", RuleText.with("Symptom(" + CREATE + ")", RuleText.CONSEQUENCE)),
                Arguments.of(
                        "a full name in a condition",
                        RuleText.with("Symptom(java.lang.System.getenv() != null)", RuleText.CONSEQUENCE)),
                Arguments.of(
                        "reflection in a condition",
                        RuleText.with("Symptom(this.class.name != \"\")", RuleText.CONSEQUENCE)),
                Arguments.of("a cast in a condition", RuleText.with("Symptom(this#java.io.File.exists)", "")),
                Arguments.of("eval", RuleText.with("eval(" + CREATE + ")", RuleText.CONSEQUENCE)),
                Arguments.of("eval in a pattern", RuleText.with("Symptom(eval(" + CREATE + "))", RuleText.CONSEQUENCE)),
                Arguments.of(
                        "from",
                        RuleText.with("Symptom() from java.util.List.of(" + CREATE + ")", RuleText.CONSEQUENCE)),
                Arguments.of(
                        "code in accumulate",
                        RuleText.with(
                                "Number() from accumulate(Symptom(), init(" + CREATE
                                        + ";), action(;), reverse(;), result(1))",
                                RuleText.CONSEQUENCE)),
                Arguments.of(
                        "code in an accumulate function",
                        RuleText.with("accumulate(Symptom(); $n : count(" + CREATE + "))", RuleText.CONSEQUENCE)),
                Arguments.of("code in an annotation", good.replace("@title(\"Some cause\")", "@title(" + CREATE + ")")),
                Arguments.of(
                        "code in an unknown annotation",
                        good.replace(annotation, annotation + " @doc(" + CREATE + ")")),
                Arguments.of(
                        "code in a keyed annotation",
                        good.replace("@title(\"Some cause\")", "@title(a = " + CREATE + ")")),
                Arguments.of(
                        "code behind a text in an annotation",
                        good.replace("@title(\"Some cause\")", "@title(\"a\" + " + CREATE + " + \"b\")")),
                Arguments.of(
                        "an annotation on a pattern",
                        RuleText.with("$symptom : Symptom(timeout) @watch(" + CREATE + ")", RuleText.CONSEQUENCE)),
                Arguments.of(
                        "a salience that is computed", good.replace("when", "salience (" + CREATE + " ? 1 : 2)\nwhen")),
                Arguments.of("enabled that is computed", good.replace("when", "enabled (" + CREATE + ")\nwhen")),
                Arguments.of("a timer", good.replace("when", "timer (int: 0 1)\nwhen")),
                Arguments.of("a function", good.replace("dialect", "function boolean f() { return true; }\ndialect")),
                Arguments.of(
                        "a declared type",
                        good.replace("dialect", "declare Own\n  made : boolean = " + CREATE + "\nend\ndialect")),
                Arguments.of("a query", good + "query \"some-cause: q\"\n  Symptom()\nend\n"),
                Arguments.of("a global", good.replace("dialect", "global java.util.List all\ndialect")),
                Arguments.of(
                        "a static import",
                        good.replace("import tunneldoctor.model.Missing", "import static java.lang.System.exit")),
                Arguments.of(
                        "an import of functions",
                        good.replace("import tunneldoctor.model.Missing", "import function java.lang.System.exit")),
                Arguments.of(
                        "an import of accumulate functions",
                        good.replace("import tunneldoctor.model.Missing", "import accumulate java.io.File f")),
                Arguments.of(
                        "a wildcard import", good.replace("import tunneldoctor.model.Missing", "import java.io.*")),
                Arguments.of(
                        "an import of the model by wildcard",
                        good.replace("import tunneldoctor.model.Missing", "import tunneldoctor.model.*")),
                Arguments.of(
                        "an import out of reach",
                        good.replace("import tunneldoctor.model.Missing", "import java.io.File")),
                Arguments.of(
                        "a unicode escape",
                        RuleText.with(condition, "// \\u000a " + CREATE + ";\n" + RuleText.CONSEQUENCE)),
                Arguments.of("the mvel dialect", good.replace("\"java\"", "\"mvel\"")),
                Arguments.of("the mvel dialect on a rule", good.replace("when", "dialect \"mvel\"\nwhen")),
                Arguments.of(
                        "a named consequence",
                        RuleText.with("$symptom : Symptom(timeout) do[other]", RuleText.CONSEQUENCE)
                                .replace("\nend\n", "\nthen[other]\n" + CREATE + ";\nend\n")),
                Arguments.of(
                        "a branch",
                        RuleText.with(
                                        "$symptom : Symptom(timeout)\nif (" + CREATE + ") do[other]",
                                        RuleText.CONSEQUENCE)
                                .replace("\nend\n", "\nthen[other]\n;\nend\n")),
                Arguments.of("a path expression", RuleText.with("/symptoms[ " + CREATE + " ]", RuleText.CONSEQUENCE)),
                Arguments.of("a query call", RuleText.with("?other(" + CREATE + ";)", RuleText.CONSEQUENCE)),
                Arguments.of("a rule unit", good.replace("dialect", "unit java.io.File;\ndialect")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void codeIsRefusedBeforeAnyOfItRuns(String what, String text) {
        List<RuleProblem> problems = problemsOf(text);

        assertThat(problems).as(what).isNotEmpty().allSatisfy(problem -> {
            assertThat(problem.file().toString()).endsWith(RuleText.FILE);
            assertThat(problem.message()).isNotBlank().doesNotContain("Exception", "org.drools");
        });
        assertThat(problems)
                .as(what)
                .anySatisfy(problem -> assertThat(problem.line()).isPositive());
        assertThat(RAN).as(what + " ran").doesNotExist();
        assertThat(temp.resolve("cache")).doesNotExist();
    }

    static Stream<Arguments> mistakes() {
        String good = RuleText.good();
        String then = RuleText.CONSEQUENCE;
        return Stream.of(
                Arguments.of(
                        RuleText.with("$symptom : Symptom(timeuot)", then),
                        12,
                        "Symptom has no field 'timeuot'",
                        "Did you mean 'timeout'? Fields: address, evidence"),
                Arguments.of(
                        RuleText.with("$symptom : Symptom(timeout, port == \"a\")", then),
                        12,
                        "\"a\" is not",
                        "type int"),
                Arguments.of(
                        RuleText.with("$symptom : Symptom(kind == \"KUBELET_TLS\")", then),
                        12,
                        "not a value of type Kind",
                        "Kind.KUBELET_TIMEOUT"),
                Arguments.of(
                        RuleText.with("$symptom : Symptom(kind == Symptom.Kind.KUBELET_TSL)", then),
                        12,
                        "Kind has no value 'KUBELET_TSL'",
                        "'KUBELET_TLS'"),
                Arguments.of(
                        RuleText.with("$symptom : Symptom(port > 3 && < 5)", then),
                        12,
                        "without its left side",
                        "again"),
                Arguments.of(RuleText.with("$symptom : Symptom(node == $other)", then), 12, "nothing is bound", ""),
                Arguments.of(RuleText.with("$symptom : Sympton(timeout)", then), 12, "'Sympton' is not", "'Symptom'"),
                Arguments.of(
                        RuleText.with("$symptom : Symptom()\nProbe(open)", then),
                        13,
                        "'Probe' is not",
                        "import tunneldoctor.model.Probe"),
                Arguments.of(RuleText.with("$symptom : Symptom(timeout", then), 12, "not closed", ")"),
                Arguments.of(
                        RuleText.with(RuleText.CONDITION, then.replace("proved", "prooved")),
                        14,
                        "Conclude has no method 'prooved'",
                        "'proved'"),
                Arguments.of(
                        RuleText.with(RuleText.CONDITION, then.replace("$symptom", "$sympton")),
                        14,
                        "nothing is bound to $sympton",
                        "'$symptom'"),
                Arguments.of(
                        RuleText.with(RuleText.CONDITION, then.replace("insertLogical", "insert")),
                        14,
                        "'insert' has no place",
                        "insertLogical"),
                Arguments.of(
                        RuleText.with(RuleText.CONDITION, "modify($symptom) { port = 3 };"),
                        14,
                        "'modify' has no place",
                        "do not change"),
                Arguments.of(
                        RuleText.with(RuleText.CONDITION, "delete($symptom);"), 14, "'delete' has no place", "'not'"),
                Arguments.of(RuleText.with(RuleText.CONDITION, ""), 13, "concludes nothing", "insertLogical"),
                Arguments.of(
                        RuleText.with(
                                RuleText.CONDITION, "insertLogical(Conclude.proved(drools.getRule(), 5, $symptom));"),
                        14,
                        "Conclude.proved does not take 5, a number",
                        "String why"),
                Arguments.of(good.replace("when", "salience 10\nwhen"), 11, "'salience' has no place", "order"),
                Arguments.of(good.replace("when", "no-loop true\nwhen"), 11, "'no-loop' has no place", "order"),
                Arguments.of(
                        good.replace("when", "agenda-group \"a\"\nwhen"), 11, "'agenda-group' has no place", "order"),
                Arguments.of(
                        good.replace("dialect \"java\"", "dialect \"java\"\nlock-on-active true"),
                        8,
                        "'lock-on-active'",
                        ""),
                Arguments.of(good.replace("@maturity", "@maturty"), 10, "unknown annotation @maturty", "@maturity"),
                Arguments.of(good.replace("@maturity(\"stable\")", ""), 9, "@maturity is missing", ""),
                Arguments.of(good.replace("\"stable\"", "\"best\""), 10, "no maturity best", "incubating"),
                Arguments.of(good.replace("BLOCKING", "HIGH"), 10, "no severity HIGH", "BLOCKING, DEGRADING"),
                Arguments.of(
                        good.replace("\"some-cause: found", "\"other: found"),
                        9,
                        "name does not begin",
                        "some-cause: "),
                Arguments.of(
                        good.replace("rules.some_cause", "rules.other"), 1, "package does not fit", "rules.some_cause"),
                Arguments.of(
                        good.replace("model.Missing", "model.Mising"),
                        6,
                        "no type tunneldoctor.model.Mising",
                        "'tunneldoctor.model.Missing'"),
                Arguments.of(
                        good + good.substring(good.indexOf("rule \"")).replace(RuleText.METADATA, ""),
                        16,
                        "another rule of this name",
                        ""),
                Arguments.of(
                        RuleText.with("$symptom : Symptom()\nnot Conclusion.Finding()", then)
                                .replace("model.Missing", "model.Conclusion"),
                        13,
                        "under a negation",
                        "negate the facts"));
    }

    @ParameterizedTest(name = "line {1}: {2}")
    @MethodSource("mistakes")
    void aMistakeIsToldWithItsLineAndAWayOut(String text, int line, String message, String hint) {
        List<RuleProblem> problems = problemsOf(text);

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).line()).isEqualTo(line);
        assertThat(problems.get(0).message()).contains(message);
        assertThat(problems.get(0).hint()).contains(hint);
        assertThat(problems.get(0).lineText())
                .isEqualTo(text.lines().toList().get(line - 1).stripTrailing());
        assertThat(problems.get(0).describe()).doesNotContain("Exception", "org.drools", "Lambda", "\tat ");
    }

    @Test
    void everyMistakeOfEveryFileIsTold() {
        RuleText.write(
                temp,
                "rules/a/first-cause.drl",
                RuleText.with("$symptom : Symptom(timeuot, prt == 1)", RuleText.CONSEQUENCE)
                        .replace("some-cause", "first-cause")
                        .replace("some_cause", "first_cause"));
        List<RuleProblem> problems = problemsOf(RuleText.good().replace("when", "salience 1\nwhen"));

        assertThat(problems)
                .extracting(problem -> problem.file().getFileName() + ":" + problem.line() + ":" + problem.column())
                .containsExactly("first-cause.drl:12:20", "first-cause.drl:12:29", "some-cause.drl:11:1");
    }

    /** The second and third check stand on their own: they hold where the first is not asked. */
    @Test
    void compiledCodeThatReachesOutIsRefusedWithoutThePolicy() {
        RuleText.write(
                temp,
                RuleText.FILE,
                RuleText.with(RuleText.CONDITION, "try { " + CREATE + "; } catch (Exception e) {}"));
        RuleFile file = RuleFile.readAll(temp, new java.util.ArrayList<>()).get(0);
        CompiledRules compiled = RuleCompiler.build(file, Optional.empty(), new java.util.ArrayList<>())
                .orElseThrow();

        assertThat(Cage.outside(compiled.classes()))
                .contains("java.io.File", "java.io.File.<init>", "java.io.File.createNewFile");
        assertThat(Cage.outside(Map.of("rules.Broken", new byte[] {1, 2, 3}))).containsExactly("rules.Broken");
        RuleLoader loader = new RuleLoader(RulePolicyTest.class.getClassLoader(), compiled.classes());
        assertThat(catchThrowableOfType(ClassNotFoundException.class, () -> loader.loadClass("java.io.File")))
                .hasMessageContaining("out of reach");
    }
}
