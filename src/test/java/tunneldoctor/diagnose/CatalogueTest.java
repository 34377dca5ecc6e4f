package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.Cause;

/** The catalogue in the README is the rules' own metadata, and every cause has its scenes. */
class CatalogueTest {
    private static final Path README = Path.of("README.md");
    private static final String BEGIN = "<!-- catalogue: ";
    private static final String END = "<!-- end of catalogue -->";

    @Test
    void theReadmeListsEveryCause() throws Exception {
        String readme = Files.readString(README);
        int begin = readme.indexOf('\n', readme.indexOf(BEGIN)) + 1;
        int end = readme.indexOf(END);
        String catalogue = catalogue();
        if (Boolean.getBoolean("update-golden")) {
            Files.writeString(README, readme.substring(0, begin) + catalogue + readme.substring(end));
            return;
        }
        assertThat(readme.substring(begin, end)).isEqualTo(catalogue);
    }

    @Test
    void everyCauseHasAFiringAndAQuietScene() throws Exception {
        for (Cause cause : SamplesTest.rules().causes()) {
            Path sample = Path.of("facts-samples", cause.file().replaceFirst("\\.drl$", ".yaml"));
            assertThat(sample).exists();
            assertThat(SamplesTest.read(sample))
                    .as("a firing scene in %s", sample)
                    .anySatisfy(scene ->
                            assertThat(scene.expect().orElseThrow().found()).containsExactly(cause.id()));
            assertThat(SamplesTest.read(sample)).as("a near miss in %s", sample).anySatisfy(scene -> {
                assertThat(scene.expect().orElseThrow().found()).isEmpty();
                assertThat(scene.expect().orElseThrow().cannotTell()).doesNotContain(cause.id());
            });
        }
    }

    private static String catalogue() {
        return "| cause | what it says | severity | source |\n|---|---|---|---|\n"
                + SamplesTest.rules().causes().stream()
                        .map(cause -> "| [`" + cause.id() + "`](rules/" + cause.file() + ") | " + cause.title() + " | "
                                + cause.severity().name().toLowerCase(java.util.Locale.ROOT) + " | [documented]("
                                + cause.source() + ") |\n")
                        .collect(Collectors.joining());
    }
}
