package tunneldoctor.path;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.Direction;
import tunneldoctor.path.KernelOracle.Asked;
import tunneldoctor.path.KernelOracle.Printed;
import tunneldoctor.path.KernelOracle.Shows;

/** The kernel is the judge of verdicts on rulesets of nftables, too; see {@link HostFirewallKernelTest}. */
class NftKernelTest {
    @Test
    void rulesetsOfNftablesAreReadAsTheKernelDoes() throws Exception {
        KernelOracle.ask(new Native());
    }

    /** Tables of nftables' own, text and JSON. */
    private record Native() implements KernelOracle.Experiment {
        private static final Pattern REFUSED = Pattern.compile("/dev/stdin:(\\d+):");

        @Override
        public String name() {
            return "nftables";
        }

        @Override
        public List<String> tools() {
            return List.of("nft");
        }

        @Override
        public List<String> rulesets(long seed) {
            return List.of(new NftRulesetGenerator(seed, direction(seed)).next());
        }

        private static Direction direction(long seed) {
            return seed % 4 == 1 ? Direction.OUTBOUND : Direction.INBOUND;
        }

        @Override
        public String load(KernelLane lane, List<String> rulesets) throws IOException {
            List<String> lines = new ArrayList<>(
                    ("flush ruleset\n" + rulesets.get(0)).lines().toList());
            while (true) {
                String said = lane.load("nft -f -", String.join("\n", lines) + "\n");
                Matcher refused = REFUSED.matcher(said);
                int line = refused.find() ? Integer.parseInt(refused.group(1)) - 1 : -1;
                // Conditions that exclude each other are refused; only a rule may be left out, not a chain.
                if (line < 0 || line >= lines.size() || !lines.get(line).startsWith("\t\t")) {
                    return said;
                }
                lines.remove(line);
            }
        }

        @Override
        public Map<String, Printed> forms(KernelLane lane) throws IOException {
            List<String> commands =
                    List.of("nft list ruleset", "nft -j list ruleset", "nft -a -n list ruleset", "nft -t list ruleset");
            Printed printed = new Printed(commands, lane.askAll(commands));
            Map<String, Printed> forms = new LinkedHashMap<>();
            for (int i = 0; i < commands.size(); i++) {
                forms.put(commands.get(i), printed.at(i));
            }
            return forms;
        }

        @Override
        public Shows shows(String form) {
            return form.contains("-t") ? Shows.EVERY_RULE : Shows.EVERYTHING;
        }

        @Override
        public List<Asked> asked(long seed) {
            return Asked.in(direction(seed), seed);
        }
    }
}
