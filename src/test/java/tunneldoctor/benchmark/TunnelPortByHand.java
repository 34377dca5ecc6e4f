package tunneldoctor.benchmark;

import java.util.ArrayList;
import java.util.List;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.FirewallRepair;
import tunneldoctor.model.NsgRepair;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;
import tunneldoctor.model.Verify;

/** {@code rules/egress/tunnel-port-closed.drl} as loops. */
final class TunnelPortByHand {
    private final FactIndex facts;
    private final CauseWords words;
    private final boolean konnectivity;
    private final boolean agentReady;
    private final List<EgressVerdict> blocks = new ArrayList<>();
    private final List<EgressVerdict> inspections = new ArrayList<>();
    private boolean anyUnknown;
    private boolean essentialBlocked;

    private TunnelPortByHand(FactIndex facts, CauseWords words) {
        this.facts = facts;
        this.words = words;
        this.konnectivity = facts.hasTunnel(TunnelKind.KONNECTIVITY);
        this.agentReady = agentReady();
    }

    static void conclude(FactIndex facts, List<Conclusion> conclusions) {
        TunnelPortByHand rules = new TunnelPortByHand(facts, new CauseWords("tunnel-port-closed", conclusions));
        rules.judge();
        rules.scope();
        rules.explain();
        rules.repair();
    }

    private boolean agentReady() {
        for (TunnelPod pod : facts.pods) {
            if (pod.tunnel() == TunnelKind.KONNECTIVITY && pod.ready().yes()) {
                return true;
            }
        }
        return false;
    }

    private void judge() {
        boolean isPublic = false;
        boolean privacyKnown = false;
        for (Cluster cluster : facts.clusters) {
            isPublic |= cluster.privateCluster().no();
            privacyKnown |= !cluster.privateCluster().unknown();
        }
        boolean older = facts.hasTunnel(TunnelKind.AKS_LINK) || facts.hasTunnel(TunnelKind.TUNNEL_FRONT);
        for (EgressVerdict verdict : facts.ways) {
            if (verdict.opensTls()) {
                inspections.add(verdict);
                if (konnectivity) {
                    words.likely(
                            verdict.summary() + ": the ALPN token \"konnectivity\" does not survive that", verdict);
                }
            }
            if (verdict.blocked() || verdict.likelyBlocked()) {
                judge(verdict, isPublic, privacyKnown);
            } else if (verdict.unknown()) {
                anyUnknown = true;
                if (verdict.essential() && (older || konnectivity && !agentReady)) {
                    words.cannotTell(verdict);
                }
            }
        }
    }

    private void judge(EgressVerdict block, boolean isPublic, boolean privacyKnown) {
        blocks.add(block);
        essentialBlocked |= block.essential();
        if (!block.essential()) {
            words.possible(block.summary() + ", which releases of tunnel-front have needed besides TCP 9000", block);
        } else if (block.likelyBlocked()) {
            words.likely(block.summary(), block);
        } else {
            if (isPublic) {
                words.proved(block.summary(), block);
            }
            if (!privacyKnown) {
                words.likely(block.summary() + ", which counts unless the cluster is private", block);
            }
        }
    }

    private void scope() {
        if (facts.privateCluster()) {
            words.notApplicable("the cluster is private: the tunnel reaches the API server inside the network");
        } else {
            for (Tunnel tunnel : facts.tunnels) {
                if (tunnel.kind() == TunnelKind.UNKNOWN) {
                    words.cannotTell(tunnel);
                }
            }
            if (konnectivity && blocks.isEmpty() && inspections.isEmpty() && (agentReady || !anyUnknown)) {
                words.notApplicable(
                        "konnectivity needs neither 9000/TCP nor 1194/UDP, and its own TCP 443 is open as far as the facts show");
            }
        }
        if (facts.hasTunnel(TunnelKind.NONE)) {
            words.notApplicable("API Server VNet Integration: there is no tunnel and so no port of its own");
        }
    }

    private void explain() {
        if (blocks.isEmpty() && inspections.isEmpty()) {
            return;
        }
        for (Symptom symptom : facts.symptoms) {
            if (symptom.ofTunnel() || symptom.timeout()) {
                words.explains(symptom);
            }
        }
    }

    private void repair() {
        for (Tunnel tunnel : facts.tunnels) {
            for (EgressVerdict block : blocks) {
                if (block.essential() || !essentialBlocked) {
                    repairAtGroup(block, tunnel);
                    repairAtFirewall(block, tunnel);
                }
                if (block.group().isEmpty() && block.firewall().isEmpty()) {
                    words.remedy("4", "Open the way for the tunnel's port at the device that closes it")
                            .advice(
                                    "Give the route a next hop that leads to the API server, or allow the port on the appliance: "
                                            + block.summary() + ".")
                            .advice(Verify.recreate(tunnel))
                            .verify(Verify.tunnel(tunnel))
                            .done();
                }
            }
            for (EgressVerdict inspection : inspections) {
                if (tunnel.kind() == TunnelKind.KONNECTIVITY) {
                    words.remedy("4 (TLS)", "Exempt the API server's name from TLS inspection")
                            .advice("Switch TLS termination off for the rule that matches the API server's FQDN: "
                                    + inspection.summary() + ".")
                            .advice(Verify.recreate(tunnel))
                            .verify(Verify.tunnel(tunnel))
                            .done();
                }
            }
        }
    }

    private void repairAtGroup(EgressVerdict block, Tunnel tunnel) {
        if (block.group().isPresent()) {
            words.remedy("4", "Let the tunnel's port out in the network security group")
                    .changes(NsgRepair.allow(block.group().get()))
                    .advice(Verify.recreate(tunnel))
                    .verify(Verify.tunnel(tunnel))
                    .done();
        }
    }

    private void repairAtFirewall(EgressVerdict block, Tunnel tunnel) {
        if (block.firewall().isEmpty()) {
            return;
        }
        for (Cluster cluster : facts.clusters) {
            words.remedy("4", "Let the tunnel's port out in the Azure Firewall")
                    .changes(FirewallRepair.allow(block, cluster.location()))
                    .advice(Verify.recreate(tunnel))
                    .verify(Verify.tunnel(tunnel))
                    .done();
        }
    }
}
