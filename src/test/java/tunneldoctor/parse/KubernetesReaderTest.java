package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.AgentLadder;
import tunneldoctor.model.Answer;
import tunneldoctor.model.ClusterEvent;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.Tree;
import tunneldoctor.model.TunnelDeployment;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;

class KubernetesReaderTest {
    private static final String POD =
            "{'kind':'Pod','metadata':{'name':'konnectivity-agent-6d5f-abcde','namespace':'kube-system'},%s}";

    private static FactsBuilder read(List<Tree> items) {
        FactsBuilder facts = new FactsBuilder();
        KubernetesReader.read(items, facts);
        return facts;
    }

    private static FactsBuilder read(String... json) {
        return read(Stream.of(json).map(JsonTrees::of).toList());
    }

    private static FactsBuilder table(String text) {
        return read(List.of(new Tree.Scalar(text, true, 7)));
    }

    @Test
    void aClustersObjectsRead() {
        FactsBuilder facts = read(JsonTrees.items("kubernetes.json"));

        assertThat(facts.problems).isEmpty();
        assertThat(facts.podsListed).isTrue();
        assertThat(facts.nodesListed).isTrue();
        assertThat(facts.kubeNodes)
                .extracting(KubeNode::address, KubeNode::pool, KubeNode::os, KubeNode::ready, KubeNode::cordoned)
                .containsExactly(
                        tuple("10.224.0.4", "system", "linux", Answer.YES, false),
                        tuple("10.224.0.5", "system", "linux", Answer.YES, false),
                        tuple("10.224.0.6", "system", "linux", Answer.NO, true));
        assertThat(facts.kubeNodes.get(2).pressures()).containsExactly("MemoryPressure");
        assertThat(facts.kubeNodes.get(0).podCidrs()).containsExactly("10.244.0.0/24");
        assertThat(facts.kubeNodes.get(0).source().document())
                .isEqualTo("kubernetes[0] Node/aks-system-24680135-vmss000000");
        assertThat(facts.tunnelPods)
                .extracting(
                        TunnelPod::podAddress,
                        TunnelPod::nodeAddress,
                        TunnelPod::ready,
                        TunnelPod::restarts,
                        TunnelPod::outOfMemory,
                        TunnelPod::waitingReason)
                .containsExactly(
                        tuple("10.244.0.3", "10.224.0.4", Answer.YES, 0, Answer.NO, ""),
                        tuple("10.244.1.4", "10.224.0.5", Answer.NO, 14, Answer.YES, "CrashLoopBackOff"));
        assertThat(facts.tunnelPods)
                .allMatch(p ->
                        p.tunnel() == TunnelKind.KONNECTIVITY && p.memoryLimit().equals("1Gi"));
        assertThat(facts.deployments)
                .extracting(TunnelDeployment::autoscaler, TunnelDeployment::replicas, TunnelDeployment::readyReplicas)
                .containsExactly(tuple(false, 2, 1), tuple(true, 1, 0));
        AgentLadder ladder = Objects.requireNonNull(facts.ladder);
        assertThat(ladder.nodesToReplicas()).isEqualTo(AgentLadder.DOCUMENTED.nodesToReplicas());
        assertThat(facts.events)
                .extracting(ClusterEvent::reason, ClusterEvent::kind, ClusterEvent::count, ClusterEvent::message)
                .containsExactly(
                        tuple("BackOff", "Pod", 37, "Back-off restarting failed container"),
                        tuple("OOMKilling", "Node", 4, "Memory cgroup out of memory"));
    }

