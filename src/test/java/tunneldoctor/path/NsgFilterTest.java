package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;
import static tunneldoctor.path.AzureFacts.network;
import static tunneldoctor.path.AzureFacts.route;
import static tunneldoctor.path.AzureFacts.rule;
import static tunneldoctor.path.AzureFacts.set;
import static tunneldoctor.path.AzureFacts.table;
import static tunneldoctor.path.AzureFacts.tags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.AdminRule;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Transport;

class NsgFilterTest {
    private static final ServiceTags TAGS =
            tags(List.of(network(List.of("10.1.0.0/16"), List.of("10.3.0.0/24"), false)), List.of());

    /** Inbound TCP 10250 to 10.1.0.20. */
    private static NsgDecision kubelet(ServiceTags tags, String from, NsgRule... rules) {
        return only(new NsgFilter(tags, List.of()).decide(nsg(rules), Direction.INBOUND, toNode(from)));
    }

    private static NsgDecision kubelet(String from, NsgRule... rules) {
        return kubelet(TAGS, from, rules);
    }

    private static Flow toNode(String from) {
        return new Flow(
                Transport.TCP,
                set(from),
                Optional.of(Set.of()),
                new Flow.Destination(set("10.1.0.20"), Optional.empty(), Optional.of(Set.of())),
                10_250);
    }

    /** Outbound from 10.1.0.4 to the API server, somewhere in a region's public space. */
    private static NsgDecision tunnel(ServiceTags tags, int port, String region, NsgRule... rules) {
        Flow flow = new Flow(
                Transport.TCP,
                set("10.1.0.4"),
                Optional.of(Set.of()),
                new Flow.Destination(ServiceTags.PUBLIC, Optional.of(region), Optional.of(Set.of())),
                port);
        return only(new NsgFilter(tags, List.of()).decide(nsg(rules), Direction.OUTBOUND, flow));
    }

    private static NsgDecision only(List<NsgDecision> decisions) {
        assertThat(decisions).hasSize(1);
        return decisions.get(0);
    }

    private static Nsg nsg(NsgRule... rules) {
        return new Nsg("/nsg", "nsg", "rg", List.of(rules), List.of(), List.of(), false, AzureFacts.NOWHERE);
    }

    private static NsgRule in(int priority, String text) {
        return rule(priority, Direction.INBOUND, text);
    }

