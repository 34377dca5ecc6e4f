package tunneldoctor.cli;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.redact.Redaction;
import tunneldoctor.report.JsonReport;

/** Whether redacted facts are diagnosed as the facts are: each document before and after, the whole report. */
final class RedactionCheck {
    /** The report says it too, and a file may be called by a name that is to be replaced. */
    private static final String NAME = "facts.yaml";

    private static final Pattern BLANKS = Pattern.compile(" {2,}");

    private final Pipeline.Opened opened;

    RedactionCheck(Pipeline.Opened opened) {
        this.opened = opened;
    }

    /**
     * Where they first differ, in words that give nothing away; empty if they do not.
     *
     * @throws Pipeline.UnusableException if the facts before or after cannot be used
     */
    Optional<String> difference(FactsText original, FactsText redacted, Redaction redaction)
            throws Pipeline.UnusableException {
        List<ClusterFacts> before = original.documents(NAME);
        List<ClusterFacts> after = redacted.documents(NAME);
        if (before.size() != after.size()) {
            return Optional.of(after.size() + " documents of " + before.size());
        }
        for (int i = 0; i < before.size(); i++) {
            List<String> expected = redaction
                    .text(JsonReport.render(opened.diagnose(before.get(i))))
                    .lines()
                    .toList();
            List<String> actual =
                    JsonReport.render(opened.diagnose(after.get(i))).lines().toList();
            for (int line = 0; line < Math.max(expected.size(), actual.size()); line++) {
                String one = line < expected.size() ? said(expected.get(line)) : "(end)";
                String other = line < actual.size() ? said(actual.get(line)) : "(end)";
                if (!one.equals(other)) {
                    return Optional.of("document " + (i + 1) + " says " + other + ", not " + one);
                }
            }
        }
        return Optional.empty();
    }

    /** Blanks make up for longer pseudonyms where a whole line is redacted, and a report quotes only parts of some lines. */
    private static String said(String line) {
        return BLANKS.matcher(line.strip()).replaceAll(" ");
    }
}
