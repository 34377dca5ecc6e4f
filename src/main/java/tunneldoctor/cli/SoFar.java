package tunneldoctor.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import tunneldoctor.collect.FactsWriter;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.report.Escape;

/** Says in a few lines what Azure and Kubernetes alone tell already, while the nodes are still to be asked. */
final class SoFar implements Consumer<LiveRun.Partial> {
    private final Pipeline.Opened opened;

    SoFar(Pipeline.Opened opened) {
        this.opened = opened;
    }

    /** What goes wrong here is said with the report at the end, if it still does then. */
    @Override
    public void accept(LiveRun.Partial partial) {
        try {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            FactsWriter.write(partial.facts(), text);
            List<ClusterFacts> read = new ArrayList<>();
            opened.read(partial.facts().file(), new ByteArrayInputStream(text.toByteArray()), read::add);
            for (ClusterFacts facts : read) {
                partial.say().accept(text(opened.diagnose(facts)));
            }
        } catch (Pipeline.UnusableException | IOException | RuntimeException e) {
            partial.say().accept("So far nothing can be said: " + Escape.line(String.valueOf(e.getMessage())));
        }
    }

    static String text(Diagnosis diagnosis) {
        StringBuilder text = new StringBuilder("So far, from Azure and Kubernetes alone:\n");
        diagnosis
                .diagnoses()
                .forEach(found -> text.append("  found        ")
                        .append(Escape.line(found.cause()))
                        .append(" (")
                        .append(found.certainty().name().toLowerCase(Locale.ROOT))
                        .append("): ")
                        .append(Escape.line(found.title()))
                        .append('\n'));
        diagnosis
                .cannotTell()
                .forEach(open -> text.append("  cannot tell  ")
                        .append(Escape.line(open.cause()))
                        .append('\n'));
        if (diagnosis.diagnoses().isEmpty() && diagnosis.cannotTell().isEmpty()) {
            text.append("  nothing found\n");
        }
        return text.toString();
    }
}
