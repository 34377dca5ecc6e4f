package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.ReachPath;

/** What routes, there and back, and the firewalls they lead to do with connections from the agent to node b. */
class ReachRoutesTest {
    private static final String THROUGH = "10.0.0.0/16 VirtualAppliance 10.0.9.4";

    private static void holds(String why, ReachPath path, Outcome outcome, Outcome likely, String hop) {
        assertThat(path.outcome()).as("%s: %s", why, path).isEqualTo(outcome);
        assertThat(path.likely()).as("%s: %s", why, path).isEqualTo(likely);
        assertThat(path.hop()).as("%s: %s", why, path).isEqualTo(hop);
        assertThat(path.missing().isEmpty()).as("%s: %s", why, path).isEqualTo(outcome != Outcome.UNKNOWN);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no route tables, '', '', ALLOWED, UNKNOWN, ''",
        "a default route does not cut the network, 0.0.0.0/0 None, 0.0.0.0/0 None, ALLOWED, UNKNOWN, ''",
        "the nodes' prefix leads nowhere, 10.0.2.0/24 None, '', DROPPED, UNKNOWN, route rt-agents",
        "a wider prefix counts less than the network's, 10.0.0.0/8 None, '', ALLOWED, UNKNOWN, ''",
        "the network's own prefix counts more, 10.0.0.0/16 None, '', DROPPED, UNKNOWN, route rt-agents",
        "a narrower one keeps it in, 10.0.0.0/16 None;10.0.2.0/24 VnetLocal, '', ALLOWED, UNKNOWN, ''",
        "to the Internet, 10.0.2.0/24 Internet, '', UNKNOWN, DROPPED, route rt-agents",
        "to a gateway, 10.0.2.0/24 VirtualNetworkGateway, '', UNKNOWN, UNKNOWN, route rt-agents",
        "to an appliance nobody can read, 10.0.2.0/24 VirtualAppliance 10.0.9.9, 10.0.1.0/24 VirtualAppliance 10.0.9.9,"
                + " UNKNOWN, UNKNOWN, appliance at 10.0.9.9",
        "answers lead nowhere, '', 10.0.1.0/24 None, DROPPED, UNKNOWN, route back rt-nodes",
        "answers for others lead nowhere, '', 10.0.7.0/24 None, ALLOWED, UNKNOWN, ''",
        "answers go to an appliance nobody can read, '', 10.0.1.0/24 VirtualAppliance 10.0.9.9, UNKNOWN, UNKNOWN,"
                + " route back rt-nodes",
    })
    void routesCountInBothDirections(
            String why, String there, String back, Outcome outcome, Outcome likely, String hop) {
        ClusterText cluster = new ClusterText();
        if (!there.isEmpty()) {
            cluster.routes("agents", there);
        }
        if (!back.isEmpty()) {
            cluster.routes("nodes", back);
        }

        holds(why, cluster.toB(), outcome, likely, hop);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "its rules let it through, * 10.0.2.0/24 10250, true, true, ALLOWED, UNKNOWN, ''",
        "they let other nodes through, * 10.0.2.6 10250, true, true, DROPPED, UNKNOWN, azure firewall fw",
        "they let other senders through, 10.0.7.0/24 * 10250, true, true, DROPPED, UNKNOWN, azure firewall fw",
        "they let another port through, * * 443, true, true, DROPPED, UNKNOWN, azure firewall fw",
        "it sees no answers, * * *, true, false, UNKNOWN, DROPPED, route back of subnet nodes",
        "it sees answers only, * * *, false, true, UNKNOWN, DROPPED, route back rt-nodes",
        "it denies and sees no answers, * * 443, true, false, DROPPED, UNKNOWN, azure firewall fw",
    })
    void anAzureFirewallBetweenNodesIsReadAndHasToSeeBothDirections(
            String why, String rule, boolean there, boolean back, Outcome outcome, Outcome likely, String hop) {
        ClusterText cluster = new ClusterText().firewall("10.0.9.4", rule);
        if (there) {
            cluster.routes("agents", THROUGH);
        }
        if (back) {
            cluster.routes("nodes", THROUGH);
        }

        holds(why, cluster.toB(), outcome, likely, hop);
    }

    @Test
    void aFirewallInBetweenIsTakenToKeepTheSendersAddressWhichIsSaid() {
        ReachPath path = new ClusterText()
                .routes("agents", THROUGH)
                .routes("nodes", THROUGH)
                .firewall("10.0.9.4", "* * *")
                .toB();

        assertThat(path.assumptions()).anyMatch(text -> text.contains("fw keeps the senders' addresses"));
    }

    @Test
    void aFirewallOfAnotherAddressDecidesNothing() {
        ClusterText cluster = new ClusterText().routes("agents", THROUGH).routes("nodes", THROUGH);

        holds(
                "another",
                cluster.firewall("10.0.9.5", "* * 443").toB(),
                Outcome.UNKNOWN,
                Outcome.UNKNOWN,
                "appliance at 10.0.9.4");
    }

    @Test
    void aFirewallAndARouteThatBothHideTheirAddressAreNotTheSame() {
        ClusterText cluster = new ClusterText()
                .routes("agents", "10.0.0.0/16 VirtualAppliance")
                .resource("""
                        type: Microsoft.Network/azureFirewalls
                        name: fw
                        properties: {networkRuleCollections: [], applicationRuleCollections: [], natRuleCollections: []}
                        """);

        assertThat(cluster.toB().outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a wide route may be narrower than the network, 10.0.0.0/8 None, UNKNOWN",
        "a host's route is surely narrower, 10.0.2.5/32 None, DROPPED",
        "a default route is surely wider, 0.0.0.0/0 None, ALLOWED",
    })
    void withoutTheNetworkOnlyTheNarrowestAndTheWidestRoutesAreCertain(String why, String routes, Outcome outcome) {
        ReachPath path =
                new ClusterText().withoutNetwork().routes("agents", routes).toB();

        assertThat(path.outcome()).as("%s: %s", why, path).isEqualTo(outcome);
    }

    @Test
    void aRouteTableThatIsNotInTheFactsIsUnknown() {
        ClusterText cluster = new ClusterText().resource("""
                type: Microsoft.Network/virtualNetworks/subnets
                name: nodes
                id: /nowhere
                properties: {addressPrefix: 10.9.0.0/24, routeTable: {id: /rt/lost}}
                """);
        assertThat(cluster.toB().outcome()).as("another subnet's").isEqualTo(Outcome.ALLOWED);

        ReachPath path = new ClusterText().lostTable("nodes").toB();
        holds("the nodes'", path, Outcome.UNKNOWN, Outcome.UNKNOWN, "route back of subnet nodes");
        assertThat(path.missing()).anyMatch(missing -> missing.command().contains("route-table show --ids /rt/lost"));
        assertThat(new ClusterText().lostTable("agents").toB().hop()).isEqualTo("route of subnet agents");
    }

    /** A group that rejects is heard only if its answer finds the way back. */
    @Test
    void aRefusalWhoseAnswerIsLostIsSilence() {
        ReachPath path = new ClusterText()
                .routes("nodes", "10.0.1.0/24 None")
                .save("b", "-A INPUT -p tcp --dport 10250 -j REJECT")
                .toB();

        holds("lost", path, Outcome.DROPPED, Outcome.UNKNOWN, "route back rt-nodes");
    }

    @Test
    void answersToASenderOutsideTheNetworkNeedAWay() {
        assertThat(new ClusterText().group("nodes", "Inbound 100 Allow * * * *").from("10.9.0.7"))
                .singleElement()
                .satisfies(
                        path -> holds("outside", path, Outcome.DROPPED, Outcome.UNKNOWN, "route back of subnet nodes"));
        assertThat(new ClusterText().withoutNetwork().from("10.9.0.7"))
                .singleElement()
                .satisfies(path -> assertThat(path.outcome()).isEqualTo(Outcome.UNKNOWN));
    }
}
