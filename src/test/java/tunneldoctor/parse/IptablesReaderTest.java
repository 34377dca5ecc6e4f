package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostChain;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostTable.Backend;
import tunneldoctor.model.HostTable.Family;
import tunneldoctor.model.HostTable.Form;
import tunneldoctor.model.Match;
import tunneldoctor.model.Match.Opaque.Reason;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.Problem;

class IptablesReaderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "iptables -L",
                "iptables --list --line-numbers",
                "iptables -nvL INPUT",
                "iptables -t raw -S",
                "iptables-legacy -S INPUT",
                "ip6tables-nft --list-rules",
                "iptables-save",
                "iptables-save -c -t nat",
                "iptables-legacy-save",
                "iptables -w 5 -L -n 2>&1",
                "iptables -L | head -50"
            })
    void readsEveryCommandThatShowsRules(String command) {
        assertThat(IptablesReader.reads(command)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iptables -D INPUT 3",
                "iptables",
                "iptables-restore",
                "iptables -L; iptables -S",
                "nft list ruleset",
                "ufw status"
            })
    void readsNoOtherCommand(String command) {
        assertThat(IptablesReader.reads(command)).isFalse();
    }

    private static FactsBuilder read(String command, String text) {
        return read(command, text, false, false);
    }

    private static FactsBuilder read(String command, String text, boolean head, boolean tail) {
        FactsBuilder facts = new FactsBuilder();
        IptablesReader.read(
                new NodeDocument("node-1", "nodes[0] \"" + command + "\"", command, text, head, tail), facts);
        return facts;
    }

    private static HostChain chain(FactsBuilder facts, String name) {
        return facts.hostTables.get(0).chain(name).orElseThrow();
    }

    /** One rule line of a listing, under the headings its columns need. */
    private static HostRule listed(String line) {
        boolean verbose = line.startsWith("  12K");
        FactsBuilder facts = read(
                "iptables -L INPUT",
                "Chain INPUT (policy ACCEPT)\n"
                        + (verbose
                                ? " pkts bytes target     prot opt in     out     source               destination\n"
                                : "target     prot opt source               destination\n")
                        + line
                        + "\n");
        assertThat(facts.problems).isEmpty();
        return chain(facts, "INPUT").rules().get(0);
    }

    private static HostRule specified(String rule) {
        FactsBuilder facts = read("iptables -S INPUT", "-P INPUT ACCEPT\n-A INPUT " + rule + "\n");
        assertThat(facts.problems).isEmpty();
        return chain(facts, "INPUT").rules().get(0);
    }

    /** The listing's conditions must be the specification's, and the rebuilt specification must be the rule itself. */
    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', textBlock = """
            ACCEPT     0    --  lo     *       0.0.0.0/0            0.0.0.0/0           | -i lo -j ACCEPT
            DROP       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:10250 | -p tcp -m tcp --dport 10250 -j DROP
            DROP       tcp  --  eth0   *      !10.224.0.0/16        0.0.0.0/0            tcp dpt:!10250 | ! -s 10.224.0.0/16 -i eth0 -p tcp -m tcp ! --dport 10250 -j DROP
            DROP       tcp  --  *      *       0.0.0.0/0            0.0.0.0/0            tcp spts:1024:65535 dpts:10000:20000 | -p tcp -m tcp --sport 1024:65535 --dport 10000:20000 -j DROP
            X          6    --  !eth+  *       10.0.0.0/255.0.255.0 1.2.3.4             [goto]  multiport dports  !22,443 | -s 10.0.0.0/255.0.255.0 -d 1.2.3.4/32 ! -i eth+ -p tcp -m multiport ! --dports 22,443 -g X
            REJECT     6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:10250 ctstate NEW /* x y */ reject-with tcp-reset | -p tcp -m tcp --dport 10250 -m conntrack --ctstate NEW -m comment --comment "x y" -j REJECT --reject-with tcp-reset
            X          0    --  *      *       0.0.0.0/0            0.0.0.0/0            ! ctstate INVALID | -m conntrack ! --ctstate INVALID -j X
            X          6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp flags:0x17/0x02 | -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j X
            X          0    -f  *      *       0.0.0.0/0            0.0.0.0/0           | -f -j X
            X          0    !f  *      *       0.0.0.0/0            0.0.0.0/0           | ! -f -j X
            DROP       0    --  *      *       0.0.0.0/0            0.0.0.0/0            source IP range ! 10.0.0.1-10.0.0.9 destination IP range 1.1.1.1-2.2.2.2 | -m iprange ! --src-range 10.0.0.1-10.0.0.9 --dst-range 1.1.1.1-2.2.2.2 -j DROP
            X          0    --  *      *       0.0.0.0/0            0.0.0.0/0            ADDRTYPE match src-type !LOCAL dst-type LOCAL | -m addrtype ! --src-type LOCAL --dst-type LOCAL -j X
            DROP       0    --  *      *       0.0.0.0/0            0.0.0.0/0            mark match 0x8000/0x8000 | -m mark --mark 0x8000/0x8000 -j DROP
            DROP       0    --  *      *       0.0.0.0/0            0.0.0.0/0            ctdir REPLY | -m conntrack --ctdir REPLY -j DROP
            DROP       0    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:22 ! ctorigsrc 10.0.0.0/8 | -m tcp --dport 22 -m conntrack ! --ctorigsrc 10.0.0.0/8 -j DROP
            DROP       0    --  *      *       0.0.0.0/0            0.0.0.0/0            ctstate NEW /* x */ ! ctstatus SEEN_REPLY,ASSURED | -m conntrack --ctstate NEW -m comment --comment "x" -m conntrack ! --ctstatus SEEN_REPLY,ASSURED -j DROP
            """)
    void aVerboseListingHoldsTheSameConditionsAsTheSpecification(String listing, String specification) {
        HostRule shown = listed("  12K 4175M " + listing);
        HostRule exact = specified(specification);

        assertThat(shown.matches()).containsExactlyInAnyOrderElementsOf(exact.matches());
        assertThat(shown.target()).isEqualTo(exact.target());
        assertThat(shown.targetOptions()).isEqualTo(exact.targetOptions());
        assertThat(shown.jumpsByGoto()).isEqualTo(exact.jumpsByGoto());
        assertThat(exact.specification()).isEqualTo(specification);
        assertThat(specified(shown.specification()).matches()).containsExactlyInAnyOrderElementsOf(exact.matches());
    }

    @Test
    void theTypeOfAnAddressOnOneInterfaceIsNotItsTypeOnAny() {
        HostRule rule =
                listed("  12K 4175M DROP       0    --  *      *       0.0.0.0/0            0.0.0.0/0            "
                        + "ADDRTYPE match dst-type !LOCAL limit-in ADDRTYPE match src-type UNICAST");

        assertThat(rule.matches())
                .containsExactly(
                        new Match.Opaque("! dst-type LOCAL limit-in", Reason.NOT_SHOWN),
                        new Match.SourceType("UNICAST", false));
        assertThat(rule.specification())
                .isEqualTo("-m addrtype ! --dst-type LOCAL --limit-iface-in -m addrtype --src-type UNICAST -j DROP");
    }

    /** Whether it belongs to the same {@code -m conntrack} matters for packets of no connection, and for deleting the rule. */
    @Test
    void aListingDoesNotTellWhereOneConnectionConditionEndsAndTheNextBegins() {
        String addresses = "DROP       0    --  *      *       0.0.0.0/0            0.0.0.0/0            ";
        HostRule rule = listed("  12K 4175M " + addresses + "ctstate NEW ! ctproto 17 ctorigdstport 1:99 ctdir REPLY");
        Match.Connection.Trait port =
                new Match.Connection.Ports(Match.Connection.End.ORIGINAL_DESTINATION, PortSet.range(1, 99));

        assertThat(rule.matches())
                .containsExactly(
                        new Match.ConnectionState(Set.of("NEW"), false),
                        new Match.Connection("! ctproto 17", new Match.Connection.Protocol(17), true, Optional.empty()),
                        new Match.Connection("ctorigdstport 1:99", port, false, Optional.empty()),
                        new Match.Connection(
                                "ctdir REPLY", new Match.Connection.Direction(false), false, Optional.empty()));
        assertThat(rule.specification()).isEmpty();

        HostRule other = listed("  12K 4175M " + addresses + "state NEW ctproto 6 ctdir REPLY");
        assertThat(other.matches())
                .contains(new Match.Connection(
                        "ctdir REPLY", new Match.Connection.Direction(false), false, Optional.of(false)));
        assertThat(other.specification()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            --ctexpire 1:9              | ctexpire 1:9              | VARIES
            ! --ctorigsrc build-7       | ! ctorigsrc build-7       | NAMED
            --ctorigdstport ssh         | ctorigdstport ssh         | NAMED
            --ctstatus FANCY            | ctstatus FANCY            | NOT_UNDERSTOOD
            --ctdir SIDEWAYS            | ctdir SIDEWAYS            | NOT_UNDERSTOOD
            """)
    void aConnectionConditionThatCannotBeDecidedIsKept(String option, String words, Reason reason) {
        assertThat(specified("-m conntrack " + option + " -j DROP").matches())
                .containsExactly(new Match.Opaque(words, reason));
        assertThat(listed("DROP       tcp  --  anywhere             anywhere             " + words)
                        .matches())
                .contains(new Match.Opaque(words, reason));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            limit: avg 3/min burst 5             | VARIES
            limit: above 5/sec burst 5 mode srcip | VARIES
            statistic mode random probability 0.5 | VARIES
            recent: CHECK seconds: 30 name: x side: source mask: 255.255.255.255 | VARIES
            #conn src/32 > 5                     | VARIES
            TIME from 10:00:00 to 11:00:00 UTC   | VARIES
            match-set foo src                    | NOT_SHOWN
            MAC 00:11:22:33:44:55                | NOT_SHOWN
            PHYSDEV match --physdev-in eth0      | NOT_SHOWN
            owner UID match 0                    | NOT_SHOWN
            policy match dir in pol ipsec        | NOT_SHOWN
            something nobody has seen            | NOT_UNDERSTOOD
            """)
    void aConditionThatCannotBeDecidedIsKeptNotDropped(String words, Reason reason) {
        HostRule rule = listed("DROP       tcp  --  anywhere             anywhere             tcp dpt:10250 " + words);
        assertThat(rule.matches()).contains(new Match.Opaque(words, reason));
        assertThat(rule.matches()).contains(new Match.DestinationPorts(PortSet.of(10250), false));
        assertThat(rule.specification()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tcp dpt:ssh            | dpt:ssh
            tcp dpts:webmin:20000  | dpts:webmin:20000
            multiport dports ssh,https | multiport dports ssh,https
            """)
    void aPortNameIsNotANumber(String words, String kept) {
        assertThat(listed("DROP       tcp  --  anywhere             anywhere             " + words)
                        .matches())
                .contains(new Match.Opaque(kept, Reason.NAMED));
    }

    @Test
    void aHostNameIsNotAnAddress() {
        assertThat(listed("DROP       all  --  localhost/8          build-7              ")
                        .matches())
                .containsExactlyInAnyOrder(
                        new Match.Opaque("source localhost/8", Reason.NAMED),
                        new Match.Opaque("destination build-7", Reason.NAMED));
    }

    @Test
    void aRuleWithoutTargetOnlyCounts() {
        HostRule rule = listed("           udp  --  anywhere             anywhere");
        assertThat(rule.target()).isEmpty();
        assertThat(rule.matches()).containsExactly(new Match.Protocol(17, false));
    }

    @Test
    void longChainNamesMayTouchTheNextColumn() {
        assertThat(listed("FORWARD_IN_ZONES_SOURCE  all  --  anywhere             anywhere")
                        .target())
                .isEqualTo("FORWARD_IN_ZONES_SOURCE");
        assertThat(listed("drop       all  --  anywhere             anywhere").target())
                .isEqualTo("drop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/* dpt:10250 */",
                "/* DROP       tcp  --  anywhere */",
                "/* [goto]  tcp dpt:10250 reject-with tcp-reset */",
                "/* ctstate ESTABLISHED */"
            })
    void aCommentDecidesNothing(String comment) {
        HostRule rule = listed("DROP       all  --  anywhere             anywhere             " + comment);
        assertThat(rule.matches()).isEmpty();
        assertThat(rule.jumpsByGoto()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/* a */ ctstate ESTABLISHED /* b */", "/* a */ b */", "/* no end"})
    void aCommentWithItsOwnEndLeavesTheRuleOpen(String comment) {
        assertThat(listed("DROP       all  --  anywhere             anywhere             " + comment)
                        .matches())
                .containsExactly(new Match.Opaque(comment, Reason.NOT_UNDERSTOOD));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "-m comment --comment \"-j DROP -p tcp\" -j ACCEPT",
                "-m comment --comment \"say \\\"hi\\\" \\\\ x\" -j ACCEPT",
                "-m comment --comment -j -j ACCEPT",
                "-m comment --comment \"-A INPUT -j DROP\" -j ACCEPT"
            })
    void quotedTextInASpecificationDecidesNothing(String rule) {
        HostRule read = specified(rule);
        assertThat(read.matches()).isEmpty();
        assertThat(read.target()).isEqualTo("ACCEPT");
        assertThat(read.specification()).isEqualTo(rule);
    }

    @Test
    void aQuotedLineBreakDoesNotStartARule() {
        FactsBuilder facts = read(
                "iptables -S INPUT",
                "-P INPUT ACCEPT\n-A INPUT -m comment --comment \"a\n-A INPUT -j DROP\" -j ACCEPT\n-A INPUT -j LOG\n");
        assertThat(chain(facts, "INPUT").rules()).extracting(HostRule::target).containsExactly("ACCEPT", "LOG");
    }

    @Test
    void anOptionNobodyKnowsIsKeptAndTheRestIsStillRead() {
        HostRule rule = specified("-p tcp -m fancy --level 3 --name -j -m tcp --dport 10250 -j DROP");
        assertThat(rule.matches())
                .containsExactly(
                        new Match.Protocol(6, false),
                        new Match.Opaque("-m fancy --level 3 --name -j", Reason.NOT_UNDERSTOOD),
                        new Match.DestinationPorts(PortSet.of(10250), false));
        assertThat(rule.target()).isEqualTo("DROP");
    }

    @Test
    void countersDoNotHideRulesNorEnterTheSpecification() {
        HostRule fromSave = chain(
                        read(
                                "iptables-save -c",
                                "*filter\n:INPUT DROP [12:720]\n[12:720] -A INPUT -p tcp -j DROP\nCOMMIT\n"),
                        "INPUT")
                .rules()
                .get(0);
        assertThat(fromSave.specification()).isEqualTo("-p tcp -j DROP");
        assertThat(specified("-p tcp -c 12 720 -j DROP").specification()).isEqualTo("-p tcp -j DROP");
    }

    @Test
    void theTextDecidesTheFormWhateverTheFlagsSay() {
        String verbose = "Chain INPUT (policy DROP 0 packets, 0 bytes)\n"
                + "num   pkts bytes target     prot opt in     out     source               destination\n"
                + "1        0     0 ACCEPT     all  --  lo     *       0.0.0.0/0            0.0.0.0/0\n";
        HostTable table = read("iptables -L", verbose).hostTables.get(0);
        assertThat(table.form()).isEqualTo(Form.VERBOSE_LISTING);
        assertThat(table.chains().get(0).policy()).contains("DROP");
        assertThat(read("iptables -L", "-P INPUT ACCEPT\n").hostTables.get(0).form())
                .isEqualTo(Form.SPECIFICATION);
        assertThat(read(
                                "iptables -L",
                                "Chain PREROUTING (policy ACCEPT)\ntarget prot opt source destination\n\n"
                                        + "Chain OUTPUT (policy ACCEPT)\ntarget prot opt source destination\n")
                        .hostTables
                        .get(0)
                        .name())
                .isEqualTo("raw");
    }

    /** It goes to standard error, which run command and many a redirection put behind the rules. */
    @ParameterizedTest
    @CsvSource({
        "iptables-save, '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n'",
        "iptables -S, '-P INPUT ACCEPT\n'",
        "iptables -L -n -v, 'Chain INPUT (policy ACCEPT 0 packets, 0 bytes)\n pkts bytes target     prot opt in     out     source               destination         \n'"
    })
    void aWarningOfTheOtherBackendIsHeardBehindTheRulesToo(String command, String text) {
        String rules = text.replace("\\n", "\n");
        String warning = "# Warning: iptables-legacy tables present, use iptables-legacy to see them\n";
        for (String warned : List.of(warning + rules, rules + warning, rules + "\n" + warning.strip())) {
            assertThat(read(command, warned).hostTables).isNotEmpty().allMatch(HostTable::otherBackendHinted);
        }
        assertThat(read(command, rules + "# legacy tables present\n").hostTables)
                .noneMatch(HostTable::otherBackendHinted);
    }

    @Test
    void backendsAndFamiliesAreKeptApart() {
        assertThat(read("iptables-legacy -S", "-P INPUT ACCEPT\n")
                        .hostTables
                        .get(0)
                        .backend())
                .isEqualTo(Backend.LEGACY);
        assertThat(read("ip6tables -S", "-P INPUT DROP\n").hostTables.get(0).family())
                .isEqualTo(Family.IPV6);
        String warned = "# Warning: iptables-legacy tables present, use iptables-legacy to see them\n-P INPUT ACCEPT\n";
        assertThat(read("iptables -S", warned).hostTables.get(0).otherBackendHinted())
                .isTrue();
        assertThat(read("iptables -S", warned).hostTables.get(0).backend()).isEqualTo(Backend.NFT);
        assertThat(read(
                                "iptables-save",
                                "# Generated by iptables-save v1.8.9 on Sun\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n")
                        .hostTables)
                .extracting(HostTable::backend)
                .containsOnly(Backend.LEGACY);
    }

    @Test
    void aWholeSaveSaysWhichTablesAreEmpty() {
        String save = "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n";
        assertThat(read("iptables-save", save).hostTables)
                .extracting(HostTable::name)
                .containsExactlyInAnyOrder("filter", "raw", "mangle", "nat", "security");
        assertThat(read("iptables-save -t filter", save).hostTables).hasSize(1);
        assertThat(read("iptables-save", save, true, false).hostTables).hasSize(1);
        FactsBuilder cut = read("iptables-save", "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\n");
        assertThat(cut.hostTables).hasSize(1);
        assertThat(chain(cut, "INPUT").complete()).isFalse();
        assertThat(cut.problems).isNotEmpty();
    }

    @Test
    void aTextThatBeginsInTheMiddleIsNotTakenForWhole() {
        FactsBuilder listing = read(
                "iptables -L -n",
                "p dpt:22\nDROP       tcp  --  0.0.0.0/0   0.0.0.0/0\n\nChain OUTPUT (policy ACCEPT)\n"
                        + "target     prot opt source               destination\n");
        assertThat(listing.hostTables.get(0).wholeTable()).isFalse();
        assertThat(listing.hostTables.get(0).chain("INPUT")).isEmpty();
        assertThat(listing.problems).hasSize(1);

        FactsBuilder specification = read("iptables -S", "0 -j ACCEPT\n-A INPUT -p tcp -j DROP\n-A X -j DROP\n");
        assertThat(specification.hostTables.get(0).wholeTable()).isFalse();
        assertThat(chain(specification, "INPUT").beginningShown()).isFalse();
        assertThat(chain(specification, "INPUT").policy()).isEmpty();
        assertThat(chain(specification, "INPUT").rules().get(0).position()).isZero();
        assertThat(chain(specification, "X").beginningShown()).isTrue();
    }

    @Test
    void aPipeMayHaveSwallowedRules() {
        FactsBuilder facts = read("iptables -S | grep 10250", "-A INPUT -p tcp -m tcp --dport 10250 -j DROP\n");
        assertThat(chain(facts, "INPUT").complete()).isFalse();
        assertThat(chain(facts, "INPUT").beginningShown()).isFalse();
        assertThat(facts.problems).isNotEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root) | it was not run as root
            Fatal: can't open lock file /run/xtables.lock: Permission denied | it was not run as root
            script: 1: iptables: not found      | the command was not found
            bash: line 1: iptables: command not found | the command was not found
            # Table `filter' is incompatible, use 'nft' tool. | the table holds rules that only nft can show
            Another app is currently holding the xtables lock. Perhaps you want to use the -w option? | it printed an error
            ''                                  | it printed nothing, so its tables were not read
            """)
    void anErrorIsNoEmptyTable(String text, String reason) {
        FactsBuilder facts = read("iptables -L", text);
        assertThat(facts.hostTables).isEmpty();
        assertThat(facts.unreadableTables)
                .singleElement()
                .satisfies(one -> assertThat(one.reason()).isEqualTo(reason));
    }

    @Test
    void aLineNobodyPrintsKeepsItsPlaceAsARuleThatMayDoAnything() {
        FactsBuilder facts = read(
                "iptables -L INPUT",
                "Chain INPUT (policy ACCEPT)\ntarget     prot opt source               destination\n%%% garbage\n"
                        + "DROP       tcp  --  anywhere             anywhere\n");
        assertThat(chain(facts, "INPUT").rules()).extracting(HostRule::target).containsExactly("?", "DROP");
        assertThat(facts.problems).extracting(Problem::at).extracting("line").containsExactly(3);
    }

    @Test
    void masksWithHolesAndOpenPortsAreRead() {
        assertThat(specified("-s 10.240.0.0/255.255.0.255 -p tcp -m tcp --sport :1023 -j DROP")
                        .matches())
                .containsExactly(
                        new Match.Source(
                                AddressSet.parse("10.240.0.0/255.255.0.255").orElseThrow(), false),
                        new Match.Protocol(6, false),
                        new Match.SourcePorts(PortSet.range(0, 1023), false));
        assertThat(specified("-m conntrack ! --ctstate NEW,RELATED -j DROP").matches())
                .containsExactly(new Match.ConnectionState(Set.of("NEW", "RELATED"), true));
    }

    @Test
    void hostileTextIsReadInLinearTime() {
        List<String> texts = List.of(
                "-A INPUT -m comment --comment \"" + "x\n".repeat(200_000),
                "-A INPUT \"\n".repeat(100_000),
                "Chain INPUT (policy ACCEPT)\n".repeat(100_000),
                "Chain INPUT (policy ACCEPT)\ntarget prot opt source destination\n" + "/*".repeat(500_000),
                "! ".repeat(500_000),
                ":".repeat(100_000) + "\n" + "*x\n".repeat(100_000));
        for (String text : texts) {
            for (String command : List.of("iptables -L", "iptables -S", "iptables-save")) {
                assertTimeoutPreemptively(Duration.ofSeconds(20), () -> read(command, text, false, true));
            }
        }
    }
}
