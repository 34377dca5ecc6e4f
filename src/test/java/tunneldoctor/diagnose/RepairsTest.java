package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Diagnosis.Diagnosed;
import tunneldoctor.model.Diagnosis.Effect;
import tunneldoctor.model.Diagnosis.Repair;
import tunneldoctor.model.Diagnosis.Step;
import tunneldoctor.model.Opening;
import tunneldoctor.model.PortSet;
import tunneldoctor.parse.FactsFile;

/** Incidents with several faults: exactly the real causes, the widest repair first, and a plan that works. */
class RepairsTest {
    private static final String NSG = "nsg-blocks-kubelet";
    private static final String UFW = "ufw-blocks-kubelet";
    private static final String IPTABLES = "iptables-blocks-kubelet";

    private static final Diagnoser DIAGNOSER = new Diagnoser(SamplesTest.rules());

    @Test
    void aClusterWithoutAFaultHasNoPlan() throws Exception {
        Diagnosis diagnosis = diagnose(new Incident(3).decoy(1));

        assertThat(diagnosis.causesFound()).isEmpty();
        assertThat(diagnosis.plan()).isEqualTo(Diagnosis.Plan.EMPTY);
    }

    @Test
    void twoBlocksOnOnePathNeedEachOther() throws Exception {
        Diagnosis diagnosis = diagnose(denied(new Incident(3)).dropped(1));

        assertThat(diagnosis.causesFound()).containsExactly(NSG, IPTABLES);
        assertThat(repairs(diagnosis, NSG)).first().satisfies(repair -> {
            assertThat(repair.proof().effect()).isEqualTo(Effect.NEEDS_OTHERS);
            assertThat(repair.proof().restored()).isEqualTo(2);
            assertThat(repair.proof().broken()).isEqualTo(3);
        });
        assertThat(repairs(diagnosis, IPTABLES))
                .first()
                .satisfies(repair -> assertThat(repair.proof().restored()).isZero());
        assertThat(diagnosis.plan().steps()).extracting(Step::cause).containsExactly(NSG, IPTABLES);
        assertThat(diagnosis.plan().steps()).extracting(Step::alone).containsExactly(2, 0);
        assertThat(diagnosis.plan().steps()).extracting(Step::together).containsExactly(2, 3);
        assertThat(diagnosis.plan().rest()).isEmpty();
    }

    @Test
    void threeBlocksOnOnePathAreThreeCauses() throws Exception {
        Diagnosis diagnosis = diagnose(denied(new Incident(2)).dropped(1).ufw(1));

        assertThat(diagnosis.causesFound()).containsExactlyInAnyOrder(NSG, IPTABLES, UFW);
        assertThat(diagnosis.causesFound()).startsWith(NSG);
        assertThat(diagnosis.plan().steps()).hasSize(3);
        assertThat(diagnosis.plan().restored()).isEqualTo(2);
    }

    @Test
    void differentBlocksOnDifferentNodesRankByWhatTheirRepairRestores() throws Exception {
        Diagnosis diagnosis = diagnose(new Incident(4).ufw(0).ufw(3).dropped(1).decoy(2));

        assertThat(diagnosis.causesFound()).containsExactly(UFW, IPTABLES);
        assertThat(diagnosis.plan().steps()).extracting(Step::alone).containsExactly(2, 1);
        assertThat(diagnosis.plan().steps()).extracting(Step::together).containsExactly(2, 3);
        assertThat(repairs(diagnosis, UFW)).extracting(Repair::solution).containsExactly("2b", "2a");
        assertThat(repairs(diagnosis, UFW))
                .allSatisfy(repair -> assertThat(repair.proof().effect()).isEqualTo(Effect.CLEARS));
    }

    @Test
    void anyMixOfFaultsIsToldApartAndPlanned() throws Exception {
        Random random = new Random(4);
        for (int round = 0; round < 25; round++) {
            int nodes = 1 + random.nextInt(6);
            Incident incident = new Incident(nodes);
            Set<String> faults = new LinkedHashSet<>();
            Set<Integer> broken = new LinkedHashSet<>();
            for (int node = 0; node < nodes; node++) {
                switch (random.nextInt(5)) {
                    case 0 -> {
                        incident.ufw(node);
                        faults.add(UFW);
                        broken.add(node);
                    }
                    case 1 -> {
                        incident.dropped(node);
                        faults.add(IPTABLES);
                        broken.add(node);
                    }
                    case 2 -> incident.decoy(node);
                    case 3 -> {
                        incident.ufw(node).dropped(node);
                        faults.addAll(List.of(UFW, IPTABLES));
                        broken.add(node);
                    }
                    default -> {}
                }
            }
            if (random.nextBoolean()) {
                denied(incident);
                faults.add(NSG);
                for (int node = 0; node < nodes; node++) {
                    broken.add(node);
                }
            } else {
                incident.securityRule("Shadowed", 300, "Deny", "*", "10250")
                        .securityRule("Ahead", 200, "Allow", "10.224.0.0/16", "10000-11000");
            }

            Diagnosis diagnosis = diagnose(incident);

            assertThat(diagnosis.causesFound()).as(incident.yaml()).containsExactlyInAnyOrderElementsOf(faults);
            assertThat(diagnosis.plan().broken()).isEqualTo(broken.size());
            assertThat(diagnosis.plan().restored()).isEqualTo(broken.size());
            List<Integer> restores = diagnosis.diagnoses().stream()
                    .map(found -> found.repairs().get(0).proof().restored())
                    .toList();
            assertThat(restores).isSortedAccordingTo((one, other) -> other - one);
        }
    }

