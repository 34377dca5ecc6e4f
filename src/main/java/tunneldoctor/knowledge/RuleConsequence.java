package tunneldoctor.knowledge;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.drools.drl.ast.descr.RuleDescr;
import tunneldoctor.model.Conclusion;

/** Reads what stands after {@code then}: a row of {@code insertLogical(…);} and nothing else. */
final class RuleConsequence {
    private static final String NOT_CHANGED = "Facts do not change; infer a new one with insertLogical.";
    private static final String NOT_DELETED = "Facts do not change; say what must not be the case with 'not'.";

    /** Actions authors know from elsewhere, with what to do instead. */
    private static final Map<String, String> REFUSED_ACTIONS = Map.of(
            "insert", "Use insertLogical, so that the conclusion goes when its reasons go.",
            "update", NOT_CHANGED,
            "modify", NOT_CHANGED,
            "delete", NOT_DELETED,
            "retract", NOT_DELETED,
            "System", "Rules print nothing; what they conclude is reported.",
            "if", "What decides is a condition: write it before then, one rule for each case.");

    private final RuleFile file;
    private final Scope scope;
    private final Scope.Reports reports;

    RuleConsequence(
            RuleFile file, Map<String, Class<?>> imports, Map<String, Optional<Type>> bindings, Scope.Reports reports) {
        this.file = file;
        this.scope = new Scope(imports, bindings, Optional.empty(), true);
        this.reports = reports;
    }

    /** The values concluded, as far as they can be read. */
    List<Expr> read(RuleDescr rule) {
        String text = String.valueOf(rule.getConsequence());
        int start = Math.max(0, rule.getStartCharacter());
        int then = Math.max(start, file.text().indexOf("then", lastPattern(rule, start)));
        List<Token> tokens = Token.of(text, Math.max(then, file.text().indexOf(text, then)));
        List<Expr> values = new ArrayList<>();
        if (tokens.isEmpty()) {
            reports.tell(then, "the rule concludes nothing", "Write insertLogical(Conclude.…); after then.");
        }
        int at = 0;
        while (at < tokens.size()) {
            int end = statementEnd(tokens, at);
            statement(tokens.subList(at, Math.min(end + 1, tokens.size()))).ifPresent(values::add);
            at = end + 1;
        }
        return values;
    }

    private static int lastPattern(RuleDescr rule, int start) {
        return rule.getLhs() == null
                ? start
                : rule.getLhs().getDescrs().stream()
                        .mapToInt(part -> part.getEndCharacter())
                        .max()
                        .orElse(start);
    }

    private static int statementEnd(List<Token> tokens, int from) {
        int at = from;
        while (at < tokens.size() && !tokens.get(at).is(";")) {
            at++;
        }
        return at;
    }

    /** @param tokens with the semicolon, where there is one */
    private Optional<Expr> statement(List<Token> tokens) {
        Token head = tokens.get(0);
        Token last = tokens.get(tokens.size() - 1);
        if (!head.is("insertLogical")) {
            reports.tell(
                    head.offset(),
                    "'" + head.text() + "' has no place after then",
                    REFUSED_ACTIONS.getOrDefault(
                            head.text(),
                            Vocabulary.nearest(head.text(), List.of("insertLogical"))
                                    .map(near -> "Did you mean 'insertLogical'?")
                                    .orElse("Conclude with insertLogical(…); conditions belong before then.")));
            return Optional.empty();
        }
        if (!last.is(";")) {
            reports.tell(last.offset(), "the semicolon is missing", "Write ; after " + last.text());
            return Optional.empty();
        }
        boolean whole = tokens.size() > 4 && tokens.get(1).is("(") && closing(tokens, 1) == tokens.size() - 2;
        if (!whole) {
            reports.tell(
                    head.offset(),
                    "insertLogical does not take this",
                    "Write one value in its parentheses: insertLogical(Conclude.…);");
            return Optional.empty();
        }
        List<Token> value = tokens.subList(2, tokens.size() - 2);
        Optional<Expr> read = new ExpressionReader(scope, reports).value(value);
        read.ifPresent(this::concluded);
        return read;
    }

    /** The place of the parenthesis that closes the one at {@code open}; -1 if none does. */
    private static int closing(List<Token> tokens, int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            if (tokens.get(i).is("(")) {
                depth++;
            } else if (tokens.get(i).is(")") && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    /** Java takes any object here; what is no conclusion would vanish without a word. */
    private void concluded(Expr value) {
        Optional<Class<?>> type = value.raw();
        blanks(value);
        if (type.isEmpty()) {
            return;
        }
        if (type.get() == Conclude.RemedyDraft.class) {
            reports.tell(value.offset(), "the remedy is not finished", "Write .done() at its end.");
        } else if (!type.get().getName().startsWith(Vocabulary.MODEL) || value instanceof Expr.TypeName) {
            reports.tell(
                    value.offset(),
                    "'" + value + "' is " + TypeRules.words(value) + " and concludes nothing",
                    "Conclude with Conclude.proved, likely, possible, cannotTell, notApplicable, clears, explains,"
                            + " contradicts or remedy.");
        } else if (file.shared() && Conclusion.class.isAssignableFrom(type.get())) {
            reports.tell(value.offset(), "a conclusion in a file of shared inferences", "Infer a fact instead.");
        }
    }

    private void blanks(Expr value) {
        if (value instanceof Expr.Constant constant && constant.value().equals(RuleMetadata.TO_FILL_IN)) {
            reports.tell(value.offset(), RuleMetadata.NOT_FILLED_IN, "Write your own words in its place.");
        }
        value.parts().forEach(this::blanks);
    }
}
