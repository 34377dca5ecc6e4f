package tunneldoctor.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Gap;
import tunneldoctor.model.Tree;
import tunneldoctor.parse.FactsFile;

class FactsWriterTest {
    private static final Clock NOW = Clock.fixed(Instant.parse("2026-11-22T10:15:00.123Z"), ZoneOffset.UTC);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Status: inactive\n",
                "no line end",
                "two ends\n\n",
                "  begins with blanks\n and less\n",
                "\tbegins with a tab\n",
                "\n\nbegins empty\n",
                "blanks at ends  \n  \n\t\nlast",
                "",
                "\n",
                "   ",
                "# a comment: {not} [yaml] *a &b !c | > ' \" %\n---\n...\n- x\n",
                "\u001b[31mcolour\u001b[0m\n",
                "carriage\r\nreturn\r\n",
                "\u2028separators\u0085\uFEFF\n",
                "smile \uD83D\uDE00 and é\n",
            })
    void whatACommandPrintedIsReadAgainAsItWas(String text) throws Exception {
        Collected collected = new Collected("tunnel-doctor test", NOW);
        collected.output("node-1", "iptables-save", text);

        assertThat(again(collected.facts("f")).nodes().get(0).outputs().get(0).text())
                .isEqualTo(text);
    }

    @Test
    void anyTreeIsReadAgainAsItWas() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            Tree tree = new Tree.Mapping(
                    java.util.Map.of("name", new Tree.Scalar("n" + i, true, 0), "properties", tree(random, 4)), 0);
            ClusterFacts facts = facts(tree);

            assertThat(shape(again(facts).azure().get(0)))
                    .as(FactsWriter.text(facts))
                    .isEqualTo(shape(tree));
        }
    }

    @Test
    void keysLongerThanYamlAllowsAreReadAgain() throws Exception {
        Collected collected = new Collected("tunnel-doctor test", NOW);
        String command = "nc -v -w 2 10.0.0.1 10250; ".repeat(80) + "\"quoted\" # \\ ";
        collected.output("node-1", command, "Status: inactive\n");

        assertThat(again(collected.facts("f")).nodes().get(0).outputs().get(0).command())
                .isEqualTo(command);
    }

    @Test
    void gapsAreReadAgainAndTold() throws Exception {
        Collected collected = new Collected("tunnel-doctor test", NOW);
        collected.gap(new Gap("the load balancers", "Microsoft.Network/loadBalancers", "", "403 AuthorizationFailed"));
        ClusterFacts read = again(collected.facts("f"));

        assertThat(read.gaps())
                .extracting(Gap::what, Gap::about, Gap::subject, Gap::reason)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        "the load balancers", "Microsoft.Network/loadBalancers", "", "403 AuthorizationFailed"));
        assertThat(read.problems())
                .extracting(problem -> problem.at().document() + ": " + problem.message())
                .containsExactly("gaps[0]: the load balancers was not collected: 403 AuthorizationFailed");
        assertThat(read.collected()).contains("2026-11-22T10:15:00Z by tunnel-doctor test");
    }

    @Test
    void theOrderOfArrivalDoesNotShow() {
        List<Runnable> steps = new ArrayList<>();
        Collected[] target = new Collected[1];
        for (int i = 0; i < 8; i++) {
            int n = i;
            steps.add(() -> target[0].azure(resource("r" + n)));
            steps.add(() -> target[0].output("node-" + n, "ufw status", "Status: inactive\n"));
            steps.add(() -> target[0].node("node-" + n, Optional.of("10.0.0." + n)));
            steps.add(() -> target[0].metrics("m" + n, resource("m" + n)));
            steps.add(() -> target[0].gap(new Gap("g" + n, "", "", "why")));
        }
        target[0] = new Collected("t", NOW);
        steps.forEach(Runnable::run);
        String inOrder = FactsWriter.text(target[0].facts("f"));
        java.util.Collections.shuffle(steps, new Random(3));
        target[0] = new Collected("t", NOW);
        steps.forEach(Runnable::run);

        assertThat(FactsWriter.text(target[0].facts("f"))).isEqualTo(inOrder);
    }

    @Test
    void onlyItsOwnerReadsTheFileAndNoDraftIsLeft(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("facts.yaml");
        Files.writeString(file, "older");

        FactsWriter.write(facts(resource("nsg")), file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).startsWith("apiVersion: tunnel-doctor/v1\nkind: ClusterFacts\n");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    private static Tree resource(String name) {
        return new Tree.Mapping(
                java.util.Map.of(
                        "id", new Tree.Scalar("/subscriptions/s/" + name, true, 0),
                        "name", new Tree.Scalar(name, true, 0)),
                0);
    }

    private static ClusterFacts facts(Tree azure) {
        Collected collected = new Collected("t", NOW);
        collected.azure(azure);
        return collected.facts("f");
    }

    private static ClusterFacts again(ClusterFacts facts) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FactsWriter.write(facts, out);
        List<ClusterFacts> read = new ArrayList<>();
        FactsFile.read("f", new ByteArrayInputStream(out.toByteArray()), read::add);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(FactsWriter.text(facts));
        return read.get(0);
    }

    private static final List<String> TEXTS = List.of(
            "true",
            "12",
            "no",
            "a: b",
            "- x",
            "",
            " ",
            "x y",
            "*",
            "&a",
            "key",
            "é",
            "\uD83D\uDE00",
            "a\nb",
            "tab\t",
            "\"",
            "'",
            "\\",
            "#",
            "2026-01-01",
            "0x1f",
            "1e3",
            ".5",
            "~",
            "null",
            "<<",
            "=",
            "a #b",
            "@x",
            "`",
            "%d");

    private static Tree tree(Random random, int depth) {
        int kind = random.nextInt(depth > 0 ? 6 : 4);
        if (kind == 4) {
            java.util.Map<String, Tree> entries = new java.util.LinkedHashMap<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                entries.put("k" + i + TEXTS.get(random.nextInt(TEXTS.size())), tree(random, depth - 1));
            }
            return new Tree.Mapping(entries, 0);
        }
        if (kind == 5) {
            List<Tree> items = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                items.add(tree(random, depth - 1));
            }
            return new Tree.Sequence(items, 0);
        }
        return switch (kind) {
            case 0 -> new Tree.Null(0);
            case 1 ->
                new Tree.Scalar(List.of("true", "false", "12", "-3.5e7", "0").get(random.nextInt(5)), false, 0);
            default -> new Tree.Scalar(TEXTS.get(random.nextInt(TEXTS.size())), true, 0);
        };
    }

    /** A tree without its lines. */
    private static Object shape(Tree tree) {
        if (tree instanceof Tree.Mapping mapping) {
            java.util.Map<String, Object> shape = new java.util.LinkedHashMap<>();
            mapping.entries().forEach((key, value) -> shape.put(key, shape(value)));
            return shape;
        }
        if (tree instanceof Tree.Sequence sequence) {
            return sequence.items().stream().map(FactsWriterTest::shape).toList();
        }
        return tree instanceof Tree.Scalar scalar ? List.of(scalar.text(), scalar.quoted()) : "null";
    }
}
