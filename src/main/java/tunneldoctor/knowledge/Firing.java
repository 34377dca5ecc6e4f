package tunneldoctor.knowledge;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.rule.AgendaFilter;
import org.kie.api.runtime.rule.Match;

/** Watches a session fire: ends it when its time is over, and knows which rule fired most. */
final class Firing implements AgendaFilter {
    private final KieSession session;
    private final long deadline;
    private final Map<String, Integer> counts = new HashMap<>();
    private boolean expired;

    Firing(KieSession session, Duration patience) {
        this.session = session;
        this.deadline = System.nanoTime() + patience.toNanos();
    }

    @Override
    public boolean accept(Match match) {
        counts.merge(match.getRule().getName(), 1, Integer::sum);
        if (System.nanoTime() - deadline > 0) {
            expired = true;
            session.halt();
            return false;
        }
        return true;
    }

    boolean expired() {
        return expired;
    }

    /** How often each rule fired, by name. */
    Map<String, Integer> counts() {
        return Map.copyOf(counts);
    }

    /** The rule that fired most, the first by name of several; empty if none fired. */
    String busiest() {
        return counts.entrySet().stream()
                .max(Comparator.comparing(Map.Entry<String, Integer>::getValue)
                        .thenComparing(Map.Entry::getKey, Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .orElse("");
    }
}