    @Test
    void aProofNamesWhatMayStillBlockTheNodesItRestores() throws Exception {
        String doubt = "not known yet, and may block node " + Incident.name(1) + ": the packet filter rules";

        Diagnosis one = diagnose(denied(new Incident(3)).unseen(1));
        Diagnosis several = diagnose(denied(new Incident(3)).unseen(1).dropped(2));

        assertThat(repairs(one, NSG)).first().satisfies(repair -> {
            assertThat(repair.proof().effect()).isEqualTo(Effect.CLEARS);
            assertThat(repair.proof().restored()).isEqualTo(3);
            assertThat(repair.proof().note()).isEqualTo(doubt);
        });
        assertThat(one.plan().rest()).as("told with the only step").isEmpty();
        assertThat(repairs(several, NSG))
                .first()
                .satisfies(repair -> assertThat(repair.proof().note())
                        .isEqualTo("something else blocks node " + Incident.name(2) + "; " + doubt));
        assertThat(several.plan().restored()).isEqualTo(3);
        assertThat(several.plan().rest()).isEqualTo(doubt);
    }

    @Test
    void whatExplainsMoreSymptomsComesFirst() throws Exception {
        Diagnosis diagnosis = diagnose(new Incident(4).ufw(0).ufw(3).dropped(1).timeout(1));

        assertThat(diagnosis.causesFound()).containsExactly(IPTABLES, UFW);
        assertThat(diagnosis.diagnoses())
                .first()
                .satisfies(found -> assertThat(found.standing())
                        .isEqualTo(
                                "explains 1 of the observations given, proved, its repair alone restores 1 of 3 nodes,"
                                        + " blocking"));
    }

    @Test
    void aRepairSaysWhatElseItOpens() throws Exception {
        Diagnosis diagnosis = diagnose(new Incident(1).ufw(0).dropped(0));

        assertThat(repairs(diagnosis, UFW).get(0).proof().opens())
                .as("the drop ahead of ufw still holds")
                .isEmpty();
        assertThat(opens(diagnosis, UFW, "2a"))
                .containsExactly("TCP 0-21,23-10249,10251-65535 from anywhere", "UDP on any port from anywhere");
        assertThat(opens(diagnosis, IPTABLES, "3")).isEmpty();

        Diagnosis alone = diagnose(new Incident(1).dropped(0));
        assertThat(opens(alone, IPTABLES, "3 (accept)")).containsExactly("TCP 10250 from 10.224.0.0/16");
        assertThat(opens(alone, IPTABLES, "3")).containsExactly("TCP 10250 from anywhere");
        assertThat(repairs(alone, IPTABLES))
                .first()
                .extracting(Repair::solution)
                .isEqualTo("3 (accept)");
    }

    /** What conntrack keeps of a connection tells ports apart as the packet's own do. */
    @Test
    void aRuleThatAsksForAConnectionsPortOpensThatPortAlone() throws Exception {
        String yaml = new Incident(1).dropped(0).yaml();
        String given = yaml.replace(
                "-p tcp -m tcp --dport 10250 -j DROP", "-p tcp -m conntrack --ctorigdstport 10250 -j DROP");
        assertThat(given).isNotEqualTo(yaml);

        assertThat(opens(DIAGNOSER.diagnose(read(given)), IPTABLES, "3")).containsExactly("TCP 10250 from anywhere");
    }

    @Test
    void aGroupIsOpenedNoWiderThanItsAgents() throws Exception {
        Diagnosis diagnosis = diagnose(denied(new Incident(2)));

        Repair repair = repairs(diagnosis, NSG).get(0);
        assertThat(repair.proof().opens()).singleElement().satisfies(opening -> {
            assertThat(opening.ports()).isEqualTo(PortSet.of(10_250));
            assertThat(opening.sources().toCidrs()).containsExactly("10.224.0.0/16");
            assertThat(opening.atMost()).isFalse();
        });
        assertThat(repair.undo()).singleElement().asString().startsWith("az network nsg rule delete");
    }

