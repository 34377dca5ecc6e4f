package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.HostChain;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostTablesUnreadable;
import tunneldoctor.model.Match;
import tunneldoctor.model.Match.Opaque;
import tunneldoctor.model.NftRuleset;
import tunneldoctor.model.Problem;

class NftReaderTest {
    /** What one kernel's ruleset is to {@code nft list ruleset} and to {@code nft -j list ruleset}. */
    private static final String TEXT = resource("nft-ruleset.txt");

    private static final String JSON = resource("nft-ruleset.json");

    private static String resource(String name) {
        try (InputStream in = NftReaderTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nft list ruleset",
                "nft -j list ruleset",
                "nft -a -n list ruleset 2>&1",
                "/usr/sbin/nft --json list ruleset",
                "nft list ruleset inet"
            })
    void readsEveryCommandThatShowsTheRuleset(String command) {
        assertThat(NftReader.reads(command)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nft list tables",
                "nft list table inet filter",
                "nft flush ruleset",
                "nft list ruleset | head",
                "nft list ruleset; true",
                "nft list ruleset > /tmp/x",
                "nft -f /tmp/list ruleset",
                "iptables-save"
            })
    void readsNoOtherCommand(String command) {
        assertThat(NftReader.reads(command)).isFalse();
    }

    private static FactsBuilder read(String command, String text, boolean head, boolean tail) {
        FactsBuilder facts = new FactsBuilder();
        NftReader.read(new NodeDocument("node-1", "nodes[0] \"" + command + "\"", command, text, head, tail), facts);
        return facts;
    }

    private static NftRuleset ruleset(String command, String text) {
        return read(command, text, false, false).nftRulesets.get(0);
    }

    private static NftRuleset ruleset(String text) {
        return ruleset(text.startsWith("{") ? "nft -j list ruleset" : "nft list ruleset", text);
    }

