package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the expressions rules may hold: comparisons, arithmetic, and chains of fields and methods that start at a field, a
 * binding or an imported type. What the grammar does not name cannot be said, so nothing is reached that is not a fact's.
 *
 * <pre>
 * $block : decidedBy.get().priority &lt; 400 &amp;&amp; outcome in (Outcome.DROPPED, Outcome.REJECTED)
 * </pre>
 */
final class ExpressionReader {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");

    /** What authors write for an operator, with what is meant. */
    private static final Map<String, String> NO_COMPARISONS = Map.of(
            "=", "Write == for equal.",
            "=<", "Write <= for at most.",
            "=>", "Write >= for at least.",
            "<>", "Write != for not equal.",
            "&", "Write &&.",
            "|", "Write ||.",
            ":", "A binding comes first: $name : field.",
            ";", "Separate conditions by commas.");

    private static final List<String> OPERATORS = List.of("contains", "excludes", "memberOf", "matches", "in", "str");
    private static final List<String> SUBSTRINGS = List.of("startsWith", "endsWith", "length");
    private static final Set<String> CASTS = Set.of("int", "long", "double");
    private static final int DEEPEST = 60;

    private final Scope scope;
    private final Scope.Reports reports;
    private final TypeRules types;
    private final Members members;
    private List<Token> tokens = List.of();
    private int at;
    private int depth;

    ExpressionReader(Scope scope, Scope.Reports reports) {
        this.scope = scope;
        this.reports = reports;
        this.types = new TypeRules(reports);
        this.members = new Members(scope, reports);
    }

    /** A condition of a pattern: a test, a binding, or both. */
    record Constraint(Optional<String> binding, Expr value) {
        /** Whether it only gives a value a name. */
        boolean bindsOnly() {
            return binding.isPresent() && value.raw().filter(TypeRules::isTruth).isEmpty();
        }

        @Override
        public String toString() {
            return binding.map(name -> name + " : ").orElse("") + value;
        }
    }

    /** Empty after a mistake of grammar, which has been told. */
    Optional<Constraint> constraint(List<Token> words) {
        Optional<Token> name =
                words.size() > 2 && words.get(0).word() && words.get(1).is(":")
                        ? Optional.of(words.get(0))
                        : Optional.empty();
        Optional<Expr> value = read(name.isPresent() ? words.subList(2, words.size()) : words);
        if (name.isPresent()) {
            Optional<Expr> bound = value.map(whole ->
                    whole instanceof Expr.Binary test && COMPARISONS.contains(test.operator()) ? test.left() : whole);
            bind(name.get(), bound.flatMap(Expr::type));
        } else {
            value.ifPresent(types::truth);
        }
        return value.map(whole -> new Constraint(name.map(Token::text), whole));
    }

    private void bind(Token name, Optional<java.lang.reflect.Type> type) {
        if (!name.text().startsWith("$")) {
            reports.tell(name.offset(), "the name of a binding begins with $", "Write: $" + name.text() + " : …");
        }
        if (scope.bindings().put(name.text(), type) != null) {
            reports.tell(name.offset(), name.text() + " is bound twice in this rule", "Give it another name.");
        }
    }

    /** A value after {@code then}; empty after a mistake of grammar, which has been told. */
    Optional<Expr> value(List<Token> words) {
        return read(words);
    }

    private Optional<Expr> read(List<Token> words) {
        tokens = words;
        at = 0;
        depth = 0;
        try {
            Expr whole = scope.consequence() ? choice() : either();
            if (at < tokens.size()) {
                throw misplaced(tokens.get(at));
            }
            return Optional.of(whole);
        } catch (Wrong wrong) {
            reports.tell(wrong.offset, wrong.message, wrong.hint);
            return Optional.empty();
        }
    }

    /** {@code a ? b : c}, in consequences only. */
    private Expr choice() {
        Expr test = either();
        if (!next("?")) {
            return test;
        }
        types.truth(test);
        Expr yes = choice();
        expect(":", "A choice reads: condition ? one : other.");
        Expr no = choice();
        Optional<java.lang.reflect.Type> type =
                yes.type().isPresent() && yes.type().equals(no.type())
                        ? yes.type()
                        : types.isText(yes) && types.isText(no) ? Optional.of(String.class) : Optional.empty();
        return new Expr.Choice(test, yes, no, type, test.offset());
    }

    private Expr either() {
        Expr left = both();
        while (next("||")) {
            left = logical("||", left, both());
        }
        return left;
    }

    private Expr both() {
        Expr left = relation();
        while (next("&&")) {
            left = logical("&&", left, relation());
        }
        return left;
    }

    private Expr logical(String operator, Expr left, Expr right) {
        types.truth(left);
        types.truth(right);
        return new Expr.Binary(operator, left, right, Optional.of(boolean.class), left.offset());
    }

