package tunneldoctor.collect.standin;

import static tunneldoctor.collect.standin.FakeCluster.map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tunneldoctor.collect.standin.FakeCluster.FakeNode;

/**
 * Azure Resource Manager and Azure Monitor for one {@link FakeCluster}, over HTTP on the loopback interface. Knows the paths
 * and api-versions of what exists and refuses others, pages, runs commands as long-running operations that keep the last
 * 4,096 bytes of each stream, throttles and fails as it is told. Refuses every method that writes. Keeps every call.
 */
public final class FakeAzure implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KEPT_BYTES = 4_096;
    private static final Pattern RUN_COMMAND = Pattern.compile("(?i)(/.*/virtualMachines/[^/]+)/runCommand");
    private static final Pattern METRICS = Pattern.compile("(?i)(/.*)/providers/Microsoft\\.Insights/metrics");
    private static final Pattern OPERATION = Pattern.compile(
            "(?i)/subscriptions/[^/]+/providers/Microsoft\\.Compute/locations/[^/]+/operations/([^/]+)");

    private static final Set<String> NETWORK_VERSIONS = Set.of("2024-05-01", "2024-10-01", "2025-01-01", "2025-03-01");
    private static final Set<String> COMPUTE_VERSIONS = Set.of("2024-07-01", "2024-11-01", "2025-04-01");

    /** The api-versions that each provider or type has. */
    private static final Map<String, Set<String>> VERSIONS = Map.of(
            "microsoft.containerservice", Set.of("2025-05-01", "2025-09-01"),
            "microsoft.compute", COMPUTE_VERSIONS,
            "microsoft.compute/virtualmachinescalesets/networkinterfaces", Set.of("2018-10-01"),
            "microsoft.compute/locations/operations", COMPUTE_VERSIONS,
            "microsoft.network", NETWORK_VERSIONS,
            "microsoft.authorization", Set.of("2016-09-01", "2020-05-01"),
            "microsoft.insights", Set.of("2018-01-01", "2023-10-01"));

    private final HttpServer server;
    private final ExecutorService workers = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake-azure");
        thread.setDaemon(true);
        return thread;
    });
    private final CountDownLatch closed = new CountDownLatch(1);
    private final FakeCluster cluster;
    private final Map<String, Map<String, Object>> resources;
    private final Map<String, FakeNode> machines;
    private final Map<String, Operation> operations = new ConcurrentHashMap<>();
    private final Map<String, Operation> running = new ConcurrentHashMap<>();
    private final List<Call> calls = new ArrayList<>();
    private final List<Planned> faults = new ArrayList<>();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private Shell shell = (node, script) -> new Shell.Printed("", "");
    private Duration latency = Duration.ZERO;
    private Duration commandTime = Duration.ZERO;
    private int pageSize = 50;
    private int throttleEvery;
    private boolean behind;
    private String retryAfter = "1";

    private record Planned(String endpoint, Fault fault, AtomicInteger left) {}

    private record Operation(Instant readyAt, Future<Shell.Printed> printed) {
        boolean done() {
            return printed.isDone() && !Instant.now().isBefore(readyAt);
        }
    }

    private record Answer(int status, Object body, Map<String, String> headers) {
        static Answer ok(Object body) {
            return new Answer(200, body, Map.of());
        }

        static Answer error(int status, String code, String message) {
            return new Answer(status, map("error", map("code", code, "message", message)), Map.of());
        }
    }

    private FakeAzure(FakeCluster cluster) throws IOException {
        this.cluster = cluster;
        this.resources = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        this.resources.putAll(cluster.resources());
        this.machines = cluster.nodes().stream()
                .collect(Collectors.toMap(
                        node -> node.armId().toLowerCase(Locale.ROOT), Function.identity(), (a, b) -> a));
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        server.setExecutor(workers);
        server.createContext("/", this::serve);
    }

    public static FakeAzure start(FakeCluster cluster) throws IOException {
        FakeAzure azure = new FakeAzure(cluster);
        azure.server.start();
        return azure;
    }

    /** Where Azure Resource Manager is. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    // ---- how it behaves; to be set before the first call ----

    public FakeAzure shell(Shell nodes) {
        shell = nodes;
        return this;
    }

    /** Every answer takes so long. */
    public FakeAzure latency(Duration perCall) {
        latency = perCall;
        return this;
    }

    /** Every command takes so long. */
    public FakeAzure commandTime(Duration time) {
        commandTime = time;
        return this;
    }

    public FakeAzure pageSize(int resourcesPerPage) {
        pageSize = resourcesPerPage;
        return this;
    }

    /** Every so manieth call is answered by 429. */
    public FakeAzure throttleEvery(int manieth) {
        throttleEvery = manieth;
        return this;
    }

    /** What 429 and 202 say in {@code Retry-After}, seconds or a date; nothing if empty. */
    public FakeAzure retryAfter(String value) {
        retryAfter = value;
        return this;
    }

    /** It lacks the newest api-version of whatever has several, as sovereign clouds do. */
    public FakeAzure behind() {
        behind = true;
        return this;
    }

    /** The calls of an endpoint fail, so many of them. */
    public FakeAzure fault(String endpoint, Fault fault, int times) {
        faults.add(new Planned(endpoint, fault, new AtomicInteger(times)));
        return this;
    }

    /** The calls of an endpoint fail, all of them. */
    public FakeAzure fault(String endpoint, Fault fault) {
        return fault(endpoint, fault, Integer.MAX_VALUE);
    }

    // ---- what it saw ----

    public List<Call> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    /** The kinds of calls seen, each once, in order. */
    public List<String> endpoints() {
        return List.copyOf(calls().stream().map(Call::endpoint).collect(Collectors.toCollection(TreeSet::new)));
    }

    /** The calls that are neither a read nor a run-command. */
    public List<Call> writes() {
        return calls().stream()
                .filter(call -> !call.method().equals("GET")
                        && !(call.method().equals("POST")
                                && RUN_COMMAND.matcher(call.path()).matches()))
                .toList();
    }

    /** The most calls that were under way at once. */
    public int mostAtOnce() {
        return most.get();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        workers.shutdownNow();
    }

    // ---- serving ----

    private void serve(HttpExchange exchange) throws IOException {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        try {
            Call call = call(exchange);
            synchronized (calls) {
                calls.add(call);
            }
            if (!latency.isZero()) {
                Thread.sleep(latency.toMillis());
            }
            Optional<Fault> fault = fault(call);
            if (fault.isPresent()) {
                fail(exchange, call, fault.get());
            } else {
                send(exchange, answer(call));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            send(exchange, Answer.error(500, "InternalServerError", "the stand-in failed: " + e));
        } finally {
            now.decrementAndGet();
            exchange.close();
        }
    }

    private static Call call(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query =
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return new Call(
                exchange.getRequestMethod(),
                path,
                query,
                endpoint(exchange.getRequestMethod(), path, parameters(query)),
                body,
                Instant.now());
    }

    private static String endpoint(String method, String path, Map<String, String> parameters) {
        Matcher metrics = METRICS.matcher(path);
        if (metrics.matches()) {
            return method + " Microsoft.Insights/metrics " + parameters.getOrDefault("metricnames", "");
        }
        String[] parts = providerParts(path);
        boolean list = parts.length % 2 == 0;
        return method + " " + type(path) + (method.equals("POST") || !list ? "" : " list")
                + (parameters.containsKey("$skiptoken") ? " further page" : "");
    }

    /** {@code NS, type, name, type, name…} behind the last provider. */
    private static String[] providerParts(String path) {
        int at = path.toLowerCase(Locale.ROOT).lastIndexOf("/providers/");
        return at < 0
                ? new String[0]
                : path.substring(at + "/providers/".length()).split("/", -1);
    }

    private static String type(String path) {
        String[] parts = providerParts(path);
        StringBuilder type = new StringBuilder(parts.length == 0 ? path : parts[0]);
        for (int i = 1; i < parts.length; i += 2) {
            type.append('/').append(parts[i]);
        }
        return type.toString();
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Arrays.stream(query.split("&")).filter(part -> !part.isEmpty()).forEach(part -> {
            int at = part.indexOf('=');
            parameters.put(
                    decoded(at < 0 ? part : part.substring(0, at)), at < 0 ? "" : decoded(part.substring(at + 1)));
        });
        return parameters;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private Answer answer(Call call) throws Exception {
        if (throttleEvery > 0 && served.incrementAndGet() % throttleEvery == 0) {
            return throttled();
        }
        Map<String, String> parameters = parameters(call.query());
        Optional<Answer> refused = refusedVersion(call.path(), parameters);
        if (refused.isPresent()) {
            return refused.get();
        }
        Matcher command = RUN_COMMAND.matcher(call.path());
        if (call.method().equals("POST") && command.matches()) {
            return command(command.group(1), call.body());
        }
        if (!call.method().equals("GET")) {
            return Answer.error(405, "MethodNotAllowed", "the stand-in lets nothing be changed");
        }
        Matcher operation = OPERATION.matcher(call.path());
        if (operation.matches()) {
            return operation(operation.group(1), call);
        }
        Matcher metrics = METRICS.matcher(call.path());
        return metrics.matches() ? metrics(metrics.group(1), parameters) : read(call.path(), parameters);
    }

    private Answer throttled() {
        Answer answer = Answer.error(429, "TooManyRequests", "The request was throttled.");
        return retryAfter.isEmpty() ? answer : new Answer(429, answer.body(), Map.of("Retry-After", retryAfter));
    }

    private Optional<Answer> refusedVersion(String path, Map<String, String> parameters) {
        String asked = parameters.getOrDefault("api-version", "");
        if (asked.isEmpty()) {
            return Optional.of(Answer.error(
                    400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required."));
        }
        String type = type(path).toLowerCase(Locale.ROOT);
        Set<String> known = Optional.ofNullable(VERSIONS.get(type))
                .or(() -> Optional.ofNullable(VERSIONS.get(type.split("/", 2)[0])))
                .orElse(Set.of());
        if (known.contains(asked) && !(behind && known.size() > 1 && asked.equals(Collections.max(known)))) {
            return Optional.empty();
        }
        return Optional.of(Answer.error(
                400,
                known.isEmpty() ? "InvalidResourceNamespace" : "InvalidResourceType",
                "No registered resource provider found for API version '" + asked + "' for type '" + type
                        + "'. The supported api-versions are '"
                        + known.stream()
                                .filter(version -> !version.equals(asked))
                                .sorted()
                                .collect(Collectors.joining(", "))
                        + "'."));
    }

    // ---- resources ----

    private Answer read(String path, Map<String, String> parameters) {
        String[] parts = providerParts(path);
        if (parts.length % 2 == 1) {
            Map<String, Object> resource = resources.get(path);
            return resource == null ? missing(path) : Answer.ok(resource);
        }
        String folder = path.substring(0, path.length() - parts[parts.length - 1].length() - 1);
        boolean ofResource = parts.length > 2;
        if (ofResource && !resources.containsKey(folder)) {
            return missing(folder);
        }
        List<Map<String, Object>> all = resources.entrySet().stream()
                .filter(entry -> lists(path, entry.getKey()))
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .map(Map.Entry::getValue)
                .toList();
        return page(path, all, parameters);
    }

    private static boolean lists(String path, String id) {
        String list = path.toLowerCase(Locale.ROOT);
        String one = id.toLowerCase(Locale.ROOT);
        int at = list.lastIndexOf("/providers/");
        String scope = list.substring(0, at);
        String wanted = list.substring(at);
        if (wanted.endsWith("/networkinterfaces") && wanted.contains("/virtualmachinescalesets/")) {
            String set = list.substring(0, list.length() - "/networkinterfaces".length());
            return one.startsWith(set + "/virtualmachines/") && one.contains("/networkinterfaces/");
        }
        int provider = one.indexOf(wanted + "/");
        boolean inScope = provider >= 0
                && (one.startsWith(scope + "/") || one.startsWith(scope + "/providers/"))
                && one.lastIndexOf("/providers/") <= provider;
        return inScope && one.indexOf('/', provider + wanted.length() + 1) < 0;
    }

    private Answer page(String path, List<Map<String, Object>> all, Map<String, String> parameters) {
        int from = Integer.parseInt(parameters.getOrDefault("$skiptoken", "0"));
        int to = Math.min(all.size(), from + pageSize);
        Map<String, Object> page = map("value", all.subList(Math.min(from, to), to));
        if (to < all.size()) {
            page.put(
                    "nextLink",
                    endpoint().resolve(path.replace(" ", "%20")) + "?api-version=" + parameters.get("api-version")
                            + "&%24skiptoken=" + to);
        }
        return Answer.ok(page);
    }

    private static Answer missing(String path) {
        return Answer.error(
                404,
                "ResourceNotFound",
                "The Resource '" + path
                        + "' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix");
    }

    private Answer metrics(String resource, Map<String, String> parameters) {
        if (!resources.containsKey(resource)) {
            return missing(resource);
        }
        String metric = parameters.getOrDefault("metricnames", "");
        String filter = parameters.getOrDefault("$filter", "");
        int top = Integer.parseInt(parameters.getOrDefault("top", "10"));
        return Answer.ok(map(
                "cost",
                0,
                "timespan",
                parameters.getOrDefault("timespan", ""),
                "interval",
                parameters.getOrDefault("interval", "PT1M"),
                "namespace",
                "Microsoft.Network/loadBalancers",
                "resourceregion",
                "westeurope",
                "value",
                List.of(map(
                        "id",
                        resource + "/providers/Microsoft.Insights/metrics/" + metric,
                        "type",
                        "Microsoft.Insights/metrics",
                        "name",
                        map("value", metric, "localizedValue", metric),
                        "unit",
                        "Count",
                        "errorCode",
                        "Success",
                        "timeseries",
                        cluster.series(metric, filter, top)))));
    }

    // ---- run-command ----

    private Answer command(String machine, String body) throws JsonProcessingException {
        JsonNode input = JSON.readTree(body);
        String key = machine.toLowerCase(Locale.ROOT);
        FakeNode node = machines.get(key);
        if (node == null) {
            return missing(machine);
        }
        if (!input.path("commandId").asText().equals("RunShellScript")) {
            return Answer.error(400, "BadRequest", "the stand-in runs shell scripts only");
        }
        List<String> lines = new ArrayList<>();
        input.path("script").forEach(line -> lines.add(line.asText()));
        String id = UUID.randomUUID().toString();
        synchronized (running) {
            Operation before = running.get(key);
            if (before != null && !before.done()) {
                return conflict();
            }
            Operation operation = new Operation(
                    Instant.now().plus(commandTime), workers.submit(() -> shell.run(node, String.join("\n", lines))));
            running.put(key, operation);
            operations.put(id, operation);
        }
        return accepted(endpoint() + "subscriptions/" + FakeCluster.SUBSCRIPTION
                + "/providers/Microsoft.Compute/locations/westeurope/operations/" + id
                + "?p=4ac2&monitor=true&api-version=2025-04-01");
    }

    private Answer accepted(String location) {
        Map<String, String> headers = new TreeMap<>(Map.of("Location", location));
        if (!retryAfter.isEmpty()) {
            headers.put("Retry-After", retryAfter);
        }
        return new Answer(202, "", headers);
    }

    private static Answer conflict() {
        return Answer.error(
                409,
                "Conflict",
                "Run command extension execution is in progress. Please wait for completion before invoking a run command.");
    }

    private Answer operation(String id, Call call) throws Exception {
        Operation operation = operations.get(id);
        if (operation == null) {
            return Answer.error(404, "NotFound", "no such operation");
        }
        if (!operation.done()) {
            return accepted(endpoint().resolve(call.path()) + "?" + call.query());
        }
        Shell.Printed printed = operation.printed().get();
        return Answer.ok(map(
                "value",
                List.of(map(
                        "code", "ProvisioningState/succeeded",
                        "level", "Info",
                        "displayStatus", "Provisioning succeeded",
                        "message",
                                "Enable succeeded: \n[stdout]\n" + kept(printed.stdout()) + "\n[stderr]\n"
                                        + kept(printed.stderr())))));
    }

    /** The end of a stream, which may begin within a character. */
    private static String kept(String stream) {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        int from = Math.max(0, bytes.length - KEPT_BYTES);
        return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
    }

    // ---- faults ----

    private Optional<Fault> fault(Call call) {
        return faults.stream()
                .filter(planned -> planned.endpoint().equals(call.endpoint())
                        && planned.left().getAndDecrement() > 0)
                .map(Planned::fault)
                .findFirst();
    }

    private void fail(HttpExchange exchange, Call call, Fault fault) throws Exception {
        switch (fault) {
            case FORBIDDEN ->
                send(
                        exchange,
                        Answer.error(
                                403,
                                "AuthorizationFailed",
                                "The client 'someone@example.com' with object id 'b1c5' does not have authorization to"
                                        + " perform action over scope '" + call.path() + "'."));
            case NOT_FOUND -> send(exchange, missing(call.path()));
            case CONFLICT -> send(exchange, conflict());
            case THROTTLED -> send(exchange, throttled());
            case SERVER_ERROR -> send(exchange, Answer.error(500, "InternalServerError", "Encountered\nan error."));
            case UNAVAILABLE -> send(exchange, Answer.error(503, "ServiceUnavailable", "Try later."));
            case EXPIRED_TOKEN ->
                send(
                        exchange,
                        Answer.error(401, "ExpiredAuthenticationToken", "The access token expiry time is past."));
            case RESET -> exchange.close();
            case HANG -> closed.await();
            case HALF_ANSWER -> {
                byte[] body = JSON.writeValueAsBytes(answer(call).body());
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, Math.max(2, body.length));
                exchange.getResponseBody().write(body, 0, body.length / 2);
                exchange.getResponseBody().flush();
                exchange.close();
            }
            case INVALID_JSON -> raw(exchange, "{\"value\": [{\"id\": \"/subscriptions/");
            case OTHER_JSON -> raw(exchange, "{\"odd\": true}");
            case EMPTY_ANSWER -> raw(exchange, "");
            case FOREIGN_LINK -> {
                exchange.getResponseHeaders().set("Location", "http://127.0.0.1:9/stolen?api-version=1");
                raw(exchange, "{\"value\": [], \"nextLink\": \"http://127.0.0.1:9/stolen?api-version=1\"}");
            }
        }
    }

    private static void raw(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.getResponseBody().close();
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().equals("") ? new byte[0] : JSON.writeValueAsBytes(answer.body());
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().close();
    }
}
