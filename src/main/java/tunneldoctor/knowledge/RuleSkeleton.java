package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A rule file's skeleton, by its words alone: where each rule begins and ends, and whether the words every rule needs are
 * there. It finds what the parser would only notice at the end of the file, and where the mistake really is.
 */
final class RuleSkeleton {
    private static final List<String> PARTS = List.of("when", "then", "end");
    private static final Set<String> STATEMENTS =
            Set.of("package", "import", "dialect", "rule", "global", "declare", "function", "query", "unit");

    private static final String TYPOGRAPHIC = "“”„‟«»‘’";

    private final RuleFile file;
    private final List<Token> tokens;
    private final List<Span> rules = new ArrayList<>();
    private final List<RuleProblem> problems = new ArrayList<>();
    private boolean headSound = true;

    private RuleSkeleton(RuleFile file) {
        this.file = file;
        this.tokens = Token.of(file.text(), 0);
    }

    /**
     * One rule of the file.
     *
     * @param from offset of the word {@code rule}
     * @param to offset of the next rule, or of the file's end
     * @param sound whether its skeleton is whole
     */
    record Span(int from, int to, boolean sound) {}

    static RuleSkeleton of(RuleFile file) {
        RuleSkeleton skeleton = new RuleSkeleton(file);
        skeleton.scan();
        return skeleton;
    }

    List<Span> rules() {
        return rules;
    }

    List<RuleProblem> problems() {
        return problems;
    }

    /** Whether what stands before the first rule can be parsed together with the rules. */
    boolean headSound() {
        return headSound;
    }

    /** The file's text with one rule only, at its place. */
    String only(Span rule) {
        String text = file.text();
        int head = rules.get(0).from();
        return text.substring(0, head)
                + blank(text.substring(head, rule.from()))
                + text.substring(rule.from(), rule.to())
                + blank(text.substring(rule.to()));
    }

    /** A text of the file's length without one of its rules. */
    static String without(String text, Span rule) {
        return text.substring(0, rule.from())
                + blank(text.substring(rule.from(), rule.to()))
                + text.substring(rule.to());
    }

    private static String blank(String text) {
        StringBuilder blank = new StringBuilder(text.length());
        text.chars().forEach(c -> blank.append(c == '\n' || c == '\r' ? (char) c : ' '));
        return blank.toString();
    }

