package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostVerdict.Mechanism;
import tunneldoctor.model.Match;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Transport;
import tunneldoctor.parse.HostTexts;

class HostFirewallTest {
    private static final String AGENT = "10.224.0.4";
    private static final String NODE = "10.224.0.5";

    private static HostFirewall firewall(HostTexts texts) {
        return new HostFirewall(texts.tables(), texts.rulesets(), texts.unreadable());
    }

    private static HostFirewall.Question question() {
        return HostFirewallKernelTest.question(List.of(AGENT), NODE);
    }

    private static HostDecision decide(HostTexts texts) {
        return decide(texts, question());
    }

    private static HostDecision decide(HostTexts texts, HostFirewall.Question question) {
        List<HostDecision> decisions = firewall(texts).decide(question);
        assertThat(decisions).hasSize(1);
        return decisions.get(0);
    }

    /** A filter table as {@code iptables -S} prints it; rules parted by {@code ;}, other chains made up from them. */
    private static HostTexts specification(String policy, String rules) {
        StringBuilder text = new StringBuilder("-P INPUT " + policy + "\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n");
        for (String chain : List.of("X", "Y", "ufw-user-input", "cali-INPUT")) {
            if (rules.contains(chain)) {
                text.append("-N ").append(chain).append('\n');
            }
        }
        for (String rule : rules.split(";")) {
            text.append(rule.isBlank() ? "" : "-A " + rule.strip() + "\n");
        }
        return new HostTexts().with("iptables -S", text.toString());
    }

    @ParameterizedTest(name = "{0} | {1} -> {2}")
    @CsvSource(delimiter = '|', textBlock = """
            ACCEPT | INPUT -p tcp -m tcp --dport 10250 -j DROP | DROPPED
            ACCEPT | INPUT -s 10.224.0.0/16 -j ACCEPT;INPUT -p tcp -m tcp --dport 10250 -j DROP | ALLOWED
            ACCEPT | INPUT -i lo -j ACCEPT;INPUT -p tcp -m tcp --dport 10250 -j DROP | DROPPED
            DROP   | | DROPPED
            DROP   | INPUT -i eth0 -j ACCEPT | ALLOWED
            ACCEPT | INPUT -i ens5 -j DROP | ALLOWED
            ACCEPT | INPUT -i et+ -j DROP | DROPPED
            ACCEPT | INPUT -p tcp -j REJECT --reject-with tcp-reset | REJECTED
            ACCEPT | INPUT -j REJECT --reject-with icmp-host-prohibited | REJECTED
            ACCEPT | INPUT -p tcp -m tcp ! --dport 10250 -j DROP | ALLOWED
            ACCEPT | INPUT -p tcp -m tcp ! --dport 22 -j DROP | DROPPED
            ACCEPT | INPUT -p tcp -m tcp --dport 10000:20000 -j DROP | DROPPED
            ACCEPT | INPUT -p tcp -m multiport --dports 22,10250 -j DROP | DROPPED
            ACCEPT | INPUT -p tcp -m multiport ! --dports 22,10250 -j DROP | ALLOWED
            ACCEPT | INPUT -p tcp -m multiport --ports 22,10250 -j DROP | DROPPED
            ACCEPT | INPUT -p 6 -m tcp --dport 10250 -j DROP | DROPPED
            ACCEPT | INPUT -p udp -m udp --dport 10250 -j DROP | ALLOWED
            ACCEPT | INPUT -p tcp -m tcp --sport 10250 -j DROP | UNKNOWN
            ACCEPT | INPUT -p tcp -m tcp --sport 22 -j DROP | ALLOWED
            ACCEPT | INPUT -p tcp -m comment --comment "dpt:10250 -j DROP" -m tcp --dport 22 -j DROP | ALLOWED
            DROP   | INPUT -m conntrack --ctstate NEW -j ACCEPT | DROPPED
            ACCEPT | INPUT -m conntrack --ctstate ESTABLISHED -p tcp -m tcp --dport 10250 -j DROP | DROPPED
            DROP   | INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT;INPUT -p tcp -m tcp --dport 10250 -m conntrack --ctstate NEW -j ACCEPT | ALLOWED
            ACCEPT | OUTPUT -p tcp -m tcp --sport 10250 -j DROP | DROPPED
            ACCEPT | INPUT -j REJECT;OUTPUT -p icmp -j DROP | DROPPED
            ACCEPT | INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP | DROPPED
            ACCEPT | INPUT -p tcp -m tcp ! --tcp-flags RST NONE -j DROP | ALLOWED
            ACCEPT | INPUT -p tcp -m tcp ! --tcp-flags RST RST -j DROP | DROPPED
            ACCEPT | INPUT -p tcp -m tcp --tcp-flags RST RST -j DROP | ALLOWED
            ACCEPT | INPUT -j X;INPUT -j DROP;X -s 10.224.0.0/16 -j ACCEPT | ALLOWED
            ACCEPT | INPUT -j X;INPUT -j DROP;X -s 10.224.0.0/16 -j RETURN;X -j ACCEPT | DROPPED
            ACCEPT | INPUT -g X;INPUT -j DROP;X -p udp -j ACCEPT | ALLOWED
            ACCEPT | INPUT -j X;INPUT -j DROP;X -g Y;X -j ACCEPT;Y -p udp -j DROP | DROPPED
            ACCEPT | INPUT -m limit --limit 3/min -j DROP | UNKNOWN
            ACCEPT | INPUT -m limit --limit 3/min -j LOG;INPUT -p tcp -m tcp --dport 10250 -j DROP | DROPPED
            ACCEPT | INPUT -m limit --limit 3/min -j ACCEPT | ALLOWED
            ACCEPT | INPUT -m set --match-set blocked src -j DROP | UNKNOWN
            ACCEPT | INPUT -m mark --mark 0x8000/0x8000 -j DROP | ALLOWED
            ACCEPT | INPUT -j MARK --set-xmark 0x8000/0x8000;INPUT -m mark --mark 0x8000/0x8000 -j DROP | DROPPED
            ACCEPT | INPUT -m addrtype --dst-type LOCAL -j DROP | DROPPED
            ACCEPT | INPUT -m addrtype --src-type LOCAL -j DROP | ALLOWED
            ACCEPT | INPUT -m addrtype --dst-type LOCAL --limit-iface-in -j DROP | UNKNOWN
            ACCEPT | INPUT -m addrtype ! --dst-type LOCAL --limit-iface-in -j DROP | UNKNOWN
            ACCEPT | INPUT -m addrtype --limit-iface-in ! --dst-type LOCAL -j DROP | UNKNOWN
            ACCEPT | INPUT -m iprange --src-range 10.224.0.1-10.224.0.9 -j DROP | DROPPED
            ACCEPT | INPUT -f -j DROP | ALLOWED
            ACCEPT | INPUT -p tcp -j NFQUEUE --queue-num 1 | UNKNOWN
            ACCEPT | INPUT -p tcp -j FANCY | UNKNOWN
            ACCEPT | INPUT -d 10.224.0.5 -p tcp -j DROP | DROPPED
            ACCEPT | INPUT ! -d 127.0.0.0/8 -p tcp -j DROP | DROPPED
            """)
    void specificationsAreDecidedAsTheKernelDoes(String policy, String rules, Outcome expected) {
        assertThat(decide(specification(policy, rules == null ? "" : rules)).outcome())
                .isEqualTo(expected);
    }

