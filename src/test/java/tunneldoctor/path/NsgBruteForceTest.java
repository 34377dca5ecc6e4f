package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.AdminRule;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;
import tunneldoctor.model.VirtualNetwork;

/**
 * Holds {@link NsgFilter} against an evaluator that looks at one packet at a time and was written from Azure's
 * documentation alone: nothing of it is shared with the production code.
 */
class NsgBruteForceTest {
    private static final int RULE_SETS = Integer.getInteger("oracle.nsg", 4_000);
    private static final SourceRef NOWHERE = new SourceRef("test", 0, "");
    private static final String TARGET = "10.1.0.20";

    private static final String[] PROBES = {
        "10.1.0.4",
        "10.1.0.7",
        "10.1.0.20",
        "10.1.0.127",
        "10.1.0.128",
        "10.1.1.1",
        "10.2.0.9",
        "10.3.0.1",
        "10.3.1.1",
        "10.244.0.5",
        "172.20.3.3",
        "172.21.0.1",
        "192.0.2.1",
        "192.0.2.200",
        "20.50.60.70",
        "168.63.129.16",
        "192.168.7.7",
        "8.8.8.8",
        "100.64.0.1",
        "10.0.255.255",
        "10.1.0.0",
        "10.1.0.255",
        "203.0.113.9",
        "52.1.1.1",
        "10.9.9.9"
    };
    private static final String[] PREFIXES = {
        "*",
        "10.1.0.0/24",
        "10.1.0.0/25",
        "10.1.0.7",
        "10.1.0.20/32",
        "10.0.0.0/8",
        "VirtualNetwork",
        "Internet",
        "AzureLoadBalancer",
        "0.0.0.0/0",
        "192.0.2.0/24",
        "172.16.0.0/12",
        "10.2.0.0/16",
        "fd00::/8",
        "10.1.0.4-10.1.0.20"
    };
    private static final String[] PORTS = {
        "*", "10250", "22", "10000-11000", "10251-65535", "0-65535", "443", "10250-10250"
    };
    private static final String[] PROTOCOLS = {"*", "Tcp", "Udp", "Icmp", "tcp", "Any"};
    private static final String[] GROUPS = {"/asg/agents", "/asg/nodes", "/asg/web"};

    private final Random random = new Random(20_261_122);

    @Test
    void agreesPacketByPacketWhereEverythingIsKnown() {
        int questions = 0;
        for (int round = 0; round < RULE_SETS; round++) {
            List<AdminRule> admin = random.nextInt(4) == 0 ? adminRules() : List.of();
            Nsg nsg = nsg(rules(random.nextInt(8)));
            Direction direction = random.nextBoolean() ? Direction.INBOUND : Direction.OUTBOUND;
            Set<String> sourceGroups = groups();
            Set<String> targetGroups = groups();
            Flow flow = flow(Optional.of(sourceGroups), Optional.of(targetGroups));
            List<NsgDecision> decisions = new NsgFilter(tags(), admin).decide(nsg, direction, flow);
            for (String probe : PROBES) {
                boolean allowed = packet(admin, nsg, direction, probe, sourceGroups, targetGroups);
                Outcome outcome = outcomeFor(decisions, probe);
                assertThat(outcome)
                        .as(
                                "round %s: %s to %s, %s\nadmin %s\nrules %s",
                                round, probe, TARGET, direction, admin, nsg.rules())
                        .isEqualTo(allowed ? Outcome.ALLOWED : Outcome.DROPPED);
                questions++;
            }
        }
        assertThat(questions).isGreaterThanOrEqualTo(RULE_SETS * PROBES.length);
    }

    /** With unknown groups, a certain answer must hold in every world, and an unknown needs two that differ. */
    @Test
    void isOpenExactlyWhereTwoWorldsDiffer() {
        for (int round = 0; round < RULE_SETS / 20; round++) {
            Nsg nsg = nsg(rules(random.nextInt(8)));
            Direction direction = Direction.INBOUND;
            Flow flow = flow(Optional.empty(), Optional.empty());
            List<NsgDecision> decisions = new NsgFilter(tags(), List.of()).decide(nsg, direction, flow);
            for (String probe : PROBES) {
                Set<Boolean> worlds = new HashSet<>();
                for (int sender = 0; sender < 1 << GROUPS.length; sender++) {
                    for (int target = 0; target < 1 << GROUPS.length; target++) {
                        worlds.add(packet(List.of(), nsg, direction, probe, subset(sender), subset(target)));
                    }
                }
                Outcome outcome = outcomeFor(decisions, probe);
                if (outcome == Outcome.UNKNOWN) {
                    continue;
                }
                assertThat(worlds)
                        .as("round %s: %s\n%s", round, probe, nsg.rules())
                        .containsExactly(outcome == Outcome.ALLOWED);
            }
        }
    }

