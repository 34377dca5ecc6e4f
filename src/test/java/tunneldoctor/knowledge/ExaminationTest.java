package tunneldoctor.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tunneldoctor.knowledge.RuleAccount.Kind;
import tunneldoctor.knowledge.RuleAccount.Miss;
import tunneldoctor.knowledge.RuleAccount.Near;
import tunneldoctor.knowledge.RuleAccount.Obstacle;
import tunneldoctor.knowledge.RuleAccount.Step;
import tunneldoctor.knowledge.RuleAccount.Value;
import tunneldoctor.knowledge.RuleAccount.Witness;
import tunneldoctor.model.Answer;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Symptom;

/** What is told of rules: one rule of each form, on a few facts. */
class ExaminationTest {
    private static final String RULES = RuleText.HEAD + """
            rule "some-cause: joined"
            @title("t") @severity("BLOCKING") @source("s") @maturity("stable") @ruledOut("r")
            when
              $s : Symptom(timeout, port >= 10250)
              KubeNode(name == $s.node,
                       ready.yes(), !cordoned) // both
            then
              insertLogical(Conclude.proved(drools.getRule(), "because", $s));
            end

            rule "some-cause: negated"
            when
              Symptom()
              not KubeNode(cordoned)
            then
              insertLogical(Conclude.notApplicable(drools.getRule(), "x"));
            end

            rule "some-cause: one of two"
            when
              (exists Symptom(port == 1) or exists KubeNode(pressures contains "disk"))
            then
              insertLogical(Conclude.cannotTell(drools.getRule(), "x", "y"));
            end

            rule "some-cause: all"
            when
              forall( KubeNode(ready.yes()) )
            then
              insertLogical(Conclude.notApplicable(drools.getRule(), "y"));
            end

            rule "some-cause: counted"
            when
              accumulate( KubeNode(cordoned); $n : count(); $n > 1 )
            then
              insertLogical(Conclude.notApplicable(drools.getRule(), "z" + $n));
            end

            rule "some-cause: greatest"
            when
              accumulate( Symptom(refused, $p : port); $most : max($p); $most > 1 )
            then
              insertLogical(Conclude.notApplicable(drools.getRule(), "z" + $most));
            end
            """;

    private static RuleBase base;

    @BeforeAll
    static void compile(@TempDir Path temp) throws Exception {
        RuleText.write(temp.resolve("rules"), RuleText.FILE, RULES);
        base = RuleBase.load(temp.resolve("rules"), temp.resolve("cache"));
    }

    private static RuleAccount account(String rule, Object... facts) throws Exception {
        return base.examine(List.of(facts)).accounts("some-cause").stream()
                .filter(account -> account.rule().equals("some-cause: " + rule))
                .findFirst()
                .orElseThrow();
    }

    private static Obstacle obstacle(String rule, Object... facts) throws Exception {
        return account(rule, facts).obstacle().orElseThrow();
    }

    private static Symptom timeout(String node, int port) {
        return new Symptom(Symptom.Kind.KUBELET_TIMEOUT, node, "", port, "logs", at("symptoms[0]"));
    }

    private static KubeNode node(String name, Answer ready, boolean cordoned) {
        return new KubeNode(name, "", "", "", "", "", ready, cordoned, List.of(), List.of(), at(name));
    }

    private static SourceRef at(String document) {
        return new SourceRef(document, 7, "text");
    }

    private static Value value(String of, String is) {
        return new Value(of, is);
    }

    @Test
    void aRuleThatFiredTellsEachConditionWithItsFacts() throws Exception {
        RuleAccount account =
                account("joined", timeout("a", 10250), node("b", Answer.YES, false), node("a", Answer.YES, false));

        assertThat(account.times()).isEqualTo(1);
        assertThat(account.line()).isEqualTo(9);
        assertThat(account.finds()).isTrue();
        assertThat(account.obstacle()).isEmpty();
        assertThat(account.matches()).hasSize(1);
        assertThat(account.matches().get(0).steps())
                .containsExactly(
                        new Step(
                                12,
                                "$s : Symptom(timeout, port >= 10250)",
                                List.of(new Witness(
                                        "Symptom",
                                        List.of(value("timeout", "true"), value("port", "10250")),
                                        List.of(at("symptoms[0]")),
                                        List.of("a"))),
                                ""),
                        new Step(
                                13,
                                "KubeNode(name == $s.node, ready.yes(), !cordoned)",
                                List.of(new Witness(
                                        "KubeNode",
                                        List.of(
                                                value("name", "\"a\""),
                                                value("ready", "YES"),
                                                value("cordoned", "false")),
                                        List.of(at("a")),
                                        List.of("a"))),
                                ""));
    }

    @Test
    void theFirstConditionThatNoFactMetIsNamedWithTheNearestFacts() throws Exception {
        Obstacle obstacle = obstacle(
                "joined",
                timeout("z", 80),
                timeout("a", 10250),
                node("b", Answer.NO, true),
                node("a", Answer.CANNOT_TELL, false));

        assertThat(obstacle.line()).isEqualTo(13);
        assertThat(obstacle.kind()).isEqualTo(Kind.NO_FACT_PASSES);
        assertThat(obstacle.facts()).isEqualTo(2);
        assertThat(obstacle.before()).extracting(Step::line).containsExactly(12);
        assertThat(obstacle.nearest()).hasSize(2);
        assertThat(obstacle.nearest().get(0).fact().evidence()).containsExactly(at("a"));
        assertThat(obstacle.nearest().get(0).misses())
                .containsExactly(new Miss(14, "ready.yes()", "ready", "yes()", "CANNOT_TELL"));
        assertThat(obstacle.nearest().get(1).misses())
                .containsExactly(
                        new Miss(13, "name == $s.node", "name", "== $s.node (\"a\")", "\"b\""),
                        new Miss(14, "ready.yes()", "ready", "yes()", "NO"),
                        new Miss(14, "!cordoned", "cordoned", "false", "true"));
    }

