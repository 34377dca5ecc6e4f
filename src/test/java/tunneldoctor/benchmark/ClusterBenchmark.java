package tunneldoctor.benchmark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Facts;
import tunneldoctor.parse.FactReader;
import tunneldoctor.parse.FactsFile;
import tunneldoctor.parse.UnreadableFactsException;
import tunneldoctor.path.PathAnalysis;

/**
 * A whole cluster with ten agents and twenty distinct firewalls: what its facts cost to read once their file is parsed, and
 * what deciding every agent's way to every node costs beyond that. Times are of one cluster.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:+UseSerialGC"})
@Threads(1)
public class ClusterBenchmark {
    private static final int FIREWALLS = 20;

    @Param({"500", "5000"})
    public int nodes;

    private Optional<ClusterFacts> document = Optional.empty();
    private Optional<Facts> facts = Optional.empty();

    @Setup
    public void make() throws IOException, UnreadableFactsException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (Writer out = new OutputStreamWriter(json, StandardCharsets.UTF_8)) {
            LargeFacts.write(new LargeFacts.Cluster(nodes, FIREWALLS, true), true, out);
        }
        FactsFile.read(
                "large.json", new ByteArrayInputStream(json.toByteArray()), read -> document = Optional.of(read));
        facts = document.map(FactReader::read);
    }

    @Benchmark
    public Facts read() {
        return FactReader.read(document.orElseThrow());
    }

    @Benchmark
    public PathAnalysis decide() {
        return PathAnalysis.of(facts.orElseThrow());
    }
}
