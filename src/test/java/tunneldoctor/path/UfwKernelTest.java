package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static tunneldoctor.model.Outcome.ALLOWED;
import static tunneldoctor.model.Outcome.DROPPED;
import static tunneldoctor.model.Outcome.REJECTED;
import static tunneldoctor.model.Outcome.UNKNOWN;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Transport;
import tunneldoctor.parse.UfwTexts;
import tunneldoctor.path.UfwFilter.Decision;

/**
 * Holds our verdicts on ufw against the real ufw and the kernel, in namespaces of their own.
 *
 * <p>{@code -Doracle.ufw=300} makes 300 random rule sets instead of 60, {@code -Doracle.ufw.seed=N} other ones. Needs
 * root, ufw, iproute2 and util-linux.
 */
class UfwKernelTest {
    private static final int RULE_SETS = Integer.getInteger("oracle.ufw", 60);
    private static final long SEED = Long.getLong("oracle.ufw.seed", 10_250);
    private static final int AT_ONCE = 2;
    private static final String NODE = "10.224.0.5";
    private static final List<String> NEIGHBOURS = List.of("10.224.0.4", "10.224.1.7", "10.240.0.9", "10.3.2.1");
    private static final List<String> FORMS = List.of("ufw status", "ufw status verbose", "ufw status numbered");
    private static final double PATIENCE_SECONDS = 0.8;
    private static final double LONG_PATIENCE_SECONDS = 4;

