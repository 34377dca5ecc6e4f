package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Transport;
import tunneldoctor.parse.HostTexts;

/**
 * Holds verdicts against the kernel: random rulesets, loaded in network namespaces of our own, meet real connections, and
 * every certain verdict from each text form of the same ruleset must be what the kernel did. Where a form shows
 * everything, unknown is a failure too, unless the decision names what varies or what no text shows.
 */
final class KernelOracle {
    private static final int LANES = 4;
    private static final int RULESETS = Integer.getInteger("oracle.rulesets", 120);
    private static final long SEED = Long.getLong("oracle.seed", 20_261_122L);

    /** Long enough for a connection between namespaces, far shorter than the first retransmission. */
    private static final int QUICK = 250;

    /** What a difference is looked at again with, so that a busy machine is not taken for a firewall. */
    private static final int PATIENT = 2500;

    /** Doubts that no better text would settle. */
    private static final Set<HostDoubt> INHERENT = EnumSet.of(
            HostDoubt.VARIES,
            HostDoubt.UNCOUNTED,
            HostDoubt.NOT_SHOWN,
            HostDoubt.OMITTED,
            HostDoubt.ORDER,
            HostDoubt.TRACKING,
            HostDoubt.REWRITTEN);

    /**
     * What differs from packet to packet, or what no listing shows: the words with which a reason must name it. A
     * redirected connection's end is another program's, which no rules show.
     */
    private static final Pattern NAMED = Pattern.compile(
            "(?:\\b|(?=@))(limit|ECN|source ports|destination ports|hashlimit|connlimit|statistic|recent|time|ttl|length"
                    + "|pkttype|mac|owner|physdev|sports?|ports|PSH|psh|numgen|quota|hour|day|skuid|skgid|cpu|ether"
                    + "|dscp|ct count|notrack|CT|REDIRECT|redirect|of equal priority|nfproto|own address|device|seen|tracks connections|@ll|ct (count|mark|status (in )?(0x4|assured))|ctstatus ASSURED)\\b");

    private final Experiment experiment;
    private final List<String> differences = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, AtomicInteger> counts = Collections.synchronizedMap(new TreeMap<>());

    /** How much of the rules a form shows. */
    enum Shows {
        EVERYTHING,
        /** Every rule, but not all of it. */
        EVERY_RULE,
        /** Other tables hold rules too, so that only what blocks is certain, not how. */
        SOME_TABLES
    }

    /** What one run loads, prints and asks. */
    interface Experiment {
        /** For the report, and different for experiments that run at the same time. */
        String name();

        /** Programs it cannot do without. */
        List<String> tools();

        /** Makes the namespaces ready, once each. */
        default void prepare(KernelLane lane, int number) throws IOException {}

        /** Texts to be loaded; the same for the same seed. */
        List<String> rulesets(long seed);

        /** Loads them; empty if the kernel took them, else what was said. */
        String load(KernelLane lane, List<String> rulesets) throws IOException;

        /** The kernel's rules as node tools print them, by the form's name. */
        Map<String, Printed> forms(KernelLane lane) throws IOException;

        Shows shows(String form);

        List<Asked> asked(long seed);
    }

    /** What commands printed, in their order. */
    record Printed(List<String> commands, List<String> texts) {
        HostFirewall firewall() {
            HostTexts read = new HostTexts();
            for (int i = 0; i < commands.size(); i++) {
                read.with(commands.get(i), texts.get(i));
            }
            return new HostFirewall(read.tables(), read.rulesets(), read.unreadable());
        }

        /** The commands at some places. */
        Printed at(int... places) {
            return new Printed(
                    Arrays.stream(places).mapToObj(commands::get).toList(),
                    Arrays.stream(places).mapToObj(texts::get).toList());
        }
    }

