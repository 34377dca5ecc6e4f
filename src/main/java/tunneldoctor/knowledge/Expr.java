package tunneldoctor.knowledge;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A part of a condition or a consequence, with its type.
 *
 * <p>{@link #toString} gives its one spelling: two expressions that say the same in the same words are equal in it, however
 * they were laid out.
 */
sealed interface Expr {
    /** Where it begins, in the file. */
    int offset();

    /** Empty where it cannot be known from the declarations alone, and after a mistake that has been told. */
    Optional<Type> type();

    /** The class of its type; empty as {@link #type}, and for type variables. */
    default Optional<Class<?>> raw() {
        return type().flatMap(Vocabulary::raw);
    }

    /**
     * A value written out.
     *
     * @param value a {@code String}, {@code Long}, {@code Double}, {@code Boolean} or enum constant
     */
    record Constant(Object value, Class<?> of, int offset) implements Expr {
        @Override
        public Optional<Type> type() {
            return Optional.of(of);
        }

        @Override
        public String toString() {
            return value instanceof Enum<?> constant
                    ? of.getSimpleName() + "." + constant.name()
                    : value instanceof String text ? '"' + text + '"' : String.valueOf(value);
        }
    }

    /** {@code null}. */
    record Null(int offset) implements Expr {
        @Override
        public Optional<Type> type() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "null";
        }
    }

    /** The fact of the pattern it stands in. */
    record This(Type known, int offset) implements Expr {
        @Override
        public Optional<Type> type() {
            return Optional.of(known);
        }

        @Override
        public String toString() {
            return "this";
        }
    }

    /** What another part of the rule has bound. */
    record Bound(String name, Optional<Type> type, int offset) implements Expr {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A type by its name, before a step to one of its own members. */
    record TypeName(Class<?> of, int offset) implements Expr {
        @Override
        public Optional<Type> type() {
            return Optional.of(of);
        }

        @Override
        public String toString() {
            return of.getSimpleName();
        }
    }

    /** {@code drools.getRule()}. */
    record ThisRule(int offset) implements Expr {
        @Override
        public Optional<Type> type() {
            return Optional.of(org.kie.api.definition.rule.Rule.class);
        }

        @Override
        public String toString() {
            return "drools.getRule()";
        }
    }

    /** A field or method of a value; a field of the pattern's fact is one of {@link This}. */
    record Call(Expr owner, String member, List<Expr> arguments, Optional<Type> type, int offset) implements Expr {
        public Call {
            arguments = List.copyOf(arguments);
        }

        @Override
        public String toString() {
            String before = owner instanceof This ? "" : owner + ".";
            return before
                    + member
                    + (arguments.isEmpty()
                            ? ""
                            : arguments.stream().map(Expr::toString).collect(Collectors.joining(", ", "(", ")")));
        }
    }

    /** A record of the model, made by the rule. */
    record Creation(Class<?> of, List<Expr> arguments, int offset) implements Expr {
        public Creation {
            arguments = List.copyOf(arguments);
        }

        @Override
        public Optional<Type> type() {
            return Optional.of(of);
        }

        @Override
        public String toString() {
            return arguments.stream()
                    .map(Expr::toString)
                    .collect(Collectors.joining(", ", "new " + of.getSimpleName() + "(", ")"));
        }
    }

    /** Values in parentheses after {@code in}. */
    record Choices(List<Expr> values, int offset) implements Expr {
        public Choices {
            values = List.copyOf(values);
        }

        @Override
        public Optional<Type> type() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return values.stream().map(Expr::toString).collect(Collectors.joining(", ", "(", ")"));
        }
    }

    /**
     * Two values and what joins them.
     *
     * @param operator as written; {@code not in} and the like are one word with a blank
     */
    record Binary(String operator, Expr left, Expr right, Optional<Type> type, int offset) implements Expr {
        @Override
        public String toString() {
            return "(" + left + " " + operator + " " + right + ")";
        }
    }

    /** @param operator {@code !}, {@code -}, or the name of a number type for a cast */
    record Unary(String operator, Expr operand, Optional<Type> type, int offset) implements Expr {
        @Override
        public String toString() {
            return operator.length() == 1 ? operator + operand : "(" + operator + ") " + operand;
        }
    }

    /** {@code test ? yes : no}. */
    record Choice(Expr test, Expr yes, Expr no, Optional<Type> type, int offset) implements Expr {
        @Override
        public String toString() {
            return "(" + test + " ? " + yes + " : " + no + ")";
        }
    }

    /** Whether the expression mentions a binding. */
    default boolean mentions(String binding) {
        if (this instanceof Bound bound) {
            return bound.name().equals(binding);
        }
        return parts().stream().anyMatch(part -> part.mentions(binding));
    }

    /** What it is made of, in the order written. */
    default List<Expr> parts() {
        if (this instanceof Call call) {
            return joined(call.owner(), call.arguments());
        }
        if (this instanceof Creation creation) {
            return creation.arguments();
        }
        if (this instanceof Choices choices) {
            return choices.values();
        }
        if (this instanceof Binary binary) {
            return List.of(binary.left(), binary.right());
        }
        if (this instanceof Unary unary) {
            return List.of(unary.operand());
        }
        return this instanceof Choice choice ? List.of(choice.test(), choice.yes(), choice.no()) : List.of();
    }

    private static List<Expr> joined(Expr first, List<Expr> rest) {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(first), rest.stream())
                .toList();
    }
}
