package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.Answer;

/** Tests taken to be true of one fact, and what they leave of the values its fields can have. */
final class Assumption {
    private final Map<String, Values> values;
    private final List<Clash> dead = new ArrayList<>();
    private Optional<Clash> clash = Optional.empty();

    private Assumption(Map<String, Values> values) {
        this.values = values;
    }

    /**
     * Two tests no value meets.
     *
     * @param earlier empty where the later one is impossible alone
     */
    record Clash(Expr later, Optional<Expr> earlier) {}

    static Assumption of(Collection<Expr> tests) {
        Assumption assumption = new Assumption(new HashMap<>());
        assumption.all(tests);
        return assumption;
    }

    /** The first test that cannot hold with those before it; empty where all may hold. */
    Optional<Clash> clash() {
        return clash;
    }

    /** Alternatives that cannot hold, where another of them can. */
    List<Clash> deadAlternatives() {
        return clash.isPresent() ? List.of() : dead;
    }

    private void all(Collection<Expr> tests) {
        List<Alternatives> open = new ArrayList<>();
        tests.forEach(test -> assume(test, true, open));
        for (Alternatives alternatives : open) {
            one(alternatives);
        }
    }

    private record Alternatives(Expr left, Expr right, boolean holds) {}

    private void one(Alternatives alternatives) {
        List<Clash> failed = new ArrayList<>();
        for (Expr branch : List.of(alternatives.left(), alternatives.right())) {
            Map<String, Values> copy = new HashMap<>();
            values.forEach((key, known) -> copy.put(key, known.copy()));
            Assumption inner = new Assumption(copy);
            List<Alternatives> open = new ArrayList<>();
            inner.assume(branch, alternatives.holds(), open);
            open.forEach(inner::one);
            inner.clash.ifPresent(failed::add);
            dead.addAll(inner.deadAlternatives());
        }
        if (failed.size() == 2) {
            clash(failed.get(1));
        } else {
            dead.addAll(failed);
        }
    }

    private void clash(Clash found) {
        if (clash.isEmpty()) {
            clash = Optional.of(found);
        }
    }

    private void assume(Expr test, boolean holds, List<Alternatives> open) {
        if (clash.isPresent()) {
            return;
        }
        if (test instanceof Expr.Unary not && not.operator().equals("!")) {
            assume(not.operand(), !holds, open);
        } else if (test instanceof Expr.Binary binary) {
            boolean and = binary.operator().equals("&&");
            if (and || binary.operator().equals("||")) {
                if (and == holds) {
                    assume(binary.left(), holds, open);
                    assume(binary.right(), holds, open);
                } else {
                    open.add(new Alternatives(binary.left(), binary.right(), holds));
                }
            } else {
                comparison(binary, holds);
            }
        } else if (test instanceof Expr.Call question) {
            question(question, holds);
        } else if (test instanceof Expr.Constant constant && constant.value().equals(!holds)) {
            clash(new Clash(test, Optional.empty()));
        }
    }

    private void comparison(Expr.Binary test, boolean holds) {
        boolean denied = test.operator().startsWith("not ");
        String operator = denied ? test.operator().substring(4) : test.operator();
        boolean positive = holds != denied;
        if (operator.equals("in") && test.right() instanceof Expr.Choices choices) {
            List<Object> constants = new ArrayList<>();
            for (Expr choice : choices.values()) {
                if (!(choice instanceof Expr.Constant constant)) {
                    return;
                }
                constants.add(constant.value());
            }
            narrow(test.left(), test, known -> known.among(constants, positive));
        } else if (test.right() instanceof Expr.Constant constant) {
            narrow(test.left(), test, known -> known.compare(operator, constant.value(), positive));
        } else if (test.left() instanceof Expr.Constant constant) {
            narrow(test.right(), test, known -> known.compare(turned(operator), constant.value(), positive));
        }
    }

    private static String turned(String operator) {
        return switch (operator) {
            case "<" -> ">";
            case ">" -> "<";
            case "<=" -> ">=";
            case ">=" -> "<=";
            default -> operator;
        };
    }

    /** A method that answers yes or no; some are known to say the same as a comparison. */
    private void question(Expr.Call question, boolean holds) {
        Expr owner = question.owner();
        Optional<Class<?>> of = owner instanceof Expr.This ? Optional.empty() : owner.raw();
        boolean plain = question.arguments().isEmpty();
        if (plain && of.filter(type -> type == Answer.class).isPresent()) {
            Answer answer = switch (question.member()) {
                case "yes" -> Answer.YES;
                case "no" -> Answer.NO;
                default -> Answer.CANNOT_TELL;
            };
            narrow(owner, question, known -> known.among(Set.of(answer), holds));
        } else if (plain && question.member().equals("isEmpty") && of.isPresent()) {
            if (of.get() == String.class) {
                narrow(owner, question, known -> known.among(Set.of(""), holds));
            } else if (of.get() == Optional.class) {
                narrow(key(owner) + ".isPresent", boolean.class, question, known -> known.among(Set.of(!holds), true));
            } else {
                narrow(key(owner) + ".size", int.class, question, known -> known.compare("==", 0L, holds));
            }
        } else {
            narrow(question, question, known -> known.among(Set.of(true), holds));
        }
    }

    private static String key(Expr value) {
        return value.toString();
    }

    private void narrow(Expr value, Expr test, java.util.function.Consumer<Values> by) {
        if (value instanceof Expr.Call || value instanceof Expr.Bound) {
            narrow(key(value), value.raw().orElse(Object.class), test, by);
        }
    }

    private void narrow(String key, Class<?> type, Expr test, java.util.function.Consumer<Values> by) {
        Values known = values.computeIfAbsent(key, absent -> Values.of(type, absent.endsWith(".size")));
        boolean possible = known.possible();
        by.accept(known);
        if (possible && !known.possible()) {
            clash(new Clash(test, known.narrowedBy()));
        }
        known.narrowedBy(test);
    }
}
