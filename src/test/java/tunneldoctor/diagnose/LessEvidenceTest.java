package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tunneldoctor.model.Answer;
import tunneldoctor.model.Certainty;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Tree;

/**
 * Whoever knows less may find less, and must not be sure of the contrary: of every scene each text of a node goes missing or
 * breaks off, and each resource of Azure goes missing.
 */
class LessEvidenceTest {
    private static final Diagnoser DIAGNOSER = new Diagnoser(SamplesTest.rules());
    private static final int CUTS = 12;

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("tunneldoctor.diagnose.SamplesTest#scenes")
    void nobodyIsSureOfTheContrary(String file, String scene, ClusterFacts given) throws Exception {
        Map<String, Answer> whole = verdicts(DIAGNOSER.diagnose(given));
        Random random = new Random(20261129);

        for (int node = 0; node < given.nodes().size(); node++) {
            List<CommandOutput> outputs = given.nodes().get(node).outputs();
            for (int at = 0; at < outputs.size(); at++) {
                CommandOutput output = outputs.get(at);
                String what = given.nodes().get(node).name() + " " + output.command();
                compare(whole, with(given, node, at, Optional.empty()), "without " + what);
                // Of the others nobody can see that whole lines are missing at their end.
                boolean ends =
                        output.command().contains("save") || output.command().startsWith("nft");
                for (int cut = 0; ends && cut < CUTS && !output.text().isBlank(); cut++) {
                    String left = output.text()
                            .substring(0, random.nextInt(output.text().strip().length()));
                    compare(
                            whole,
                            with(given, node, at, Optional.of(left)),
                            "cut after " + left.length() + ": " + what);
                }
            }
        }
        for (int resource = 0; resource < given.azure().size(); resource++) {
            List<Tree> left = new ArrayList<>(given.azure());
            String what = left.remove(resource).text("name").orElse("");
            Map<String, Answer> others = new HashMap<>(whole);
            // Ready agents show that 443 lets them out now, where a group proves that it will not let them out again.
            others.remove("tunnel-port-closed", Answer.YES);
            compare(
                    others,
                    HealthyClusterTest.with(given, left, given.kubernetes(), given.nodes(), given.metrics()),
                    "without azure[" + resource + "] " + what);
        }
    }

    private static void compare(Map<String, Answer> whole, ClusterFacts less, String how) throws Exception {
        Map<String, Answer> found = verdicts(DIAGNOSER.diagnose(less));
        whole.forEach((cause, verdict) -> {
            if (verdict != Answer.CANNOT_TELL) {
                assertThat(found.get(cause)).as("%s, %s", cause, how).isIn(verdict, Answer.CANNOT_TELL);
            }
        });
    }

    private static Map<String, Answer> verdicts(Diagnosis diagnosis) {
        Map<String, Answer> verdicts = new HashMap<>();
        diagnosis.ruledOut().forEach(out -> verdicts.put(out.cause(), Answer.NO));
        diagnosis.notApplicable().forEach(out -> verdicts.put(out.cause(), Answer.NO));
        diagnosis.cannotTell().forEach(open -> verdicts.put(open.cause(), Answer.CANNOT_TELL));
        diagnosis
                .diagnoses()
                .forEach(found -> verdicts.put(
                        found.cause(), found.certainty() == Certainty.PROVED ? Answer.YES : Answer.CANNOT_TELL));
        return verdicts;
    }

    /** No form of its status shows what stands ahead of ufw's own rules. */
    @Test
    void whatUfwSaysOfItselfProvesNothing() throws Exception {
        ClusterFacts given = new Incident(2).ufw(1).facts();
        assertThat(given.nodes().get(1).outputs().get(0).command()).isEqualTo("iptables-save");
        String save = given.nodes().get(1).outputs().get(0).text();
        String beginning = save.substring(0, save.indexOf("-A ufw-before-input"));

        Diagnosis whole = DIAGNOSER.diagnose(given);
        Diagnosis without = DIAGNOSER.diagnose(with(given, 1, 0, Optional.empty()));
        Diagnosis cut = DIAGNOSER.diagnose(with(given, 1, 0, Optional.of(beginning)));

        assertThat(whole.diagnoses())
                .extracting(Diagnosis.Diagnosed::cause, Diagnosis.Diagnosed::certainty)
                .containsExactly(tuple("ufw-blocks-kubelet", Certainty.PROVED));
        assertThat(List.of(without, cut))
                .allSatisfy(less -> assertThat(less.diagnoses())
                        .extracting(Diagnosis.Diagnosed::cause, Diagnosis.Diagnosed::certainty)
                        .containsExactly(tuple("ufw-blocks-kubelet", Certainty.LIKELY)));
        assertThat(without.diagnoses().get(0).why())
                .isEqualTo(
                        "ufw is active and may drop TCP 10250 by default: no rule allows it; not known: what the packet"
                                + " filter has ahead of ufw's own rules");
    }

    @Test
    void aPodThatCannotBeReadMayBeAnAgent() throws Exception {
        String healthy = Files.readString(Path.of("facts-samples/healthy.yaml"));
        String nameless = healthy.replaceFirst(" +name: konnectivity-agent-7d9f8c6b54-w9r4t\n", "");
        assertThat(nameless).isNotEqualTo(healthy);

        Diagnosis diagnosis = DIAGNOSER.diagnose(RepairsTest.read(nameless));

        assertThat(diagnosis.causesFound()).isEmpty();
        assertThat(diagnosis.causesOpen()).contains("agents-overloaded");
    }

    /** With another text of one command, or without any. */
    private static ClusterFacts with(ClusterFacts given, int node, int at, Optional<String> text) {
        List<NodeOutputs> nodes = new ArrayList<>(given.nodes());
        NodeOutputs one = nodes.get(node);
        List<CommandOutput> outputs = new ArrayList<>(one.outputs());
        CommandOutput output = outputs.remove(at);
        text.ifPresent(other -> outputs.add(at, new CommandOutput(output.command(), other, output.line())));
        nodes.set(
                node, new NodeOutputs(one.index(), one.name(), one.address(), one.inInterface(), outputs, one.line()));
        return HealthyClusterTest.with(given, given.azure(), given.kubernetes(), nodes, given.metrics());
    }
}
