package tunneldoctor.collect.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.Limits;
import tunneldoctor.collect.Progress;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.Gap;

/** The scripts run for real, by /bin/sh, with tools of our own in place of the node's. */
class NodeCollectorTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path tools;

    @TempDir
    private Path answers;

    private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

    @Test
    void largeOutputsArriveWholeThroughFourKilobytes() throws IOException {
        String large = iptablesSave(200_000);
        tool("iptables-nft-save", large);
        tool("nft", "table inet t {\n}\n");

        Map<String, String> outputs = outputs(collect(shell(answer -> answer), Set.of()), 1);

        assertThat(outputs)
                .containsEntry("iptables-nft-save", large)
                .containsEntry("nft list ruleset", "table inet t {\n}\n");
        assertThat(sent).hasSizeGreaterThan(5);
        assertThat(left()).isEmpty();
    }

    @Test
    void aSmallAnswerNeedsOneRunAndLeavesNothing() throws IOException {
        tool("iptables-nft-save", "*filter\nCOMMIT\n");

        ClusterFacts facts = collect(shell(answer -> answer), Set.of());

        assertThat(sent).hasSize(1);
        assertThat(outputs(facts, 1)).containsEntry("iptables-nft-save", "*filter\nCOMMIT\n");
        assertThat(left()).isEmpty();
    }

    @Test
    void toolsThatAreNotThereAreGapsExceptThoseWhoseAbsenceIsAnAnswer() throws IOException {
        ClusterFacts facts = collect(shell(answer -> answer), Set.of());

        assertThat(facts.gaps()).extracting(Gap::about).contains("nft list ruleset", "iptables-save", "ss -ltnp");
        assertThat(outputs(facts, 1).get("ufw status verbose")).contains("ufw");
    }

    @Test
    void rulesOfACommandThatFailedAreAGap() throws IOException {
        executable("nft", "echo 'table ip a {'\necho 'out of memory'\nexit 1\n");

        ClusterFacts facts = collect(shell(answer -> answer), Set.of());

        assertThat(outputs(facts, 1)).doesNotContainKey("nft list ruleset");
        assertThat(facts.gaps()).extracting(Gap::reason).contains("it failed with code 1: out of memory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"half", "first bytes lost", "changed", "empty", "noise"})
    void aBrokenAnswerIsAGapAndNeverAnOutput(String fault) throws IOException {
        tool("iptables-nft-save", iptablesSave(20_000));

        ClusterFacts facts = collect(
                shell(answer -> switch (fault) {
                    case "half" -> answer.substring(0, answer.length() / 2);
                    case "first bytes lost" -> answer.substring(Math.min(answer.length(), 50));
                    case "changed" -> answer.replace('A', 'B');
                    case "empty" -> "";
                    default -> "Last login\n" + answer;
                }),
                Set.of());

        assertThat(facts.nodes()).allMatch(node -> node.outputs().isEmpty());
        assertThat(facts.gaps()).extracting(Gap::about).containsOnly(NodeCollector.RUN_COMMAND);
        assertThat(facts.gaps()).extracting(Gap::subject).containsExactly("node001", "node002");
    }

    @Test
    void agentsNodesProbeTheOthers() throws IOException {
        tool("nc", "nc $@: Connection timed out\n");

        ClusterFacts facts = collect(shell(answer -> answer), Set.of("node001"));

        assertThat(outputs(facts, 1)).containsKey("nc -v -w 2 10.0.0.2 10250");
        assertThat(outputs(facts, 2).keySet()).noneMatch(command -> command.startsWith("nc "));
    }

    @Test
    void deniedNodesAreGapsWithTheReason() {
        NodeRunner denied = (machine, script, limit) -> {
            throw new NodeRunFailed(NodeRunFailed.Kind.DENIED, "AuthorizationFailed");
        };

        ClusterFacts facts = collect(denied, Set.of());

        assertThat(facts.gaps()).hasSize(2).allMatch(gap -> gap.reason().equals("AuthorizationFailed"));
    }

    @Test
    void ofMoreThanTheLimitAgentsAndASampleOfEachSetAreAsked() {
        List<NodeMachine> machines = new ArrayList<>(machines(30));
        machines.add(
                new NodeMachine("win", "/x/virtualMachineScaleSets/w/virtualMachines/0", "Windows", Optional.empty()));
        machines.add(
                new NodeMachine("other", "/x/virtualMachineScaleSets/o/virtualMachines/0", "Linux", Optional.empty()));

        NodeChoice choice = NodeChoice.of(machines, Set.of("node020"), new NodeWish(true, 3, Set.of()));

        assertThat(choice.asked()).extracting(NodeMachine::node).containsExactly("node001", "node020", "other");
        assertThat(choice.leftOut()).hasSize(28);
        assertThat(choice.windows()).extracting(NodeMachine::node).containsExactly("win");
    }

    @Test
    void namedNodesAloneAreAskedAndUnknownNamesAreGaps() {
        NodeChoice choice =
                NodeChoice.of(machines(3), Set.of("node001"), new NodeWish(true, 1, Set.of("node002", "nodeXXX")));

        assertThat(choice.asked()).extracting(NodeMachine::node).containsExactly("node002");
        assertThat(choice.leftOut()).extracting(NodeMachine::node).containsExactly("node001", "node003");
        assertThat(choice.unknown()).containsExactly("nodeXXX");
    }

    @Test
    void nodesThatWereLeftOutShareAGapForEachPool() {
        NodeRunner denied = (machine, script, limit) -> {
            throw new NodeRunFailed(NodeRunFailed.Kind.GONE, "gone");
        };
        Collected into = new Collected("test", Clock.systemUTC());
        Limits limits = new Limits(Instant.now().plus(MINUTE), MINUTE, MINUTE, 2, MINUTE);

        new NodeCollector(denied, Clock.systemUTC(), new NodeWish(true, 1, Set.of()))
                .collect(machines(300), Set.of(), into, limits, Progress.SILENT);

        assertThat(into.facts("f").gaps())
                .extracting(Gap::what, Gap::subject)
                .containsExactlyInAnyOrder(
                        tuple("firewall of node node001", "node001"),
                        tuple(
                                "commands on 299 nodes: node002, node003, node004, … node300",
                                "/x/virtualMachineScaleSets/s"));
    }

    @Test
    void nothingFromOutsideGetsIntoAScript() {
        assertThatThrownBy(() -> NodeScripts.probe(List.of("10.0.0.1; reboot")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NodeScripts.part("../../etc/x", 1, true)).isInstanceOf(IllegalArgumentException.class);
    }

    private ClusterFacts collect(NodeRunner runner, Set<String> agents) {
        Collected into = new Collected("test", Clock.systemUTC());
        Limits limits = new Limits(Instant.now().plus(MINUTE), MINUTE, MINUTE, 2, MINUTE);
        new NodeCollector(runner, Clock.systemUTC(), new NodeWish(true, 10, Set.of()))
                .collect(machines(2), agents, into, limits, Progress.SILENT);
        return into.facts("test");
    }

    private static List<NodeMachine> machines(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new NodeMachine(
                        String.format("node%03d", i),
                        "/x/virtualMachineScaleSets/s/virtualMachines/" + i,
                        "Linux",
                        Optional.of("10.0.0." + i)))
                .toList();
    }

    /** Only the first node's runs are counted; both answer alike. */
    private NodeRunner shell(UnaryOperator<String> fault) {
        return (machine, script, limit) -> {
            if (machine.node().equals("node001")) {
                sent.add(script.text());
            }
            try {
                return new NodeAnswer(fault.apply(tail(run(script.text()))), "");
            } catch (IOException e) {
                throw new NodeRunFailed(NodeRunFailed.Kind.BROKEN, String.valueOf(e.getMessage()));
            }
        };
    }

    private byte[] run(String script) throws IOException {
        // The machine the test runs on has firewall tools of its own, which are not asked.
        String alone = elsewhere(script).replace("PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin", "PATH=" + tools);
        Process shell = new ProcessBuilder("/bin/sh", "-c", alone)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return shell.getInputStream().readAllBytes();
    }

    private String elsewhere(String script) {
        return script.replace("d=/run; [ -w /run ] || d=${TMPDIR:-/tmp}", "d=" + answers);
    }

    private static String tail(byte[] bytes) {
        byte[] kept = Arrays.copyOfRange(bytes, Math.max(0, bytes.length - NodeRunner.MOST_BYTES), bytes.length);
        return new String(kept, StandardCharsets.UTF_8);
    }

    private void tool(String name, String prints) throws IOException {
        Path text = Files.writeString(tools.resolve(name + ".txt"), prints);
        executable(name, "exec cat '" + text + "'\n");
    }

    private void executable(String name, String script) throws IOException {
        Path file = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @BeforeEach
    void usualTools() throws IOException {
        for (String tool : List.of("gzip", "base64", "sha256sum", "dd", "tr", "mktemp", "cat", "wc", "rm", "timeout")) {
            Path real = Stream.of("/usr/bin", "/bin")
                    .map(directory -> Path.of(directory, tool))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow();
            executable(tool, "exec " + real + " \"$@\"\n");
        }
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(answers)) {
            return files.toList();
        }
    }

    private static Map<String, String> outputs(ClusterFacts facts, int node) {
        return facts.nodes().get(node - 1).outputs().stream()
                .collect(Collectors.toMap(CommandOutput::command, CommandOutput::text));
    }

    /** Little of it repeats, as with the addresses and hashes of a real one. */
    private static String iptablesSave(int length) {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder("# Generated by iptables-nft-save\n*filter\n");
        while (text.length() < length) {
            text.append(String.format(
                    "-A KUBE-SEP-%08X -s 10.%d.%d.%d/32 -m comment --comment \"ns/é # @ 0 3 x\" -j KUBE-MARK-MASQ%n",
                    random.nextInt(), random.nextInt(256), random.nextInt(256), random.nextInt(256)));
        }
        return text.append("COMMIT\n").toString();
    }
}
