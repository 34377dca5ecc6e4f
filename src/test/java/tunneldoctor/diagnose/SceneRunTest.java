package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tunneldoctor.diagnose.SceneResult.Difference;
import tunneldoctor.diagnose.SceneResult.Standing;
import tunneldoctor.diagnose.SceneTests.FileResult;
import tunneldoctor.knowledge.RuleAccount;
import tunneldoctor.knowledge.RuleBase;

class SceneRunTest {
    private static final RuleBase RULES = SamplesTest.rules();

    private static final String UFW = """
            nodes:
              - name: n1
                address: 10.224.0.5
                outputs:
                  ufw status verbose: |
                    Status: active
                    Logging: on (low)
                    Default: deny (incoming), allow (outgoing), disabled (routed)
                    New profiles: skip

                    To                         Action      From
                    --                         ------      ----
                    22/tcp                     ALLOW IN    Anywhere
            """;

    @TempDir
    private Path folder;

    private SceneResult run(String expect, String evidence) throws Exception {
        Path file = folder.resolve("scene.yaml");
        Files.writeString(
                file, "apiVersion: tunnel-doctor/v1\nkind: ClusterFacts\nscene: a scene\n" + expect + evidence);
        return new SceneRun(RULES).run(SceneFile.read(file).scenes().get(0));
    }

    private static String open(String... others) {
        List<String> open = new ArrayList<>(List.of(
                "agents-overloaded",
                "iptables-blocks-kubelet",
                "nsg-blocks-kubelet",
                "snat-exhausted",
                "tunnel-port-closed"));
        open.addAll(List.of(others));
        return "cannotTell: " + open + "}\n";
    }

    @Test
    void aSceneThatEndsAsExpectedPasses() throws Exception {
        assertThat(run("expect: {found: [ufw-blocks-kubelet], " + open(), UFW).differences())
                .isEmpty();
    }

    @Test
    void aCauseThatIsNotFoundTellsWhichRulesShouldHaveFound() throws Exception {
        SceneResult result = run("expect: {found: [ufw-blocks-kubelet], " + open(), UFW.replace("active", "inactive"));

        assertThat(result.passed()).isFalse();
        assertThat(result.differences()).hasSize(1);
        Difference difference = result.differences().get(0);
        assertThat(difference.expected()).isEqualTo(Standing.FOUND);
        assertThat(difference.got()).isEqualTo(Standing.RULED_OUT);
        assertThat(difference.why()).isNotEmpty().allMatch(RuleAccount::finds).noneMatch(RuleAccount::fired);
    }

    @Test
    void aCauseFoundAgainstExpectationTellsWhatFoundIt() throws Exception {
        SceneResult result = run("expect: {found: [], " + open("ufw-blocks-kubelet"), UFW);

        assertThat(result.differences())
                .extracting(Difference::cause, Difference::expected, Difference::got)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        "ufw-blocks-kubelet", Standing.CANNOT_TELL, Standing.FOUND));
        assertThat(result.differences().get(0).why())
                .anyMatch(account -> account.fired() && account.finds())
                .anyMatch(account -> !account.fired() && account.leavesOpen());
    }

    @Test
    void whatWouldMakeASceneUselessIsAFlaw() throws Exception {
        assertThat(run("", UFW).flaws()).hasSize(1).first().asString().contains("expect:");
        assertThat(run("expect: {fond: [ufw-blocks-kubelet]}\n", UFW).flaws())
                .hasSize(1)
                .first()
                .asString()
                .contains("unknown key \"fond\"", "Did you mean \"found\"?");
        assertThat(run("expect: {found: [ufw-block-kubelet]}\n", UFW).flaws())
                .hasSize(1)
                .first()
                .asString()
                .contains("ufw-block-kubelet", "there is no such cause");
        assertThat(run("expect: {found: [ufw-blocks-kubelet], " + open("ufw-blocks-kubelet"), UFW)
                        .flaws())
                .containsExactly("it expects ufw-blocks-kubelet both as found and as open");
        assertThat(run("expects: {found: []}\n", UFW).flaws()).hasSize(2);
    }

    @Test
    void resultsComeInTheOrderOfTheFiles() throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            files.add(Files.writeString(
                    folder.resolve("s" + i + ".yaml"),
                    i == 7
                            ? "no: facts\n"
                            : "apiVersion: tunnel-doctor/v1\nkind: ClusterFacts\nscene: s" + i
                                    + "\nexpect: {found: [ufw-blocks-kubelet], " + open() + UFW));
        }
        List<FileResult> results = new ArrayList<>();

        try (SceneTests tests = new SceneTests()) {
            tests.run(tests.read(files), RULES, Optional.empty(), results::add);
        }

        assertThat(results).extracting(FileResult::path).containsExactlyElementsOf(files);
        assertThat(results.get(7).unreadable()).contains("s7.yaml");
        assertThat(results).filteredOn(FileResult::passed).hasSize(19);
    }

    @Test
    void aFileThatIsGoneIsNamed() {
        assertThat(SceneFile.read(folder.resolve("gone.yaml")).unreadable()).contains("gone.yaml", "no such file");
    }
}
