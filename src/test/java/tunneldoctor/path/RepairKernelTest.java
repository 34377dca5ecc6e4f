package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tunneldoctor.diagnose.Diagnoser;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Transport;
import tunneldoctor.model.Tree;

/**
 * Runs the printed repairs of blocked nodes for real: the agent's connection must get through afterwards, and the undo must
 * leave the ruleset exactly as it was.
 *
 * <p>{@code -Doracle.repairs=300} asks for that many repairs, {@code -Doracle.repairs.seed=N} for other ones. Needs root,
 * iptables, nft, ufw and iproute2.
 */
class RepairKernelTest {
    private static final int REPAIRS = Integer.getInteger("oracle.repairs", 40);
    private static final long SEED = Long.getLong("oracle.repairs.seed", 4_096);
    private static final int QUICK = 400;
    private static final int PATIENT = 3_000;
    private static final String NODE_NAME = "node-a";

    private final List<String> failures = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    @TempDir
    private Path cache;

    @BeforeEach
    void needsAKernel() {
        assumeTrue(System.getProperty("user.name").equals("root"), "SKIPPED: network namespaces need root");
        for (String tool :
                List.of("/usr/sbin/iptables-nft", "/usr/sbin/iptables-legacy", "/usr/sbin/ufw", "/usr/sbin/nft")) {
            assumeTrue(Files.isExecutable(Path.of(tool)), "SKIPPED: no " + tool + " here");
        }
    }

    @Test
    void everyPrintedRepairWorksAndIsUndoneExactly() throws Exception {
        Diagnoser diagnoser = new Diagnoser(RuleBase.load(Path.of("rules"), cache));
        try (KernelLane lane = new KernelLane("r" + ProcessHandle.current().pid())) {
            List<Firewall> firewalls = List.of(
                    new Iptables("iptables-nft"),
                    new Iptables("iptables-legacy"),
                    new Ufw(lane),
                    new NativeNft(),
                    new BothBackends(new Iptables("iptables-nft"), new Iptables("iptables-legacy")));
            Random random = new Random(SEED);
            for (int i = 0; count("repairs") < REPAIRS && i < 40 * REPAIRS; i++) {
                Firewall firewall = firewalls.get(i % firewalls.size());
                firewall.make(lane, new Random(random.nextLong()));
                oneNode(lane, firewall, diagnoser, random);
                firewall.clear(lane);
            }
        }
        System.out.println("repairs against the kernel, seed " + SEED + ": " + counts);
        assertThat(failures).isEmpty();
        assertThat(count("repairs")).isGreaterThanOrEqualTo(REPAIRS);
        assertThat(counts.keySet()).contains("iptables-nft", "iptables-legacy", "ufw", "nft", "both backends");
    }

    private int count(String what) {
        return counts.getOrDefault(what, 0);
    }

    private static Map<String, String> connect(KernelLane lane, int milliseconds, List<String> senders)
            throws IOException {
        Map<String, String> met = new TreeMap<>();
        List<KernelLane.Call> calls = senders.stream()
                .map(sender -> new KernelLane.Call(sender, KernelLane.NODE))
                .toList();
        lane.connect(Direction.INBOUND, Transport.TCP, 10250, milliseconds, calls)
                .forEach((call, answer) -> met.put(call.from(), answer));
        return met;
    }

