package tunneldoctor.benchmark;

import java.util.ArrayList;
import java.util.List;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Node;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgRepair;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Probe;
import tunneldoctor.model.ResourceLock;
import tunneldoctor.model.Scope;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.Verify;

/** {@code rules/nsg/nsg-blocks-kubelet.drl} as loops. */
final class NsgByHand {
    private static final String SOLUTION = "Allow TCP 10250 from the tunnel's agents above the rule that denies it";

    private final FactIndex facts;
    private final CauseWords words;

    private NsgByHand(FactIndex facts, CauseWords words) {
        this.facts = facts;
        this.words = words;
    }

    static void conclude(FactIndex facts, List<Conclusion> conclusions) {
        new NsgByHand(facts, new CauseWords("nsg-blocks-kubelet", conclusions)).conclude();
    }

    private void conclude() {
        List<NsgVerdict> blocks = new ArrayList<>();
        for (NsgVerdict verdict : facts.groups) {
            if (verdict.blocked()) {
                words.proved(verdict.summary(), verdict);
                blocks.add(verdict);
            } else if (verdict.likelyBlocked()) {
                words.likely(verdict.summary(), verdict);
                blocks.add(verdict);
            } else if (verdict.unknown()) {
                words.cannotTell(verdict);
            }
        }
        if (!blocks.isEmpty()) {
            explain(blocks);
            contradict(blocks);
            repair(blocks);
        }
    }

    private void explain(List<NsgVerdict> blocks) {
        for (Symptom symptom : facts.symptoms) {
            if (symptom.timeout() && blocks.stream().anyMatch(block -> block.concerns(symptom))) {
                words.explains(symptom);
            }
        }
        for (Scope scope : facts.scopes) {
            if (scope.betweenNodes() && blocks.stream().anyMatch(block -> block.accountsFor(scope))) {
                words.explains(scope);
            }
        }
    }

    private void contradict(List<NsgVerdict> blocks) {
        for (Probe probe : facts.probes) {
            if (!probe.toKubelet() || !probe.open()) {
                continue;
            }
            for (Node target : facts.nodesAt(probe.target())) {
                if (blocks.stream().noneMatch(block -> block.nodes().contains(target.name()))) {
                    continue;
                }
                for (Node sender : facts.nodes) {
                    if (sender.name().equals(probe.node())
                            && sender.hostsAgent().yes()) {
                        words.contradicts(
                                probe,
                                "a probe from the agent's node " + sender.name() + " reached TCP 10250 on "
                                        + target.name());
                    }
                }
            }
        }
    }

    private void repair(List<NsgVerdict> blocks) {
        for (NsgVerdict block : blocks) {
            if (block.nsg().isEmpty()) {
                continue;
            }
            for (Tunnel tunnel : facts.tunnels) {
                if (block.managed()) {
                    removeFromManagedGroup(block, tunnel);
                } else {
                    allow(block, tunnel);
                }
            }
            if (!block.managed()) {
                warnOfLocks(block, block.nsg().get());
            }
        }
    }

    private void allow(NsgVerdict block, Tunnel tunnel) {
        words.remedy("1", SOLUTION)
                .changes(NsgRepair.allow(block))
                .advice(
                        "The rule may deny 10250 on purpose (security bulletin AKS-2026-0004): the allow is limited to the agents' own range, so it need not go.")
                .advice(Verify.recreate(tunnel))
                .verify(Verify.kubelet(block))
                .done();
    }

    private void warnOfLocks(NsgVerdict block, Nsg group) {
        for (ResourceLock lock : facts.locks) {
            if (lock.level().equals("ReadOnly") && lock.holds(group.id())) {
                words.remedy("1", SOLUTION)
                        .changes(NsgRepair.allow(block))
                        .warning(
                                "Lock " + lock.name()
                                        + " makes the group read-only: whoever owns it has to lift it for the change, and set it again.")
                        .done();
            }
        }
    }

    private void removeFromManagedGroup(NsgVerdict block, Tunnel tunnel) {
        words.remedy("1 (managed group)", "Take the foreign rule out of the group that AKS manages")
                .changes(NsgRepair.removeDenyingRule(block))
                .warning(
                        "The group is AKS's own: the support policy allows custom rules on groups of your own subnets only. Removing what was added is supported, adding to it is not; a locked node resource group refuses both, then ask for a reconcile with: az aks update.")
                .advice(Verify.recreate(tunnel))
                .verify(Verify.kubelet(block))
                .done();
    }
}
