package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.MetricSeries;
import tunneldoctor.model.Tree;

class MetricsReaderTest {
    private static final String ID =
            "'id':'/subscriptions/s/resourceGroups/R/providers/Microsoft.Network/loadBalancers/Kubernetes/providers/Microsoft.Insights/metrics/SnatConnectionCount'";
    private static final String NAME = "'name':{'value':'SnatConnectionCount','localizedValue':'SNAT'}";

    private static FactsBuilder read(List<Tree> items) {
        FactsBuilder facts = new FactsBuilder();
        MetricsReader.read(items, facts);
        return facts;
    }

    private static FactsBuilder read(String... json) {
        return read(Stream.of(json).map(JsonTrees::of).toList());
    }

    private static FactsBuilder points(String points) {
        return read("{" + ID + "," + NAME + ",'timeseries':[{'metadatavalues':[],'data':" + points + "}]}");
    }

    @Test
    void aReplyOfSeveralMetricsReads() {
        FactsBuilder facts = read(JsonTrees.items("metrics-snat.json"));

        assertThat(facts.problems).isEmpty();
        assertThat(facts.metrics).hasSize(3 + 3 + 3 + 1).allMatch(MetricSeries::ofLoadBalancer);
        MetricSeries failed = facts.metrics.get(1);
        assertThat(failed.failed()).isTrue();
        assertThat(failed.aggregation()).isEqualTo("total");
        assertThat(failed.values()).hasSize(40);
        assertThat(failed.sum()).isEqualTo(1330);
        assertThat(failed.source().document()).isEqualTo("metrics[0] SnatConnectionCount");
        assertThat(failed.source().text())
                .isEqualTo("SnatConnectionCount connectionstate=Failed: 40 values (total), sum 1330, peak 133");
        assertThat(facts.metrics.get(2).values()).as("points without values").isEmpty();
        assertThat(facts.metrics.get(3).backendAddress()).isEqualTo("10.224.0.4");
        assertThat(facts.metrics.get(3).aggregation()).isEqualTo("average");
        assertThat(facts.metrics.get(9).metric()).isEqualTo("ByteCount");
        assertThat(facts.metrics.get(9).values()).as("measured, nothing seen").isEmpty();
    }

    @Test
    void theResourceIsFoundWhereverTheReplyNamesIt() {
        FactsBuilder facts = read(
                "[{" + ID + "," + NAME + ",'timeseries':[]}]",
                "{'ResourceId':'/X/Y','Name':{'Value':'UsedSnatPorts'},'Timeseries':[]}",
                "{'resourceid':'/A/B','value':[{" + NAME + ",'timeseries':[]}]}",
                "{'values':[{'resourceid':'/C','value':[{" + NAME + ",'timeseries':[]}]}]}");

        assertThat(facts.problems).isEmpty();
        assertThat(facts.metrics)
                .extracting(MetricSeries::resourceId)
                .containsExactly(
                        "/subscriptions/s/resourcegroups/r/providers/microsoft.network/loadbalancers/kubernetes",
                        "/x/y",
                        "/a/b",
                        "/c");
    }

    @Test
    void valuesComeInTimeOrder() {
        FactsBuilder facts = points(
                "[{'timeStamp':'2026-01-01T00:02:00Z','total':3},{'timeStamp':'2026-01-01T00:01:00Z','total':'1.5e1'},{'timeStamp':'2026-01-01T00:03:00Z'}]");

        assertThat(facts.metrics.get(0).values()).containsExactly(15.0, 3.0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'timeStamp':'t','count':60}]",
                "[{'timeStamp':'t','minimum':0}]",
                "[{'timeStamp':'t','total':'NaN'}]",
                "[{'timeStamp':'t','total':-1}]",
                "[{'timeStamp':'t','total':'0x1p3'}]",
                "[{'timeStamp':'t','total':'1e999'}]",
                "[{'timeStamp':'t','total':[1]}]",
                "['2026']",
                "'none'"
            })
    void valuesThatDoNotTellHowManyAreAProblem(String points) {
        FactsBuilder facts = points(points);

        assertThat(facts.metrics).isEmpty();
        assertThat(facts.problems).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'text'",
                "null",
                "{}",
                "{'value':'none'}",
                "{" + NAME + ",'timeseries':[]}",
                "{" + ID + "," + NAME + "}",
                "{" + ID + "," + NAME + ",'timeseries':{}}",
                "{" + ID + "," + NAME + ",'timeseries':[],'errorCode':'Throttled'}",
                "{" + ID + "," + NAME + ",'timeseries':[{'metadatavalues':'x','data':[]}]}",
                "{" + ID + "," + NAME
                        + ",'timeseries':[{'metadatavalues':[{'name':{'value':'connectionstate'}}],'data':[]}]}",
                "[[[[[[[[[[{}]]]]]]]]]]"
            })
    void whatIsNoMeasurementIsAProblem(String json) {
        FactsBuilder facts = read(json);

        assertThat(facts.metrics).isEmpty();
        assertThat(facts.problems).hasSize(1);
    }
}
