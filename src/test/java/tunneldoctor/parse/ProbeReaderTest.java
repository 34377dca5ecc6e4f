package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.Probe;
import tunneldoctor.model.Probe.Result;
import tunneldoctor.model.Transport;

class ProbeReaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "Connection to 10.224.0.4 10250 port [tcp/*] succeeded! ~ OPEN",
                "nc: connect to 10.224.0.4 port 10250 (tcp) timed out: Operation now in progress ~ TIMED_OUT",
                "nc: connect to 10.224.0.4 port 10250 (tcp) failed: Connection timed out ~ TIMED_OUT",
                "nc: connect to 10.224.0.4 port 10250 (tcp) failed: Connection refused ~ REFUSED",
                "nc: connect to 10.224.0.4 port 10250 (tcp) failed: No route to host ~ NO_ROUTE",
                "nc: connect to 10.224.0.4 port 10250 (tcp) failed: Network is unreachable ~ NO_ROUTE",
                "nc: getaddrinfo for host \"x\" port 10250: Temporary failure in name resolution ~ NAME_NOT_RESOLVED",
                "Ncat: Version 7.93 ( https://nmap.org/ncat )\\nNcat: Connected to 10.224.0.4:10250. ~ OPEN",
                "Ncat: Version 7.93 ( https://nmap.org/ncat )\\nNcat: TIMEOUT. ~ TIMED_OUT",
                "Ncat: Connection timed out. ~ TIMED_OUT",
                "Ncat: Connection refused. ~ REFUSED",
                "Ncat: No route to host. ~ NO_ROUTE",
                "Ncat: Could not resolve hostname \"x\": Name or service not known. QUITTING. ~ NAME_NOT_RESOLVED",
                "(UNKNOWN) [10.224.0.4] 10250 (?) open ~ OPEN",
                "(UNKNOWN) [10.224.0.4] 10250 (?) : Connection refused ~ REFUSED",
                "node [10.224.0.4] 10250 (?) : Connection timed out ~ TIMED_OUT",
                "10.224.0.4 (10.224.0.4:10250) open ~ OPEN",
                "nc: 10.224.0.4 (10.224.0.4:10250): Connection refused ~ REFUSED",
                "sh: 1: nc: not found ~ UNREADABLE",
                "line 1: nc: command not found ~ UNREADABLE",
                "nc: invalid option -- 'q' ~ UNREADABLE",
                "'' ~ UNREADABLE",
                "rc=0 ~ OPEN",
                "rc=1 ~ UNREADABLE",
                "rc=124 ~ UNREADABLE",
                "nc: connect to 10.224.0.4 port 10250 (tcp) failed: Connection refused\\nrc=1 ~ REFUSED",
            })
    void everyToolsWords(String text, Result result) {
        FactsBuilder facts = new FactsBuilder();

        ProbeReader.read(document("nc -v -w 2 10.224.0.4 10250", text.replace("\\n", "\n")), facts);

        Probe probe = facts.probes.get(0);
        assertThat(facts.probes).hasSize(1);
        assertThat(probe.result()).isEqualTo(result);
        assertThat(probe.target()).isEqualTo("10.224.0.4");
        assertThat(probe.port()).isEqualTo(10_250);
        assertThat(facts.problems).hasSize(result == Result.UNREADABLE ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "rc=0 ~ OPEN",
                "rc=124 ~ TIMED_OUT",
                "rc=1 ~ UNREADABLE",
                "bash: connect: Connection refused\\nbash: line 1: /dev/tcp/10.224.0.4/10250: Connection refused\\nrc=1 ~ REFUSED",
                "bash: line 1: /dev/tcp/10.224.0.4/10250: No route to host\\nrc=1 ~ NO_ROUTE",
                "bash: x: Name or service not known ~ NAME_NOT_RESOLVED",
            })
    void shellsOwnConnection(String text, Result result) {
        String command = "timeout 2 bash -c '</dev/tcp/10.224.0.4/10250'; echo rc=$?";

        assertThat(only(command, text.replace("\\n", "\n")).result()).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "nc -v -w 2 10.224.0.4 10250 ~ 10.224.0.4 ~ 10250 ~ TCP",
                "nc -vz -w2 node-1 10250 2>&1 ~ node-1 ~ 10250 ~ TCP",
                "nc -zvw 2 10.224.0.4 10250; echo rc=$? ~ 10.224.0.4 ~ 10250 ~ TCP",
                "timeout 5 nc -v 10.224.0.4 10250 ~ 10.224.0.4 ~ 10250 ~ TCP",
                "ncat -v -w 2 '10.224.0.4' 10250 ~ 10.224.0.4 ~ 10250 ~ TCP",
                "nc -u -v -w 2 20.0.0.1 1194 ~ 20.0.0.1 ~ 1194 ~ UDP",
                "nc -v -p 4000 -s 10.0.0.1 10.224.0.4 10250 ~ 10.224.0.4 ~ 10250 ~ TCP",
            })
    void dialledPlaceComesFromTheCommand(String command, String target, int port, Transport transport) {
        assertThat(ProbeReader.reads(command)).isTrue();
        Probe probe = only(command, "?");

        assertThat(probe.target()).isEqualTo(target);
        assertThat(probe.port()).isEqualTo(port);
        assertThat(probe.transport()).isEqualTo(transport);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nc",
                "nc -l 10250",
                "nc -v host",
                "nc host port",
                "ncx 1.2.3.4 5",
                "iptables -S",
                "",
                "timeout",
                "nc h 99999"
            })
    void otherCommandsAreLeftAlone(String command) {
        assertThat(ProbeReader.reads(command)).isFalse();
    }

    @Test
    void oneAnsweringAddressIsEnough() {
        Probe probe = only("nc -v -w 2 node 10250", """
                nc: connect to node (10.0.0.1) port 10250 (tcp) failed: Connection refused
                Connection to node (10.0.0.2) 10250 port [tcp/*] succeeded!
                nc: connect to node (10.0.0.3) port 10250 (tcp) failed: Connection refused
                """);

        assertThat(probe.result()).isEqualTo(Result.OPEN);
        assertThat(probe.source().line()).isEqualTo(2);
    }

    @Test
    void silenceOverUdpProvesNothing() {
        assertThat(only("nc -u -v -w 2 20.0.0.1 1194", "Connection to 20.0.0.1 1194 port [udp/openvpn] succeeded!")
                        .result())
                .isEqualTo(Result.UNREADABLE);
        assertThat(only(
                                "nc -u -v -w 2 20.0.0.1 1194",
                                "nc: connect to 20.0.0.1 port 1194 (udp) failed: Connection refused")
                        .result())
                .isEqualTo(Result.REFUSED);
    }

    @Test
    void hostileTextCostsNoMoreThanItsLength() {
        FactsBuilder facts = new FactsBuilder();
        String text = "nc: connect to " + "a".repeat(300_000) + "\n" + " [".repeat(200_000) + "\n(".repeat(50_000);

        assertTimeout(Duration.ofSeconds(5), () -> ProbeReader.read(document("nc -v 1.2.3.4 10250", text), facts));

        assertThat(facts.probes).hasSize(1);
    }

    private static NodeDocument document(String command, String text) {
        return new NodeDocument("node", "place", command, text, false, false);
    }

    private static Probe only(String command, String text) {
        FactsBuilder facts = new FactsBuilder();
        ProbeReader.read(document(command, text), facts);
        assertThat(facts.probes).hasSize(1);
        return facts.probes.get(0);
    }
}
