package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.AdminRule;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.Transport;
import tunneldoctor.path.AzurePackets.Packet;
import tunneldoctor.path.AzurePackets.World;

/** Holds {@link NsgFilter} against {@link AzurePackets}, one packet at a time and in every world the facts allow. */
class NsgBruteForceTest {
    private static final int RULE_SETS = Integer.getInteger("oracle.nsg", 5_000);

    private static final String[] ADDRESSES = {
        "10.1.0.0",
        "10.1.0.4",
        "10.1.0.7",
        "10.1.0.127",
        "10.1.0.128",
        "10.1.0.255",
        "10.1.1.1",
        "10.0.255.255",
        "10.2.0.9",
        "10.2.1.0",
        "10.3.0.1",
        "10.3.1.1",
        "10.244.0.5",
        "172.20.3.3",
        "172.21.0.1",
        "192.0.2.1",
        "192.0.2.200",
        "192.168.7.7",
        "198.51.100.7",
        "20.50.60.70",
        "168.63.129.16",
        "8.8.8.8",
        "100.64.0.1",
        "203.0.113.9"
    };
    private static final String[] TARGETS = {
        "10.1.0.20", "10.1.0.200", "10.2.0.20", "10.3.0.20", "172.20.0.20", "10.244.0.20", "20.1.2.3"
    };
    private static final String[] PREFIXES = {
        "*",
        "0.0.0.0/0",
        "VirtualNetwork",
        "VirtualNetwork",
        "Internet",
        "AzureLoadBalancer",
        "AzurePlatformDNS",
        "AzurePlatformIMDS",
        "10.1.0.0/24",
        "10.1.0.0/25",
        "10.1.0.7",
        "10.1.0.20/32",
        "10.0.0.0/8",
        "192.0.2.0/24",
        "172.16.0.0/12",
        "20.0.0.0/6",
        "fd00::/8"
    };
    private static final String[] UNKNOWN_TAGS = {"Storage", "AzureCloud", "Contoso"};
    private static final int[] TARGET_PORTS = {10_250, 22, 443, 10_251};
    private static final String[] PORTS = {
        "*", "10250", "22", "10000-11000", "10251-65535", "0-65535", "443", "10250-10250", "0-10249"
    };
    private static final String[] CLIENT_PORTS = {"1024-65535", "0-1023", "80", "32768-60999", "5000", "0-65535"};
    /** Every port where some rule's client ports begin or end, and one between. */
    private static final int[] CLIENT_PORT_PROBES = {1024, 4999, 5000, 5001, 32767, 32768, 60999, 61000, 65535};

    private static final String[] PROTOCOLS = {"*", "*", "Tcp", "Udp", "Icmp", "tcp", "Any"};
    private static final String[] GROUPS = {"/asg/agents", "/asg/nodes", "/asg/web"};

    private final Random random = new Random(20_261_122);

    @Test
    void agreesPacketByPacketWhereEverythingIsKnown() {
        int questions = 0;
        ServiceTags tags = tags(false, "172.20.0.0/16");
        for (int round = 0; round < RULE_SETS; round++) {
            List<AdminRule> admin = random.nextInt(4) == 0 ? adminRules() : List.of();
            List<List<NsgRule>> layers = random.nextBoolean() ? List.of(rules(8)) : List.of(rules(6), rules(6));
            Direction direction = random.nextBoolean() ? Direction.INBOUND : Direction.OUTBOUND;
            Set<String> senders = groups();
            Set<String> receivers = groups();
            String target = direction == Direction.OUTBOUND && random.nextInt(8) == 0
                    ? one(new String[] {"168.63.129.16", "169.254.169.254"})
                    : one(TARGETS);
            Flow flow = flow(target, Optional.of(senders), Optional.of(receivers));
            List<List<NsgDecision>> decisions = layers.stream()
                    .map(layer -> new NsgFilter(tags, admin).decide(nsg(layer), direction, flow))
                    .toList();
            for (String from : ADDRESSES) {
                if (from.startsWith("198.")) {
                    continue;
                }
                boolean passes = AzurePackets.passes(
                        admin, layers, packet(direction, flow, from, target, 40_000, senders, receivers), World.KNOWN);
                assertThat(both(decisions, from))
                        .as(
                                "round %s: %s to %s %s %s\nadmin %s\nlayers %s",
                                round, from, target, flow, direction, admin, layers)
                        .isEqualTo(passes ? Outcome.ALLOWED : Outcome.DROPPED);
                questions++;
            }
        }
        assertThat(questions).isEqualTo(RULE_SETS * (ADDRESSES.length - 1));
    }

