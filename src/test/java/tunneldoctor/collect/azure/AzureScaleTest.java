package tunneldoctor.collect.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.FactsWriter;
import tunneldoctor.collect.Progress;
import tunneldoctor.collect.nodes.NodeMachine;
import tunneldoctor.collect.nodes.NodeRunner;
import tunneldoctor.collect.nodes.SampleScript;
import tunneldoctor.collect.standin.FakeAzure;
import tunneldoctor.collect.standin.FakeCluster;
import tunneldoctor.collect.standin.Fault;
import tunneldoctor.collect.standin.Shell.Printed;

/** Many nodes, few calls at once, and ends that come early. */
class AzureScaleTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16})
    void noMoreCallsThanAllowedAreUnderWayAndTheDocumentIsTheSame(int parallel) throws Exception {
        FakeCluster cluster =
                new FakeCluster(30).pool("gpu", 5, "Linux").machinePool(2).firewall();
        String alone;
        try (FakeAzure azure = FakeAzure.start(cluster).pageSize(4)) {
            alone = FactsWriter.text(
                    AzureRun.of(azure, cluster, AzureRun.limits(1)).facts());
        }
        try (FakeAzure azure = FakeAzure.start(cluster)
                .pageSize(4)
                .latency(Duration.ofMillis(5))
                .throttleEvery(9)
                .retryAfter("")) {
            AzureRun run = AzureRun.of(azure, cluster, AzureRun.limits(parallel));

            assertThat(azure.mostAtOnce()).isLessThanOrEqualTo(parallel);
            assertThat(withoutTimes(FactsWriter.text(run.facts()))).isEqualTo(withoutTimes(alone));
            assertThat(run.facts().gaps()).isEmpty();
        }
    }

    /** The stand-in repeats the time asked for, as Azure does. */
    private static String withoutTimes(String text) {
        return text.replaceAll("timespan: .*", "").replaceAll("http://127.0.0.1:\\d+", "");
    }

    /** Prints what it took; {@code -Dscale.nodes=200 -Dscale.latency=300} is the size that the project promises. */
    @Test
    void aLargeClusterIsCollectedAndItsNodesAsked() throws Exception {
        int nodes = Integer.getInteger("scale.nodes", 40);
        int latency = Integer.getInteger("scale.latency", 20);
        FakeCluster cluster = new FakeCluster(nodes);
        String output = "0123456789abcde\n".repeat(256);
        try (FakeAzure azure = FakeAzure.start(cluster)
                .latency(Duration.ofMillis(latency))
                .throttleEvery(20)
                .shell((node, script) -> new Printed(output, ""))) {
            Instant begin = Instant.now();
            AzureRun run = AzureRun.of(azure, cluster, AzureRun.limits(24));
            Instant collected = Instant.now();
            NodeRunner runner = AzureRun.source(azure).runner(AzureRun.limits(24));
            ExecutorService several = Executors.newFixedThreadPool(24);
            try {
                List<Future<String>> outputs = run.machines().stream()
                        .map(machine ->
                                several.submit(() -> runner.run(machine, SampleScript.any(), Duration.ofSeconds(50))
                                        .stdout()))
                        .toList();
                for (Future<String> one : outputs) {
                    assertThat(one.get()).isEqualTo(output);
                }
            } finally {
                several.shutdownNow();
            }
            long heap =
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            System.out.printf(
                    "%d nodes at %d ms per call, every 20th throttled: resources %d ms, a script on every node %d ms,"
                            + " %d calls, at most %d at once, heap %d MB%n",
                    nodes,
                    latency,
                    Duration.between(begin, collected).toMillis(),
                    Duration.between(collected, Instant.now()).toMillis(),
                    azure.calls().size(),
                    azure.mostAtOnce(),
                    heap >> 20);

            assertThat(run.machines()).hasSize(nodes);
            assertThat(run.facts().gaps()).isEmpty();
            assertThat(azure.mostAtOnce()).isLessThanOrEqualTo(24);
            assertThat(azure.writes()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} at once")
    @CsvSource({"1", "8"})
    void theEndOfTimeLeavesGapsForWhatWasNotRead(int parallel) throws Exception {
        FakeCluster cluster = new FakeCluster(20);
        try (FakeAzure azure = FakeAzure.start(cluster).fault("GET Microsoft.Network/loadBalancers list", Fault.HANG)) {
            AzureRun run = AzureRun.of(
                    azure, cluster, AzureRun.limits(parallel, Duration.ofMillis(2_500), Duration.ofSeconds(60)));

            assertThat(run.facts().gaps())
                    .anyMatch(gap -> gap.about().equals("Microsoft.Network/loadBalancers")
                            && gap.reason().equals("the time for collecting was over"));
            assertThat(run.facts().azure()).isNotEmpty();
            assertThat(run.ruledOut()).doesNotContain("snat-exhausted");
        }
    }

    @Test
    void anInterruptKeepsWhatWasReadAndNamesTheRest() throws Exception {
        FakeCluster cluster = new FakeCluster(20);
        CountDownLatch begun = new CountDownLatch(1);
        try (FakeAzure azure = FakeAzure.start(cluster).fault("GET Microsoft.Network/loadBalancers list", Fault.HANG)) {
            Collected collected = new Collected("tunnel-doctor test", java.time.Clock.systemUTC());
            Thread collector =
                    new Thread(() -> AzureRun.source(azure).collect(collected, AzureRun.limits(4), new Progress() {
                        @Override
                        public void planned(String phase, int more) {
                            // The first wave is the cluster alone.
                            if (more > 1) {
                                begun.countDown();
                            }
                        }

                        @Override
                        public void done(String phase, String what) {
                            // What is done is not what is waited for.
                        }
                    }));
            collector.start();
            begun.await();
            Thread.sleep(200);
            collector.interrupt();
            collector.join(20_000);

            assertThat(collector.isAlive()).isFalse();
            assertThat(collected.facts("live").azure()).isNotEmpty();
            assertThat(collected.facts("live").gaps())
                    .anyMatch(gap -> gap.about().equals("Microsoft.Network/loadBalancers")
                            && gap.reason().equals("interrupted"));
        }
    }

    @Test
    void machinesAreNamedAsTheirNodes() throws Exception {
        FakeCluster cluster = new FakeCluster(40).pool("npwin", 2, "Windows").machinePool(2);
        try (FakeAzure azure = FakeAzure.start(cluster).pageSize(7)) {
            AzureRun run = AzureRun.of(azure, cluster);

            assertThat(run.machines())
                    .containsExactlyInAnyOrderElementsOf(cluster.nodes().stream()
                            .map(node -> new NodeMachine(
                                    node.name(), node.armId(), node.os(), java.util.Optional.of(node.address())))
                            .toList());
            assertThat(run.machines()).extracting(NodeMachine::node).contains("aks-work-12345678-vmss000010");
        }
    }

    @Test
    void noSecretOfAResourceIsKept() throws Exception {
        FakeCluster cluster = new FakeCluster(3);
        try (FakeAzure azure = FakeAzure.start(cluster)) {
            String text = FactsWriter.text(AzureRun.of(azure, cluster).facts());

            assertThat(text).contains("customData: ").doesNotContain("I2Nsb3VkLWNvbmZpZyBwbGFudGVk");
        }
    }
}
