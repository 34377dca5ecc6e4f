package tunneldoctor.collect.azure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tunneldoctor.collect.standin.FakeAzure;
import tunneldoctor.collect.standin.FakeCluster;

/** A whole collection through the real SDK from the stand-in, and what is diagnosed from it. */
class AzureCollectionTest {
    @Test
    void aHealthyClusterIsCollectedWithoutAGap() throws Exception {
        FakeCluster cluster = new FakeCluster(20);
        try (FakeAzure azure = FakeAzure.start(cluster)) {
            AzureRun run = AzureRun.of(azure, cluster);

            assertThat(run.facts().gaps()).isEmpty();
            assertThat(run.diagnosis().problems()).isEmpty();
            assertThat(run.diagnosis().causesFound()).isEmpty();
            assertThat(run.diagnosis().causesOpen()).isEmpty();
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
}
