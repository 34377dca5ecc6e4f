package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.parse.FactsFile;

class ImportCommandTest {
    private static final Path INCIDENT = Path.of("facts-samples/incident.yaml");
    private static final String NODE = "aks-nodepool1-12345678-vmss00000";

    @TempDir
    private Path folder;

    private CommandRun imported(String... arguments) {
        return CommandRun.of(
                folder, Stream.concat(Stream.of("import"), Stream.of(arguments)).toArray(String[]::new));
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private void zip(String name, Map<String, String> entries) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        try (OutputStream out = Files.newOutputStream(folder.resolve(name));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static List<ClusterFacts> facts(String text) throws Exception {
        List<ClusterFacts> documents = new ArrayList<>();
        FactsFile.read("facts.yaml", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), documents::add);
        return documents;
    }

    private List<String> causes(Path file) {
        return CommandRun.of(folder, "diagnose", "--rules", "rules", file.toString())
                .out()
                .lines()
                .filter(line -> line.matches("\\d+\\. .*|  (?:cannot tell|ruled out|not applicable) .*"))
                .map(line -> line.replaceAll("  +", " "))
                .toList();
    }

    /** The sections of a facts file, each as its tool would have printed it into a file of its own. */
    private void takenApart(String text) throws Exception {
        String[] section = {""};
        Map<String, StringBuilder> sections = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            if (line.matches("[a-z]\\w*:.*")) {
                section[0] = line.substring(0, line.indexOf(':'));
            } else {
                sections.computeIfAbsent(section[0], s -> new StringBuilder())
                        .append(line)
                        .append('\n');
            }
        });
        write("case/azure.yaml", section(sections, "azure"));
        write("case/objects.yaml", "apiVersion: v1\nkind: List\nitems:\n" + section(sections, "kubernetes"));
        write("case/metrics.yaml", section(sections, "metrics"));
        ClusterFacts facts = facts(text).get(0);
        write(
                "case/errors.txt",
                String.join("\n", facts.symptoms().stream().map(s -> s.text()).toList()));
        for (ClusterFacts.NodeOutputs node : facts.nodes()) {
            for (ClusterFacts.CommandOutput output : node.outputs()) {
                write("case/" + node.name() + "/" + output.command() + ".txt", output.text());
            }
        }
    }

    private static String section(Map<String, StringBuilder> sections, String name) {
        return sections.getOrDefault(name, new StringBuilder()).toString();
    }

    @Test
    void aFolderOfRawOutputsIsDiagnosedAsTheFactsFileOfThemIs() throws Exception {
        takenApart(Files.readString(INCIDENT));

        CommandRun run = imported(at("case"), "-o", at("facts.yaml"));

        assertThat(run.err()).contains("9 outputs of 4 nodes").contains("Next: tunnel-doctor diagnose");
        assertThat(run.err()).doesNotContain("not placed");
        assertThat(run.exit()).isZero();
        assertThat(causes(folder.resolve("facts.yaml"))).hasSize(6).isEqualTo(causes(INCIDENT));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("facts.yaml"))))
                .isEqualTo("rw-------");
    }

    @Test
    void theArchiveOfTheLogCollectorIsOfTheNodeItsHostnameNames() throws Exception {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("collect/iptables.txt", """
                Chain INPUT (policy ACCEPT 0 packets, 0 bytes)
                num   pkts bytes target     prot opt in     out     source               destination
                1        0     0 DROP       tcp  --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:10250
                """);
        entries.put("collect/nftables.txt", "table ip filter {\n}\n");
        entries.put("collect/ss.txt", "Netid State\n");
        entries.put(
                "collect/ip_4_addr.json",
                "[{\"ifname\":\"eth0\",\"addr_info\":[{\"family\":\"inet\",\"local\":\"10.224.0.6\"}]}]");
        entries.put("var/log/syslog", "Nov 22 10:00:00 started\n");
        entries.put("etc/hostname", NODE + "2\n");
        zip("logs.zip", entries);

        CommandRun run = imported(at("logs.zip"));

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).contains("2 outputs of 1 node; 2 files tell nothing of a tunnel");
        ClusterFacts.NodeOutputs node = facts(run.out()).get(0).nodes().get(0);
        assertThat(node.name()).isEqualTo(NODE + "2");
        assertThat(node.address()).contains("10.224.0.6");
        assertThat(node.outputs().stream().map(ClusterFacts.CommandOutput::command))
                .containsExactly("iptables -L -n -v --line-numbers", "nft -n list ruleset");
        CommandRun reach = CommandRun.of(
                folder,
                "reach",
                "--from",
                "10.224.0.4",
                write("facts.yaml", run.out()).toString());
        assertThat(reach.out()).contains("DROP");
    }

    @Test
    void whichNodeAnOutputIsOfIsNotGuessed() throws Exception {
        write("case/iptables-save.txt", "*filter\n:INPUT DROP [0:0]\nCOMMIT\n");

        CommandRun run = imported(at("case"));
        CommandRun given = imported("--node", NODE + "0", at("case"));

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("but of which node?", "--node", "nothing of this can be used");
        assertThat(given.exit()).isZero();
        assertThat(facts(given.out()).get(0).nodes().get(0).name()).isEqualTo(NODE + "0");
    }

    @Test
    void aNodeIsToldByItsFileItsFolderOrTheNodesOfTheCluster() throws Exception {
        write("case/" + NODE + "0/iptables-save.txt", "*filter\nCOMMIT\n");
        write("case/" + NODE + "1_iptables-save.txt", "*filter\nCOMMIT\n");
        write("case/nodes/my-own/iptables-save.txt", "*filter\nCOMMIT\n");
        write("case/vm7/iptables-save.txt", "*filter\nCOMMIT\n");
        write("case/node.yaml", "{kind: Node, apiVersion: v1, metadata: {name: vm7}}");

        CommandRun run = imported(at("case"));

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(facts(run.out()).get(0).nodes().stream().map(ClusterFacts.NodeOutputs::name))
                .containsExactly(NODE + "0", NODE + "1", "my-own", "vm7");
    }

    @Test
    void ofTwoOutputsThatDifferNeitherIsUsed() throws Exception {
        write("case/" + NODE + "0/monday/ufw status.txt", "Status: active\n");
        write("case/" + NODE + "0/friday/ufw status.txt", "Status: inactive\n");
        write("case/" + NODE + "0/iptables-save.txt", "*filter\nCOMMIT\n");
        write("case/" + NODE + "0/again/iptables-save.txt", "*filter\nCOMMIT\n");

        CommandRun run = imported(at("case"));

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).contains("so neither is used", "monday/ufw status.txt", "friday/ufw status.txt");
        assertThat(facts(run.out()).get(0).nodes().get(0).outputs()).hasSize(1);
    }

    @Test
    void textsOfWindowsAreRead() throws Exception {
        Files.createDirectory(folder.resolve("case"));
        Files.write(
                folder.resolve("case/nsg.json"),
                ("\uFEFF[{\"type\": \"Microsoft.Network/networkSecurityGroups\", \"name\": \"nsg\"}]\r\n")
                        .getBytes(StandardCharsets.UTF_16LE));

        CommandRun run = imported(at("case"));

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(facts(run.out()).get(0).azure()).hasSize(1);
    }

    @Test
    void secretsAreRemoved() throws Exception {
        write(
                "case/aks.json",
                "{\"type\": \"Microsoft.ContainerService/managedClusters\", \"name\": \"aks\","
                        + " \"servicePrincipalProfile\": {\"clientId\": \"x\", \"secret\": \"hunter2hunter2\"}}");
        write("case/" + NODE + "0/iptables-save.txt", "# password=hunter2hunter2\n*filter\nCOMMIT\n");

        assertThat(imported(at("case")).out()).contains("managedClusters").doesNotContain("hunter2");
    }

    @Test
    void aResourceThatWasPrintedTwiceIsThereOnce() throws Exception {
        String nsg =
                "{\"id\": \"/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/n\","
                        + " \"name\": \"n\", \"securityRules\": []}";
        write("case/list.json", "[" + nsg + "]");
        write("case/show.json", nsg);

        CommandRun run = imported(at("case"));

        assertThat(run.err()).contains("1 resource,");
        assertThat(facts(run.out()).get(0).azure()).hasSize(1);
    }

    @Test
    void factsFilesAreMerged() throws Exception {
        write(
                "case/a.yaml",
                "apiVersion: tunnel-doctor/v1\nkind: ClusterFacts\nagents: [10.224.0.4]\n"
                        + "nodes:\n  - name: n\n    address: 10.224.0.5\n    outputs:\n      ufw status: 'Status: inactive'\n");
        write("case/nodes/n/iptables-save.txt", "*filter\nCOMMIT\n");

        ClusterFacts facts = facts(imported(at("case")).out()).get(0);

        assertThat(facts.nodes()).hasSize(1);
        assertThat(facts.nodes().get(0).outputs()).hasSize(2);
        assertThat(facts.nodes().get(0).address()).contains("10.224.0.5");
        assertThat(facts.agents()).hasSize(1);
    }

    @Test
    void aLongListOfLeftoversIsCutUnlessAskedFor() throws Exception {
        for (int i = 0; i < 30; i++) {
            write("case/note" + i + ".txt", "nothing");
        }
        write("case/nodes/n/iptables-save.txt", "*filter\nCOMMIT\n");

        CommandRun brief = imported(at("case"));
        CommandRun whole = imported("--verbose", at("case"));

        assertThat(brief.exit()).isEqualTo(3);
        assertThat(brief.err()).contains("... and 10 more; --verbose lists them.");
        assertThat(whole.err().lines().filter(line -> line.startsWith("not placed: ")))
                .hasSize(30);
    }

    @Test
    void whatIsNotThereIsSaidAndTheRestImported() throws Exception {
        write("case/nodes/n/iptables-save.txt", "*filter\nCOMMIT\n");

        CommandRun run = imported(at("case"), at("gone.zip"));

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("gone.zip: no such file");
        assertThat(facts(run.out()).get(0).nodes()).hasSize(1);
    }

    @Test
    void namesThatActOnTheTerminalDoNot() throws Exception {
        write("case/\u001b[31mred\n.txt", "nothing");

        CommandRun run = imported(at("case"));

        assertThat(run.err()).doesNotContain("\u001b");
        assertThat(run.err().lines()).hasSize(2);
    }
}