    private static HostTable table(NftRuleset ruleset, String name) {
        return ruleset.tables().stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static HostChain chain(NftRuleset ruleset, String table, String chain) {
        return table(ruleset, table).chain(chain).orElseThrow();
    }

    /** The rules of the model that one line of an inet table's chain makes. */
    private static List<HostRule> rules(String line) {
        return rules("inet", line);
    }

    private static List<HostRule> rules(String family, String line) {
        String text = "table " + family + " t {\n"
                + "\tset good {\n\t\ttype ipv4_addr\n\t\telements = { 10.0.0.1, 10.0.0.2 }\n\t}\n\n"
                + "\tset empty {\n\t\ttype ipv4_addr\n\t}\n\n"
                + "\tset moving {\n\t\ttype ipv4_addr\n\t\tflags timeout\n\t}\n\n"
                + "\tmap verdicts {\n\t\ttype ipv4_addr : verdict\n\t\telements = { 10.0.0.1 : accept,\n"
                + "\t\t\t     10.0.0.2 : jump x }\n\t}\n\n"
                + "\tchain c {\n\t\t" + line + "\n\t}\n}\n";
        FactsBuilder facts = read("nft list ruleset", text, false, false);
        assertThat(facts.problems).isEmpty();
        return facts.nftRulesets.get(0).tables().get(0).chain("c").orElseThrow().rules();
    }

    private static String shown(List<HostRule> rules) {
        return rules.stream()
                .map(rule -> rule.matches().stream()
                                .map(NftReaderTest::shown)
                                .map(word -> word + " ")
                                .collect(Collectors.joining())
                        + (rule.jumpsByGoto() ? "goto " : "")
                        + (rule.target().isEmpty() ? "-" : rule.target())
                        + (rule.targetOptions().isEmpty() ? "" : " " + rule.targetOptions()))
                .collect(Collectors.joining("; "));
    }

    private static String shown(Match match) {
        if (match instanceof Opaque opaque) {
            return "?" + opaque.reason();
        }
        if (match instanceof Match.TcpFlags flags) {
            return "TcpFlags[mask=" + new TreeSet<>(flags.mask()) + ", set=" + new TreeSet<>(flags.set())
                    + (flags.negated() ? ", not]" : "]");
        }
        if (match instanceof Match.ConnectionState state) {
            return "ConnectionState[" + new TreeSet<>(state.states()) + (state.negated() ? ", not]" : "]");
        }
        if (match instanceof Match.Icmp icmp) {
            return "Icmp[" + new TreeSet<>(icmp.types()) + ", " + new TreeSet<>(icmp.codes())
                    + (icmp.negated() ? ", not]" : "]");
        }
        if (match instanceof Match.Connection asked) {
            Object trait = asked.trait() instanceof Match.Connection.Status status
                    ? "Status[" + new TreeSet<>(status.names()) + "]"
                    : asked.trait();
            assertThat(asked.untracked()).contains(false);
            return "Connection[" + trait.toString().replaceAll("\\w+=", "") + (asked.negated() ? ", not]" : "]");
        }
        return match.toString()
                .replaceAll("negated=false", "")
                .replaceAll("negated=true", "not")
                .replaceAll("(number|addresses|ports|pattern|states|type|types|codes|value)=", "")
                .replaceAll(", \\]", "]");
    }

    @Test
    void textAndJsonOfOneKernelsRulesAreReadAlike() {
        NftRuleset text = ruleset(TEXT);
        NftRuleset json = ruleset(JSON);

        assertThat(text.complete()).isTrue();
        assertThat(json.complete()).isTrue();
        assertThat(json.tables()).extracting(HostTable::name).containsExactly("inet guard", "ip6 six", "netdev early");
        for (HostTable table : text.tables()) {
            HostTable twin = table(json, table.name());
            assertThat(twin.family()).isEqualTo(table.family());
            assertThat(twin.chains())
                    .extracting(HostChain::policy)
                    .containsAll(table.chains().stream().map(HostChain::policy).toList());
            for (HostChain chain : table.chains()) {
                HostChain other = twin.chain(chain.name()).orElseThrow();
                // This nft's JSON leaves out of which device a chain is.
                boolean device =
                        chain.hook().map(hook -> !hook.devices().isEmpty()).orElse(false);
                if (!device) {
                    assertThat(other.hook()).isEqualTo(chain.hook());
                    assertThat(shown(other.rules()).split("; "))
                            .containsExactly(shown(chain.rules()).split("; "));
                }
            }
        }
    }

    @Test
    void baseChainsKeepTheirHooksPrioritiesPoliciesAndDevices() {
        NftRuleset ruleset = ruleset(TEXT);

        assertThat(table(ruleset, "inet guard").chains())
                .filteredOn(chain -> chain.hook().isPresent())
                .extracting(chain -> chain.name() + " " + chain.hook().orElseThrow() + " "
                        + chain.policy().orElseThrow())
                .containsExactly(
                        "early Hook[type=filter, name=prerouting, priority=-300, devices=[]] ACCEPT",
                        "input Hook[type=filter, name=input, priority=-10, devices=[]] DROP",
                        "late Hook[type=filter, name=input, priority=300, devices=[]] ACCEPT",
                        "out Hook[type=filter, name=output, priority=-150, devices=[]] ACCEPT",
                        "nat Hook[type=nat, name=prerouting, priority=-100, devices=[]] ACCEPT");
        assertThat(chain(ruleset, "netdev early", "ingress")
                        .hook()
                        .orElseThrow()
                        .devices())
                .containsExactly("eth0");
        assertThat(chain(ruleset, "inet guard", "inner").hook()).isEmpty();
        assertThat(chain(ruleset, "inet guard", "inner").policy()).isEmpty();
    }

    @Test
    void everyRuleKeepsItsPlaceThoughItMayBeSeveralOfTheModel() {
        HostChain input = chain(ruleset(TEXT), "inet guard", "input");

        assertThat(input.rules().get(0).source().line()).isEqualTo(64);
        assertThat(input.rules().stream().map(HostRule::position).distinct().toList())
                .hasSize(42)
                .isSorted();
    }

    @Test
    void otherFamiliesAreKeptApart() {
        NftRuleset ruleset = ruleset(TEXT);

        assertThat(table(ruleset, "ip6 six").family()).isEqualTo(HostTable.Family.IPV6);
        assertThat(table(ruleset, "netdev early").family()).isEqualTo(HostTable.Family.IPV4);
        assertThat(ruleset.tables()).extracting(HostTable::name).doesNotContain("bridge b", "arp a");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            accept                                            | ACCEPT
            tcp dport 10250 drop                              | Protocol[6] DestinationPorts[10250] DROP
            tcp dport != { 22, 10000-20000 } drop             | Protocol[6] DestinationPorts[22,10000-20000, not] DROP
            udp sport 53 drop                                 | Protocol[17] SourcePorts[53] DROP
            th dport > 1023 drop                              | DestinationPorts[1024-65535] DROP
            tcp dport <= 22 drop                              | Protocol[6] DestinationPorts[0-22] DROP
            ip saddr 10.0.0.0/8 ip daddr != 10.9.9.9 drop     | Source[10.0.0.0/8] Destination[10.9.9.9, not] DROP
            ip saddr @good drop                               | Source[10.0.0.1-10.0.0.2] DROP
            ip saddr != @good drop                            | Source[10.0.0.1-10.0.0.2, not] DROP
            ip saddr @empty drop                              | Protocol[0, not] DROP
            ip saddr != @empty drop                           | DROP
            ip saddr @moving drop                             | ?NOT_SHOWN DROP
            ip saddr @nowhere drop                            | ?NOT_SHOWN DROP
            ip saddr & 255.255.0.0 == 10.0.0.1 drop           | Protocol[0, not] DROP
            ip6 saddr fd00::1 drop                            | Protocol[0, not] ?NOT_UNDERSTOOD DROP
            meta nfproto ipv6 drop                            | Protocol[0, not] DROP
            meta protocol ip drop                             | DROP
            ether type arp drop                               | Protocol[0, not] DROP
            meta l4proto { tcp, udp } drop                    | Protocol[6] DROP; Protocol[17] DROP
            meta l4proto != { tcp, udp } drop                 | Protocol[6, not] Protocol[17, not] DROP
            ip protocol 47 drop                               | Protocol[47] DROP
            iifname "eth*" drop                               | InInterface[eth+] DROP
            iifname != { "lo", "eth0" } drop                  | InInterface[lo, not] InInterface[eth0, not] DROP
            oif "lo" accept                                   | OutInterface[lo] ACCEPT
            iif 7 accept                                      | ?NOT_SHOWN ACCEPT
            iifname "eth\\*" accept                           | ?NOT_UNDERSTOOD ACCEPT
            ct state ! invalid accept                         | ConnectionState[[INVALID], not] ACCEPT
            ct state 0x8 accept                               | ConnectionState[[NEW]] ACCEPT
            ct state fancy accept                             | ?NOT_UNDERSTOOD ACCEPT
            ct mark 0x1 accept                                | ?NOT_SHOWN ACCEPT
            ct original ip saddr 10.0.0.1 accept              | Connection[Addresses[ORIGINAL_SOURCE, 10.0.0.1]] ACCEPT
            ct original ip saddr != { 10.0.0.1, 10.0.0.3 } accept | Connection[Addresses[ORIGINAL_SOURCE, 10.0.0.1, 10.0.0.3], not] ACCEPT
            ct reply daddr 10.0.0.0/8 accept                  | Connection[Addresses[REPLY_DESTINATION, 10.0.0.0/8]] ACCEPT
            ct original ip6 saddr fd00::1 accept              | ?NOT_SHOWN ACCEPT
            ct original ip saddr != @empty accept             | ?NOT_UNDERSTOOD ACCEPT
            ct original proto-dst 10250 accept                | Connection[Ports[ORIGINAL_DESTINATION, 10250]] ACCEPT
            ct reply proto-src > 0x3ff [invalid type] accept  | Connection[Ports[REPLY_SOURCE, 1024-65535]] ACCEPT
            ct original proto-src 0x16 [invalid type] accept  | Connection[Ports[ORIGINAL_SOURCE, 22]] ACCEPT
            ct direction reply accept                         | Connection[Direction[false]] ACCEPT
            ct direction != 0 accept                          | Connection[Direction[true], not] ACCEPT
            ct protocol { tcp, udp } accept                   | ?OMITTED Connection[Protocol[6]] ACCEPT; ?OMITTED Connection[Protocol[17]] ACCEPT
            ct status seen-reply,0x4 accept                   | Connection[Status[[ASSURED, SEEN_REPLY]]] ACCEPT
            ct status ! confirmed accept                      | Connection[Status[[CONFIRMED]], not] ACCEPT
            ct status snat accept                             | Connection[Status[[SNAT]]] ACCEPT
            ct status != assured accept                       | ?NOT_SHOWN ACCEPT
            ct status { assured, confirmed } accept           | ?NOT_SHOWN ACCEPT
            ct status assured,confirmed / assured accept      | ?NOT_SHOWN ACCEPT
            ct expiration 3s accept                           | ?VARIES ACCEPT
            meta mark & 0xff == 0x1 drop                      | Mark[1, mask=255] DROP
            meta mark { 0x1, 0x2 } drop                       | Mark[1, mask=4294967295] DROP; Mark[2, mask=4294967295] DROP
            fib daddr type 2 accept                           | DestinationType[LOCAL] ACCEPT
            fib daddr . iif type local accept                 | ?NOT_SHOWN ACCEPT
            tcp flags syn / fin,syn drop                      | Protocol[6] TcpFlags[mask=[FIN, SYN], set=[SYN]] DROP
            tcp flags fin,syn drop                            | Protocol[6] TcpFlags[mask=[FIN, SYN], set=[], not] DROP
            tcp flags ! rst drop                              | Protocol[6] TcpFlags[mask=[RST], set=[]] DROP
            tcp flags == syn drop                             | Protocol[6] TcpFlags[mask=[ACK, FIN, PSH, RST, SYN, URG], set=[SYN]] ?NOT_SHOWN DROP
            ip frag-off & 0x1fff == 0x0 drop                  | Fragment[not] DROP
            icmp type 3 icmp code host-prohibited drop        | Protocol[1] Icmp[[3], []] Protocol[1] Icmp[[], [10]] DROP
            icmpv6 type echo-request drop                     | Protocol[0, not] ?NOT_UNDERSTOOD DROP
            limit rate 5/second burst 5 packets accept        | ?VARIES ACCEPT
            quota over 25 mbytes used 0 bytes drop            | ?VARIES DROP
            ct count over 20 drop                             | ?VARIES DROP
            meta hour "08:00"-"18:00" drop                    | ?VARIES DROP
            meta skuid 0 drop                                 | ?NOT_SHOWN DROP
            counter packets 1 bytes 60 log prefix "} drop" flags all accept | ACCEPT
            counter packets 1 bytes 60                        | -
            jump x                                            | x
            goto x                                            | goto x
            jump ACCEPT                                       | "ACCEPT"
            reject                                            | REJECT --reject-with icmp-port-unreachable
            reject with icmpx admin-prohibited                | REJECT --reject-with icmp-admin-prohibited
            reject with icmp 10                               | REJECT --reject-with icmp-host-prohibited
            reject with icmpx 2                               | REJECT --reject-with icmp-host-unreachable
            reject with icmpv6 no-route                       | Protocol[0, not] REJECT --reject-with icmp-no-route
            tcp dport 22 reject with tcp reset                | Protocol[6] DestinationPorts[22] ?OMITTED REJECT --reject-with tcp-reset
            ip protocol tcp reject with tcp reset             | Protocol[6] ?OMITTED REJECT --reject-with tcp-reset
            notrack                                           | NOTRACK
            queue flags bypass to 1                           | NFQUEUE
            tproxy to :8080                                   | TPROXY
            dnat ip to 10.0.0.6                               | DNAT
            xt match "recent" drop                            | ?VARIES DROP
            xt match "comment" drop                           | DROP
            xt target "LOG"                                   | LOG
            """)
    void aRuleMeansWhatTheKernelDoes(String line, String expected) {
        assertThat(shown(rules(line))).isEqualTo(expected);
    }

    @Test
    void flagsUnderAMaskAreReadInEverySpelling() {
        String expected = "Protocol[6] TcpFlags[mask=[FIN, SYN], set=[SYN]] DROP";
        assertThat(shown(rules("tcp flags & (fin | syn) == syn drop"))).isEqualTo(expected);
        assertThat(shown(rules("tcp flags & (fin|syn) == syn drop"))).isEqualTo(expected);
        assertThat(shown(rules("tcp flags & 0x3 == 0x2 drop"))).isEqualTo(expected);
        assertThat(shown(rules("tcp flags & (fin | syn) == fin | syn drop")))
                .isEqualTo("Protocol[6] TcpFlags[mask=[FIN, SYN], set=[FIN, SYN]] DROP");
    }

    /** Effects take place under the conditions before them, not under those behind. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            meta mark set 0x1 tcp dport 22 drop               | MARK --set-xmark 0x1/0xffffffff; Protocol[6] DestinationPorts[22] DROP
            meta mark set meta mark & 0xff ^ 0x2              | MARK --and-mark 0xff; MARK --xor-mark 0x2
            meta mark set ct mark accept                      | MARK unknown; ACCEPT
            meta mark 0x1 meta mark set 0x2 drop              | Mark[1, mask=4294967295] MARK --set-xmark 0x2/0xffffffff; Mark[1, mask=4294967295] ?NOT_UNDERSTOOD DROP
            ct mark set meta mark tcp dport 22 drop           | Protocol[6] DestinationPorts[22] DROP
            tcp option maxseg size set rt mtu accept          | ACCEPT
            add @moving { ip saddr } drop                     | DROP
            update @moving { ip saddr limit rate 3/second } drop | ?VARIES DROP
            """)
    void aStatementStandsUnderWhatIsBeforeIt(String line, String expected) {
        assertThat(shown(rules(line))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            tcp dport vmap { 22 : accept, 80-90 : drop }      | Protocol[6] DestinationPorts[22] ACCEPT; Protocol[6] DestinationPorts[80-90] DROP
            ip saddr vmap @verdicts                           | Source[10.0.0.1] ACCEPT; Source[10.0.0.2] x
            ip saddr vmap @moving                             | ?NOT_SHOWN ?
            ct state vmap { new : continue, invalid : drop } accept | ConnectionState[[INVALID]] DROP; ConnectionState[[NEW]] ACCEPT
            iifname vmap { "lo" : accept, "eth0" : goto x }   | InInterface[lo] ACCEPT; InInterface[eth0] goto x
            ip saddr . tcp dport { 10.0.0.1 . 22 } drop       | Protocol[6] Source[10.0.0.1] DestinationPorts[22] DROP
            ip saddr . tcp dport != { 10.0.0.1 . 22 } drop    | Protocol[6] Source[10.0.0.1, not] DROP; Protocol[6] Source[10.0.0.1] DestinationPorts[22, not] DROP
            ip daddr . meta l4proto . th dport vmap { 10.0.0.1 . tcp . 443 : goto x } | Destination[10.0.0.1] Protocol[6] DestinationPorts[443] goto x
            numgen random mod 2 vmap { 0 : accept, 1 : drop } | ?VARIES ACCEPT; ?VARIES DROP
            ip saddr map { 10.0.0.1 : 0x1 }                   | ?NOT_UNDERSTOOD ?
            """)
    void verdictMapsAndConcatenationsAreTakenApart(String line, String expected) {
        assertThat(shown(rules(line))).isEqualTo(expected);
    }

    /** A rule with a part nobody knows may do what its known part says, or, where that is not plain, anything. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            osf name "Linux" drop                             | ?NOT_UNDERSTOOD DROP
            tcp dport 22 osf name "Linux" drop                | Protocol[6] DestinationPorts[22] ?NOT_UNDERSTOOD DROP
            frobnicate                                        | ?NOT_UNDERSTOOD ?
            frobnicate { 1 : accept, 2 : drop } accept        | ?NOT_UNDERSTOOD ?
            fwd to "eth1"                                     | ?NOT_UNDERSTOOD ?
            ip daddr set 10.0.0.9 accept                      | ?NOT_UNDERSTOOD ACCEPT
            ct zone set 0x7                                   | ?NOT_UNDERSTOOD ?
            accept frobnicate                                 | ACCEPT; ?NOT_UNDERSTOOD ?
            """)
    void whatIsNotUnderstoodIsNeverDropped(String line, String expected) {
        assertThat(shown(rules(line))).contains(expected.substring(expected.lastIndexOf(' ') + 1));
        assertThat(shown(rules(line))).contains("?NOT_UNDERSTOOD");
    }

    @Test
    void unknownStatementsOfJsonMayDoAnything() {
        String json = """
                {"nftables": [{"table": {"family": "inet", "name": "t"}}, {"chain": {"family": "inet", "table": "t", "name": "c"}},
                 {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [{"frobnicate": {"a": 1}}]}},
                 {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [{"vmap": {"key": {"jhash": {"mod": 2}}, "data": "@m"}}]}},
                 {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [{"xt": null}]}},
                 {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [{"xt": {"type": "target", "name": "REJECT"}}]}},
                 {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [{"match": {"op": "==", "left": {"frob": 1}, "right": 1}}, {"drop": null}]}}]}
                """;
        assertThat(shown(chain(ruleset(json), "inet t", "c").rules()))
                .isEqualTo("?NOT_UNDERSTOOD ?; ?NOT_SHOWN ?; ?NOT_UNDERSTOOD ?; "
                        + "?NOT_SHOWN REJECT --reject-with tcp-reset; REJECT --reject-with what xt does not tell; "
                        + "?NOT_UNDERSTOOD DROP");
    }

    @Test
    void aDormantTablesChainsAreNotEntered() {
        String text = "table inet t {\n\tflags dormant\n\n\tchain c {\n"
                + "\t\ttype filter hook input priority filter; policy drop;\n\t}\n}\n";
        assertThat(chain(ruleset(text), "inet t", "c").hook()).isEmpty();

        String json = "{\"nftables\": [{\"table\": {\"family\": \"inet\", \"name\": \"t\", \"flags\": \"t\"}},"
                + " {\"chain\": {\"family\": \"inet\", \"table\": \"t\", \"name\": \"c\", \"type\": \"filter\","
                + " \"hook\": \"input\", \"prio\": 0, \"policy\": \"drop\"}}]}";
        HostChain perhaps = chain(ruleset(json), "inet t", "c");
        assertThat(perhaps.policy()).contains("ACCEPT");
        assertThat(shown(perhaps.rules())).isEqualTo("?NOT_SHOWN c if entered");
    }

    /** {@code nft -t} leaves out what sets hold, which is not the same as holding nothing. */
    @Test
    void aTerseListingDoesNotMakeSetsEmpty() {
        String text = "table ip t {\n\tset s {\n\t\ttype ipv4_addr\n\t}\n\n\tchain c {\n\t\tip saddr @s drop\n\t}\n}\n";
        for (String command : List.of("nft -t list ruleset", "nft -ant list ruleset", "nft --terse list ruleset")) {
            assertThat(shown(chain(ruleset(command, text), "ip t", "c").rules()))
                    .isEqualTo("?NOT_SHOWN DROP");
        }
        assertThat(shown(chain(ruleset(text), "ip t", "c").rules())).isEqualTo("Protocol[0, not] DROP");
    }

    @Test
    void aListingOfOneFamilyIsNotTheWholeRuleset() {
        assertThat(ruleset("nft list ruleset ip", TEXT).complete()).isFalse();
        assertThat(ruleset("nft list ruleset", TEXT).complete()).isTrue();
    }

    @Test
    void aTextThatIsCutOffIsNotTakenForWhole() {
        int inside = TEXT.indexOf("ip saddr @counted");
        FactsBuilder tail = read("nft list ruleset", TEXT.substring(0, inside + 9), false, true);
        NftRuleset cut = tail.nftRulesets.get(0);
        HostChain input = chain(cut, "inet guard", "input");
        assertThat(cut.complete()).isFalse();
        assertThat(input.complete()).isFalse();
        assertThat(shown(input.rules()
                        .subList(input.rules().size() - 1, input.rules().size())))
                .isEqualTo("?NOT_UNDERSTOOD ?");
        assertThat(tail.problems).extracting(Problem::message).containsExactly("the ruleset broke off");

        FactsBuilder head = read("nft list ruleset", TEXT.substring(inside), true, false);
        assertThat(head.nftRulesets.get(0).complete()).isFalse();
        assertThat(head.problems).extracting(Problem::message).contains("the text begins in the middle of a ruleset");

        FactsBuilder json = read("nft -j list ruleset", JSON.substring(0, 4000), false, false);
        assertThat(json.nftRulesets.get(0).complete()).isFalse();
        assertThat(json.problems).extracting(Problem::message).containsExactly("the ruleset is not whole JSON");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nft: not found                                                               | the command was not found
            Operation not permitted (you must be root)                                   | it was not run as root
            Error: Could not process rule: No such file or directory                     | the command was not found
            ''                                                                           | it printed nothing
            """)
    void anErrorIsNoEmptyRuleset(String text, String reason) {
        FactsBuilder facts = read("nft list ruleset", text, false, false);
        assertThat(facts.unreadableTables)
                .extracting(HostTablesUnreadable::reason)
                .containsExactly(reason);
        assertThat(facts.nftRulesets).allMatch(ruleset -> !ruleset.complete());
    }

    /** Chains of nftables may be called what the model calls a verdict. */
    @Test
    void aChainsNameIsNoVerdict() {
        NftRuleset ruleset = ruleset("table inet t {\n\tchain ACCEPT {\n\t\tdrop\n\t}\n\n\tchain c {\n\t\taccept\n"
                + "\t\tjump ACCEPT\n\t}\n}\n");
        assertThat(chain(ruleset, "inet t", "c").rules())
                .extracting(HostRule::target)
                .containsExactly("ACCEPT", "\"ACCEPT\"");
        assertThat(table(ruleset, "inet t").chain("\"ACCEPT\"")).isPresent();
    }

    @Test
    void freeTextDecidesNothing() {
        assertThat(shown(rules("ip saddr 10.0.0.1 accept comment \"} drop # handle 7 { tcp dport 10250 drop\"")))
                .isEqualTo("Source[10.0.0.1] ACCEPT");
        assertThat(shown(rules("log prefix \"tcp dport 10250 drop }\" accept # handle 12")))
                .isEqualTo("ACCEPT");
        assertThat(shown(rules("iifname \"accept\" drop"))).isEqualTo("InInterface[accept] DROP");
    }

    /** A few names of large sets must not make more rules than the text pays for. */
    @Test
    void hostileTextCostsNoMoreThanItsLength() {
        StringBuilder text =
                new StringBuilder("table inet t {\n\tmap m {\n\t\ttype ipv4_addr : verdict\n\t\telements = { ");
        for (int i = 0; i < 4000; i++) {
            text.append("10.0.").append(i / 250).append('.').append(i % 250).append(" : accept, ");
        }
        text.append("}\n\t}\n\tchain c {\n")
                .append("\t\tip saddr vmap @m\n".repeat(20_000))
                .append("\t}\n}\n");
        NftRuleset ruleset = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> ruleset(text.toString()));
        assertThat(chain(ruleset, "inet t", "c").rules()).hasSizeLessThan(300_000);

        for (String hostile : List.of(
                "table inet t {\n\tchain c {\n\t\t" + "{".repeat(200_000) + "\n",
                "table inet t {\n\tchain c {\n\t\t" + "tcp dport 1 ".repeat(20_000) + "\n",
                "table inet t {\n\tchain c {\n\t\tmeta l4proto { tcp, udp } ".repeat(1)
                        + "meta l4proto { tcp, udp } ".repeat(5000) + "accept\n",
                "table inet t {\n".repeat(20_000),
                "{\"nftables\": " + "[".repeat(100_000),
                "{\"nftables\": [" + "{\"rule\": {\"expr\": [{\"match\": {\"left\": ".repeat(5000),
                "{\"nftables\": [{\"rule\": 7}, {\"chain\": []}, {\"table\": null}, {\"set\": {\"name\": {}}}, 7, null]}",
                "table \u0000\u202e {\n\tchain \"\n\t}\n}\n}\n}\n",
                "\ttype filter hook ;\n",
                "table inet t {\n\tchain c {\n\t\ttype filter hook input priority ; policy\n\t\tip saddr\n\t\tip saddr &\n\t\ttcp flags\n\t\tct\n\t\tmeta mark set\n\t\tjump\n\t\txt\n\t\tlog\n\t\tcounter packets\n\t\tlimit\n\t\tfib\n\t\tnumgen\n\t\treject with\n\t\tip saddr vmap {\n\t}\n}\n")) {
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> read("nft list ruleset", hostile, false, false));
        }
    }

    /** Every prefix of a text, and every line of it alone: none may throw, none may be taken for whole. */
    @Test
    void noPieceOfAnyTextIsTakenForWhole() {
        for (int end = 1; end < TEXT.lastIndexOf('}') - 400; end += 7) {
            String piece = TEXT.substring(0, end);
            List<NftRuleset> rulesets = read("nft list ruleset", piece, false, false).nftRulesets;
            boolean atTop = piece.stripTrailing().endsWith("\n}");
            assertThat(rulesets).allMatch(ruleset -> !ruleset.complete() || atTop);
        }
        for (int end = 1; end < JSON.length() - 2; end += 53) {
            assertThat(read("nft -j list ruleset", JSON.substring(0, end), false, false).nftRulesets)
                    .allMatch(ruleset -> !ruleset.complete());
        }
    }
}
