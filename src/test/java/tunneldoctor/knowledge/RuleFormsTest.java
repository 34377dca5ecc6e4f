package tunneldoctor.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Answer;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Direction;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.MetricSeries;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Purpose;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Transport;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;

/** The forms of conditions and consequences that authors may use: each is let through, links in the cage, and holds. */
class RuleFormsTest {
    private static final SourceRef AT = new SourceRef("kubernetes[0]", 7, "x");

    private static final String FORMS = """
            package rules.some_cause

            import java.util.List
            import java.util.Map
            import java.util.Optional
            import tunneldoctor.knowledge.Conclude
            import tunneldoctor.model.Certainty
            import tunneldoctor.model.KubeNode
            import tunneldoctor.model.MetricSeries
            import tunneldoctor.model.NsgRule
            import tunneldoctor.model.NsgVerdict
            import tunneldoctor.model.Node
            import tunneldoctor.model.Outcome
            import tunneldoctor.model.Probe
            import tunneldoctor.model.SourceRef
            import tunneldoctor.model.Symptom
            import tunneldoctor.model.Tunnel
            import tunneldoctor.model.TunnelKind
            import tunneldoctor.model.TunnelPod

            dialect "java"

            rule "some-cause: found"
              @title("naïve — 原因") @severity("BLOCKING") @source("a test") @maturity("stable") @ruledOut("all is well")
            when
              $s : Symptom(this.timeout, $n : node, port != 0, port - 10000 > 200, verb not in ("top", "webhook"), verb matches "[a-z]*|x")
              $t : Symptom(this != $s, node == $n, port >= $s.port, port <= $s.port + 5)
              forall( KubeNode(ready.yes()) )
              forall( $k : KubeNode(cordoned) KubeNode(this == $k, ready.yes()) )
            then
              insertLogical(Conclude.found(drools.getRule(), Certainty.LIKELY, "a" + $s.port() * 2 / 3 % 4 + -1, $s, $t));
            end

            rule "some-cause: lists"
            when
              $v : NsgVerdict(affected.size() > 0, $first : affected.get(0), affected.get(0).name == "n1", missing.size() == 1, nsg.isEmpty() || nsg.get().name == "x",
                              decidedBy.isEmpty() || decidedBy.get().priority < 400, outcome in (Outcome.DROPPED, Outcome.REJECTED))
              Node(name memberOf $v.nodes, hostsAgent.yes() || ready.yes(), $v.nodes contains name, $v.nodes not contains address, name not memberOf $v.agents)
              (Tunnel(kind == TunnelKind.NONE) or Tunnel(kind != TunnelKind.UNKNOWN) or exists Probe(open))
            then
              insertLogical(Conclude.proved(drools.getRule(), String.valueOf($v.port()) + $first.name() + ($v.missing().isEmpty() ? "x" : "y"), $v));
              insertLogical(Conclude.cannotTell(drools.getRule(), $v, $first));
            end

            rule "some-cause: maps and texts"
            when
              MetricSeries(dimensions.get("a") == "b", dimensions.containsKey("x"), values.size() > 1, sum / 2.0 >= 3.5, peak < 1e3, $m : metric, metric.startsWith("S"), metric str[endsWith] "t", metric str[length] 3)
              $p : TunnelPod(name contains "x", name.contains($m), restarts > 3, restarts < 10 || restarts == 20, (ready.no() && phase == "Failed"), source!.line > 3, node.length() == 2, !name.equalsIgnoreCase("AB"))
              accumulate( TunnelPod(restarts > 1, $r : restarts, node == $p.node); $total : sum($r), $all : count($r); $total > 3, $all > 1 )
              $few : Number(intValue > 1) from accumulate( $x : TunnelPod(), count($x) )
            then
              insertLogical(Conclude.remedy(drools.getRule(), "1", "s").advice(List.of("a", "b")).verify("c").warning("é" + $total + $few.intValue()).done());
            end

            rule "some-cause: facts of its own"
            when
              Symptom()
              not ( Tunnel() and Probe() )
              not Probe( port > 3 )
              (exists Tunnel() or exists Probe())
            then
              insertLogical(new SourceRef("x", 3, "y"));
            end
            """;

    @Test
    void everyFormIsLetThroughAndHolds(@TempDir Path temp) throws Exception {
        RuleText.write(temp, "rules/" + RuleText.FILE, FORMS);
        Node node = new Node("n1", "10.0.0.5", "", "linux", Answer.YES, Answer.YES, "", "", "0", "eth0", true, AT);

        List<Conclusion> conclusions = RuleBase.load(temp.resolve("rules"), temp.resolve("cache"))
                .conclude(List.of(
                        node,
                        new KubeNode("n1", "", "", "", "", "", Answer.YES, true, List.of(), List.of(), AT),
                        new Symptom(Symptom.Kind.KUBELET_TIMEOUT, "n1", "", 10250, "logs", AT),
                        new Symptom(Symptom.Kind.UNRECOGNISED, "n1", "", 10251, "x", AT),
                        verdict(node),
                        new Tunnel(TunnelKind.KONNECTIVITY, "", List.of(), List.of()),
                        new MetricSeries("", "Sat", Map.of("a", "b", "x", "y"), "total", List.of(3.5, 3.5), AT),
                        pod("a"),
                        pod("x-Sat")));

        assertThat(conclusions.stream().map(RuleFormsTest::words))
                .containsExactlyInAnyOrder(
                        "a1-1", // 10250 * 2 / 3 % 4, then -1
                        "10250n1y",
                        "[Missing[what=m, command=c]] [n1]",
                        "[é82]");
    }

    private static String words(Conclusion conclusion) {
        if (conclusion instanceof Conclusion.Finding finding) {
            return finding.why();
        }
        return conclusion instanceof Conclusion.CannotTell open
                ? open.missing() + " " + open.nodes()
                : ((Conclusion.Remedy) conclusion).warnings().toString();
    }

    private static TunnelPod pod(String name) {
        return new TunnelPod(
                name, TunnelKind.KONNECTIVITY, "", "n1", "", false, "Failed", Answer.NO, 4, Answer.NO, "", "", AT);
    }

    private static NsgVerdict verdict(Node node) {
        return new NsgVerdict(
                Purpose.KUBELET,
                Direction.INBOUND,
                Outcome.DROPPED,
                Outcome.UNKNOWN,
                Optional.empty(),
                "",
                Optional.empty(),
                Transport.TCP,
                10250,
                AddressSet.ALL,
                AddressSet.ALL,
                AddressSet.ALL,
                AddressSet.ALL,
                List.of(node),
                List.of(),
                List.of(),
                List.of(AT),
                List.of(new Missing("m", "c")));
    }
}
