package tunneldoctor.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Answer;
import tunneldoctor.model.Certainty;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Opening;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.Problem;
import tunneldoctor.model.Severity;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;

/** Diagnoses as the pipeline makes them. */
final class Example {
    /** ESC [31m, a line break, a right-to-left override, a zero-width joiner and a C1 control. */
    static final String HOSTILE = "evil\u001b[31m\nname\u202e\u200d\u009b;\"quoted\"";

    private Example() {}

    static Diagnosis incident() {
        SourceRef deny = new SourceRef(
                "azure[4] networkSecurityGroups/custom-nsg",
                212,
                "DenyKubelet: priority=200 Inbound Deny Tcp from 10.224.0.0/16 to * ports 10250");
        SourceRef symptom = new SourceRef(
                "symptoms[0]",
                1,
                "Error from server: Get \"https://aks-np-vmss000001:10250/containerLogs/default/web/web\": dial tcp"
                        + " 10.224.0.5:10250: i/o timeout");
        return new Diagnosis(
                "incident.yaml",
                "tunnel-doctor/v1",
                Optional.of("logs fail since Monday"),
                head(10),
                konnectivity(),
                List.of(
                        new Diagnosis.Diagnosed(
                                "nsg-blocks-kubelet",
                                "A network security group blocks the kubelet port",
                                Certainty.PROVED,
                                Severity.BLOCKING,
                                1,
                                "custom-nsg denies TCP 10250 from the agents' nodes by rule DenyKubelet; it accounts for"
                                        + " every symptom seen.",
                                nodes(9),
                                List.of(deny),
                                List.of(symptom),
                                List.of("node aks-np-000002 answered a probe of 10250 from aks-np-000000"),
                                List.of(
                                        new Diagnosis.Repair(
                                                "1",
                                                "Allow the agents ahead of the rule that denies",
                                                List.of(
                                                        "az network nsg rule create --resource-group rg --nsg-name custom-nsg"
                                                                + " --name AllowTunnelToKubelet --priority 190 --direction Inbound"
                                                                + " --access Allow --protocol Tcp"),
                                                List.of(),
                                                List.of(
                                                        "Other rules of the group stay as they are; a policy that made the"
                                                                + " rule may make it again."),
                                                List.of("kubectl get --raw /api/v1/nodes/aks-np-000001/proxy/healthz"),
                                                new Diagnosis.Proof(
                                                        Diagnosis.Effect.NEEDS_OTHERS,
                                                        7,
                                                        9,
                                                        List.of(new Opening(
                                                                "custom-nsg",
                                                                Transport.TCP,
                                                                PortSet.of(10250),
                                                                AddressSet.parse("10.224.0.0/16")
                                                                        .orElseThrow(),
                                                                "",
                                                                false)),
                                                        "something else blocks 2 nodes, such as aks-np-000008"),
                                                List.of(
                                                        "az network nsg rule delete --resource-group rg --nsg-name custom-nsg --name AllowTunnelToKubelet")),
                                        new Diagnosis.Repair(
                                                "1 (delete)",
                                                "Delete the rule that denies",
                                                List.of(
                                                        "az network nsg rule delete --resource-group rg --nsg-name custom-nsg"
                                                                + " --name DenyKubelet"),
                                                List.of(),
                                                List.of(),
                                                List.of(),
                                                Diagnosis.Proof.NONE,
                                                List.of())),
                                ""),
                        new Diagnosis.Diagnosed(
                                "agents-overloaded",
                                "The tunnel's agents are too few, dying or not ready",
                                Certainty.POSSIBLE,
                                Severity.DEGRADING,
                                2,
                                "all 2 agents run on node aks-np-000000",
                                List.of(),
                                IntStream.range(0, 12)
                                        .mapToObj(i -> new SourceRef("kubernetes[" + i + "] Pod", 30 * i, "Running"))
                                        .toList(),
                                List.of(),
                                List.of(),
                                List.of(new Diagnosis.Repair(
                                        "6 (spread)",
                                        "Spread the agents over several nodes",
                                        List.of(),
                                        List.of(
                                                "Restart the agents, so that the scheduler places them anew: kubectl rollout"
                                                        + " restart deployment konnectivity-agent -n kube-system"),
                                        List.of(),
                                        List.of("kubectl get pods -n kube-system -l app=konnectivity-agent -o wide"),
                                        Diagnosis.Proof.NONE,
                                        List.of())),
                                "")),
                List.of(new Diagnosis.RuledOut(
                        "ufw-blocks-kubelet", "UFW blocks the kubelet port", "ufw is not installed on any node")),
                List.of(new Conclusion.NotApplicable(
                        "tunnel-port-closed", "konnectivity uses 443 only, which the nodes need anyway")),
                List.of(
                        new Diagnosis.Open(
                                "iptables-blocks-kubelet",
                                "iptables blocks the kubelet port",
                                "the iptables rules",
                                "iptables -S  # as root on node aks-np-000003",
                                nodes(2)),
                        new Diagnosis.Open(
                                "snat-exhausted",
                                "The nodes run out of SNAT ports",
                                "the SNAT connections by state",
                                "az monitor metrics list --resource \"$LB\" --metric SnatConnectionCount",
                                List.of())),
                List.of(new Problem(
                        new SourceRef("nodes[2] \"iptabels -S\"", 0, "-P INPUT ACCEPT"),
                        "nothing reads the output of this command",
                        "did you mean \"iptables -S\"?")),
                new Diagnosis.Plan(
                        List.of(new Diagnosis.Step(
                                "nsg-blocks-kubelet",
                                "1",
                                "Allow the agents ahead of the rule that denies",
                                List.of("az network nsg rule create --resource-group rg"),
                                List.of("az network nsg rule delete --resource-group rg"),
                                7,
                                7,
                                List.of("1 (delete), Delete the rule that denies"))),
                        9,
                        7,
                        "2 nodes stay out of reach as far as the facts show"),
                Optional.of(new Diagnosis.NextEvidence(
                        "iptables -S  # as root on node aks-np-000003", List.of("iptables-blocks-kubelet"))),
                List.of(new Diagnosis.Known(
                        "ufw-blocks-kubelet", "UFW on a node blocks", "the pool goes away", "2026-12-31")));
    }

