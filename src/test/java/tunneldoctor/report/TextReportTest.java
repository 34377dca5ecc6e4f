package tunneldoctor.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Problem;
import tunneldoctor.model.SourceRef;

class TextReportTest {
    private static final TextReport.Options BRIEF = new TextReport.Options(false, false, 100);
    private static final TextReport.Options VERBOSE = new TextReport.Options(true, false, 100);
    private static final TextReport.Options COLOR = new TextReport.Options(false, true, 100);

    @Test
    void reportsReadAsReviewed() {
        Golden.check("incident.txt", TextReport.render(Example.incident(), BRIEF));
        Golden.check("incident-verbose.txt", TextReport.render(Example.incident(), VERBOSE));
        Golden.check("incident-color.txt", TextReport.render(Example.incident(), COLOR));
        Golden.check("healthy.txt", TextReport.render(Example.healthy(), BRIEF));
        Golden.check("unknown.txt", TextReport.render(Example.unknown(), BRIEF));
        Golden.check("hostile.txt", TextReport.render(Example.hostile(), VERBOSE));
    }

    @Test
    void theCommonCaseFitsAScreen() {
        assertThat(TextReport.render(Example.oneCause(), BRIEF).lines().count()).isLessThanOrEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyCommandStandsWholeOnItsLine(boolean color) {
        Diagnosis incident = Example.incident();
        List<String> lines = TextReport.render(incident, new TextReport.Options(true, color, 40))
                .lines()
                .map(String::strip)
                .toList();

        incident.diagnoses().stream()
                .flatMap(diagnosed -> diagnosed.repairs().stream())
                .forEach(repair -> {
                    assertThat(lines).containsAll(repair.commands());
                    assertThat(lines).containsAll(repair.verify());
                });
        incident.cannotTell().forEach(open -> assertThat(lines).contains(open.command()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingHostileReachesTheTerminal(boolean verbose) {
        String page = TextReport.render(Example.hostile(), new TextReport.Options(verbose, false, 200));

        assertThat(page.codePoints().filter(c -> c != '\n'))
                .allMatch(c -> c >= ' ' && c != 0x7f && Character.getType(c) != Character.FORMAT)
                .noneMatch(c -> c >= 0x80 && c < 0xa0);
        assertThat(page.lines()).noneMatch(line -> line.startsWith("name"));
    }

    @Test
    void longEvidenceIsCutUnlessVerbose() {
        Diagnosis given = Example.healthy();
        String text = "x".repeat(1_000_000);
        Diagnosis endless = new Diagnosis(
                given.file(),
                given.apiVersion(),
                given.scene(),
                given.cluster(),
                given.tunnel(),
                given.diagnoses(),
                given.ruledOut(),
                given.notApplicable(),
                given.cannotTell(),
                List.of(new Problem(new SourceRef("symptoms[0]", 1, text), text, text)),
                Diagnosis.Plan.EMPTY,
                Optional.empty(),
                List.of());

        assertThat(TextReport.render(endless, BRIEF)).hasSizeLessThan(2_500).contains("x…\n");
        assertThat(TextReport.render(endless, VERBOSE)).contains(text);
    }

    @Test
    void whatIsLeftOutIsCounted() {
        assertThat(TextReport.render(Example.incident(), BRIEF).replaceAll("\\s+", " "))
                .contains("aks-np-000005 … and 4 more (--verbose)")
                .contains("line 120: Running … and 7 more (--verbose)");
        assertThat(TextReport.render(Example.incident(), VERBOSE)).doesNotContain("(--verbose)");
    }
}