    /** A certain answer holds in every world, and an unknown one stands for two worlds that differ. */
    @Test
    void isOpenExactlyWhereTwoWorldsDiffer() {
        int unknown = 0;
        int certain = 0;
        for (int round = 0; round < RULE_SETS / 5; round++) {
            boolean defaultRoute = random.nextInt(3) == 0;
            boolean groupsKnown = random.nextInt(3) > 0;
            ServiceTags tags = defaultRoute
                    ? tags(false, "172.20.0.0/16", "198.51.100.0/24", "0.0.0.0/0")
                    : tags(false, "172.20.0.0/16", "198.51.100.0/24");
            List<NsgRule> rules = openRules();
            List<AdminRule> admin = random.nextInt(6) == 0 ? adminRules() : List.of();
            Direction direction = random.nextBoolean() ? Direction.INBOUND : Direction.OUTBOUND;
            Set<String> senders = groups();
            Set<String> receivers = groups();
            List<String> targets =
                    random.nextInt(4) == 0 ? List.of(TARGETS[0], TARGETS[1], one(TARGETS)) : List.of(one(TARGETS));
            Flow flow = new Flow(
                    random.nextInt(4) == 0 ? Transport.UDP : Transport.TCP,
                    AddressSet.ALL,
                    groupsKnown ? Optional.of(senders) : Optional.empty(),
                    new Flow.Destination(
                            union(targets), Optional.empty(), groupsKnown ? Optional.of(receivers) : Optional.empty()),
                    TARGET_PORTS[random.nextInt(TARGET_PORTS.length)]);
            List<NsgDecision> decisions = new NsgFilter(tags, admin).decide(nsg(rules), direction, flow);
            boolean byClientPort = rules.stream()
                    .anyMatch(rule -> !List.of("*").equals(rule.sourcePorts())
                            && !List.of("1024-65535").equals(rule.sourcePorts()));
            List<Possible> worlds = worlds(rules, admin, groupsKnown, senders, receivers, defaultRoute);
            for (String from : ADDRESSES) {
                Set<Boolean> answers = new HashSet<>();
                for (String target : targets) {
                    for (int clientPort : byClientPort ? CLIENT_PORT_PROBES : new int[] {40_000}) {
                        worlds.forEach(world -> answers.add(AzurePackets.passes(
                                admin,
                                List.of(rules),
                                packet(direction, flow, from, target, clientPort, world.senders, world.receivers),
                                world.rest)));
                    }
                }
                Outcome expected = AzurePackets.agreed(answers)
                        .map(passes -> passes ? Outcome.ALLOWED : Outcome.DROPPED)
                        .orElse(Outcome.UNKNOWN);
                NsgDecision decision = decision(decisions, from);
                assertThat(decision.outcome())
                        .as("round %s: %s to %s, %s\nadmin %s\nrules %s", round, from, flow, direction, admin, rules)
                        .isEqualTo(expected);
                assertThat(decision.missing().isEmpty()).isEqualTo(expected != Outcome.UNKNOWN);
                if (expected == Outcome.UNKNOWN) {
                    unknown++;
                } else {
                    certain++;
                }
            }
        }
        assertThat(unknown).as("questions that stay open").isGreaterThan(RULE_SETS / 5);
        assertThat(certain).as("questions with an answer").isGreaterThan(RULE_SETS / 5);
    }

    private record Possible(Set<String> senders, Set<String> receivers, World rest) {}