    @Test
    void whereAnEarlierConditionStopsItNothingLaterIsBlamed() throws Exception {
        Obstacle obstacle = obstacle("joined", timeout("a", 80), node("a", Answer.YES, false));

        assertThat(obstacle.line()).isEqualTo(12);
        assertThat(obstacle.nearest().get(0).misses())
                .containsExactly(new Miss(12, "port >= 10250", "port", ">= 10250", "80"));
    }

    @Test
    void aKindOfFactThatIsMissingAltogetherIsTold() throws Exception {
        assertThat(obstacle("joined", timeout("a", 10250)))
                .extracting(Obstacle::line, Obstacle::kind, Obstacle::facts)
                .containsExactly(13, Kind.NO_SUCH_FACT, 0);
    }

    @Test
    void aNegationNamesWhatIsInItsWay() throws Exception {
        Obstacle obstacle =
                obstacle("negated", timeout("a", 1), node("a", Answer.YES, false), node("b", Answer.YES, true));

        assertThat(obstacle.kind()).isEqualTo(Kind.IN_THE_WAY);
        assertThat(obstacle.condition()).isEqualTo("not KubeNode(cordoned)");
        assertThat(obstacle.inTheWay())
                .flatExtracting(Step::facts)
                .extracting(Witness::evidence)
                .containsExactly(List.of(at("b")));
        assertThat(account("negated", timeout("a", 1))
                        .matches()
                        .get(0)
                        .steps()
                        .get(1)
                        .remark())
                .isEqualTo("there is none");
    }

    @Test
    void ofAlternativesEachTellsItsOwnObstacle() throws Exception {
        Obstacle obstacle = obstacle("one of two", timeout("a", 2), node("a", Answer.YES, false));

        assertThat(obstacle.kind()).isEqualTo(Kind.NO_ALTERNATIVE);
        assertThat(obstacle.alternatives())
                .flatExtracting(Obstacle::nearest)
                .flatExtracting(Near::misses)
                .containsExactly(
                        new Miss(29, "port == 1", "port", "== 1", "2"),
                        new Miss(29, "pressures contains \"disk\"", "pressures", "contains \"disk\"", "[]"));
    }

    @Test
    void anExceptionToAllIsNamed() throws Exception {
        Obstacle obstacle = obstacle("all", node("a", Answer.YES, false), node("b", Answer.NO, false));

        assertThat(obstacle.kind()).isEqualTo(Kind.EXCEPTION);
        assertThat(obstacle.nearest()).hasSize(1);
        assertThat(obstacle.nearest().get(0).misses())
                .containsExactly(new Miss(36, "ready.yes()", "ready", "yes()", "NO"));
    }

    @Test
    void aComputedValueIsComparedWithWhatIsWanted() throws Exception {
        Obstacle few = obstacle("counted", node("a", Answer.YES, true));
        assertThat(few.kind()).isEqualTo(Kind.VALUE);
        assertThat(few.nearest().get(0).misses()).containsExactly(new Miss(43, "$n > 1", "$n", "> 1", "1"));

        assertThat(account("counted", node("a", Answer.YES, true), node("b", Answer.YES, true))
                        .matches())
                .flatExtracting(RuleAccount.Match::steps)
                .extracting(Step::remark)
                .contains("$n = 2");

        assertThat(obstacle("greatest", timeout("a", 3)))
                .extracting(Obstacle::kind, Obstacle::nearest)
                .containsExactly(Kind.VALUE, List.of());
    }

    @Test
    void factsAreToldInOneOrderWhateverTheSessionKept() throws Exception {
        List<Object> facts = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            facts.add(node("n" + i, Answer.NO, false));
        }
        facts.add(timeout("a", 10250));

        assertThat(obstacle("joined", facts.toArray()).nearest())
                .extracting(near -> near.fact().nodes())
                .containsExactly(List.of("n0"), List.of("n1"), List.of("n2"), List.of("n3"), List.of("n4"));
    }

    @Test
    void moreCombinationsThanCanBeFollowedAreAdmitted() throws Exception {
        List<Object> facts = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            facts.add(timeout("a" + i, 10250));
            facts.add(node("b" + i, Answer.YES, false));
        }
        Path file = Path.of("some-cause.drl");
        RulePremises joined = base.premises("some-cause").get(0);

        RuleAccount account = new Explainer(joined, new Matching(facts, Matching.Watcher.NONE, 5_000)).account(0);

        assertThat(account.remark()).contains("too many combinations", "5000");
        assertThat(account.obstacle()).isEqualTo(Optional.empty());
        assertThat(account.file()).endsWith(file);
    }

    @Test
    void anUnknownCauseHasNoRules() throws Exception {
        assertThat(base.examine(List.of()).accounts("other")).isEmpty();
    }
}
