package tunneldoctor.knowledge;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tunneldoctor.knowledge.RuleAccount.Miss;
import tunneldoctor.knowledge.RuleAccount.Value;

/**
 * Says what the words of a test stand for: {@code peak >= $allocated.peak} asks about {@code peak}, which is 3 where 64 is
 * wanted. For display only, so what it cannot read it leaves out; whether a test passes is the engine's to say.
 */
final class FieldValues {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
    private static final Set<String> OPERATORS =
            Set.of("contains", "excludes", "memberOf", "matches", "in", "not", "str");
    private static final int LONGEST = 200;

    private static final ClassValue<Set<String>> WORDS = new ClassValue<>() {
        @Override
        protected Set<String> computeValue(Class<?> type) {
            return Set.copyOf(Vocabulary.words(type).keySet());
        }
    };

    private static final int MOST_ITEMS = 5;

    private final @Nullable Object fact;
    private final Bindings known;

    /** @param fact the fact a test is about; null for a computed value */
    FieldValues(@Nullable Object fact, Bindings known) {
        this.fact = fact;
        this.known = known;
    }

    /** The fields of the fact that a test asks about, with their values. */
    List<Value> of(String test) {
        List<Value> values = new ArrayList<>();
        chains(tokens(test)).forEach((words, value) -> {
            if (!words.startsWith("$") || fact == null) {
                values.add(new Value(words, shown(value)));
            }
        });
        return values;
    }

    Miss miss(Premise.Test test) {
        String words = test.place.text();
        List<Token> tokens = tokens(words);
        int operator = operator(tokens);
        if (compound(tokens)) {
            return new Miss(test.place.line(), words, "", words, list(of(words)));
        }
        if (operator > 0) {
            List<Token> left = tokens.subList(0, operator);
            List<Token> right = tokens.subList(operator, tokens.size());
            return new Miss(test.place.line(), words, text(words, left), text(words, right) + wanted(right), got(left));
        }
        boolean negated = !tokens.isEmpty() && tokens.get(0).is("!");
        List<Token> question = negated ? tokens.subList(1, tokens.size()) : tokens;
        Map<String, Optional<Object>> chains = chains(question);
        if (chains.size() == 1) {
            String field = chains.keySet().iterator().next();
            String rest = text(words, question).startsWith(field)
                    ? text(words, question).substring(field.length())
                    : "";
            // Of "ready.yes()" the state of ready tells more than false does.
            return rest.isEmpty()
                    ? new Miss(test.place.line(), words, field, negated ? "false" : "true", got(question))
                    : new Miss(
                            test.place.line(),
                            words,
                            field,
                            (negated ? "not " : "") + rest.replaceFirst("^!?\\.", ""),
                            got(question));
        }
        return new Miss(test.place.line(), words, "", words, list(of(words)));
    }

    private String got(List<Token> side) {
        Map<String, Optional<Object>> chains = chains(side);
        return chains.size() == 1
                ? shown(chains.values().iterator().next())
                : chains.entrySet().stream()
                        .map(entry -> entry.getKey() + " = " + shown(entry.getValue()))
                        .collect(Collectors.joining(", "));
    }

    /** What the bindings on the wanted side stand for. */
    private String wanted(List<Token> side) {
        String values = chains(side).values().stream().map(FieldValues::shown).collect(Collectors.joining(", "));
        return values.isEmpty() ? "" : " (" + values + ")";
    }

    private static String list(List<Value> values) {
        return values.stream().map(value -> value.of() + " = " + value.is()).collect(Collectors.joining(", "));
    }

    private static List<Token> tokens(String test) {
        List<Token> tokens = Token.of(test, 0);
        return tokens.size() > 2 && tokens.get(0).word() && tokens.get(1).is(":")
                ? tokens.subList(2, tokens.size())
                : tokens;
    }

    private static String text(String whole, List<Token> part) {
        Token last = part.get(part.size() - 1);
        return whole.substring(part.get(0).offset(), last.offset() + last.text().length());
    }

    private static boolean compound(List<Token> tokens) {
        return tokens.stream().anyMatch(token -> token.is("||") || token.is("&&"));
    }

