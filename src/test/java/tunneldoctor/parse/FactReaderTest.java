package tunneldoctor.parse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.Facts;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.Probe;
import tunneldoctor.model.Symptom;

class FactReaderTest {
    private static final String HEAD = "apiVersion: tunnel-doctor/v1\nkind: ClusterFacts\n";
    private static final String NODE = HEAD + "nodes:\n- name: a\n  outputs:\n";

    @Test
    void everyPieceOfEvidenceReachesItsReader() throws Exception {
        Facts facts = read(HEAD + """
                azure:
                  - type: Microsoft.Network/networkSecurityGroups
                    name: custom-nsg
                    id: /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/custom-nsg
                    properties: {securityRules: [], subnets: []}
                kubernetes:
                  - {kind: Node, apiVersion: v1, metadata: {name: a}}
                nodes:
                  - name: a
                    outputs:
                      sudo iptables -S: |
                        -P INPUT ACCEPT
                        -P FORWARD ACCEPT
                        -P OUTPUT ACCEPT
                      ufw status verbose: |
                        Status: inactive
                      nc -v -w 2 10.224.0.4 10250: |
                        Connection to 10.224.0.4 10250 port [tcp/*] succeeded!
                metrics:
                  - value:
                      - id: /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/loadBalancers/kubernetes/providers/Microsoft.Insights/metrics/SnatConnectionCount
                        name: {value: SnatConnectionCount}
                        timeseries:
                          - data: [{timeStamp: '2026-11-22T10:00:00Z', total: 3}]
                symptoms:
                  - 'Error from server: error dialing backend: dial tcp 10.224.0.5:10250: i/o timeout'
                """);

        assertThat(facts.problems()).isEmpty();
        assertThat(facts.azure().nsgs()).extracting(Nsg::name).containsExactly("custom-nsg");
        assertThat(facts.nodesListed()).isTrue();
        assertThat(facts.hostTables()).extracting(HostTable::node).containsExactly("a");
        assertThat(facts.ufw())
                .singleElement()
                .satisfies(ufw -> assertThat(ufw.evidence()).isNotEmpty());
        assertThat(facts.probes()).extracting(Probe::result).containsExactly(Probe.Result.OPEN);
        assertThat(facts.metrics()).hasSize(1);
        assertThat(facts.symptoms()).extracting(Symptom::kind).containsExactly(Symptom.Kind.KUBELET_TIMEOUT);
    }