    private void scan() {
        comment();
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            boolean begins = i == 0 || tokens.get(i - 1).is("end") || firstOnLine(i);
            if (begins && tokens.get(i).is("rule")) {
                starts.add(i);
            }
        }
        head(starts.isEmpty() ? tokens.size() : starts.get(0));
        for (int i = 0; i < starts.size(); i++) {
            int next = i + 1 < starts.size() ? starts.get(i + 1) : tokens.size();
            int before = problems.size();
            rule(starts.get(i), next);
            int from = tokens.get(starts.get(i)).offset();
            int to = next < tokens.size()
                    ? tokens.get(next).offset()
                    : file.text().length();
            rules.add(new Span(from, to, problems.size() == before));
        }
    }

    private boolean firstOnLine(int index) {
        int at = tokens.get(index).offset();
        int start = file.text().lastIndexOf('\n', at) + 1;
        return file.text().substring(start, at).isBlank();
    }

    private void tell(Token at, String message, String hint) {
        problems.add(file.problemAt(at.offset(), message, hint));
    }

    private void comment() {
        String text = file.text();
        int open = Token.openComment(text);
        if (open >= 0) {
            problems.add(file.problemAt(open, "the comment is not closed", "Write */ at its end."));
            headSound = false;
        }
    }

    /** Before the first rule every line begins with a word that is known there. */
    private void head(int end) {
        for (int i = 0; i < end; i++) {
            Token token = tokens.get(i);
            quotes(i);
            if (token.word() && firstOnLine(i) && !STATEMENTS.contains(token.text())) {
                Optional<String> near = Vocabulary.nearest(token.text(), STATEMENTS);
                if (near.isPresent() && i + 1 < end) {
                    tell(token, "'" + token.text() + "' is not known here", "Did you mean '" + near.get() + "'?");
                    headSound = false;
                }
            }
        }
    }

    private void rule(int from, int to) {
        Token rule = tokens.get(from);
        int before = problems.size();
        for (int i = from; i < to; i++) {
            quotes(i);
        }
        if (problems.size() > before) {
            return;
        }
        if (from + 1 == to || tokens.get(from + 1).kind() != Token.Kind.TEXT) {
            tell(
                    from + 1 == to ? rule : tokens.get(from + 1),
                    "the rule's name is not in quotes",
                    "Write: rule \"" + file.id() + ": found\"");
            return;
        }
        int[] places = new int[PARTS.size()];
        int at = from + 2;
        for (int i = 0; i < places.length; i++) {
            places[i] = find(PARTS.get(i), at, to);
            if (places[i] < 0) {
                missing(rule, PARTS.get(i), from + 2, to);
                return;
            }
            at = places[i] + 1;
        }
        balanced(places[0], places[1]);
        balanced(places[1], places[2]);
        if (problems.size() == before
                && at < to
                && !STATEMENTS.contains(tokens.get(at).text())) {
            tell(
                    tokens.get(at),
                    "'" + tokens.get(at).text() + "' stands outside of any rule",
                    "A rule begins with rule \"…\" and ends with end.");
        }
    }

    private int find(String word, int from, int to) {
        for (int i = from; i < to; i++) {
            if (tokens.get(i).is(word) && (word.equals("when") || firstOnLine(i) || endsStatement(i))) {
                return i;
            }
        }
        return -1;
    }

    private boolean endsStatement(int index) {
        Token before = tokens.get(index - 1);
        return before.is(")") || before.is(";") || before.is("then") || before.is("when");
    }

    private void missing(Token rule, String part, int from, int to) {
        for (int i = from; i < to; i++) {
            Token token = tokens.get(i);
            boolean alone = firstOnLine(i) && (i + 1 == to || firstOnLine(i + 1));
            if (alone
                    && token.word()
                    && Vocabulary.nearest(token.text(), List.of(part)).isPresent()
                    && !PARTS.contains(token.text())) {
                tell(token, "'" + token.text() + "' is not known here", "Did you mean '" + part + "'?");
                return;
            }
        }
        tell(
                rule,
                "the rule has no '" + part + "'",
                "A rule reads: rule \"…\", its metadata, when, conditions, then, conclusions, end.");
    }

    private void balanced(int from, int to) {
        List<Token> open = new ArrayList<>();
        for (int i = from; i < to; i++) {
            Token token = tokens.get(i);
            if (token.is("(")) {
                open.add(token);
            } else if (token.is(")")) {
                if (open.isEmpty()) {
                    tell(token, "there is no parenthesis for this one to close", "Delete it.");
                    return;
                }
                open.remove(open.size() - 1);
            }
        }
        if (!open.isEmpty()) {
            tell(open.get(open.size() - 1), "the parenthesis is not closed", "Write the ) where it ends.");
        }
    }

    private void quotes(int index) {
        Token token = tokens.get(index);
        if (token.kind() == Token.Kind.OPEN) {
            tell(token, "the text is not closed", "Write the closing quote on the same line.");
        } else if (token.kind() == Token.Kind.SINGLE) {
            // DRL and Java read such texts differently, and what one takes for text could be code to the other.
            tell(token, "a text in single quotes", "Write texts in double quotes.");
        } else if (TYPOGRAPHIC.contains(token.text())) {
            int line = file.problemAt(token.offset(), "", "").line();
            boolean told =
                    !problems.isEmpty() && problems.get(problems.size() - 1).line() == line;
            if (!told) {
                tell(token, "a typographic quote", "Write texts in straight double quotes: \"…\"");
            }
        }
    }
}
