package tunneldoctor.collect;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.Expectation;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.Gap;
import tunneldoctor.model.Tree;

/**
 * Writes a facts document so that reading it gives the same document again. Nothing of it is lost or reordered; the same
 * document always gives the same bytes.
 */
public final class FactsWriter {
    private FactsWriter() {}

    /** Writes a {@link PrivateFile}. */
    public static void write(ClusterFacts facts, Path file) throws IOException {
        PrivateFile.write(file, out -> write(facts, out));
    }

    /** @param out flushed, not closed */
    public static void write(ClusterFacts facts, OutputStream out) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        try {
            document(facts, new YamlText(text -> append(writer, text)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        writer.flush();
    }

    /** The document as text. */
    public static String text(ClusterFacts facts) {
        StringBuilder text = new StringBuilder();
        document(facts, new YamlText(text::append));
        return text.toString();
    }

    private static void append(Writer writer, CharSequence text) {
        try {
            writer.append(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void document(ClusterFacts facts, YamlText yaml) {
        yaml.entry(0, "apiVersion", facts.apiVersion());
        yaml.entry(0, "kind", ClusterFacts.KIND);
        facts.scene().ifPresent(scene -> yaml.entry(0, "scene", scene));
        facts.expect().ifPresent(expect -> expectation(expect, yaml));
        facts.collected().ifPresent(collected -> yaml.entry(0, "collected", collected));
        gaps(facts.gaps(), yaml);
        yaml.list("azure", facts.azure());
        yaml.list("kubernetes", facts.kubernetes());
        nodes(facts.nodes(), yaml);
        yaml.list("metrics", facts.metrics());
        yaml.list("symptoms", facts.symptoms());
        yaml.list("agents", facts.agents());
    }

    private static void expectation(Expectation expect, YamlText yaml) {
        yaml.key(0, "expect");
        yaml.lineEnd();
        texts("found", expect.found(), yaml);
        texts("cannotTell", expect.cannotTell(), yaml);
    }

    private static void texts(String key, List<String> texts, YamlText yaml) {
        yaml.key(1, key);
        yaml.tree(
                1,
                new Tree.Sequence(
                        texts.stream()
                                .map(text -> (Tree) new Tree.Scalar(text, true, 0))
                                .toList(),
                        0));
    }

    private static void gaps(List<Gap> gaps, YamlText yaml) {
        if (gaps.isEmpty()) {
            return;
        }
        yaml.key(0, "gaps");
        yaml.lineEnd();
        for (Gap gap : gaps) {
            yaml.item(1);
            yaml.firstEntry("what", gap.what());
            yaml.entry(2, "about", gap.about());
            if (!gap.subject().isEmpty()) {
                yaml.entry(2, "subject", gap.subject());
            }
            yaml.entry(2, "reason", gap.reason());
        }
    }

    private static void nodes(List<NodeOutputs> nodes, YamlText yaml) {
        if (nodes.isEmpty()) {
            return;
        }
        yaml.key(0, "nodes");
        yaml.lineEnd();
        for (NodeOutputs node : nodes) {
            yaml.item(1);
            yaml.firstEntry("name", node.name());
            node.address().ifPresent(address -> yaml.entry(2, "address", address));
            node.inInterface().ifPresent(inInterface -> yaml.entry(2, "inInterface", inInterface));
            if (!node.outputs().isEmpty()) {
                yaml.key(2, "outputs");
                yaml.lineEnd();
                node.outputs().forEach(output -> {
                    yaml.key(3, output.command());
                    yaml.block(3, output.text());
                });
            }
        }
    }
}
