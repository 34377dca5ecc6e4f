package tunneldoctor.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tunneldoctor.report.FleetResult.Verdict;

/** What the results of many documents add up to. Not safe for use by several threads at once. */
public final class FleetSummary {
    private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    private final Map<String, Integer> found = new TreeMap<>();
    private final Map<String, Integer> open = new TreeMap<>();

    /** Counts a result in. */
    public void add(FleetResult result) {
        verdicts.merge(result.verdict(), 1, Integer::sum);
        result.causes().forEach(cause -> found.merge(cause.id(), 1, Integer::sum));
        result.cannotTell().forEach(cause -> open.merge(cause, 1, Integer::sum));
    }

    /** Documents that were diagnosed. */
    public int answered() {
        return verdicts.entrySet().stream()
                .filter(verdict -> verdict.getKey().answered())
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /** The heaviest of all verdicts; that nothing was found where there is none. */
    public Verdict heaviest() {
        return verdicts.keySet().stream().min(Comparator.naturalOrder()).orElse(Verdict.NOTHING_FOUND);
    }

    /**
     * Some lines for people, causes that most clusters have first.
     *
     * @param took how long this run took
     * @param now how many documents it diagnosed itself
     */
    public String text(Duration took, int now) {
        StringBuilder text = new StringBuilder();
        text.append(counted(answered(), "cluster")).append(": ");
        List<String> parts = new ArrayList<>();
        part(parts, Verdict.FOUND, "with a cause");
        part(parts, Verdict.CANNOT_TELL, "cannot be told");
        part(parts, Verdict.NOTHING_FOUND, "with nothing found");
        part(parts, Verdict.UNUSABLE, "not usable");
        part(parts, Verdict.FAILED, "failed");
        text.append(parts.isEmpty() ? "no document of facts" : String.join(", ", parts));
        double seconds = took.toMillis() / 1000.0;
        if (now > 0 && seconds > 0) {
            text.append(String.format(Locale.ROOT, "; %.1f s, %,.0f a minute", seconds, now * 60 / seconds));
        }
        text.append('\n');
        causes(text, "found", found);
        causes(text, "open", open);
        return text.toString();
    }

    private void part(List<String> parts, Verdict verdict, String words) {
        int count = verdicts.getOrDefault(verdict, 0);
        if (count > 0) {
            parts.add(String.format(Locale.ROOT, "%,d %s", count, words));
        }
    }

    private static void causes(StringBuilder text, String word, Map<String, Integer> counts) {
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(cause -> text.append(String.format(
                        "  %-5s  %-24s  %s%n", word, cause.getKey(), counted(cause.getValue(), "cluster"))));
    }

    private static String counted(int number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }
}
