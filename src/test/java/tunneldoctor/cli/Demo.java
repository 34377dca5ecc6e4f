package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tunneldoctor.collect.live.ClusterName;
import tunneldoctor.collect.live.LiveCluster;
import tunneldoctor.collect.standin.FakeApiServer;
import tunneldoctor.collect.standin.FakeAzure;
import tunneldoctor.collect.standin.FakeCluster;
import tunneldoctor.collect.standin.FakeCluster.FakeNode;
import tunneldoctor.collect.standin.ToolShell;

/**
 * A live diagnosis without an account: a cluster of 20 nodes with two faults, played on this machine by stand-ins for Azure
 * and for the API server, whose nodes run the real scripts. See the README for the command that starts it. System properties
 * make it larger and slower: {@code demo.nodes}, {@code demo.latency} of a call in milliseconds, and {@code demo.throttle},
 * every so many calls one is answered by 429.
 */
public final class Demo {
    private static final String HEAD = """
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD ACCEPT [0:0]
            :OUTPUT ACCEPT [0:0]
            """;

    private Demo() {}

    /** The arguments are those of a command; without any it is {@code diagnose}. */
    public static void main(String[] args) throws Exception {
        FakeCluster cluster = new FakeCluster(Integer.getInteger("demo.nodes", 20))
                .securityRule("DenyKubelet", 200, "Inbound", "Deny", "10250");
        Path tools = Files.createTempDirectory("tunnel-doctor-demo-");
        int exit;
        try (FakeAzure azure = FakeAzure.start(cluster)
                        .shell(nodes(cluster, tools))
                        .latency(Duration.ofMillis(Integer.getInteger("demo.latency", 0)))
                        .throttleEvery(Integer.getInteger("demo.throttle", 0))
                        .retryAfter("1");
                FakeApiServer kubernetes = FakeApiServer.start(cluster)) {
            LiveClusters standIns = name -> LiveCluster.standIn(
                    new ClusterName(
                            name.resourceGroup(),
                            name.cluster(),
                            Optional.of(FakeCluster.SUBSCRIPTION),
                            name.context()),
                    azure.endpoint(),
                    kubernetes.endpoint());
            System.setProperty("tunneldoctor.home", Path.of("").toAbsolutePath().toString());
            exit = Main.run(
                    Terminal.ofProcess(),
                    new RulesPipeline(),
                    standIns,
                    Clock.systemUTC(),
                    args.length > 0
                            ? args
                            : new String[] {"diagnose", "-g", FakeCluster.RESOURCE_GROUP, "-n", FakeCluster.NAME});
        } finally {
            remove(tools);
        }
        System.exit(exit);
    }

    private static ToolShell nodes(FakeCluster cluster, Path tools) throws IOException {
        List<FakeNode> nodes = cluster.nodes();
        return new ToolShell(tools)
                .tool("iptables-nft-save", HEAD + "COMMIT\n")
                .tool("ip6tables-nft-save", HEAD + "COMMIT\n")
                .tool("iptables", "Chain INPUT (policy ACCEPT 0 packets, 0 bytes)\n")
                .tool("nft", "")
                .tool("ss", "LISTEN 0 4096 *:10250 *:*\n")
                .tool("systemctl", "active\n")
                .tool("nc", "nc: connect to node port 10250 (tcp) timed out: Operation now in progress\n")
                .tool("ufw", "Status: inactive\n")
                .tool(
                        nodes.get(nodes.size() - 1).name(),
                        "iptables-nft-save",
                        HEAD + "-A INPUT -p tcp -m tcp --dport 10250 -j DROP\nCOMMIT\n");
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
