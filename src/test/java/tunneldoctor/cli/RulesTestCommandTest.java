package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rules test}, {@code why} and {@code why-not} on a rule base of one cause: a node is cordoned, and logs fail. */
class RulesTestCommandTest {
    private static final String RULE = """
            package rules.node_cordoned

            import tunneldoctor.knowledge.Conclude
            import tunneldoctor.model.KubeNode
            import tunneldoctor.model.Symptom
            dialect "java"

            rule "node-cordoned: found"
              @title("A node is cordoned") @severity("DEGRADING") @source("a test") @maturity("sandbox") @ruledOut("none is")
            when
              $node : KubeNode(cordoned)
              exists Symptom(timeout)
            then
              insertLogical(Conclude.proved(drools.getRule(), $node.name() + " is cordoned", $node));
            end
            """;

    private static final String CORDONED = """
            apiVersion: tunnel-doctor/v1
            kind: ClusterFacts
            scene: a cordoned node
            expect: {found: [node-cordoned]}
            symptoms: ['Error from server: Get "https://n1:10250/containerLogs/x": dial tcp 10.224.0.5:10250: i/o timeout']
            kubernetes:
              - {kind: Node, metadata: {name: n1}, spec: {unschedulable: true}}
            """;

    private static final String PLAIN = CORDONED.replace("a cordoned node", "a plain node")
            .replace("[node-cordoned]", "[]")
            .replace("unschedulable: true", "");

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path rule;
    private Path sample;
    private Thread watching = new Thread();

    @BeforeEach
    void writeRuleBase() throws IOException {
        rule = write("rules/node/node-cordoned.drl", RULE);
        sample = write("facts-samples/node/node-cordoned.yaml", CORDONED + "---\n" + PLAIN);
    }