    /** The place of the operator outside all parentheses; -1 if there is none. */
    private static int operator(List<Token> tokens) {
        int depth = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is("(")) {
                depth++;
            } else if (token.is(")")) {
                depth--;
            } else if (depth == 0
                    && token.kind() != Token.Kind.TEXT
                    && i > 0
                    && (COMPARISONS.contains(token.text())
                            || OPERATORS.contains(token.text())
                                    && !tokens.get(i - 1).is("."))) {
                return i;
            }
        }
        return -1;
    }

    /** Every value reached by steps that can be read, by the words that reach it; constants are left out. */
    private Map<String, Optional<Object>> chains(List<Token> tokens) {
        Map<String, Optional<Object>> chains = new LinkedHashMap<>();
        int at = 0;
        while (at < tokens.size()) {
            if (tokens.get(at).word()) {
                Chain chain = new Chain(tokens);
                at = chain.follow(at);
                if (chain.readable && !chain.words.isEmpty()) {
                    chains.put(chain.words, Optional.ofNullable(chain.value));
                }
            } else {
                at++;
            }
        }
        return chains;
    }

    private static String shown(Optional<Object> value) {
        return value.map(FieldValues::shown).orElse("null");
    }

    /** A value as an author would write or name it, cut where it is long. */
    static String shown(Object value) {
        String text;
        if (value instanceof String words) {
            text = '"' + words + '"';
        } else if (value instanceof Enum<?> constant) {
            text = constant.name();
        } else if (value instanceof Optional<?> optional) {
            text = optional.isPresent() ? shown((Object) optional.get()) : "empty";
        } else if (value instanceof Collection<?> items) {
            text = items.stream()
                            .limit(MOST_ITEMS)
                            .map(item -> item == null ? "null" : shown(item))
                            .collect(Collectors.joining(", ", "[", ""))
                    + (items.size() > MOST_ITEMS ? ", … " + items.size() + " in all]" : "]");
        } else {
            text = String.valueOf(value);
        }
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }

    /** The longest beginning of {@code outOfMemory.yes()} that is worth showing: here {@code outOfMemory}. */
    private final class Chain {
        private final List<Token> tokens;
        private String words = "";
        private @Nullable Object value;
        private boolean readable = true;

        Chain(List<Token> tokens) {
            this.tokens = tokens;
        }

        int follow(int start) {
            Token head = tokens.get(start);
            int at = start + 1;
            List<Object> arguments = new ArrayList<>();
            at = arguments(at, arguments);
            head(head, at > start + 1 ? Optional.of(arguments) : Optional.empty());
            words = readable && isValue(head) ? written(start, at) : "";
            while (at + 1 < tokens.size()
                    && (tokens.get(at).is(".") || tokens.get(at).is("!."))
                    && tokens.get(at + 1).word()) {
                String name = tokens.get(at + 1).text();
                arguments = new ArrayList<>();
                int end = arguments(at + 2, arguments);
                boolean question = value instanceof Enum<?> || value instanceof Optional<?>;
                if (readable && !words.isEmpty() && !question) {
                    value = value == null ? null : call(value, name, arguments).orElse(null);
                    words = readable ? written(start, end) : "";
                }
                at = end;
            }
            return at;
        }

        private boolean isValue(Token head) {
            return head.text().startsWith("$")
                    || head.is("this")
                    || fact != null && WORDS.get(fact.getClass()).contains(head.text());
        }

        private void head(Token head, Optional<List<Object>> arguments) {
            if (head.is("this")) {
                value = fact;
            } else if (head.text().startsWith("$")) {
                try {
                    value = known.named(head.text());
                } catch (RuntimeException cannotBeRead) {
                    readable = false;
                }
            } else if (fact != null && isValue(head)) {
                value = call(fact, head.text(), arguments.orElse(List.of())).orElse(null);
            } else {
                readable = false;
            }
        }

        private String written(int start, int end) {
            StringBuilder text = new StringBuilder();
            for (Token token : tokens.subList(start, end)) {
                text.append(token.text()).append(token.is(",") ? " " : "");
            }
            return text.toString();
        }

        /** Reads what stands in the parentheses at a place, if any, and returns the place after them. */
        private int arguments(int open, List<Object> values) {
            if (open >= tokens.size() || !tokens.get(open).is("(")) {
                return open;
            }
            int at = open + 1;
            while (at < tokens.size() && !tokens.get(at).is(")")) {
                Token token = tokens.get(at);
                if (token.kind() == Token.Kind.TEXT) {
                    values.add(
                            token.text().substring(1, Math.max(1, token.text().length() - 1)));
                    at++;
                } else if (token.kind() == Token.Kind.NUMBER && token.text().matches("\\d{1,9}")) {
                    values.add(Integer.valueOf(token.text()));
                    at++;
                } else if (token.word()) {
                    Chain inner = new Chain(tokens);
                    at = inner.follow(at);
                    readable &= inner.readable && inner.value != null;
                    if (inner.value != null) {
                        values.add(inner.value);
                    }
                } else {
                    readable &= token.is(",");
                    at++;
                }
            }
            return at + 1;
        }

        /** Only the words of the vocabulary, which do nothing but tell. */
        private Optional<Object> call(Object owner, String name, List<Object> arguments) {
            Optional<Class<?>> type = speaking(owner);
            if (type.isPresent() && WORDS.get(type.get()).contains(name)) {
                for (Method method : type.get().getMethods()) {
                    if (method.getName().equals(name)
                            && method.getParameterCount() == arguments.size()
                            && !Modifier.isStatic(method.getModifiers())
                            && !method.isSynthetic()) {
                        try {
                            return Optional.ofNullable(method.invoke(owner, arguments.toArray()));
                        } catch (ReflectiveOperationException | IllegalArgumentException notThisOne) {
                            continue;
                        }
                    }
                }
            }
            readable = false;
            return Optional.empty();
        }

        /** The type whose words an author uses of a value; classes of the JDK's collections are not public. */
        private Optional<Class<?>> speaking(Object value) {
            if (Vocabulary.knows(value.getClass())) {
                return Optional.of(value.getClass());
            }
            for (Class<?> type : List.of(List.class, Set.class, Map.class, Collection.class)) {
                if (type.isInstance(value)) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }
}
