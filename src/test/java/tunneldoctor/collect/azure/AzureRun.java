package tunneldoctor.collect.azure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.Limits;
import tunneldoctor.collect.Progress;
import tunneldoctor.collect.nodes.NodeMachine;
import tunneldoctor.collect.standin.FakeAzure;
import tunneldoctor.collect.standin.FakeCluster;
import tunneldoctor.collect.standin.FakeKubernetes;
import tunneldoctor.diagnose.Diagnoser;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;

/** One collection from the stand-in, with the Kubernetes objects and node outputs that a whole collection would add. */
record AzureRun(ClusterFacts facts, List<NodeMachine> machines) {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:15:00Z"), ZoneOffset.UTC);
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final Diagnoser DIAGNOSER = new Diagnoser(rules());
    private static final Map<String, Diagnosis> DIAGNOSES = new ConcurrentHashMap<>();
    private static final String CLEAN = """
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD ACCEPT [0:0]
            :OUTPUT ACCEPT [0:0]
            COMMIT
            """;

    private static RuleBase rules() {
        try {
            return RuleBase.load(Path.of("rules"), Files.createTempDirectory("rule-cache"));
        } catch (Exception e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    static Limits limits(int parallel) {
        return limits(parallel, Duration.ofSeconds(60), Duration.ofSeconds(10));
    }

    static Limits limits(int parallel, Duration all, Duration perCall) {
        return new Limits(Instant.now().plus(all), perCall, Duration.ofSeconds(20), parallel, Duration.ofHours(1));
    }

    static AzureSource source(FakeAzure azure) {
        return AzureSource.standIn(
                azure.endpoint(), FakeCluster.SUBSCRIPTION, FakeCluster.RESOURCE_GROUP, FakeCluster.NAME, PAUSE);
    }

    static AzureRun of(FakeAzure azure, FakeCluster cluster, Limits limits) throws Exception {
        Collected collected = new Collected("tunnel-doctor test", CLOCK);
        AzureSource source = source(azure);
        source.collect(collected, limits, Progress.SILENT);
        FakeKubernetes.into(collected, cluster);
        cluster.nodes().forEach(node -> collected.output(node.name(), "iptables-save", CLEAN));
        return new AzureRun(collected.facts("live"), source.machines());
    }

    static AzureRun of(FakeAzure azure, FakeCluster cluster) throws Exception {
        return of(azure, cluster, limits(8));
    }

    /** Documents that differ only in the reasons of gaps get the same diagnosis, up to those reasons. */
    Diagnosis diagnosis() throws Exception {
        StringBuilder key = new StringBuilder();
        facts.gaps()
                .forEach(gap ->
                        key.append(gap.what()).append('|').append(gap.about()).append('\n'));
        key.append(facts.azure()).append(facts.metrics()).append(facts.nodes());
        Diagnosis known = DIAGNOSES.get(key.toString());
        if (known == null) {
            known = DIAGNOSER.diagnose(facts);
            DIAGNOSES.put(key.toString(), known);
        }
        return known;
    }

    List<String> ruledOut() throws Exception {
        return diagnosis().ruledOut().stream().map(Diagnosis.RuledOut::cause).toList();
    }
}
