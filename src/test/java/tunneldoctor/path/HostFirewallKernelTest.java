package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Transport;
import tunneldoctor.parse.HostTexts;

/**
 * The kernel is the judge: random rulesets, loaded in network namespaces of our own, meet real connections, and every
 * certain verdict from each text form of the same ruleset must be what the kernel did.
 *
 * <p>{@code -Doracle.rulesets=2000} sets how many per backend, {@code -Doracle.seed} which.
 */
class HostFirewallKernelTest {
    private static final int LANES = 4;
    private static final int RULESETS = Integer.getInteger("oracle.rulesets", 150);
    private static final long SEED = Long.getLong("oracle.seed", 20_261_122L);

    /** Long enough for a connection between namespaces, far shorter than the first retransmission. */
    private static final int QUICK = 250;

    /** What a difference is looked at again with, so that a busy machine is not taken for a firewall. */
    private static final int PATIENT = 2500;

    private static final List<String> TABLES = List.of("raw", "mangle", "nat", "filter", "security");
    private static final Set<HostDoubt> INHERENT = EnumSet.of(HostDoubt.VARIES, HostDoubt.NOT_SHOWN);

    private final List<String> differences = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, AtomicInteger> counts = Collections.synchronizedMap(new TreeMap<>());

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void everyCertainVerdictIsTheKernels(String backend) throws Exception {
        assumeTrue(isRoot(), "SKIPPED: the kernel oracle needs root to make network namespaces");
        assumeTrue(has("ip", "iptables-" + backend), "SKIPPED: the kernel oracle needs iproute2 and iptables");
        try (KernelLane probe =
                new KernelLane(backend.charAt(0) + "p" + ProcessHandle.current().pid())) {
            assumeTrue(
                    probe.connect(PATIENT, 10250, KernelLane.SENDERS).values().stream()
                            .allMatch("OK"::equals),
                    "SKIPPED: namespaces on this machine do not carry traffic");
            assumeTrue(
                    probe.load("iptables-" + backend + "-restore", "*filter\nCOMMIT\n")
                            .isEmpty(),
                    "SKIPPED: this kernel has no iptables-" + backend);
        }
        ExecutorService lanes = Executors.newFixedThreadPool(LANES);
        List<Future<?>> running = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            int number = lane;
            running.add(lanes.submit(() -> {
                lane(backend, number);
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
        System.out.println("kernel oracle, " + backend + ", seed " + SEED + ": " + counts);
        assertThat(differences).isEmpty();
        assertThat(count("iptables-save certain")).isGreaterThan(RULESETS * KernelLane.SENDERS.size() / 2);
        assertThat(count("kernel OK")).isPositive();
        assertThat(count("kernel SILENT")).isPositive();
        assertThat(count("kernel REFUSED")).isPositive();
    }

    private int count(String what) {
        return counts.computeIfAbsent(what, w -> new AtomicInteger()).get();
    }

    private void counted(String what) {
        counts.computeIfAbsent(what, w -> new AtomicInteger()).incrementAndGet();
    }

    private void lane(String backend, int number) throws IOException {
        String tool = "iptables-" + backend;
        try (KernelLane lane = new KernelLane(
                backend.charAt(0) + "" + number + "p" + ProcessHandle.current().pid())) {
            for (int i = number; i < RULESETS; i += LANES) {
                long seed = SEED + i;
                String ruleset = new RulesetGenerator(seed).next();
                String refused = lane.load(tool + "-restore", ruleset);
                if (!refused.isEmpty()) {
                    differences.add("seed " + seed + " was not loaded: " + refused + ruleset);
                    continue;
                }
                Map<String, HostTexts> forms = forms(lane, tool);
                Map<String, String> kernel = lane.connect(QUICK, 10250, KernelLane.SENDERS);
                kernel.values().forEach(answer -> counted("kernel " + answer));
                for (Map.Entry<String, HostTexts> form : forms.entrySet()) {
                    compare(lane, seed, ruleset, form.getKey(), form.getValue(), kernel);
                }
            }
        }
    }

    private static Map<String, HostTexts> forms(KernelLane lane, String tool) throws IOException {
        Map<String, String> suffixes = new LinkedHashMap<>();
        suffixes.put("-S", "-S");
        suffixes.put("-L -n -v", "-L -n -v --line-numbers");
        suffixes.put("-L", "-L --line-numbers");
        StringBuilder script = new StringBuilder(tool + "-save");
        for (String suffix : suffixes.values()) {
            for (String table : TABLES) {
                script.append("; echo '=+=+='; ")
                        .append(tool)
                        .append(" -t ")
                        .append(table)
                        .append(' ')
                        .append(suffix);
            }
        }
        boolean nft = tool.endsWith("-nft");
        if (nft) {
            script.append("; echo '=+=+='; nft list ruleset; echo '=+=+='; nft -j list ruleset");
        }
        String[] texts = lane.ask(script.toString()).split("=\\+=\\+=\n", -1);
        Map<String, HostTexts> forms = new LinkedHashMap<>();
        forms.put("iptables-save", new HostTexts().with(tool + "-save", texts[0]));
        int at = 1;
        for (Map.Entry<String, String> suffix : suffixes.entrySet()) {
            HostTexts form = new HostTexts();
            for (String table : TABLES) {
                form.with(tool + " -t " + table + " " + suffix.getValue(), texts[at++]);
            }
            forms.put(suffix.getKey(), form);
        }
        if (nft) {
            forms.put("nft", new HostTexts().with("nft list ruleset", texts[at]));
            forms.put("nft -j", new HostTexts().with("nft -j list ruleset", texts[at + 1]));
        }
        return forms;
    }

    private void compare(
            KernelLane lane, long seed, String ruleset, String form, HostTexts texts, Map<String, String> kernel)
            throws IOException {
        List<HostDecision> decisions = new HostFirewall(texts.tables(), texts.rulesets(), texts.unreadable())
                .decide(question(KernelLane.SENDERS, KernelLane.NODE));
        boolean lossless = form.equals("iptables-save") || form.equals("-S");
        for (String sender : KernelLane.SENDERS) {
            List<HostDecision> here = decisions.stream()
                    .filter(decision -> decision.sources()
                            .covers(AddressSet.parseAddress(sender).orElseThrow()))
                    .toList();
            String place = "seed " + seed + ", " + form + ", from " + sender + ": ";
            if (here.size() != 1) {
                differences.add(place + "decided " + here.size() + " times\n" + ruleset);
                continue;
            }
            HostDecision decision = here.get(0);
            counted(form + (decision.outcome() == Outcome.UNKNOWN ? " unknown" : " certain"));
            if (decision.outcome() == Outcome.UNKNOWN) {
                if (lossless && !inherent(decision.doubts())) {
                    differences.add(place + "unknown for " + decision.doubts() + "\n" + ruleset);
                }
                continue;
            }
            String expected = switch (decision.outcome()) {
                case ALLOWED -> "OK";
                case DROPPED -> "SILENT";
                default -> "REFUSED";
            };
            if (!expected.equals(kernel.get(sender))) {
                String again = lane.connect(PATIENT, 10250, List.of(sender)).get(sender);
                kernel.put(sender, again);
                if (!expected.equals(again)) {
                    differences.add(place + "the kernel says " + again + ", the verdict " + decision.outcome() + " by "
                            + decision.at() + "\n" + ruleset);
                }
            }
        }
    }

    private static boolean inherent(Set<HostDoubt> doubts) {
        // A redirected connection's end is another program's, which no rules show.
        return doubts.stream().anyMatch(INHERENT::contains) || doubts.equals(Set.of(HostDoubt.REWRITTEN));
    }

    static HostFirewall.Question question(List<String> senders, String node) {
        return new HostFirewall.Question(
                Direction.INBOUND,
                Transport.TCP,
                10250,
                AddressSet.union(senders.stream()
                        .map(sender -> AddressSet.parse(sender).orElseThrow())
                        .toList()),
                node.isEmpty() ? AddressSet.NONE : AddressSet.parse(node).orElseThrow(),
                Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static boolean has(String... tools) {
        for (String tool : tools) {
            boolean found = false;
            for (String folder : List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin")) {
                found |= Files.isExecutable(Path.of(folder, tool));
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }
}
