package tunneldoctor.collect.standin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The API server of a {@link FakeCluster}, over HTTP. */
public final class FakeApiServer implements AutoCloseable {
    private static final Logger CHATTER = Logger.getLogger("io.fabric8.mockwebserver");

    static {
        CHATTER.setLevel(Level.WARNING);
    }

    private final KubernetesMockServer server;
    private final int written;

    private FakeApiServer(KubernetesMockServer server, int written) {
        this.server = server;
        this.written = written;
    }

    public static FakeApiServer start(FakeCluster cluster) throws IOException {
        return start(cluster, FakeCluster.NODE_GROUP);
    }

    /** @param nodeGroup the resource group that the nodes say they are in */
    public static FakeApiServer start(FakeCluster cluster, String nodeGroup) throws IOException {
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        KubernetesMockServer server = new KubernetesMockServer(
                new Context(), new MockWebServer(), responses, new KubernetesMixedDispatcher(responses), false);
        server.init();
        ObjectMapper json = new ObjectMapper();
        int written = 0;
        try (KubernetesClient client = server.createClient()) {
            for (Map<String, Object> object : FakeKubernetes.objects(cluster)) {
                client.resource(json.writeValueAsString(object).replace(FakeCluster.NODE_GROUP, nodeGroup))
                        .create();
                written++;
            }
        }
        return new FakeApiServer(server, written);
    }

    public URI endpoint() {
        return URI.create("http://localhost:" + server.getPort() + "/");
    }

    /** Methods of the requests since the cluster was filled, in order. */
    public List<String> methods() throws InterruptedException {
        List<String> methods = new ArrayList<>();
        int count = server.getRequestCount();
        for (int i = 0; i < count; i++) {
            @Nullable String method = server.takeRequest().getMethod();
            if (i >= written) {
                methods.add(String.valueOf(method));
            }
        }
        return methods;
    }

    @Override
    public void close() {
        server.destroy();
    }
}
