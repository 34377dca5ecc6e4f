package tunneldoctor.collect.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.Limits;
import tunneldoctor.collect.Progress;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Gap;
import tunneldoctor.model.Tree;

@EnableKubernetesMockClient(crud = true, https = false)
class KubernetesApiTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    /** Held, for a logger that nobody holds forgets what it was told. */
    private static final Logger CHATTER = Logger.getLogger("io.fabric8.mockwebserver");

    @BeforeAll
    static void quietServer() {
        CHATTER.setLevel(Level.WARNING);
    }

    // Both are set by the extension.
    @SuppressWarnings("NullAway.Init")
    private KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    @Test
    void objectsAreKeptAsKubectlPrintsThem() {
        client.nodes()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("aks-np-vmss000000")
                        .withManagedFields(new ManagedFieldsEntryBuilder()
                                .withManager("kubelet")
                                .build())
                        .endMetadata()
                        .withNewSpec()
                        .withProviderID("azure:///subscriptions/s")
                        .endSpec()
                        .build())
                .create();
        pod("kube-system", "konnectivity-agent-1");
        pod("shop", "cart-1");
        client.configMaps()
                .inNamespace("kube-system")
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("konnectivity-agent-autoscaler")
                        .endMetadata()
                        .addToData("ladder", "{}")
                        .build())
                .create();
        client.secrets()
                .inNamespace("kube-system")
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("konnectivity-certs")
                        .endMetadata()
                        .addToData("tls.key", "c2VjcmV0")
                        .build())
                .create();

        ClusterFacts facts = collect();

        assertThat(facts.kubernetes())
                .extracting(object -> object.text("kind").orElse("") + " "
                        + object.text("metadata", "name").orElse(""))
                .containsExactly(
                        "ConfigMap konnectivity-agent-autoscaler",
                        "Node aks-np-vmss000000",
                        "Pod konnectivity-agent-1");
        assertThat(facts.kubernetes().get(1).text("apiVersion")).contains("v1");
        assertThat(facts.kubernetes().get(1).at("metadata", "managedFields")).isEmpty();
        assertThat(facts.kubernetes().get(1).text("spec", "providerID")).contains("azure:///subscriptions/s");
        assertThat(facts.gaps()).isEmpty();
    }

    @Test
    void eventsOlderThanAskedForAreLeftOut() {
        event("new", "2026-11-22T09:30:00Z");
        event("old", "2026-11-22T08:30:00Z");

        List<Tree> objects = collect().kubernetes();

        assertThat(objects)
                .extracting(object -> object.text("metadata", "name").orElse(""))
                .containsExactly("new");
    }

    @ParameterizedTest
    @CsvSource({
        "401, 401 Unauthorized",
        "403, 403 Forbidden: nodes is forbidden",
        "500, 500",
        "503, 503",
    })
    void whatIsRefusedIsAGapWithTheServersReason(int code, String reason) {
        server.expect()
                .get()
                .withPath("/api/v1/nodes?limit=500")
                .andReturn(
                        code,
                        "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"code\": " + code
                                + ", \"message\": \"nodes is forbidden: User x cannot list\"}")
                .always();
        pod("kube-system", "konnectivity-agent-1");

        ClusterFacts facts = collect();

        assertThat(facts.gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.about()).isEqualTo("Node");
            assertThat(gap.reason()).startsWith(reason);
        });
        assertThat(facts.kubernetes()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"kind\": \"NodeList\", \"items\": [",
                "[]",
                "''",
                "<html>proxy</html>",
                "{\"kind\": \"NodeList\"}",
                "{\"kind\": \"PodList\", \"items\": []}",
                "{\"kind\": \"NodeList\", \"items\": 3}",
            })
    void anAnswerThatIsNoListIsAGapAndNoEmptyList(String answer) {
        server.expect()
                .get()
                .withPath("/api/v1/nodes?limit=500")
                .andReturn(200, answer)
                .always();

        assertThat(collect().gaps()).extracting(Gap::about).containsExactly("Node");
    }

    @Test
    void pagesAreReadToTheEndAndOneThatFailsIsAGap() {
        server.expect()
                .get()
                .withPath("/api/v1/nodes?limit=500")
                .andReturn(200, page("n1", "a+b"))
                .always();
        server.expect()
                .get()
                .withPath("/api/v1/nodes?limit=500&continue=a%2Bb")
                .andReturn(200, page("n2", "c"))
                .always();
        server.expect()
                .get()
                .withPath("/api/v1/nodes?limit=500&continue=c")
                .andReturn(410, "{\"kind\": \"Status\", \"message\": \"expired\"}")
                .always();

        ClusterFacts facts = collect();

        assertThat(facts.kubernetes()).hasSize(2);
        assertThat(facts.gaps())
                .extracting(Gap::reason)
                .singleElement()
                .asString()
                .startsWith("only the first 2 came: 410 Gone");
    }

    @Test
    void aServerThatIsNotThereLeavesNothingButGaps() {
        server.destroy();

        ClusterFacts facts = collect();

        assertThat(facts.kubernetes()).isEmpty();
        assertThat(facts.gaps())
                .hasSameSizeAs(Reading.ALL)
                .allMatch(gap -> gap.reason().startsWith("no connection to the API server"));
    }

    @Test
    void aServerThatHangsIsNotWaitedForBeyondTheEnd() throws IOException {
        Collected into = new Collected("test", CLOCK);
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            KubernetesApi.standIn(URI.create("http://localhost:" + silent.getLocalPort() + "/"), CLOCK)
                    .collect(
                            into,
                            new Limits(
                                    NOW.plusSeconds(1), Duration.ofSeconds(30), Duration.ZERO, 4, Duration.ofHours(1)),
                            Progress.SILENT);
        }

        assertThat(into.facts("f").gaps())
                .hasSameSizeAs(Reading.ALL)
                .allMatch(gap -> gap.reason().equals("collection was ended before it answered"));
    }

    @Test
    void nothingIsSentButReads() throws InterruptedException {
        collect();

        assertThat(server.getRequestCount()).isEqualTo(Reading.ALL.size());
        for (int i = 0; i < Reading.ALL.size(); i++) {
            assertThat(server.takeRequest().getMethod()).isEqualTo("GET");
        }
        assertThat(Reading.ALL)
                .extracting(Reading::path)
                .noneMatch(path -> path.contains("secrets") || path.contains("/log") || path.contains("exec"));
    }

    @Test
    void aStandInIsOnThisMachine() {
        assertThatThrownBy(() -> KubernetesApi.standIn(URI.create("http://192.0.2.1/"), CLOCK))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private ClusterFacts collect() {
        Collected into = new Collected("test", CLOCK);
        KubernetesApi.standIn(endpoint(), CLOCK)
                .collect(
                        into,
                        new Limits(NOW.plusSeconds(60), Duration.ofSeconds(20), Duration.ZERO, 4, Duration.ofHours(1)),
                        Progress.SILENT);
        return into.facts("f");
    }

    private URI endpoint() {
        return URI.create("http://localhost:" + server.getPort() + "/");
    }

    private void pod(String namespace, String name) {
        client.pods()
                .inNamespace(namespace)
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    private void event(String name, String last) {
        client.v1()
                .events()
                .inNamespace("kube-system")
                .resource(new EventBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withLastTimestamp(last)
                        .build())
                .create();
    }

    private static String page(String node, String next) {
        return "{\"kind\": \"NodeList\", \"apiVersion\": \"v1\", \"metadata\": {\"continue\": \"" + next
                + "\"}, \"items\": [{\"metadata\": {\"name\": \"" + node + "\"}}]}";
    }
}
