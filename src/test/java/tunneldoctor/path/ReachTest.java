package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.ReachPath;
import tunneldoctor.model.Reachability;
import tunneldoctor.model.Transport;
import tunneldoctor.parse.FactReader;
import tunneldoctor.parse.FactsFile;

/** What becomes of connections over all hops, on documents small enough to see it. */
class ReachTest {
    private static final String HEAD = "apiVersion: tunnel-doctor/v1\nkind: ClusterFacts\n";
    private static final String BEHIND_GROUPS = """
            kubernetes:
              - kind: Node
                metadata: {name: n0}
                status: {addresses: [{type: InternalIP, address: 10.0.0.6}]}
            """;
    private static final String NETWORK = """
            azure:
              - type: Microsoft.Network/virtualNetworks
                name: vnet
                properties:
                  addressSpace: {addressPrefixes: [10.0.0.0/16]}
                  subnets:
                    - name: nodes
                      properties: {addressPrefix: 10.0.0.0/24%s}
              - type: Microsoft.Network/networkInterfaces
                name: nic0
                properties:
                  ipConfigurations: [{properties: {privateIPAddress: 10.0.0.6, subnet: {id: nodes}}}]
            """;

    @ParameterizedTest
    @CsvSource({
        "-p tcp --dport 22 -j DROP, 10250, TCP, ALLOWED",
        "-p tcp --dport 10250 -j DROP, 10250, TCP, DROPPED",
        "-p tcp --dport 10250 -j REJECT, 10250, TCP, REJECTED",
        "-p tcp --dport 10250 -j DROP, 10250, UDP, ALLOWED",
        "-p udp --dport 53 -j REJECT, 53, UDP, REJECTED",
        "-p tcp --dport 22 -j DROP, 22, TCP, DROPPED",
        "-p tcp --dport 10250 -m statistic --mode random --probability 0.5 -j DROP, 10250, TCP, UNKNOWN",
    })
    void theHostFirewallAloneDecidesWhereThereIsNothingElse(String rule, int port, Transport transport, Outcome outcome)
            throws Exception {
        ReachPath path =
                only(paths(HEAD + node(0, save(rule)), question(List.of("10.0.0.5"), List.of(), transport, port)));

        assertThat(path.outcome()).isEqualTo(outcome);
        assertThat(path.hop()).isEqualTo(outcome == Outcome.ALLOWED ? "" : "host INPUT of n0");
        assertThat(path.missing().isEmpty()).isEqualTo(outcome != Outcome.UNKNOWN);
        assertThat(path.assumptions()).anyMatch(text -> text.contains("own firewall alone"));
        assertThat(path.from()).isEqualTo(new ReachPath.End("", "10.0.0.5"));
        assertThat(path.to()).isEqualTo(new ReachPath.End("n0", "10.0.0.6"));
    }

    @Test
    void theDecidingRuleIsNamedAtItsOwnNodesPlaceThoughEqualTextsAreReadOnce() throws Exception {
        String text = save("-p tcp --dport 10250 -j DROP");
        List<ReachPath> paths = paths(HEAD + node(0, text) + item(1, text), from("10.9.0.5"));

        assertThat(paths.stream().map(path -> path.decidedBy().orElseThrow().document()))
                .containsExactly("nodes[0] \"iptables-save\"", "nodes[1] \"iptables-save\"");
        assertThat(paths).allSatisfy(path -> {
            assertThat(path.decidedBy().orElseThrow().line()).isEqualTo(5);
            assertThat(path.hop()).isEqualTo("host INPUT of " + path.to().node());
        });
    }

