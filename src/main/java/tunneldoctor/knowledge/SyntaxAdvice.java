package tunneldoctor.knowledge;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says of the place where the parser gave up what was probably meant. */
final class SyntaxAdvice {
    private static final Map<String, String> COMPARISONS = Map.of(
            "=", "Write == for equal.",
            "=<", "Write <= for at most.",
            "=>", "Write >= for at least.",
            "<>", "Write != for not equal.");

    private static final List<String> BEFORE_PATTERNS = List.of("not", "exists", "forall", "accumulate", "and", "or");
    private static final List<String> OPERATORS = List.of("contains", "excludes", "memberOf", "matches", "in", "str");

    private final RuleFile file;
    private final List<Token> tokens;

    SyntaxAdvice(RuleFile file) {
        this.file = file;
        this.tokens = Token.of(file.text(), 0);
    }

    RuleProblem about(int offset) {
        int index = 0;
        while (index < tokens.size() && tokens.get(index).end() <= offset) {
            index++;
        }
        if (index == tokens.size()) {
            return file.problemAt(
                    offset, "the file ends in the middle of a rule", "Write what is missing, and end after it.");
        }
        Token token = tokens.get(index);
        Token before = index == 0 ? token : tokens.get(index - 1);
        boolean inPattern = inParentheses(index);
        if (token.is("=") && before.text().startsWith("$")) {
            return told(token, "'=' gives no name", "Write: " + before.text() + " : Fact(…)");
        }
        if (COMPARISONS.containsKey(token.text())) {
            return told(token, "'" + token.text() + "' is no comparison", COMPARISONS.getOrDefault(token.text(), ""));
        }
        if (before.is(",") && (token.is(")") || token.is(","))) {
            return told(before, "nothing follows the comma", "Write a condition after it, or delete it.");
        }
        if (token.word() && before.word()) {
            return twoWords(before, token, inPattern);
        }
        return told(
                token,
                "'" + token.text() + "' cannot stand here",
                inPattern
                        ? "Inside parentheses stand comparisons such as port == 10250, with commas between."
                        : "Before then stand patterns such as $node : Node(ready.yes()), each on its own line.");
    }

    private RuleProblem twoWords(Token before, Token token, boolean inPattern) {
        if (before.text().startsWith("$") && !inPattern) {
            return told(
                    before,
                    "a colon is missing after " + before.text(),
                    "Write: " + before.text() + " : " + token.text() + "(…)");
        }
        if (before.is("not") && inPattern) {
            return told(
                    before, "'not' stands before a pattern, not inside one", "To deny a field write: !" + token.text());
        }
        if (inPattern && (token.is("and") || token.is("or"))) {
            return told(
                    token,
                    "'" + token.text() + "' joins patterns, not fields",
                    "Inside parentheses write " + (token.is("and") ? "a comma or &&." : "||."));
        }
        if (inPattern) {
            return told(
                    token,
                    "'" + token.text() + "' cannot follow '" + before.text() + "' here",
                    Vocabulary.nearest(token.text(), OPERATORS)
                            .map(near -> "Did you mean the operator '" + near + "'?")
                            .orElse("Separate conditions by a comma."));
        }
        Optional<String> near = Vocabulary.nearest(before.text(), BEFORE_PATTERNS);
        return told(
                before,
                "'" + before.text() + "' is not known before a pattern",
                near.map(word -> "Did you mean '" + word + "'?")
                        .orElse("Patterns stand alone, or after not, exists or forall."));
    }

    private boolean inParentheses(int index) {
        int depth = 0;
        for (int i = index - 1; i >= 0 && !tokens.get(i).is("when"); i--) {
            depth += tokens.get(i).is("(") ? 1 : tokens.get(i).is(")") ? -1 : 0;
        }
        return depth > 0;
    }

    private RuleProblem told(Token at, String message, String hint) {
        return file.problemAt(at.offset(), message, hint);
    }
}