    /** The incident with only its first cause found. */
    static Diagnosis oneCause() {
        Diagnosis incident = incident();
        return new Diagnosis(
                incident.file(),
                incident.apiVersion(),
                incident.scene(),
                incident.cluster(),
                incident.tunnel(),
                incident.diagnoses().subList(0, 1),
                incident.ruledOut(),
                incident.notApplicable(),
                incident.cannotTell(),
                incident.problems(),
                Diagnosis.Plan.EMPTY,
                Optional.empty(),
                List.of());
    }

    static Diagnosis healthy() {
        return new Diagnosis(
                "-",
                "tunnel-doctor/v1",
                Optional.empty(),
                head(2),
                konnectivity(),
                List.of(),
                List.of(new Diagnosis.RuledOut(
                        "nsg-blocks-kubelet",
                        "A network security group blocks the kubelet port",
                        "every hop allows it")),
                List.of(),
                List.of(),
                List.of(),
                Diagnosis.Plan.EMPTY,
                Optional.empty(),
                List.of());
    }

    static Diagnosis unknown() {
        return new Diagnosis(
                "empty.yaml",
                "",
                Optional.empty(),
                new Diagnosis.Head("", "", "", "", "", "", "", Answer.CANNOT_TELL, 0, List.of()),
                new Tunnel(
                        TunnelKind.UNKNOWN,
                        "nothing shows the pods of kube-system",
                        List.of(),
                        List.of(new Missing("the pods of kube-system", "kubectl get pods -n kube-system -o yaml"))),
                List.of(),
                List.of(),
                List.of(),
                List.of(
                        new Diagnosis.Open(
                                "agents-overloaded",
                                "The tunnel's agents are too few",
                                "the pods of kube-system",
                                "kubectl get pods -n kube-system -o yaml",
                                List.of()),
                        new Diagnosis.Open(
                                "tunnel-port-closed",
                                "The tunnel's own port is closed",
                                "the pods of kube-system",
                                "kubectl get pods -n kube-system -o yaml",
                                List.of())),
                List.of(),
                Diagnosis.Plan.EMPTY,
                Optional.empty(),
                List.of());
    }

