package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.FirewallRepair;
import tunneldoctor.model.NsgRepair;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.ReachPath;

/** Security admin rules count before every group, where none is bound too, and are never shown as a group's. */
class AdminRulesTest {
    private static final String LETS_IN = "Inbound 100 Allow * * * *";
    private static final String KEEPS_OUT = "Inbound 100 Deny * * * *";

    private static ClusterText inbound(String access) {
        return new ClusterText().adminRule("manager-1", "Inbound", 5, access, "0.0.0.0/0", "0.0.0.0/0", "10250");
    }

    @ParameterizedTest(name = "{0} before {1}")
    @CsvSource({
        "Deny, none, DROPPED, security admin rule manager-1",
        "Deny, lets in, DROPPED, security admin rule manager-1",
        "Deny, keeps out, DROPPED, security admin rule manager-1",
        "Deny, not in the facts, DROPPED, security admin rule manager-1",
        "AlwaysAllow, none, ALLOWED, ''",
        "AlwaysAllow, keeps out, ALLOWED, ''",
        "AlwaysAllow, not in the facts, ALLOWED, ''",
        "Allow, none, ALLOWED, ''",
        "Allow, lets in, ALLOWED, ''",
        "Allow, keeps out, DROPPED, nsg inbound nsg-nodes",
        "Allow, not in the facts, UNKNOWN, nsg inbound of subnet nodes",
    })
    void countBeforeEveryGroup(String access, String group, Outcome outcome, String hop) {
        ClusterText cluster = inbound(access);
        switch (group) {
            case "lets in" -> cluster.group("nodes", LETS_IN);
            case "keeps out" -> cluster.group("nodes", KEEPS_OUT);
            case "not in the facts" -> cluster.lostGroup("nodes");
            default -> {}
        }
        ReachPath path = cluster.toB();

        assertThat(path.outcome()).as("%s", path).isEqualTo(outcome);
        assertThat(path.hop()).as("%s", path).isEqualTo(hop);
        if (hop.startsWith("security admin rule")) {
            assertThat(path.decidedBy().orElseThrow().document()).contains("manager-1");
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "Outbound, 0.0.0.0/0, 10.0.2.0/24, DROPPED",
        "Outbound, 0.0.0.0/0, 10.0.3.0/24, ALLOWED",
        "Inbound, 10.0.1.0/24, 0.0.0.0/0, DROPPED",
        "Inbound, 10.0.3.0/24, 0.0.0.0/0, ALLOWED",
        "Inbound, 0.0.0.0/0, 10.0.2.5, DROPPED",
    })
    void countForTheAddressesTheyName(String direction, String from, String to, Outcome outcome) {
        ReachPath path = new ClusterText()
                .adminRule("manager-1", direction, 5, "Deny", from, to, "10250")
                .toB();

        assertThat(path.outcome()).as("%s", path).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({"''", "Inbound 100 Allow * * * *", "Inbound 100 Deny * * * *"})
    void areOneVerdictWithoutAGroupSoThatNoChangeToAGroupIsOffered(String rules) {
        ClusterText cluster = inbound("Deny");
        if (!rules.isEmpty()) {
            cluster.group("nodes", rules);
        }
        List<NsgVerdict> blocks = verdicts(cluster, NsgVerdict.class).stream()
                .filter(verdict -> verdict.blocked() || verdict.likelyBlocked())
                .toList();

        assertThat(blocks).singleElement().satisfies(block -> {
            assertThat(block.outcome()).isEqualTo(Outcome.DROPPED);
            assertThat(block.nsg()).isEmpty();
            assertThat(block.byAdminRule()).isTrue();
            assertThat(block.summary())
                    .isEqualTo("the Virtual Network Manager denies TCP 10250 inbound by security admin rule manager-1"
                            + " (priority 5)");
            assertThat(block.evidence())
                    .singleElement()
                    .satisfies(at -> assertThat(at.document()).contains("manager-1"));
            assertThat(NsgRepair.allow(block)).isEmpty();
            assertThat(NsgRepair.removeDenyingRule(block)).isEmpty();
        });
    }

    @Test
    void twoThatDenyDifferentAddressesAreStillNoGroups() {
        List<NsgVerdict> blocks = verdicts(
                        new ClusterText()
                                .withoutPods()
                                .group("nodes", LETS_IN)
                                .adminRule("manager-1", "Inbound", 5, "Deny", "10.0.1.4", "0.0.0.0/0", "10250")
                                .adminRule("manager-2", "Inbound", 6, "Deny", "0.0.0.0/0", "0.0.0.0/0", "10250"),
                        NsgVerdict.class)
                .stream()
                .filter(NsgVerdict::blocked)
                .toList();

        assertThat(blocks)
                .isNotEmpty()
                .allSatisfy(block ->
                        assertThat(block.byAdminRule()).as(block.summary()).isTrue());
    }

    @Test
    void closeTheTunnelsOwnPortUnderTheirOwnName() {
        ClusterText cluster =
                new ClusterText().adminRule("manager-1", "Outbound", 5, "Deny", "0.0.0.0/0", "0.0.0.0/0", "443");

        assertThat(cluster.tunnel()).singleElement().satisfies(path -> {
            assertThat(path.outcome()).as("%s", path).isEqualTo(Outcome.DROPPED);
            assertThat(path.hop()).isEqualTo("security admin rule manager-1");
            assertThat(path.decidedBy().orElseThrow().document()).contains("manager-1");
        });
        assertThat(verdicts(cluster, EgressVerdict.class).stream().filter(EgressVerdict::blocked))
                .isNotEmpty()
                .allSatisfy(block -> {
                    assertThat(block.device()).isEqualTo(EgressVerdict.Device.ADMIN_RULE);
                    assertThat(block.group()).isEmpty();
                    assertThat(FirewallRepair.allow(block, "westeurope")).isEmpty();
                    assertThat(block.summary())
                            .isEqualTo("security admin rule manager-1 closes TCP 443 to the API server (priority 5)");
                });
    }

    private static <T> List<T> verdicts(ClusterText cluster, Class<T> kind) {
        return cluster.analysis().verdicts().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