    @Test
    void problemsOfTheFileComeFirst() throws Exception {
        Facts facts = read(HEAD + "scen: x\nazure: [5]\n");

        assertThat(facts.problems()).hasSize(2);
        assertThat(facts.problems().get(0).message()).contains("scen");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "iptables -S INPUT ~ iptables -S INPUT",
                "sudo iptables -S ~ iptables -S",
                "sudo -n -u root LC_ALL=C /usr/sbin/iptables -S ~ iptables -S",
                "LC_ALL=C LANG=C ufw status verbose ~ ufw status verbose",
                "env -i LC_ALL=C timeout -k 5 10 /sbin/ufw status ~ ufw status",
                "timeout --foreground 10 nc -v -w 2 10.0.0.1 10250 ~ nc -v -w 2 10.0.0.1 10250",
                "sh -c 'iptables -S INPUT' ~ iptables -S INPUT",
                "sudo bash -lc \"iptables -S \\\"INPUT\\\"\" ~ iptables -S \"INPUT\"",
                "timeout 3 bash -c '</dev/tcp/10.0.0.1/10250' ~ </dev/tcp/10.0.0.1/10250",
                "$ iptables -S ~ iptables -S",
                "az vmss run-command invoke -g MC -n vmss --instance-id 1 --command-id RunShellScript --scripts \"iptables -S\" ~ iptables -S",
                "az vmss run-command invoke --scripts 'sudo ufw status verbose' -g MC --query 'value[0].message' -o tsv ~ ufw status verbose",
                "az vm run-command invoke --scripts=\"iptables-save -c\" -n vm ~ iptables-save -c",
                "az vmss run-command invoke --scripts iptables -S --name vmss ~ iptables -S",
                "kubectl debug node/a -it --image=busybox -- chroot /host iptables -S ~ iptables -S",
                "nsenter -t 1 -m -n -- iptables -S ~ iptables -S",
                // What changes the output, or hides what ran, stays.
                "iptables -S | grep 10250 ~ iptables -S | grep 10250",
                "/home/me/iptables -S ~ /home/me/iptables -S",
                "kubectl exec pod -- iptables -S ~ kubectl exec pod -- iptables -S",
                "az vmss run-command invoke --scripts @check.sh ~ az vmss run-command invoke --scripts @check.sh",
                "az vmss run-command invoke --scripts 'ufw status' 'iptables -S' ~ az vmss run-command invoke --scripts 'ufw status' 'iptables -S'",
                "az network nsg list ~ az network nsg list",
                "sudo ~ sudo",
                "sh -c 'never closed ~ never closed",
                "`` ~ ``",
            })
    void whatSaysOnlyHowACommandWasRunIsTakenOff(String key, String command) {
        assertThat(CommandKey.normalised(key)).isEqualTo(command);
    }

    @Test
    void layersWithoutEndAreLeftAlone() {
        assertThat(CommandKey.normalised("sudo ".repeat(10_000) + "iptables -S"))
                .endsWith("iptables -S");
        assertThat(CommandKey.normalised("'\"\\".repeat(100_000))).hasSize(300_000);
    }

    @Test
    void wrappedOutputsKeepTheirLines() throws Exception {
        String wrapped = """
                    az vmss run-command invoke -g g -n s --instance-id 1 --command-id RunShellScript --scripts "iptables -S INPUT": |
                      Enable succeeded:
                      [stdout]
                      -P INPUT ACCEPT
                      -A INPUT -p tcp -m tcp --dport 10250 -j DROP

                      [stderr]
                """;

        Facts facts = read(NODE + wrapped);

        assertThat(facts.problems()).isEmpty();
        assertThat(facts.hostTables())
                .singleElement()
                .satisfies(table -> assertThat(
                                table.chains().get(0).rules().get(0).source())
                        .satisfies(source -> {
                            assertThat(source.line()).isEqualTo(4);
                            assertThat(source.text()).contains("--dport 10250");
                            assertThat(source.document()).isEqualTo("nodes[0] \"iptables -S INPUT\"");
                        }));
    }

    @Test
    void aFailedRunCommandIsNoAnswerOfTheCommand() throws Exception {
        Facts facts = read(NODE
                + "    bash -c '</dev/tcp/10.0.0.1/10250': \"Enable succeeded: Last script execution didn't finish.\"\n"
                + "    ufw status: \"Enable succeeded: Last script execution didn't finish.\"\n");

        assertThat(facts.probes()).isEmpty();
        assertThat(facts.ufw()).isEmpty();
        assertThat(facts.problems())
                .extracting(problem -> problem.message())
                .containsOnly("the run command itself failed")
                .hasSize(2);
    }

    @Test
    void equalOutputsOfOneCommandAreReadOnce() throws Exception {
        Facts facts = read(
                NODE
                        + "    iptables -S: &s |\n      -P INPUT ACCEPT\n    sudo iptables -S: *s\n    /sbin/iptables -S: *s\n");

        assertThat(facts.hostTables()).hasSize(1);
        assertThat(facts.problems()).isEmpty();
    }

    @Test
    void windowsLineEndsAreNoPartOfALine() throws Exception {
        Facts facts = read("{\"apiVersion\":\"tunnel-doctor/v1\",\"kind\":\"ClusterFacts\",\"nodes\":[{\"name\":\"a\","
                + "\"outputs\":{\"ufw status\":\"Status: inactive\\r\\n\"}}]}");

        assertThat(facts.problems()).isEmpty();
        assertThat(facts.ufw()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kubectl version",
                "uname -a",
                "sudo ss -tlnp | grep 10250",
                "ip route",
                "ip -br -4 addr show",
                "conntrack -L",
                "systemctl status kubelet",
                "systemctl --no-pager status kubelet 2>&1",
                "journalctl -u kubelet -n 50",
                "cat /etc/os-release",
                "cat /etc/ufw/ufw.conf",
                "hostname",
                "curl -k https://10.0.0.1:443/healthz",
                "iptables --version"
            })
    void whatSaysNothingOfATunnelIsNoise(String command) throws Exception {
        assertThat(read(NODE + "    '" + command + "': some text\n").problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"frobnicate -x", "uname -a; iptables -S", "kubectl get pods", "iptables -A INPUT -j DROP"})
    void anUnknownCommandIsKeptAndSaidToBeUnread(String command) throws Exception {
        Facts facts =
                read(NODE + "    '" + command + "': some text\n- name: b\n  outputs: {'" + command + "': other}\n");

        assertThat(facts.given().nodes().get(0).outputs()).hasSize(1);
        assertThat(facts.problems())
                .extracting(problem -> problem.at().document(), problem -> problem.message())
                .containsExactly(tuple(
                        "nodes[0] \"" + command + "\"",
                        "no reader knows this command, so its output and 1 more of it are kept, not read"));
        assertThat(facts.problems().get(0).advice()).contains("iptables -S", "ufw status verbose", "nc -v");
    }

    private static Facts read(String text) throws UnreadableFactsException {
        List<Facts> facts = new ArrayList<>();
        FactsFile.read("-", new ByteArrayInputStream(text.getBytes(UTF_8)), given -> facts.add(FactReader.read(given)));
        assertThat(facts).hasSize(1);
        return facts.get(0);
    }
}
