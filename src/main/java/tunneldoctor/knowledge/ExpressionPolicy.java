package tunneldoctor.knowledge;

import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks expressions word by word: every chain starts at a field, a binding or an imported type, every step after a dot is
 * a word of the vocabulary, and the symbols are those of comparison and arithmetic. So nothing can be named that is not a
 * fact's, and a misspelt field is told with the fields there are.
 */
final class ExpressionPolicy {
    private static final Set<String> SYMBOLS = Set.of(
            "(", ")", ",", ".", "!.", "!", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-", "*", "/", "%");
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
    private static final Set<String> OPERATORS = Set.of("contains", "excludes", "memberOf", "matches", "in", "not");
    private static final Set<String> LITERALS = Set.of("true", "false", "null");
    private static final Set<String> CASTS = Set.of("int", "long", "double");
    private static final Set<String> SUBSTRINGS = Set.of("startsWith", "endsWith", "length");

    private final Map<String, Class<?>> imports;
    private final Map<String, Optional<Type>> bindings;
    private final BiConsumer<Token, String[]> problems;

    /**
     * @param bindings names of the rule's bindings, with their types where known
     * @param problems receives the place, the message and the hint
     */
    ExpressionPolicy(
            Map<String, Class<?>> imports, Map<String, Optional<Type>> bindings, BiConsumer<Token, String[]> problems) {
        this.imports = imports;
        this.bindings = bindings;
        this.problems = problems;
    }

    private void refuse(Token at, String message, String hint) {
        problems.accept(at, new String[] {message, hint});
    }

    /**
     * A condition between the parentheses of a pattern.
     *
     * @param pattern the pattern's type; empty where there is none
     */
    void constraint(List<Token> tokens, Optional<Class<?>> pattern) {
        List<Token> rest = tokens;
        if (tokens.size() > 2 && tokens.get(0).word() && tokens.get(1).is(":")) {
            rest = tokens.subList(2, tokens.size());
            bindings.put(tokens.get(0).text(), Optional.empty());
        }
        Optional<Type> type = expression(rest, pattern, false);
        if (rest != tokens) {
            bindings.put(tokens.get(0).text(), type);
        }
    }

    /** A value in a consequence. */
    void value(List<Token> tokens) {
        expression(tokens, Optional.empty(), true);
    }

    /** The type of the first chain, where it is all there is. */
    private Optional<Type> expression(List<Token> tokens, Optional<Class<?>> pattern, boolean consequence) {
        Optional<Type> only = Optional.empty();
        int at = 0;
        while (at < tokens.size()) {
            Token token = tokens.get(at);
            if (token.kind() == Token.Kind.SYMBOL) {
                symbol(tokens, at, consequence);
                at++;
            } else if (!token.word() || LITERALS.contains(token.text())) {
                at++;
            } else if (consequence && CASTS.contains(token.text())) {
                cast(tokens, at);
                at++;
            } else if (consequence && token.is("new")) {
                at = creation(tokens, at);
            } else if (!consequence && OPERATORS.contains(token.text()) && !startsField(tokens, at, pattern)) {
                at++;
            } else if (!consequence
                    && token.is("str")
                    && at + 3 < tokens.size()
                    && tokens.get(at + 1).is("[")) {
                at = substring(tokens, at);
            } else {
                int from = at;
                Chain chain = new Chain(tokens, pattern, consequence);
                at = chain.follow(at);
                if (from == 0 && at == tokens.size()) {
                    only = chain.type;
                }
                comparison(tokens, at, chain.type);
            }
        }
        return only;
    }

    /** {@code name contains "x"} has an operator, {@code contains(x)} in a pattern would be the fact's own method. */
    private static boolean startsField(List<Token> tokens, int at, Optional<Class<?>> pattern) {
        boolean first =
                at == 0 || tokens.get(at - 1).is("&&") || tokens.get(at - 1).is("||");
        return first
                && pattern.map(type -> Vocabulary.words(type)
                                .containsKey(tokens.get(at).text()))
                        .orElse(false);
    }

    private void symbol(List<Token> tokens, int at, boolean consequence) {
        Token token = tokens.get(at);
        boolean choice = consequence && (token.is("?") || token.is(":"));
        if (!SYMBOLS.contains(token.text()) && !choice) {
            refuse(
                    token,
                    "'" + token.text() + "' has no place in a rule",
                    "Use fields, comparisons, && and ||, and methods of the facts.");
        }
        boolean half = (token.is("&&") || token.is("||"))
                && at + 1 < tokens.size()
                && COMPARISONS.contains(tokens.get(at + 1).text());
        if (half) {
            refuse(token, "a comparison without its left side", "Write the field again after " + token.text() + ".");
        }
    }

    private void cast(List<Token> tokens, int at) {
        boolean wrapped = at > 0
                && tokens.get(at - 1).is("(")
                && at + 1 < tokens.size()
                && tokens.get(at + 1).is(")");
        if (!wrapped) {
            refuse(tokens.get(at), "a variable has no place in a rule", "Bind values in the conditions.");
        }
    }

    private int substring(List<Token> tokens, int at) {
        if (!SUBSTRINGS.contains(tokens.get(at + 2).text())
                || !tokens.get(at + 3).is("]")) {
            refuse(tokens.get(at), "unknown operator after str", "Use str[startsWith], str[endsWith] or str[length].");
        }
        return at + 4;
    }

    private int creation(List<Token> tokens, int at) {
        @Nullable
        Class<?> type = at + 1 < tokens.size() ? imports.get(tokens.get(at + 1).text()) : null;
        if (type == null
                || !type.getName().startsWith(Vocabulary.MODEL)
                || type.getSimpleName().equals("Conclusion")) {
            refuse(
                    tokens.get(at),
                    "only facts of the model can be made in a rule",
                    "Import the record, or use Conclude for what is concluded.");
        }
        return at + 1;
    }

    /** {@code priority == "abc"} is no error to Drools; it never holds. */
    private void comparison(List<Token> tokens, int at, Optional<Type> left) {
        Optional<Class<?>> type = left.flatMap(Vocabulary::raw);
        boolean complete = at + 1 < tokens.size()
                && COMPARISONS.contains(tokens.get(at).text())
                && (at + 2 == tokens.size()
                        || tokens.get(at + 2).is("&&")
                        || tokens.get(at + 2).is("||")
                        || tokens.get(at + 2).is(")"));
        if (type.isEmpty() || !complete) {
            return;
        }
        Token right = tokens.get(at + 1);
        boolean number = type.get().isPrimitive() && type.get() != boolean.class && type.get() != char.class;
        boolean textual = type.get() == String.class;
        boolean clash = right.kind() == Token.Kind.TEXT && !textual
                || right.kind() == Token.Kind.NUMBER && !number && Vocabulary.knows(type.get())
                || right.kind() == Token.Kind.NUMBER && type.get() == boolean.class
                || (right.is("true") || right.is("false"))
                        && type.get() != boolean.class
                        && type.get() != Boolean.class;
        if (clash) {
            String hint = type.get().isEnum()
                    ? "Write " + type.get().getSimpleName() + "." + constants(type.get()) + "."
                    : "Compare it with a value of type " + type.get().getSimpleName() + ".";
            refuse(right, right.text() + " is not a value of type " + type.get().getSimpleName(), hint);
        }
    }

    private static String constants(Class<?> type) {
        StringBuilder names = new StringBuilder();
        for (Object constant : type.getEnumConstants()) {
            names.append(names.length() == 0 ? "" : ", ").append(((Enum<?>) constant).name());
        }
        return names.toString();
    }

    /** A value reached by steps: {@code $block.group().get().name()}. */
    private final class Chain {
        private final List<Token> tokens;
        private final Optional<Class<?>> pattern;
        private final boolean consequence;
        private Optional<Type> type = Optional.empty();

        Chain(List<Token> tokens, Optional<Class<?>> pattern, boolean consequence) {
            this.tokens = tokens;
            this.pattern = pattern;
            this.consequence = consequence;
        }

        /** Checks the chain that starts at a word and returns the place after it. */
        int follow(int start) {
            Token head = tokens.get(start);
            if (head.is("drools")) {
                return rule(start);
            }
            head(head);
            int at = arguments(start + 1);
            while (at + 1 < tokens.size()
                    && (tokens.get(at).is(".") || tokens.get(at).is("!."))
                    && tokens.get(at + 1).word()) {
                step(tokens.get(at + 1));
                at = arguments(at + 2);
            }
            return at;
        }

        private int rule(int start) {
            String[] rest = {".", "getRule", "(", ")"};
            boolean whole = consequence && start + rest.length < tokens.size();
            for (int i = 0; whole && i < rest.length; i++) {
                whole = tokens.get(start + 1 + i).is(rest[i]);
            }
            if (!whole || start + 5 < tokens.size() && tokens.get(start + 5).is(".")) {
                refuse(tokens.get(start), "of drools, rules may use drools.getRule() only", "Hand it to Conclude.");
            }
            return Math.min(tokens.size(), start + 5);
        }

        private void head(Token head) {
            String name = head.text();
            Optional<Type> field = pattern.flatMap(
                    owner -> Optional.ofNullable(Vocabulary.words(owner).get(name)));
            @Nullable Class<?> named = imports.containsKey(name) ? imports.get(name) : Vocabulary.IMPLICIT.get(name);
            if (name.equals("this") && pattern.isPresent()) {
                type = pattern.map(owner -> owner);
            } else if (bindings.containsKey(name)) {
                type = bindings.get(name);
            } else if (field.isPresent()) {
                type = field;
            } else if (named != null) {
                type = Optional.of(named);
            } else if (name.startsWith("$")) {
                refuse(head, "nothing is bound to " + name, suggestion(name, bindings.keySet()));
            } else if (pattern.isPresent()) {
                unknown(head, pattern.get());
            } else {
                Set<String> known = new TreeSet<>(bindings.keySet());
                known.addAll(imports.keySet());
                refuse(head, "'" + name + "' is out of reach for rules", suggestion(name, known));
            }
        }

        private void step(Token step) {
            Optional<Class<?>> owner = type.flatMap(Vocabulary::raw);
            if (owner.isEmpty() || owner.get().isPrimitive() || !Vocabulary.knows(owner.get())) {
                refuse(
                        step,
                        "'." + step.text() + "' cannot be checked here: the type before it is not known",
                        "Give the fact a method that answers this question.");
                type = Optional.empty();
                return;
            }
            @Nullable Type next = Vocabulary.words(owner.get()).get(step.text());
            if (next == null) {
                unknown(step, owner.get());
                type = Optional.empty();
            } else {
                type = type.flatMap(known -> Vocabulary.resolve(known, next));
            }
        }

        private void unknown(Token word, Class<?> owner) {
            Set<String> known = Vocabulary.words(owner).keySet();
            boolean fact = owner.getName().startsWith(Vocabulary.MODEL);
            String kind = owner.isEnum() ? "value" : fact ? "field" : "method";
            String list = owner.isEnum()
                    ? "Values: " + constants(owner)
                    : fact
                            ? "Fields: " + String.join(", ", Vocabulary.fields(owner))
                            : "Methods: " + String.join(", ", known);
            String near = suggestion(word.text(), known);
            refuse(
                    word,
                    owner.getSimpleName() + " has no " + kind + " '" + word.text() + "'",
                    (near.isEmpty() ? "" : near + " ") + list + ".");
        }

        /** Checks what stands in the parentheses at a place, if any, and returns the place after them. */
        private int arguments(int open) {
            if (open >= tokens.size() || !tokens.get(open).is("(")) {
                return open;
            }
            int depth = 0;
            for (int i = open; i < tokens.size(); i++) {
                if (tokens.get(i).is("(")) {
                    depth++;
                } else if (tokens.get(i).is(")") && --depth == 0) {
                    expression(tokens.subList(open + 1, i), pattern, consequence);
                    return i + 1;
                }
            }
            refuse(tokens.get(open), "a parenthesis is not closed", "");
            return tokens.size();
        }
    }

    private static String suggestion(String word, Collection<String> known) {
        return Vocabulary.nearest(word, known)
                .map(near -> "Did you mean '" + near + "'?")
                .orElse("");
    }
}
