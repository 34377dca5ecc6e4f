package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tunneldoctor.model.Answer;

/**
 * Says a rule's conditions in words: {@code $pod : TunnelPod(ready.no(), restarts > 3)} becomes "a TunnelPod whose ready is
 * no, whose restarts is more than 3".
 */
final class ConditionWords {
    private static final Map<String, String> OPERATORS = Map.ofEntries(
            Map.entry("==", "is"),
            Map.entry("!=", "is not"),
            Map.entry("<", "is less than"),
            Map.entry(">", "is more than"),
            Map.entry("<=", "is at most"),
            Map.entry(">=", "is at least"),
            Map.entry("contains", "contains"),
            Map.entry("not contains", "does not contain"),
            Map.entry("excludes", "does not contain"),
            Map.entry("memberOf", "is one of"),
            Map.entry("not memberOf", "is none of"),
            Map.entry("in", "is one of"),
            Map.entry("not in", "is none of"),
            Map.entry("matches", "matches"),
            Map.entry("not matches", "does not match"),
            Map.entry("str[startsWith]", "begins with"),
            Map.entry("str[endsWith]", "ends with"),
            Map.entry("str[length]", "has the length"));

    /** Bindings to what they stand for, as "the TunnelPod". */
    private final Map<String, String> names = new HashMap<>();

    /** The conditions of a rule, all of which must hold. */
    List<String> of(Condition.All when) {
        List<String> lines = new ArrayList<>();
        for (Condition part : when.parts()) {
            lines.add(sentence(part));
        }
        return lines;
    }

    private String sentence(Condition condition) {
        if (condition instanceof Condition.Pattern pattern) {
            return article(pattern.fact()) + " " + fact(pattern);
        }
        if (condition instanceof Condition.Not not) {
            return "no " + inner(not.part());
        }
        if (condition instanceof Condition.Exists exists) {
            return "at least one " + inner(exists.part());
        }
        if (condition instanceof Condition.Any any) {
            return any.parts().stream().map(this::sentence).collect(Collectors.joining(", or "));
        }
        if (condition instanceof Condition.ForAll every) {
            List<Condition> parts = every.parts();
            return "every " + inner(parts.get(0))
                    + parts.stream()
                            .skip(1)
                            .map(part -> ", which is also " + inner(part))
                            .collect(Collectors.joining());
        }
        if (condition instanceof Condition.Tally tally) {
            return tally(tally);
        }
        return condition.parts().stream().map(this::sentence).collect(Collectors.joining(" together with "));
    }

    /** Without an article, where one stands before it already. */
    private String inner(Condition condition) {
        if (condition instanceof Condition.Pattern pattern) {
            return fact(pattern);
        }
        if (condition instanceof Condition.All && !condition.parts().isEmpty()) {
            List<Condition> parts = condition.parts();
            return inner(parts.get(0))
                    + parts.stream()
                            .skip(1)
                            .map(part -> " together with " + sentence(part))
                            .collect(Collectors.joining());
        }
        return sentence(condition);
    }

    private String tally(Condition.Tally tally) {
        String source = inner(tally.source());
        List<String> values = new ArrayList<>();
        for (Condition.Function function : tally.functions()) {
            String of = function.name().equals("count")
                    ? "the number of all"
                    : "the " + function.name() + " of "
                            + function.of().stream().map(this::value).collect(Collectors.joining(", ")) + " over all";
            if (!function.binding().isEmpty()) {
                names.put(
                        function.binding(),
                        function.name().equals("count") ? "that number" : "that " + function.name());
            }
            values.add(of + " " + source);
        }
        String tests = tally.tests().stream().map(test -> words(test.value())).collect(Collectors.joining(" and "));
        return String.join(" and ", values) + (tests.isEmpty() ? "" : ", where " + tests);
    }

    private String fact(Condition.Pattern pattern) {
        String name = name(pattern.fact());
        pattern.binding().ifPresent(binding -> name(binding, "the " + name));
        List<String> tests = new ArrayList<>();
        for (ExpressionReader.Constraint constraint : pattern.constraints()) {
            constraint.binding().ifPresent(binding -> name(binding, of("the " + name) + value(constraint.value())));
            if (!constraint.bindsOnly()) {
                tests.add(words(constraint.value()));
            }
        }
        return name + (tests.isEmpty() ? "" : " (" + String.join("; ", tests) + ")");
    }