    /** Every text that can come from evidence, except commands, which the model quotes, is {@link #HOSTILE}. */
    static Diagnosis hostile() {
        SourceRef place = new SourceRef(HOSTILE, 3, HOSTILE);
        return new Diagnosis(
                HOSTILE,
                HOSTILE,
                Optional.of(HOSTILE),
                new Diagnosis.Head(
                        HOSTILE,
                        HOSTILE,
                        HOSTILE,
                        HOSTILE,
                        HOSTILE,
                        HOSTILE,
                        HOSTILE,
                        Answer.YES,
                        3,
                        List.of(new Agent(HOSTILE, HOSTILE, AddressSet.of(5), true, HOSTILE, place))),
                new Tunnel(TunnelKind.KONNECTIVITY, HOSTILE, List.of(place), List.of(new Missing(HOSTILE, HOSTILE))),
                List.of(new Diagnosis.Diagnosed(
                        HOSTILE,
                        HOSTILE,
                        Certainty.PROVED,
                        Severity.BLOCKING,
                        1,
                        HOSTILE,
                        List.of(HOSTILE),
                        List.of(place),
                        List.of(place),
                        List.of(HOSTILE),
                        List.of(
                                new Diagnosis.Repair(
                                        HOSTILE,
                                        HOSTILE,
                                        List.of(HOSTILE),
                                        List.of(HOSTILE),
                                        List.of(HOSTILE),
                                        List.of(HOSTILE),
                                        new Diagnosis.Proof(
                                                Diagnosis.Effect.CLEARS,
                                                1,
                                                1,
                                                List.of(new Opening(
                                                        HOSTILE,
                                                        Transport.UDP,
                                                        PortSet.ALL,
                                                        AddressSet.ALL,
                                                        HOSTILE,
                                                        true)),
                                                HOSTILE),
                                        List.of(HOSTILE)),
                                new Diagnosis.Repair(
                                        HOSTILE,
                                        HOSTILE,
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        Diagnosis.Proof.NONE,
                                        List.of())),
                        "")),
                List.of(new Diagnosis.RuledOut(HOSTILE, HOSTILE, HOSTILE)),
                List.of(new Conclusion.NotApplicable(HOSTILE, HOSTILE)),
                List.of(new Diagnosis.Open(HOSTILE, HOSTILE, HOSTILE, HOSTILE, List.of(HOSTILE))),
                List.of(new Problem(place, HOSTILE, HOSTILE)),
                new Diagnosis.Plan(
                        List.of(new Diagnosis.Step(
                                HOSTILE, HOSTILE, HOSTILE, List.of(HOSTILE), List.of(HOSTILE), 1, 1, List.of(HOSTILE))),
                        2,
                        1,
                        HOSTILE),
                Optional.of(new Diagnosis.NextEvidence(HOSTILE, List.of(HOSTILE))),
                List.of(new Diagnosis.Known(HOSTILE, HOSTILE, HOSTILE, HOSTILE)));
    }

    private static Diagnosis.Head head(int nodes) {
        return new Diagnosis.Head(
                "prod",
                "rg",
                "MC_rg_prod_westeurope",
                "westeurope",
                "1.31.2",
                "Azure CNI overlay",
                "loadBalancer",
                Answer.NO,
                nodes,
                List.of(
                        agent("konnectivity-agent-7d9f-abcde", "aks-np-000000", "10.224.0.4"),
                        agent("konnectivity-agent-7d9f-fghij", "aks-np-000000", "10.224.0.4")));
    }

    private static Agent agent(String name, String node, String address) {
        return new Agent(
                name,
                node,
                AddressSet.parse(address).orElse(AddressSet.NONE),
                true,
                "Azure CNI overlay: pods leave their node with its address",
                new SourceRef("kubernetes[0] Pod kube-system/" + name, 12, "podIP 10.244.0.7"));
    }

    private static Tunnel konnectivity() {
        return new Tunnel(
                TunnelKind.KONNECTIVITY,
                "pods with app=konnectivity-agent run in kube-system",
                List.of(new SourceRef("kubernetes[0] Pod kube-system/konnectivity-agent-7d9f-abcde", 12, "")),
                List.of());
    }

    private static List<String> nodes(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> String.format(java.util.Locale.ROOT, "aks-np-%06d", i))
                .toList();
    }
}
