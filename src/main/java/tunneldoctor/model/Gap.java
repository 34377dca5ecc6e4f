package tunneldoctor.model;

import java.util.List;
import java.util.Locale;

/**
 * Evidence that collection asked for and did not get: denied, failed, cut short, left out on purpose. What it would have
 * shown is unknown, and must never read as nothing being there.
 *
 * @param what what was asked for, for people: {@code network security group nsg-nodes}, {@code iptables-save of node
 *     aks-np-vmss000001}
 * @param about what kind of evidence is missing, for rules: an Azure type ({@code Microsoft.Network/loadBalancers}), a
 *     Kubernetes kind ({@code Event}), a metric ({@code UsedSnatPorts}) or a command ({@code iptables-save})
 * @param subject which one: an ARM id, the name of a node, a namespace; empty where all of that kind
 * @param reason why it is missing, as far as known, with the code the service gave
 * @param source where the facts file says so; {@link #NOWHERE} while collecting
 */
public record Gap(String what, String about, String subject, String reason, SourceRef source) implements Fact {
    /** The place of a gap that no file tells of yet. */
    public static final SourceRef NOWHERE = new SourceRef("", 0, "");

    public Gap(String what, String about, String subject, String reason) {
        this(what, about, subject, reason, NOWHERE);
    }

    /** Whether a metric is missing that tells of SNAT ports or of connections that found none. */
    public boolean ofSnatMetric() {
        return List.of("snatconnectioncount", "allocatedsnatports", "usedsnatports")
                .contains(about.toLowerCase(Locale.ROOT));
    }

    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    /** Without a command: a file that tells of gaps may be anyone's, and what it tells is not to be pasted. */
    @Override
    public List<Missing> missing() {
        return List.of(new Missing(what + " (not collected: " + reason + ")", ""));
    }
}
