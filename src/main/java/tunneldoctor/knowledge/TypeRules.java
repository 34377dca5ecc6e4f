package tunneldoctor.knowledge;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.Answer;

/**
 * Which values an operator may join. Drools accepts more, and then such a condition never holds without a word:
 * {@code priority == "abc"}, {@code verb < "logs"}.
 */
final class TypeRules {
    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            int.class, Integer.class,
            long.class, Long.class,
            double.class, Double.class,
            boolean.class, Boolean.class);

    private static final List<Class<?>> WIDENING = List.of(int.class, long.class, double.class);

    private static final Pattern REFERS_BACK = Pattern.compile("\\\\([1-9]|k<)");

    private final Scope.Reports reports;

    TypeRules(Scope.Reports reports) {
        this.reports = reports;
    }

    static boolean isTruth(Class<?> type) {
        return type == boolean.class || type == Boolean.class;
    }

    private static boolean isNumber(Class<?> type) {
        return type.isPrimitive() && type != boolean.class && type != char.class && type != void.class
                || Number.class.isAssignableFrom(type);
    }

    boolean isText(Expr value) {
        return value.raw().filter(type -> type == String.class).isPresent();
    }

    /** Demands a condition. */
    void truth(Expr value) {
        if (value instanceof Expr.TypeName type) {
            reports.tell(value.offset(), "'" + type + "' is a type, not a condition", "Compare a field.");
            return;
        }
        Optional<Class<?>> type = value.raw();
        if (type.isEmpty() || isTruth(type.get())) {
            return;
        }
        String hint = "Compare it, as in " + value + " == …, or bind it: $name : " + value;
        if (type.get() == Answer.class) {
            hint = "Write " + value + ".yes(), " + value + ".no() or " + value + ".unknown(): it has three answers.";
        } else if (type.get() == Optional.class) {
            hint = "Write " + value + ".isPresent() or " + value + ".isEmpty().";
        } else if (Collection.class.isAssignableFrom(type.get())) {
            hint = "Write !" + value + ".isEmpty(), or " + value + " contains ….";
        }
        reports.tell(value.offset(), "'" + value + "' is " + words(value) + ", not a condition", hint);
    }

    void number(Expr value, String operator) {
        if (value.raw().filter(type -> !isNumber(type)).isPresent()) {
            reports.tell(
                    value.offset(),
                    "'" + operator + "' needs a number, and '" + value + "' is " + words(value),
                    "Use a field that is a number.");
        }
    }

    Expr arithmetic(Token operator, Expr left, Expr right) {
        if (operator.is("+") && (isText(left) || isText(right))) {
            return new Expr.Binary("+", left, right, Optional.of(String.class), left.offset());
        }
        number(left, operator.text());
        number(right, operator.text());
        return new Expr.Binary(operator.text(), left, right, wider(left, right), left.offset());
    }

    private static Optional<Type> wider(Expr left, Expr right) {
        int widest = -1;
        for (Expr side : List.of(left, right)) {
            Class<?> type = side.raw().map(TypeRules::unboxed).orElse(void.class);
            int rank = WIDENING.indexOf(type);
            if (rank < 0) {
                return Optional.of(Number.class);
            }
            widest = Math.max(widest, rank);
        }
        return Optional.of(WIDENING.get(widest));
    }

    private static Class<?> unboxed(Class<?> type) {
        return BOXES.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .<Class<?>>map(Map.Entry::getKey)
                .findFirst()
                .orElse(type);
    }

    private static Expr test(String operator, Expr left, Expr right) {
        return new Expr.Binary(operator, left, right, Optional.of(boolean.class), left.offset());
    }

    Expr comparison(String operator, Expr left, Expr right, Token at) {
        boolean equality = operator.equals("==") || operator.equals("!=");
        if (left instanceof Expr.Null || right instanceof Expr.Null) {
            Expr other = left instanceof Expr.Null ? right : left;
            reports.tell(
                    at.offset(),
                    "nothing in the facts is null",
                    isText(other)
                            ? "An absent text is empty: " + other + " " + operator + " \"\""
                            : other.raw().filter(type -> type == Optional.class).isPresent()
                                    ? "Write " + other + ".isPresent() or " + other + ".isEmpty()."
                                    : "Leave the comparison out, or ask for the value that stands for not known.");
        } else if (equality) {
            same(left, right);
        } else {
            ordered(operator, left, right, at);
        }
        return test(operator, left, right);
    }

    private void ordered(String operator, Expr left, Expr right, Token at) {
        boolean numbers = left.raw().map(TypeRules::isNumber).orElse(true)
                && right.raw().map(TypeRules::isNumber).orElse(true);
        if (numbers) {
            return;
        }
        if (isText(left) && isText(right)) {
            reports.tell(
                    at.offset(),
                    "'" + operator + "' compares numbers, and these are texts",
                    "By letters \"9\" comes after \"10\"; use == or str[startsWith], or give the fact a method.");
        } else if (left.raw().map(TypeRules::isNumber).orElse(false)) {
            mismatch(right, left);
        } else if (right.raw().map(TypeRules::isNumber).orElse(false)) {
            mismatch(left, right);
        } else {
            reports.tell(
                    at.offset(),
                    "'" + operator + "' compares numbers, and '" + left + "' is " + words(left),
                    "Use == or !=.");
        }
    }

    private void same(Expr left, Expr right) {
        if (comparable(left, right)) {
            return;
        }
        if (left instanceof Expr.Constant || left instanceof Expr.TypeName) {
            mismatch(left, right);
        } else {
            mismatch(right, left);
        }
    }

    private static boolean comparable(Expr left, Expr right) {
        if (left instanceof Expr.TypeName || right instanceof Expr.TypeName) {
            return false;
        }
        if (left.raw().isEmpty() || right.raw().isEmpty()) {
            return true;
        }
        Class<?> one = left.raw().get();
        Class<?> other = right.raw().get();
        return isNumber(one) && isNumber(other)
                || isTruth(one) && isTruth(other)
                || !one.isPrimitive()
                        && !other.isPrimitive()
                        && (one.isAssignableFrom(other) || other.isAssignableFrom(one));
    }

    private void mismatch(Expr value, Expr field) {
        Class<?> wanted = field.raw().orElse(Object.class);
        String hint = "Compare it with a value of type " + wanted.getSimpleName() + ".";
        if (wanted.isEnum()) {
            hint = (value instanceof Expr.TypeName ? "Name one of its values: " : "Write ") + wanted.getSimpleName()
                    + "." + constants(wanted) + ".";
        } else if (wanted == Optional.class) {
            hint = "Ask for what it holds: " + field + ".get() == " + value;
        } else if (Collection.class.isAssignableFrom(wanted)) {
            hint = "Write: " + field + " contains " + value;
        } else if (isNumber(wanted)
                && value instanceof Expr.Constant text
                && text.value() instanceof String digits
                && digits.matches("-?[0-9]+")) {
            hint = "Write the number without quotes: " + digits;
        }
        reports.tell(value.offset(), value + " is not a value of type " + wanted.getSimpleName(), hint);
    }

    Expr among(String operator, Expr left, Expr.Choices choices, Token at) {
        for (Expr choice : choices.values()) {
            if (choice instanceof Expr.Null) {
                comparison("==", left, choice, at);
            } else if (!comparable(left, choice)) {
                mismatch(choice, left);
            }
        }
        return test(operator, left, choices);
    }

    /** {@code contains}, {@code excludes}, {@code memberOf}, {@code matches}, plain or after {@code not}. */
    Expr relation(String operator, Expr left, Expr right, Token at) {
        switch (at.text()) {
            case "contains", "excludes" -> contains(left, right, at);
            case "memberOf" -> {
                if (right.raw()
                        .filter(type -> !Collection.class.isAssignableFrom(type))
                        .isPresent()) {
                    reports.tell(
                            right.offset(),
                            "'" + right + "' is " + words(right) + ", not a list",
                            "Write: " + left + " == " + right);
                } else {
                    element(left, right);
                }
            }
            default -> matches(left, right, at);
        }
        return test(operator, left, right);
    }

    private void contains(Expr left, Expr right, Token at) {
        Optional<Class<?>> holder = left.raw();
        if (holder.isEmpty()) {
            return;
        }
        if (holder.get() == String.class) {
            if (right.raw().filter(type -> type != String.class).isPresent()) {
                mismatch(right, left);
            }
        } else if (Collection.class.isAssignableFrom(holder.get())) {
            element(right, left);
        } else {
            reports.tell(
                    at.offset(),
                    "'" + at.text() + "' looks into a list or a text, and '" + left + "' is " + words(left),
                    holder.get() == Optional.class
                            ? "Ask for what it holds: " + left + ".get() == " + right
                            : "Use == or a method of the fact.");
        }
    }

    private void element(Expr value, Expr list) {
        Optional<Class<?>> held = list.type()
                .filter(ParameterizedType.class::isInstance)
                .map(type -> ((ParameterizedType) type).getActualTypeArguments()[0])
                .flatMap(Vocabulary::raw);
        Optional<Class<?>> type = value.raw();
        boolean fits = held.isEmpty()
                || type.isEmpty()
                || boxed(held.get()).isAssignableFrom(boxed(type.get()))
                || isNumber(held.get()) && isNumber(type.get())
                || type.get().isInterface();
        if (!fits) {
            reports.tell(
                    value.offset(),
                    "'" + list + "' holds values of type " + held.get().getSimpleName() + ", and '" + value + "' is "
                            + words(value),
                    "Look for a value of that type.");
        }
    }

    private void matches(Expr left, Expr right, Token at) {
        if (!texts(left, at)) {
            return;
        }
        if (!(right instanceof Expr.Constant constant) || !(constant.value() instanceof String pattern)) {
            reports.tell(right.offset(), "'matches' needs a pattern in quotes", "Write: matches \".*timed out.*\"");
            return;
        }
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            reports.tell(
                    right.offset(),
                    "the pattern is not a regular expression: "
                            + e.getDescription().toLowerCase(Locale.ROOT),
                    "A sign with a meaning of its own is written with two backslashes: \\\\(");
            return;
        }
        if (REFERS_BACK.matcher(pattern).find()) {
            reports.tell(
                    right.offset(),
                    "the pattern refers back to a part of itself",
                    "On some texts this takes for ever; write the text it should find.");
        } else if (repeatsRepeats(pattern)) {
            reports.tell(
                    right.offset(),
                    "the pattern repeats a part that repeats itself",
                    "On some texts this takes for ever; write it with one * or +.");
        }
    }

    /** Whether a group repeats and holds a part that repeats: on some texts that takes time beyond all bounds. */
    private static boolean repeatsRepeats(String pattern) {
        Deque<Boolean> groups = new ArrayDeque<>(List.of(false));
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '[') {
                i = Math.max(i, pattern.indexOf(']', i + 2));
            } else if (c == '(') {
                groups.push(false);
            } else if (c == ')' && groups.size() > 1) {
                boolean inner = groups.pop();
                boolean outer = i + 1 < pattern.length() && repeats(pattern, i + 1);
                if (inner && outer) {
                    return true;
                }
                groups.push(groups.pop() || inner || outer);
            } else if (repeats(pattern, i)) {
                groups.pop();
                groups.push(true);
            }
        }
        return false;
    }

    private static boolean repeats(String pattern, int at) {
        char c = pattern.charAt(at);
        return c == '*' || c == '+' || c == '{' && pattern.startsWith(",}", pattern.indexOf(',', at));
    }

    Expr substring(String operator, Expr left, Expr right, Token at) {
        if (texts(left, at)) {
            Class<?> wanted = operator.endsWith("length]") ? int.class : String.class;
            if (right.raw()
                    .filter(type -> isNumber(type) != (wanted == int.class))
                    .isPresent()) {
                reports.tell(
                        right.offset(),
                        right + " is not a value of type " + wanted.getSimpleName(),
                        operator + " needs a " + (wanted == int.class ? "number." : "text."));
            }
        }
        return test(operator, left, right);
    }

    private boolean texts(Expr left, Token at) {
        Optional<Class<?>> type = left.raw();
        if (type.isPresent() && type.get() != String.class) {
            reports.tell(
                    at.offset(),
                    "'" + at.text() + "' looks at texts, and '" + left + "' is " + words(left),
                    type.get().isEnum() ? "Use == or in." : "Use a comparison.");
            return false;
        }
        return type.isPresent();
    }

    /** Whether Java takes the value for a parameter of the type; a type that is not known fits. */
    static boolean fits(Expr value, Class<?> parameter) {
        if (value instanceof Expr.TypeName || value instanceof Expr.Null) {
            return false;
        }
        Optional<Class<?>> known = value.raw();
        if (known.isEmpty()) {
            return true;
        }
        Class<?> given = known.get();
        if (parameter.isAssignableFrom(given)) {
            return true;
        }
        if (parameter.isPrimitive()) {
            Class<?> plain = unboxed(given);
            return plain == parameter
                    || WIDENING.contains(plain) && WIDENING.indexOf(plain) <= WIDENING.indexOf(parameter);
        }
        return given.isPrimitive() && parameter.isAssignableFrom(boxed(given));
    }

    private static Class<?> boxed(Class<?> type) {
        return BOXES.getOrDefault(type, type);
    }

    /** A value's type in words for authors. */
    static String words(Expr value) {
        @Nullable Class<?> type = value.raw().orElse(null);
        if (value instanceof Expr.TypeName) {
            return "a type";
        }
        if (type == null) {
            return "of a type not known";
        }
        if (type == String.class) {
            return "a text";
        }
        return isNumber(type) ? "a number" : isTruth(type) ? "a condition" : "of type " + type.getSimpleName();
    }

    static String constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .collect(Collectors.joining(", "));
    }
}
