package tunneldoctor.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tunneldoctor.model.Answer;
import tunneldoctor.model.Cause;
import tunneldoctor.model.Certainty;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Severity;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Symptom;

class RuleBaseTest {
    private static final SourceRef AT = new SourceRef("symptoms[0]", 1, "i/o timeout");

    @TempDir
    private Path temp;

    private Path rules;
    private Path cache;

    @BeforeEach
    void directories() {
        rules = temp.resolve("rules");
        cache = temp.resolve("home/cache");
    }

    private RuleBase load() throws RuleBaseException {
        return RuleBase.load(rules, cache);
    }

    private static Symptom timeout(String node) {
        return new Symptom(Symptom.Kind.KUBELET_TIMEOUT, node, "", 10250, "logs", AT);
    }

    private static KubeNode node(String name) {
        return new KubeNode(name, "10.0.0.4", "", "", "linux", "", Answer.YES, false, List.of(), List.of(), AT);
    }

    private void write(String text) {
        RuleText.write(rules, RuleText.FILE, text);
    }

    @Test
    void aRuleConcludesUnderTheNameOfItsFile() throws Exception {
        write(RuleText.good());

        RuleBase base = load();

        assertThat(base.causes())
                .containsExactly(new Cause(
                        "some-cause",
                        "Some cause",
                        Severity.BLOCKING,
                        "a test",
                        "stable",
                        "all is well",
                        "some-cause.drl"));
        assertThat(base.conclude(List.of(timeout("a"), node("b"))))
                .containsExactly(
                        new Conclusion.Finding("some-cause", Certainty.PROVED, "because", List.of(timeout("a"))));
        assertThat(base.conclude(List.of())).isEmpty();
    }

    @Test
    void conditionsReadDefaultMethodsNestedEnumsAndOptionals() throws Exception {
        write(RuleText.with(
                "$a : Symptom(kind == Symptom.Kind.KUBELET_TIMEOUT, !refused, nodes contains node, port in (1, 10250))\n"
                        + "exists KubeNode(name == $a.node, ready.yes(), name str[startsWith] \"aks\", name matches \"a.*\")\n"
                        + "not KubeNode(cordoned || pressures.size() > 0)\n"
                        + "accumulate(KubeNode(); $n : count(1); $n > 1)\n"
                        + "accumulate(Symptom($p : port); $least : min($p), $most : max($p), $sum : sum($p), $mean : average($p))",
                "insertLogical(Conclude.proved(drools.getRule(), $n + \" nodes \" + $least + \" \" + $most + \" \" + $sum,"
                        + " $a));"));

        assertThat(load().conclude(List.of(timeout("aks-1"), node("aks-1"), node("b"))))
                .extracting(conclusion -> ((Conclusion.Finding) conclusion).why())
                .containsExactly("2 nodes 10250 10250 10250");
    }

    @Test
    void equalConclusionsOfTwoRulesAreOne() throws Exception {
        String second = "rule \"some-cause: again\"\nwhen\n" + RuleText.CONDITION + "\nthen\n" + RuleText.CONSEQUENCE
                + "\nend\n";
        write(RuleText.good() + second);

        assertThat(load().conclude(List.of(timeout("a")))).hasSize(1);
    }

    @Test
    void conclusionsComeInOneOrderWhateverTheOrderOfFacts() throws Exception {
        write(RuleText.good()
                + "rule \"some-cause: explains\"\nwhen\n$s : Symptom()\nexists KubeNode(name == $s.node)\n"
                + "then\ninsertLogical(Conclude.explains(drools.getRule(), $s));\nend\n");
        RuleBase base = load();
        List<Object> facts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            facts.add(timeout("node-" + i));
            facts.add(node("node-" + i));
        }
        List<Conclusion> first = base.conclude(facts);

