package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.UfwRule;
import tunneldoctor.model.UfwStatus;
import tunneldoctor.model.UfwStatus.Action;
import tunneldoctor.model.UfwStatus.Form;
import tunneldoctor.model.UfwStatus.State;

class UfwReaderTest {
    private static final String VERBOSE = """
            Status: active
            Logging: on (low)
            Default: deny (incoming), allow (outgoing), disabled (routed)
            New profiles: skip

            To                         Action      From
            --                         ------      ----
            22/tcp                     LIMIT IN    Anywhere                   (log) # admin, dpt:10250 # (log)
            10.224.0.5 10250/tcp on eth0 DENY IN     10.240.0.0/16
            80,443,10250/tcp (Nginx Full) REJECT IN   Anywhere
            10250/tcp (v6)             DENY IN     Anywhere (v6)
            10250                      DENY IN     fd00::/8

            9000/tcp                   DENY OUT    Anywhere on eth0

            10250/tcp on eth1          DENY FWD    Anywhere on eth0
            """;

    @Test
    void verboseShowsEverything() {
        FactsBuilder facts = read("ufw status verbose", VERBOSE);

        UfwStatus status = facts.ufw.get(0);
        assertThat(facts.problems).isEmpty();
        assertThat(status.state()).isEqualTo(State.ACTIVE);
        assertThat(status.form()).isEqualTo(Form.VERBOSE);
        assertThat(status.defaultIncoming()).contains(Action.DENY);
        assertThat(status.defaultOutgoing()).contains(Action.ALLOW);
        assertThat(status.complete()).isTrue();
        assertThat(status.rules())
                .extracting(UfwRule::traffic)
                .containsExactly("IN", "IN", "IN", "IN", "IN", "OUT", "FWD");
        assertThat(status.rules())
                .extracting(UfwRule::ipv6)
                .containsExactly(false, false, false, true, true, false, false);
        assertThat(status.rules()).extracting(UfwRule::position).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(status.rules()).allMatch(UfwRule::understood);
        UfwRule second = status.rules().get(1);
        assertThat(second.source().line()).isEqualTo(9);
        assertThat(second.destination()).hasToString("10.224.0.5");
        assertThat(second.destinationInterface()).isEqualTo("eth0");
        assertThat(second.senders()).hasToString("10.240.0.0/16");
        assertThat(status.rules().get(2).profile()).isEmpty();
        assertThat(status.rules().get(5).destinationInterface()).isEqualTo("eth0");
    }

