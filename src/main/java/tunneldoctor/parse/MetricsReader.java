package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import tunneldoctor.model.Digits;
import tunneldoctor.model.MetricSeries;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Tree;

/**
 * Reads Azure Monitor's metric replies, from REST, {@code az monitor metrics list} or {@code Get-AzMetric}.
 * <pre>
 * {"interval": "PT1M", "value": [{"id": "…/loadBalancers/kubernetes/providers/Microsoft.Insights/metrics/SnatConnectionCount",
 *  "name": {"value": "SnatConnectionCount"}, "timeseries": [
 *   {"metadatavalues": [{"name": {"value": "connectionstate"}, "value": "Failed"}],
 *    "data": [{"timeStamp": "2026-11-22T10:00:00Z", "total": 12.0}, {"timeStamp": "2026-11-22T10:01:00Z"}]}]}]}
 * </pre>
 * A metric without any time series was measured and saw nothing: it becomes one series without values. One whose query
 * failed, or whose values say something else than how many, becomes a problem instead.
 */
final class MetricsReader {
    private static final int MAX_WRAPPERS = 8;
    private static final String PROVIDER = "/providers/microsoft.insights/metrics";

    /** Counts are summed per interval; ports in use are averaged, and summing them over time would be wrong. */
    private static final List<String> FOR_COUNTS = List.of("total", "maximum", "average");

    private static final List<String> FOR_LEVELS = List.of("average", "maximum", "total");

    private final FactsBuilder facts;
    private final int index;

    private MetricsReader(FactsBuilder facts, int index) {
        this.facts = facts;
        this.index = index;
    }

    static void read(List<Tree> responses, FactsBuilder facts) {
        for (int i = 0; i < responses.size(); i++) {
            new MetricsReader(facts, i).response(responses.get(i), "", 0);
        }
    }

    private void response(Tree tree, String resourceId, int depth) {
        if (depth > MAX_WRAPPERS) {
            problem("", tree, "lists are nested too deeply to be a metrics reply");
        } else if (tree instanceof Tree.Sequence sequence) {
            sequence.items().forEach(item -> response(item, resourceId, depth + 1));
        } else if (tree.get("timeseries").isPresent()
                || tree.text("name", "value").isPresent()) {
            metric(new ArmTree(tree), resourceId);
        } else {
            String stated = tree.text("resourceId")
                    .map(id -> id.toLowerCase(Locale.ROOT))
                    .orElse(resourceId);
            // A reply holds its metrics in value; a batch reply holds such replies in values.
            Optional<Tree> inner =
                    tree.get("value").or(() -> tree.get("values")).filter(value -> value instanceof Tree.Sequence);
            if (inner.isPresent()) {
                response(inner.get(), stated, depth + 1);
            } else {
                problem("", tree, "an item of metrics is not a metrics reply");
            }
        }
    }

    private void metric(ArmTree tree, String replyResource) {
        String name = tree.text("name", "value").isEmpty() ? tree.text("name") : tree.text("name", "value");
        String id = tree.lower("id");
        int end = id.indexOf(PROVIDER);
        String resource = end > 0 ? id.substring(0, end) : tree.lower("resourceId");
        if (resource.isEmpty()) {
            resource = replyResource;
        }
        String errorCode = tree.text("errorCode");
        if (name.isEmpty() || resource.isEmpty()) {
            problem(name, tree.tree(), "a metric does not say its name or its resource, so it is not used");
        } else if (!tree.has("timeseries") || !(tree.get("timeseries").get().tree() instanceof Tree.Sequence)) {
            problem(name, tree.tree(), "metric " + OneLine.name(name) + " shows no list of time series");
        } else if (!errorCode.isEmpty() && !errorCode.equalsIgnoreCase("Success")) {
            problem(
                    name,
                    tree.tree(),
                    "metric " + OneLine.name(name) + " was not measured: " + OneLine.name(errorCode));
        } else {
            List<ArmTree> series = tree.items("timeseries");
            if (series.isEmpty()) {
                facts.metrics.add(new MetricSeries(
                        resource,
                        name,
                        Map.of(),
                        "",
                        List.of(),
                        at(name, tree.tree(), name + ": measured, no values")));
            }
            for (ArmTree each : series) {
                series(name, resource, each);
            }
        }
    }

    private record Point(String time, ArmTree tree) {}

