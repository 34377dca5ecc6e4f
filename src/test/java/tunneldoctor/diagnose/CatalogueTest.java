package tunneldoctor.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tunneldoctor.report.CauseMarkdown;

/** The catalogue in the README is the table that {@code rules docs} writes. */
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

    private static String catalogue() {
        return CauseMarkdown.table(SamplesTest.rules().causes(), cause -> "rules/" + cause.file());
    }
}
