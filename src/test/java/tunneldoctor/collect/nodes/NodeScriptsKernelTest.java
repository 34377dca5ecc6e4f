package tunneldoctor.collect.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.Limits;
import tunneldoctor.collect.Progress;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.Gap;

/**
 * The scripts as they are sent, against the kernel's own firewall: two nodes are two network namespaces with a wire between
 * them, and what comes back is the last 4,096 bytes, as of run-command.
 */
class NodeScriptsKernelTest {
    private static final String AGENT = "td-agent";
    private static final String TARGET = "td-target";
    private static final String AGENT_ADDRESS = "192.0.2.1";
    private static final String TARGET_ADDRESS = "192.0.2.2";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @BeforeEach
    void twoNodesOnAWire() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("user.name").equals("root"), "SKIPPED: network namespaces need root");
        for (String tool : List.of("/usr/sbin/ip", "/usr/sbin/iptables-nft-save", "/usr/sbin/iptables")) {
            assumeTrue(Files.isExecutable(Path.of(tool)), "SKIPPED: no " + tool + " here");
        }
        sh("ip netns add " + AGENT + " && ip netns add " + TARGET
                + " && ip link add td0 netns " + AGENT + " type veth peer name td1 netns " + TARGET
                + " && ip -n " + AGENT + " addr add " + AGENT_ADDRESS + "/30 dev td0 && ip -n " + AGENT
                + " link set td0 up && ip -n " + AGENT + " link set lo up && ip -n " + TARGET + " addr add "
                + TARGET_ADDRESS + "/30 dev td1 && ip -n " + TARGET + " link set td1 up");
    }

    @AfterEach
    void takenAway() throws IOException, InterruptedException {
        new ProcessBuilder("/bin/sh", "-c", "ip netns del " + AGENT + "; ip netns del " + TARGET)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void aKubernetesNodesRulesArriveWholeAndTheProbeMeetsThem() throws IOException, InterruptedException {
        String rules = kubernetesRules(2_000);
        Path file = Files.writeString(Files.createTempFile("rules", ".txt"), rules);
        sh("ip netns exec " + TARGET + " iptables-nft-restore <" + file);
        Files.delete(file);
        String before = rules(in(TARGET, "iptables-nft-save"));

        ClusterFacts facts = collect();

        assertThat(before).hasSizeGreaterThan(200_000);
        assertThat(facts.gaps()).extracting(Gap::about).doesNotContain(NodeCollector.RUN_COMMAND);
        assertThat(rules(outputs(facts, TARGET).get("iptables-nft-save"))).isEqualTo(before);
        assertThat(outputs(facts, TARGET)).containsKey("nft list ruleset");
        assertThat(outputs(facts, AGENT).entrySet())
                .filteredOn(output -> output.getKey().contains(TARGET_ADDRESS))
                .singleElement()
                .satisfies(output -> assertThat(output.getValue()).containsAnyOf("timed out", "rc=124", "TIMEOUT"));
        assertThat(rules(in(TARGET, "iptables-nft-save")))
                .as("the rules after reading them")
                .isEqualTo(before);
        try (Stream<Path> left = Files.list(Path.of("/run"))) {
            assertThat(left).noneMatch(entry -> entry.getFileName().toString().startsWith("tunnel-doctor."));
        }
    }

    private static ClusterFacts collect() {
        Collected into = new Collected("test", Clock.systemUTC());
        NodeRunner runCommand = (machine, script, limit) -> {
            try {
                byte[] printed = in(machine.node(), script.text()).getBytes(StandardCharsets.UTF_8);
                byte[] kept = Arrays.copyOfRange(
                        printed, Math.max(0, printed.length - NodeRunner.MOST_BYTES), printed.length);
                return new NodeAnswer(new String(kept, StandardCharsets.UTF_8), "");
            } catch (IOException e) {
                throw new NodeRunFailed(NodeRunFailed.Kind.BROKEN, String.valueOf(e.getMessage()));
            }
        };
        new NodeCollector(runCommand, Clock.systemUTC(), new NodeWish(true, 10, Set.of()))
                .collect(
                        List.of(machine(AGENT, AGENT_ADDRESS), machine(TARGET, TARGET_ADDRESS)),
                        Set.of(AGENT),
                        into,
                        new Limits(Instant.now().plus(MINUTE), MINUTE, MINUTE, 2, MINUTE),
                        Progress.SILENT);
        return into.facts("test");
    }

    private static NodeMachine machine(String node, String address) {
        return new NodeMachine(
                node, "/x/virtualMachineScaleSets/s/virtualMachines/" + node, "Linux", Optional.of(address));
    }

    private static Map<String, String> outputs(ClusterFacts facts, String node) {
        return facts.nodes().stream()
                .filter(each -> each.name().equals(node))
                .flatMap(each -> each.outputs().stream())
                .collect(Collectors.toMap(CommandOutput::command, CommandOutput::text));
    }

    /** What kube-proxy writes for so many endpoints, and a rule that drops the kubelet's port. */
    private static String kubernetesRules(int endpoints) {
        StringBuilder chains = new StringBuilder();
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i < endpoints; i++) {
            String chain = String.format("KUBE-SEP-%016X", 0x9E3779B97F4A7C15L * (i + 1));
            chains.append(':').append(chain).append(" - [0:0]\n");
            rules.append("-A ")
                    .append(chain)
                    .append(" -p tcp -m comment --comment \"shop/cart-")
                    .append(i)
                    .append(":http\" -m tcp -j DNAT --to-destination 10.244.")
                    .append(i / 250)
                    .append('.')
                    .append(i % 250)
                    .append(":8080\n");
        }
        return "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                + "-A INPUT -p tcp -m tcp --dport 10250 -j DROP\nCOMMIT\n"
                + "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
                + chains + rules + "COMMIT\n";
    }

    /** Without the times of reading, and without counters, which every packet changes. */
    private static String rules(@Nullable String saved) {
        return String.valueOf(saved).replaceAll("(?m)^#.*\n", "").replaceAll("\\[[0-9:]+]", "");
    }

    private static String in(String namespace, String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("ip", "netns", "exec", namespace, "/bin/sh", "-c", script)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return printed;
    }

    private static void sh(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("/bin/sh", "-c", script)
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();
    }
}
