package tunneldoctor.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tunneldoctor.model.HostVerdict;
import tunneldoctor.model.Node;
import tunneldoctor.model.Probe;
import tunneldoctor.model.Scope;
import tunneldoctor.model.Symptom;

/** What the two causes on a node's own firewall have in common: everything but the repairs. */
final class HostByHand {
    private final FactIndex facts;
    private final CauseWords words;

    HostByHand(FactIndex facts, CauseWords words) {
        this.facts = facts;
        this.words = words;
    }

    /** Concludes all but the repairs, and returns the verdicts that need one. */
    List<HostVerdict> conclude(Predicate<HostVerdict> ours) {
        List<HostVerdict> blocks = new ArrayList<>();
        for (HostVerdict verdict : facts.hosts) {
            if (!ours.test(verdict)) {
                continue;
            }
            if (verdict.blocked()) {
                words.proved(verdict.summary(), verdict);
                blocks.add(verdict);
            } else if (verdict.likelyBlocked()) {
                words.likely(verdict.summary(), verdict);
                blocks.add(verdict);
            } else if (verdict.unknown()) {
                words.cannotTell(verdict);
            } else if (verdict.allowed()) {
                words.clears(verdict);
            }
        }
        if (!blocks.isEmpty()) {
            explain(blocks);
            contradict(blocks);
        }
        return blocks;
    }

    private void explain(List<HostVerdict> blocks) {
        for (Symptom symptom : facts.symptoms) {
            boolean explained =
                    symptom.timeout() && blocks.stream().anyMatch(block -> block.drops() && block.concerns(symptom))
                            || symptom.refused()
                                    && blocks.stream().anyMatch(block -> block.rejects() && block.concerns(symptom));
            if (explained) {
                words.explains(symptom);
            }
        }
        for (Scope scope : facts.scopes) {
            if (scope.betweenNodes() && blocks.stream().anyMatch(block -> block.accountsFor(scope))) {
                words.explains(scope);
            }
        }
    }

    private void contradict(List<HostVerdict> blocks) {
        for (Probe probe : facts.probes) {
            if (!probe.toKubelet() || !probe.open()) {
                continue;
            }
            for (Node target : facts.nodesAt(probe.target())) {
                if (blocks.stream().anyMatch(block -> block.nodes().contains(target.name()))) {
                    words.contradicts(probe, "a probe from " + probe.node() + " reached TCP 10250 on " + target.name());
                }
            }
        }
    }
}
