package tunneldoctor.benchmark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tunneldoctor.diagnose.RuleInput;
import tunneldoctor.diagnose.Samples;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Fact;
import tunneldoctor.parse.FactsFile;
import tunneldoctor.parse.UnreadableFactsException;

/** Facts as the rules are given them. */
final class RuleFacts {
    private RuleFacts() {}

    static List<Fact> ofIncident() throws IOException, UnreadableFactsException {
        return RuleInput.of(
                Samples.scenes(Path.of("facts-samples", "incident.yaml")).get(0));
    }

    /** @param firewalls how many kinds there are; the fourth of them blocks the kubelet's port, so that 3 are healthy */
    static List<Fact> ofLargeCluster(int nodes, int firewalls) throws IOException, UnreadableFactsException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (Writer out = new OutputStreamWriter(json, StandardCharsets.UTF_8)) {
            LargeFacts.write(new LargeFacts.Cluster(nodes, firewalls, false), true, out);
        }
        List<ClusterFacts> documents = new ArrayList<>();
        FactsFile.read("large.json", new ByteArrayInputStream(json.toByteArray()), documents::add);
        return RuleInput.of(documents.get(0));
    }
}
