package tunneldoctor.collect.kubernetes;

import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.KubernetesSource;
import tunneldoctor.collect.Limits;
import tunneldoctor.collect.Progress;
import tunneldoctor.model.Gap;

/** What the API server of a cluster tells of nodes, the tunnel's agents and their surroundings. Sends GET requests only. */
public final class KubernetesApi implements KubernetesSource {
    /** The phase of progress that its reads belong to. */
    public static final String PHASE = "kubernetes";

    private static final int RETRIES = 2;
    private static final int PAUSE_MILLIS = 500;
    private static final Duration LONGEST_TO_CONNECT = Duration.ofSeconds(10);

    private final Config config;
    private final Optional<String> unusable;
    private final Clock clock;

    private KubernetesApi(Config config, Optional<String> unusable, Clock clock) {
        this.config = config;
        this.unusable = unusable;
        this.clock = clock;
    }

    /**
     * The cluster of the user's kubeconfig, or of the pod this runs in. Sends nothing yet.
     *
     * @param context its name in the kubeconfig; the current one where empty
     * @throws NoContextException if the kubeconfig has none of this name
     */
    public static KubernetesApi connect(Optional<String> context, Clock clock) throws NoContextException {
        Config config;
        try {
            config = Config.autoConfigure(context.orElse(null));
        } catch (RuntimeException e) {
            return new KubernetesApi(
                    Config.empty(), Optional.of("the kubeconfig cannot be read: " + e.getMessage()), clock);
        }
        List<NamedContext> contexts = config.getContexts() == null ? List.of() : config.getContexts();
        if (context.isPresent()
                && contexts.stream().noneMatch(each -> context.get().equals(each.getName()))) {
            throw new NoContextException("the kubeconfig has no context " + context.get()
                    + (contexts.isEmpty()
                            ? ""
                            : "; it has "
                                    + contexts.stream()
                                            .map(NamedContext::getName)
                                            .collect(Collectors.joining(", "))));
        }
        boolean found = config.getCurrentContext() != null || config.getAutoOAuthToken() != null;
        return new KubernetesApi(
                config,
                found
                        ? Optional.empty()
                        : Optional.of("no kubeconfig was found; az aks get-credentials makes one for the cluster"),
                clock);
    }

    /**
     * A cluster that a stand-in for its API server on this machine plays.
     *
     * @param endpoint of the loopback interface
     */
    public static KubernetesApi standIn(URI endpoint, Clock clock) {
        try {
            if (!InetAddress.getByName(endpoint.getHost()).isLoopbackAddress()) {
                throw new IllegalArgumentException("a stand-in must be on this machine, but is at " + endpoint);
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address for " + endpoint, e);
        }
        return new KubernetesApi(
                new ConfigBuilder(Config.empty())
                        .withMasterUrl(endpoint.toString())
                        .withTrustCerts(true)
                        .build(),
                Optional.empty(),
                clock);
    }

    /** The API server's address; empty if none is known. */
    public Optional<String> server() {
        return unusable.isPresent() ? Optional.empty() : Optional.ofNullable(config.getMasterUrl());
    }

    @Override
    public String plan() {
        return "Kubernetes: will read "
                + Reading.ALL.stream().map(Reading::what).collect(Collectors.joining(", "))
                + server().map(server -> " from " + server).orElse("")
                + "; needs get and list on them, which the ClusterRole view gives except for nodes and certificate"
                + " signing requests. No Secret is read, and nothing goes through the tunnel";
    }

    /** Keeps it as a gap that none of it is told. */
    public static void untold(Collected into, String reason) {
        Reading.ALL.forEach(reading -> into.gap(gap(reading, reason)));
    }

    @Override
    public void collect(Collected into, Limits limits, Progress progress) {
        progress.planned(PHASE, Reading.ALL.size());
        if (unusable.isPresent()) {
            untold(into, unusable.get());
            Reading.ALL.forEach(reading -> progress.done(PHASE, reading.what()));
            return;
        }
        KubernetesClient client;
        try {
            client = client(limits);
        } catch (RuntimeException e) {
            untold(into, Failure.reason(e));
            return;
        }
        try {
            read(client, into, limits, progress);
        } finally {
            client.close();
        }
    }

    private KubernetesClient client(Limits limits) {
        int perCall = (int) Math.min(Integer.MAX_VALUE, limits.perCall().toMillis());
        Config limited = new ConfigBuilder(config)
                .withRequestTimeout(perCall)
                .withConnectionTimeout((int) Math.min(perCall, LONGEST_TO_CONNECT.toMillis()))
                .withRequestRetryBackoffLimit(RETRIES)
                .withRequestRetryBackoffInterval(PAUSE_MILLIS)
                .build();
        return new KubernetesClientBuilder().withConfig(limited).build();
    }

    private void read(KubernetesClient client, Collected into, Limits limits, Progress progress) {
        Map<Reading, Lists.Answer> answers = new ConcurrentHashMap<>();
        Lists lists = new Lists(client::raw, clock.instant().minus(limits.since()));
        ExecutorService threads = Executors.newFixedThreadPool(limits.parallel(), task -> {
            Thread thread = new Thread(task, PHASE);
            thread.setDaemon(true);
            return thread;
        });
        for (Reading reading : Reading.ALL) {
            threads.execute(() -> {
                answers.put(reading, answer(lists, reading));
                progress.done(PHASE, reading.what());
            });
        }
        threads.shutdown();
        boolean interrupted = false;
        try {
            Duration left = Duration.between(clock.instant(), limits.deadline());
            threads.awaitTermination(Math.max(0, left.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        threads.shutdownNow();
        // Whoever answers after this is not heard any more, so that the gap below is the whole truth.
        Map<Reading, Lists.Answer> heard = Map.copyOf(answers);
        for (Reading reading : Reading.ALL) {
            Optional<Lists.Answer> answer = Optional.ofNullable(heard.get(reading));
            answer.ifPresent(given -> given.objects().forEach(into::kubernetes));
            answer.map(Lists.Answer::missing)
                    .orElse(Optional.of("collection was ended before it answered"))
                    .ifPresent(reason -> into.gap(gap(reading, reason)));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Lists.Answer answer(Lists lists, Reading reading) {
        try {
            return lists.read(reading);
        } catch (KubernetesClientException e) {
            return Lists.Answer.none(Failure.reason(e));
        } catch (RuntimeException e) {
            return Lists.Answer.none("reading it failed: " + e);
        }
    }

    private static Gap gap(Reading reading, String reason) {
        return new Gap(reading.what(), reading.kind(), reading.namespace(), reason);
    }
}