    /**
     * @param senders each is judged; they are asked about at once
     * @param peers the other ends; asked about one by one
     */
    record Asked(Direction direction, Transport transport, int port, List<String> senders, List<String> peers) {
        /** The kubelet of the node, or both of the tunnel's own transports by turns. */
        static List<Asked> in(Direction direction, long seed) {
            if (direction == Direction.INBOUND) {
                return List.of(new Asked(
                        direction, Transport.TCP, KernelLane.KUBELET, KernelLane.NEIGHBOURS, List.of(KernelLane.NODE)));
            }
            boolean udp = seed % 3 == 0;
            return List.of(new Asked(
                    direction,
                    udp ? Transport.UDP : Transport.TCP,
                    udp ? KernelLane.TUNNEL_UDP : KernelLane.TUNNEL_TCP,
                    List.of(KernelLane.NODE, KernelLane.NODES_OTHER_ADDRESS),
                    List.of("10.77.1.1", "10.77.200.7", "192.168.9.9")));
        }

        List<KernelLane.Call> calls() {
            List<KernelLane.Call> calls = new ArrayList<>();
            for (String peer : peers) {
                senders.forEach(sender -> calls.add(new KernelLane.Call(sender, peer)));
            }
            return calls;
        }

        HostFirewall.Question question(String peer) {
            return new HostFirewall.Question(
                    direction,
                    transport,
                    port,
                    AddressSet.union(senders.stream().map(KernelOracle::address).toList()),
                    address(peer),
                    Optional.empty(),
                    Optional.empty(),
                    Set.of());
        }
    }

    private static AddressSet address(String text) {
        return AddressSet.parse(text).orElseThrow();
    }

    private KernelOracle(Experiment experiment) {
        this.experiment = experiment;
    }

    /** Runs the experiment; fails where a verdict and the kernel differ. Skipped aloud where it cannot run. */
    static void ask(Experiment experiment) throws Exception {
        new KernelOracle(experiment).run();
    }