    @Test
    void aPastedTableOfPodsReads() {
        FactsBuilder facts = table(JsonTrees.text("pods-table.txt"));

        assertThat(facts.problems).isEmpty();
        assertThat(facts.podsListed).isTrue();
        assertThat(facts.tunnelPods)
                .extracting(
                        TunnelPod::name,
                        TunnelPod::podAddress,
                        TunnelPod::node,
                        TunnelPod::phase,
                        TunnelPod::ready,
                        TunnelPod::restarts,
                        TunnelPod::waitingReason)
                .containsExactly(
                        tuple(
                                "konnectivity-agent-6d5f4c7b9-abcde",
                                "10.244.0.3",
                                "aks-system-24680135-vmss000000",
                                "Running",
                                Answer.YES,
                                3,
                                ""),
                        tuple(
                                "konnectivity-agent-6d5f4c7b9-fghij",
                                "10.244.1.4",
                                "aks-system-24680135-vmss000001",
                                "Running",
                                Answer.NO,
                                14,
                                "CrashLoopBackOff"),
                        tuple("konnectivity-agent-6d5f4c7b9-pqrst", "", "", "Pending", Answer.NO, 0, ""));
        assertThat(facts.tunnelPods).allMatch(p -> p.outOfMemory() == Answer.CANNOT_TELL);
        assertThat(facts.tunnelPods.get(0).source().line()).isEqualTo(4);
        assertThat(facts.tunnelPods.get(0).source().text()).startsWith("konnectivity-agent-6d5f4c7b9-abcde");
    }

    @Test
    void tablesOfNodesAndOfAllNamespacesRead() {
        FactsBuilder facts = table("""
                NAME                             STATUS                     ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE                    KERNEL-VERSION
                aks-np-12345678-vmss000000       Ready                      <none>   3d    v1.31.2   10.224.0.4    <none>        Ubuntu 22.04.5 LTS          5.15.0
                akswin000001                     NotReady,SchedulingDisabled <none>  3d    v1.31.2   10.224.0.5    <none>        Windows Server 2022         10.0
                aks-np-12345678-vmss000002       Ready,SchedulingDisabled   <none>   3d    v1.31.2   10.224.0.6    <none>        Ubuntu 22.04.5 LTS          5.15.0

                NAMESPACE     NAME                            READY   STATUS    RESTARTS   AGE   LABELS
                kube-system   aks-link-5d8f-xyz12             1/1     Running   0          3d    app=openvpn
                default       konnectivity-agent-1-aaaaa      1/1     Running   0          3d    app=konnectivity-agent
                """);

        assertThat(facts.kubeNodes)
                .extracting(KubeNode::address, KubeNode::ready, KubeNode::cordoned, KubeNode::os)
                .containsExactly(
                        tuple("10.224.0.4", Answer.YES, false, "linux"),
                        tuple("10.224.0.6", Answer.YES, true, "linux"));
        assertThat(facts.problems).as("the overflowing row").hasSize(1);
        assertThat(facts.tunnelPods).extracting(TunnelPod::tunnel).containsExactly(TunnelKind.AKS_LINK);
        assertThat(facts.podsListed).isTrue();
        assertThat(facts.nodesListed).isTrue();
    }

    @ParameterizedTest(name = "{0} app={1} -> {2}")
    @CsvSource({
        "konnectivity-agent-6d5f4c7b9-abcde, konnectivity-agent, KONNECTIVITY",
        "konnectivity-agent-6d5f4c7b9-abcde, '', KONNECTIVITY",
        "konnectivity-agent-6d5f4c7b9-abcde, other, ",
        "konnectivity-agent-autoscaler-7c9d-klmno, '', ",
        "konnectivity-agent-autoscaler-7c9d-klmno, konnectivity-agent, ",
        "tunnelfront-7c9d-klmno, '', TUNNEL_FRONT",
        "aks-link-7c9d-klmno, '', AKS_LINK",
        "kube-svc-redirect-abcde, '', "
    })
    void tunnelPodsAreTold(String name, String app, TunnelKind expected) {
        FactsBuilder facts = read("{'kind':'Pod','metadata':{'name':'" + name
                + "','namespace':'kube-system','labels':{'app':'" + app + "'}}}");

        assertThat(facts.podsListed).isTrue();
        assertThat(facts.tunnelPods)
                .extracting(TunnelPod::tunnel)
                .isEqualTo(expected == null ? List.of() : List.of(expected));
    }

    @Test
    void whatAPodDoesNotStateIsNotAssumed() {
        TunnelPod pod = read(String.format(java.util.Locale.ROOT, POD, "'status':'gone'"))
                .tunnelPods
                .get(0);

        assertThat(pod.ready()).isEqualTo(Answer.CANNOT_TELL);
        assertThat(pod.outOfMemory()).isEqualTo(Answer.CANNOT_TELL);
        assertThat(pod.restarts()).isEqualTo(-1);
        assertThat(pod.phase()).isEmpty();
    }

