package tunneldoctor.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Tree;
import tunneldoctor.parse.FactReader;
import tunneldoctor.path.PathAnalysis;

/**
 * One node's firewall text, read and decided for the kubelet's port as {@code diagnose} does it: for every mechanism, and
 * with the rules that would have to go. The figure to look at is {@code megabytes} a second.
 *
 * <p>A walk from anywhere takes a second or more until it is compiled, so that the warm-up lasts some twenty of them. The
 * heap is touched before the start, as that of a warm process is.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 4)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms3g", "-Xmx3g", "-XX:+UseSerialGC", "-XX:NewSize=1500m", "-XX:+AlwaysPreTouch"})
@Threads(1)
public class HostFirewallBenchmark {
    private static final long SEED = 7;
    private static final double MEGABYTE = 1e6;

    /** What is read. */
    public enum Text {
        SAVE_OF_SERVICES("iptables-save"),
        SAVE_OF_BLOCK_LIST("iptables-save"),
        LISTING_OF_BLOCK_LIST("iptables -L -v -n");

        private final String command;

        Text(String command) {
            this.command = command;
        }

        private String of(int rules) {
            return switch (this) {
                case SAVE_OF_SERVICES -> FirewallTexts.save(FirewallTexts.Kind.SERVICES, rules, SEED);
                case SAVE_OF_BLOCK_LIST -> FirewallTexts.save(FirewallTexts.Kind.BLOCK_LIST, rules, SEED);
                case LISTING_OF_BLOCK_LIST -> FirewallTexts.listing(rules, SEED);
            };
        }
    }

    /** Where the connections come from. */
    public enum Senders {
        /** Ten known addresses, as of ten agents. */
        TEN_AGENTS,
        /** Any address: the facts name no agent. */
        ANYWHERE
    }

    @Param
    public Text text = Text.SAVE_OF_SERVICES;

    @Param({"10000", "100000"})
    public int rules;

    @Param
    public Senders senders = Senders.TEN_AGENTS;

    private ClusterFacts facts = facts("", "", List.of());
    private double size;

    /** What was read, in megabytes; JMH makes it a rate. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Amount {
        public double megabytes;
    }

    @Setup
    public void make() {
        String made = text.of(rules);
        size = made.getBytes(StandardCharsets.UTF_8).length / MEGABYTE;
        facts = facts(text.command, made, senders == Senders.TEN_AGENTS ? agents() : List.of());
    }

    private static List<Tree.Scalar> agents() {
        return java.util.stream.IntStream.range(0, 10)
                .mapToObj(i -> new Tree.Scalar("10.224.0." + (4 + i), true, 1))
                .toList();
    }

    private static ClusterFacts facts(String command, String text, List<Tree.Scalar> agents) {
        NodeOutputs node = new NodeOutputs(
                0,
                "aks-nodepool1-12345678-vmss000000",
                Optional.of("10.224.1.4"),
                Optional.empty(),
                List.of(new CommandOutput(command, text, 1)),
                1);
        return new ClusterFacts(
                "-",
                "tunnel-doctor/v1",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(node),
                List.of(),
                List.of(),
                agents,
                List.of());
    }

    @Benchmark
    public Facts read(Amount amount) {
        amount.megabytes += size;
        return FactReader.read(facts);
    }

    @Benchmark
    public PathAnalysis readAndDecide(Amount amount) {
        amount.megabytes += size;
        return PathAnalysis.of(FactReader.read(facts));
    }
}
