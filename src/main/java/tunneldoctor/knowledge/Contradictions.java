package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds conditions that can never be true, and alternatives that always are, by what they compare with written-out values:
 * {@code port > 10, port < 5}, {@code ready.yes(), ready.no()}, {@code kind != A || kind != B}.
 */
final class Contradictions {
    private final Scope.Reports reports;

    Contradictions(Scope.Reports reports) {
        this.reports = reports;
    }

    /** Looks at every pattern of a rule, at those that must be the same fact, and at what the rule denies. */
    void check(ParsedRule rule) {
        rule.when().eachPattern((pattern, denied) -> pattern(pattern));
        List<Condition.Pattern> asserted = new ArrayList<>();
        List<Condition.Not> denied = new ArrayList<>();
        conjuncts(rule.when(), asserted, denied);
        ofOneFact(asserted);
        for (Condition.Not not : denied) {
            deniesItself(not, asserted);
        }
    }

    private void pattern(Condition.Pattern pattern) {
        if (together(pattern.tests())) {
            for (Expr test : pattern.tests()) {
                always(test);
            }
        }
    }

    private void always(Expr test) {
        if (isSame(test).orElse(false)
                || test instanceof Expr.Binary either
                        && either.operator().equals("||")
                        && Assumption.of(List.of(new Expr.Unary("!", test, test.type(), test.offset())))
                                .clash()
                                .isPresent()) {
            reports.tell(test.offset(), "'" + plain(test) + "' is always true", "Delete it, or join with && instead.");
        }
    }

    /** Whether all can be true of one fact; what cannot is told. */
    private boolean together(List<Expr> tests) {
        for (Expr test : tests) {
            if (isSame(test).filter(same -> !same).isPresent()) {
                reports.tell(
                        test.offset(), "'" + plain(test) + "' can never be true", "Compare it with another value.");
                return false;
            }
        }
        Assumption all = Assumption.of(tests);
        all.clash().ifPresent(this::tell);
        for (Assumption.Clash dead : all.deadAlternatives()) {
            tell(dead);
        }
        return all.clash().isEmpty() && all.deadAlternatives().isEmpty();
    }

    private void tell(Assumption.Clash clash) {
        reports.tell(
                clash.later().offset(),
                "'" + plain(clash.later()) + "' can never be true"
                        + clash.earlier()
                                .map(earlier -> " together with '" + plain(earlier) + "'")
                                .orElse(""),
                "No value meets both: correct one, or write a rule for each.");
    }

    /** True for {@code a == a}, false for {@code a != a}; empty for anything else. */
    private static Optional<Boolean> isSame(Expr test) {
        return test instanceof Expr.Binary binary
                        && binary.left().toString().equals(binary.right().toString())
                ? switch (binary.operator()) {
                    case "==", "<=", ">=" -> Optional.of(true);
                    case "!=", "<", ">" -> Optional.of(false);
                    default -> Optional.empty();
                }
                : Optional.empty();
    }

    private static String plain(Expr test) {
        String text = test.toString();
        return test instanceof Expr.Binary ? text.substring(1, text.length() - 1) : text;
    }

    /** What holds at the same time: patterns that must find a fact, and what must find none. */
    private static void conjuncts(Condition from, List<Condition.Pattern> asserted, List<Condition.Not> denied) {
        if (from instanceof Condition.Pattern pattern) {
            asserted.add(pattern);
        } else if (from instanceof Condition.All || from instanceof Condition.Exists) {
            from.parts().forEach(part -> conjuncts(part, asserted, denied));
        } else if (from instanceof Condition.Not not) {
            denied.add(not);
        }
    }

    /** Of some types there is one fact at most, so all patterns of them speak of the same. */
    private void ofOneFact(List<Condition.Pattern> asserted) {
        for (Class<?> single : Vocabulary.SINGLE) {
            List<Expr> tests = new ArrayList<>();
            int patterns = 0;
            for (Condition.Pattern pattern : asserted) {
                if (pattern.fact() == single
                        && Assumption.of(pattern.tests()).clash().isEmpty()) {
                    tests.addAll(pattern.tests());
                    patterns++;
                }
            }
            if (patterns > 1) {
                Assumption.of(tests).clash().ifPresent(this::tell);
            }
        }
    }

    private void deniesItself(Condition.Not not, List<Condition.Pattern> asserted) {
        List<Condition> parts = not.part().parts();
        if (parts.size() != 1 || !(parts.get(0) instanceof Condition.Pattern denied)) {
            return;
        }
        List<String> tests = denied.tests().stream().map(Expr::toString).toList();
        for (Condition.Pattern pattern : asserted) {
            List<String> given = pattern.tests().stream().map(Expr::toString).toList();
            if (denied.fact().isAssignableFrom(pattern.fact()) && given.containsAll(tests)) {
                reports.tell(
                        not.offset(),
                        "this denies the " + pattern.fact().getSimpleName() + " that another pattern of the rule finds",
                        "The rule can never fire: correct one of the two.");
                return;
            }
        }
    }
}
