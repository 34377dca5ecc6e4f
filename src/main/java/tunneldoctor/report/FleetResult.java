package tunneldoctor.report;

import java.util.ArrayList;
import java.util.List;
import tunneldoctor.model.Certainty;
import tunneldoctor.model.Diagnosis;

/**
 * How one facts document of many ended.
 *
 * @param file as the user gave it or a folder holds it; {@code -} for standard input
 * @param document 1 for the first of the file
 * @param last whether the file has no document behind it
 * @param cluster name; empty if not known
 * @param nodes known from any evidence
 * @param causes found, first the one to repair first
 * @param cannotTell ids of the causes that stay open
 * @param error why there is no diagnosis; empty if there is one
 */
public record FleetResult(
        String file,
        int document,
        boolean last,
        String cluster,
        int nodes,
        Verdict verdict,
        List<Cause> causes,
        List<String> cannotTell,
        String error) {
    public FleetResult {
        causes = List.copyOf(causes);
        cannotTell = List.copyOf(cannotTell);
    }

    /** In order of weight, heaviest first. */
    public enum Verdict {
        /** This program failed on it. */
        FAILED,
        /** It cannot be read, or a rule fails on it. */
        UNUSABLE,
        FOUND,
        CANNOT_TELL,
        NOTHING_FOUND;

        /** Whether the document was diagnosed. */
        public boolean answered() {
            return this != FAILED && this != UNUSABLE;
        }
    }

    /**
     * A cause found.
     *
     * @param nodes how many are affected; 0 where the whole cluster is
     */
    public record Cause(String id, Certainty certainty, int nodes) {}

    /** A document that was diagnosed. */
    public static FleetResult of(Diagnosis diagnosis, int document, boolean last) {
        List<Cause> causes = new ArrayList<>();
        diagnosis
                .diagnoses()
                .forEach(found -> causes.add(new Cause(
                        found.cause(), found.certainty(), found.nodes().size())));
        Verdict verdict = !causes.isEmpty()
                ? Verdict.FOUND
                : diagnosis.cannotTell().isEmpty() ? Verdict.NOTHING_FOUND : Verdict.CANNOT_TELL;
        return new FleetResult(
                diagnosis.file(),
                document,
                last,
                diagnosis.cluster().name(),
                diagnosis.cluster().nodeCount(),
                verdict,
                causes,
                diagnosis.causesOpen(),
                "");
    }

    /** A document, or the rest of a file, that was not. */
    public static FleetResult without(Verdict verdict, String file, int document, boolean last, String error) {
        return new FleetResult(file, document, last, "", 0, verdict, List.of(), List.of(), error);
    }
}