    @ParameterizedTest(name = "{0} pods {1} nodes {2} problems {3}")
    @CsvSource(
            delimiter = ';',
            value = {
                "{'kind':'PodList','items':[]}; true; false; 0",
                "{'kind':'NodeList','items':[]}; false; true; 0",
                "{'kind':'List','items':[]}; false; false; 1",
                "{'items':[]}; false; false; 1",
                "{'kind':'PodList','items':'x'}; false; false; 1",
                "{'kind':'PodList','metadata':{'continue':'abc'},'items':[]}; false; false; 1",
                "{'kind':'NodeList','metadata':{'continue':'abc'},'items':[{'metadata':{'name':'n'}}]}; false; false; 1",
                "{'kind':'NodeList','items':[{'metadata':{'name':'n'}}]}; false; true; 0",
                "[{'kind':'List','items':[{'kind':'List','items':[{'kind':'Node','metadata':{'name':'n'}}]}]}]; false; true; 0",
                "{'kind':'Pod','metadata':{'name':'web','namespace':'shop'}}; false; false; 0",
                "{'kind':'Pod','metadata':{'name':'coredns-1','namespace':'kube-system'}}; true; false; 0",
                "{'kind':'Pod','metadata':{}}; false; false; 1",
                "{'metadata':{'name':'x'}}; false; false; 1",
                "null; false; false; 1",
                "{'kind':'Service','metadata':{'name':'x'}}; false; false; 0"
            })
    void onlyWhatIsListedWholeCountsAsListed(String json, boolean pods, boolean nodes, int problems) {
        FactsBuilder facts = read(json);

        assertThat(facts.podsListed).isEqualTo(pods);
        assertThat(facts.nodesListed).isEqualTo(nodes);
        assertThat(facts.problems).hasSize(problems);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'data':{'ladder':'[[1,2],[100,3]]'}}",
                "{'data':{'nodesToReplicas':'[[1,2],[100,3]]'}}",
                "{'data':{'ladder':'{\\\"nodesToReplicas\\\":[[1,2],[100,3]]}'}}"
            })
    void theLadderReadsInEachForm(String data) {
        AgentLadder ladder = Objects.requireNonNull(ladder(data).ladder);
        assertThat(ladder.nodesToReplicas()).isEqualTo(Map.of(1, 2, 100, 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'data':{'ladder':'[[1,2],[100]]'}}",
                "{'data':{'ladder':'[[1,-2]]'}}",
                "{'data':{'ladder':'{'}}",
                "{'data':{'ladder':''}}",
                "{'data':{'ladder':'[]'}}",
                "{'data':{'linear':'{}'}}",
                "{'data':'x'}",
                "{}"
            })
    void aLadderThatCannotBeReadIsNone(String data) {
        FactsBuilder facts = ladder(data);

        assertThat(facts.ladder).isNull();
        assertThat(facts.problems).hasSize(1);
    }

    private static FactsBuilder ladder(String data) {
        String head =
                "{'kind':'ConfigMap','metadata':{'name':'konnectivity-agent-autoscaler','namespace':'kube-system'}";
        return read(data.equals("{}") ? head + "}" : head + "," + data.substring(1));
    }

    @Test
    void theFirstOfTwoWithTheSameNameCounts() {
        FactsBuilder facts = read(
                "{'kind':'Node','metadata':{'name':'n'}}",
                "{'kind':'Node','metadata':{'name':'n'},'spec':{'unschedulable':true}}");

        assertThat(facts.kubeNodes).extracting(KubeNode::cordoned).containsExactly(false);
        assertThat(facts.problems).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "No resources found in kube-system namespace.",
                "NAME   READY   STATUS    RESTARTS   AGE\nkonnectivity-agent-6d5f4c7b9-abcde   1/1   Running   0   3d",
                "NAME                   READY   STATUS\nkonnectivity\tagent   1/1     Running"
            })
    void aTableThatCannotBeReadIsAProblem(String text) {
        FactsBuilder facts = table(text);

        assertThat(facts.problems).hasSize(1);
        assertThat(facts.podsListed).isFalse();
        assertThat(facts.tunnelPods).isEmpty();
    }
}