    private static NsgRule out(int priority, String text) {
        return rule(priority, Direction.OUTBOUND, text);
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "a single rule is not needed: peers are let in, 10.3.0.9, , ALLOWED",
        "pods outside the network are not, 10.244.0.9, , DROPPED",
        "the load balancer probes, 168.63.129.16, , ALLOWED",
        "deny-all at 4096 beats AllowVnetInBound, 10.1.0.4, 4096 deny * * * *, DROPPED",
        "an allow above the deny saves it, 10.1.0.4, 4096 deny * * * *;4095 allow Tcp 10.1.0.0/16 * 10250, ALLOWED",
        "an allow below the deny does not, 10.1.0.4, 200 deny * * * *;300 allow Tcp * * 10250, DROPPED",
        "plural-only prefixes count, 10.1.0.4, '200 deny * 10.9.0.0/16,10.1.0.0/16 * *', DROPPED",
        "every port of a list counts, 10.1.0.4, '200 deny Tcp * * 22,10000-11000', DROPPED",
        "ports beside it do not, 10.1.0.4, '200 deny Tcp * * 22,3389', ALLOWED",
        "protocol * with ports is for those ports, 10.1.0.4, 200 deny * * * 22, ALLOWED",
        "protocol * with this port is TCP too, 10.1.0.4, 200 deny * * * 10250, DROPPED",
        "another protocol is not, 10.1.0.4, 200 deny Udp * * 10250, ALLOWED",
        "a protocol by number is known, 10.1.0.4, 200 deny 6 * * 10250, DROPPED",
        "IPv6 prefixes never match, 10.1.0.4, '200 deny * fd00::/8,::/0 * *', ALLOWED",
        "Internet is not the network, 10.1.0.4, 200 deny * Internet * *, ALLOWED",
        "AzureCloud is public only, 10.1.0.4, 200 deny * AzureCloud * *, ALLOWED",
        "another node's rule is not this one's, 10.1.0.4, 200 deny * * 10.1.0.21 *, ALLOWED"
    })
    void decidesAsAzureDoes(String why, String from, String rules, Outcome expected) {
        List<NsgRule> parsed = new ArrayList<>();
        for (String text : rules == null ? new String[0] : rules.split(";")) {
            String[] words = text.split(" ", 2);
            parsed.add(in(Integer.parseInt(words[0]), words[1]));
        }

        assertThat(kubelet(from, parsed.toArray(NsgRule[]::new)).outcome())
                .as(why)
                .isEqualTo(expected);
    }

    @Test
    void suppliesDefaultRulesWhereOnlySomeArePrinted() {
        NsgDecision decision = kubelet("10.1.0.4", in(65_500, "deny * * * *"));

        assertThat(decision.outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(decision.evidence().get(0).document()).isEqualTo("Azure default rule");
        assertThat(decision.evidence().get(0).text()).startsWith("AllowVnetInBound");
    }

    @Test
    void anUnknownTagLeavesOpenOnlyWhatItDecides() {
        NsgDecision open = kubelet("10.1.0.4", in(200, "deny * Contoso * *"));
        assertThat(open.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(open.missing())
                .singleElement()
                .satisfies(missing -> assertThat(missing.what()).contains("contoso"));

        assertThat(kubelet("10.1.0.4", in(200, "allow * Contoso * *")).outcome())
                .isEqualTo(Outcome.ALLOWED);
        assertThat(kubelet("10.1.0.4", in(200, "allow * Contoso * *"), in(300, "deny * Contoso * *"))
                        .outcome())
                .as("the tag either allows before it could deny, or does neither")
                .isEqualTo(Outcome.ALLOWED);
    }

    @Test
    void groupsNotKnownAreHeldBothWays() {
        NsgRule byGroup = new NsgRule(
                "by-group",
                200,
                Direction.INBOUND,
                false,
                "*",
                List.of("*"),
                List.of("*"),
                List.of(),
                List.of(),
                List.of("*"),
                List.of("/asg/nodes"),
                true,
                AzureFacts.NOWHERE);
        Flow unknown = new Flow(
                Transport.TCP,
                set("10.1.0.4"),
                Optional.empty(),
                new Flow.Destination(set("10.1.0.20"), Optional.empty(), Optional.empty()),
                10_250);

        assertThat(kubelet("10.1.0.4", byGroup).outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(only(new NsgFilter(TAGS, List.of()).decide(nsg(byGroup), Direction.INBOUND, unknown))
                        .outcome())
                .isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void rulesOfOnePriorityAreOpenOnlyIfTheyDisagree() {
        assertThat(kubelet("10.1.0.4", in(200, "deny * * * *"), in(200, "allow * * * 10250"))
                        .outcome())
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(kubelet("10.1.0.4", in(200, "deny * * * *"), in(200, "deny * * * 10250"))
                        .outcome())
                .isEqualTo(Outcome.DROPPED);
    }

    @Test
    void sourcesAreDecidedApart() {
        List<NsgDecision> decisions = new NsgFilter(TAGS, List.of())
                .decide(nsg(in(200, "deny * 10.1.0.0/25 * *")), Direction.INBOUND, toNode("10.1.0.0/24"));

        assertThat(decisions)
                .extracting(decision -> decision.sources().toString(), NsgDecision::outcome)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("10.1.0.0/25", Outcome.DROPPED),
                        org.assertj.core.groups.Tuple.tuple("10.1.0.128/25", Outcome.ALLOWED));
    }

    @Test
    void withoutTheNetworkOnlyWhatIsKnownToBeInsideIsCertain() {
        ServiceTags nothing = tags(List.of(), List.of(), "10.1.0.4", "10.1.0.20");

        assertThat(kubelet(nothing, "10.1.0.4").outcome()).isEqualTo(Outcome.ALLOWED);
        NsgDecision pod = kubelet(nothing, "10.1.0.99");
        assertThat(pod.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(pod.missing().get(0).command()).isEqualTo("az network vnet list -o json");
    }

    @Test
    void anotherNetworkInTheFactsIsNotTheClusters() {
        ServiceTags two = tags(
                List.of(
                        network(List.of("10.1.0.0/16"), List.of(), false),
                        new tunneldoctor.model.VirtualNetwork(
                                "/hub",
                                "hub",
                                List.of("10.9.0.0/16"),
                                List.of(),
                                false,
                                List.of(),
                                AzureFacts.NOWHERE)),
                List.of(),
                "10.1.0.20");

        assertThat(kubelet(two, "10.9.0.4").outcome()).isEqualTo(Outcome.DROPPED);
        assertThat(kubelet(two, "10.1.0.4").outcome()).isEqualTo(Outcome.ALLOWED);
    }

    @Test
    void gatewaysAndDefaultRoutesMayWidenTheNetwork() {
        ServiceTags gateway = tags(List.of(network(List.of("10.1.0.0/16"), List.of(), true)), List.of());
        ServiceTags forced = tags(
                List.of(network(List.of("10.1.0.0/16"), List.of(), false)),
                List.of(table(route("all", "0.0.0.0/0", "VirtualAppliance", "10.3.0.4"))));
        ServiceTags kubenet = tags(
                List.of(network(List.of("10.1.0.0/16"), List.of(), false)),
                List.of(table(route("pods", "10.244.0.0/24", "VirtualAppliance", "10.1.0.4"))));

        assertThat(kubelet(gateway, "192.168.1.1").outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(kubelet(gateway, "20.1.1.1").outcome())
                .as("a gateway may learn a default route")
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(kubelet(gateway, "20.1.1.1").likely()).isEqualTo(Outcome.DROPPED);
        assertThat(kubelet(forced, "10.244.0.9").outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(kubelet(forced, "10.1.0.4").outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(kubelet(kubenet, "10.244.0.9").outcome()).isEqualTo(Outcome.ALLOWED);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource({
        "the defaults allow the API server, , ALLOWED, UNKNOWN",
        "Internet holds Azure's public addresses, 200 deny * * Internet *, DROPPED, UNKNOWN",
        "AzureCloud holds the API server, 200 allow * * AzureCloud 443;300 deny * * * *, ALLOWED, UNKNOWN",
        "so does its region's, 200 allow * * AzureCloud.FranceCentral 443;300 deny * * * *, ALLOWED, UNKNOWN",
        "whose tag has a name of its own, 200 allow * * AzureCloud.centralfrance 443;300 deny * * * *, ALLOWED, UNKNOWN",
        "another region does not, 200 allow * * AzureCloud.eastus 443;300 deny * * * *, DROPPED, UNKNOWN",
        "a suffix that is no region tells nothing, 200 allow * * AzureCloud.brazilse 443;300 deny * * * *, UNKNOWN, UNKNOWN",
        "a service's tag is not the API server's as a rule, 200 allow * * Storage 443;300 deny * * * *, UNKNOWN, DROPPED",
        "some public addresses are not all, 200 deny * * 20.0.0.0/8 *, UNKNOWN, UNKNOWN",
        "the network is not public, 200 deny * * VirtualNetwork *, ALLOWED, UNKNOWN"
    })
    void decidesTheTunnelsOwnConnection(String why, String rules, Outcome expected, Outcome likely) {
        List<NsgRule> parsed = new ArrayList<>();
        for (String text : rules == null ? new String[0] : rules.split(";")) {
            String[] words = text.split(" ", 2);
            parsed.add(out(Integer.parseInt(words[0]), words[1]));
        }

        NsgDecision decision = tunnel(TAGS, 443, "francecentral", parsed.toArray(NsgRule[]::new));

        assertThat(decision.outcome()).as(why).isEqualTo(expected);
        assertThat(decision.likely()).as(why).isEqualTo(likely);
        assertThat(decision.missing().isEmpty()).isEqualTo(expected != Outcome.UNKNOWN);
    }

    /** Whether the tag holds the default route or not, the API server is allowed by one default rule or the other. */
    @Test
    void aDefaultRouteDoesNotOpenTheDefaultRules() {
        ServiceTags forced = tags(
                List.of(network(List.of("10.1.0.0/16"), List.of(), false)),
                List.of(table(route("all", "0.0.0.0/0", "VirtualAppliance", "10.3.0.4"))));

        assertThat(tunnel(forced, 443, "eastus").outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(tunnel(forced, 443, "eastus", out(200, "deny * * VirtualNetwork *"))
                        .outcome())
                .isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void aRuleByClientPortIsOpenUnlessItHoldsAllOrNone() {
        assertThat(kubelet("10.1.0.4", byClientPort("1-1023")).outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(kubelet("10.1.0.4", byClientPort("1024-65535")).outcome()).isEqualTo(Outcome.DROPPED);
        NsgDecision usual = kubelet("10.1.0.4", byClientPort("32768-60999"));
        assertThat(usual.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(usual.likely()).as("what Linux picks from").isEqualTo(Outcome.DROPPED);
    }

    private static NsgRule byClientPort(String ports) {
        return new NsgRule(
                "by-port",
                200,
                Direction.INBOUND,
                false,
                "Tcp",
                List.of("*"),
                List.of(ports),
                List.of(),
                List.of("*"),
                List.of("*"),
                List.of(),
                true,
                AzureFacts.NOWHERE);
    }

    @ParameterizedTest(name = "{0} before {1}: {2}")
    @CsvSource({
        "Deny, allow, DROPPED, true",
        "AlwaysAllow, deny, ALLOWED, true",
        "Allow, deny, DROPPED, false",
        "Allow, allow, ALLOWED, false"
    })
    void securityAdminRulesComeFirst(String admin, String group, Outcome expected, boolean byAdminRule) {
        AdminRule rule = new AdminRule(admin, in(1, (admin.equals("Deny") ? "deny" : "allow") + " * * * *"));
        AdminRule shadowed = new AdminRule("Deny", in(2, "deny * * * *"));
        NsgFilter filter = new NsgFilter(TAGS, List.of(shadowed, rule));

        NsgDecision decision =
                only(filter.decide(nsg(in(200, group + " * * * *")), Direction.INBOUND, toNode("10.1.0.4")));

        assertThat(decision.outcome()).isEqualTo(expected);
        assertThat(decision.byAdminRule()).isEqualTo(byAdminRule);
    }

    @Test
    void securityAdminRulesCountWhereNoGroupIs() {
        NsgFilter filter = new NsgFilter(TAGS, List.of(new AdminRule("Deny", in(1, "deny * 10.1.0.4 * 10250"))));

        assertThat(only(filter.decideWithoutGroup(Direction.INBOUND, toNode("10.1.0.4")))
                        .outcome())
                .isEqualTo(Outcome.DROPPED);
        assertThat(only(filter.decideWithoutGroup(Direction.INBOUND, toNode("10.1.0.5")))
                        .outcome())
                .isEqualTo(Outcome.ALLOWED);
    }

    /** Every rule doubles the worlds; those beyond the filter's patience are not tried, and nothing is claimed of them. */
    @Test
    void manyUnknownsEndSoonAndHonestly() {
        List<NsgRule> rules = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            rules.add(in(100 + i, (i % 2 == 0 ? "allow" : "deny") + " * Tag" + i + " Other" + i + " *"));
        }

        NsgDecision decision = kubelet("10.1.0.4", rules.toArray(NsgRule[]::new));

        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.missing()).isNotEmpty();
    }
}
