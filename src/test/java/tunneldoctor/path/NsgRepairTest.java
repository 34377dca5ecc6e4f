package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.FactChange;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgChange;
import tunneldoctor.model.NsgRepair;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Purpose;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;
import tunneldoctor.path.AzurePackets.Packet;
import tunneldoctor.path.AzurePackets.World;

/**
 * Carries the printed {@code az} commands of repairs out on rule lists, by an interpreter that knows only the commands'
 * text, and asks {@link AzurePackets} what passes then.
 */
class NsgRepairTest {
    private static final int ROUNDS = 600;
    private static final String AGENT = "10.1.0.7";
    private static final String NODE = "10.1.0.20";
    private static final AddressSet SUBNET = AddressSet.parse("10.1.0.0/24").orElseThrow();
    private static final List<String> SENDERS =
            List.of(AGENT, "10.1.0.9", "10.1.1.1", "10.2.0.9", "10.3.0.1", "8.8.8.8", "192.168.7.7");
    private static final List<String> TARGETS = List.of(NODE, "10.1.0.200", "10.2.0.20");
    private static final List<String> PREFIXES =
            List.of("*", "*", "VirtualNetwork", "Internet", "10.1.0.0/24", "10.1.0.7", "10.0.0.0/8", "10.1.0.20/32");
    private static final List<String> PORTS = List.of("*", "10250", "10000-11000", "22", "0-65535");

    private final Random random = new Random(10_250);

