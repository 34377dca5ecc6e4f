package tunneldoctor.benchmark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.AgentFleet;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.ClusterEvent;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.Gap;
import tunneldoctor.model.HostVerdict;
import tunneldoctor.model.MetricSeries;
import tunneldoctor.model.Node;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Probe;
import tunneldoctor.model.ResourceLock;
import tunneldoctor.model.Scope;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;

/** The facts by kind, filled in one pass. */
final class FactIndex {
    final List<Cluster> clusters = new ArrayList<>();
    final List<Tunnel> tunnels = new ArrayList<>();
    final List<TunnelPod> pods = new ArrayList<>();
    final List<ClusterEvent> events = new ArrayList<>();
    final List<Probe> probes = new ArrayList<>();
    final List<Symptom> symptoms = new ArrayList<>();
    final List<MetricSeries> metrics = new ArrayList<>();
    final List<Gap> gaps = new ArrayList<>();
    final List<ResourceLock> locks = new ArrayList<>();
    final List<Node> nodes = new ArrayList<>();
    final List<NsgVerdict> groups = new ArrayList<>();
    final List<HostVerdict> hosts = new ArrayList<>();
    final List<EgressVerdict> ways = new ArrayList<>();
    final List<AgentFleet> fleets = new ArrayList<>();
    final List<Scope> scopes = new ArrayList<>();

    private Optional<Map<String, List<Node>>> nodesByAddress = Optional.empty();

    FactIndex(Collection<?> facts) {
        facts.forEach(this::add);
    }

    private void add(Object fact) {
        if (fact instanceof Node node) {
            nodes.add(node);
        } else if (fact instanceof HostVerdict verdict) {
            hosts.add(verdict);
        } else if (fact instanceof NsgVerdict verdict) {
            groups.add(verdict);
        } else if (fact instanceof EgressVerdict verdict) {
            ways.add(verdict);
        } else if (fact instanceof MetricSeries series) {
            metrics.add(series);
        } else if (fact instanceof TunnelPod pod) {
            pods.add(pod);
        } else if (fact instanceof ClusterEvent event) {
            events.add(event);
        } else if (fact instanceof Probe probe) {
            probes.add(probe);
        } else if (fact instanceof Symptom symptom) {
            symptoms.add(symptom);
        } else if (fact instanceof Gap gap) {
            gaps.add(gap);
        } else if (fact instanceof ResourceLock lock) {
            locks.add(lock);
        } else if (fact instanceof Tunnel tunnel) {
            tunnels.add(tunnel);
        } else if (fact instanceof Cluster cluster) {
            clusters.add(cluster);
        } else if (fact instanceof AgentFleet fleet) {
            fleets.add(fleet);
        } else if (fact instanceof Scope scope) {
            scopes.add(scope);
        }
    }

    boolean hasTunnel(TunnelKind kind) {
        for (Tunnel tunnel : tunnels) {
            if (tunnel.kind() == kind) {
                return true;
            }
        }
        return false;
    }

    boolean privateCluster() {
        for (Cluster cluster : clusters) {
            if (cluster.privateCluster().yes()) {
                return true;
            }
        }
        return false;
    }

    /** Most clusters have no probes, and need no map. */
    List<Node> nodesAt(String address) {
        if (nodesByAddress.isEmpty()) {
            Map<String, List<Node>> map = new HashMap<>();
            for (Node node : nodes) {
                map.computeIfAbsent(node.address(), at -> new ArrayList<>()).add(node);
            }
            nodesByAddress = Optional.of(map);
        }
        return nodesByAddress.get().getOrDefault(address, List.of());
    }
}
