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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tunnel-doctor reach} on real facts: exit codes, the JSON contract, and the matrix. */
class ReachCommandTest {
    private static final String TWO_NODES = """
            apiVersion: tunnel-doctor/v1
            kind: ClusterFacts
            scene: two nodes
            agents: [10.0.0.5]
            nodes:
              - name: open
                address: 10.0.0.6
                outputs:
                  iptables-save: |
                    *filter
                    :INPUT ACCEPT [0:0]
                    :OUTPUT ACCEPT [0:0]
                    COMMIT
              - name: shut
                address: 10.0.0.7
                outputs:
                  iptables-save: |
                    *filter
                    :INPUT ACCEPT [0:0]
                    :OUTPUT ACCEPT [0:0]
                    -A INPUT -p tcp -m tcp --dport 10250 -j DROP
                    COMMIT
              - name: blank
                address: 10.0.0.8
                outputs: {}
            """;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String facts = "";

    @BeforeEach
    void write() throws IOException {
        facts = Files.writeString(folder.resolve("facts.yaml"), TWO_NODES).toString();
    }

    @ParameterizedTest
    @CsvSource({
        "--to open, 0",
        "--to shut, 1",
        "--to blank, 3",
        "--to open --to blank, 3",
        "'', 1",
        "--to shut --port 22, 0",
        "--to shut --proto udp, 0",
        "--to nobody, 2",
        "--from 10.0.0.300, 2",
        "--port 0, 2",
        "--port x, 2",
        "--proto icmp, 2",
    })
    void theExitCodeTellsWhetherEveryPathAskedForIsAllowed(String options, int code) {
        assertThat(run(options)).isEqualTo(code);
        assertThat(err().isEmpty()).isEqualTo(code != 2);
        assertThat(err()).doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "jsonl"})
    void theContractedNamesStandInOrder(String format) throws IOException {
        run("-o " + format);
        JsonNode reach = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));

        assertThat(names(reach)).startsWith("file", "scene", "paths");
        assertThat(reach.get("paths")).hasSize(3);
        List<String> known = List.of(
                "purpose", "from", "to", "protocol", "port", "outcome", "hop", "decidedBy", "missing", "assumptions");
        List<String> unknown = new ArrayList<>(known);
        unknown.add(6, "likely");
        assertThat(names(reach.at("/paths/0"))).isEqualTo(known);
        assertThat(names(reach.at("/paths/2"))).isEqualTo(unknown);
        assertThat(names(reach.at("/paths/1/from"))).containsExactly("node", "address");
        assertThat(names(reach.at("/paths/1/decidedBy"))).containsExactly("document", "line", "text");
        assertThat(reach.at("/paths/0/hop").isNull()).isTrue();
        assertThat(reach.at("/paths/1/hop").textValue()).isEqualTo("host INPUT of shut");
        assertThat(reach.at("/paths/1/decidedBy/line").intValue()).isEqualTo(4);
        assertThat(reach.at("/paths/2/decidedBy").isNull()).isTrue();
        assertThat(names(reach.at("/paths/2/missing/0"))).containsExactly("missing", "command");
    }

    @Test
    void theMatrixNamesTheRuleAndWhatIsMissing() {
        run("");

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("3 paths: 1 allowed, 1 blocked, 1 cannot be told")
                .contains("DROPPED  TCP 10250  host INPUT of shut")
                .contains("nodes[1] \"iptables-save\" line 4: -A INPUT -p tcp -m tcp --dport 10250 -j DROP")
                .contains("\n          iptables-save  # as root on node blank\n");
    }

    @Test
    void helpHasExamplesAndExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Examples:", "--in-interface", "a path is blocked");
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private int run(String options) {
        List<String> args = new ArrayList<>(List.of("reach"));
        if (!options.isEmpty()) {
            args.addAll(List.of(options.split(" ")));
        }
        args.add(facts);
        return Main.run(
                new Terminal(InputStream.nullInputStream(), out, err, false, Map.of()),
                new RulesPipeline(),
                args.toArray(String[]::new));
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
