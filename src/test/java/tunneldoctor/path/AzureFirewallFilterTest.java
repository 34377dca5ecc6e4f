package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;
import static tunneldoctor.path.AzureFacts.network;
import static tunneldoctor.path.AzureFacts.set;
import static tunneldoctor.path.AzureFacts.tags;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.AzureFirewall;
import tunneldoctor.model.IpGroup;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;

class AzureFirewallFilterTest {
    private static final String API = "demo-dns-1234.hcp.westeurope.azmk8s.io";
    private static final ServiceTags TAGS = tags(List.of(network(List.of("10.1.0.0/16"), List.of(), false)), List.of());
    private static final IpGroup NODES =
            new IpGroup("/ipgroups/nodes", "nodes", List.of("10.1.0.0/24"), AzureFacts.NOWHERE);

    private static AzureFirewallFilter.Ruling decide(String fqdn, Flow flow, boolean complete, String rules) {
        List<AzureFirewallFilter.Ruling> rulings = new AzureFirewallFilter(TAGS, List.of(NODES), fqdn, "westeurope")
                .decide(firewall(complete, rules), flow);
        assertThat(rulings).hasSize(1);
        return rulings.get(0);
    }

    private static Flow tunnel(Transport transport, int port) {
        return new Flow(
                transport,
                set("10.1.0.4"),
                Optional.empty(),
                new Flow.Destination(ServiceTags.PUBLIC, Optional.of("westeurope"), Optional.of(Set.of())),
                port);
    }

