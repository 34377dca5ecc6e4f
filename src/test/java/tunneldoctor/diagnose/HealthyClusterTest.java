package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Tree;

/** A healthy cluster gets no diagnosis, and taking evidence away never looks like health. */
class HealthyClusterTest {
    private static final Diagnoser DIAGNOSER = new Diagnoser(SamplesTest.rules());

    @Test
    void wholeEvidenceRulesEveryCauseOut() throws Exception {
        Diagnosis diagnosis = DIAGNOSER.diagnose(healthy());

        assertThat(diagnosis.diagnoses()).isEmpty();
        assertThat(diagnosis.cannotTell()).isEmpty();
        assertThat(diagnosis.problems()).isEmpty();
        assertThat(diagnosis.ruledOut().size() + diagnosis.notApplicable().size())
                .isEqualTo(6);
    }

    /**
     * Without ufw's status the whole rules of a node still show that no ufw chain filters; the agents' readiness settles
     * 443, so that the groups' loss leaves only the kubelet port open; without the cluster its network plugin is not known,
     * and so neither is the agents' source address.
     */
    @ParameterizedTest(name = "without {0}")
    @CsvSource({
        "azure type managedClusters, nsg-blocks-kubelet",
        "azure type virtualMachineScaleSets, nsg-blocks-kubelet",
        "azure type virtualNetworks, ''",
        "azure name nsg-nodes, nsg-blocks-kubelet",
        "azure name aks-agentpool-12345678-nsg, nsg-blocks-kubelet",
        "azure type loadBalancers, ''",
        "kubernetes kind Pod, agents-overloaded",
        "kubernetes kind Deployment, ''",
        "kubernetes kind ConfigMap, ''",
        "kubernetes kind Node, ''",
        "output iptables-save, iptables-blocks-kubelet",
        "output ufw status verbose, ''",
        "metrics all, snat-exhausted",
    })
    void losingEvidenceLeavesOpenExactlyTheCausesThatNeedIt(String removed, String open) throws Exception {
        Diagnosis diagnosis = DIAGNOSER.diagnose(without(healthy(), removed));

        assertThat(diagnosis.causesFound()).isEmpty();
        assertThat(diagnosis.causesOpen())
                .as("cannot tell: %s", diagnosis.cannotTell())
                .containsExactlyInAnyOrderElementsOf(open.isEmpty() ? List.of() : List.of(open.split(" ")));
        assertThat(diagnosis.cannotTell()).allSatisfy(gap -> {
            assertThat(gap.missing()).isNotBlank();
            assertThat(gap.command()).isNotBlank();
        });
    }

    @Test
    void losingBothTextsOfANodesFirewallLeavesBothHostCausesOpen() throws Exception {
        Diagnosis diagnosis =
                DIAGNOSER.diagnose(without(without(healthy(), "output iptables-save"), "output ufw status verbose"));

        assertThat(diagnosis.causesOpen()).containsExactlyInAnyOrder("iptables-blocks-kubelet", "ufw-blocks-kubelet");
    }

    private static ClusterFacts healthy() throws Exception {
        return SamplesTest.read(Path.of("facts-samples/healthy.yaml")).get(0);
    }

    private static ClusterFacts without(ClusterFacts given, String removed) {
        String[] words = removed.split(" ", 3);
        return switch (words[0]) {
            case "azure" ->
                with(
                        given,
                        filtered(given.azure(), words[1], words[2]),
                        given.kubernetes(),
                        given.nodes(),
                        given.metrics());
            case "kubernetes" ->
                with(
                        given,
                        given.azure(),
                        filtered(given.kubernetes(), words[1], words[2]),
                        given.nodes(),
                        given.metrics());
            case "metrics" -> with(given, given.azure(), given.kubernetes(), given.nodes(), List.of());
            default ->
                with(
                        given,
                        given.azure(),
                        given.kubernetes(),
                        withoutOutput(given.nodes(), removed.substring(7)),
                        given.metrics());
        };
    }

    private static List<Tree> filtered(List<Tree> items, String key, String end) {
        Predicate<Tree> goes = item -> item.text(key).orElse("").endsWith(end);
        List<Tree> kept = items.stream().filter(goes.negate()).toList();
        assertThat(kept).as("something is removed").hasSizeLessThan(items.size());
        return kept;
    }

    private static List<NodeOutputs> withoutOutput(List<NodeOutputs> nodes, String command) {
        List<NodeOutputs> kept = new ArrayList<>();
        for (NodeOutputs node : nodes) {
            List<CommandOutput> outputs = node.outputs().stream()
                    .filter(output -> !output.command().equals(command))
                    .toList();
            kept.add(new NodeOutputs(
                    node.index(), node.name(), node.address(), node.inInterface(), outputs, node.line()));
        }
        return kept;
    }

    /** The same document with other evidence. */
    static ClusterFacts with(
            ClusterFacts given, List<Tree> azure, List<Tree> kubernetes, List<NodeOutputs> nodes, List<Tree> metrics) {
        return new ClusterFacts(
                given.file(),
                given.apiVersion(),
                given.scene(),
                given.expect(),
                given.collected(),
                azure,
                kubernetes,
                nodes,
                metrics,
                given.symptoms(),
                given.agents(),
                given.gaps(),
                given.problems());
    }
}
