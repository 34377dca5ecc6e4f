package tunneldoctor.knowledge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small rule files for tests. The cause is always {@code some-cause}. */
final class RuleText {
    static final String FILE = "some-cause.drl";

    /** Everything before the first rule; eight lines. */
    static final String HEAD = """
            package rules.some_cause

            import tunneldoctor.knowledge.Conclude
            import tunneldoctor.model.KubeNode
            import tunneldoctor.model.Symptom
            import tunneldoctor.model.Missing
            dialect "java"

            """;

    static final String METADATA =
            "@title(\"Some cause\") @severity(\"BLOCKING\") @source(\"a test\") @maturity(\"stable\") @ruledOut(\"all is well\")";

    private RuleText() {}

    /** A whole file with one rule: its name on line 9, its condition on line 12, its consequence on line 14. */
    static String with(String condition, String consequence) {
        return HEAD + "rule \"some-cause: found\"\n" + METADATA + "\nwhen\n" + condition + "\nthen\n" + consequence
                + "\nend\n";
    }

    static final String CONDITION = "$symptom : Symptom(timeout)";
    static final String CONSEQUENCE = "insertLogical(Conclude.proved(drools.getRule(), \"because\", $symptom));";

    static String good() {
        return with(CONDITION, CONSEQUENCE);
    }

    static Path write(Path directory, String name, String text) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
