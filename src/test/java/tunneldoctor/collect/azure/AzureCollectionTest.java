package tunneldoctor.collect.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tunneldoctor.collect.standin.Call;
import tunneldoctor.collect.standin.FakeAzure;
import tunneldoctor.collect.standin.FakeCluster;
import tunneldoctor.collect.standin.Fault;

/** A whole collection through the real SDK from the stand-in, and what is diagnosed from it. */
class AzureCollectionTest {
    private static final String HUB = "/subscriptions/" + FakeCluster.SUBSCRIPTION
            + "/resourceGroups/hub-rg/providers/Microsoft.Network/azureFirewalls/hub";

    @Test
    void aHealthyClusterIsCollectedWithoutAGap() throws Exception {
        FakeCluster cluster = new FakeCluster(20);
        try (FakeAzure azure = FakeAzure.start(cluster)) {
            AzureRun run = AzureRun.of(azure, cluster);

            assertThat(run.facts().gaps()).isEmpty();
            assertThat(run.diagnosis().problems()).isEmpty();
            assertThat(run.diagnosis().causesFound()).isEmpty();
            assertThat(run.diagnosis().causesOpen()).isEmpty();
            assertThat(run.facts().metrics())
                    .as("Azure shows ten series unless it is asked for more")
                    .extracting(reply ->
                            reply.items("value").get(0).items("timeseries").size())
                    .containsExactly(20, 2, 20);
            assertThat(azure.writes()).isEmpty();
        }
    }

    @Test
    void aGroupThatDeniesTheKubeletPortIsFound() throws Exception {
        FakeCluster cluster = new FakeCluster(20).securityRule("deny-kubelet", 200, "Inbound", "Deny", "10250");
        try (FakeAzure azure = FakeAzure.start(cluster)) {
            AzureRun run = AzureRun.of(azure, cluster);

            assertThat(run.facts().gaps()).isEmpty();
            assertThat(run.diagnosis().causesFound()).containsExactly("nsg-blocks-kubelet");
        }
    }

    @Test
    void aReadThatIsThrottledIsRepeatedWhenAzureSaid() throws Exception {
        FakeCluster cluster = new FakeCluster(2);
        String list = "GET Microsoft.Network/loadBalancers list";
        try (FakeAzure azure = FakeAzure.start(cluster).retryAfter("1").fault(list, Fault.THROTTLED, 1)) {
            AzureRun run = AzureRun.of(azure, cluster);

            List<Instant> asked = azure.calls().stream()
                    .filter(call -> call.endpoint().equals(list))
                    .map(Call::at)
                    .toList();
            assertThat(asked).hasSize(2);
            assertThat(Duration.between(asked.get(0), asked.get(1))).isGreaterThanOrEqualTo(Duration.ofMillis(990));
            assertThat(run.facts().gaps()).isEmpty();
        }
    }

    @Test
    void aCloudThatIsBehindIsReadInItsOwnVersions() throws Exception {
        FakeCluster cluster = new FakeCluster(4).firewall();
        try (FakeAzure azure = FakeAzure.start(cluster).pageSize(2).behind()) {
            AzureRun run = AzureRun.of(azure, cluster);

            assertThat(run.facts().gaps()).isEmpty();
            assertThat(azure.calls()).anyMatch(call -> call.query().contains("api-version=2025-01-01"));
        }
    }

    @Test
    void theFirewallBehindTheDefaultRouteIsReadWithItsPoliciesAndTheirGroups() throws Exception {
        FakeCluster cluster = new FakeCluster(4).firewall().firewallRule("api", "TCP", "*", "443");
        try (FakeAzure azure = FakeAzure.start(cluster)) {
            AzureRun run = AzureRun.of(azure, cluster);

            assertThat(names(run))
                    .contains("hub-fw", "child", "parent", "ipg-nodes", "rt-nodes")
                    .doesNotContain("hub-vnet");
            assertThat(run.diagnosis().problems()).isEmpty();
        }
    }

    @Test
    void aFirewallIsFoundInTheSubscriptionWhereItsNetworkIsNotShown() throws Exception {
        FakeCluster cluster = new FakeCluster(4).firewall();
        try (FakeAzure azure = FakeAzure.start(cluster)) {
            assertThat(names(AzureRun.of(azure, cluster))).contains("hub-fw");
            assertThat(azure.endpoints()).doesNotContain("GET Microsoft.Network/azureFirewalls list");
        }
        FakeCluster hidden = new FakeCluster(4).route("default", "0.0.0.0/0", "VirtualAppliance", "10.9.0.4");
        hidden.with(
                HUB,
                FakeCluster.map(
                        "id",
                        HUB,
                        "name",
                        "hub",
                        "type",
                        "Microsoft.Network/azureFirewalls",
                        "properties",
                        FakeCluster.map(
                                "hubIPAddresses", FakeCluster.map("privateIPAddress", "10.9.0.4"),
                                "networkRuleCollections", List.of())));
        try (FakeAzure azure = FakeAzure.start(hidden)) {
            AzureRun run = AzureRun.of(azure, hidden);

            assertThat(names(run)).contains("hub");
            assertThat(run.facts().gaps()).isEmpty();
        }
    }

    private static List<String> names(AzureRun run) {
        return run.facts().azure().stream()
                .flatMap(resource -> resource.text("name").stream())
                .toList();
    }
}
