package tunneldoctor.path;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Transport;
import tunneldoctor.path.KernelOracle.Asked;
import tunneldoctor.path.KernelOracle.Printed;
import tunneldoctor.path.KernelOracle.Shows;

/**
 * The kernel is the judge of every verdict on a node's own firewall.
 *
 * <p>{@code -Doracle.rulesets=2000} sets how many rulesets each of these tests makes, {@code -Doracle.seed} which.
 */
class HostFirewallKernelTest {
    private static final List<String> TABLES = List.of("raw", "mangle", "nat", "filter", "security");

    @ParameterizedTest
    @CsvSource({"nft, INBOUND", "legacy, INBOUND", "nft, OUTBOUND", "legacy, OUTBOUND"})
    void everyCertainVerdictIsTheKernels(String backend, Direction direction) throws Exception {
        KernelOracle.ask(new OneBackend(backend, direction));
    }

    @Test
    void bothBackendsAreAskedByTheKernelAndByUs() throws Exception {
        KernelOracle.ask(new BothBackends());
    }

    static HostFirewall.Question question(List<String> senders, String node) {
        return new HostFirewall.Question(
                Direction.INBOUND,
                Transport.TCP,
                HostFirewall.KUBELET_PORT,
                AddressSet.union(senders.stream()
                        .map(sender -> AddressSet.parse(sender).orElseThrow())
                        .toList()),
                node.isEmpty() ? AddressSet.NONE : AddressSet.parse(node).orElseThrow(),
                Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    /** Rules of {@code iptables-restore} in one backend, in every form it prints. */
    private record OneBackend(String backend, Direction direction) implements KernelOracle.Experiment {
        private String tool() {
            return "iptables-" + backend;
        }

        private boolean nft() {
            return backend.equals("nft");
        }

        @Override
        public String name() {
            return backend + " " + direction;
        }

        @Override
        public List<String> tools() {
            return nft() ? List.of(tool(), "nft") : List.of(tool());
        }

        @Override
        public void prepare(KernelLane lane, int number) throws IOException {
            assumeTrue(
                    lane.load(tool() + "-restore", "*filter\nCOMMIT\n").isEmpty(),
                    "SKIPPED: this kernel has no " + tool());
        }

        @Override
        public List<String> rulesets(long seed) {
            return List.of(new RulesetGenerator(seed, direction).next());
        }

        @Override
        public String load(KernelLane lane, List<String> rulesets) throws IOException {
            return lane.load(tool() + "-restore", rulesets.get(0));
        }

        @Override
        public Map<String, Printed> forms(KernelLane lane) throws IOException {
            Map<String, String> suffixes = new LinkedHashMap<>();
            suffixes.put("-S", "-S");
            suffixes.put("-L -n -v", "-L -n -v --line-numbers");
            suffixes.put("-L", "-L --line-numbers");
            List<String> commands = new ArrayList<>(List.of(tool() + "-save"));
            suffixes.values()
                    .forEach(suffix -> TABLES.forEach(table -> commands.add(tool() + " -t " + table + " " + suffix)));
            if (nft()) {
                commands.addAll(List.of("nft list ruleset", "nft -j list ruleset"));
            }
            Printed printed = new Printed(commands, lane.askAll(commands));
            Map<String, Printed> forms = new LinkedHashMap<>();
            forms.put("iptables-save", printed.at(0));
            int at = 1;
            for (String name : suffixes.keySet()) {
                forms.put(
                        name, printed.at(IntStream.range(at, at + TABLES.size()).toArray()));
                at += TABLES.size();
            }
            for (; at < commands.size(); at++) {
                forms.put(commands.get(at), printed.at(at));
            }
            return forms;
        }

        @Override
        public Shows shows(String form) {
            return form.equals("iptables-save") || form.equals("-S") ? Shows.EVERYTHING : Shows.EVERY_RULE;
        }

        @Override
        public List<Asked> asked(long seed) {
            return Asked.in(direction, seed);
        }
    }

    /** Both backends hold rules at once, with which of them registered first differing from lane to lane. */
    private record BothBackends() implements KernelOracle.Experiment {
        private static final String EMPTY =
                "*raw\nCOMMIT\n*mangle\nCOMMIT\n*nat\nCOMMIT\n*filter\nCOMMIT\n*security\nCOMMIT\n";

        @Override
        public String name() {
            return "both backends";
        }

        @Override
        public List<String> tools() {
            return List.of("iptables-nft", "iptables-legacy", "nft");
        }

        @Override
        public void prepare(KernelLane lane, int number) throws IOException {
            List<String> backends = number % 2 == 0 ? List.of("nft", "legacy") : List.of("legacy", "nft");
            for (String backend : backends) {
                assumeTrue(
                        lane.load("iptables-" + backend + "-restore", EMPTY).isEmpty(),
                        "SKIPPED: this kernel has no iptables-" + backend);
            }
        }

        @Override
        public List<String> rulesets(long seed) {
            Direction direction = direction(seed);
            return List.of(new RulesetGenerator(seed, direction).next(), new RulesetGenerator(~seed, direction).next());
        }

        private static Direction direction(long seed) {
            return seed % 4 == 1 ? Direction.OUTBOUND : Direction.INBOUND;
        }

        @Override
        public String load(KernelLane lane, List<String> rulesets) throws IOException {
            return lane.load("iptables-nft-restore", rulesets.get(0))
                    + lane.load("iptables-legacy-restore", rulesets.get(1));
        }

        @Override
        public Map<String, Printed> forms(KernelLane lane) throws IOException {
            List<String> commands = new ArrayList<>(
                    List.of("iptables-nft-save", "iptables-legacy-save", "nft list ruleset", "nft -j list ruleset"));
            for (String table : TABLES) {
                commands.add("iptables-nft -L -n -v -t " + table);
                commands.add("iptables-legacy -L -n -v -t " + table);
            }
            Printed printed = new Printed(commands, lane.askAll(commands));
            Map<String, Printed> forms = new LinkedHashMap<>();
            forms.put("both saves", printed.at(0, 1));
            forms.put("both saves and nft", printed.at(0, 1, 2));
            forms.put("nft and legacy save", printed.at(2, 1));
            forms.put("nft -j and legacy save", printed.at(3, 1));
            forms.put("nft save alone", printed.at(0));
            forms.put("listings", printed.at(IntStream.range(4, commands.size()).toArray()));
            return forms;
        }

        @Override
        public Shows shows(String form) {
            return form.startsWith("both saves")
                    ? Shows.EVERYTHING
                    : form.equals("nft save alone") ? Shows.SOME_TABLES : Shows.EVERY_RULE;
        }

        @Override
        public List<Asked> asked(long seed) {
            return Asked.in(direction(seed), seed);
        }
    }
}