    /** A conntrack rule of {@code raw}, and nothing else. */
    private static HostTexts raw(String rule) {
        return specification("ACCEPT", "")
                .with(
                        "iptables -t raw -S",
                        "-P PREROUTING ACCEPT\n-P OUTPUT ACCEPT\n-A PREROUTING -m conntrack " + rule + "\n");
    }

    /** Rules of {@code raw} see packets before connection tracking does: to them every connection is INVALID. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            --ctstate NEW -j DROP           | ALLOWED
            --ctstate ESTABLISHED -j DROP   | ALLOWED
            --ctstate INVALID -j DROP       | DROPPED
            ! --ctstate NEW -j DROP         | DROPPED
            """)
    void rawRulesMeetPacketsBeforeConnectionTracking(String rule, Outcome expected) {
        assertThat(decide(raw(rule)).outcome()).isEqualTo(expected);
    }

    /** It was tracked, and its connection confirmed, when it left. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            --ctstate INVALID -j DROP                    | ALLOWED
            --ctstate NEW -j DROP                        | DROPPED
            --ctstate NEW --ctstatus CONFIRMED -j DROP   | DROPPED
            """)
    void whatANodeSaysToItselfBelongsToItsConnectionFromTheFirstHook(String rule, Outcome expected) {
        assertThat(decide(raw(rule), question().arrivingOn("lo")).outcome()).isEqualTo(expected);
    }

    /** Whichever registered last comes first, and nothing shows it: that it fails is certain, how is not. */
    @Test
    void backendsThatBlockDifferentlyLeaveOpenWhichOfThemIsAsked() {
        HostTexts drop = specification("ACCEPT", "INPUT -p tcp -m tcp --dport 10250 -j DROP");
        String head = "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n";
        HostDecision differ =
                decide(drop.with("iptables-legacy -S", head + "-A INPUT -p tcp -m tcp --dport 10250 -j REJECT\n"));
        assertThat(differ.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(differ.likely().blocked()).isTrue();
        assertThat(differ.doubts()).containsExactly(HostDoubt.ORDER);

        HostTexts agree = specification("ACCEPT", "INPUT -p tcp -m tcp --dport 10250 -j DROP")
                .with("iptables-legacy -S", head + "-A INPUT -p tcp -j DROP\n");
        assertThat(decide(agree).outcome()).isEqualTo(Outcome.DROPPED);
    }

    /** {@code iptables} without a suffix may be the legacy one: then nftables' table is another one with the same name. */
    @Test
    void aTableOfNftablesIsTheOneIptablesShowsOnlyIfItHoldsTheSameRules() {
        String ruleset = """
                table ip filter {
                	chain INPUT {
                		type filter hook input priority filter; policy accept;
                		tcp dport 22 xt match "recent" counter packets 0 bytes 0 drop
                		tcp dport 10250 counter packets 0 bytes 0 drop
                	}
                }
                """;
        HostTexts same = specification(
                "ACCEPT", "INPUT -p tcp -m tcp --dport 22 -j DROP;INPUT -p tcp -m tcp --dport 10250 -j DROP");
        HostDecision once = decide(same.with("nft list ruleset", ruleset));
        assertThat(once.rule().map(HostRule::specification)).contains("-p tcp -m tcp --dport 10250 -j DROP");

        HostTexts legacy = specification("ACCEPT", "INPUT -p tcp -m tcp --dport 22 -j DROP");
        assertThat(decide(legacy.with("nft list ruleset", ruleset)).outcome()).isEqualTo(Outcome.DROPPED);
    }

    @Test
    void aRulesetOfNftablesThatBreaksOffLeavesAnAcceptOpen() {
        HostDecision decision =
                decide(specification("ACCEPT", "").with("nft list ruleset", "table inet a {\n\tchain b {\n\t}\n"));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.missing()).extracting(Missing::command).containsExactly("nft list ruleset");
    }

