package tunneldoctor.knowledge;

import java.util.Map;
import java.util.Optional;

/** Values written out in a rule. */
final class Literals {
    private static final Map<Character, Character> ESCAPES =
            Map.of('n', '\n', 't', '\t', 'r', '\r', 'b', '\b', 'f', '\f', 's', ' ', '0', '\0');

    private Literals() {}

    /** What a text in quotes stands for. */
    static String text(Token quoted) {
        String inner = quoted.text().substring(1, quoted.text().length() - 1);
        StringBuilder text = new StringBuilder(inner.length());
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (c == '\\' && i + 1 < inner.length()) {
                i++;
                c = ESCAPES.getOrDefault(inner.charAt(i), inner.charAt(i));
            }
            text.append(c);
        }
        return text.toString();
    }

    static Optional<Expr> number(Token token) {
        String digits = token.text().replace("_", "");
        try {
            if (digits.matches("[0-9]+[lL]?")) {
                boolean wide = !Character.isDigit(digits.charAt(digits.length() - 1));
                long value = Long.parseLong(wide ? digits.substring(0, digits.length() - 1) : digits);
                return wide || value == (int) value
                        ? Optional.of(new Expr.Constant(value, wide ? long.class : int.class, token.offset()))
                        : Optional.empty();
            }
            return digits.matches("[0-9]+(\\.[0-9]+)?([eE][0-9]+)?[dD]?")
                    ? Optional.of(new Expr.Constant(Double.parseDouble(digits), double.class, token.offset()))
                    : Optional.empty();
        } catch (NumberFormatException tooLong) {
            return Optional.empty();
        }
    }

    /** The type a cast to a number names. */
    static Class<?> type(String name) {
        return switch (name) {
            case "int" -> int.class;
            case "long" -> long.class;
            default -> double.class;
        };
    }
}