    private final ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE);

    @TempDir
    private Path directory;

    @AfterEach
    void stopWorkers() throws InterruptedException {
        workers.shutdownNow();
        workers.awaitTermination(1, TimeUnit.MINUTES);
    }

    @BeforeEach
    void needsAMachineThatHasUfw() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/sbin/ufw")),
                "SKIPPED: no ufw here (apt-get install ufw iptables iproute2)");
        Process probe = new ProcessBuilder("unshare", "--mount", "--net", "true")
                .redirectErrorStream(true)
                .start();
        probe.getInputStream().readAllBytes();
        assumeTrue(probe.waitFor() == 0, "SKIPPED: network namespaces need root");
    }

    @Test
    void certainVerdictsAreTheKernels() throws Exception {
        List<Future<Comparison>> futures = new ArrayList<>();
        for (int i = 0; i < RULE_SETS; i++) {
            int number = i;
            futures.add(workers.submit(() -> compare(RuleSet.random(new Random(SEED + number)), "set" + number)));
        }
        Comparison all = new Comparison();
        for (Future<Comparison> future : futures) {
            all.add(future.get());
        }
        System.out.println("ufw against the kernel: " + RULE_SETS + " rule sets, " + all.counts());
        assertThat(all.differences).isEmpty();
        assertThat(all.kernel.keySet()).as("the rule sets make every outcome").contains(ALLOWED, DROPPED, REJECTED);
    }

    @Test
    void traps() throws Exception {
        List<Trap> traps = List.of(
                new Trap("--force enable", DROPPED, UNKNOWN, DROPPED),
                new Trap("default allow incoming;--force enable", ALLOWED, UNKNOWN, ALLOWED),
                new Trap("default reject incoming;--force enable", REJECTED, UNKNOWN, REJECTED),
                new Trap("deny 10250/tcp;allow 10250;--force enable", DROPPED, DROPPED, DROPPED),
                new Trap("deny 10250/tcp;allow 10250/tcp;--force enable", ALLOWED, ALLOWED, ALLOWED),
                new Trap("--force enable;deny 10250/tcp;prepend allow 10250", ALLOWED, ALLOWED, ALLOWED),
                new Trap("allow Kubelet;--force enable", ALLOWED, UNKNOWN, ALLOWED),
                new Trap("allow 22 comment '10250/tcp ALLOW Anywhere';--force enable", DROPPED, UNKNOWN, DROPPED),
                new Trap("reject 10250;--force enable", REJECTED, REJECTED, REJECTED),
                new Trap("allow in on eth1 to any port 10250;--force enable", DROPPED, UNKNOWN, DROPPED),
                new Trap("allow in on eth+ to any port 10250;--force enable", ALLOWED, ALLOWED, ALLOWED),
                new Trap("allow 10250/udp;--force enable", DROPPED, UNKNOWN, DROPPED),
                new Trap("route allow 10250/tcp;--force enable", DROPPED, UNKNOWN, DROPPED),
                new Trap("deny 10250;--force enable;--force disable", ALLOWED, ALLOWED, ALLOWED));
        List<Future<Trap>> seen = new ArrayList<>();
        for (Trap trap : traps) {
            seen.add(workers.submit(() -> spring(trap.commands, "trap" + traps.indexOf(trap))));
        }
        for (int i = 0; i < traps.size(); i++) {
            assertThat(seen.get(i).get()).isEqualTo(traps.get(i));
        }
    }

    /** What becomes of the first neighbour: in the kernel, and by us from the plain and the verbose status. */
    private record Trap(String commands, Outcome kernel, Outcome plain, Outcome verbose) {}

    private Trap spring(String commands, String name) {
        Run run = run(new RuleSet(List.of(commands.split(";"))), name, PATIENCE_SECONDS, 1);
        String source = NEIGHBOURS.get(0);
        assertThat(run.refused).isEmpty();
        return new Trap(
                commands,
                run.inbound.getOrDefault(source, List.of()).get(0),
                decide(run, "ufw status", Direction.INBOUND, source).outcome(),
                decide(run, "ufw status verbose", Direction.INBOUND, source).outcome());
    }

    @Test
    void limitRefusesAfterAWhile() {
        Run run = run(new RuleSet(List.of("limit 10250/tcp", "--force enable")), "limit", PATIENCE_SECONDS, 8);

        Decision decision = decide(run, "ufw status verbose", Direction.INBOUND, NEIGHBOURS.get(0));
        assertThat(run.inbound.get(NEIGHBOURS.get(0))).contains(ALLOWED, REJECTED);
        assertThat(decision.outcome()).isEqualTo(UNKNOWN);
        assertThat(decision.likely()).isEqualTo(REJECTED);
        assertThat(decision.varies()).isTrue();
    }

    private Comparison compare(RuleSet rules, String name) {
        Comparison comparison = against(rules, run(rules, name, PATIENCE_SECONDS, 1));
        // A busy machine can make an allowed connection look dropped; a real difference shows again with more patience.
        return comparison.differences.isEmpty()
                ? comparison
                : against(rules, run(rules, name + "-again", LONG_PATIENCE_SECONDS, 1));
    }

    private static Comparison against(RuleSet rules, Run run) {
        Comparison comparison = new Comparison();
        for (String command : FORMS) {
            UfwTexts.Read read = UfwTexts.read(command, run.output(command));
            if (!read.problems().isEmpty()) {
                comparison.differences.add(rules + "\nnot read: " + read.problems());
            }
            for (Direction direction : Direction.values()) {
                Map<String, List<Outcome>> kernel = direction == Direction.INBOUND ? run.inbound : run.outbound;
                for (String neighbour : NEIGHBOURS) {
                    Outcome truth = kernel.getOrDefault(neighbour, List.of()).get(0);
                    Decision decision = decide(run, command, direction, neighbour);
                    boolean open = decision.outcome() == Outcome.UNKNOWN;
                    boolean mayBeOpen = decision.varies()
                            || !command.endsWith("verbose")
                                    && !decision.missing().isEmpty();
                    if (open ? !mayBeOpen : decision.outcome() != truth) {
                        comparison.differences.add(rules + "\n" + command + " " + direction + " " + neighbour
                                + ": the kernel says " + truth + ", we say " + decision + "\n"
                                + run.output(command));
                    }
                    comparison.kernel.merge(truth, 1, Integer::sum);
                    comparison.openInVerbose += open && command.endsWith("verbose") ? 1 : 0;
                }
            }
        }
        return comparison;
    }

    private static Decision decide(Run run, String command, Direction direction, String neighbour) {
        boolean inbound = direction == Direction.INBOUND;
        Flow flow = new Flow(
                Transport.TCP,
                addresses(inbound ? neighbour : NODE),
                Optional.empty(),
                new Flow.Destination(addresses(inbound ? NODE : neighbour), Optional.empty(), Optional.empty()),
                inbound ? 10_250 : 9000);
        List<Decision> decisions =
                UfwFilter.decide(UfwTexts.read(command, run.output(command)).status(), flow, direction, "eth0");
        assertThat(decisions).hasSize(1);
        return decisions.get(0);
    }

    private static AddressSet addresses(String text) {
        return AddressSet.parse(text).orElseThrow();
    }

    /** @param outputs by command line */
    private record Run(
            Map<String, String> outputs,
            Map<String, List<Outcome>> inbound,
            Map<String, List<Outcome>> outbound,
            String refused) {
        String output(String command) {
            return outputs.getOrDefault(command, "");
        }
    }

    private Run run(RuleSet rules, String name, double patience, int attempts) {
        try {
            Path work = Files.createDirectory(directory.resolve(name));
            copy("connect.py", work);
            copy("ufw-all.py", work);
            copy("ufw-kernel.sh", work);
            Files.write(work.resolve("commands"), rules.commands);
            Files.write(work.resolve("sources"), NEIGHBOURS);
            Path output = work.resolve("output");
            Path errors = work.resolve("errors");
            Process process = new ProcessBuilder(
                            "unshare",
                            "--mount",
                            "--net",
                            "--pid",
                            "--mount-proc",
                            "--fork",
                            "--kill-child",
                            "bash",
                            work.resolve("ufw-kernel.sh").toString(),
                            work.toString(),
                            Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString(),
                            Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")).toString(),
                            Double.toString(patience),
                            Integer.toString(attempts))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            try {
                assertThat(process.waitFor(2, TimeUnit.MINUTES))
                        .as("ends in time")
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
            Path refused = work.resolve("refused");
            return parse(Files.readString(output), Files.exists(refused) ? Files.readString(refused) : "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void copy(String resource, Path work) throws IOException {
        try (InputStream in = UfwKernelTest.class.getResourceAsStream(resource)) {
            Files.write(work.resolve(resource), in.readAllBytes());
        }
    }

    private static Run parse(String output, String refused) {
        Run run = new Run(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), refused);
        for (String section : output.split("(?m)^=== ")) {
            int end = section.indexOf('\n');
            if (end < 0) {
                continue;
            }
            String title = section.substring(0, end);
            String body = section.substring(end + 1);
            switch (title) {
                case "in" -> body.lines().forEach(line -> outcome(line.split(" "), 0, run.inbound));
                case "out" -> body.lines().forEach(line -> outcome(line.split(" "), 1, run.outbound));
                default -> run.outputs.put(title, body);
            }
        }
        return run;
    }

    private static void outcome(String[] words, int neighbour, Map<String, List<Outcome>> outcomes) {
        outcomes.computeIfAbsent(words[neighbour], key -> new ArrayList<>()).add(Outcome.valueOf(words[2]));
    }

    private static final class Comparison {
        private final List<String> differences = new ArrayList<>();
        private final Map<Outcome, Integer> kernel = new EnumMap<>(Outcome.class);
        private int openInVerbose;

        void add(Comparison other) {
            differences.addAll(other.differences);
            other.kernel.forEach((outcome, count) -> kernel.merge(outcome, count, Integer::sum));
            openInVerbose += other.openInVerbose;
        }

        String counts() {
            return "outcomes of the kernel " + kernel + ", left open from verbose " + openInVerbose + ", differences "
                    + differences.size();
        }
    }

    /**
     * ufw commands, without the word ufw.
     */
    private record RuleSet(List<String> commands) {
        private static final List<String> ACTIONS =
                List.of("allow", "allow", "allow", "deny", "deny", "deny", "reject", "reject", "limit");
        private static final List<String> SHORT = List.of(
                "10250",
                "10250/tcp",
                "10250/udp",
                "10000:20000/tcp",
                "10251:10260/tcp",
                "80,443,10250/tcp",
                "22/tcp",
                "9000/tcp",
                "1:65535/tcp",
                "53",
                "Kubelet",
                "'Kubelet Any'",
                "'Node Ports'",
                "'Web Full'",
                "9000:10250/tcp");
        private static final List<String> FROM = List.of(
                "any",
                "any",
                "any",
                "10.224.0.0/16",
                "10.224.0.4",
                "10.224.1.0/24",
                "10.0.0.0/8",
                "10.240.0.0/16",
                "192.168.0.0/16",
                "10.240.0.9",
                "10.3.2.0/23",
                "fd00::/8",
                "0.0.0.0/1",
                "10.224.0.5");
        private static final List<String> TO = List.of(
                "any",
                "any",
                "any",
                "any",
                "10.224.0.5",
                "10.224.0.0/24",
                "10.224.0.0/13",
                "10.225.0.0/16",
                "fd00::5",
                "10.240.0.9",
                "10.3.2.1");
        private static final List<String> PORTS = List.of(
                "10250",
                "10250",
                "10250",
                "9000",
                "9000",
                "10000:10300",
                "8000:11000",
                "22",
                "80,443,10250",
                "9000,9001");
        private static final List<String> SOURCE_PORTS =
                List.of("1024:65535", "53", "1:1023", "30000:65535", "1:65535");
        private static final List<String> INTERFACES = List.of("eth0", "eth0", "eth1", "eth+", "e+", "lo", "wlan0");
        private static final List<String> APPS = List.of("Kubelet", "'Kubelet Any'", "'Node Ports'", "'Web Full'");
        private static final List<String> COMMENTS = List.of(
                "plain", "a # b", "10250/tcp ALLOW IN Anywhere", "(log)", "x   DENY   y", "# (v6) on eth0", "ñ→");

        static RuleSet random(Random random) {
            List<String> commands = new ArrayList<>();
            boolean live = random.nextInt(8) == 0;
            if (live) {
                commands.add("--force enable");
            }
            if (random.nextInt(3) == 0) {
                commands.add("default " + pick(random, List.of("allow", "deny", "reject")) + " incoming");
            }
            if (random.nextInt(3) == 0) {
                commands.add("default " + pick(random, List.of("allow", "deny", "reject")) + " outgoing");
            }
            if (random.nextInt(6) == 0) {
                commands.add("logging " + pick(random, List.of("off", "medium", "full")));
            }
            int rules = 1 + random.nextInt(6);
            for (int i = 0; i < rules; i++) {
                String rule = random.nextInt(4) == 0
                        ? pick(random, ACTIONS) + " " + pick(random, SHORT)
                        : pick(random, ACTIONS) + full(random, false);
                if (random.nextInt(8) == 0) {
                    rule = "route " + pick(random, List.of("allow", "deny", "reject")) + full(random, true);
                } else if (random.nextInt(6) == 0) {
                    rule = (random.nextBoolean() ? "prepend " : "insert " + (1 + random.nextInt(3)) + " ") + rule;
                }
                commands.add(rule);
            }
            if (random.nextInt(6) == 0) {
                commands.add("--force delete " + (1 + random.nextInt(3)));
            }
            if (random.nextInt(20) == 0) {
                commands.add("--force disable");
            } else if (!live) {
                commands.add("--force enable");
            }
            return new RuleSet(commands);
        }

        private static String full(Random random, boolean route) {
            StringBuilder rule = new StringBuilder();
            String direction = random.nextInt(3) == 0 ? " out" : random.nextBoolean() ? " in" : "";
            if (route) {
                rule.append(random.nextBoolean() ? " in on " + pick(random, INTERFACES) : "");
            } else {
                rule.append(direction);
                if (!direction.isEmpty() && random.nextInt(3) == 0) {
                    rule.append(" on ").append(pick(random, INTERFACES));
                }
            }
            if (random.nextInt(5) == 0) {
                rule.append(random.nextBoolean() ? " log" : " log-all");
            }
            boolean app = random.nextInt(6) == 0;
            if (!app && random.nextInt(2) == 0) {
                rule.append(" proto ").append(pick(random, List.of("tcp", "tcp", "tcp", "udp", "esp")));
            }
            rule.append(" from ").append(pick(random, FROM));
            if (random.nextInt(8) == 0) {
                rule.append(" port ").append(pick(random, SOURCE_PORTS));
            }
            rule.append(" to ").append(pick(random, TO));
            if (app) {
                rule.append(" app ").append(pick(random, APPS));
            } else if (random.nextInt(5) != 0) {
                rule.append(" port ").append(pick(random, PORTS));
            }
            if (random.nextInt(4) == 0) {
                rule.append(" comment '").append(pick(random, COMMENTS)).append("'");
            }
            return rule.toString();
        }

        private static String pick(Random random, List<String> words) {
            return words.get(random.nextInt(words.size()));
        }
    }
}