        Random random = new Random(7);
        for (int i = 0; i < 10; i++) {
            Collections.shuffle(facts, random);
            assertThat(base.conclude(facts)).hasSize(40).isEqualTo(first);
        }
    }

    @Test
    void sharedInferencesAreNoCauseAndFeedOtherFiles() throws Exception {
        write(RuleText.with(
                "$missing : Missing(what == \"shared\")",
                "insertLogical(Conclude.cannotTell(drools.getRule()," + " $missing.what(), $missing.command()));"));
        String inference = RuleText.with(RuleText.CONDITION, "insertLogical(new Missing(\"shared\", \"kubectl\"));")
                .replace(RuleText.METADATA, "")
                .replace("some-cause", "timeouts")
                .replace("some_cause", "timeouts");
        RuleText.write(rules, "shared/timeouts.drl", inference);

        RuleBase base = load();

        assertThat(base.causes()).extracting(Cause::id).containsExactly("some-cause");
        assertThat(base.conclude(List.of(timeout("a"))))
                .containsExactly(
                        new Conclusion.CannotTell("some-cause", List.of(new Missing("shared", "kubectl")), List.of()));
    }

    @Test
    void theShippedRulesLoad() throws Exception {
        assertThat(RuleBase.load(Path.of("rules"), cache).causes())
                .isNotEmpty()
                .isSortedAccordingTo((a, b) -> a.id().compareTo(b.id()));
    }

    @Test
    void textOfAnyScriptReachesTheReader() throws Exception {
        write(RuleText.good().replace("because", "naïve — 原因"));

        assertThat(load().conclude(List.of(timeout("a"))))
                .extracting(conclusion -> ((Conclusion.Finding) conclusion).why())
                .containsExactly("naïve — 原因");
    }

    @Test
    void aRuleThatFeedsItselfIsNamed() throws Exception {
        write(RuleText.good()
                + "rule \"some-cause: for ever\"\nwhen\n$m : Missing()\nthen\n"
                + "insertLogical(new Missing($m.what() + \"x\", \"\"));\nend\n");
        RuleBase base = load();

        RuleBaseException runaway =
                catchThrowableOfType(RuleBaseException.class, () -> base.conclude(List.of(new Missing("", ""))));

        assertThat(runaway).hasMessageContaining("\"some-cause: for ever\" does not come to an end");
        assertThat(runaway.problems().get(0).line()).isEqualTo(16);
        assertThat(base.conclude(List.of(timeout("a"))))
                .as("the next question finds a clean session")
                .hasSize(1);
    }

    @Test
    void aRunEndsWhenItsTimeIsOver() throws Exception {
        write(RuleText.good());
        RuleBase base = load();

        assertThat(catchThrowableOfType(
                        RuleBaseException.class,
                        () -> base.conclude(List.of(timeout("a")), Duration.ZERO.minusMillis(1))))
                .hasMessageContaining("does not come to an end");
    }

    /** Nothing ends such a condition; the caller is told all the same, and the thread is left to itself. */
    @Test
    void aConditionThatDoesNotEndIsNamed() throws Exception {
        write(RuleText.good()
                + "rule \"some-cause: for ever\"\nwhen\n$n : KubeNode(name matches \"(.*)(.*)(.*)(.*)(.*)(.*)b\")\nthen\n"
                + "insertLogical(Conclude.possible(drools.getRule(), \"x\", $n));\nend\n");
        RuleBase base = load();

        RuleBaseException stuck = catchThrowableOfType(
                RuleBaseException.class,
                () -> base.conclude(List.of(node("a".repeat(60)), timeout("a")), Duration.ofMillis(100)));

        assertThat(stuck).hasMessageContaining("\"some-cause: for ever\" does not come to an end");
        assertThat(stuck.problems().get(0).line()).isEqualTo(16);
        assertThat(base.conclude(List.of(timeout("a")))).hasSize(1);
    }

    @Test
    void aRuleThatFailsIsNamedWithItsPlace() throws Exception {
        write(RuleText.with(
                "$node : KubeNode()",
                "insertLogical(Conclude.possible(drools.getRule(), $node.podCidrs().get(3), $node));"));
        RuleBase base = load();

        RuleBaseException failed =
                catchThrowableOfType(RuleBaseException.class, () -> base.conclude(List.of(node("a"))));

        assertThat(failed).hasMessageContaining("rule \"some-cause: found\" failed: ArrayIndexOutOfBoundsException");
        assertThat(failed.problems().get(0).line()).isEqualTo(9);
    }

    @Test
    void anEditIsCompiledOnceAndNothingElseIs() throws Exception {
        write(RuleText.good());
        RuleText.write(
                rules,
                "other/other-cause.drl",
                RuleText.good().replace("some-cause", "other-cause").replace("some_cause", "other_cause"));
        assertThat(load().compiled()).isEqualTo(2);
        assertThat(load().compiled()).isZero();

        write(RuleText.good().replace("because", "therefore"));
        RuleBase edited = load();

        assertThat(edited.compiled()).isEqualTo(1);
        assertThat(edited.conclude(List.of(timeout("a"))))
                .extracting(conclusion -> ((Conclusion.Finding) conclusion).why())
                .containsExactlyInAnyOrder("therefore", "because");
        assertThat(edited.causes()).isEqualTo(load().causes());
    }

    @Test
    void aDamagedOrForgedCacheIsPassedOver() throws Exception {
        write(RuleText.good());
        load();
        Path kept = kept();
        byte[] whole = Files.readAllBytes(kept);
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        byte[] forged = CompiledRules.unzip(whole, "")
                .map(rules -> new CompiledRules("java.lang.Object", 17, Optional.empty(), rules.classes()))
                .orElseThrow()
                .zip();

        for (byte[] damaged : List.of(new byte[0], java.util.Arrays.copyOf(whole, whole.length / 2), flipped, forged)) {
            Files.write(kept, damaged);
            RuleBase base = load();
            assertThat(base.compiled()).isEqualTo(1);
            assertThat(base.conclude(List.of(timeout("a")))).hasSize(1);
            assertThat(Files.readAllBytes(kept)).as("repaired").isEqualTo(whole);
        }
    }

    private Path kept() throws Exception {
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.toString().endsWith(".zip"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aCacheThatCannotBeUsedOnlyCostsTime() throws Exception {
        write(RuleText.good());
        Files.createDirectories(cache.getParent());
        Files.writeString(cache, "a file where a directory should be");
        assertThat(load().conclude(List.of(timeout("a")))).hasSize(1);

        Path readOnly = Files.createDirectory(
                temp.resolve("read-only"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
        assertThat(RuleBase.load(rules, readOnly.resolve("cache")).conclude(List.of(timeout("a"))))
                .hasSize(1);
    }

    @Test
    void severalThreadsMayLoadAndConcludeAtOnce() throws Exception {
        write(RuleText.good());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<List<Conclusion>>> runs =
                    Collections.nCopies(8, () -> load().conclude(List.of(timeout("a"))));
            for (var run : threads.invokeAll(runs)) {
                assertThat(run.get()).hasSize(1);
            }
            RuleBase shared = load();
            List<Callable<Integer>> questions = Collections.nCopies(
                    200,
                    () -> shared.conclude(List.of(timeout("a"), timeout("b"))).size());
            for (var question : threads.invokeAll(questions)) {
                assertThat(question.get()).isEqualTo(2);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatWasBuiltInIsWrittenAsClassesAndManifests() throws Exception {
        write(RuleText.good());
        Path output = temp.resolve("classes");

        RuleBase.precompile(rules, output);

        try (Stream<Path> manifests = Files.list(output.resolve("tunneldoctor/rules"))) {
            assertThat(manifests)
                    .hasSize(1)
                    .allSatisfy(manifest -> assertThat(manifest)
                            .content()
                            .contains("model=rules.some_cause.Rules", "title=Some cause"));
        }
        assertThat(output.resolve("rules/some_cause")).isDirectoryContaining("glob:**.class");
    }

    @Test
    void rulesBuiltInNeedNoCompilation() throws Exception {
        write(RuleText.good());
        Path output = temp.resolve("classes");
        RuleBase.precompile(rules, output);
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        List<URL> path = new ArrayList<>();
        path.add(output.toUri().toURL());
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            path.add(Path.of(entry).toUri().toURL());
        }

        try (URLClassLoader tool = new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(tool);
            Class<?> type = tool.loadClass(RuleBase.class.getName());
            Object base = type.getMethod("load", Path.class, Path.class).invoke(null, rules, cache);
            Method compiled = type.getDeclaredMethod("compiled");
            compiled.setAccessible(true);
            assertThat(compiled.invoke(base)).isEqualTo(0);
            assertThat(type.getMethod("causes").invoke(base)).asString().contains("Some cause");
        } finally {
            Thread.currentThread().setContextClassLoader(own);
        }
        assertThat(cache).doesNotExist();
    }

    @Test
    void everyMistakeOfEveryFileIsTold() {
        write(RuleText.good().replace("when", "salience 1\nwhen"));
        RuleText.write(
                rules,
                "a/first-cause.drl",
                RuleText.with("$symptom : Symptom(timeuot, prt == 1)", RuleText.CONSEQUENCE)
                        .replace("some-cause", "first-cause")
                        .replace("some_cause", "first_cause"));

        RuleBaseException refused = catchThrowableOfType(RuleBaseException.class, this::load);

        assertThat(refused.problems())
                .extracting(problem -> problem.file().getFileName() + ":" + problem.line() + ":" + problem.column())
                .containsExactly("first-cause.drl:12:20", "first-cause.drl:12:29", "some-cause.drl:11:1");
    }

    @Test
    void aDirectoryWithoutRulesIsAProblem() {
        for (Path nothing : List.of(temp.resolve("absent"), temp)) {
            assertThat(catchThrowableOfType(RuleBaseException.class, () -> RuleBase.load(nothing, cache))
                            .problems())
                    .hasSize(1)
                    .allSatisfy(problem -> assertThat(problem.file()).isEqualTo(nothing));
        }
    }

    @Test
    void filesThatAreNoRulesAreToldApart() throws Exception {
        write("");
        RuleText.write(rules, "Some_Cause.drl", RuleText.good());
        RuleText.write(rules, "other/some-cause.drl", RuleText.good());
        Files.write(rules.resolve("latin.drl"), new byte[] {(byte) 0xE9, 'a'});
        RuleText.write(rules, "deep.drl", RuleText.with("Symptom(" + "(".repeat(50_000) + ")", ""));
        RuleText.write(rules, "prose.drl", "These are not rules.\n");

        RuleBaseException refused = catchThrowableOfType(RuleBaseException.class, this::load);

        assertThat(refused.problems())
                .extracting(problem -> problem.file().getFileName().toString())
                .contains("Some_Cause.drl", "some-cause.drl", "latin.drl", "deep.drl", "prose.drl");
        assertThat(refused.getMessage()).doesNotContain("Exception", "org.drools", "\tat ");
    }
}