    private void oneNode(KernelLane lane, Firewall firewall, Diagnoser diagnoser, Random random) throws Exception {
        Map<String, String> kernel = connect(lane, QUICK, KernelLane.NEIGHBOURS);
        List<String> blocked = kernel.entrySet().stream()
                .filter(sender -> !sender.getValue().equals("OK"))
                .map(Map.Entry::getKey)
                .toList();
        if (blocked.isEmpty()) {
            return;
        }
        String agent = blocked.get(random.nextInt(blocked.size()));
        Diagnosis diagnosis = diagnoser.diagnose(facts(agent, firewall.outputs(lane, random)));
        for (Diagnosis.Diagnosed found : diagnosis.diagnoses()) {
            for (Diagnosis.Repair repair : found.repairs()) {
                if (repair.proof().effect() == Diagnosis.Effect.CLEARS) {
                    tried(lane, firewall, agent, repair.solution(), repair.commands(), repair.undo());
                }
            }
        }
        Diagnosis.Plan plan = diagnosis.plan();
        if (plan.steps().size() > 1 && plan.restored() == plan.broken()) {
            List<String> commands = new ArrayList<>();
            List<String> undo = new ArrayList<>();
            for (Diagnosis.Step step : plan.steps()) {
                commands.addAll(step.commands());
                undo.addAll(0, step.undo());
            }
            tried(lane, firewall, agent, "plan of " + plan.steps().size() + " steps", commands, undo);
        }
    }

    private void tried(
            KernelLane lane, Firewall firewall, String agent, String what, List<String> commands, List<String> undo)
            throws IOException {
        boolean ufwIsNotThere =
                !(firewall instanceof Ufw) && commands.stream().anyMatch(command -> command.startsWith("ufw "));
        if (ufwIsNotThere) {
            return;
        }
        String before = firewall.state(lane);
        String said = run(lane, commands);
        String reached = connect(lane, QUICK, List.of(agent)).get(agent);
        if (!"OK".equals(reached)) {
            reached = connect(lane, PATIENT, List.of(agent)).get(agent);
        }
        String place = firewall.name() + ", from " + agent + ", " + what + ": " + commands + "\n";
        if (!"OK".equals(reached)) {
            failures.add(place + "the kernel says " + reached + " after it said " + said + "\n" + before);
        }
        counts.merge("repairs", 1, Integer::sum);
        counts.merge(firewall.name(), 1, Integer::sum);
        if (undo.isEmpty()) {
            counts.merge("without undo", 1, Integer::sum);
            firewall.restore(lane, before);
            return;
        }
        said = run(lane, undo);
        String after = firewall.state(lane);
        if (!after.equals(before)) {
            failures.add(
                    place + "undone by " + undo + " it is not as it was: " + said + "\n" + before + "\nbut\n" + after);
            firewall.restore(lane, before);
        }
    }

