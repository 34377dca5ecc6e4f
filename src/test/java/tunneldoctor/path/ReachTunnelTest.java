package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.ReachPath;

/** The tunnel's own connections, from the agent on node a to the API server. */
class ReachTunnelTest {
    private static ReachPath only(ClusterText cluster) {
        List<ReachPath> paths = cluster.tunnel();
        assertThat(paths).hasSize(1);
        return paths.get(0);
    }

    private static void holds(ReachPath path, Outcome outcome, Outcome likely, String hop) {
        assertThat(path.outcome()).as("%s", path).isEqualTo(outcome);
        assertThat(path.likely()).as("%s", path).isEqualTo(likely);
        assertThat(path.hop()).as("%s", path).isEqualTo(hop);
        assertThat(path.missing().isEmpty()).as("%s", path).isEqualTo(outcome != Outcome.UNKNOWN);
    }

    @Test
    void nothingInTheWayLetsItOut() {
        ReachPath path = only(new ClusterText());

        holds(path, Outcome.ALLOWED, Outcome.UNKNOWN, "");
        assertThat(path.from()).isEqualTo(new ReachPath.End("a", "10.0.1.4"));
        assertThat(path.to()).isEqualTo(new ReachPath.End("", "c.hcp.westeurope.azmk8s.io"));
        assertThat(path.port()).isEqualTo(443);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a group closes the port, Outbound 100 Deny Tcp * Internet 443, '', DROPPED, UNKNOWN, nsg outbound nsg-agents",
        "a group closes another, Outbound 100 Deny Tcp * Internet 9000, '', ALLOWED, UNKNOWN, ''",
        "a group closes another region, Outbound 100 Deny Tcp * AzureCloud.eastus *, '', ALLOWED, UNKNOWN, ''",
        "a group closes a tag nobody knows, Outbound 100 Deny Tcp * Contoso *, '', UNKNOWN, UNKNOWN,"
                + " nsg outbound nsg-agents",
        "the default route discards, '', 0.0.0.0/0 None, DROPPED, UNKNOWN, route rt-agents",
        "a default route to the Internet, '', 0.0.0.0/0 Internet, ALLOWED, UNKNOWN, ''",
        "an appliance nobody can read, '', 0.0.0.0/0 VirtualAppliance 10.0.9.9, UNKNOWN, UNKNOWN, appliance at 10.0.9.9",
        "the region's own route leads out, '', 0.0.0.0/0 None;AzureCloud.westeurope Internet, ALLOWED, UNKNOWN, ''",
        "part of the Internet is discarded, '', 20.0.0.0/8 None, UNKNOWN, DROPPED, route rt-agents",
        "the gateway's routes, '', 0.0.0.0/0 VirtualNetworkGateway, UNKNOWN, UNKNOWN,"
                + " appliance behind the virtual network gateway",
        "public addresses kept in the network, '', 0.0.0.0/0 VnetLocal, UNKNOWN, UNKNOWN, route rt-agents",
    })
    void groupsAndRoutesCount(String why, String rules, String routes, Outcome outcome, Outcome likely, String hop) {
        ClusterText cluster = new ClusterText();
        if (!rules.isEmpty()) {
            cluster.group("agents", rules);
        }
        if (!routes.isEmpty()) {
            cluster.routes("agents", routes);
        }

        holds(only(cluster), outcome, likely, hop);
    }

    @Test
    void aNetworkWithAGatewayMayLearnADefaultRouteThatNoTableShows() {
        ReachPath path = only(new ClusterText().gateway());

        holds(path, Outcome.UNKNOWN, Outcome.UNKNOWN, "appliance behind the virtual network gateway");
    }

    @Test
    void aNodesOwnFirewallCountsForAgentsInItsNetwork() {
        ClusterText cluster = new ClusterText().save("a", "-A OUTPUT -p tcp --dport 443 -j REJECT");

        holds(only(cluster), Outcome.ALLOWED, Outcome.UNKNOWN, "");
        holds(only(cluster.hostNetwork()), Outcome.REJECTED, Outcome.UNKNOWN, "host OUTPUT of a");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a private cluster, 'enablePrivateCluster: true', private endpoint of the API server",
        "API Server VNet Integration, 'enablePrivateCluster: false, enableVnetIntegration: true',"
                + " subnet of the API server",
    })
    void anApiServerInsideTheNetworkIsReachedAnotherWay(String why, String access, String hop) {
        ClusterText cluster = new ClusterText().access(access).routes("agents", "0.0.0.0/0 None");

        holds(only(cluster), Outcome.UNKNOWN, Outcome.UNKNOWN, hop);
        assertThat(cluster.analysis().verdicts()).as(why).noneMatch(EgressVerdict.class::isInstance);
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0/0 None, DROPPED, route rt-agents", "0.0.0.0/0 Internet, ALLOWED, way to the API server"})
    void withoutTheClusterItMayBePrivateSoThatNothingIsCertain(String routes, Outcome likely, String hop) {
        holds(only(new ClusterText().withoutCluster().routes("agents", routes)), Outcome.UNKNOWN, likely, hop);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "one subnet discards, agents, UNKNOWN",
        "both discard, agents nodes, DROPPED",
    })
    void agentsThatMayRunOnAnyNodeAreShutInOnlyIfAllAre(String why, String subnets, Outcome outcome) {
        ClusterText cluster = new ClusterText().withoutPods();
        for (String subnet : subnets.split(" ")) {
            cluster.routes(subnet, "0.0.0.0/0 None");
        }

        assertThat(only(cluster).outcome()).as(why).isEqualTo(outcome);
        assertThat(cluster.analysis().verdicts().stream()
                        .filter(EgressVerdict.class::isInstance)
                        .anyMatch(verdict -> verdict.blocked()))
                .as(why)
                .isEqualTo(outcome == Outcome.DROPPED);
    }

    /** Outside the network a pod of the nodes' subnet may be seen with either address. */
    @ParameterizedTest
    @CsvSource({
        "10.0.1.77, UNKNOWN",
        "10.0.1.4, UNKNOWN",
        "10.0.1.0/24, DROPPED",
        "10.0.1.5, ALLOWED",
    })
    void aPodInTheNodesSubnetMayLeaveWithEitherAddress(String denied, Outcome outcome) {
        ReachPath path = only(new ClusterText()
                .profile("networkPlugin: azure")
                .agentPodAddress("10.0.1.77")
                .group("agents", "Outbound 100 Deny * " + denied + " * *"));

        assertThat(path.outcome()).as("%s", path).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({"10.0.1.0/24 * 443, ALLOWED", "10.0.1.9 * 443, DROPPED", "* 20.0.0.0/8 443, UNKNOWN"})
    void anAzureFirewallOnTheWayOutIsRead(String rule, Outcome outcome) {
        ReachPath path = only(new ClusterText()
                .routes("agents", "0.0.0.0/0 VirtualAppliance 10.0.9.4")
                .firewall("10.0.9.4", rule));

        assertThat(path.outcome()).as("%s", path).isEqualTo(outcome);
        assertThat(path.hop()).isEqualTo(outcome == Outcome.ALLOWED ? "" : "azure firewall fw");
    }
}
