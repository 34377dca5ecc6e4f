package tunneldoctor.collect.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tunneldoctor.collect.standin.FakeAzure;
import tunneldoctor.collect.standin.FakeCluster;
import tunneldoctor.collect.standin.Fault;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Gap;

/**
 * Every fault at every kind of call a collection makes: no crash, a gap that names what is missing and why, and nothing
 * ruled out that the whole evidence does not rule out.
 */
class AzureFaultsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(1_000);

    /** What each fault reads like. */
    private static final Map<Fault, String> REASONS = Map.ofEntries(
            Map.entry(Fault.FORBIDDEN, "HTTP 403 AuthorizationFailed, needs the permission Microsoft."),
            Map.entry(Fault.NOT_FOUND, "HTTP 404 ResourceNotFound"),
            Map.entry(Fault.CONFLICT, "HTTP 409 Conflict"),
            Map.entry(Fault.THROTTLED, "HTTP 429 TooManyRequests"),
            Map.entry(Fault.SERVER_ERROR, "HTTP 500 InternalServerError: Encountered an error."),
            Map.entry(Fault.UNAVAILABLE, "HTTP 503 ServiceUnavailable: Try later."),
            Map.entry(Fault.EXPIRED_TOKEN, "HTTP 401 ExpiredAuthenticationToken, sign in again: az login"),
            Map.entry(Fault.RESET, "the connection broke: "),
            Map.entry(Fault.HANG, "no whole answer in time"),
            Map.entry(Fault.HALF_ANSWER, "the connection broke: "),
            Map.entry(Fault.INVALID_JSON, "the answer "),
            Map.entry(Fault.OTHER_JSON, "the answer "),
            Map.entry(Fault.EMPTY_ANSWER, "the answer "),
            Map.entry(Fault.FOREIGN_LINK, ""));

    /**
     * What is not ruled out without these. A group that is not listed is read by the id its users name, and nodes are in
     * the list that Kubernetes gives, so that those losses cost nothing.
     */
    private static final Map<String, String> NEEDED = Map.of(
            "GET Microsoft.ContainerService/managedClusters", "nsg-blocks-kubelet",
            "GET Microsoft.Network/networkSecurityGroups", "nsg-blocks-kubelet",
            "GET Microsoft.Insights/metrics SnatConnectionCount", "snat-exhausted",
            "GET Microsoft.Insights/metrics SNATConnectionCount", "snat-exhausted",
            "GET Microsoft.Insights/metrics AllocatedSnatPorts", "snat-exhausted",
            "GET Microsoft.Insights/metrics UsedSnatPorts", "snat-exhausted");

    /** Ways out of a cluster. Small clusters, and with something of every kind, so that every kind of call is made. */
    private enum Way {
        LOAD_BALANCER,
        NAT_GATEWAY,
        FIREWALL,
        /** With two causes to be found. */
        FAULTY;

        FakeCluster cluster() {
            FakeCluster cluster = new FakeCluster(5)
                    .machinePool(2)
                    .pool("npwin", 1, "Windows")
                    .lock()
                    .securityRule("allow-all", 110, "Inbound", "Allow", "*");
            return switch (this) {
                case LOAD_BALANCER -> cluster;
                case FAULTY ->
                    cluster.securityRule("deny-kubelet", 100, "Inbound", "Deny", "10250")
                            .failedConnections(7);
                case NAT_GATEWAY -> cluster.natGateway();
                case FIREWALL -> cluster.firewall().firewallRule("api", "TCP", "*", "443");
            };
        }
    }

    private static FakeAzure azure(FakeCluster cluster) throws Exception {
        return FakeAzure.start(cluster).pageSize(2).retryAfter("");
    }

    private static AzureRun run(FakeAzure azure, FakeCluster cluster, Duration perCall) throws Exception {
        return AzureRun.of(azure, cluster, AzureRun.limits(6, Duration.ofSeconds(60), perCall));
    }

    /** What is seen of a whole collection. */
    private record Whole(Way way, List<String> endpoints, Set<String> ruledOut) {
        static Whole of(Way way) {
            FakeCluster cluster = way.cluster();
            try (FakeAzure azure = azure(cluster)) {
                AzureRun run = run(azure, cluster, LONG);
                assertThat(run.facts().gaps()).isEmpty();
                assertThat(run.diagnosis().causesFound().isEmpty()).isEqualTo(way != Way.FAULTY);
                return new Whole(way, azure.endpoints(), Set.copyOf(run.ruledOut()));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    private static final Map<Way, Whole> WHOLE = new ConcurrentHashMap<>();

    private static Whole whole(Way way) {
        return WHOLE.computeIfAbsent(way, Whole::of);
    }

    @Test
    void everyKindOfReadIsMade() throws Exception {
        Set<String> types = new TreeSet<>();
        for (Way way : Way.values()) {
            whole(way).endpoints().forEach(endpoint -> types.add(endpoint.split(" ")[1]));
        }

        assertThat(types)
                .containsAll(Stream.of(ArmType.values())
                        .filter(type ->
                                !Set.of(ArmType.OPERATION, ArmType.SUBNET).contains(type))
                        .map(ArmType::type)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void anyFaultAnywhereLeavesAGapAndRulesNothingOut(Fault fault) throws Exception {
        everywhere(Way.values(), (whole, endpoint) -> leavesAGap(whole, endpoint, fault));
    }

    @Test
    void whatIsFoundIsNeverRuledOutForWantOfEvidence() throws Exception {
        Way[] faulty = {Way.FAULTY};
        assertThat(whole(Way.FAULTY).ruledOut()).doesNotContain("nsg-blocks-kubelet", "snat-exhausted");

        everywhere(faulty, (whole, endpoint) -> {
            FakeCluster cluster = whole.way().cluster();
            try (FakeAzure azure = azure(cluster).fault(endpoint, Fault.FORBIDDEN)) {
                assertThat(run(azure, cluster, LONG).ruledOut()).as(endpoint).isSubsetOf(whole.ruledOut());
            }
        });
    }

    @Test
    void aFaultThatPassesLeavesNothingBehind() throws Exception {
        everywhere(Way.values(), (whole, endpoint) -> {
            FakeCluster cluster = whole.way().cluster();
            try (FakeAzure azure = azure(cluster)
                    .fault(endpoint, Fault.RESET, 1)
                    .fault(endpoint, Fault.THROTTLED, 2)
                    .fault(endpoint, Fault.UNAVAILABLE, 1)) {
                assertThat(run(azure, cluster, LONG).facts().gaps())
                        .as(endpoint)
                        .isEmpty();
            }
        });
    }

    private interface Check {
        void at(Whole whole, String endpoint) throws Exception;
    }

    /** Each kind of call, on the first of these ways out that makes it. */
    private static void everywhere(Way[] ways, Check check) throws Exception {
        ExecutorService several = Executors.newFixedThreadPool(20);
        try {
            List<Future<?>> all = new ArrayList<>();
            Set<String> seen = new TreeSet<>();
            for (Way way : ways) {
                Whole whole = whole(way);
                for (String endpoint : whole.endpoints()) {
                    if (seen.add(endpoint) && (way != Way.FAULTY || ways.length == 1)) {
                        all.add(several.submit(() -> {
                            check.at(whole, endpoint);
                            return null;
                        }));
                    }
                }
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failed) {
                throw failed;
            }
            throw e;
        } finally {
            several.shutdownNow();
        }
    }

    private static void leavesAGap(Whole whole, String endpoint, Fault fault) throws Exception {
        FakeCluster cluster = whole.way().cluster();
        try (FakeAzure azure = azure(cluster).fault(endpoint, fault)) {
            AzureRun run = run(azure, cluster, fault == Fault.HANG ? SHORT : LONG);
            Diagnosis diagnosis = run.diagnosis();
            String at = fault + " at " + endpoint;
            String type = endpoint.split(" ")[1];

            assertThat(azure.writes()).as(at).isEmpty();
            assertThat(run.facts().gaps())
                    .as(at)
                    .anyMatch(gap -> gap.reason().contains(REASONS.get(fault)) && isAbout(gap, endpoint, type));
            assertThat(diagnosis.causesFound()).as(at).isEmpty();
            assertThat(run.ruledOut()).as(at).isSubsetOf(whole.ruledOut());
            String needing = NEEDED.getOrDefault(endpoint, "");
            assertThat(run.ruledOut()).as(at).doesNotContain(needing);
            assertThat(run.facts().gaps()).as(at).allSatisfy(gap -> {
                assertThat(gap.what()).doesNotContain("\n").isNotBlank();
                assertThat(gap.reason())
                        .doesNotContain("\n")
                        .doesNotContain("someone@example.com")
                        .isNotBlank();
            });
        }
    }

    private static boolean isAbout(Gap gap, String endpoint, String type) {
        return gap.about().equals(type) || endpoint.equalsIgnoreCase("GET Microsoft.Insights/metrics " + gap.about());
    }
}
