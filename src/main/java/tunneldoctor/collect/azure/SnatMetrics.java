package tunneldoctor.collect.azure;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.azure.Crew.Job;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.Gap;
import tunneldoctor.model.Tree;

/** How many connections found no SNAT port, and how many ports the nodes have and use. */
final class SnatMetrics {
    private static final String CONNECTIONS = "SnatConnectionCount";
    private static final String ALLOCATED = "AllocatedSnatPorts";
    private static final String USED = "UsedSnatPorts";

    /** What is measured, by the names that rules know. */
    static final List<String> NAMES = List.of(CONNECTIONS, ALLOCATED, USED);

    private static final String BY_STATE = "ConnectionState eq '*'";
    private static final String BY_NODE = "BackendIPAddress eq '*' and ProtocolType eq '*'";

    /** Ports in use are a series per node and protocol, minute by minute; more than this would only be large. */
    private static final Duration LONGEST_OF_PORTS = Duration.ofHours(1);

    /** Azure returns 10 series where nothing is said, and would leave out nodes. */
    private static final int MOST_SERIES = 5_000;

    private final Arm arm;
    private final Collected into;
    private final Duration since;

    /** @param since how far back to look */
    SnatMetrics(Arm arm, Collected into, Duration since) {
        this.arm = arm;
        this.into = into;
        this.since = since;
    }

    /** Whether connections leave by it: an internal load balancer translates nothing. */
    static boolean translates(Tree loadBalancer) {
        String frontend = "properties.frontendIPConfigurations[].properties.";
        return !Within.parts(loadBalancer, frontend + "publicIPAddress").isEmpty()
                || !Within.parts(loadBalancer, frontend + "publicIPPrefix").isEmpty();
    }

    List<Job> ofLoadBalancer(Tree balancer) {
        String id = balancer.text("id").orElse("");
        return List.of(
                job(id, CONNECTIONS, CONNECTIONS, "Total", BY_STATE, since),
                job(id, ALLOCATED, ALLOCATED, "Average", BY_NODE, portsSince()),
                job(id, USED, USED, "Average", BY_NODE, portsSince()));
    }

    /** A NAT gateway deals its ports out as they are needed, so that only failures count. */
    List<Job> ofNatGateway(Tree gateway) {
        String id = gateway.text("id").orElse("");
        return List.of(job(id, "SNATConnectionCount", CONNECTIONS, "Total", BY_STATE, since));
    }

    private Duration portsSince() {
        return since.compareTo(LONGEST_OF_PORTS) < 0 ? since : LONGEST_OF_PORTS;
    }

    private Job job(String resource, String metric, String about, String aggregation, String filter, Duration back) {
        return new Job(
                "metric " + metric + " of " + ArmId.name(resource),
                about,
                resource,
                () -> read(resource, metric, about, aggregation, filter, back));
    }

    private void read(String resource, String metric, String about, String aggregation, String filter, Duration back)
            throws ArmFailure {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        String query = "&timespan=" + now.minus(back) + "/" + now
                + "&interval=" + grain(back)
                + "&metricnames=" + metric
                + "&aggregation=" + aggregation
                + "&top=" + MOST_SERIES
                + "&$filter=" + Arm.encoded(filter);
        Tree reply = arm.answer(resource + "/providers/" + ArmType.METRICS.type(), ArmType.METRICS, query);
        List<Tree> values = reply.items("value");
        if (values.isEmpty()) {
            throw new ArmFailure(ArmFailure.Kind.BROKEN, "the answer holds no metric");
        }
        Optional<String> error = values.stream()
                .flatMap(value -> value.text("errorCode").stream())
                .filter(code -> !code.isEmpty() && !code.equalsIgnoreCase("Success"))
                .findFirst();
        if (error.isPresent()) {
            throw new ArmFailure(ArmFailure.Kind.BROKEN, "not measured: " + ArmFailure.line(error.get()));
        }
        into.metrics(resource + " " + metric, reply);
        if (values.stream().anyMatch(value -> value.items("timeseries").size() >= MOST_SERIES)) {
            into.gap(new Gap(
                    "metric " + metric + " of " + ArmId.name(resource) + " beyond " + MOST_SERIES + " series",
                    about,
                    resource,
                    "Azure returns no more"));
        }
    }

    /** The finest of Azure's grains that keeps a series short. */
    private static String grain(Duration back) {
        if (back.compareTo(Duration.ofHours(3)) <= 0) {
            return "PT1M";
        }
        return back.compareTo(Duration.ofHours(24)) <= 0 ? "PT15M" : "PT1H";
    }
}
