package tunneldoctor.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Fact;

/**
 * What the rules cost beside loops that conclude the same: facts are read and hops decided before. Times are of one
 * cluster; the median tells most, as it leaves out what other processes on the machine take away.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseSerialGC"})
@Threads(1)
public class RulesBenchmark {
    private static final int FIREWALLS = 20;

    /** {@code incident} is the sample of four nodes; a number is that of a large cluster's nodes. */
    @Param({"incident", "50", "500"})
    public String facts = "";

    private List<Fact> prepared = List.of();
    private Optional<RuleBase> rules = Optional.empty();

    @Setup
    public void prepare() throws Exception {
        prepared = facts.equals("incident")
                ? RuleFacts.ofIncident()
                : RuleFacts.ofLargeCluster(Integer.parseInt(facts), FIREWALLS);
        RuleBase base = RuleBase.load(Path.of("rules"), Files.createTempDirectory("rule-cache"));
        if (!base.conclude(prepared).equals(HandWrittenRules.conclude(prepared))) {
            throw new IllegalStateException("the two do not conclude the same, so that their times do not compare");
        }
        rules = Optional.of(base);
    }

    @Benchmark
    public List<Conclusion> drools() throws RuleBaseException {
        return rules.orElseThrow().conclude(prepared);
    }

    @Benchmark
    public List<Conclusion> handWritten() {
        return HandWrittenRules.conclude(prepared);
    }
}