    /** {@code net allow TCP 10.1.0.0/24 AzureCloud 443; app deny Https:443 * *.azmk8s.io -}; a name ends with a word. */
    private static AzureFirewall firewall(boolean complete, String text) {
        List<AzureFirewall.Collection> collections = new ArrayList<>();
        int index = 0;
        for (String rule : text.isBlank() ? new String[0] : text.split(";")) {
            String[] words = rule.strip().split(" ");
            AzureFirewall.Kind kind = switch (words[0]) {
                case "net" -> AzureFirewall.Kind.NETWORK;
                case "app" -> AzureFirewall.Kind.APPLICATION;
                default -> AzureFirewall.Kind.DNAT;
            };
            boolean byGroup = words[3].startsWith("/");
            boolean tag = words[4].startsWith("tag:");
            boolean name = kind == AzureFirewall.Kind.APPLICATION || words[4].endsWith(".io");
            boolean toGroup = words[4].startsWith("/");
            collections.add(new AzureFirewall.Collection(
                    "g",
                    "c" + index,
                    kind,
                    100 + index,
                    words[1].equals("allow"),
                    List.of(new AzureFirewall.Rule(
                            "r" + index,
                            words[2].equals("-") ? List.of() : List.of(words[2].split(",")),
                            byGroup ? List.of() : List.of(words[3].split(",")),
                            byGroup ? List.of(words[3]) : List.of(),
                            name || toGroup ? List.of() : List.of(words[4].split(",")),
                            toGroup ? List.of(words[4]) : List.of(),
                            words[5].equals("-") ? List.of() : List.of(words[5].split(",")),
                            name && !tag ? List.of(words[4].split(",")) : List.of(),
                            tag ? List.of(words[4].substring(4)) : List.of(),
                            words.length > 6,
                            new SourceRef("test", index, rule))),
                    AzureFacts.NOWHERE));
            index++;
        }
        return new AzureFirewall("/fw", "fw", "rg", "10.3.0.4", "", collections, complete, AzureFacts.NOWHERE);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "nothing is allowed by default, TCP, 443, , DROPPED, default deny",
        "a network rule by tag, TCP, 443, net allow TCP * AzureCloud 443, ALLOWED, g/c0/r0",
        "by the region's tag, UDP, 1194, net allow UDP * AzureCloud.WestEurope 1194, ALLOWED, g/c0/r0",
        "by another region's, UDP, 1194, net allow UDP * AzureCloud.eastus 1194, DROPPED, default deny",
        "for another protocol, UDP, 1194, net allow TCP * * 1194, DROPPED, default deny",
        "any protocol and a range, TCP, 9000, net allow Any * * 8000-9999, ALLOWED, g/c0/r0",
        "for every port, TCP, 22, 'net allow TCP,UDP 10.1.0.0/16 * *', ALLOWED, g/c0/r0",
        "for other senders, TCP, 443, net allow TCP 10.9.0.0/16 * 443, DROPPED, default deny",
        "for a group of senders, TCP, 443, net allow TCP /ipgroups/nodes * 443, ALLOWED, g/c0/r0",
        "the earlier collection wins, TCP, 443, net deny TCP * * 443;net allow TCP * * 443, DROPPED, g/c0/r0",
        "network rules come before application rules, TCP, 443, app allow Https:443 * * -;net deny TCP * * 443, DROPPED, g/c1/r1",
        "a name in a network rule, TCP, 443, net allow TCP * demo-dns-1234.hcp.westeurope.azmk8s.io 443, ALLOWED, g/c0/r0",
        "another name in a network rule, TCP, 443, net allow TCP * other.hcp.westeurope.azmk8s.io 443, DROPPED, default deny",
        "a wildcard name, TCP, 443, app allow Https:443 * *.hcp.westeurope.azmk8s.io -, ALLOWED, g/c0/r0",
        "another region's wildcard, TCP, 443, app allow Https:443 * *.hcp.eastus.azmk8s.io -, DROPPED, default deny",
        "the FQDN tag, TCP, 443, 'app allow Http:80,Https:443 * tag:AzureKubernetesService -', ALLOWED, g/c0/r0",
        "which may leave its protocols out, TCP, 443, app allow - * tag:AzureKubernetesService -, ALLOWED, g/c0/r0",
        "another FQDN tag, TCP, 443, app allow Https:443 * tag:WindowsUpdate -, DROPPED, default deny",
        "an unknown FQDN tag, TCP, 443, app allow Https:443 * tag:Contoso -, UNKNOWN, ",
        "the FQDN tag is not for the old tunnels, UDP, 1194, app allow Https:1194 * tag:AzureKubernetesService -, DROPPED, default deny",
        "nor is SSH a TLS connection, TCP, 9000, app allow Https:9000 * * -, DROPPED, default deny",
        "nor is TLS plain HTTP, TCP, 443, app allow Http:443 * * -, DROPPED, default deny",
        "DNAT is for incoming traffic, TCP, 443, dnat allow TCP * * 443, DROPPED, default deny",
        "some addresses may be the server's, TCP, 443, net allow TCP * 20.0.0.0/8 443, UNKNOWN, ",
        "a group not in the facts, TCP, 443, net allow TCP /ipgroups/other * 443, UNKNOWN, ",
        "one that cannot change anything, TCP, 443, net allow TCP /ipgroups/other * 443;net allow TCP * * 443, ALLOWED, "
    })
    void decidesInTheFirewallsOrder(
            String why, Transport transport, int port, String rules, Outcome expected, String decidedBy) {
        AzureFirewallFilter.Ruling ruling = decide(API, tunnel(transport, port), true, rules == null ? "" : rules);

        assertThat(ruling.outcome()).as(why).isEqualTo(expected);
        assertThat(ruling.decidedBy()).as(why).isEqualTo(decidedBy == null ? "" : decidedBy);
        assertThat(ruling.missing().isEmpty()).as(why).isEqualTo(expected != Outcome.UNKNOWN);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "*.hcp.westeurope.azmk8s.io, ALLOWED",
        "*.azmk8s.io, ALLOWED",
        "*, ALLOWED",
        "demo-dns-1234.hcp.westeurope.azmk8s.io, UNKNOWN",
        "mcr.microsoft.com, DROPPED"
    })
    void withoutTheServersNameAPatternMustHoldEveryName(String pattern, Outcome expected) {
        assertThat(decide("", tunnel(Transport.TCP, 443), true, "app allow Https:443 * " + pattern + " -")
                        .outcome())
                .isEqualTo(expected);
    }

    @Test
    void saysWhereTlsIsOpened() {
        String opening = "app allow Https:443 * *.azmk8s.io - opens";

        assertThat(decide(API, tunnel(Transport.TCP, 443), true, opening).opensTls())
                .isTrue();
        assertThat(decide(API, tunnel(Transport.TCP, 443), true, "net allow TCP * * 443;" + opening)
                        .opensTls())
                .isFalse();
        AzureFirewallFilter.Ruling either =
                decide(API, tunnel(Transport.TCP, 443), true, "net allow TCP /ipgroups/other * 443;" + opening);
        assertThat(either.outcome()).as("passed whole or opened").isEqualTo(Outcome.UNKNOWN);
    }

    /** Rules that are not in the facts may stand before any that are. */
    @Test
    void anIncompleteFirewallIsNeverCertain() {
        AzureFirewallFilter.Ruling denied = decide(API, tunnel(Transport.TCP, 443), false, "net deny TCP * * 443");
        assertThat(denied.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(denied.likely()).isEqualTo(Outcome.DROPPED);
        AzureFirewallFilter.Ruling nothing = decide(API, tunnel(Transport.TCP, 443), false, "");
        assertThat(nothing.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(nothing.likely()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void sendersAreDecidedApart() {
        Flow flow = new Flow(
                Transport.TCP,
                set("10.1.0.0/23"),
                Optional.empty(),
                tunnel(Transport.TCP, 443).destination(),
                443);

        assertThat(new AzureFirewallFilter(TAGS, List.of(NODES), API, "westeurope")
                        .decide(firewall(true, "net allow TCP /ipgroups/nodes * 443"), flow))
                .extracting(ruling -> ruling.sources().toString(), AzureFirewallFilter.Ruling::outcome)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("10.1.0.0/24", Outcome.ALLOWED),
                        org.assertj.core.groups.Tuple.tuple("10.1.1.0/24", Outcome.DROPPED));
    }

    /** Against a reading of the rules one packet at a time: to one of a few true addresses, from one sender. */
    @Test
    void agreesPacketByPacket() {
        Random random = new Random(20_261_123);
        String[] senders = {"*", "10.1.0.0/24", "10.1.0.4", "10.9.0.0/16", "/ipgroups/nodes"};
        String[] targets = {"*", "20.0.0.0/8", "20.1.0.0/16", "AzureCloud", "10.0.0.0/8", API};
        String[] probes = {"20.1.2.3", "20.2.2.3", "52.1.1.1"};
        for (int round = 0; round < 5_000; round++) {
            List<String> rules = new ArrayList<>();
            for (int i = random.nextInt(7); i > 0; i--) {
                String access = random.nextBoolean() ? "allow" : "deny";
                rules.add(
                        random.nextInt(3) > 0
                                ? "net " + access + " " + pick(random, "TCP", "UDP", "Any", "TCP,UDP") + " "
                                        + pick(random, senders) + " " + pick(random, targets) + " "
                                        + pick(random, "443", "*", "400-500", "22,80", "1194")
                                : "app " + access + " " + pick(random, "Https:443", "Http:80", "Https:8443") + " "
                                        + pick(random, senders) + " "
                                        + pick(random, "*", "*.azmk8s.io", API, "mcr.microsoft.com") + " -");
            }
            String text = String.join(";", rules);
            Set<Boolean> answers = new HashSet<>();
            for (String probe : probes) {
                answers.add(passes(rules, probe));
            }
            Outcome expected = answers.size() > 1
                    ? Outcome.UNKNOWN
                    : answers.iterator().next() ? Outcome.ALLOWED : Outcome.DROPPED;
            assertThat(decide(API, tunnel(Transport.TCP, 443), true, text).outcome())
                    .as("round %s: %s", round, text)
                    .isEqualTo(expected);
        }
    }

    private static String pick(Random random, String... from) {
        return from[random.nextInt(from.length)];
    }

    /** TCP 443 from 10.1.0.4. */
    private static boolean passes(List<String> rules, String to) {
        for (String kind : List.of("net", "app")) {
            for (String rule : rules) {
                String[] words = rule.split(" ");
                boolean sender = Set.of("*", "10.1.0.0/24", "10.1.0.4", "/ipgroups/nodes")
                        .contains(words[3]);
                boolean hit = false;
                if (kind.equals("net")) {
                    boolean target = switch (words[4]) {
                        case "20.0.0.0/8" -> to.startsWith("20.");
                        case "20.1.0.0/16" -> to.startsWith("20.1.");
                        case "10.0.0.0/8" -> false;
                        default -> true;
                    };
                    hit = !words[2].equals("UDP")
                            && target
                            && Set.of("443", "*", "400-500").contains(words[5]);
                } else {
                    hit = words[2].equals("Https:443") && !words[4].equals("mcr.microsoft.com");
                }
                if (words[0].equals(kind) && sender && hit) {
                    return words[1].equals("allow");
                }
            }
        }
        return false;
    }
}
