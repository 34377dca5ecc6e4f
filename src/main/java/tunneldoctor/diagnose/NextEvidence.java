package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.Cause;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Missing;

/** The one command whose answer would settle most of what is open. */
final class NextEvidence {
    private NextEvidence() {}

    /** What waits for one command. */
    private static final class Waiting {
        private final Set<String> causes = new LinkedHashSet<>();
        private final Set<String> nodes = new LinkedHashSet<>();

        /** A cause that waits for nothing else is settled, one that waits for more is only brought nearer. */
        private int settled;
    }

    static Optional<Diagnosis.NextEvidence> of(
            List<Cause> causes, List<Conclusion> conclusions, List<Diagnosis.Open> open) {
        Set<String> undecided = new LinkedHashSet<>();
        open.forEach(one -> undecided.add(one.cause()));
        Map<String, Waiting> commands = new LinkedHashMap<>();
        for (Cause cause : causes) {
            if (undecided.contains(cause.id())) {
                gather(cause, Coverage.of(conclusions, cause, Conclusion.CannotTell.class), commands);
            }
        }
        List<Map.Entry<String, Waiting>> best = new ArrayList<>(commands.entrySet());
        best.sort(Comparator.comparing((Map.Entry<String, Waiting> one) -> -one.getValue().settled)
                .thenComparing(one -> -one.getValue().causes.size())
                .thenComparing(one -> -one.getValue().nodes.size()));
        return best.stream()
                .findFirst()
                .map(one -> new Diagnosis.NextEvidence(one.getKey(), List.copyOf(one.getValue().causes)));
    }

    private static void gather(Cause cause, List<Conclusion.CannotTell> gaps, Map<String, Waiting> commands) {
        Set<String> mine = new LinkedHashSet<>();
        for (Conclusion.CannotTell gap : gaps) {
            for (Missing missing : gap.missing()) {
                if (!missing.command().isEmpty()) {
                    mine.add(missing.command());
                    Waiting waiting = commands.computeIfAbsent(missing.command(), command -> new Waiting());
                    waiting.causes.add(cause.id());
                    waiting.nodes.addAll(gap.nodes());
                }
            }
        }
        if (mine.size() == 1) {
            mine.forEach(command -> commands.computeIfAbsent(command, one -> new Waiting()).settled++);
        }
    }
}