    /** Columns: To, action, From, then what the rule must say: protocol, ports, profile, destination, interface, senders, source ports. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "10250                      ALLOW       Anywhere                  | any | 10250             | - | any address  | -    | any address   | any port",
                "10250/tcp                  ALLOW IN    Anywhere                  | tcp | 10250             | - | any address  | -    | any address   | any port",
                "10000:20000/tcp            DENY        10.224.0.0/16             | tcp | 10000-20000       | - | any address  | -    | 10.224.0.0/16 | any port",
                "80,443,10250:10260/tcp     DENY        Anywhere                  | tcp | 80,443,10250-10260| - | any address  | -    | any address   | any port",
                "Anywhere                   REJECT      10.224.0.7                | any | any port          | - | any address  | -    | 10.224.0.7    | any port",
                "Anywhere on eth0           ALLOW       Anywhere                  | any | any port          | - | any address  | eth0 | any address   | any port",
                "10250/tcp on eth0          ALLOW       Anywhere                  | tcp | 10250             | - | any address  | eth0 | any address   | any port",
                "10.224.0.5 10250/tcp       ALLOW       Anywhere                  | tcp | 10250             | - | 10.224.0.5   | -    | any address   | any port",
                "10.224.0.0/24 10000:20000/tcp on eth0 LIMIT Anywhere             | tcp | 10000-20000       | - | 10.224.0.0/24| eth0 | any address   | any port",
                "Anywhere/esp               ALLOW       Anywhere/esp              | esp | any port          | - | any address  | -    | any address   | any port",
                "Anywhere                   ALLOW       10.0.0.0/8/tcp            | tcp | any port          | - | any address  | -    | 10.0.0.0/8    | any port",
                "10.0.0.0/8 10250/tcp       ALLOW       10.224.0.0/16 1024/tcp    | tcp | 10250             | - | 10.0.0.0/8   | -    | 10.224.0.0/16 | 1024",
                "10250/tcp                  ALLOW       5000/tcp                  | tcp | 10250             | - | any address  | -    | any address   | 5000",
                "Kubelet                    DENY        Anywhere                  | any | any port          | Kubelet | any address | - | any address | any port",
                "Nginx Full                 DENY        Anywhere                  | any | any port          | Nginx Full | any address | - | any address | any port",
                "10.0.0.5 Nginx Full on eth0 DENY       Anywhere                  | any | any port          | Nginx Full | 10.0.0.5 | eth0 | any address | any port",
                "10250/tcp (Kubelet)        DENY IN     Anywhere                  | tcp | 10250             | - | any address  | -    | any address   | any port",
                "10.0.0.5 10250/tcp (Kube (v6)) DENY IN Anywhere                  | tcp | 10250             | - | 10.0.0.5     | -    | any address   | any port",
                "[ 1] 10250                 ALLOW IN    Anywhere                  | any | 10250             | - | any address  | -    | any address   | any port",
                "[12] 10250/tcp             DENY IN     Anywhere (log-all) # x    | tcp | 10250             | - | any address  | -    | any address   | any port",
                "[ 2] 10250/tcp             ALLOW OUT   Anywhere (log, out) # x   | tcp | 10250             | - | any address  | -    | any address   | any port",
                "[ 2] 10250/tcp             ALLOW OUT   Anywhere on eth0 (out)    | tcp | 10250             | - | any address  | eth0 | any address   | any port",
                "22/tcp                     ALLOW       Anywhere # 10250/tcp DENY Anywhere | tcp | 22       | - | any address  | -    | any address   | any port",
                "A very LIMIT  sort of profile name ALLOW Anywhere                | any | any port          | A very | any address | - | any address | any port",
            })
    void everyFormOfARule(
            String line,
            String protocol,
            String ports,
            String profile,
            String destination,
            String onInterface,
            String senders,
            String senderPorts) {
        FactsBuilder facts = read("ufw status", "Status: active\n\n" + line + "\n");

        UfwRule rule = facts.ufw.get(0).rules().get(0);
        assertThat(rule.protocol()).isEqualTo(protocol);
        assertThat(rule.ports()).hasToString(ports);
        assertThat(Optional.of(rule.profile()).filter(p -> !p.isEmpty())).isEqualTo(Optional.ofNullable(profile));
        assertThat(rule.destination()).hasToString(destination);
        assertThat(Optional.of(rule.destinationInterface()).filter(p -> !p.isEmpty()))
                .isEqualTo(Optional.ofNullable(onInterface));
        if (!line.startsWith("A very")) {
            assertThat(rule.senders()).hasToString(senders);
            assertThat(rule.senderPorts()).hasToString(senderPorts);
            assertThat(rule.understood()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10250 (v6)                 ALLOW       Anywhere (v6)",
                "10250/tcp (v6) on eth0     ALLOW       Anywhere (v6)",
                "Anywhere (v6)              ALLOW       Anywhere (v6)",
                "Kubelet (v6)               ALLOW       Anywhere (v6)",
                "10250/tcp (Kubelet (v6))   ALLOW IN    Anywhere (v6)",
                "10250                      ALLOW       fd00::/8",
                "fd00::5 10250/tcp          ALLOW       Anywhere (v6)",
                "Anywhere (v6)              ALLOW       fd00:1:2:3:4:5:6:7/tcp",
            })
    void ipv6TwinsAreKeptApart(String line) {
        assertThat(read("ufw status", "Status: active\n" + line).ufw.get(0).rules())
                .singleElement()
                .matches(UfwRule::ipv6)
                .matches(UfwRule::understood);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Status: inactive                                        | INACTIVE      | 0",
                "/var/lib/waagent/run-command/download/0/script.sh: 1: ufw: not found | NOT_INSTALLED | 0",
                "bash: line 1: ufw: command not found                    | NOT_INSTALLED | 0",
                "sudo: ufw: command not found                            | NOT_INSTALLED | 0",
                "env: 'ufw': No such file or directory                   | NOT_INSTALLED | 0",
                "ERROR: You need to be root to run this script           | UNREADABLE    | 1",
                "Estado: inactivo                                        | UNREADABLE    | 1",
                "Estado: activo                                          | UNREADABLE    | 1",
                "État : inactif                                          | UNREADABLE    | 1",
                "Status: activo                                          | UNREADABLE    | 1",
                "Status: inactivity                                      | UNREADABLE    | 1",
                "ERROR: problem running iptables                         | UNREADABLE    | 1",
                "''                                                      | UNREADABLE    | 1",
                "WARN: uid is 0 but '/' is owned by 1000                 | UNREADABLE    | 1",
                "sudo: unable to resolve host x\\nStatus: inactive\\nrc=0 | INACTIVE      | 0",
                "WARN: uid is 0 but '/' is owned by 1000\\nStatus: active | ACTIVE        | 0",
            })
    void statesAreNeverGuessed(String text, State state, int problems) {
        FactsBuilder facts = read("ufw status", text.replace("\\n", "\n"));

        assertThat(facts.ufw).extracting(UfwStatus::state).containsExactly(state);
        assertThat(facts.problems).hasSize(problems);
    }

    @Test
    void plainFormHidesTheDefault() {
        UfwStatus status = read("ufw status", "Status: active\n").ufw.get(0);

        assertThat(status.form()).isEqualTo(Form.PLAIN);
        assertThat(status.defaultIncoming()).isEmpty();
        assertThat(read("ufw status numbered", "Status: active\n").ufw.get(0).form())
                .isEqualTo(Form.NUMBERED);
    }

    @Test
    void numbersAreThePrintedOnes() {
        String text = """
                Status: active

                     To                         Action      From
                     --                         ------      ----
                [ 9] 10250/tcp                  DENY IN     10.224.0.0/16
                [10] 10250/tcp                  ALLOW IN    Anywhere
                [100] 22                        ALLOW OUT   Anywhere                   (out)
                """;

        UfwStatus status = read("ufw status numbered", text).ufw.get(0);

        assertThat(status.rules()).extracting(UfwRule::position).containsExactly(9, 10, 100);
        assertThat(status.form()).isEqualTo(Form.NUMBERED);
    }

    @Test
    void indentedPasteIsRead() {
        FactsBuilder facts = read("ufw status verbose", VERBOSE.indent(3));

        assertThat(facts.problems).isEmpty();
        assertThat(facts.ufw.get(0).rules()).hasSize(7);
    }

    @Test
    void whatStandsBehindAnUnreadableLineIsNotUsed() {
        FactsBuilder facts = read(
                "ufw status",
                "Status: active\n22/tcp ALLOW Anywhere\n10250/tcp PERMETTRE Anywhere\n10250/tcp ALLOW Anywhere\n");

        UfwStatus status = facts.ufw.get(0);
        assertThat(status.rules()).hasSize(1);
        assertThat(status.complete()).isFalse();
        assertThat(facts.problems)
                .singleElement()
                .matches(problem -> problem.at().line() == 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10250/tcp                  DENY IN     Anywhere/udp",
                "10250/tcp                  DENY IN     Anywhere on eth0",
                "10250/tcp on                DENY OUT    Anywhere on eth/0",
                "10250/tcp                  DENY IN",
            })
    void ruleThatContradictsItselfIsNotUnderstood(String line) {
        FactsBuilder facts = read("ufw status verbose", "Status: active\n" + line + "\n");

        assertThat(facts.ufw.get(0).rules()).singleElement().matches(rule -> !rule.understood());
        assertThat(facts.problems).hasSize(1);
    }

    @Test
    void unreadableDefaultsStayOpen() {
        FactsBuilder facts = read("ufw status verbose", "Status: active\nDefault: nope (incoming), allow (outgoing)\n");

        assertThat(facts.ufw.get(0).defaultIncoming()).isEmpty();
        assertThat(facts.problems).hasSize(1);
    }

    @Test
    void cutTextIsNotComplete() {
        FactsBuilder facts = new FactsBuilder();

        UfwReader.read(new NodeDocument("n", "d", "ufw status", "Status: active\n", false, true), facts);
        UfwReader.read(
                new NodeDocument("n", "d", "ufw status", "LLOW Anywhere\n22 ALLOW Anywhere", true, false), facts);

        assertThat(facts.ufw).extracting(UfwStatus::complete).containsExactly(false, false);
        assertThat(facts.ufw).extracting(UfwStatus::state).containsExactly(State.ACTIVE, State.UNREADABLE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "ufw status ! true ! true",
                "ufw status verbose ! true ! true",
                "ufw  status numbered 2>&1 ! true ! true",
                "ufw status verbose; echo rc=$? ! true ! true",
                "ufw status verbose 2>/dev/null || true ! true ! true",
                "ufw status | grep 10250 ! true ! false",
                "ufw status verbose 2>&1 | head -n 40 ! true ! false",
                "ufw app info Kubelet ! true ! -",
                "ufw status; iptables -S ! false ! -",
                "ufw status && iptables -S ! false ! -",
                "ufw status weird ! false ! -",
                "ufw statusverbose ! false ! -",
                "ufw disable ! false ! -",
                "ufwx status ! false ! -",
                "iptables -S ! false ! -",
            })
    void knowsItsCommands(String command, boolean reads, String complete) {
        assertThat(UfwReader.reads(command)).isEqualTo(reads);
        if (!complete.equals("-")) {
            assertThat(read(command, "Status: active\n").ufw.get(0).complete())
                    .isEqualTo(Boolean.parseBoolean(complete));
        }
    }

    @Test
    void profileListingsCarryNoFact() {
        FactsBuilder facts = read("ufw app info Kubelet", "Profile: Kubelet\nPort:\n  10250/tcp\n");

        assertThat(facts.ufw).isEmpty();
        assertThat(facts.problems).isEmpty();
    }

    @Test
    void hostileTextCostsNoMoreThanItsLength() {
        String long1 = " ALLOW IN".repeat(100_000);
        String long2 = "10250,".repeat(100_000) + " ALLOW Anywhere";
        String text = "Status: active\nx" + long1 + "\n" + long2 + "\n" + " ".repeat(500_000) + "x";

        FactsBuilder facts = assertTimeout(Duration.ofSeconds(5), () -> read("ufw status", text));

        assertThat(facts.ufw).hasSize(1);
    }

    private static FactsBuilder read(String command, String text) {
        FactsBuilder facts = new FactsBuilder();
        UfwReader.read(new NodeDocument("node", "nodes[0] \"" + command + "\"", command, text, false, false), facts);
        assertThat(List.copyOf(facts.ufw)).allMatch(status -> status.node().equals("node"));
        return facts;
    }
}