    @ParameterizedTest
    @CsvSource({
        "-d 10.0.0.6/32",
        "-m conntrack --ctorigdst 10.0.0.6",
        "-m conntrack --ctreplsrc 10.0.0.6",
        "-m conntrack ! --ctorigdst 10.0.0.7",
    })
    void nodesWithTheSameRulesFareByTheirOwnAddresses(String condition) throws Exception {
        String text = save(condition + " -j DROP");
        List<ReachPath> paths = paths(HEAD + node(0, text) + item(1, text), from("10.9.0.5"));

        assertThat(paths.stream().map(path -> path.to().address() + " " + path.outcome()))
                .containsExactlyInAnyOrder("10.0.0.6 DROPPED", "10.0.0.7 ALLOWED");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.5, 10.0.0.5 DROPPED",
        "10.1.0.5, 10.1.0.5 ALLOWED",
        "10.0.0.5+10.1.0.5, 10.0.0.5 DROPPED+10.1.0.5 ALLOWED",
        "10.0.0.0/23, 10.0.0.0/24 DROPPED+10.0.1.0/24 ALLOWED",
    })
    void everySenderHasItsOwnFateAndABlockIsCutWhereFatesDiffer(String from, String expected) throws Exception {
        List<ReachPath> paths =
                paths(HEAD + node(0, save("-s 10.0.0.0/24 -p tcp --dport 10250 -j DROP")), from(from.split("\\+")));

        assertThat(paths.stream().map(path -> path.from().address() + " " + path.outcome()))
                .containsExactlyInAnyOrder(expected.split("\\+"));
    }

    @Test
    void anAgentsListOfTheFactsGivesTheSenders() throws Exception {
        String facts =
                HEAD + "agents: [10.0.0.5, 10.1.0.5]\n" + node(0, save("-s 10.0.0.0/24 -p tcp --dport 10250 -j DROP"));

        assertThat(paths(facts, Reach.Question.TUNNEL).stream().map(ReachPath::outcome))
                .containsExactly(Outcome.DROPPED, Outcome.ALLOWED);
    }

    @Test
    void aListingThatHidesInterfacesLeavesTheUsualReading() throws Exception {
        String listing = """
                Chain INPUT (policy ACCEPT)
                target     prot opt source               destination
                DROP       tcp  --  anywhere             anywhere             tcp dpt:10250
                """;
        ReachPath path = only(paths(HEAD + node(0, "iptables -L", listing), from("10.0.0.5")));

        assertThat(path.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(path.likely()).isEqualTo(Outcome.DROPPED);
        assertThat(path.missing())
                .anySatisfy(missing ->
                        assertThat(missing.command()).contains("iptables-save").contains("n0"));
    }

    @ParameterizedTest
    @CsvSource({
        "Status: active|Default: deny (incoming)+ allow (outgoing)+ disabled (routed), DROPPED, UNKNOWN",
        "Status: active|Default: reject (incoming)+ allow (outgoing)+ disabled (routed), REJECTED, UNKNOWN",
        "Status: active|Default: allow (incoming)+ allow (outgoing)+ disabled (routed), UNKNOWN, ALLOWED",
        "Status: inactive, UNKNOWN, UNKNOWN",
    })
    void ufwsOwnStatusShowsItsBlocksButNotThatNothingElseBlocks(String status, Outcome outcome, Outcome likely)
            throws Exception {
        String text = status.replace('|', '\n').replace('+', ',') + "\n";
        ReachPath path = only(paths(HEAD + node(0, "ufw status verbose", text), from("10.0.0.5")));

        assertThat(path.outcome()).isEqualTo(outcome);
        assertThat(path.likely()).isEqualTo(likely);
        if (outcome.blocked()) {
            assertThat(path.hop()).isEqualTo("ufw");
            assertThat(path.assumptions()).contains("no rule ahead of ufw's own decides earlier");
        } else {
            assertThat(path.missing()).anyMatch(missing -> missing.command().contains("iptables-save"));
        }
    }

    @Test
    void aNodeWithoutEvidenceIsUnknown() throws Exception {
        String facts = HEAD + "nodes:\n  - {name: n0, address: 10.0.0.6, outputs: {}}\n";
        ReachPath path = only(paths(facts, from("10.0.0.5")));

        assertThat(path.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(path.missing()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"eth0, ALLOWED", "ens192, DROPPED"})
    void theInterfaceAskedForCounts(String name, Outcome outcome) throws Exception {
        Reach.Question question = new Reach.Question(
                List.of(AddressSet.parse("10.0.0.5").orElseThrow()),
                List.of(),
                Transport.TCP,
                10_250,
                Optional.of(name),
                false);

        assertThat(only(paths(HEAD + node(0, save("-i ens192 -p tcp --dport 10250 -j DROP")), question))
                        .outcome())
                .isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({"n1, n1", "10.0.0.6, n0", "'', n0 n1", "nowhere, ''"})
    void oneNodeIsAskedForByNameOrAddress(String to, String expected) throws Exception {
        String text = save("-p tcp --dport 22 -j DROP");
        List<ReachPath> paths = paths(
                HEAD + node(0, text) + item(1, text),
                question(List.of("10.9.0.5"), to.isEmpty() ? List.of() : List.of(to), Transport.TCP, 10_250));

        assertThat(paths.stream().map(path -> path.to().node()).collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }

    /** A group that is not in the facts may drop, never reject. */
    @ParameterizedTest
    @CsvSource({"ACCEPT, UNKNOWN, UNKNOWN", "DROP, DROPPED, UNKNOWN", "REJECT, UNKNOWN, REJECTED"})
    void aCertainBlockIsCertainBehindAnUnknownHopIfBothWaysEndAlike(String target, Outcome outcome, Outcome likely)
            throws Exception {
        ReachPath path = only(
                paths(HEAD + BEHIND_GROUPS + node(0, save("-p tcp --dport 10250 -j " + target)), from("10.0.0.5")));

        assertThat(path.outcome()).isEqualTo(outcome);
        assertThat(path.likely()).isEqualTo(likely);
        assertThat(path.missing().isEmpty()).isEqualTo(outcome != Outcome.UNKNOWN);
    }

    @Test
    void theFirstHopThatBlocksIsTheOneNamed() throws Exception {
        String azure = NETWORK.formatted(", networkSecurityGroup: {id: nsg}") + """
                  - type: Microsoft.Network/networkSecurityGroups
                    name: nsg
                    properties:
                      securityRules:
                        - {name: No, properties: {priority: 200, direction: Inbound, access: Deny, protocol: Tcp, sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: 10.0.0.6, destinationPortRange: '10250'}}
                """;
        ReachPath path = only(paths(HEAD + azure + node(0, save("-p tcp --dport 10250 -j REJECT")), from("10.0.0.5")));

        assertThat(path.outcome()).isEqualTo(Outcome.DROPPED);
        assertThat(path.hop()).isEqualTo("nsg inbound nsg");
        assertThat(path.decidedBy().orElseThrow().document()).contains("No");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.6/32, None, DROPPED, route rt",
        "10.0.0.0/16, VnetLocal, ALLOWED, ''",
        "0.0.0.0/0, None, ALLOWED, ''",
        "10.0.0.0/24, VirtualAppliance, UNKNOWN, appliance at 10.0.9.4"
    })
    void aRouteOfTheSendersSubnetCounts(String prefix, String next, Outcome outcome, String hop) throws Exception {
        String azure = NETWORK.formatted(", routeTable: {id: rt}") + """
                  - type: Microsoft.Network/routeTables
                    name: rt
                    properties:
                      routes: [{name: r, properties: {addressPrefix: %s, nextHopType: %s, nextHopIpAddress: 10.0.9.4}}]
                """.formatted(prefix, next);
        ReachPath path = only(paths(HEAD + azure + node(0, save("-p tcp --dport 22 -j REJECT")), from("10.0.0.5")));

        assertThat(path.outcome()).as("%s", path).isEqualTo(outcome);
        assertThat(path.hop()).isEqualTo(hop);
    }

    @ParameterizedTest
    @CsvSource({"-i lo -j ACCEPT, ALLOWED", "-i eth0 -j ACCEPT, DROPPED"})
    void aNodesConnectionToItselfArrivesOnLoopback(String rule, Outcome outcome) throws Exception {
        String text = "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT " + rule
                + "\nCOMMIT\n";

        assertThat(only(paths(HEAD + node(0, text), from("10.0.0.6"))).outcome())
                .isEqualTo(outcome);
    }

    private static ReachPath only(List<ReachPath> paths) {
        assertThat(paths).hasSize(1);
        return paths.get(0);
    }

    private static Reach.Question from(String... from) {
        return question(List.of(from), List.of(), Transport.TCP, 10_250);
    }

    private static Reach.Question question(List<String> from, List<String> to, Transport transport, int port) {
        return new Reach.Question(
                from.stream().map(text -> AddressSet.parse(text).orElseThrow()).toList(),
                to,
                transport,
                port,
                Optional.empty(),
                false);
    }

    private static List<ReachPath> paths(String facts, Reach.Question question) throws Exception {
        List<ClusterFacts> documents = new ArrayList<>();
        FactsFile.read("facts.yaml", new ByteArrayInputStream(facts.getBytes(StandardCharsets.UTF_8)), documents::add);
        Reachability reach = Reach.of(FactReader.read(documents.get(0)), question);
        assertThat(reach.missing()).isEmpty();
        return reach.paths();
    }

    private static String save(String rule) {
        return "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT " + rule
                + "\nCOMMIT\n";
    }

    private static String node(int index, String save) {
        return "nodes:\n" + item(index, save);
    }

    private static String item(int index, String save) {
        return item(index, "iptables-save", save);
    }

    private static String node(int index, String command, String text) {
        return "nodes:\n" + item(index, command, text);
    }

    private static String item(int index, String command, String text) {
        return "  - name: n" + index + "\n    address: 10.0.0." + (6 + index) + "\n    outputs:\n      " + command
                + ": |\n"
                + Arrays.stream(text.split("\n"))
                        .map(line -> "        " + line + "\n")
                        .collect(Collectors.joining());
    }
}