    /** ufw refuses to prepend a rule that it has already, behind the deny: the allow alone would change nothing. */
    @Test
    void aRepairThatDoesNotHelpIsNotOffered() throws Exception {
        String status = """
                Status: active
                Logging: on (low)
                Default: allow (incoming), allow (outgoing), deny (routed)
                New profiles: skip

                To                         Action      From
                --                         ------      ----
                10000:11000/tcp            DENY IN     Anywhere
                10250/tcp                  ALLOW IN    10.224.0.0/16
                """;
        Incident incident = new Incident(1).ufw(0);
        String yaml = incident.yaml();
        String indented = status.replaceAll("(?m)^", "        ");
        String given =
                yaml.substring(0, yaml.indexOf("      iptables-save: |")) + "      ufw status verbose: |\n" + indented;

        Diagnosis diagnosis = DIAGNOSER.diagnose(read(given));

        assertThat(diagnosis.causesFound()).containsExactly(UFW);
        assertThat(repairs(diagnosis, UFW)).extracting(Repair::solution).containsExactly("2b (delete)", "2a");
    }

    /** An allow behind the deny repairs nothing; a rule base that says so all the same is not believed. */
    @Test
    void aRemedyIsTriedBeforeItIsBelieved(@TempDir Path directory) throws Exception {
        Path rules = directory.resolve("rules/host");
        Files.createDirectories(rules);
        String drl = Files.readString(Path.of("rules/host/ufw-blocks-kubelet.drl"));
        Files.writeString(
                rules.resolve("ufw-blocks-kubelet.drl"),
                drl.replace("HostRepair.allowInUfw($block)", "HostRepair.changeInUfw($block)"));
        Diagnoser mistaken = new Diagnoser(RuleBase.load(directory.resolve("rules"), directory.resolve("cache")));
        String yaml = new Incident(1).ufw(0).yaml().replace("--dport 22 -j ACCEPT", "--dport 10000:11000 -j DROP");

        assertThat(repairs(DIAGNOSER.diagnose(read(yaml)), UFW))
                .extracting(Repair::solution)
                .containsExactly("2b", "2a");
        assertThat(repairs(mistaken.diagnose(read(yaml)), UFW))
                .extracting(Repair::solution)
                .containsExactly("2a");
    }

    @Test
    void aContradictedFindingSinks() throws Exception {
        String probe = """
                kubernetes:
                  - kind: Node
                    metadata: {name: %s}
                    status: {addresses: [{type: InternalIP, address: %s}]}
                """.formatted(Incident.name(2), Incident.address(2));
        String yaml = new Incident(3).ufw(0).dropped(1).dropped(2).with(probe).yaml()
                + "      nc -v -w 2 " + Incident.address(0) + " 10250: |\n"
                + "        Connection to " + Incident.address(0) + " 10250 port [tcp/*] succeeded!\n";

        Diagnosis diagnosis = DIAGNOSER.diagnose(read(yaml));

        assertThat(diagnosis.causesFound()).containsExactly(IPTABLES, UFW);
        Diagnosed last = diagnosis.diagnoses().get(1);
        assertThat(last.contradictedBy()).singleElement().asString().contains("reached TCP 10250");
        assertThat(last.standing()).startsWith("ranked behind the others because");
    }

    @Test
    void theCommandThatSettlesMostComesFirst() throws Exception {
        String yaml = """
                apiVersion: tunnel-doctor/v1
                kind: ClusterFacts
                symptoms: ['dial tcp 10.224.0.6:10250: i/o timeout']
                """;

        Diagnosis diagnosis = DIAGNOSER.diagnose(read(yaml));

        assertThat(diagnosis.next()).hasValueSatisfying(next -> {
            assertThat(next.command()).isNotBlank();
            assertThat(next.settles()).isNotEmpty().isSubsetOf(diagnosis.causesOpen());
        });
    }

    private static Incident denied(Incident incident) {
        return incident.securityRule("DenyKubelet", 200, "Deny", "*", "10250");
    }

    private static Diagnosis diagnose(Incident incident) throws Exception {
        return DIAGNOSER.diagnose(incident.facts());
    }

    static ClusterFacts read(String yaml) throws Exception {
        List<ClusterFacts> read = new ArrayList<>();
        FactsFile.read("test", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), read::add);
        return read.get(0);
    }

    private static List<Repair> repairs(Diagnosis diagnosis, String cause) {
        return diagnosis.diagnoses().stream()
                .filter(found -> found.cause().equals(cause))
                .findFirst()
                .orElseThrow()
                .repairs();
    }

    private static List<String> opens(Diagnosis diagnosis, String cause, String solution) {
        return repairs(diagnosis, cause).stream()
                .filter(repair -> repair.solution().equals(solution))
                .flatMap(repair -> repair.proof().opens().stream())
                .map(Opening::text)
                .toList();
    }
}