    @AfterEach
    void endWatching() throws InterruptedException {
        watching.interrupt();
        watching.join();
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private int rules(String... args) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of("rules"));
        all.addAll(List.of(args));
        all.addAll(List.of("--rules", folder.resolve("rules").toString()));
        return Main.run(
                new Terminal(
                        InputStream.nullInputStream(),
                        out,
                        err,
                        false,
                        Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString())),
                new RulesPipeline(),
                all.toArray(String[]::new));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void scenesThatEndAsExpectedPass() {
        assertThat(rules("test")).isZero();
        assertThat(out()).contains("node-cordoned.yaml  2 scenes", "2 scenes: 2 passed, 0 failed");
        assertThat(rules("test", "node-cordoned", "-v")).isZero();
        assertThat(out()).contains(": a cordoned node", ": a plain node");
    }

    @Test
    void aSceneThatFailsSaysWhatWasExpectedAndWhereTheRuleStopped() throws Exception {
        Files.writeString(sample, CORDONED.replace("unschedulable: true", ""));

        assertThat(rules("test")).isEqualTo(1);
        assertThat(out())
                .contains("FAIL  ", ": a cordoned node", "node-cordoned: expected found, got ruled out")
                .contains(rule + ":8: \"node-cordoned: found\" stopped at line 11")
                .contains("cordoned: wanted true, got false", "kubernetes[0] Node/n1 line 7")
                .contains("1 scene: 0 passed, 1 failed");
    }

    @Test
    void theSameForPrograms() throws Exception {
        Files.writeString(sample, CORDONED + "---\n" + CORDONED.replace("unschedulable: true", ""));

        assertThat(rules("test", "-o", "json", "--coverage")).isEqualTo(1);
        JsonNode report = new ObjectMapper().readTree(out());
        assertThat(report.get("passed").intValue()).isEqualTo(1);
        assertThat(report.get("failed").intValue()).isEqualTo(1);
        JsonNode difference = report.at("/files/0/scenes/1/differences/0");
        assertThat(difference.get("cause").textValue()).isEqualTo("node-cordoned");
        assertThat(difference.get("expected").textValue()).isEqualTo("found");
        assertThat(difference.get("got").textValue()).isEqualTo("ruled-out");
        assertThat(difference.at("/why/0/obstacle/nearest/0/misses/0/got").textValue())
                .isEqualTo("false");
        assertThat(difference.at("/why/0/obstacle/nearest/0/evidence/0/line").intValue())
                .isEqualTo(15);
        assertThat(report.at("/coverage/rules").intValue()).isEqualTo(1);
        assertThat(report.at("/coverage/gaps/0/condition").textValue()).isEqualTo("timeout");
        assertThat(report.at("/coverage/gaps/0/reason").textValue()).isEqualTo("never seen to fail");
        assertThat(rules("test", "-o", "jsonl")).isEqualTo(1);
        assertThat(out().lines()).hasSize(1);
    }

    @Test
    void whatNoSceneExercisesIsListed() throws Exception {
        Files.writeString(sample, PLAIN);

        assertThat(rules("test", "--coverage")).isZero();
        assertThat(out())
                .contains(rule + ":8:1: never fired: node-cordoned: found")
                .contains(rule + ":11:20: never seen to pass: cordoned")
                .contains("1 rule, 4 conditions: 5 not exercised");
    }

    @Test
    void filesAndRulesThatCannotBeUsedAreTwo() throws Exception {
        write("facts-samples/broken.yaml", "apiVersion: tunnel-doctor/v1\nkind: ClusterFact\n");
        assertThat(rules("test")).isEqualTo(2);
        assertThat(out()).contains("UNUSABLE", "broken.yaml", "2 passed", "1 unusable");

        Files.writeString(folder.resolve("facts-samples/broken.yaml"), PLAIN.replace("found: []", "fond: []"));
        assertThat(rules("test")).isEqualTo(2);
        assertThat(out()).contains("UNUSABLE", "Did you mean \"found\"?");

        Files.writeString(rule, RULE.replace("cordoned)", "cordond)"));
        assertThat(rules("test")).isEqualTo(2);
        assertThat(err())
                .contains("node-cordoned.drl:11", "Did you mean 'cordoned'?")
                .doesNotContain("Exception");
    }

    @Test
    void whatIsAskedForMustBeThere() throws Exception {
        assertThat(rules("test", "node-cordond")).isEqualTo(2);
        assertThat(err()).contains("no cause 'node-cordond'");

        Files.delete(sample);
        assertThat(rules("test", "node-cordoned")).isEqualTo(2);
        assertThat(err()).contains("no scene of 'node-cordoned'");
        assertThat(rules("test")).isEqualTo(2);
        assertThat(rules("test", "--samples", folder.resolve("nowhere").toString()))
                .isEqualTo(2);
        assertThat(err()).contains("nowhere");
    }

    @Test
    void whyTellsWhatMatchedDownToTheLine() throws Exception {
        assertThat(rules("why", "node-cordoned", "--scene", "CORDONED", sample.toString()))
                .isZero();
        assertThat(out())
                .contains(sample + ": a cordoned node\n1 of 1 rules fired\n")
                .contains("✓ 11: $node : KubeNode(cordoned)", "KubeNode of n1: cordoned = true", "Node/n1 line 7")
                .contains("✓ 12: exists Symptom(timeout)", "symptoms[0] line 5: Error from server")
                .doesNotContain("a plain node");
    }

    @Test
    void whyNotTellsWhatStoppedEachRule() throws Exception {
        assertThat(rules("why-not", "node-cordoned", sample.toString())).isZero();
        assertThat(out())
                .contains(": a cordoned node\n0 of 1 rules did not fire\n")
                .contains(": a plain node\n1 of 1 rules did not fire\n")
                .contains("✗ 11: $node : KubeNode(cordoned)", "cordoned: wanted true, got false");
        assertThat(rules("why-not", "node-cordoned", "-o", "jsonl", sample.toString()))
                .isZero();
        JsonNode second = new ObjectMapper().readTree(out().lines().toList().get(1));
        assertThat(second.at("/rules/0/obstacle/kind").textValue()).isEqualTo("no-fact-passes");
        assertThat(second.at("/rules/0/obstacle/nearest/0/misses/0/field").textValue())
                .isEqualTo("cordoned");
    }

    @Test
    void rulesThatWaitForAFindingAreOnlyNamed() throws Exception {
        Files.writeString(
                rule,
                RULE.replace(
                                "import tunneldoctor.model.Symptom",
                                "import tunneldoctor.model.Conclusion\n" + "import tunneldoctor.model.Symptom")
                        + """

                rule "node-cordoned: solution 1"
                when
                  Conclusion.Finding(cause == "node-cordoned")
                then
                  insertLogical(Conclude.remedy(drools.getRule(), "1", "Uncordon it").command("kubectl uncordon").done());
                end
                """);

        assertThat(rules("why-not", "node-cordoned", "--scene", "plain", sample.toString()))
                .isZero();
        assertThat(out())
                .contains(
                        "2 of 2 rules did not fire",
                        "\n1 more waits for a finding of the cause (--verbose):\n" + "  node-cordoned: solution 1\n")
                .doesNotContain("Conclusion.Finding");
        assertThat(rules("why-not", "node-cordoned", "-v", "--scene", "plain", sample.toString()))
                .isZero();
        assertThat(out())
                .contains("✗ 20: Conclusion.Finding(cause == \"node-cordoned\")", "there is no such fact at all");
    }

    @Test
    void questionsThatCannotBeAnsweredAreTwo() {
        assertThat(rules("why", "no-such-cause", sample.toString())).isEqualTo(2);
        assertThat(err()).contains("no cause 'no-such-cause'");
        assertThat(rules("why", "node-cordoned", "--scene", "nothing like it", sample.toString()))
                .isEqualTo(2);
        assertThat(err()).contains("no scene has 'nothing like it'");
        assertThat(rules("why", "node-cordoned")).isEqualTo(2);
        assertThat(err()).contains("FACTS");
        assertThat(rules(
                        "why-not",
                        "node-cordoned",
                        folder.resolve("absent.yaml").toString()))
                .isEqualTo(2);
        assertThat(err()).contains("no such file");
    }

    @Test
    void textFromFactsIsHarmless() throws Exception {
        Files.writeString(sample, CORDONED.replace("name: n1", "name: \"n1\\e[31m\\u202e\""));

        rules("why", "node-cordoned", sample.toString());

        assertThat(out()).contains("n1^[[31m\\u{202e}").doesNotContain("\u001b", "\u202e");
    }

    @Test
    void watchingRunsAgainOnEachSave() throws Exception {
        watch("test", "node-cordoned", "--watch");
        await(out, "2 scenes: 2 passed");

        Files.writeString(rule, RULE.replace("KubeNode(cordoned)", "KubeNode(!cordoned)"));
        await(out, "2 scenes: 0 passed, 2 failed");
        Files.writeString(rule, RULE.replace("cordoned)", "cordond)"));
        await(err, "Did you mean 'cordoned'?");
        Files.writeString(rule, RULE);
        await(out, "2 scenes: 2 passed, 0 failed\n", 2);
        Files.writeString(sample, PLAIN);
        await(out, "1 scene: 1 passed");
    }

    @Test
    void watchingBeginsWithTheScenesOfWhatWasEdited() throws Exception {
        write("facts-samples/apart.yaml", PLAIN.replace("a plain node", "apart"));
        watch("test", "--watch");
        await(out, "3 scenes: 3 passed");

        Files.writeString(rule, RULE.replace("is cordoned\"", "is out of use\""));
        await(out, "3 scenes: 3 passed, 0 failed\n", 2);

        assertThat(out()).contains("2 scenes: 2 passed, 0 failed; now the other scenes\nok    ");
    }

    @Test
    void diagnoseWatchesRulesAndFacts() throws Exception {
        Path facts = write("facts.yaml", CORDONED);
        start("diagnose", "--watch", "--rules", folder.resolve("rules").toString(), facts.toString());
        await(out, "A node is cordoned");

        Files.writeString(rule, RULE.replace("A node is cordoned", "A node takes no pods"));
        await(out, "A node takes no pods");
        Files.writeString(rule, "not a rule");
        await(err, "node-cordoned.drl");
        Files.writeString(rule, RULE);
        await(out, "A node is cordoned", 2);
        Files.writeString(facts, PLAIN);
        await(out, "a plain node");
    }

    private void watch(String... args) {
        List<String> all = new ArrayList<>(List.of("rules"));
        all.addAll(List.of(args));
        all.addAll(List.of("--rules", folder.resolve("rules").toString()));
        start(all.toArray(String[]::new));
    }

    private void start(String... args) {
        watching = new Thread(() -> Main.run(
                new Terminal(
                        InputStream.nullInputStream(),
                        out,
                        err,
                        false,
                        Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString())),
                new RulesPipeline(),
                args));
        watching.start();
    }

    private void await(ByteArrayOutputStream stream, String words) throws InterruptedException {
        await(stream, words, 1);
    }

    /** As long as a busy machine may need; nothing here is about speed. */
    private void await(ByteArrayOutputStream stream, String words, int times) throws InterruptedException {
        for (int i = 0; i < 1200; i++) {
            if (stream.toString(StandardCharsets.UTF_8).split(java.util.regex.Pattern.quote(words), -1).length
                    > times) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no '" + words + "' in\n" + out() + "\n" + err());
    }
}
