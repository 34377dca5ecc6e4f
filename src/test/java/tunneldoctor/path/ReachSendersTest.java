package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.ReachPath;

/** Who sends, from where, and what the sender's own machine lets out. */
class ReachSendersTest {
    private static final String SHUT_IN = "Outbound 100 Deny * * * *";

    // ---- the sender's own firewall ----

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "-A OUTPUT -p tcp --dport 10250 -j DROP, DROPPED, host OUTPUT of a",
        "-A OUTPUT -p tcp --dport 10250 -j REJECT, REJECTED, host OUTPUT of a",
        "-A OUTPUT -d 10.0.2.0/24 -j DROP, DROPPED, host OUTPUT of a",
        "-A OUTPUT -d 10.0.3.0/24 -j DROP, ALLOWED, ''",
        "-A OUTPUT -p tcp --dport 443 -j DROP, ALLOWED, ''",
        "-A OUTPUT -o lo -j DROP, ALLOWED, ''",
        "-A INPUT -p tcp --sport 10250 -j DROP, DROPPED, host OUTPUT of a",
        "-A OUTPUT -p tcp --dport 10250 -m statistic --mode random --probability 0.5 -j DROP, UNKNOWN, host OUTPUT of a",
    })
    void aNodesOwnConnectionsMeetItsOutputChain(String rule, Outcome outcome, String hop) {
        for (ReachPath path : List.of(
                new ClusterText().save("a", rule).hostNetwork().toB(),
                new ClusterText().save("a", rule).from("10.0.1.4").get(0))) {
            assertThat(path.outcome()).as("%s", path).isEqualTo(outcome);
            assertThat(path.hop()).isEqualTo(hop);
            if (outcome.blocked()) {
                assertThat(path.decidedBy().orElseThrow().document()).isEqualTo("nodes[0] \"iptables-save\"");
            }
        }
    }

    @Test
    void aPodsConnectionsAreForwardedWhichIsTakenForGranted() {
        ReachPath path = new ClusterText()
                .save("a", "-A OUTPUT -p tcp --dport 10250 -j DROP")
                .toB();

        assertThat(path.outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(path.assumptions()).contains("the senders' own nodes forward what their pods send");
    }

    @Test
    void whatNoTextShowsOfTheSendersOwnFirewallIsTakenForGrantedAndSaid() {
        ReachPath path = new ClusterText()
                .output("a", "iptables -S INPUT", "-P INPUT ACCEPT\n")
                .hostNetwork()
                .toB();

        assertThat(path.outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(path.assumptions()).anyMatch(text -> text.startsWith("the senders' own nodes let connections out"));
    }

    @Test
    void ufwKeepsTheSendersConnectionsInToo() {
        ReachPath path = new ClusterText()
                .output(
                        "a",
                        "ufw status verbose",
                        "Status: active\nDefault: allow (incoming), deny (outgoing), disabled (routed)\n")
                .hostNetwork()
                .toB();

        assertThat(path.outcome()).as("%s", path).isEqualTo(Outcome.DROPPED);
        assertThat(path.hop()).isEqualTo("ufw outgoing of a");
    }

    // ---- agents that may run anywhere ----

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no node is shut in, '', ALLOWED",
        "one node's subnet is, agents, UNKNOWN",
        "every node's subnet is, agents nodes, DROPPED",
    })
    void anAgentThatMayRunOnAnyNodeIsShutInOnlyIfAllAre(String why, String subnets, Outcome outcome) {
        ClusterText cluster = new ClusterText().withoutPods();
        for (String subnet : subnets.split(" ")) {
            if (!subnet.isEmpty()) {
                cluster.group(subnet, SHUT_IN + ";Inbound 100 Allow * * * *");
            }
        }
        ReachPath path = cluster.toB();
        List<NsgVerdict> verdicts = cluster.analysis().verdicts().stream()
                .filter(NsgVerdict.class::isInstance)
                .map(NsgVerdict.class::cast)
                .toList();

        assertThat(path.outcome()).as("%s: %s", why, path).isEqualTo(outcome);
        assertThat(verdicts.stream().anyMatch(NsgVerdict::blocked)).as(why).isEqualTo(outcome == Outcome.DROPPED);
        assertThat(verdicts.stream().anyMatch(NsgVerdict::unknown)).as(why).isEqualTo(outcome == Outcome.UNKNOWN);
    }

    @Test
    void aWayOutThatIsBlockedByARouteAndOneByAGroupAreBothBlocked() {
        ReachPath path = new ClusterText()
                .withoutPods()
                .group("agents", SHUT_IN)
                .routes("nodes", "10.0.2.0/24 None")
                .toB();

        assertThat(path.outcome()).as("%s", path).isEqualTo(Outcome.DROPPED);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a list in the facts, true",
        "--from, false",
    })
    void withoutTunnelPodsAddressesGivenByHandAreTheSenders(String why, boolean list) {
        ClusterText cluster = new ClusterText()
                .withoutPods()
                .group("nodes", "Inbound 100 Deny * 10.0.1.9 * *")
                .group("agents", "Outbound 100 Deny * 10.0.1.8 * *");
        if (list) {
            cluster.agents("[10.0.1.7, 10.0.1.8, 10.0.1.9]");
        }
        List<ReachPath> paths = list
                ? cluster.reach(Reach.Question.TUNNEL).paths().stream()
                        .filter(path -> path.to().node().equals("b"))
                        .toList()
                : cluster.from("10.0.1.7", "10.0.1.8", "10.0.1.9");

        assertThat(paths.stream()
                        .map(path -> path.from().address() + " " + path.outcome() + " " + path.hop())
                        .collect(Collectors.joining("|")))
                .as(why)
                .isEqualTo("10.0.1.7 ALLOWED |10.0.1.8 DROPPED nsg outbound nsg-agents"
                        + "|10.0.1.9 DROPPED nsg inbound nsg-nodes");
        assertThat(paths.get(0).assumptions()).anyMatch(text -> text.startsWith("the sender's own machine"));
    }

    // ---- where pods get their addresses ----

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "'overlay: the node''s address', 'networkPlugin: azure, networkPluginMode: overlay', 10.244.0.9, 10.0.1.4, DROPPED",
        "'kubenet: the node''s address', networkPlugin: kubenet, 10.244.0.9, 10.0.1.4, DROPPED",
        "'node subnet: its own', networkPlugin: azure, 10.0.1.77, 10.0.1.77, DROPPED",
        "'node subnet: not the node''s', networkPlugin: azure, 10.0.1.77, 10.0.1.4, ALLOWED",
        "a plugin nobody knows, networkPlugin: none, 10.244.0.9, 10.0.1.4, UNKNOWN",
        "'a plugin nobody knows, both denied', networkPlugin: none, 10.244.0.9, '10.0.0.0/8', DROPPED",
        "'addresses that contradict the plugin', 'networkPlugin: azure, podCidr: 10.244.0.0/16', 10.244.0.9, 10.0.1.4,"
                + " UNKNOWN",
    })
    void theSourceFollowsFromTheNetworkPlugin(String why, String profile, String pod, String denied, Outcome outcome) {
        ReachPath path = new ClusterText()
                .profile(profile)
                .agentPodAddress(pod)
                .group("nodes", "Inbound 100 Deny * " + denied + " * *;Inbound 200 Allow * * * *")
                .toB();

        assertThat(path.outcome()).as("%s: %s", why, path).isEqualTo(outcome);
    }

    /** A group of interfaces holds addresses of an interface; whether a pod's is among them nothing tells. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "the node's own address is in it, true, DROPPED",
        "a pod's may be, false, UNKNOWN",
    })
    void applicationGroupsOfANodeAreNotItsPods(String why, boolean hostNetwork, Outcome outcome) {
        ClusterText cluster = new ClusterText()
                .profile("networkPlugin: azure")
                .agentPodAddress("10.0.1.77")
                .applicationGroup("a", "/asg/agents")
                .group("nodes", "Inbound 100 Deny * asg:/asg/agents * *;Inbound 200 Allow * * * *");
        ReachPath path = (hostNetwork ? cluster.hostNetwork() : cluster).toB();

        assertThat(path.outcome()).as("%s: %s", why, path).isEqualTo(outcome);
    }

    @Test
    void nodesInDifferentApplicationGroupsAreJudgedEachForItself() {
        ReachPath path = new ClusterText()
                .applicationGroup("b", "/asg/web")
                .group("nodes", "Inbound 100 Deny * * asg:/asg/web *")
                .toB();

        assertThat(path.outcome()).as("%s", path).isEqualTo(Outcome.DROPPED);
    }

    // ---- targets ----

    @Test
    void aWindowsNodesFirewallIsNotRead() {
        ReachPath path = new ClusterText().windows("b").toB();

        assertThat(path.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(path.hop()).isEqualTo("Windows firewall");
        assertThat(path.missing()).anyMatch(missing -> missing.command().contains("Get-NetFirewallRule"));
        assertThat(new ClusterText()
                        .windows("b")
                        .group("nodes", "Inbound 100 Deny * * * *")
                        .toB()
                        .outcome())
                .isEqualTo(Outcome.DROPPED);
    }

    @Test
    void theAgentsOwnNodeIsReachedWithoutTheNetwork() {
        List<ReachPath> paths = new ClusterText()
                .group("agents", "Inbound 100 Deny * * * *;" + SHUT_IN)
                .group("nodes", "Inbound 100 Deny * * * *")
                .routes("agents", "10.0.0.0/16 None")
                .reach(Reach.Question.TUNNEL)
                .paths();

        assertThat(paths.stream().filter(path -> path.to().node().equals("a")).map(ReachPath::outcome))
                .containsExactly(Outcome.ALLOWED);
        assertThat(paths.get(0).assumptions()).contains("a node's connections to itself cross no network");
    }

    /** Networks may share addresses, so an address alone does not tell which of two interfaces is the node's. */
    @Test
    void anInterfaceOfAnotherNetworkWithTheSameAddressIsNotTheNodes() {
        ReachPath path = new ClusterText().resource("""
                        type: Microsoft.Network/networkSecurityGroups
                        name: foreign
                        id: /nsg/foreign
                        properties: {securityRules: [{name: no, properties: {direction: Inbound, priority: 100, access: Deny, protocol: '*', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '*'}}]}
                        """).resource("""
                        type: Microsoft.Network/networkInterfaces
                        name: another
                        properties: {networkSecurityGroup: {id: /nsg/foreign}, ipConfigurations: [{properties: {primary: true, privateIPAddress: 10.0.2.5, subnet: {id: /elsewhere}}}]}
                        """).toB();

        assertThat(path.outcome()).as("%s", path).isEqualTo(Outcome.UNKNOWN);
    }
}