    /** The node's own refusal of its own packet comes back over the loopback interface. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            OUTPUT -p tcp -m tcp --dport 443 -j REJECT                                                     | REJECTED
            OUTPUT -p tcp -m tcp --dport 443 -j REJECT;INPUT -i lo -j DROP                                 | DROPPED
            OUTPUT -p tcp -m tcp --dport 443 -j REJECT;INPUT -i eth0 -j DROP                               | REJECTED
            OUTPUT -p tcp -m tcp --dport 443 -j REJECT;INPUT -s 10.224.0.5/32 -p icmp -j DROP              | DROPPED
            OUTPUT -p tcp -m tcp --dport 443 -j REJECT --reject-with tcp-reset;INPUT -s 20.50.1.1 -j DROP  | DROPPED
            OUTPUT -o lo -j DROP;OUTPUT -p tcp -m tcp --dport 443 -j REJECT                                | DROPPED
            OUTPUT -o eth1 -j DROP                                                                         | ALLOWED
            """)
    void whatTheNodeRefusesItselfItHearsOverLoopback(String rules, Outcome expected) {
        assertThat(decide(specification("ACCEPT", rules), outbound(Transport.TCP, 443))
                        .outcome())
                .isEqualTo(expected);
    }

    /** Newer kernels drop what asks for the number of connections without having been counted itself. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            INPUT -m state --state NEW -j ACCEPT;INPUT -p tcp -m connlimit --connlimit-above 3             | UNKNOWN
            INPUT -m state --state NEW -j ACCEPT;INPUT -m connlimit --connlimit-above 3 -p tcp --dport 22 -j LOG | UNKNOWN
            INPUT -m state --state NEW -j ACCEPT;INPUT -p udp -m connlimit --connlimit-above 3 -j DROP     | ALLOWED
            INPUT -m state --state NEW -j ACCEPT;INPUT -s 10.9.0.0/16 -m connlimit --connlimit-above 3     | ALLOWED
            INPUT -p tcp -m tcp --dport 22 -m connlimit --connlimit-above 3 -j DROP                        | ALLOWED
            INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m connlimit --connlimit-above 3           | ALLOWED
            INPUT -m state --state ESTABLISHED -j ACCEPT;INPUT -p tcp -m connlimit --connlimit-above 3     | ALLOWED
            INPUT -p tcp -m connlimit --connlimit-above 3                                                  | ALLOWED
            INPUT -p tcp -j X;X -p tcp -m connlimit --connlimit-above 3                                    | ALLOWED
            INPUT -p tcp -m state --state ESTABLISHED -j X;X -p tcp -m connlimit --connlimit-above 3       | UNKNOWN
            INPUT -p tcp -m ttl --ttl-gt 5 -j X;X -p tcp -m connlimit --connlimit-above 3                  | UNKNOWN
            INPUT -i lo -p tcp -m connlimit --connlimit-above 3                                            | ALLOWED
            OUTPUT -m connlimit --connlimit-above 3 --connlimit-daddr                                      | UNKNOWN
            """)
    void aRuleThatCountsConnectionsMayDropThoseItDidNotCount(String rules, Outcome expected) {
        String ofLongChains = rules + ";INPUT -s 10.9.0.1/32 -j DROP;OUTPUT -d 10.9.0.1/32 -j DROP".repeat(20);

        assertThat(decide(specification("ACCEPT", rules)).outcome()).isEqualTo(expected);
        assertThat(decide(specification("ACCEPT", ofLongChains)).outcome()).isEqualTo(expected);
    }

    /** What xt_conntrack asks of the connection, whatever packet of it comes by. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            INPUT -m conntrack --ctdir REPLY -j DROP                                   | ALLOWED
            OUTPUT -m conntrack --ctdir ORIGINAL -j DROP                               | ALLOWED
            OUTPUT -m conntrack --ctdir REPLY -j DROP                                  | DROPPED
            INPUT -m conntrack --ctproto 17 -j DROP                                    | ALLOWED
            OUTPUT -m conntrack --ctproto tcp -j DROP                                  | DROPPED
            OUTPUT -m conntrack --ctorigsrc 10.224.0.0/16 -j DROP                      | DROPPED
            OUTPUT -m conntrack ! --ctorigsrc 10.224.0.0/16 -j DROP                    | ALLOWED
            OUTPUT -m conntrack --ctorigdst 10.224.0.0/16 -j DROP                      | DROPPED
            INPUT -m conntrack --ctreplsrc 10.9.9.9 -j DROP                            | ALLOWED
            INPUT -m conntrack ! --ctrepldst 10.224.0.0/16 -j DROP                     | ALLOWED
            OUTPUT -m conntrack --ctorigdstport 10250 -j DROP                          | DROPPED
            INPUT -m conntrack --ctorigsrcport 40000:50000 -j DROP                     | UNKNOWN
            INPUT -m conntrack --ctorigsrcport 0:1023 -j DROP                          | ALLOWED
            INPUT -m conntrack --ctreplsrcport 10250 -j DROP                           | DROPPED
            INPUT -p tcp -m tcp --syn -m conntrack ! --ctstatus NONE -j DROP           | DROPPED
            INPUT -p tcp -m tcp --syn -m conntrack --ctstatus CONFIRMED -j DROP        | ALLOWED
            INPUT -i lo -m conntrack --ctstatus CONFIRMED -j DROP                      | ALLOWED
            INPUT -p tcp -m tcp ! --syn -m conntrack ! --ctstatus ASSURED -j DROP      | ALLOWED
            OUTPUT -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -m conntrack --ctstatus ASSURED -j DROP    | ALLOWED
            OUTPUT -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -m conntrack --ctstatus SEEN_REPLY -j DROP | DROPPED
            OUTPUT -m conntrack --ctstatus EXPECTED -j DROP                            | ALLOWED
            INPUT -j REJECT;OUTPUT -p icmp -m conntrack --ctproto 6 --ctdir REPLY -j DROP               | DROPPED
            INPUT -j REJECT;OUTPUT -p icmp -m conntrack --ctstatus CONFIRMED -j DROP                    | REJECTED
            INPUT -m conntrack --ctorigdstport 22 -m conntrack --ctstate SNAT -j DROP  | ALLOWED
            """)
    void whatIsKnownOfTheConnectionIsAskedOfItsEveryPacket(String rules, Outcome expected) {
        assertThat(decide(specification("ACCEPT", rules)).outcome()).isEqualTo(expected);
    }

    /** Without a connection the kernel asks for the state alone, and for nothing if there is none to ask for. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            --ctdir ORIGINAL -j DROP                       | ALLOWED
            ! --ctproto 17 -j DROP                         | ALLOWED
            --ctstate INVALID --ctdir REPLY -j DROP        | DROPPED
            --ctdir REPLY --ctstate INVALID -j DROP        | DROPPED
            --ctstate INVALID -m conntrack --ctdir REPLY -j DROP | ALLOWED
            --ctstate NEW --ctdir REPLY -j DROP            | ALLOWED
            """)
    void aPacketOfNoConnectionIsAskedForItsStateOnly(String rule, Outcome expected) {
        assertThat(decide(raw(rule)).outcome()).isEqualTo(expected);
    }

    /** Where sources are translated, what comes back is for another address, and no rule shows for which. */
    @ParameterizedTest(name = "{0}, {1} -> {2}")
    @CsvSource(delimiter = '|', textBlock = """
            INPUT -m conntrack ! --ctrepldst 10.224.0.5 -j DROP  | POSTROUTING -j MASQUERADE                  | UNKNOWN
            INPUT -m conntrack --ctstate SNAT -j DROP            | POSTROUTING -j MASQUERADE                  | UNKNOWN
            INPUT -m conntrack --ctstate SNAT -j DROP            | POSTROUTING -s 10.9.0.0/16 -j MASQUERADE   | ALLOWED
            INPUT -m conntrack ! --ctrepldst 10.224.0.5 -j DROP  | PREROUTING -j LOG                          | ALLOWED
            INPUT -m conntrack ! --ctorigsrc 10.224.0.5 -j DROP  | POSTROUTING -j MASQUERADE                  | ALLOWED
            """)
    void aTranslatedSourceLeavesTheReplysEndOpen(String rule, String nat, Outcome expected) {
        HostTexts texts = specification("ACCEPT", rule)
                .with(
                        "iptables -t nat -S",
                        "-P PREROUTING ACCEPT\n-P INPUT ACCEPT\n-P OUTPUT ACCEPT\n-P POSTROUTING ACCEPT\n-A " + nat
                                + "\n");
        HostDecision decision = decide(texts, outbound(Transport.TCP, 443));
        assertThat(decision.outcome()).isEqualTo(expected);
        if (expected == Outcome.UNKNOWN) {
            assertThat(decision.missing())
                    .singleElement()
                    .extracting(Missing::what)
                    .asString()
                    .contains(rule.contains("SNAT") ? "translated" : "ctrepldst 10.224.0.5");
        }
    }

