package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import tunneldoctor.model.Answer;
import tunneldoctor.model.KubeNode;
import tunneldoctor.model.Probe;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Transport;
import tunneldoctor.model.TunnelKind;
import tunneldoctor.model.TunnelPod;

/** Rules of every form that authors may use, and small worlds of facts in which they are now true and now false. */
final class RandomRules {
    private static final List<String> NAMES = List.of("a", "b", "c");

    private final Random random;
    private int variables;

    RandomRules(long seed) {
        random = new Random(seed);
    }

    /** A whole file. */
    String file(int rules) {
        StringBuilder text = new StringBuilder("""
                package rules.some_cause

                import tunneldoctor.knowledge.Conclude
                import tunneldoctor.model.KubeNode
                import tunneldoctor.model.Probe
                import tunneldoctor.model.Symptom
                import tunneldoctor.model.TunnelKind
                import tunneldoctor.model.TunnelPod
                dialect "java"

                """);
        for (int i = 0; i < rules; i++) {
            text.append("rule \"some-cause: ").append(i).append("\"\n");
            text.append(i == 0 ? RuleText.METADATA + "\n" : "").append("when\n");
            text.append(conditions());
            text.append("then\n  insertLogical(Conclude.cannotTell(drools.getRule(), \"n\", \"c\"));\nend\n");
        }
        return text.toString();
    }

