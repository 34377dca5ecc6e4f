package tunneldoctor.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Commands that show whether a repair worked, with the names of the facts filled in. */
public final class Verify {
    /** One target shows it as well as many, and run-command takes some 20 seconds a call. */
    private static final int PROBED_TARGETS = 1;

    private Verify() {}

    /**
     * A probe of the kubelet port in the direction the tunnel dials, from an agent's node to an affected one, and a fresh
     * kubectl call.
     */
    public static List<String> kubelet(Verdict verdict) {
        List<Node> senders = verdict instanceof NsgVerdict nsg
                ? nsg.senders()
                : verdict instanceof HostVerdict host ? host.senders() : List.of();
        Set<String> commands = new LinkedHashSet<>();
        verdict.affected().stream()
                .filter(target -> !target.address().isEmpty())
                .limit(PROBED_TARGETS)
                .forEach(target -> senders.stream()
                        .filter(sender -> !sender.name().equals(target.name()))
                        .limit(1)
                        .forEach(sender -> commands.addAll(NodeShell.commands(
                                List.of(sender), "nc -v -w 2 " + Shell.quote(target.address()) + " 10250"))));
        commands.add(
                verdict.affected().isEmpty()
                        ? "kubectl logs --tail=1 -n kube-system --selector component=kube-proxy"
                        : "kubectl get --raw /api/v1/nodes/"
                                + Shell.quote(verdict.affected().get(0).name()) + "/proxy/healthz");
        return new ArrayList<>(commands);
    }

    /** Whether the agents are connected and any kubelet answers. */
    public static List<String> tunnel(Tunnel tunnel) {
        return switch (tunnel.kind()) {
            case KONNECTIVITY -> List.of("kubectl get pods -n kube-system -l app=konnectivity-agent -o wide");
            case TUNNEL_FRONT -> List.of("kubectl get pods -n kube-system -l component=tunnel -o wide");
            case AKS_LINK -> List.of("kubectl get deployment aks-link -n kube-system -o wide");
            case NONE, UNKNOWN -> List.of("kubectl get pods -n kube-system -o wide");
        };
    }

    /** What to do where a repair seems to change nothing; empty for a cluster without agents. */
    public static List<String> recreate(Tunnel tunnel) {
        String command = switch (tunnel.kind()) {
            case KONNECTIVITY -> "kubectl delete pod -n kube-system -l app=konnectivity-agent";
            case TUNNEL_FRONT -> "kubectl delete pod -n kube-system -l component=tunnel";
            case AKS_LINK -> "kubectl rollout restart deployment aks-link -n kube-system";
            case NONE, UNKNOWN -> "";
        };
        return command.isEmpty() ? List.of() : List.of("If nothing changes, recreate the tunnel's pods: " + command);
    }
}
