package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.KnownIssues;

class KnownIssuesFileTest {
    private static final List<String> CAUSES = List.of("snat-exhausted", "ufw-blocks-kubelet");
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 23);

    private static KnownIssues read(String text) throws UnreadableFactsException {
        return KnownIssuesFile.read(
                "known.yaml", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), CAUSES, TODAY);
    }

    @Test
    void anIssueCoversItsCauseItsClusterAndItsNodesUntilItsDay() throws Exception {
        KnownIssues known = read("""
                - cause: ufw-blocks-kubelet
                  cluster: aks-shop
                  nodes: [a, b]
                  reason: the pool goes away
                  until: 2026-11-23
                """);

        assertThat(known.covering("ufw-blocks-kubelet", "AKS-shop", List.of("a")))
                .isPresent();
        assertThat(known.covering("ufw-blocks-kubelet", "aks-shop", List.of("a", "c")))
                .isEmpty();
        assertThat(known.covering("ufw-blocks-kubelet", "other", List.of("a"))).isEmpty();
        assertThat(known.covering("snat-exhausted", "aks-shop", List.of("a"))).isEmpty();
        assertThat(known.expired()).isEmpty();
    }

    @Test
    void anExpiredIssueCoversNothingAndSpeaksUp() throws Exception {
        KnownIssues known = read("- {cause: snat-exhausted, reason: later, until: 2026-11-22}\n");

        assertThat(known.covering("snat-exhausted", "", List.of())).isEmpty();
        assertThat(known.expired()).singleElement().satisfies(problem -> {
            assertThat(problem.message()).contains("snat-exhausted expired on 2026-11-22");
            assertThat(problem.at().line()).isEqualTo(1);
        });
    }

    @Test
    void nothingKnownIsNoMistake() throws Exception {
        assertThat(read("[]").issues()).isEmpty();
        assertThat(read("# none\n").issues()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cause: snat-exhausted | known issues are a list",
                "- snat-exhausted | this known issue is not a mapping",
                "- {cause: snat-exhausted, until: 2027-01-01} | has no reason",
                "- {cause: snat-exhausted, reason: r} | has no until",
                "- {cause: snat-exhausted, reason: r, until: soon} | is not a day",
                "- {cause: snat-exhaused, reason: r, until: 2027-01-01} | Did you mean \"snat-exhausted\"",
                "- {cause: snat-exhausted, reasn: r, until: 2027-01-01} | Did you mean \"reason\"",
                "- {cause: snat-exhausted, nodes: a, reason: r, until: 2027-01-01} | not a list of node names"
            })
    void aMistakeIsToldWithItsLine(String text, String message) {
        assertThatThrownBy(() -> read("\n" + text))
                .hasMessageContaining(message)
                .hasMessageContaining("known.yaml, line 2");
    }
}