    private static String run(KernelLane lane, List<String> commands) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String command : commands) {
            said.append(lane.ask(command));
        }
        return said.toString();
    }

    private static ClusterFacts facts(String agent, Map<String, String> outputs) {
        List<ClusterFacts.CommandOutput> printed = outputs.entrySet().stream()
                .map(output -> new ClusterFacts.CommandOutput(output.getKey(), output.getValue(), 1))
                .toList();
        return new ClusterFacts(
                "kernel",
                "tunnel-doctor/v1",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(new ClusterFacts.NodeOutputs(
                        0, NODE_NAME, Optional.of(KernelLane.NODE), Optional.of("eth0"), printed, 1)),
                List.of(),
                List.of(),
                List.of(new Tree.Scalar(agent, true, 1)),
                List.of());
    }

    /** A kind of firewall, and how to read and restore it. */
    private interface Firewall {
        String name();

        void make(KernelLane lane, Random random) throws IOException;

        Map<String, String> outputs(KernelLane lane, Random random) throws IOException;

        /** Everything of it that a repair could change, without counters. */
        String state(KernelLane lane) throws IOException;

        void restore(KernelLane lane, String state) throws IOException;

        void clear(KernelLane lane) throws IOException;
    }

    private record Iptables(String name) implements Firewall {
        @Override
        public void make(KernelLane lane, Random random) throws IOException {
            String ruleset = new RulesetGenerator(random.nextLong(), Direction.INBOUND).next();
            assertThat(lane.load(name + "-restore", ruleset)).isEmpty();
        }

        @Override
        public Map<String, String> outputs(KernelLane lane, Random random) throws IOException {
            if (random.nextInt(3) > 0) {
                return Map.of(name + "-save", lane.ask(name + "-save 2>/dev/null"));
            }
            Map<String, String> outputs = new TreeMap<>();
            String form = random.nextBoolean() ? "-S" : "-L -n -v --line-numbers";
            for (String table : List.of("raw", "mangle", "nat", "filter", "security")) {
                String command = name + " -t " + table + " " + form;
                outputs.put(command, lane.ask(command + " 2>/dev/null"));
            }
            return outputs;
        }

        @Override
        public String state(KernelLane lane) throws IOException {
            return withoutCounters(lane.ask(name + "-save 2>/dev/null"));
        }

        @Override
        public void restore(KernelLane lane, String state) throws IOException {
            assertThat(lane.load(name + "-restore", state)).isEmpty();
        }

        @Override
        public void clear(KernelLane lane) throws IOException {
            lane.load(
                    name + "-restore",
                    "*raw\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n"
                            + "*mangle\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\nCOMMIT\n"
                            + "*nat\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\nCOMMIT\n"
                            + "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n"
                            + "*security\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n");
            if (name.endsWith("nft")) {
                lane.ask("nft flush ruleset");
            }
        }
    }

    /** Rules in both, as a node has them whose tools were switched over. */
    private record BothBackends(Iptables nft, Iptables legacy) implements Firewall {
        private static final String BETWEEN = "=+=+=\n";

        @Override
        public String name() {
            return "both backends";
        }

        @Override
        public void make(KernelLane lane, Random random) throws IOException {
            nft.make(lane, random);
            legacy.make(lane, random);
        }

        @Override
        public Map<String, String> outputs(KernelLane lane, Random random) throws IOException {
            Map<String, String> outputs = new TreeMap<>(nft.outputs(lane, random));
            outputs.putAll(legacy.outputs(lane, random));
            return outputs;
        }

        @Override
        public String state(KernelLane lane) throws IOException {
            return nft.state(lane) + BETWEEN + legacy.state(lane);
        }

        @Override
        public void restore(KernelLane lane, String state) throws IOException {
            String[] states = state.split(BETWEEN.replace("+", "\\+"), -1);
            nft.restore(lane, states[0]);
            legacy.restore(lane, states[1]);
        }

        @Override
        public void clear(KernelLane lane) throws IOException {
            legacy.clear(lane);
            nft.clear(lane);
        }
    }

    static String withoutCounters(String saved) {
        return saved.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceAll("\\[\\d+:\\d+\\]", "[0:0]"))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** The real ufw, on private copies of its files. */
    private static final class Ufw implements Firewall {
        private static final List<String> RULES = List.of(
                "allow 22/tcp",
                "deny 10250",
                "deny 10250/tcp",
                "reject 10250/tcp",
                "deny proto tcp from any to any port 10000:11000",
                "reject proto tcp from 10.77.0.0/16 to any port 10250",
                "deny from 10.77.0.0/16",
                "deny proto tcp from 10.77.1.1 to any port 10250",
                "allow proto tcp from 10.77.1.1 to any port 10250",
                "allow proto tcp from 10.77.2.0/24 to any port 10250",
                "allow 10250",
                "deny in on eth0 to any port 10250 proto tcp",
                "allow 443,80/tcp");

        Ufw(KernelLane lane) throws IOException {
            lane.ask(
                    "mount --make-rprivate /; mkdir -p /run/td; mount -t tmpfs tmpfs /run/td; cp -a /etc/ufw /run/td/ufw;"
                            + " cp -a /etc/default /run/td/default; cp /usr/share/ufw/iptables/*.rules /run/td/ufw/;"
                            + " mount --bind /run/td/ufw /etc/ufw; mount --bind /run/td/default /etc/default;"
                            + " mount -t tmpfs tmpfs /run/lock;"
                            + " sed -i -e 's/^IPT_SYSCTL=.*/IPT_SYSCTL=\\/dev\\/null/' -e 's/^IPT_MODULES=.*/IPT_MODULES=\"\"/'"
                            + " /etc/default/ufw; sed -i 's/^ENABLED=.*/ENABLED=no/' /etc/ufw/ufw.conf; cp -a /etc/ufw /run/td/fresh;"
                            + " export LC_ALL=C");
        }

        @Override
        public String name() {
            return "ufw";
        }

        @Override
        public void make(KernelLane lane, Random random) throws IOException {
            lane.ask("cp -a /run/td/fresh/. /etc/ufw/");
            StringBuilder script = new StringBuilder();
            int rules = random.nextInt(5);
            for (int i = 0; i < rules; i++) {
                script.append("ufw ")
                        .append(RULES.get(random.nextInt(RULES.size())))
                        .append("; ");
            }
            lane.ask(script + "ufw --force enable");
        }

        @Override
        public Map<String, String> outputs(KernelLane lane, Random random) throws IOException {
            Map<String, String> outputs = new TreeMap<>();
            boolean tables = random.nextBoolean();
            if (tables) {
                outputs.put("iptables-nft-save", lane.ask("iptables-nft-save 2>/dev/null"));
            }
            if (!tables || random.nextBoolean()) {
                outputs.put("ufw status verbose", lane.ask("ufw status verbose"));
            }
            return outputs;
        }

        @Override
        public String state(KernelLane lane) throws IOException {
            return withoutCounters(lane.ask("iptables-nft-save 2>/dev/null")) + lane.ask("ufw status numbered");
        }

        @Override
        public void restore(KernelLane lane, String state) throws IOException {
            lane.ask("ufw --force enable");
        }

        @Override
        public void clear(KernelLane lane) throws IOException {
            lane.ask("ufw disable; nft flush ruleset");
        }
    }

    /** Tables that no iptables command shows. */
    private static final class NativeNft implements Firewall {
        private static final List<String> RULES = List.of(
                "tcp dport 22 accept",
                "ct state established,related accept",
                "iifname lo accept",
                "tcp dport 10250 drop",
                "tcp dport { 10249-10256, 4194 } drop",
                "ip saddr 10.77.0.0/16 tcp dport 10250 reject with tcp reset",
                "ip saddr != 10.77.1.1 tcp dport 10250 drop",
                "tcp dport 10250 jump limits",
                "counter",
                "tcp dport 443 accept");

        @Override
        public String name() {
            return "nft";
        }

        @Override
        public void make(KernelLane lane, Random random) throws IOException {
            StringBuilder ruleset = new StringBuilder(
                    "table inet hardening {\n chain limits {\n  ip saddr 10.77.1.0/24 drop\n  meta l4proto tcp reject\n }\n");
            ruleset.append(" chain input {\n  type filter hook input priority ")
                    .append(random.nextInt(3) * 10 - 10)
                    .append("; policy ")
                    .append(random.nextInt(3) == 0 ? "drop" : "accept")
                    .append(";\n  ct state established accept\n");
            int rules = 1 + random.nextInt(5);
            for (int i = 0; i < rules; i++) {
                ruleset.append("  ")
                        .append(RULES.get(random.nextInt(RULES.size())))
                        .append('\n');
            }
            ruleset.append(" }\n}\n");
            assertThat(lane.load("nft -f -", ruleset.toString())).isEmpty();
        }

        @Override
        public Map<String, String> outputs(KernelLane lane, Random random) throws IOException {
            Map<String, String> outputs = new TreeMap<>();
            String command = random.nextBoolean() ? "nft list ruleset" : "nft -j list ruleset";
            outputs.put(command, lane.ask(command));
            outputs.put("iptables-nft-save", lane.ask("iptables-nft-save 2>/dev/null"));
            outputs.put("iptables-legacy-save", lane.ask("iptables-legacy-save 2>/dev/null"));
            return outputs;
        }

        @Override
        public String state(KernelLane lane) throws IOException {
            return lane.ask("nft list ruleset").replaceAll("packets \\d+ bytes \\d+", "packets 0 bytes 0");
        }

        @Override
        public void restore(KernelLane lane, String state) throws IOException {
            clear(lane);
            assertThat(lane.load("nft -f -", state)).isEmpty();
        }

        @Override
        public void clear(KernelLane lane) throws IOException {
            lane.ask("nft flush ruleset");
        }
    }
}
