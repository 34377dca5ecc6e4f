package tunneldoctor.benchmark;

import java.util.List;
import tunneldoctor.model.AgentFleet;
import tunneldoctor.model.ClusterEvent;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;
import tunneldoctor.model.Verify;

/** {@code rules/agents/agents-overloaded.drl} as loops. */
final class AgentsByHand {
    private static final int MANY_RESTARTS = 10;

    private final FactIndex facts;
    private final CauseWords words;
    private boolean dying;
    private boolean notReady;

    private AgentsByHand(FactIndex facts, CauseWords words) {
        this.facts = facts;
        this.words = words;
    }

    static void conclude(FactIndex facts, List<Conclusion> conclusions) {
        AgentsByHand rules = new AgentsByHand(facts, new CauseWords("agents-overloaded", conclusions));
        boolean konnectivity = facts.hasTunnel(TunnelKind.KONNECTIVITY);
        for (TunnelPod pod : facts.pods) {
            if (pod.tunnel() == TunnelKind.KONNECTIVITY) {
                rules.judge(pod, konnectivity);
            }
        }
        if (konnectivity) {
            rules.judgeEvents();
            rules.judgeFleet();
        }
        rules.scope();
        if (rules.words.found()) {
            rules.explain();
            rules.repair();
        }
    }

    private void judge(TunnelPod pod, boolean konnectivity) {
        boolean killed = pod.outOfMemory().yes();
        boolean restarting = pod.restarts() >= MANY_RESTARTS;
        boolean down = pod.ready().no();
        dying |= killed || restarting;
        notReady |= down;
        if (!konnectivity) {
            return;
        }
        if (killed) {
            words.proved("agent " + pod.name() + " was killed because it ran out of memory", pod);
        }
        if (down && !pod.phase().equals("Succeeded")) {
            words.proved(
                    "agent " + pod.name() + " is not ready (" + pod.phase()
                            + (pod.waitingReason().isEmpty() ? "" : ", " + pod.waitingReason()) + ")",
                    pod);
        }
        if (restarting) {
            words.likely("agent " + pod.name() + " restarted " + pod.restarts() + " times", pod);
        }
    }

    private void judgeEvents() {
        for (ClusterEvent event : facts.events) {
            if (event.aboutTunnel() && ofMemory(event)) {
                words.proved("an event tells that agent " + event.subject() + " ran out of memory", event);
            }
        }
    }

    private static boolean ofMemory(ClusterEvent event) {
        return switch (event.reason()) {
            case "OOMKilling", "OOMKilled", "SystemOOM" -> true;
            default ->
                event.message().contains("OOMKilled")
                        || event.message().contains("Out of memory")
                        || event.message().contains("out of memory");
        };
    }

    private void judgeFleet() {
        boolean tunnelFails = facts.symptoms.stream().anyMatch(Symptom::ofTunnel);
        for (AgentFleet fleet : facts.fleets) {
            if (fleet.tooFew() && !fleet.stated()) {
                words.likely(
                        fleet.replicas() + " agents are listed for " + fleet.nodeCount()
                                + " nodes, where the ladder asks for " + fleet.wanted(),
                        fleet);
            } else if (fleet.tooFew()) {
                words.proved(
                        fleet.replicas() + " agents for " + fleet.nodeCount() + " nodes, where the ladder asks for "
                                + fleet.wanted(),
                        fleet);
            }
            if (tunnelFails && fleet.crowded()) {
                words.possible(
                        "all " + fleet.replicas() + " agents run on node "
                                + fleet.agentNodes().get(0) + ", and the tunnel itself fails",
                        fleet);
            }
            if (fleet.open()) {
                words.cannotTell(fleet);
            }
        }
    }

    private void scope() {
        for (Tunnel tunnel : facts.tunnels) {
            switch (tunnel.kind()) {
                case UNKNOWN -> words.cannotTell(tunnel);
                case AKS_LINK, TUNNEL_FRONT ->
                    words.notApplicable(
                            tunnel.kind().label() + " runs one pod by design; the agents' ladder is konnectivity's");
                case NONE -> words.notApplicable("API Server VNet Integration: there are no agents");
                case KONNECTIVITY -> {}
            }
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
        for (Tunnel tunnel : facts.tunnels) {
            for (AgentFleet fleet : facts.fleets) {
                repair(fleet, tunnel);
            }
            if (dying) {
                words.remedy("6 (memory)", "Spread the load of the agents that die over more agents")
                        .advice(
                                "Raise the number of agents by a lower step in the ConfigMap konnectivity-agent-autoscaler: their memory limit is AKS-managed and a changed Deployment is reconciled back.")
                        .command("kubectl edit configmap konnectivity-agent-autoscaler -n kube-system")
                        .verify(Verify.tunnel(tunnel))
                        .done();
            }
            if (notReady) {
                words.remedy("6 (not ready)", "Find out what keeps the agents down, and recreate them")
                        .command("kubectl describe pod -n kube-system -l app=konnectivity-agent")
                        .advice(Verify.recreate(tunnel))
                        .warning(
                                "Recreating all agents at once cuts the tunnel for a moment; on nodes that are full or cut off it changes nothing.")
                        .verify(Verify.tunnel(tunnel))
                        .done();
            }
        }
    }

    private void repair(AgentFleet fleet, Tunnel tunnel) {
        if (fleet.tooFew()) {
            words.remedy("6", "Let the agents' autoscaler follow the size of the cluster")
                    .advice("Set the steps in the ConfigMap to at least the documented ones, "
                            + fleet.ladder().text() + ", and see that the autoscaler runs.")
                    .command("kubectl edit configmap konnectivity-agent-autoscaler -n kube-system")
                    .verify(Verify.tunnel(tunnel))
                    .done();
        }
        if (fleet.crowded()) {
            words.remedy("6 (spread)", "Spread the agents over several nodes")
                    .advice(
                            "Restart the agents, so that the scheduler places them anew: kubectl rollout restart deployment konnectivity-agent -n kube-system")
                    .verify(Verify.tunnel(tunnel))
                    .done();
        }
    }
}
