package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Direction;
import tunneldoctor.parse.FactReader;
import tunneldoctor.parse.FactsFile;
import tunneldoctor.redact.Redaction;
import tunneldoctor.report.ReachReport;

/** Random firewalls of nodes, iptables and nft: every path of the redacted file is the redaction of the file's. */
class RedactedFirewallTest {
    private static final int FILES = Integer.getInteger("oracle.redactions", 150);

    @Test
    void everyPathOfTheRedactedFileIsTheRedactionOfTheFilesOwn() throws Exception {
        for (int seed = 1; seed <= FILES; seed++) {
            String file = facts(seed);
            Redaction.Learning learning = Redaction.learning();
            file.lines().forEach(learning::line);
            Redaction redaction = learning.with(("key " + seed).getBytes(StandardCharsets.UTF_8));

            List<String> expected = redaction.text(paths(file)).lines().toList();
            List<String> actual = paths(redaction.text(file)).lines().toList();
            for (int line = 0; line < Math.min(expected.size(), actual.size()); line++) {
                assertThat(actual.get(line))
                        .as("seed %s, line %s", seed, line + 1)
                        .isEqualTo(expected.get(line));
            }
            assertThat(actual).as("seed %s", seed).hasSameSizeAs(expected);
        }
    }

    private static String facts(int seed) {
        return """
                apiVersion: tunnel-doctor/v1
                kind: ClusterFacts
                agents: [10.224.0.4, 10.224.1.7, 10.240.0.9, 10.3.2.1, 172.16.3.0/24]
                nodes:
                  - name: aks-payroll-12345678-vmss000000
                    address: 10.224.0.5
                    outputs:
                      iptables-save: |
                """
                + indented(new RulesetGenerator(seed, Direction.INBOUND).next())
                + """
                  - name: aks-payroll-12345678-vmss000001
                    address: 10.224.0.6
                    outputs:
                      nft list ruleset: |
                """
                + indented(new NftRulesetGenerator(seed, Direction.INBOUND).next());
    }

    private static String indented(String text) {
        return text.indent(10);
    }

    private static String paths(String file) throws Exception {
        List<ClusterFacts> documents = new ArrayList<>();
        FactsFile.read("facts.yaml", new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)), documents::add);
        Reach.Question question = new Reach.Question(
                List.of(),
                List.of(),
                Reach.Question.TUNNEL.transport(),
                Reach.Question.TUNNEL.port(),
                Optional.empty(),
                true);
        return ReachReport.json(Reach.of(FactReader.read(documents.get(0)), question));
    }
}