    private Expr relation() {
        Expr left = sum();
        Optional<Token> operator = operator();
        if (operator.isEmpty()) {
            return left;
        }
        boolean denied = operator.get().is("not");
        Token word = denied ? take() : operator.get();
        String name = denied ? "not " + word.text() : word.text();
        Expr result;
        if (word.is("in")) {
            result = types.among(name, left, choices(word), word);
        } else if (word.is("str")) {
            result = types.substring(substring(denied), left, sum(), word);
        } else if (word.kind() == Token.Kind.WORD) {
            result = types.relation(name, left, sum(), word);
        } else {
            result = types.comparison(name, left, sum(), word);
        }
        if (at < tokens.size() && COMPARISONS.contains(tokens.get(at).text())) {
            throw new Wrong(
                    tokens.get(at),
                    "two comparisons in a row",
                    "Write each on its own: " + left + " " + name + " …, " + left + " "
                            + tokens.get(at).text() + " …");
        }
        return result;
    }

    /** The operator here, taken; empty where the value ends without one. */
    private Optional<Token> operator() {
        if (at == tokens.size()) {
            return Optional.empty();
        }
        Token token = tokens.get(at);
        boolean words = !scope.consequence()
                && (OPERATORS.contains(token.text())
                        || token.is("not")
                                && at + 1 < tokens.size()
                                && OPERATORS.contains(tokens.get(at + 1).text()));
        if (words && token.word() || COMPARISONS.contains(token.text())) {
            at++;
            return Optional.of(token);
        }
        return Optional.empty();
    }

    private Expr.Choices choices(Token in) {
        expect("(", "Write the values in parentheses: in (1, 2).");
        List<Expr> values = arguments();
        if (values.isEmpty()) {
            throw new Wrong(in, "a choice among no values", "Write them in parentheses: in (1, 2).");
        }
        return new Expr.Choices(values, in.offset());
    }

    /** {@code [startsWith]} after {@code str}. */
    private String substring(boolean denied) {
        expect("[", "Write str[startsWith], str[endsWith] or str[length].");
        Token kind = take();
        if (!SUBSTRINGS.contains(kind.text())) {
            throw new Wrong(
                    kind,
                    "there is no operator str[" + kind.text() + "]",
                    "Write str[startsWith], str[endsWith] or str[length].");
        }
        expect("]", "Write str[" + kind.text() + "].");
        return (denied ? "not " : "") + "str[" + kind.text() + "]";
    }

    private Expr sum() {
        Expr left = product();
        while (at < tokens.size() && (tokens.get(at).is("+") || tokens.get(at).is("-"))) {
            Token operator = take();
            left = types.arithmetic(operator, left, product());
        }
        return left;
    }

    private Expr product() {
        Expr left = unary();
        while (at < tokens.size()
                && (tokens.get(at).is("*")
                        || tokens.get(at).is("/")
                        || tokens.get(at).is("%"))) {
            Token operator = take();
            left = types.arithmetic(operator, left, unary());
        }
        return left;
    }

    private Expr unary() {
        if (++depth > DEEPEST) {
            throw new Wrong(tokens.get(Math.min(at, tokens.size() - 1)), "nested too deeply", "Split the condition.");
        }
        try {
            if (at < tokens.size() && tokens.get(at).is("!")) {
                Token not = take();
                Expr operand = unary();
                types.truth(operand);
                return new Expr.Unary("!", operand, Optional.of(boolean.class), not.offset());
            }
            if (at < tokens.size() && tokens.get(at).is("-")) {
                Token minus = take();
                Expr operand = unary();
                types.number(operand, "-");
                return new Expr.Unary("-", operand, operand.type(), minus.offset());
            }
            return primary();
        } finally {
            depth--;
        }
    }

    private Expr primary() {
        Token token = take();
        switch (token.kind()) {
            case TEXT:
                return new Expr.Constant(Literals.text(token), String.class, token.offset());
            case SINGLE:
                throw new Wrong(token, "a text in single quotes", "Write texts in double quotes.");
            case OPEN:
                throw new Wrong(token, "the text is not closed", "Write the closing quote on the same line.");
            case NUMBER:
                return Literals.number(token)
                        .orElseThrow(() -> new Wrong(token, token.text() + " is not a number", "Write 10250 or 0.5."));
            case SYMBOL:
                return symbol(token);
            default:
                return word(token);
        }
    }

    private Expr symbol(Token token) {
        if (!token.is("(")) {
            throw misplaced(token);
        }
        if (scope.consequence()
                && at + 1 < tokens.size()
                && CASTS.contains(tokens.get(at).text())
                && tokens.get(at + 1).is(")")) {
            Token number = take();
            at++;
            Expr operand = unary();
            types.number(operand, "(" + number.text() + ")");
            return new Expr.Unary(number.text(), operand, Optional.of(Literals.type(number.text())), token.offset());
        }
        Expr inner = scope.consequence() ? choice() : either();
        expect(")", "The parenthesis opened here is not closed.");
        return inner;
    }