    private static Outcome outcomeFor(List<NsgDecision> decisions, String probe) {
        long address = AddressSet.parseAddress(probe).orElseThrow();
        List<NsgDecision> mine =
                decisions.stream().filter(d -> d.sources().covers(address)).toList();
        assertThat(mine).as("every source is decided once: %s", probe).hasSize(1);
        return mine.get(0).outcome();
    }

    private static ServiceTags tags() {
        VirtualNetwork network = new VirtualNetwork(
                "/vnet",
                "vnet",
                List.of("10.1.0.0/16", "10.2.0.0/24"),
                List.of("10.3.0.0/24"),
                false,
                List.of(),
                NOWHERE);
        RouteTable routes = new RouteTable(
                "/rt",
                "rt",
                "rg",
                List.of(new RouteTable.Route("onprem", "172.20.0.0/16", "VirtualNetworkGateway", "", NOWHERE)),
                List.of("/vnet/subnets/nodes"),
                NOWHERE);
        ClusterFacts given = new ClusterFacts(
                "test",
                "v1",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        Facts.Azure azure = new Facts.Azure(
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(network),
                List.of(),
                List.of(),
                List.of(),
                List.of(routes),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        Facts facts = new Facts(
                given,
                azure,
                false,
                false,
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        return new ServiceTags(facts, AddressSet.NONE);
    }

    private static Flow flow(Optional<Set<String>> sourceGroups, Optional<Set<String>> targetGroups) {
        return new Flow(
                Transport.TCP,
                AddressSet.ALL,
                sourceGroups,
                new Flow.Destination(AddressSet.parse(TARGET).orElseThrow(), Optional.empty(), targetGroups),
                10_250);
    }

    private List<NsgRule> rules(int count) {
        List<NsgRule> rules = new ArrayList<>();
        Set<Integer> priorities = new HashSet<>();
        for (int i = 0; i < count; i++) {
            int priority = 100 + random.nextInt(60);
            if (priorities.add(priority)) {
                rules.add(rule("r" + i, priority, random.nextBoolean()));
            }
        }
        return rules;
    }

    private NsgRule rule(String name, int priority, boolean allow) {
        boolean bySourceGroup = random.nextInt(5) == 0;
        boolean byTargetGroup = random.nextInt(5) == 0;
        return new NsgRule(
                name,
                priority,
                random.nextInt(4) == 0 ? Direction.OUTBOUND : Direction.INBOUND,
                allow,
                one(PROTOCOLS),
                bySourceGroup ? List.of() : some(PREFIXES),
                List.of(random.nextInt(6) == 0 ? "1024-65535" : "*"),
                bySourceGroup ? List.of(one(GROUPS)) : List.of(),
                byTargetGroup ? List.of() : some(PREFIXES),
                some(PORTS),
                byTargetGroup ? List.of(one(GROUPS)) : List.of(),
                true,
                NOWHERE);
    }

    private List<AdminRule> adminRules() {
        List<AdminRule> rules = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            String access = one(new String[] {"Allow", "AlwaysAllow", "Deny"});
            rules.add(new AdminRule(access, rule("admin" + i, 1 + i, !access.equals("Deny"))));
        }
        return rules;
    }

    private static Nsg nsg(List<NsgRule> rules) {
        return new Nsg("/nsg", "nsg", "rg", rules, List.of(), List.of(), false, NOWHERE);
    }

    private Set<String> groups() {
        return subset(random.nextInt(1 << GROUPS.length));
    }

    private static Set<String> subset(int bits) {
        Set<String> groups = new HashSet<>();
        for (int i = 0; i < GROUPS.length; i++) {
            if ((bits >> i & 1) == 1) {
                groups.add(GROUPS[i]);
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

    // ---- the packet-by-packet evaluator ----

    private static boolean packet(
            List<AdminRule> admin,
            Nsg nsg,
            Direction direction,
            String from,
            Set<String> senders,
            Set<String> targets) {
        for (AdminRule rule : admin.stream()
                .sorted(Comparator.comparingInt(a -> a.rule().priority()))
                .toList()) {
            if (rule.rule().direction() == direction && hits(rule.rule(), from, senders, targets)) {
                if (rule.access().equals("Deny")) {
                    return false;
                }
                if (rule.access().equals("AlwaysAllow")) {
                    return true;
                }
                break;
            }
        }
        for (NsgRule rule : nsg.rules().stream()
                .sorted(Comparator.comparingInt(NsgRule::priority))
                .toList()) {
            if (rule.direction() == direction && hits(rule, from, senders, targets)) {
                return rule.allow();
            }
        }
        if (inNetwork(octets(from)) && inNetwork(octets(TARGET))) {
            return true;
        }
        if (direction == Direction.INBOUND) {
            return from.equals("168.63.129.16");
        }
        return inInternet(octets(TARGET));
    }

    private static boolean hits(NsgRule rule, String from, Set<String> senders, Set<String> targets) {
        String protocol = rule.protocol();
        if (!(protocol.equals("*") || protocol.equals("Any") || protocol.equalsIgnoreCase("tcp"))) {
            return false;
        }
        boolean port = false;
        for (String text : rule.destinationPorts()) {
            if (text.equals("*")) {
                port = true;
            } else {
                String[] ends = text.split("-");
                port |= 10250 >= Integer.parseInt(ends[0]) && 10250 <= Integer.parseInt(ends[ends.length - 1]);
            }
        }
        return port
                && end(rule.sourcePrefixes(), rule.sourceGroups(), from, senders)
                && end(rule.destinationPrefixes(), rule.destinationGroups(), TARGET, targets);
    }

    private static boolean end(List<String> prefixes, List<String> wanted, String address, Set<String> groups) {
        for (String group : wanted) {
            if (groups.contains(group)) {
                return true;
            }
        }
        for (String prefix : prefixes) {
            if (inPrefix(prefix, octets(address))) {
                return true;
            }
        }
        return false;
    }

    private static boolean inPrefix(String prefix, int[] ip) {
        switch (prefix) {
            case "*":
                return true;
            case "VirtualNetwork":
                return inNetwork(ip);
            case "Internet":
                return inInternet(ip);
            case "AzureLoadBalancer":
                return number(ip) == number(octets("168.63.129.16"));
            default:
                break;
        }
        if (prefix.contains(":")) {
            return false;
        }
        if (prefix.contains("-")) {
            String[] ends = prefix.split("-");
            return number(ip) >= number(octets(ends[0])) && number(ip) <= number(octets(ends[1]));
        }
        String[] parts = prefix.split("/");
        int bits = parts.length == 1 ? 32 : Integer.parseInt(parts[1]);
        int[] net = octets(parts[0]);
        for (int bit = 0; bit < bits; bit++) {
            int shift = 7 - bit % 8;
            if ((net[bit / 8] >> shift & 1) != (ip[bit / 8] >> shift & 1)) {
                return false;
            }
        }
        return true;
    }

    /** Address space 10.1.0.0/16 and 10.2.0.0/24, peer 10.3.0.0/24, route prefix 172.20.0.0/16, and the host's own address. */
    private static boolean inNetwork(int[] ip) {
        return ip[0] == 10 && ip[1] == 1
                || ip[0] == 10 && ip[1] == 2 && ip[2] == 0
                || ip[0] == 10 && ip[1] == 3 && ip[2] == 0
                || ip[0] == 172 && ip[1] == 20
                || number(ip) == number(octets("168.63.129.16"));
    }

    private static boolean inInternet(int[] ip) {
        boolean reserved = ip[0] == 10
                || ip[0] == 172 && ip[1] >= 16 && ip[1] < 32
                || ip[0] == 192 && ip[1] == 168
                || ip[0] == 100 && ip[1] >= 64 && ip[1] < 128
                || ip[0] == 169 && ip[1] == 254
                || ip[0] == 127
                || ip[0] == 0
                || ip[0] >= 224;
        return !reserved && !inNetwork(ip);
    }

    private static int[] octets(String text) {
        String[] parts = text.split("\\.");
        int[] octets = new int[4];
        for (int i = 0; i < 4; i++) {
            octets[i] = Integer.parseInt(parts[i]);
        }
        return octets;
    }

    private static long number(int[] ip) {
        return ((ip[0] * 256L + ip[1]) * 256 + ip[2]) * 256 + ip[3];
    }
}