    private void series(String metric, String resource, ArmTree tree) {
        Optional<Map<String, String>> dimensions = dimensions(tree);
        boolean list = tree.has("data") && tree.get("data").get().tree() instanceof Tree.Sequence;
        if (dimensions.isEmpty() || !list) {
            problem(metric, tree.tree(), "a time series of " + OneLine.name(metric) + " cannot be read");
            return;
        }
        List<Point> points = new ArrayList<>();
        for (ArmTree point : tree.items("data")) {
            points.add(new Point(point.text("timeStamp"), point));
        }
        points.sort((a, b) -> a.time.compareTo(b.time));
        List<String> wanted = metric.toLowerCase(Locale.ROOT).endsWith("count") ? FOR_COUNTS : FOR_LEVELS;
        Optional<String> field = wanted.stream()
                .filter(f -> points.stream().anyMatch(point -> point.tree.has(f)))
                .findFirst();
        boolean others = points.stream().anyMatch(point -> point.tree.has("count") || point.tree.has("minimum"));
        boolean objects = points.stream().allMatch(point -> point.tree.isMapping());
        if (!objects || field.isEmpty() && others) {
            problem(
                    metric,
                    tree.tree(),
                    objects
                            ? "a time series of " + OneLine.name(metric)
                                    + " has only sample counts or minima, which do not tell how many"
                            : "a time series of " + OneLine.name(metric) + " cannot be read");
            return;
        }
        List<Double> values = new ArrayList<>();
        if (field.isPresent()) {
            for (Point point : points) {
                if (point.tree.has(field.get())) {
                    OptionalDouble value = number(point.tree.text(field.get()));
                    if (value.isEmpty()) {
                        problem(
                                metric,
                                point.tree.tree(),
                                "a value of " + OneLine.name(metric) + " is no number, so its time series is not used");
                        return;
                    }
                    values.add(value.getAsDouble());
                }
            }
        }
        StringBuilder text = new StringBuilder(metric);
        dimensions.get().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(d -> text.append(' ').append(d.getKey()).append('=').append(d.getValue()));
        MetricSeries read = new MetricSeries(
                resource, metric, dimensions.get(), field.orElse(""), values, at(metric, tree.tree(), ""));
        text.append(": ").append(values.size()).append(" values");
        field.ifPresent(f -> text.append(" (")
                .append(f)
                .append("), ")
                .append(f.equals("total") ? "sum " + plain(read.sum()) + ", " : "")
                .append("peak ")
                .append(plain(read.peak())));
        facts.metrics.add(new MetricSeries(
                resource,
                metric,
                dimensions.get(),
                field.orElse(""),
                values,
                at(metric, tree.tree(), text.toString())));
    }

    /** Empty if a dimension cannot be read: without it failed connections would read as all connections. */
    private static Optional<Map<String, String>> dimensions(ArmTree series) {
        if (series.has("metadatavalues") && !series.hasList("metadatavalues")) {
            return Optional.empty();
        }
        Map<String, String> dimensions = new HashMap<>();
        for (ArmTree each : series.items("metadatavalues")) {
            String name = each.lower("name", "value").isEmpty() ? each.lower("name") : each.lower("name", "value");
            String value = each.text("value");
            if (name.isEmpty() || value.isEmpty()) {
                return Optional.empty();
            }
            dimensions.put(name, value);
        }
        return Optional.of(dimensions);
    }

    /** Decimal notation only; {@link Double#parseDouble} alone would take {@code NaN}, {@code 1d} and hexadecimal too. */
    private static OptionalDouble number(String text) {
        if (text.isEmpty() || text.length() > 40) {
            return OptionalDouble.empty();
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Digits.is(c) && ".eE+-".indexOf(c) < 0) {
                return OptionalDouble.empty();
            }
        }
        try {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) && value >= 0 ? OptionalDouble.of(value) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) && value < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }

    private void problem(String metric, Tree tree, String message) {
        facts.problem(
                at(metric, tree, ""),
                message,
                "give the reply whole: az monitor metrics list --resource ID --metric NAME --filter \"ConnectionState eq '*'\" -o json");
    }

    private SourceRef at(String metric, Tree tree, String text) {
        String place = "metrics[" + index + "]" + (metric.isEmpty() ? "" : " " + OneLine.name(metric));
        return new SourceRef(place, tree.line(), OneLine.text(text));
    }
}
