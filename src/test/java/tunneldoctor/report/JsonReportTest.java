package tunneldoctor.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;

class JsonReportTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void reportsReadAsReviewed() {
        Golden.check("incident.json", JsonReport.render(Example.incident()));
        Golden.check("incident.jsonl", JsonReport.renderLine(Example.incident()));
        Golden.check("unknown.json", JsonReport.render(Example.unknown()));
        Golden.check("hostile.json", JsonReport.render(Example.hostile()));
    }

    /** Programs rest on these names and their order; a key may be added behind them. */
    @ParameterizedTest
    @CsvSource({
        "'', file apiVersion scene cluster tunnel diagnoses ruledOut notApplicable cannotTell problems",
        "/cluster, name resourceGroup nodeResourceGroup location kubernetesVersion network outboundType private nodeCount agents",
        "/tunnel, kind why evidence",
        "/tunnel/evidence/0, document line text",
        "/diagnoses/0, cause title certainty severity rank why nodes evidence repairs",
        "/diagnoses/0/evidence/0, document line text",
        "/diagnoses/0/repairs/0, solution summary commands warnings verify",
        "/ruledOut/0, cause reason",
        "/notApplicable/0, cause reason",
        "/cannotTell/0, cause missing command",
        "/problems/0, document line text message advice",
    })
    void theContractedNamesComeFirstAndInOrder(String at, String names) throws IOException {
        List<String> contracted = List.of(names.split(" "));
        List<String> actual = new ArrayList<>();
        MAPPER.readTree(JsonReport.render(Example.incident()))
                .at(at)
                .fieldNames()
                .forEachRemaining(actual::add);

        assertThat(actual).startsWith(contracted.toArray(new String[0]));
    }

    @Test
    void bothLayoutsSayTheSameAndALineIsOneLine() throws IOException {
        String line = JsonReport.renderLine(Example.hostile());

        assertThat(line).endsWith("}\n");
        assertThat(line.lines()).hasSize(1);
        assertThat(MAPPER.readTree(line)).isEqualTo(MAPPER.readTree(JsonReport.render(Example.hostile())));
    }

    @Test
    void hostileTextIsExactToProgramsAndHarmlessToTerminals() throws IOException {
        String json = JsonReport.render(Example.hostile());

        assertThat(MAPPER.readTree(json).at("/diagnoses/0/nodes/0").textValue()).isEqualTo(Example.HOSTILE);
        assertThat(json.codePoints().filter(c -> c != '\n')).allMatch(c -> c >= ' ' && c < 0x7f);
    }

    @Test
    void whatIsNotKnownIsNull() throws IOException {
        JsonNode json = MAPPER.readTree(JsonReport.render(Example.unknown()));

        assertThat(json.get("scene").isNull()).isTrue();
        assertThat(json.at("/cluster/name").isNull()).isTrue();
        assertThat(json.at("/cluster/private").isNull()).isTrue();
        assertThat(json.at("/cluster/agents").isArray()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "KONNECTIVITY, konnectivity",
        "AKS_LINK, aks-link",
        "TUNNEL_FRONT, tunnel-front",
        "NONE, none",
        "UNKNOWN, unknown"
    })
    void tunnelsAreNamedByOneWord(TunnelKind kind, String word) throws IOException {
        Diagnosis given = Example.healthy();
        Diagnosis diagnosis = new Diagnosis(
                given.file(),
                given.apiVersion(),
                given.scene(),
                given.cluster(),
                new Tunnel(kind, "because", List.of(), List.of()),
                given.diagnoses(),
                given.ruledOut(),
                given.notApplicable(),
                given.cannotTell(),
                given.problems(),
                Diagnosis.Plan.EMPTY,
                Optional.empty(),
                List.of());

        assertThat(MAPPER.readTree(JsonReport.renderLine(diagnosis))
                        .at("/tunnel/kind")
                        .textValue())
                .isEqualTo(word);
    }
}
