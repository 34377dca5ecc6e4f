package tunneldoctor.benchmark;

import java.util.List;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.HostRepair;
import tunneldoctor.model.HostVerdict;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.Verify;

/** {@code rules/host/ufw-blocks-kubelet.drl} as loops. */
final class UfwByHand {
    private static final String UNSUPPORTED =
            "Changing nodes by hand leaves the AKS support policy and is lost on reimage, upgrade and scale-out; put it into a DaemonSet, or reimage the node, to stay supported.";

    private UfwByHand() {}

    static void conclude(FactIndex facts, List<Conclusion> conclusions) {
        CauseWords words = new CauseWords("ufw-blocks-kubelet", conclusions);
        List<HostVerdict> blocks =
                new HostByHand(facts, words).conclude(verdict -> verdict.mechanism() == HostVerdict.Mechanism.UFW);
        for (HostVerdict block : blocks) {
            if (block.sendersUnknown()) {
                allowAnybody(words, block);
            }
            for (Tunnel tunnel : facts.tunnels) {
                repair(words, block, tunnel);
            }
        }
    }

    private static void allowAnybody(CauseWords words, HostVerdict block) {
        words.remedy("2b", "Allow TCP 10250 from the tunnel's agents in ufw")
                .changes(HostRepair.allowInUfw(block))
                .warning(
                        "Where the agents run is not in the facts, so this lets anybody in: look it up first, and name their addresses instead (kubectl get pods -n kube-system -o wide).")
                .done();
    }

    private static void repair(CauseWords words, HostVerdict block, Tunnel tunnel) {
        words.remedy("2b", "Allow TCP 10250 from the tunnel's agents in ufw")
                .changes(HostRepair.allowInUfw(block))
                .warning(UNSUPPORTED)
                .advice(Verify.recreate(tunnel))
                .verify(Verify.kubelet(block))
                .done();
        if (block.ufwAction().isPresent() && block.oneSenderBlock()) {
            words.remedy("2b (in place)", "Turn the rule for the tunnel's agents into an allow where it stands")
                    .changes(HostRepair.changeInUfw(block))
                    .warning(UNSUPPORTED)
                    .advice(Verify.recreate(tunnel))
                    .verify(Verify.kubelet(block))
                    .done();
        }
        if (block.decidedByUfw().isPresent()) {
            words.remedy("2b (delete)", "Delete the rule of ufw that denies")
                    .changes(HostRepair.deleteFromUfw(block))
                    .warning(UNSUPPORTED)
                    .advice(Verify.recreate(tunnel))
                    .verify(Verify.kubelet(block))
                    .done();
        }
        words.remedy("2a", "Disable ufw, as AKS nodes have it by default")
                .changes(HostRepair.disableUfw(block))
                .warning("Opens every port of the node that ufw closed; the network security groups remain.")
                .warning(UNSUPPORTED)
                .advice(Verify.recreate(tunnel))
                .verify(Verify.kubelet(block))
                .done();
    }
}