    /** Every way the open ends of these rules can be, all combined. */
    private static List<Possible> worlds(
            List<NsgRule> rules,
            List<AdminRule> admin,
            boolean groupsKnown,
            Set<String> senders,
            Set<String> receivers,
            boolean defaultRoute) {
        Set<String> sourceTags = new TreeSet<>();
        Set<String> targetTags = new TreeSet<>();
        Set<String> sourceGroups = new TreeSet<>();
        Set<String> targetGroups = new TreeSet<>();
        Set<String> unread = new TreeSet<>();
        List<NsgRule> all = new ArrayList<>(rules);
        admin.forEach(a -> all.add(a.rule()));
        // The default rules ask for both.
        targetTags.add("Internet");
        for (NsgRule rule : all) {
            sourceTags.addAll(rule.sourcePrefixes());
            targetTags.addAll(rule.destinationPrefixes());
            sourceGroups.addAll(rule.sourceGroups());
            targetGroups.addAll(rule.destinationGroups());
            if (!rule.understood()) {
                unread.add(rule.name());
            }
        }
        Set<String> open = new HashSet<>(List.of(UNKNOWN_TAGS));
        open.add("Internet");
        sourceTags.retainAll(open);
        targetTags.retainAll(open);
        boolean tied = rules.stream()
                        .map(rule -> rule.direction() + "" + rule.priority())
                        .distinct()
                        .count()
                < rules.size();
        List<Possible> worlds = new ArrayList<>();
        for (Set<String> bySource : subsets(sourceTags)) {
            for (Set<String> byTarget : subsets(targetTags)) {
                for (Set<String> matching : subsets(unread)) {
                    for (Set<String> from : groupsKnown ? List.of(senders) : subsets(sourceGroups)) {
                        for (Set<String> to : groupsKnown ? List.of(receivers) : subsets(targetGroups)) {
                            for (boolean covered : defaultRoute ? new boolean[] {true, false} : new boolean[] {false}) {
                                for (boolean backwards : tied ? new boolean[] {true, false} : new boolean[] {false}) {
                                    worlds.add(new Possible(
                                            from, to, new World(bySource, byTarget, matching, covered, backwards)));
                                }
                            }
                        }
                    }
                }
            }
        }
        return worlds;
    }

    private static List<Set<String>> subsets(Set<String> of) {
        List<Set<String>> subsets = List.of(Set.of());
        for (String each : of) {
            List<Set<String>> more = new ArrayList<>(subsets);
            for (Set<String> subset : subsets) {
                Set<String> with = new HashSet<>(subset);
                with.add(each);
                more.add(with);
            }
            subsets = more;
        }
        return subsets;
    }

    private static Packet packet(
            Direction direction,
            Flow flow,
            String from,
            String to,
            int clientPort,
            Set<String> senders,
            Set<String> receivers) {
        return new Packet(
                direction,
                flow.transport() == Transport.TCP ? "tcp" : "udp",
                AzurePackets.octets(from),
                clientPort,
                senders,
                AzurePackets.octets(to),
                flow.port(),
                receivers);
    }

    /** Both layers must allow. */
    private static Outcome both(List<List<NsgDecision>> layers, String from) {
        Outcome outcome = Outcome.ALLOWED;
        for (List<NsgDecision> layer : layers) {
            Outcome one = decision(layer, from).outcome();
            outcome = outcome == Outcome.ALLOWED ? one : outcome;
        }
        return outcome;
    }

    private static NsgDecision decision(List<NsgDecision> decisions, String from) {
        List<NsgDecision> mine = decisions.stream()
                .filter(decision -> decision.sources().covers(AzurePackets.number(from)))
                .toList();
        assertThat(mine).as("every source is decided once: %s", from).hasSize(1);
        return mine.get(0);
    }

    private static ServiceTags tags(boolean gateway, String... routed) {
        RouteTable.Route[] routes = new RouteTable.Route[routed.length];
        for (int i = 0; i < routed.length; i++) {
            routes[i] = AzureFacts.route("r" + i, routed[i], "VirtualAppliance", "10.3.0.4");
        }
        return AzureFacts.tags(
                List.of(AzureFacts.network(List.of("10.1.0.0/16", "10.2.0.0/24"), List.of("10.3.0.0/24"), gateway)),
                List.of(AzureFacts.table(routes)));
    }

    private Flow flow(String target, Optional<Set<String>> senders, Optional<Set<String>> receivers) {
        return new Flow(
                random.nextInt(4) == 0 ? Transport.UDP : Transport.TCP,
                AddressSet.ALL,
                senders,
                new Flow.Destination(union(List.of(target)), Optional.empty(), receivers),
                TARGET_PORTS[random.nextInt(TARGET_PORTS.length)]);
    }

    private static AddressSet union(List<String> addresses) {
        AddressSet all = AddressSet.NONE;
        for (String address : addresses) {
            all = all.union(AddressSet.of(AzurePackets.number(address)));
        }
        return all;
    }

