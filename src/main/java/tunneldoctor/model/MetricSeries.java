package tunneldoctor.model;

import java.util.List;
import java.util.Map;

/**
 * One time series of an Azure Monitor response.
 *
 * @param resourceId the resource measured, lower case
 * @param metric REST name, for example {@code SnatConnectionCount}
 * @param dimensions dimension name in lower case to its value, for example {@code connectionstate} to {@code failed}
 * @param aggregation {@code total}, {@code average}, … the field the values were read from; empty without values
 * @param values one per point that has a value, in time order
 */
public record MetricSeries(
        String resourceId,
        String metric,
        Map<String, String> dimensions,
        String aggregation,
        List<Double> values,
        SourceRef source)
        implements Fact {
    public MetricSeries {
        dimensions = Map.copyOf(dimensions);
        values = List.copyOf(values);
    }

    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    /** The value of a dimension, ignoring case; empty if the series is not split by it. */
    public String dimension(String name) {
        return dimensions.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    }

    public double sum() {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    /** The largest value; 0 without values. */
    public double peak() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }
}