    @Test
    void printedCommandsLetTheAgentsInAndNothingElse() {
        int repaired = 0;
        int moved = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<NsgRule> before = rules();
            Nsg nsg = nsg(before);
            NsgDecision decision = decide(nsg);
            if (decision.outcome() != Outcome.DROPPED) {
                continue;
            }
            List<FactChange> changes = NsgRepair.allow(verdict(nsg, decision));
            assertThat(changes).isNotEmpty();
            moved += changes.size() > 1 ? 1 : 0;
            List<NsgRule> after = before;
            List<NsgRule> foreseen = before;
            for (FactChange change : changes) {
                for (String command : change.commands()) {
                    after = carriedOut(command, after);
                }
                foreseen = ((NsgChange) change).rulesAfter(foreseen);
            }
            assertThat(plain(after)).as("what-if and commands do the same").isEqualTo(plain(foreseen));
            assertThat(passes(after, AGENT, NODE, 10_250, "tcp", Direction.INBOUND))
                    .isTrue();
            compare(before, after);
            List<NsgRule> undone = after;
            for (int i = changes.size() - 1; i >= 0; i--) {
                for (String command : changes.get(i).undo()) {
                    undone = carriedOut(command, undone);
                }
            }
            assertThat(plain(undone)).as("undone").isEqualTo(plain(before));
            repaired++;
        }
        assertThat(repaired).isGreaterThan(ROUNDS / 4);
        assertThat(moved).as("rules that had to make room").isPositive();
    }

    @Test
    void aDeletedRuleComesBackAsItWas() {
        for (int round = 0; round < ROUNDS; round++) {
            List<NsgRule> before = rules();
            if (before.isEmpty()) {
                continue;
            }
            NsgChange.DeleteRule change =
                    new NsgChange.DeleteRule(nsg(before), before.get(random.nextInt(before.size())));

            List<NsgRule> after = before;
            for (String command : change.commands()) {
                after = carriedOut(command, after);
            }
            assertThat(plain(after)).isEqualTo(plain(change.rulesAfter(before)));
            for (String command : change.undo()) {
                after = carriedOut(command, after);
            }
            assertThat(plain(after)).isEqualTo(plain(before));
        }
    }

    private void compare(List<NsgRule> before, List<NsgRule> after) {
        for (Direction direction : Direction.values()) {
            for (String from : SENDERS) {
                for (String to : TARGETS) {
                    for (int port : new int[] {10_250, 22, 10_251}) {
                        for (String protocol : List.of("tcp", "udp")) {
                            boolean passed = passes(before, from, to, port, protocol, direction);
                            boolean passesNow = passes(after, from, to, port, protocol, direction);
                            boolean meant = direction == Direction.INBOUND
                                    && from.startsWith("10.1.0.")
                                    && to.startsWith("10.1.0.")
                                    && port == 10_250
                                    && protocol.equals("tcp");
                            assertThat(passesNow)
                                    .as("%s %s to %s:%s/%s\n%s\n%s", direction, from, to, port, protocol, before, after)
                                    .isEqualTo(passed || meant);
                        }
                    }
                }
            }
        }
    }

    private static boolean passes(
            List<NsgRule> rules, String from, String to, int port, String protocol, Direction direction) {
        return AzurePackets.passes(
                List.of(),
                List.of(rules),
                new Packet(
                        direction,
                        protocol,
                        AzurePackets.octets(from),
                        40_000,
                        Set.of(),
                        AzurePackets.octets(to),
                        port,
                        Set.of()),
                World.KNOWN);
    }

    private NsgDecision decide(Nsg nsg) {
        ServiceTags tags = AzureFacts.tags(
                List.of(AzureFacts.network(List.of("10.1.0.0/16", "10.2.0.0/24"), List.of("10.3.0.0/24"), false)),
                List.of());
        Flow flow = new Flow(
                Transport.TCP,
                AddressSet.parse(AGENT).orElseThrow(),
                Optional.of(Set.of()),
                new Flow.Destination(AddressSet.parse(NODE).orElseThrow(), Optional.empty(), Optional.of(Set.of())),
                10_250);
        return new NsgFilter(tags, List.of())
                .decide(nsg, Direction.INBOUND, flow)
                .get(0);
    }

    private static NsgVerdict verdict(Nsg nsg, NsgDecision decision) {
        return new NsgVerdict(
                Purpose.KUBELET,
                Direction.INBOUND,
                decision.outcome(),
                Outcome.UNKNOWN,
                Optional.of(nsg),
                "subnet nodes",
                decision.decidedBy(),
                Transport.TCP,
                10_250,
                AddressSet.parse(AGENT).orElseThrow(),
                AddressSet.parse(NODE).orElseThrow(),
                SUBNET,
                SUBNET,
                List.of(),
                List.of(),
                List.of(),
                decision.evidence(),
                List.of());
    }

    /** Crowded priorities from 100 on, so that rules often have to make room. */
    private List<NsgRule> rules() {
        List<NsgRule> rules = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        int count = random.nextInt(7);
        for (int i = 0; i < count; i++) {
            int priority = 100 + random.nextInt(random.nextBoolean() ? 4 : 30);
            Direction direction = random.nextInt(4) == 0 ? Direction.OUTBOUND : Direction.INBOUND;
            if (taken.add(direction + " " + priority)) {
                rules.add(new NsgRule(
                        "r" + i,
                        priority,
                        direction,
                        random.nextInt(3) == 0,
                        random.nextBoolean() ? "*" : "Tcp",
                        List.of(one(PREFIXES)),
                        List.of("*"),
                        List.of(),
                        List.of(one(PREFIXES)),
                        List.of(one(PORTS)),
                        List.of(),
                        true,
                        new SourceRef("test", priority, "")));
            }
        }
        return rules;
    }

    private String one(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    private static Nsg nsg(List<NsgRule> rules) {
        return new Nsg("/nsg", "nsg", "rg", rules, List.of(), List.of(), false, AzureFacts.NOWHERE);
    }

    private static List<String> plain(List<NsgRule> rules) {
        return rules.stream()
                .sorted(Comparator.comparing(NsgRule::direction).thenComparing(NsgRule::priority))
                .map(rule -> String.join(
                        " ",
                        rule.name(),
                        rule.priority() + "",
                        rule.direction().name(),
                        rule.allow() + "",
                        rule.protocol(),
                        rule.sourcePrefixes().toString(),
                        rule.sourcePorts().toString(),
                        rule.destinationPrefixes().toString(),
                        rule.destinationPorts().toString()))
                .toList();
    }

    /** What {@code az network nsg rule create|update|delete} does, Azure's refusal of a taken priority included. */
    private static List<NsgRule> carriedOut(String command, List<NsgRule> rules) {
        List<String> words = words(command);
        assertThat(words.subList(0, 4)).containsExactly("az", "network", "nsg", "rule");
        Map<String, List<String>> options = new HashMap<>();
        List<String> values = new ArrayList<>();
        for (String word : words.subList(5, words.size())) {
            if (word.startsWith("--")) {
                values = new ArrayList<>();
                options.put(word, values);
            } else {
                values.add(word);
            }
        }
        assertThat(options.getOrDefault("--nsg-name", List.of())).containsExactly("nsg");
        assertThat(options.getOrDefault("--resource-group", List.of())).containsExactly("rg");
        String name = options.getOrDefault("--name", List.of()).get(0);
        List<NsgRule> left = new ArrayList<>(rules);
        Optional<NsgRule> old =
                left.stream().filter(rule -> rule.name().equals(name)).findFirst();
        old.ifPresent(left::remove);
        String verb = words.get(4);
        assertThat(old.isPresent()).as(command).isEqualTo(!verb.equals("create"));
        if (verb.equals("delete")) {
            return left;
        }
        int priority =
                Integer.parseInt(options.getOrDefault("--priority", List.of()).get(0));
        NsgRule made = verb.equals("update")
                ? at(old.orElseThrow(), priority)
                : new NsgRule(
                        name,
                        priority,
                        options.getOrDefault("--direction", List.of()).get(0).equals("Inbound")
                                ? Direction.INBOUND
                                : Direction.OUTBOUND,
                        options.getOrDefault("--access", List.of()).get(0).equals("Allow"),
                        options.getOrDefault("--protocol", List.of()).get(0),
                        options.getOrDefault("--source-address-prefixes", List.of()),
                        options.getOrDefault("--source-port-ranges", List.of()),
                        List.of(),
                        options.getOrDefault("--destination-address-prefixes", List.of()),
                        options.getOrDefault("--destination-port-ranges", List.of()),
                        List.of(),
                        true,
                        new SourceRef("az", 0, ""));
        assertThat(left)
                .as("priority %s is free for %s", priority, command)
                .noneMatch(rule -> rule.direction() == made.direction() && rule.priority() == priority);
        assertThat(priority).isBetween(100, 4096);
        left.add(made);
        return left;
    }

    private static NsgRule at(NsgRule rule, int priority) {
        return new NsgRule(
                rule.name(),
                priority,
                rule.direction(),
                rule.allow(),
                rule.protocol(),
                rule.sourcePrefixes(),
                rule.sourcePorts(),
                rule.sourceGroups(),
                rule.destinationPrefixes(),
                rule.destinationPorts(),
                rule.destinationGroups(),
                rule.understood(),
                rule.source());
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        for (String word : command.split(" ", -1)) {
            words.add(word.startsWith("'") ? word.substring(1, word.length() - 1) : word);
        }
        return words;
    }
}