    /** nft prints some extensions of iptables in its own words, and not all of what they ask. */
    @Test
    void nftsWordsForAnExtensionAreNotTakenForAllOfIt() {
        String ruleset = """
                table ip %s {
                	chain INPUT {
                		type filter hook input priority filter; policy accept;
                		ct status dnat counter packets 0 bytes 0 drop
                	}
                }
                """;
        assertThat(decide(new HostTexts().with("nft list ruleset", ruleset.formatted("filter")))
                        .outcome())
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(decide(new HostTexts().with("nft list ruleset", ruleset.formatted("own")))
                        .outcome())
                .isEqualTo(Outcome.ALLOWED);
    }

    /** A connection of the node's own has a process behind it, the kernel's reset has none. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            -p tcp -m owner --uid-owner 0 -j DROP                            |                                      | UNKNOWN
            -p tcp -m owner ! --uid-owner 0 -j DROP                          |                                      | UNKNOWN
            -p tcp -m owner --socket-exists -j DROP                          |                                      | DROPPED
            -p tcp -m owner ! --socket-exists -j DROP                        |                                      | ALLOWED
            -p tcp -m owner --socket-exists ! --uid-owner 0 -j DROP          |                                      | UNKNOWN
            -p tcp -m owner ! --socket-exists --uid-owner 0 -j DROP          |                                      | ALLOWED
            -p tcp -m owner --socket-exists --suppl-groups -j DROP           |                                      | UNKNOWN
            -m owner --socket-exists -j REJECT --reject-with tcp-reset       |                                      | REJECTED
            -o eth0 -p tcp -j REJECT --reject-with tcp-reset                 | -m owner --uid-owner 0 -j DROP       | REJECTED
            -o eth0 -p tcp -j REJECT --reject-with tcp-reset                 | -m owner ! --uid-owner 0 -j DROP     | DROPPED
            -o eth0 -p tcp -j REJECT --reject-with tcp-reset                 | -m owner ! --socket-exists -j DROP   | DROPPED
            -o eth0 -p tcp -j REJECT                                         | -m owner --socket-exists -j DROP     | UNKNOWN
            -o eth0 -p tcp -j REJECT                                         | -m owner --uid-owner 0 -j DROP       | REJECTED
            -o eth0 -p tcp -j REJECT                                         | -m owner ! --gid-owner 0 -j DROP     | DROPPED
            """)
    void onlyWhatAProcessSendsHasAnOwner(String first, String second, Outcome expected) {
        String rules = "OUTPUT " + first + (second == null ? "" : ";OUTPUT " + second);
        assertThat(decide(specification("ACCEPT", rules), outbound(Transport.TCP, 443))
                        .outcome())
                .isEqualTo(expected);
    }

    private static HostFirewall.Question outbound(Transport transport, int port) {
        return new HostFirewall.Question(
                Direction.OUTBOUND,
                transport,
                port,
                AddressSet.parse(NODE).orElseThrow(),
                AddressSet.parse("20.50.1.1").orElseThrow(),
                Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -m limit --limit 3/min                          | limit --limit 3/min
            -p tcp -m tcp --sport 40000:50000               | source ports 40000-50000
            -p tcp -m multiport --ports 22,40000:50000      | ports 22,40000-50000
            -m set --match-set blocked src                  | set --match-set blocked src
            -m recent --rcheck --seconds 60 --name x        | recent
            """)
    void anUnknownNamesTheRuleAndTheConditionItRestsOn(String condition, String named) {
        HostDecision decision =
                decide(specification("ACCEPT", "INPUT -i lo -j ACCEPT;INPUT " + condition + " -j DROP"));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.missing())
                .singleElement()
                .satisfies(missing -> assertThat(missing.what()).contains("rule 2 of chain INPUT", named));
    }

    @Test
    void theDecidingRuleOrPolicyIsNamedWithItsLine() {
        HostDecision byRule = decide(specification("ACCEPT", "INPUT -j X;X -p tcp -j DROP"));
        assertThat(byRule.rule().map(HostRule::chain)).contains("X");
        assertThat(byRule.at().orElseThrow().line()).isEqualTo(6);

        HostDecision byPolicy = decide(specification("DROP", ""));
        assertThat(byPolicy.policyOf()).contains("INPUT");
        assertThat(byPolicy.at().orElseThrow().text()).isEqualTo("-P INPUT DROP");
    }

    @Test
    void sendersThatFareDifferentlyGetTheirOwnDecisions() {
        HostTexts texts = specification("ACCEPT", "INPUT -s 10.224.0.0/17 -j DROP;INPUT -s 10.225.0.0/16 -j REJECT");
        List<HostDecision> decisions = firewall(texts)
                .decide(question().from(AddressSet.parse("10.224.0.0/15").orElseThrow()));

        assertThat(decisions)
                .extracting(decision -> decision.sources().toString(), HostDecision::outcome)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("10.224.0.0/17", Outcome.DROPPED),
                        org.assertj.core.groups.Tuple.tuple("10.225.0.0/16", Outcome.REJECTED),
                        org.assertj.core.groups.Tuple.tuple("10.224.128.0/17", Outcome.ALLOWED));
    }

    private static final String LISTING = """
            Chain INPUT (policy ACCEPT)
            num  target     prot opt source               destination
            1    ACCEPT     all  --  anywhere             anywhere
            2    DROP       tcp  --  anywhere             anywhere             tcp dpt:10250

            Chain FORWARD (policy ACCEPT)
            num  target     prot opt source               destination

            Chain OUTPUT (policy ACCEPT)
            num  target     prot opt source               destination
            """;

    /** The documented check: certain of nothing, since the interfaces are hidden, but the usual reading finds it. */
    @Test
    void theDocumentedDropIsLikelyFromAListingWithoutInterfaces() {
        HostDecision decision = decide(new HostTexts().with("iptables --list --line-numbers", LISTING));

        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.likely()).isEqualTo(Outcome.DROPPED);
        assertThat(decision.rule().map(HostRule::position)).contains(2);
        assertThat(decision.doubts()).contains(HostDoubt.HIDDEN_INTERFACE);
        assertThat(decision.missing()).extracting(Missing::command).contains("iptables-save");
    }

    @Test
    void aListingInWhichEveryWorldEndsAlikeIsCertain() {
        String harmless = LISTING.replace("DROP       tcp", "ACCEPT     tcp");
        assertThat(decide(new HostTexts().with("iptables -L --line-numbers", harmless))
                        .outcome())
                .isEqualTo(Outcome.ALLOWED);
    }

    @Test
    void interfacesShownMakeTheLoopbackRuleHarmless() {
        HostDecision decision = decide(new HostTexts().with("iptables -nvL", """
                Chain INPUT (policy ACCEPT 0 packets, 0 bytes)
                 pkts bytes target     prot opt in     out     source               destination
                 4175 1130K ACCEPT     0    --  lo     *       0.0.0.0/0            0.0.0.0/0
                    0     0 DROP       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:10250

                Chain FORWARD (policy ACCEPT 0 packets, 0 bytes)
                 pkts bytes target     prot opt in     out     source               destination

                Chain OUTPUT (policy ACCEPT 0 packets, 0 bytes)
                 pkts bytes target     prot opt in     out     source               destination
                """));
        assertThat(decision.outcome()).isEqualTo(Outcome.DROPPED);
        assertThat(decision.rule().map(HostRule::specification)).contains("-p 6 -m tcp --dport 10250 -j DROP");
    }

    @Test
    void theOtherBackendsDropCountsToo() {
        HostDecision decision = decide(specification("ACCEPT", "").with("iptables-legacy -S", """
                -P INPUT ACCEPT
                -P FORWARD ACCEPT
                -P OUTPUT ACCEPT
                -A INPUT -p tcp -m tcp --dport 10250 -j DROP
                """));
        assertThat(decision.outcome()).isEqualTo(Outcome.DROPPED);
    }

    @Test
    void aWarningOfLegacyTablesLeavesAnAcceptOpen() {
        HostDecision decision = decide(new HostTexts().with("iptables -S", """
                # Warning: iptables-legacy tables present, use iptables-legacy to see them
                -P INPUT ACCEPT
                -P FORWARD ACCEPT
                -P OUTPUT ACCEPT
                """));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.missing()).extracting(Missing::command).containsExactly("iptables-legacy-save");
    }

    /** Their {@code raw} may keep connections from conntrack, so that no packet of them is in the state it seems to be in. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            ! --ctstate ESTABLISHED -j ACCEPT           | UNKNOWN
            ! --ctstate NEW,UNTRACKED -j ACCEPT         | DROPPED
            --ctstate RELATED,ESTABLISHED -j ACCEPT     | DROPPED
            --ctstate NEW -j ACCEPT                     | UNKNOWN
            --ctdir REPLY -j ACCEPT                     | DROPPED
            """)
    void aWarningOfLegacyTablesLeavesTheStateOfConnectionsOpen(String rule, Outcome expected) {
        HostDecision decision = decide(new HostTexts().with("iptables -S", """
                # Warning: iptables-legacy tables present, use iptables-legacy to see them
                -P INPUT DROP
                -P FORWARD ACCEPT
                -P OUTPUT ACCEPT
                -A INPUT -m conntrack %s
                """.formatted(rule)));
        assertThat(decision.outcome()).isEqualTo(expected);
        if (expected == Outcome.UNKNOWN) {
            assertThat(decision.missing()).extracting(Missing::command).containsExactly("iptables-legacy-save");
        }
    }

    @Test
    void whatASpecificationDoesNotShowIsAnAssumptionAndWhatASaveDoesNotShowIsEmpty() {
        assertThat(decide(specification("ACCEPT", "")).assumptions())
                .anyMatch(text -> text.contains("raw") && text.contains("security"));

        HostDecision save = decide(new HostTexts().with("iptables-save", """
                # Generated by iptables-save v1.8.9 (nf_tables) on Sun Nov 22 22:36:14 2026
                *filter
                :INPUT ACCEPT [0:0]
                :FORWARD ACCEPT [0:0]
                :OUTPUT ACCEPT [0:0]
                COMMIT
                # Completed on Sun Nov 22 22:36:14 2026
                """));
        assertThat(save.outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(save.assumptions()).noneMatch(text -> text.contains("raw"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw|PREROUTING", "mangle|PREROUTING", "mangle|INPUT", "security|INPUT"})
    void otherTablesDropToo(String place) {
        String table = place.substring(0, place.indexOf('|'));
        String chain = place.substring(place.indexOf('|') + 1);
        HostDecision decision = decide(specification("ACCEPT", "")
                .with(
                        "iptables -t " + table + " -S",
                        "-P " + chain + " ACCEPT\n-P OUTPUT ACCEPT\n-A " + chain + " -p tcp --dport 10250 -j DROP\n"));
        assertThat(decision.outcome()).isEqualTo(Outcome.DROPPED);
    }

    @Test
    void aRedirectedConnectionIsNotTakenForTheKubelets() {
        HostDecision decision = decide(specification("ACCEPT", "").with("iptables -t nat -S", """
                -P PREROUTING ACCEPT
                -P INPUT ACCEPT
                -P OUTPUT ACCEPT
                -P POSTROUTING ACCEPT
                -A PREROUTING -p tcp -m tcp --dport 10250 -j REDIRECT --to-ports 8080
                """));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.doubts()).containsExactly(HostDoubt.REWRITTEN);
    }

    @Test
    void whatIsCutOffCouldDecide() {
        String head = "m tcp --dport 22 -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT\n";
        HostDecision decision = decide(new HostTexts().with("iptables -S", head, true, false));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.missing()).extracting(Missing::command).contains("iptables -S INPUT");

        HostTexts tail = new HostTexts()
                .with(
                        "iptables -S INPUT",
                        "-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 10250 -j DROP\n-A INP",
                        false,
                        true);
        assertThat(decide(tail).outcome()).isEqualTo(Outcome.DROPPED);
        HostTexts open = new HostTexts().with("iptables -S INPUT", "-P INPUT ACCEPT\n-A INP", false, true);
        assertThat(decide(open).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    /** Whoever cut it said nothing; where a line ends, nobody can see it. */
    @Test
    void aTextThatEndsWithinALineIsNotTakenForWhole() {
        String specification = """
                -P INPUT ACCEPT
                -P FORWARD ACCEPT
                -P OUTPUT ACCEPT
                -N GUARD
                -N OTHER
                -A INPUT -i lo -j ACCEPT
                -A INPUT -p tcp -m tcp --dport 10250 -j GUARD
                -A OTHER -s 10.0.0.0/8 -j RETURN
                -A GUARD -s 10.224.0.0/16 -j REJECT --reject-with icmp-port-unreachable
                """;
        String listing = """
                Chain INPUT (policy ACCEPT 0 packets, 0 bytes)
                 pkts bytes target     prot opt in     out     source               destination
                    0     0 GUARD      6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:10250

                Chain FORWARD (policy ACCEPT 0 packets, 0 bytes)
                 pkts bytes target     prot opt in     out     source               destination

                Chain OUTPUT (policy ACCEPT 0 packets, 0 bytes)
                 pkts bytes target     prot opt in     out     source               destination

                Chain GUARD (1 references)
                 pkts bytes target     prot opt in     out     source               destination
                    0     0 REJECT     0    --  *      *       10.224.0.0/16        0.0.0.0/0            reject-with icmp-port-unreachable
                """;
        assertThat(decide(new HostTexts().with("iptables -S", specification)).outcome())
                .isEqualTo(Outcome.REJECTED);
        assertThat(decide(new HostTexts().with("iptables -L -n -v", listing)).outcome())
                .isEqualTo(Outcome.REJECTED);
        cutWithinLines("iptables -S", specification, "-j ACCEPT", "-j GUARD", "-j RETURN", "-P OUTPUT ACCEPT");
        cutWithinLines("iptables -L -n -v", listing, "destination", "10.224.0.0/16        0.0.0.0");
    }

    /** @param wholeAtEnd what a line may end with and be all of it */
    private static void cutWithinLines(String command, String text, String... wholeAtEnd) {
        for (int end = 1; end < text.length(); end++) {
            String cut = text.substring(0, end);
            boolean begun = !cut.substring(cut.lastIndexOf('\n') + 1).isBlank();
            if (begun && Stream.of(wholeAtEnd).noneMatch(cut.strip()::endsWith)) {
                assertThat(decide(new HostTexts().with(command, cut)).outcome())
                        .as(cut)
                        .isNotEqualTo(Outcome.ALLOWED);
            }
        }
    }

    @Test
    void aPastedTextMayLackItsLastLineBreak() {
        String pasted = "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-A INPUT -i lo -j ACCEPT";
        assertThat(decide(new HostTexts().with("iptables -S", pasted)).outcome())
                .isEqualTo(Outcome.ALLOWED);
    }

    @Test
    void aChainThatIsNotShownLeavesItOpenAndNamesTheCommand() {
        HostDecision decision =
                decide(new HostTexts().with("iptables -S INPUT", "-P INPUT ACCEPT\n-A INPUT -j KUBE-FIREWALL\n"));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.missing()).extracting(Missing::command).contains("iptables -S KUBE-FIREWALL");
    }

    @Test
    void nothingReadIsUnknown() {
        HostDecision decision = decide(
                new HostTexts()
                        .with(
                                "iptables -S",
                                "iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n"));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.missing()).extracting(Missing::command).contains("iptables-save");
    }

    @Test
    void anUnknownNodeAddressMattersOnlyToRulesThatNameOne() {
        HostFirewall.Question anyNode = HostFirewallKernelTest.question(List.of(AGENT), "");
        String kubeFirewall = "INPUT ! -s 127.0.0.0/8 -d 127.0.0.0/8 -j DROP";
        assertThat(decide(specification("ACCEPT", kubeFirewall), anyNode).outcome())
                .isEqualTo(Outcome.ALLOWED);
        HostDecision named = decide(specification("ACCEPT", "INPUT -d 10.224.0.5/32 -j DROP"), anyNode);
        assertThat(named.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(named.doubts()).containsExactly(HostDoubt.DESTINATION);
    }

    @Test
    void eachMechanismIsJudgedByItsOwnBlocks() {
        HostTexts texts = specification(
                "ACCEPT",
                "INPUT -j cali-INPUT;INPUT -j ufw-user-input;INPUT -p tcp -j DROP;cali-INPUT -j DROP;ufw-user-input -p tcp -j REJECT");
        assertThat(decide(texts).owner()).isEqualTo(Mechanism.POLICY_ENGINE);
        assertThat(decide(texts, question().judging(Mechanism.UFW)).outcome()).isEqualTo(Outcome.REJECTED);
        HostDecision iptables = decide(texts, question().judging(Mechanism.IPTABLES));
        assertThat(iptables.rule().map(HostRule::position)).contains(3);
        HostFirewall firewall = firewall(texts);
        assertThat(firewall.blockers(question(), firewall.decide(question())))
                .extracting(HostRule::chain)
                .containsExactly("cali-INPUT", "ufw-user-input", "INPUT");
    }

    /** {@code ufw status} says inactive once its chains are flushed, but the policy it set stays. */
    @Test
    void aPolicyBelongsToUfwOnlyWhileItsChainsHoldRules() {
        String jumps =
                "-P INPUT DROP\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n-N ufw-before-input\n-A INPUT -j ufw-before-input\n";
        HostDecision active =
                decide(new HostTexts().with("iptables -S", jumps + "-A ufw-before-input -i lo -j ACCEPT\n"));
        assertThat(active.owner()).isEqualTo(Mechanism.UFW);
        HostDecision flushed = decide(new HostTexts().with("iptables -S", jumps));
        assertThat(flushed.outcome()).isEqualTo(Outcome.DROPPED);
        assertThat(flushed.owner()).isEqualTo(Mechanism.IPTABLES);
    }

    @Test
    void outgoingConnectionsCrossTheOutputPathAndTheirRepliesTheInputPath() {
        HostFirewall.Question out = outbound(Transport.UDP, 1194);
        assertThat(decide(specification("ACCEPT", "OUTPUT -p udp -m udp --dport 1194 -j DROP"), out)
                        .outcome())
                .isEqualTo(Outcome.DROPPED);
        assertThat(decide(specification("ACCEPT", "INPUT -p udp -m udp --sport 1194 -j DROP"), out)
                        .outcome())
                .isEqualTo(Outcome.DROPPED);
        assertThat(decide(specification("DROP", "INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"), out)
                        .outcome())
                .isEqualTo(Outcome.ALLOWED);
    }

    @Test
    void chainsThatEnterEachOtherInACircleAreUnknownNotAHang() {
        HostDecision decision = decide(specification("ACCEPT", "INPUT -j X;X -j Y;Y -j X"));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.doubts()).containsExactly(HostDoubt.LOOP);
    }

    @Test
    void chainsThatEachEnterTheNextTwiceAreDecidedAtOnce() {
        StringBuilder text = new StringBuilder("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n");
        StringBuilder rules = new StringBuilder("-A INPUT -j C0\n");
        for (int i = 0; i < 64; i++) {
            text.append("-N C").append(i).append('\n');
            rules.append(("-A C" + i + " -m limit --limit 1/s -j C" + (i + 1) + "\n").repeat(i < 63 ? 2 : 0));
        }
        rules.append("-A C63 -s 10.0.0.0/8 -p tcp -j DROP\n");
        HostTexts texts = new HostTexts().with("iptables -S", text.toString() + rules);
        HostDecision decision = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> decide(texts));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.varies()).isTrue();
    }

    @Test
    void manyMarksAndDeepChainsStayBounded() {
        StringBuilder text = new StringBuilder("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n");
        StringBuilder rules = new StringBuilder("-A INPUT -j C0\n");
        for (int i = 0; i < 2000; i++) {
            text.append("-N C").append(i).append('\n');
            String mark = "0x" + Integer.toHexString(1 << i % 31);
            rules.append("-A C" + i + " -m limit --limit 1/s -j MARK --set-xmark " + mark + "/" + mark + "\n");
            rules.append(i < 1999 ? "-A C" + i + " -j C" + (i + 1) + "\n" : "");
        }
        HostTexts texts = new HostTexts().with("iptables -S", text.toString() + rules);
        HostDecision decision = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> decide(texts));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    /** The kernel enters a chain of type nat only where connections are tracked, which takes a rule that needs it. */
    @ParameterizedTest
    @CsvSource({"accept, UNKNOWN", "ct state invalid accept, DROPPED"})
    void aNatChainAloneTracksNothing(String other, Outcome outcome) {
        HostDecision decision = decide(specification("ACCEPT", "").with("nft list ruleset", """
                table ip guard {
                	chain output {
                		type filter hook output priority filter; policy accept;
                		%s
                	}

                	chain input {
                		type nat hook input priority 100; policy accept;
                		tcp dport 10250 drop
                	}
                }
                """.formatted(other)));
        assertThat(decision.outcome()).as(String.valueOf(decision.doubts())).isEqualTo(outcome);
    }

    /** Nft prints {@code multiport --ports} the same with and without a negation, and a range as its two ends. */
    @Test
    void portsOfMultiportAreNotToBeTakenAsNftPrintsThem() {
        HostDecision decision = decide(specification("ACCEPT", "").with("nft list ruleset", """
                table ip filter {
                	chain INPUT {
                		type filter hook input priority filter; policy accept;
                		meta l4proto tcp tcp sport . tcp dport { 0-65535 . 22, 22 . 0-65535 } counter packets 0 bytes 0 drop
                	}
                }
                """));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void bitsOfTheLinkLayerAreReadAsNotShownAndTheRestOfTheirRuleAsItStands() {
        String rule = "@ll,48,64 0x200000000010800 tcp dport %d reject";
        for (int port : List.of(10250, 443)) {
            HostDecision decision =
                    decide(specification("ACCEPT", "").with("nft list ruleset", """
                    table ip filter {
                    	chain INPUT {
                    		type filter hook input priority filter; policy accept;
                    		%s
                    	}
                    }
                    """.formatted(rule.formatted(port))));
            assertThat(decision.outcome()).isEqualTo(port == 443 ? Outcome.ALLOWED : Outcome.UNKNOWN);
            assertThat(decision.doubts()).isSubsetOf(HostDoubt.NOT_SHOWN);
        }
    }

    /** Nft lists {@code meta nfproto ipv6 reject with tcp reset} of an inet table without its condition. */
    @Test
    void aResetInAnInetTableIsOnlyLikelyForIpv4() {
        HostDecision decision = decide(specification("ACCEPT", "").with("nft list ruleset", """
                table inet guard {
                	chain input {
                		type filter hook input priority filter; policy accept;
                		tcp dport 10250 reject with tcp reset
                	}
                }
                """));
        assertThat(decision.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(decision.likely()).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void nativeNftablesRulesDropBehindIptablesThatAccept() {
        HostDecision decision = decide(specification("ACCEPT", "").with("nft list ruleset", """
                table ip guard {
                	set agents {
                		type ipv4_addr
                		flags interval
                		elements = { 10.240.0.0/16, 10.241.0.1-10.241.0.9 }
                	}

                	chain input {
                		type filter hook input priority filter - 10; policy drop;
                		ct state vmap { established : accept, related : accept, invalid : drop }
                		iifname "lo" accept
                		ip saddr @agents tcp dport { 22, 10250-10260 } counter packets 0 bytes 0 accept
                		meta l4proto tcp reject with tcp reset
                	}
                }
                """));
        assertThat(decision.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(decision.rule().map(HostRule::chain)).contains("input");
        assertThat(decision.rule().map(HostRule::position)).contains(4);
    }

    /** Rules that follow one another are decided together; each must get the senders it is the first to catch. */
    @Test
    void ofOverlappingRulesTheFirstThatCatchesDecides() {
        Random random = new Random(17);
        for (int round = 0; round < 40; round++) {
            int count = 20 + random.nextInt(400);
            List<AddressSet> senders = new ArrayList<>();
            List<String> targets = new ArrayList<>();
            StringBuilder text = new StringBuilder("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n");
            for (int i = 0; i < count; i++) {
                String block = "10.0." + random.nextInt(4) + "." + random.nextInt(256) + "/"
                        + (random.nextInt(5) == 0 ? 24 + random.nextInt(6) : 32);
                senders.add(AddressSet.parse(block).orElseThrow());
                targets.add(List.of("ACCEPT", "DROP", "REJECT").get(random.nextInt(3)));
                text.append("-A INPUT -s " + block + " -p tcp -m tcp --dport 10250 -j " + targets.get(i) + "\n");
                // A rule that only may catch parts the run of sure ones, and leaves all as it is.
                text.append(random.nextInt(60) == 0 ? "-A INPUT -m limit --limit 1/s -j LOG\n" : "");
            }
            HostTexts texts = new HostTexts().with("iptables -S", text.toString());
            List<HostDecision> decisions = firewall(texts)
                    .decide(question().from(AddressSet.parse("10.0.0.0/8").orElseThrow()));
            for (int probe = 0; probe < 300; probe++) {
                long address = AddressSet.parseAddress("10.0.0.0").orElseThrow() + random.nextInt(1100);
                int first = 0;
                while (first < count && !senders.get(first).covers(address)) {
                    first++;
                }
                Outcome expected = first == count
                        ? Outcome.ALLOWED
                        : switch (targets.get(first)) {
                            case "ACCEPT" -> Outcome.ALLOWED;
                            case "DROP" -> Outcome.DROPPED;
                            default -> Outcome.REJECTED;
                        };
                Optional<AddressSet> by = first == count ? Optional.empty() : Optional.of(senders.get(first));
                assertThat(decisions)
                        .filteredOn(decision -> decision.sources().covers(address))
                        .singleElement()
                        .satisfies(decision -> {
                            assertThat(decision.outcome()).isEqualTo(expected);
                            assertThat(decision.rule().map(HostFirewallTest::source))
                                    .isEqualTo(by);
                        });
            }
        }
    }

    @Test
    void knownSendersAreToldWhatTheirOwnDoubtRestsOn() {
        HostTexts texts = specification("ACCEPT", """
                INPUT -s 10.0.0.4/32 -m limit --limit 3/min -j ACCEPT;\
                INPUT -s 10.0.0.5/32 -m set --match-set known src -j ACCEPT;\
                INPUT -s 10.0.0.5/32 -m limit --limit 5/min -j ACCEPT;\
                INPUT -j DROP""");

        List<HostDecision> decisions = firewall(texts)
                .decide(question().from(AddressSet.parse("10.0.0.4-10.0.0.5").orElseThrow()));

        assertThat(decisions)
                .extracting(
                        decision -> decision.sources().toString(),
                        decision -> decision.missing().stream()
                                .map(missing -> missing.what().replaceAll(".*(rule \\d).*: (.*)", "$1 $2"))
                                .toList())
                .containsExactlyInAnyOrder(
                        tuple("10.0.0.4", List.of("rule 1 -m limit --limit 3/min")),
                        tuple(
                                "10.0.0.5",
                                List.of("rule 3 -m limit --limit 5/min", "rule 2 -m set --match-set known src")));
    }

    /** However many senders are asked about together, each fares as if asked about alone. */
    @Test
    void sendersInACrowdFareAsAlone() {
        Random random = new Random(23);
        for (int round = 0; round < 30; round++) {
            StringBuilder text = new StringBuilder("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-N X\n");
            // Few doubts: one walk for all. Many: a walk for each part of the senders.
            int doubts = random.nextInt(3) == 0 ? 0 : random.nextBoolean() ? 3 : 40;
            for (int i = 0; i < 600; i++) {
                String chain = random.nextInt(3) == 0 ? "X" : random.nextInt(40) == 0 ? "OUTPUT" : "INPUT";
                String end = chain.equals("OUTPUT") ? "-d " : "-s ";
                String block = end + "10.0." + random.nextInt(4) + "." + random.nextInt(256) + "/"
                        + (random.nextInt(5) == 0 ? 24 + random.nextInt(6) : 32);
                String target = List.of("ACCEPT", "DROP", "REJECT", "REJECT --reject-with tcp-reset")
                        .get(random.nextInt(4));
                boolean open = random.nextInt(600) < doubts;
                text.append(
                        "-A " + chain + " " + block + (open ? " -m limit --limit 1/s" : "") + " -j " + target + "\n");
                text.append(random.nextInt(200) == 0 ? "-A INPUT -s 10.0.0.0/22 -m limit --limit 1/s -j X\n" : "");
            }
            HostTexts texts = new HostTexts().with("iptables -S", text.toString());
            List<HostDecision> decisions = firewall(texts)
                    .decide(question().from(AddressSet.parse("10.0.0.0/8").orElseThrow()));
            for (int probe = 0; probe < 200; probe++) {
                AddressSet one =
                        AddressSet.of(AddressSet.parseAddress("10.0.0.0").orElseThrow() + random.nextInt(1100));
                HostDecision alone =
                        firewall(texts).decide(question().from(one)).get(0);
                assertThat(decisions)
                        .filteredOn(decision -> decision.sources().includes(one))
                        .singleElement()
                        .extracting(
                                HostDecision::outcome,
                                HostDecision::likely,
                                HostDecision::rule,
                                HostDecision::policyOf,
                                HostDecision::varies,
                                HostDecision::doubts)
                        .containsExactly(
                                alone.outcome(),
                                alone.likely(),
                                alone.rule(),
                                alone.policyOf(),
                                alone.varies(),
                                alone.doubts());
            }
        }
    }

    private static AddressSet source(HostRule rule) {
        return rule.matches().stream()
                .filter(Match.Source.class::isInstance)
                .map(match -> ((Match.Source) match).addresses())
                .findFirst()
                .orElseThrow();
    }

    /** Every rule is for another sender of those asked about, and none is certain: the cost must not be quadratic. */
    @Test
    void manySendersAndManyRulesAreDecidedInReasonableTime() {
        StringBuilder text = new StringBuilder("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n");
        for (int i = 0; i < 20_000; i++) {
            text.append("-A INPUT -s 10.0." + (i / 250) + "." + (i % 250) + "/32 -m limit --limit 1/s -j DROP\n");
        }
        HostTexts texts = new HostTexts().with("iptables -S", text.toString());
        List<HostDecision> decisions = assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> firewall(texts)
                        .decide(question().from(AddressSet.parse("10.0.0.0/8").orElseThrow())));
        assertThat(decisions).hasSize(20_001);
        assertThat(decisions)
                .filteredOn(decision -> decision.outcome() == Outcome.ALLOWED)
                .singleElement()
                .satisfies(decision -> assertThat(decision.sources().size()).isEqualTo((1L << 24) - 20_000));
    }
}
