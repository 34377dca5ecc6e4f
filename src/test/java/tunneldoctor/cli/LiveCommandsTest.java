package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.collect.live.ClusterName;
import tunneldoctor.collect.live.LiveCluster;
import tunneldoctor.collect.standin.FakeApiServer;
import tunneldoctor.collect.standin.FakeAzure;
import tunneldoctor.collect.standin.FakeCluster;
import tunneldoctor.collect.standin.Fault;
import tunneldoctor.collect.standin.ToolShell;
import tunneldoctor.redact.Redaction;

/** The commands that read live clusters, end to end: the real SDKs over HTTP, the real scripts by a real shell. */
class LiveCommandsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:15:00Z"), ZoneOffset.UTC);
    private static final String RUN_COMMAND =
            "POST Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand";
    private static final String PLANTED = "Tr0ub4dor-and-3-horses";

    private static final String ALLOWS = """
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD ACCEPT [0:0]
            :OUTPUT ACCEPT [0:0]
            COMMIT
            """;
    private static final String DROPS = """
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD ACCEPT [0:0]
            :OUTPUT ACCEPT [0:0]
            -A INPUT -p tcp -m tcp --dport 10250 -m comment --comment "password=@" -j DROP
            COMMIT
            """.replace("@", PLANTED);

    @TempDir
    private static Path home;

    @TempDir
    private Path tools;

    @TempDir
    private Path files;

    @BeforeAll
    static void rulesThatCameAlong() {
        System.setProperty("tunneldoctor.home", Path.of("").toAbsolutePath().toString());
    }

    @AfterAll
    static void noneForOthers() {
        System.clearProperty("tunneldoctor.home");
    }

    @Test
    void twoFaultsOfTwentyNodesAreFoundLiveAndTheKeptFileSaysTheSame() throws Exception {
        FakeCluster cluster = faulty(20);
        try (FakeAzure azure = FakeAzure.start(cluster).shell(nodes(cluster)).retryAfter("1");
                FakeApiServer kubernetes = FakeApiServer.start(cluster)) {
            String kept = files.resolve("kept.yaml").toString();

            CommandRun live = run(azure, kubernetes, "diagnose", "-g", "shop-rg", "-n", "shop", "--save", kept);
            CommandRun saved = CommandRun.of(home, "diagnose", kept);

            assertThat(live.err()).doesNotContain("internal error");
            assertThat(live.out()).isEqualTo(saved.out());
            assertThat(live.exit()).isEqualTo(saved.exit()).isEqualTo(ExitCode.FOUND.code());
            assertThat(live.out()).contains("nsg-blocks-kubelet", "iptables-blocks-kubelet", "DenyKubelet");
            assertThat(live.err())
                    .contains("will read", "needs the role Reader", "runCommand/action")
                    .contains("So far, from Azure and Kubernetes alone:", "found        nsg-blocks-kubelet")
                    .contains("nodes 20/20");
            assertThat(live.err().indexOf("So far")).isLessThan(live.err().indexOf("nodes 20/20"));
            assertThat(azure.writes()).isEmpty();
            assertThat(kubernetes.methods()).isNotEmpty().containsOnly("GET");
            redactedTheReportIsTheRedactedReport(Path.of(kept));
        }
    }

    private void redactedTheReportIsTheRedactedReport(Path kept) throws IOException {
        Path redacted = files.resolve("redacted.yaml");
        Path key = files.resolve("key");

        CommandRun run =
                CommandRun.of(home, "redact", kept.toString(), "-o", redacted.toString(), "--key-file", key.toString());

        assertThat(run.err()).contains("the diagnosis is the same but for them");
        assertThat(run.exit()).isZero();
        assertThat(redacted).content().doesNotContainIgnoringCase("shop").doesNotContain("DenyKubelet");
        Redaction.Learning learning = Redaction.learning();
        Stream.concat(Stream.of("kept"), Files.readAllLines(kept).stream()).forEach(learning::line);
        Redaction redaction = learning.with(Files.readAllBytes(key));
        String expected = redaction.text(CommandRun.of(home, "diagnose", "-o", "json", kept.toString())
                .out()
                .replace(kept.toString(), "-"));
        CommandRun report = CommandRun.of(home, "diagnose", "-o", "json", redacted.toString());
        assertThat(report.out().replace(redacted.toString(), "-")).isEqualTo(expected);
    }

    @Test
    void oneAtATimeGivesTheSameFileWithoutSecretsAndForItsOwnerAlone() throws Exception {
        FakeCluster cluster = faulty(3);
        ToolShell nodes = nodes(cluster);
        try (FakeAzure azure = FakeAzure.start(cluster).shell(nodes).retryAfter("1");
                FakeApiServer kubernetes = FakeApiServer.start(cluster)) {
            Path one = files.resolve("one.yaml");
            Path many = files.resolve("many.yaml");

            collect(azure, kubernetes, "-o", one.toString(), "--parallel", "1");
            CommandRun run = collect(azure, kubernetes, "-o", many.toString(), "--parallel", "16");

            assertThat(run.err()).contains("3 of 3 nodes");
            assertThat(withoutTimespan(many))
                    .isEqualTo(withoutTimespan(one))
                    .contains("--dport 10250", "/dev/tcp/")
                    .doesNotContain(PLANTED);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(many)))
                    .isEqualTo("rw-------");
            assertThat(nodes.left()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FORBIDDEN, HTTP 403",
        "RESET, ''",
        "INVALID_JSON, ''",
    })
    void nodesThatCannotBeAskedLeaveTheirCausesOpen(Fault fault, String reason) throws Exception {
        FakeCluster cluster = new FakeCluster(2);
        try (FakeAzure azure = FakeAzure.start(cluster).shell(nodes(cluster)).fault(RUN_COMMAND, fault);
                FakeApiServer kubernetes = FakeApiServer.start(cluster)) {
            CommandRun live = run(azure, kubernetes, "diagnose", "-g", "shop-rg", "-n", "shop");

            assertThat(live.exit()).as(live.err() + live.out()).isEqualTo(ExitCode.CANNOT_TELL.code());
            assertThat(live.out()).contains("firewall of node", reason);
        }
    }

    @Test
    void whoMayNotRunCommandsStillGetsWhatAzureAndKubernetesTell() throws Exception {
        FakeCluster cluster = faulty(3);
        try (FakeAzure azure = FakeAzure.start(cluster);
                FakeApiServer kubernetes = FakeApiServer.start(cluster)) {
            CommandRun live =
                    run(azure, kubernetes, "diagnose", "-g", "shop-rg", "-n", "shop", "--no-run-command", "-o", "json");

            assertThat(live.exit()).isEqualTo(ExitCode.FOUND.code());
            assertThat(live.out()).contains("nsg-blocks-kubelet", "--no-run-command was given");
            assertThat(azure.calls()).allMatch(call -> call.method().equals("GET"));
        }
    }

    @Test
    void anotherClustersKubeconfigIsNotBelieved() throws Exception {
        FakeCluster cluster = new FakeCluster(2);
        try (FakeAzure azure = FakeAzure.start(cluster);
                FakeApiServer kubernetes = FakeApiServer.start(new FakeCluster(3), "MC_other_other_westeurope")) {
            Path file = files.resolve("facts.yaml");

            collect(azure, kubernetes, "-o", file.toString(), "--no-run-command");

            assertThat(Files.readString(file))
                    .contains("the kubeconfig's context is another cluster's")
                    .doesNotContain("\nkubernetes:");
        }
    }

    @Test
    void anInterruptKeepsWhatThereIs() throws Exception {
        FakeCluster cluster = faulty(4);
        try (FakeAzure azure = FakeAzure.start(cluster).shell((node, script) -> {
                    throw new IllegalStateException("never asked");
                });
                FakeApiServer kubernetes = FakeApiServer.start(cluster)) {
            Path file = files.resolve("facts.yaml");
            Thread.currentThread().interrupt();

            CommandRun run = collect(azure, kubernetes, "-o", file.toString());

            assertThat(Thread.interrupted()).isFalse();
            assertThat(run.exit()).isEqualTo(ExitCode.CANNOT_TELL.code());
            assertThat(run.err()).contains("ended early");
            assertThat(Files.readString(file)).contains("kind: ClusterFacts", "gaps:");
        }
    }

    /** What Ctrl-C does, and a system that shuts down. */
    @Test
    void aKilledCollectionKeepsWhatThereIs() throws Exception {
        Path file = files.resolve("facts.yaml");
        Process collection = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Ddemo.latency=200",
                        "tunneldoctor.cli.Demo",
                        "collect",
                        "-g",
                        FakeCluster.RESOURCE_GROUP,
                        "-n",
                        FakeCluster.NAME,
                        "-o",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said = collection.inputReader()) {
            List<String> lines = new ArrayList<>();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                lines.add(line);
                if (line.startsWith("nodes 1/")) {
                    collection.toHandle().destroy();
                }
            }

            assertThat(collection.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(lines).anyMatch(line -> line.contains("keeping what was collected so far"));
            assertThat(Files.readString(file)).contains("gaps:", "networkSecurityGroups", "nsg");
            try (Stream<Path> left = Files.list(files)) {
                assertThat(left).containsExactly(file);
            }
        }
    }

    @Test
    void theRolePrintsAloneAndNothingIsSent() throws Exception {
        try (FakeAzure azure = FakeAzure.start(new FakeCluster(1));
                FakeApiServer kubernetes = FakeApiServer.start(new FakeCluster(1))) {
            CommandRun run = collect(azure, kubernetes, "--print-role");

            assertThat(run.exit()).isZero();
            assertThat(run.out()).startsWith("{").contains("runCommand/action");
            assertThat(run.err()).isEmpty();
            assertThat(azure.calls()).isEmpty();
            assertThat(collect(azure, kubernetes, "--print-role", "--no-run-command")
                            .out())
                    .doesNotContain("runCommand");
        }
    }

    @Test
    void quietSaysNothingAtAll() throws Exception {
        FakeCluster cluster = new FakeCluster(2);
        try (FakeAzure azure = FakeAzure.start(cluster).shell(nodes(cluster)).retryAfter("1");
                FakeApiServer kubernetes = FakeApiServer.start(cluster)) {
            CommandRun run = collect(
                    azure, kubernetes, "-q", "-o", files.resolve("facts.yaml").toString());

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "collect -g shop-rg -n shop | --output=FILE",
                "collect -n shop -o f.yaml | needs both --resource-group RG and --name CLUSTER",
                "collect -g shop-rg -n shop -o /no/such/f.yaml | there is no directory",
                "collect -g shop-rg -n shop -o f.yaml --parallel 0 | --parallel must be 1 to 64",
                "collect -g shop-rg -n shop -o f.yaml --timeout 5 | is no time such as 90s",
                "diagnose -g shop-rg | needs both --resource-group RG and --name CLUSTER",
                "diagnose -g shop-rg -n shop f.yaml | diagnosed alone",
                "diagnose | Missing required parameter: 'FACTS'",
            })
    void badUsageSaysWhatToDo(String line, String message) {
        CommandRun run = CommandRun.of(home, line.split(" "));

        assertThat(run.exit()).isEqualTo(ExitCode.BAD_INPUT.code());
        assertThat(run.err()).contains(message);
    }

    /** Metrics are asked for up to now, and a minute may begin between two runs. */
    private static String withoutTimespan(Path facts) throws IOException {
        return Files.readString(facts).replaceAll("timespan: \"[^\"]*\"", "timespan");
    }

    private static FakeCluster faulty(int nodes) {
        return new FakeCluster(nodes).securityRule("DenyKubelet", 200, "Inbound", "Deny", "10250");
    }

    private ToolShell nodes(FakeCluster cluster) throws IOException {
        return new ToolShell(tools)
                .tool("iptables-nft-save", ALLOWS)
                .tool("nft", "table inet t {\n}\n")
                .tool("ufw", "Status: inactive\n")
                .tool("bash", "")
                .tool(cluster.nodes().get(cluster.nodes().size() - 1).name(), "iptables-nft-save", DROPS);
    }

    private static CommandRun collect(FakeAzure azure, FakeApiServer kubernetes, String... options) {
        return run(
                azure,
                kubernetes,
                Stream.concat(Stream.of("collect", "-g", "shop-rg", "-n", "shop"), Stream.of(options))
                        .toArray(String[]::new));
    }

    private static CommandRun run(FakeAzure azure, FakeApiServer kubernetes, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                out,
                err,
                false,
                Map.of("XDG_CACHE_HOME", home.toAbsolutePath().resolve("cache").toString()));
        LiveClusters standIns = name -> LiveCluster.standIn(
                new ClusterName(
                        name.resourceGroup(), name.cluster(), Optional.of(FakeCluster.SUBSCRIPTION), name.context()),
                azure.endpoint(),
                kubernetes.endpoint());
        List<String> all = new ArrayList<>(List.of(args));
        int exit = Main.run(terminal, new RulesPipeline(), standIns, CLOCK, all.toArray(String[]::new));
        return new CommandRun(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
