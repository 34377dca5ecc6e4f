package tunneldoctor.collect.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.UserAgentPolicy;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.compute.ComputeManager;
import com.azure.resourcemanager.resources.fluentcore.policy.AuthenticationPolicy;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.Limits;
import tunneldoctor.collect.Progress;
import tunneldoctor.collect.nodes.NodeMachine;
import tunneldoctor.collect.nodes.NodeRunner;

/**
 * What Azure knows of one cluster: its resources, its metrics and its machines. Reads only, whatever it is asked for.
 *
 * <p>{@link #collect} first, then {@link #machines}; {@link #runner} at any time.
 */
public final class AzureSource {
    /** The phase of progress that its reads belong to. */
    public static final String PHASE = "azure";

    /** Keeps connections, so it is one for all. */
    private static final HttpClient HTTP = new JdkHttpClientBuilder().build();

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final AzureProfile profile;
    private final URI endpoint;
    private final List<HttpPipelinePolicy> signIn;
    private final String resourceGroup;
    private final String cluster;
    private final Duration pause;
    private volatile List<NodeMachine> machines = List.of();

    private AzureSource(
            AzureProfile profile,
            List<HttpPipelinePolicy> signIn,
            String resourceGroup,
            String cluster,
            Duration pause) {
        this.profile = profile;
        this.endpoint = URI.create(profile.getEnvironment().getResourceManagerEndpoint());
        this.signIn = List.copyOf(signIn);
        this.resourceGroup = resourceGroup;
        this.cluster = cluster;
        this.pause = pause;
    }

    /**
     * A cluster in Azure, read with the user's {@code az login} or with the workload identity or service principal that the
     * environment tells of. Sends nothing yet.
     *
     * @param subscription its id or name; the one selected in {@code az} where empty
     */
    public static AzureSource connect(Optional<String> subscription, String resourceGroup, String cluster)
            throws NoSubscriptionException {
        Map<String, String> variables = System.getenv();
        Login login = Login.find(subscription, variables);
        TokenCredential credential = login.credential(variables);
        return new AzureSource(
                new AzureProfile(login.tenant(), login.subscription(), login.environment()),
                List.of(new AuthenticationPolicy(credential, login.environment())),
                resourceGroup,
                cluster,
                PAUSE);
    }

    /**
     * A cluster that a stand-in for Azure on this machine plays, without signing in.
     *
     * @param endpoint of the loopback interface
     */
    public static AzureSource standIn(URI endpoint, String subscription, String resourceGroup, String cluster) {
        return standIn(endpoint, subscription, resourceGroup, cluster, PAUSE);
    }

    /** @param pause before the second try of what failed */
    static AzureSource standIn(
            URI endpoint, String subscription, String resourceGroup, String cluster, Duration pause) {
        if (!isLoopback(endpoint)) {
            throw new IllegalArgumentException("a stand-in must be on this machine, but is at " + endpoint);
        }
        Map<String, String> endpoints = new HashMap<>(AzureEnvironment.AZURE.getEndpoints());
        endpoints.put(AzureEnvironment.Endpoint.RESOURCE_MANAGER.identifier(), endpoint.toString());
        endpoints.put(AzureEnvironment.Endpoint.MANAGEMENT.identifier(), endpoint.toString());
        return new AzureSource(
                new AzureProfile("", subscription, new AzureEnvironment(endpoints)),
                List.of(),
                resourceGroup,
                cluster,
                pause);
    }

    private static boolean isLoopback(URI endpoint) {
        try {
            return InetAddress.getByName(endpoint.getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * Puts every resource and metric into {@code into}, with the names and addresses of the nodes, and everything it could
     * not get as a gap. Never throws for what Azure answers or fails to answer; comes back soon after {@code limits} are
     * over or its thread is interrupted, with what was read so far kept and the rest a gap.
     */
    public void collect(Collected into, Limits limits, Progress progress) {
        Arm arm = new Arm(pipeline(limits), endpoint);
        try (Crew crew = new Crew(into, limits, progress)) {
            ClusterWalk walk = new ClusterWalk(arm, crew, into, limits.since());
            walk.walk(profile.getSubscriptionId(), resourceGroup, cluster);
            machines = walk.machines();
        }
        machines.forEach(machine -> into.node(machine.node(), machine.address()));
    }

    /** The machines of the cluster's nodes, in order of their names; none before {@link #collect}. */
    public List<NodeMachine> machines() {
        return machines;
    }

    /** Run-command on the machines. Safe for use by several threads. */
    public NodeRunner runner(Limits limits) {
        HttpPipeline pipeline = pipeline(limits);
        return new RunCommand(
                new Arm(pipeline, endpoint),
                ComputeManager.authenticate(pipeline, profile).serviceClient(),
                pause);
    }

    /**
     * The least that may be allowed for all of it to work, as the JSON of a custom role.
     *
     * @param runCommand whether scripts are to run on nodes
     */
    public String role(boolean runCommand) {
        return Permissions.role(profile.getSubscriptionId(), runCommand);
    }

    /** Lines for people: what will be read, and which permissions that needs. */
    public List<String> plan() {
        return Permissions.plan(profile.getSubscriptionId(), resourceGroup, cluster);
    }

    private HttpPipeline pipeline(Limits limits) {
        List<HttpPipelinePolicy> policies = new ArrayList<>();
        policies.add(new UserAgentPolicy("tunnel-doctor"));
        policies.add(new Patience(limits, pause));
        policies.addAll(signIn);
        policies.add(new ReadOnly(endpoint));
        return new HttpPipelineBuilder()
                .policies(policies.toArray(HttpPipelinePolicy[]::new))
                .httpClient(HTTP)
                .build();
    }
}