    private void run() throws Exception {
        assumeTrue(
                System.getProperty("user.name").equals("root"),
                "SKIPPED: the kernel oracle needs root to make network namespaces");
        assumeTrue(installed("ip"), "SKIPPED: the kernel oracle needs iproute2");
        for (String tool : experiment.tools()) {
            assumeTrue(installed(tool), "SKIPPED: the kernel oracle needs " + tool);
        }
        Asked first = experiment.asked(SEED).get(0);
        try (KernelLane probe = lane("p")) {
            assumeTrue(
                    probe
                            .connect(first.direction(), first.transport(), first.port(), PATIENT, first.calls())
                            .values()
                            .stream()
                            .allMatch("OK"::equals),
                    "SKIPPED: namespaces on this machine do not carry traffic");
            experiment.prepare(probe, 0);
        }
        ExecutorService lanes = Executors.newFixedThreadPool(LANES);
        List<Future<?>> running = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            int number = lane;
            running.add(lanes.submit(() -> {
                lane(number);
                return null;
            }));
        }
        lanes.shutdown();
        for (Future<?> one : running) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        System.out.println("kernel oracle, " + experiment.name() + ", " + RULESETS + " rulesets from seed " + SEED
                + ": " + counts);
        assertThat(differences).isEmpty();
        assertThat(count("kernel OK")).isPositive();
        assertThat(count("kernel SILENT")).isPositive();
        assertThat(count("kernel REFUSED")).isPositive();
    }

    private KernelLane lane(String number) throws IOException {
        return new KernelLane(number + Integer.toHexString(experiment.name().hashCode() & 0xFF) + "p"
                + ProcessHandle.current().pid());
    }

    private static boolean installed(String tool) {
        return List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin").stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    private int count(String what) {
        return counts.computeIfAbsent(what, w -> new AtomicInteger()).get();
    }

    private void counted(String what) {
        counts.computeIfAbsent(what, w -> new AtomicInteger()).incrementAndGet();
    }

    private void lane(int number) throws IOException {
        try (KernelLane lane = lane(Integer.toString(number))) {
            experiment.prepare(lane, number);
            for (int i = number; i < RULESETS; i += LANES) {
                long seed = SEED + i;
                List<String> rulesets = experiment.rulesets(seed);
                String refused = experiment.load(lane, rulesets);
                if (!refused.isEmpty()) {
                    differences.add("seed " + seed + " was not loaded: " + refused + String.join("\n", rulesets));
                    continue;
                }
                Map<String, Printed> forms = experiment.forms(lane);
                for (Asked asked : experiment.asked(seed)) {
                    Map<KernelLane.Call, String> kernel =
                            lane.connect(asked.direction(), asked.transport(), asked.port(), QUICK, asked.calls());
                    kernel.values().forEach(answer -> counted("kernel " + answer));
                    for (Map.Entry<String, Printed> form : forms.entrySet()) {
                        String place = "seed " + seed + ", " + form.getKey();
                        for (String problem : compare(lane, asked, form, kernel)) {
                            differences.add(place + problem + "\n" + String.join("\n", rulesets));
                        }
                    }
                }
            }
        }
    }

    private List<String> compare(
            KernelLane lane, Asked asked, Map.Entry<String, Printed> form, Map<KernelLane.Call, String> kernel)
            throws IOException {
        List<String> problems = new ArrayList<>();
        HostFirewall firewall = form.getValue().firewall();
        // A sender's own kernel tells it of a datagram it dropped, and hides most refusals from it.
        boolean coarse = asked.transport() == Transport.UDP || experiment.shows(form.getKey()) == Shows.SOME_TABLES;
        for (String peer : asked.peers()) {
            List<HostDecision> decisions = firewall.decide(asked.question(peer));
            for (String sender : asked.senders()) {
                KernelLane.Call call = new KernelLane.Call(sender, peer);
                String place = ", " + asked.transport() + " " + call + ": ";
                List<HostDecision> here = decisions.stream()
                        .filter(decision -> decision.sources()
                                .covers(AddressSet.parseAddress(sender).orElseThrow()))
                        .toList();
                if (here.size() != 1) {
                    problems.add(place + "decided " + here.size() + " times");
                } else if (here.get(0).outcome() == Outcome.UNKNOWN) {
                    counted(form.getKey() + " unknown");
                    if (experiment.shows(form.getKey()) == Shows.EVERYTHING && !excused(asked, here.get(0))) {
                        problems.add(place + "unknown for " + here.get(0).doubts() + ": "
                                + here.get(0).missing());
                    } else if (experiment.shows(form.getKey()) == Shows.EVERYTHING) {
                        Set<Outcome> worlds = OpenWorlds.outcomes(
                                form.getValue(), here.get(0), asked.question(peer), address(sender));
                        counted(form.getKey() + " unknown, worlds that differ: " + worlds.size());
                        if (worlds.size() == 1) {
                            problems.add(place + "unknown for " + here.get(0).missing() + ", but always " + worlds);
                        }
                    }
                } else {
                    counted(form.getKey() + " certain");
                    if (!agrees(here.get(0).outcome(), coarse, kernel.getOrDefault(call, ""))) {
                        kernel.putAll(lane.connect(
                                asked.direction(), asked.transport(), asked.port(), PATIENT, List.of(call)));
                        if (!agrees(here.get(0).outcome(), coarse, kernel.getOrDefault(call, ""))) {
                            problems.add(place + "the kernel says " + kernel.getOrDefault(call, "") + ", the verdict "
                                    + here.get(0).outcome() + " by "
                                    + here.get(0).at());
                        }
                    }
                }
            }
        }
        return problems;
    }

    private static boolean agrees(Outcome outcome, boolean coarse, String kernel) {
        boolean works = kernel.equals("OK");
        if (coarse || works) {
            return works == (outcome == Outcome.ALLOWED);
        }
        return kernel.equals(outcome == Outcome.DROPPED ? "SILENT" : "REFUSED") && outcome != Outcome.ALLOWED;
    }

    /** Whether an unknown rests only on what no text could show, and says so. */
    private static boolean excused(Asked asked, HostDecision decision) {
        Set<HostDoubt> doubts = EnumSet.copyOf(decision.doubts());
        if (asked.direction() == Direction.OUTBOUND) {
            // From which of its addresses a node speaks to itself is no matter of rules.
            doubts.remove(HostDoubt.DESTINATION);
        }
        return INHERENT.containsAll(doubts)
                && decision.missing().stream()
                        .map(Missing::what)
                        .anyMatch(what -> NAMED.matcher(what).find());
    }
}
