package tunneldoctor.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tunneldoctor.model.AgentFleet;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Fact;
import tunneldoctor.model.Gap;
import tunneldoctor.model.MetricSeries;
import tunneldoctor.model.SnatRepair;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.Verify;

/** {@code rules/egress/snat-exhausted.drl} as loops. */
final class SnatByHand {
    private final FactIndex facts;
    private final CauseWords words;
    private final List<MetricSeries> failed = new ArrayList<>();
    private final List<MetricSeries> allocated = new ArrayList<>();
    private final List<MetricSeries> used = new ArrayList<>();
    private boolean measured;

    private SnatByHand(FactIndex facts, CauseWords words) {
        this.facts = facts;
        this.words = words;
    }

    static void conclude(FactIndex facts, List<Conclusion> conclusions) {
        SnatByHand rules = new SnatByHand(facts, new CauseWords("snat-exhausted", conclusions));
        rules.sort();
        boolean direct = facts.hasTunnel(TunnelKind.NONE);
        rules.find(direct);
        rules.scope(direct);
        if (rules.words.found()) {
            rules.explain();
            rules.repair();
        }
    }

    private void sort() {
        boolean ports = false;
        boolean usage = false;
        for (MetricSeries series : facts.metrics) {
            if (series.snatConnections()) {
                String state = series.connectionState();
                measured |= !state.isEmpty();
                if (state.equals("failed")) {
                    failed.add(series);
                }
            }
            if (series.metric().equals("AllocatedSnatPorts")) {
                allocated.add(series);
                ports |= split(series);
            } else if (series.metric().equals("UsedSnatPorts")) {
                used.add(series);
                usage |= split(series);
            }
        }
        measured |= ports && usage;
    }

    private static boolean split(MetricSeries series) {
        return !series.backendAddress().isEmpty() && !series.values().isEmpty();
    }

    private record Backend(String address, String protocol) {
        static Backend of(MetricSeries series) {
            return new Backend(series.backendAddress(), series.protocolType());
        }
    }

    private void find(boolean direct) {
        boolean certain = !direct
                && facts.clusters.stream()
                        .anyMatch(cluster -> cluster.privateCluster().no());
        if (!certain
                && facts.clusters.stream()
                        .anyMatch(cluster -> !cluster.privateCluster().unknown())) {
            return;
        }
        String unless = certain ? "" : ", which counts unless the cluster is private";
        for (MetricSeries series : failed) {
            double sum = series.sum();
            if (sum > 0) {
                found(certain, (long) sum + " SNAT connections failed in the time measured" + unless, series);
            }
        }
        if (allocated.isEmpty() || used.isEmpty()) {
            return;
        }
        Map<Backend, List<MetricSeries>> usedBy = new HashMap<>();
        used.forEach(series -> usedBy.computeIfAbsent(Backend.of(series), backend -> new ArrayList<>())
                .add(series));
        for (MetricSeries limit : allocated) {
            double peak = limit.peak();
            if (peak <= 0 || limit.backendAddress().isEmpty()) {
                continue;
            }
            Backend backend = Backend.of(limit);
            for (MetricSeries usage : usedBy.getOrDefault(backend, List.of())) {
                if (usage.peak() >= peak) {
                    found(
                            certain,
                            "node " + backend.address() + " used " + (long) usage.peak() + " of its " + (long) peak
                                    + " SNAT ports" + unless,
                            usage,
                            limit);
                }
            }
        }
    }

    private void found(boolean certain, String why, Fact... because) {
        if (certain) {
            words.proved(why, because);
        } else {
            words.likely(why, because);
        }
    }

    private void scope(boolean direct) {
        if (facts.clusters.isEmpty() && !measured) {
            words.cannotTell(
                    "how the cluster reaches the internet, and its SNAT connections by state",
                    "az aks show --resource-group \"$RESOURCE_GROUP\" --name \"$CLUSTER\" -o json");
        }
        for (Gap gap : facts.gaps) {
            if (gap.ofSnatMetric()) {
                words.cannotTell(gap);
            }
        }
        for (Cluster cluster : facts.clusters) {
            if (cluster.privateCluster().yes()) {
                words.notApplicable("the cluster is private: the way to its API server needs no SNAT");
            } else if (cluster.translatesAddresses()) {
                if (!direct && !measured) {
                    words.cannotTell("the SNAT connections by state", SnatRepair.metricsCommand(cluster));
                }
            } else if (cluster.privateCluster().no()) {
                words.notApplicable("outbound type " + cluster.outboundType()
                        + ": no load balancer or NAT gateway of the cluster translates addresses");
            }
        }
        if (direct) {
            words.notApplicable("API Server VNet Integration: the way to the API server needs no SNAT");
        }
    }

    private void explain() {
        for (Symptom symptom : facts.symptoms) {
            if (symptom.ofTunnel() || symptom.timeout()) {
                words.explains(symptom);
            }
        }
    }

    private void repair() {
        for (Cluster cluster : facts.clusters) {
            String outbound = cluster.outboundType();
            if (outbound.equals("loadBalancer") || outbound.isEmpty()) {
                repairAtLoadBalancer(cluster);
            } else if (outbound.equals("managedNATGateway") || outbound.equals("userAssignedNATGateway")) {
                words.remedy("5b", "Give the NAT gateway more public addresses: each adds 64,512 ports, up to 16")
                        .changes(SnatRepair.moreGatewayAddresses(cluster))
                        .advice(
                                "A NAT gateway of your own takes another public address by: az network nat gateway update --public-ip-addresses")
                        .verify(SnatRepair.metricsCommand(cluster))
                        .done();
            }
        }
        words.remedy("5a", "Reuse connections in the applications that open most of them")
                .advice(
                        "Find the pods that open an outbound connection per request and give their client a connection pool; a port is free again only when its connection ends or idles out.")
                .done();
    }

    private void repairAtLoadBalancer(Cluster cluster) {
        for (AgentFleet fleet : facts.fleets) {
            for (Tunnel tunnel : facts.tunnels) {
                words.remedy("5b", "Give each node more outbound ports: " + SnatRepair.sum(cluster, fleet.nodeCount()))
                        .changes(SnatRepair.morePorts(cluster, fleet.nodeCount()))
                        .warning(
                                "More outbound addresses may have to be added to firewalls and allow lists of the services the cluster calls.")
                        .advice(Verify.recreate(tunnel))
                        .verify(SnatRepair.metricsCommand(cluster))
                        .done();
            }
        }
        words.remedy("5c", "Let a NAT gateway share its ports among all nodes; an existing cluster can switch")
                .changes(SnatRepair.natGateway(cluster))
                .warning(
                        "The switch breaks existing connections and changes the egress address: update authorized IP ranges and allow lists first.")
                .advice(SnatRepair.gatewayAdvice(cluster))
                .verify(SnatRepair.metricsCommand(cluster))
                .done();
        if (cluster.idleTimeoutMinutes() > 4) {
            words.remedy(
                            "5b (idle timeout)",
                            "Let idle connections give their ports back after 4 minutes instead of "
                                    + cluster.idleTimeoutMinutes())
                    .changes(SnatRepair.shortestIdleTimeout(cluster))
                    .warning("Connections that idle for longer are cut, unless they send keep-alives.")
                    .verify(SnatRepair.metricsCommand(cluster))
                    .done();
        }
    }
}