    /** Drools 10.2 fails on {@code or} beside an accumulate of several functions, with a cast of its own. */
    private String conditions() {
        String conditions;
        do {
            conditions = "";
            List<String> bound = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                conditions += "  " + condition(bound, conditions.isEmpty()) + "\n";
            }
        } while (conditions.contains(" or ") && conditions.contains("max("));
        return conditions;
    }

    private String condition(List<String> bound, boolean first) {
        return switch (random.nextInt(first ? 8 : 14)) {
            case 0, 1, 2, 3 -> bound(bound);
            case 4 -> "not " + pattern(bound);
            case 5 -> "exists " + pattern(bound);
            case 6 ->
                "accumulate( " + counted(bound) + "; $n" + ++variables + " : count(); $n" + variables + " >= "
                        + random.nextInt(3) + " )";
            case 7 -> "(" + pattern(bound) + " or " + pattern(bound) + ")";
            case 8 -> "not (" + joined(bound, " and ") + ")";
            case 9 -> "exists (" + joined(bound, " and ") + ")";
            case 10 -> "forall( " + pattern(bound) + " )";
            case 11 -> "(exists " + pattern(bound) + " or not " + pattern(bound) + ")";
            case 12 -> summed(bound);
            default -> "not (exists " + pattern(bound) + ")";
        };
    }

    private String bound(List<String> bound) {
        String variable = "$v" + ++variables;
        int type = random.nextInt(4);
        String pattern = variable + " : " + pattern(type, bound);
        bound.add(variable + (type == 0 ? ".name" : ".node"));
        return pattern;
    }

    private String joined(List<String> bound, String word) {
        String variable = "$v" + ++variables;
        int type = random.nextInt(4);
        List<String> inner = new ArrayList<>(bound);
        inner.add(variable + (type == 0 ? ".name" : ".node"));
        return variable + " : " + pattern(type, bound) + word + pattern(inner);
    }

    private String counted(List<String> bound) {
        return random.nextBoolean() ? pattern(bound) : joined(bound, " and ");
    }

    private String summed(List<String> bound) {
        int n = ++variables;
        return switch (random.nextInt(3)) {
            case 0 ->
                "accumulate( TunnelPod($r" + n + " : restarts" + more(3, bound) + "); $s" + n + " : sum($r" + n
                        + "), $m" + n + " : max($r" + n + "); $s" + n + " > " + random.nextInt(3) + " )";
            case 1 ->
                "accumulate( Symptom($r" + n + " : port" + more(1, bound) + "); $m" + n + " : min($r" + n + "); $m" + n
                        + " < 3 )";
            default ->
                "$s" + n + " : Number(intValue >= " + random.nextInt(3) + ") from accumulate( $p" + n + " : Probe("
                        + tests(2, bound) + "), count($p" + n + ") )";
        };
    }

    private String more(int type, List<String> bound) {
        String tests = tests(type, bound);
        return tests.isEmpty() ? "" : ", " + tests;
    }

    private String pattern(List<String> bound) {
        return pattern(random.nextInt(4), bound);
    }

    private String pattern(int type, List<String> bound) {
        return List.of("KubeNode", "Symptom", "Probe", "TunnelPod").get(type) + "(" + tests(type, bound) + ")";
    }

    private String tests(int type, List<String> bound) {
        List<String> tests = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            tests.add(
                    switch (type) {
                        case 0 -> ofNode();
                        case 1 -> ofSymptom();
                        case 2 -> ofProbe();
                        default -> ofPod();
                    });
        }
        if (!bound.isEmpty() && random.nextBoolean()) {
            String field = type == 0 ? "name" : "node";
            String other = bound.get(random.nextInt(bound.size()));
            tests.add(random.nextInt(tests.size() + 1), field + (random.nextInt(4) == 0 ? " != " : " == ") + other);
        }
        return String.join(", ", tests);
    }

    private String ofNode() {
        return one(
                () -> "ready." + (random.nextBoolean() ? "yes()" : "no()"),
                () -> "cordoned",
                () -> "name == " + name(),
                () -> "name in (" + name() + ", " + name() + ")",
                () -> "pressures contains " + name(),
                () -> "!pressures.isEmpty() && pressures.get(0) == " + name());
    }

    private String ofSymptom() {
        return one(
                () -> "timeout",
                () -> "refused || port == " + random.nextInt(4),
                () -> "port " + comparison() + " " + random.nextInt(4),
                () -> "node != " + name(),
                () -> "node matches \"[ab]\"",
                () -> "port % 2 == 0");
    }

    private String ofProbe() {
        return one(
                () -> "open",
                () -> "!open",
                () -> "node == target",
                () -> "target str[startsWith] " + name(),
                () -> "port > 1 && open");
    }

    private String ofPod() {
        return one(
                () -> "tunnel == TunnelKind.KONNECTIVITY",
                () -> "restarts " + comparison() + " " + random.nextInt(4),
                () -> "ready.yes() || outOfMemory.yes()",
                () -> "hostNetwork",
                () -> "restarts + 1 < 3");
    }

    private String comparison() {
        return List.of("==", "!=", "<", ">", "<=", ">=").get(random.nextInt(6));
    }

    private String name() {
        return '"' + NAMES.get(random.nextInt(NAMES.size())) + '"';
    }

    @SafeVarargs
    private String one(Supplier<String>... of) {
        return of[random.nextInt(of.length)].get();
    }

    /** Up to a dozen facts, some of them equal. */
    List<Object> world() {
        List<Object> facts = new ArrayList<>();
        for (int i = random.nextInt(13); i > 0; i--) {
            facts.add(fact());
        }
        return facts;
    }

    private Object fact() {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        String other = NAMES.get(random.nextInt(NAMES.size()));
        int number = random.nextInt(4);
        SourceRef at = new SourceRef("kubernetes[" + number + "]", number, name);
        return switch (random.nextInt(4)) {
            case 0 ->
                new KubeNode(
                        name,
                        "",
                        "",
                        "",
                        "linux",
                        "",
                        answer(),
                        random.nextBoolean(),
                        random.nextBoolean() ? List.of() : List.of(other),
                        List.of(),
                        at);
            case 1 ->
                new Symptom(
                        random.nextBoolean() ? Symptom.Kind.KUBELET_TIMEOUT : Symptom.Kind.KUBELET_REFUSED,
                        name,
                        "",
                        number,
                        "logs",
                        at);
            case 2 ->
                new Probe(
                        name,
                        other,
                        number,
                        Transport.TCP,
                        random.nextBoolean() ? Probe.Result.OPEN : Probe.Result.TIMED_OUT,
                        at);
            default ->
                new TunnelPod(
                        "pod",
                        random.nextBoolean() ? TunnelKind.KONNECTIVITY : TunnelKind.AKS_LINK,
                        "",
                        name,
                        "",
                        random.nextBoolean(),
                        "Running",
                        answer(),
                        number,
                        answer(),
                        "",
                        "",
                        at);
        };
    }

    private Answer answer() {
        return Answer.values()[random.nextInt(Answer.values().length)];
    }
}
