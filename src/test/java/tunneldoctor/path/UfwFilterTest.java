package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Transport;
import tunneldoctor.parse.UfwTexts;
import tunneldoctor.path.UfwFilter.Decision;

class UfwFilterTest {
    private static final String DENY =
            "Status: active\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\n";
    private static final String ALLOW =
            "Status: active\nDefault: allow (incoming), reject (outgoing), disabled (routed)\n\n";
    private static final String HIDDEN = "Status: active\n\n";

    /** Rules after the default, the outcome, what is likely, and the deciding rule's position (0: none). */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DENY   | ''                                                       | DROPPED  | DROPPED  | 0",
                "ALLOW  | ''                                                       | ALLOWED  | ALLOWED  | 0",
                "HIDDEN | ''                                                       | UNKNOWN  | DROPPED  | 0",
                "DENY   | 10250/tcp ALLOW IN Anywhere                              | ALLOWED  | ALLOWED  | 1",
                "DENY   | 10250 ALLOW IN Anywhere                                  | ALLOWED  | ALLOWED  | 1",
                "DENY   | 10250/udp ALLOW IN Anywhere                              | DROPPED  | DROPPED  | 0",
                "DENY   | 10250 ALLOW OUT Anywhere                                 | DROPPED  | DROPPED  | 0",
                "DENY   | 10250 ALLOW FWD Anywhere                                 | DROPPED  | DROPPED  | 0",
                "DENY   | 10250 (v6) ALLOW IN Anywhere (v6)                        | DROPPED  | DROPPED  | 0",
                "DENY   | 10250 ALLOW IN fd00::/8                                  | DROPPED  | DROPPED  | 0",
                "ALLOW  | 10000:20000/tcp REJECT IN Anywhere                       | REJECTED | REJECTED | 1",
                "ALLOW  | 22,80,10250/tcp DENY IN Anywhere                         | DROPPED  | DROPPED  | 1",
                "ALLOW  | 10250/tcp DENY IN Anywhere;10250 ALLOW IN Anywhere       | DROPPED  | DROPPED  | 1",
                "DENY   | 10250/tcp DENY IN 10.9.0.0/16;10250 ALLOW IN Anywhere    | ALLOWED  | ALLOWED  | 2",
                "DENY   | 10.224.0.5 10250/tcp ALLOW IN Anywhere                   | ALLOWED  | ALLOWED  | 1",
                "DENY   | 10.224.0.6 10250/tcp ALLOW IN Anywhere                   | DROPPED  | DROPPED  | 0",
                "DENY   | 10250/tcp on eth0 ALLOW IN Anywhere                      | ALLOWED  | ALLOWED  | 1",
                "DENY   | 10250/tcp on eth1 ALLOW IN Anywhere                      | DROPPED  | DROPPED  | 0",
                "DENY   | 10250/tcp on eth+ ALLOW IN Anywhere                      | ALLOWED  | ALLOWED  | 1",
                "DENY   | Anywhere ALLOW IN 10.224.0.0/16                          | ALLOWED  | ALLOWED  | 1",
                "DENY   | Anywhere/esp ALLOW IN Anywhere/esp                       | DROPPED  | DROPPED  | 0",
                "DENY   | 10250/tcp LIMIT IN Anywhere                              | UNKNOWN  | REJECTED | 1",
                "DENY   | 10250/tcp ALLOW IN 10.224.0.0/16 53/tcp                  | DROPPED  | DROPPED  | 0",
                "DENY   | 10250/tcp ALLOW IN 1024:65535/tcp                        | ALLOWED  | ALLOWED  | 1",
                "DENY   | 10250/tcp ALLOW IN 2000:65535/tcp                        | UNKNOWN  | ALLOWED  | 1",
                "DENY   | 10250/tcp ALLOW IN 5000/tcp                              | UNKNOWN  | DROPPED  | 0",
                "DENY   | Kubelet ALLOW IN Anywhere                                | UNKNOWN  | DROPPED  | 0",
                "DENY   | Kubelet DENY IN Anywhere                                 | DROPPED  | DROPPED  | 0",
                "DENY   | Kubelet ALLOW IN 10.9.0.0/16                             | DROPPED  | DROPPED  | 0",
                "DENY   | Kubelet on eth1 ALLOW IN Anywhere                        | DROPPED  | DROPPED  | 0",
                "DENY   | Kubelet ALLOW IN Anywhere;10250 ALLOW IN Anywhere        | ALLOWED  | ALLOWED  | 2",
                "HIDDEN | 10250 ALLOW Anywhere                                     | ALLOWED  | ALLOWED  | 1",
                "HIDDEN | 22 ALLOW Anywhere                                        | UNKNOWN  | DROPPED  | 0",
                "DENY   | 10250/tcp ALLOW IN Anywhere/udp                          | UNKNOWN  | DROPPED  | 0",
                "DENY   | 22 ALLOW IN Anywhere;not a rule;10250 ALLOW IN Anywhere  | UNKNOWN  | UNKNOWN  | 0",
                "DENY   | 10250 ALLOW IN Anywhere;not a rule                       | ALLOWED  | ALLOWED  | 1",
            })
    void firstMatchDecides(String header, String rules, Outcome outcome, Outcome likely, int position) {
        Decision decision = one(header(header) + rules.replace(';', '\n') + "\n", "10.224.0.4");

        assertThat(decision.outcome()).isEqualTo(outcome);
        assertThat(decision.likely()).isEqualTo(likely);
        assertThat(decision.decidedBy().map(rule -> rule.position()).orElse(0)).isEqualTo(position);
        assertThat(decision.evidence()).isNotEmpty();
        assertThat(decision.missing().isEmpty()).isEqualTo(outcome != Outcome.UNKNOWN || decision.varies());
    }

    @Test
    void sourcesFareApart() {
        List<Decision> decisions = decide(
                DENY
                        + "10250/tcp ALLOW IN 10.224.0.0/25\nAnywhere REJECT IN 10.224.0.0/24\n10250 ALLOW IN 10.224.0.0/16\n",
                "10.224.0.0/15");

        assertThat(decisions.stream().collect(Collectors.toMap(d -> d.sources().toString(), Decision::outcome)))
                .hasSize(4)
                .containsEntry("10.224.0.0/25", Outcome.ALLOWED)
                .containsEntry("10.224.0.128/25", Outcome.REJECTED)
                .containsEntry("10.224.1.0-10.224.255.255", Outcome.ALLOWED)
                .containsEntry("10.225.0.0/16", Outcome.DROPPED);
        assertThat(AddressSet.union(decisions.stream().map(Decision::sources).toList()))
                .hasToString("10.224.0.0/15");
    }

    @Test
    void destinationThatMayBeSeveralCountsOnlyIfAllAgree() {
        Flow flow = flow("10.224.0.4", "10.224.0.5-10.224.0.6", 10_250);

        assertThat(decide(DENY + "10.224.0.5 10250/tcp ALLOW IN Anywhere\n", flow, Direction.INBOUND))
                .singleElement()
                .matches(decision -> decision.outcome() == Outcome.UNKNOWN)
                .matches(decision -> decision.missing().size() == 1);
        assertThat(decide(DENY + "10.224.0.5 10250/tcp DENY IN Anywhere\n", flow, Direction.INBOUND))
                .singleElement()
                .matches(decision -> decision.outcome() == Outcome.DROPPED);
    }

    @Test
    void outboundHasItsOwnRulesAndDefault() {
        Flow flow = flow("10.224.0.5", "20.1.2.3", 9000);

        assertThat(decide(DENY, flow, Direction.OUTBOUND).get(0).outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(decide(ALLOW, flow, Direction.OUTBOUND).get(0).outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(decide(HIDDEN, flow, Direction.OUTBOUND).get(0).likely()).isEqualTo(Outcome.ALLOWED);
        assertThat(decide(DENY + "9000/tcp DENY OUT Anywhere on eth0\n", flow, Direction.OUTBOUND)
                        .get(0)
                        .outcome())
                .isEqualTo(Outcome.DROPPED);
        assertThat(decide(
                                DENY + "20.0.0.0/8 9000/tcp DENY OUT Anywhere on eth1\n9000 DENY IN Anywhere\n",
                                flow,
                                Direction.OUTBOUND)
                        .get(0)
                        .outcome())
                .isEqualTo(Outcome.ALLOWED);
    }

    @Test
    void unknownAddressMayBeAnyRules() {
        Flow.Destination unknown = new Flow.Destination(AddressSet.NONE, Optional.of("westeurope"), Optional.empty());
        Flow flow = new Flow(Transport.TCP, AddressSet.of(1), Optional.empty(), unknown, 9000);

        assertThat(decide(DENY + "20.0.0.0/8 9000/tcp DENY OUT Anywhere\n", flow, Direction.OUTBOUND))
                .singleElement()
                .matches(decision -> decision.outcome() == Outcome.UNKNOWN);
        assertThat(decide(DENY + "9000/tcp DENY OUT Anywhere\n", flow, Direction.OUTBOUND))
                .singleElement()
                .matches(decision -> decision.outcome() == Outcome.DROPPED);
    }

    @ParameterizedTest
    @CsvSource({
        "Status: inactive, ALLOWED",
        "sh: 1: ufw: not found, ALLOWED",
        "Estado: inactivo, UNKNOWN",
        "ERROR: You need to be root to run this script, UNKNOWN",
    })
    void onlyAnActiveUfwFilters(String text, Outcome outcome) {
        Decision decision = one(text, "10.224.0.4");

        assertThat(decision.outcome()).isEqualTo(outcome);
        assertThat(decision.missing().isEmpty()).isEqualTo(outcome == Outcome.ALLOWED);
    }

    @Test
    void decisionSaysWhatItRestsOn() {
        assertThat(one(DENY + "10250 on eth1 ALLOW IN Anywhere\n", "10.224.0.4").restsOnInterface())
                .isTrue();
        assertThat(one(DENY + "22 on eth1 ALLOW IN Anywhere\n", "10.224.0.4").restsOnInterface())
                .isFalse();
        assertThat(one(DENY, "10.224.0.4").evidence().get(0).line()).isEqualTo(2);
        assertThat(one(DENY + "10250 ALLOW IN Anywhere\n", "10.224.0.4")
                        .evidence()
                        .get(0)
                        .line())
                .isEqualTo(4);
        assertThat(one(HIDDEN, "10.224.0.4").missing())
                .extracting(Missing::command)
                .containsExactly("LC_ALL=C ufw status verbose");
    }

    @Test
    void loopbackIsNotFiltered() {
        assertThat(UfwFilter.decide(
                        UfwTexts.read("ufw status verbose", DENY).status(),
                        flow("10.224.0.4", "10.224.0.5", 10_250),
                        Direction.INBOUND,
                        "lo"))
                .singleElement()
                .matches(decision -> decision.outcome() == Outcome.ALLOWED);
    }

    @Test
    void longBlocklistIsDecidedInTime() {
        String rules = IntStream.range(0, 50_000)
                .mapToObj(i -> "Anywhere DENY IN 10." + i / 200 + "." + i % 200 + ".7\n")
                .collect(Collectors.joining());

        List<Decision> decisions = assertTimeout(Duration.ofSeconds(10), () -> decide(DENY + rules, "0.0.0.0/0"));

        assertThat(decisions).hasSize(50_001);
    }

    private static String header(String name) {
        return switch (name) {
            case "DENY" -> DENY;
            case "ALLOW" -> ALLOW;
            default -> HIDDEN;
        };
    }

    private static Decision one(String text, String source) {
        List<Decision> decisions = decide(text, source);
        assertThat(decisions).hasSize(1);
        return decisions.get(0);
    }

    private static List<Decision> decide(String text, String sources) {
        return decide(text, flow(sources, "10.224.0.5", 10_250), Direction.INBOUND);
    }

    private static List<Decision> decide(String text, Flow flow, Direction direction) {
        return UfwFilter.decide(UfwTexts.read("ufw status", text).status(), flow, direction, "eth0");
    }

    private static Flow flow(String sources, String destination, int port) {
        return new Flow(
                Transport.TCP,
                AddressSet.parse(sources).orElseThrow(),
                Optional.empty(),
                new Flow.Destination(AddressSet.parse(destination).orElseThrow(), Optional.empty(), Optional.empty()),
                port);
    }
}