    /** Two facts of one kind are told apart by their own names. */
    private void name(String binding, String words) {
        boolean taken = names.containsValue(words);
        names.put(binding, taken ? words + " " + binding.substring(1) : words);
    }

    private static String name(Class<?> fact) {
        return fact.getSimpleName();
    }

    private static String article(Class<?> fact) {
        return "AEIOU".indexOf(fact.getSimpleName().charAt(0)) >= 0 ? "an" : "a";
    }

    /** A test as a clause. */
    private String words(Expr test) {
        if (test instanceof Expr.Unary not && not.operator().equals("!")) {
            return denied(not.operand());
        }
        if (test instanceof Expr.Binary binary) {
            String operator = binary.operator();
            if (operator.equals("&&") || operator.equals("||")) {
                return part(binary.left(), operator)
                        + (operator.equals("&&") ? " and " : " or ")
                        + part(binary.right(), operator);
            }
            return value(binary.left()) + " " + OPERATORS.getOrDefault(operator, operator) + " "
                    + value(binary.right());
        }
        return test instanceof Expr.Call call ? question(call, false) : value(test);
    }

    private String part(Expr test, String within) {
        boolean other = test instanceof Expr.Binary binary
                && (binary.operator().equals("&&") || binary.operator().equals("||"))
                && !binary.operator().equals(within);
        return other ? "(" + words(test) + ")" : words(test);
    }

    private String denied(Expr test) {
        return test instanceof Expr.Call call ? question(call, true) : "not (" + words(test) + ")";
    }

    private String question(Expr.Call call, boolean denied) {
        String not = denied ? " not" : "";
        Class<?> owner = call.owner().raw().orElse(Object.class);
        if (owner == Answer.class) {
            return value(call.owner())
                    + (call.member().equals("unknown")
                            ? (denied ? " can be told" : " cannot be told")
                            : " is" + not + " " + call.member());
        }
        if (call.member().equals("isPresent")
                || owner == java.util.Optional.class && call.member().equals("isEmpty")) {
            boolean there = call.member().equals("isPresent") != denied;
            return (there ? "with a " : "without a ") + value(call.owner());
        }
        if (call.member().equals("isEmpty")) {
            return value(call.owner()) + " is" + not + " empty";
        }
        String words = split(call.member())
                + call.arguments().stream()
                        .map(argument -> " " + value(argument))
                        .collect(Collectors.joining(","));
        return (denied ? "not " : "") + (call.owner() instanceof Expr.This ? words : value(call.owner()) + " " + words);
    }

    /** A value as a noun. */
    String value(Expr value) {
        if (value instanceof Expr.Constant constant) {
            return constant(constant);
        }
        if (value instanceof Expr.Bound bound) {
            return names.getOrDefault(bound.name(), bound.name());
        }
        if (value instanceof Expr.This) {
            return "it";
        }
        if (value instanceof Expr.Call call) {
            return called(call);
        }
        if (value instanceof Expr.Choices choices) {
            return choices.values().stream().map(this::value).collect(Collectors.joining(", "));
        }
        if (value instanceof Expr.Binary binary) {
            return value(binary.left()) + " " + binary.operator() + " " + value(binary.right());
        }
        if (value instanceof Expr.Unary unary) {
            return unary.operator().equals("-") ? "-" + value(unary.operand()) : value(unary.operand());
        }
        return value.toString();
    }

    private String called(Expr.Call call) {
        boolean unwraps = call.member().equals("get") && call.arguments().isEmpty();
        if (unwraps) {
            return value(call.owner());
        }
        String arguments = call.arguments().stream().map(this::value).collect(Collectors.joining(", "));
        if (call.owner() instanceof Expr.TypeName) {
            return arguments.isEmpty() ? split(call.member()) : split(call.member()) + " of " + arguments;
        }
        if (call.member().equals("get")) {
            return (arguments.equals("0") ? "the first" : arguments) + " of " + value(call.owner());
        }
        String owner = call.owner() instanceof Expr.This ? "" : of(value(call.owner()));
        return owner + split(call.member()) + (arguments.isEmpty() ? "" : " " + arguments);
    }

    private static String of(String owner) {
        return owner + (owner.endsWith("s") ? "' " : "'s ");
    }

    private static String constant(Expr.Constant constant) {
        if (constant.value() instanceof String text) {
            return '"' + text + '"';
        }
        return constant.value() instanceof Enum<?> choice
                ? choice.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                : String.valueOf(constant.value());
    }

    /** {@code waitingReason} as "waiting reason". */
    private static String split(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
