package tunneldoctor.benchmark;

import java.util.List;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.HostRepair;
import tunneldoctor.model.HostVerdict;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.Verify;

/** {@code rules/host/iptables-blocks-kubelet.drl} as loops. */
final class IptablesByHand {
    private static final String UNSUPPORTED =
            "Changing nodes by hand leaves the AKS support policy and is lost on reimage, upgrade and scale-out; ";
    private static final String WRITER = "find out what wrote the rule (a DaemonSet, a boot script), or it comes back.";
    private static final String ACCEPT = "Accept TCP 10250 from the tunnel's agents ahead of what blocks";

    private IptablesByHand() {}

    static void conclude(FactIndex facts, List<Conclusion> conclusions) {
        CauseWords words = new CauseWords("iptables-blocks-kubelet", conclusions);
        List<HostVerdict> blocks =
                new HostByHand(facts, words).conclude(verdict -> verdict.mechanism() != HostVerdict.Mechanism.UFW);
        for (HostVerdict block : blocks) {
            boolean plain = block.mechanism() == HostVerdict.Mechanism.IPTABLES;
            if (plain && block.sendersUnknown()) {
                acceptAnybody(words, block);
            }
            for (Tunnel tunnel : facts.tunnels) {
                if (plain) {
                    repair(words, block, tunnel);
                } else {
                    changePolicy(words, block);
                }
            }
        }
    }

    private static void repair(CauseWords words, HostVerdict block, Tunnel tunnel) {
        boolean iptables = !block.nativeNft();
        if (iptables && block.wholeRulesShown()) {
            words.remedy("3", "Delete the blocking rules, named exactly as they are")
                    .changes(HostRepair.deleteBySpecification(block))
                    .warning(UNSUPPORTED + WRITER)
                    .advice(Verify.recreate(tunnel))
                    .verify(Verify.kubelet(block))
                    .done();
        }
        if (iptables && !block.blockers().isEmpty()) {
            words.remedy("3 (by number)", "Delete the blocking rules by their numbers, highest first")
                    .changes(HostRepair.deleteByNumber(block))
                    .warning(
                            "Numbers hold only for the listing in the facts: list the chain again with --line-numbers just before.")
                    .warning(UNSUPPORTED + WRITER)
                    .advice(Verify.recreate(tunnel))
                    .verify(Verify.kubelet(block))
                    .done();
        }
        words.remedy("3 (accept)", ACCEPT)
                .changes(HostRepair.insertAccept(block))
                .warning(UNSUPPORTED + "find out what set it, or it comes back.")
                .advice(Verify.recreate(tunnel))
                .verify(Verify.kubelet(block))
                .done();
    }

    private static void acceptAnybody(CauseWords words, HostVerdict block) {
        words.remedy("3 (accept)", ACCEPT)
                .changes(HostRepair.insertAccept(block))
                .warning(
                        "Where the agents run is not in the facts, so this lets anybody in: look it up first, and name their addresses instead (kubectl get pods -n kube-system -o wide).")
                .done();
    }

    private static void changePolicy(CauseWords words, HostVerdict block) {
        if (block.mechanism() == HostVerdict.Mechanism.POLICY_ENGINE) {
            words.remedy("3 (policy)", "Let the agents through in the network policy that writes this chain")
                    .advice(
                            "The chain belongs to a network policy engine, which puts a deleted rule back: allow TCP 10250 from the tunnel's agents in the policy itself.")
                    .command(
                            "kubectl get networkpolicies,ciliumnetworkpolicies,globalnetworkpolicies.crd.projectcalico.org,hostendpoints.crd.projectcalico.org --all-namespaces -o yaml")
                    .verify(Verify.kubelet(block))
                    .done();
        }
    }
}