    private Expr word(Token token) {
        switch (token.text()) {
            case "true", "false":
                return new Expr.Constant(token.is("true"), boolean.class, token.offset());
            case "null":
                return new Expr.Null(token.offset());
            case "not", "exists", "forall":
                throw new Wrong(
                        token,
                        "'" + token.text() + "' stands before a pattern, not inside one",
                        "To deny a field write ! before it.");
            case "new":
                if (scope.consequence()) {
                    return creation(token);
                }
                throw new Wrong(token, "'new' has no place in a condition", "Match facts that are there.");
            default:
                return steps(members.head(token, argumentsIfAny()));
        }
    }

    private Expr creation(Token word) {
        Token name = take();
        Optional<Class<?>> type = Optional.<Class<?>>ofNullable(scope.imports().get(name.text()))
                .filter(known -> known.getName().startsWith(Vocabulary.MODEL) && known.isRecord());
        if (type.isEmpty()) {
            throw new Wrong(
                    word,
                    "only facts of the model can be made in a rule",
                    "Import the record, or use Conclude for what is concluded.");
        }
        expect("(", "A record is made with its values in parentheses.");
        return members.creation(type.get(), arguments(), name);
    }

    private Expr steps(Expr first) {
        Expr value = first;
        while (at < tokens.size() && (tokens.get(at).is(".") || tokens.get(at).is("!."))) {
            Token dot = take();
            if (at == tokens.size() || !tokens.get(at).word()) {
                throw new Wrong(dot, "nothing follows the dot", "Write the name of a field or method after it.");
            }
            Token step = take();
            value = members.step(value, step, argumentsIfAny());
        }
        return value;
    }

    private @Nullable List<Expr> argumentsIfAny() {
        return next("(") ? arguments() : null;
    }

    /** What stands up to the parenthesis that closes the one before. */
    private List<Expr> arguments() {
        List<Expr> values = new ArrayList<>();
        if (next(")")) {
            return values;
        }
        do {
            values.add(scope.consequence() ? choice() : either());
        } while (next(","));
        expect(")", "The parenthesis opened before is not closed.");
        return values;
    }

    private Token take() {
        if (at == tokens.size()) {
            Optional<Token> last = tokens.isEmpty() ? Optional.empty() : Optional.of(tokens.get(at - 1));
            throw new Wrong(
                    last.orElse(new Token(Token.Kind.SYMBOL, "", 0)),
                    last.map(word -> "nothing follows '" + word.text() + "'").orElse("nothing stands here"),
                    "Write a value after it.");
        }
        return tokens.get(at++);
    }

    private boolean next(String symbol) {
        boolean here = at < tokens.size() && tokens.get(at).is(symbol);
        if (here) {
            at++;
        }
        return here;
    }

    private void expect(String symbol, String hint) {
        if (at == tokens.size()) {
            Token last = tokens.get(at - 1);
            throw new Wrong(last, "'" + symbol + "' is missing after '" + last.text() + "'", hint);
        }
        if (!next(symbol)) {
            Token found = tokens.get(at);
            Wrong known = misplaced(found);
            throw known.hint.isEmpty() ? new Wrong(found, "'" + symbol + "' is missing before this", hint) : known;
        }
    }

    /** Says of a word or symbol that cannot stand where it does what was probably meant. */
    private Wrong misplaced(Token token) {
        String text = token.text();
        boolean afterLogical =
                at > 1 && (tokens.get(at - 2).is("&&") || tokens.get(at - 2).is("||")) && tokens.get(at - 1) == token;
        if (COMPARISONS.contains(text)
                && (afterLogical || at == 1 || tokens.get(at - 2).is("("))) {
            return new Wrong(
                    afterLogical ? tokens.get(at - 2) : token,
                    "a comparison without its left side",
                    afterLogical
                            ? "Write the field again after "
                                    + tokens.get(at - 2).text() + "."
                            : "Write the field before " + text + ".");
        }
        if (NO_COMPARISONS.containsKey(text) && !scope.consequence()) {
            return new Wrong(token, "'" + text + "' has no meaning here", NO_COMPARISONS.getOrDefault(text, ""));
        }
        if (token.word()) {
            if (token.is("and") || token.is("or")) {
                return new Wrong(
                        token,
                        "'" + text + "' joins patterns, not fields",
                        "Inside parentheses write " + (token.is("and") ? "a comma or &&." : "||."));
            }
            return new Wrong(
                    token,
                    "'" + text + "' cannot follow here",
                    Vocabulary.nearest(
                                    text,
                                    Stream.concat(OPERATORS.stream(), Stream.of("not"))
                                            .toList())
                            .map(near -> "Did you mean the operator '" + near + "'?")
                            .orElse("Separate conditions by a comma, or write an operator before it."));
        }
        return new Wrong(
                token,
                "'" + text + "' has no place in a rule",
                "Use fields, comparisons, && and ||, and methods of the facts.");
    }

    /** A mistake after which the rest of the expression cannot be read. */
    static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int offset;
        private final String message;
        private final String hint;

        Wrong(Token at, String message, String hint) {
            super(message, null, false, false);
            this.offset = at.offset();
            this.message = message;
            this.hint = hint;
        }
    }
}