    private List<NsgRule> rules(int atMost) {
        List<NsgRule> rules = new ArrayList<>();
        Set<Integer> priorities = new HashSet<>();
        for (int i = random.nextInt(atMost); i > 0; i--) {
            int priority = 100 + random.nextInt(60);
            if (priorities.add(priority)) {
                rules.add(rule("r" + i, priority, random.nextBoolean(), PREFIXES, false));
            }
        }
        // Azure prints the default rules with the others; a part of them is what a person pastes.
        for (NsgRule rule : DefaultRules.of(Direction.INBOUND)) {
            if (random.nextInt(5) == 0) {
                rules.add(rule);
            }
        }
        return rules;
    }

    /** Rules of which something is not known: tags, client ports, whole rules, the order of two. */
    private List<NsgRule> openRules() {
        String[] prefixes = java.util.stream.Stream.concat(
                        java.util.Arrays.stream(PREFIXES),
                        random.nextBoolean()
                                ? java.util.stream.Stream.of(UNKNOWN_TAGS)
                                : java.util.stream.Stream.of("Contoso"))
                .toArray(String[]::new);
        List<NsgRule> rules = new ArrayList<>();
        int unread = 0;
        boolean ties = random.nextInt(4) == 0;
        Set<Integer> priorities = new HashSet<>();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            int priority = 100 + random.nextInt(60);
            if (priorities.add(priority)) {
                NsgRule rule = rule("r" + i, priority, random.nextBoolean(), prefixes, true);
                boolean unreadable = unread < 2 && random.nextInt(8) == 0;
                unread += unreadable ? 1 : 0;
                rules.add(unreadable ? unreadable(rule) : rule);
                if (ties && random.nextInt(3) == 0) {
                    ties = false;
                    rules.add(rule("t" + i, priority, random.nextBoolean(), prefixes, true));
                }
            }
        }
        return rules;
    }

    private static NsgRule unreadable(NsgRule rule) {
        return new NsgRule(
                rule.name(),
                rule.priority(),
                rule.direction(),
                rule.allow(),
                rule.protocol(),
                rule.sourcePrefixes(),
                rule.sourcePorts(),
                rule.sourceGroups(),
                rule.destinationPrefixes(),
                rule.destinationPorts(),
                rule.destinationGroups(),
                false,
                rule.source());
    }

    private NsgRule rule(String name, int priority, boolean allow, String[] prefixes, boolean byClientPort) {
        boolean bySourceGroup = random.nextInt(5) == 0;
        boolean byTargetGroup = random.nextInt(5) == 0;
        return new NsgRule(
                name,
                priority,
                random.nextBoolean() ? Direction.OUTBOUND : Direction.INBOUND,
                allow,
                one(PROTOCOLS),
                bySourceGroup ? List.of() : some(prefixes),
                byClientPort && random.nextInt(6) == 0
                        ? some(CLIENT_PORTS)
                        : List.of(random.nextInt(6) == 0 ? "1024-65535" : "*"),
                bySourceGroup ? some(GROUPS) : List.of(),
                byTargetGroup ? List.of() : some(prefixes),
                some(PORTS),
                byTargetGroup ? some(GROUPS) : List.of(),
                true,
                new tunneldoctor.model.SourceRef("test", priority, name));
    }

    private List<AdminRule> adminRules() {
        List<AdminRule> rules = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            String access = one(new String[] {"Allow", "AlwaysAllow", "Deny"});
            rules.add(new AdminRule(access, rule("admin" + i, 1 + i, !access.equals("Deny"), PREFIXES, false)));
        }
        return rules;
    }

    private static Nsg nsg(List<NsgRule> rules) {
        return new Nsg("/nsg", "nsg", "rg", rules, List.of(), List.of(), false, AzureFacts.NOWHERE);
    }

    private Set<String> groups() {
        Set<String> groups = new HashSet<>();
        for (String group : GROUPS) {
            if (random.nextBoolean()) {
                groups.add(group);
            }
        }
        return groups;
    }

    private String one(String[] from) {
        return from[random.nextInt(from.length)];
    }

    private List<String> some(String[] from) {
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            chosen.add(one(from));
        }
        return chosen;
    }
}
