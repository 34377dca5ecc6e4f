package tunneldoctor.model;

import java.util.Collections;
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

    /** {@code successful}, {@code failed} or {@code pending}, lower case; empty if not split by it. */
    public String connectionState() {
        return dimension("ConnectionState").toLowerCase(java.util.Locale.ROOT);
    }

    /** The node's address a SNAT series is about; empty if not split by it. */
    public String backendAddress() {
        return dimension("BackendIPAddress");
    }

    /** The protocol a SNAT series is about, as written; empty if not split by it. */
    public String protocolType() {
        return dimension("ProtocolType");
    }

    public boolean ofLoadBalancer() {
        return resourceId.contains("/microsoft.network/loadbalancers/");
    }

    public boolean ofNatGateway() {
        return resourceId.contains("/microsoft.network/natgateways/");
    }

    /** Azure names the metric in two spellings, one per resource type. */
    public boolean snatConnections() {
        return metric.equalsIgnoreCase("SnatConnectionCount");
    }

    public boolean failed() {
        return connectionState().equals("failed");
    }

    public double sum() {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    /** The largest value; 0 without values. */
    public double peak() {
        return values.isEmpty() ? 0 : Collections.max(values);
    }
}
