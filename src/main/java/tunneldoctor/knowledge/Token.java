package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A word of a condition or a consequence.
 *
 * @param text as written; of a comment there is no token
 * @param offset where it begins, in the file
 */
record Token(Kind kind, String text, int offset) {
    enum Kind {
        WORD,
        TEXT,
        NUMBER,
        SYMBOL
    }

    private static final Set<String> PAIRS = Set.of(
            "==", "!=", "<=", ">=", "&&", "||", "!.", "->", "::", ":=", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=",
            "|=", "^=", "<<", ">>", "?.");

    boolean is(String expected) {
        return kind != Kind.TEXT && text.equals(expected);
    }

    boolean word() {
        return kind == Kind.WORD;
    }

    /** @param start where the piece of text stands in the file */
    static List<Token> of(String text, int start) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end = at + 1;
            if (Character.isWhitespace(c)) {
                at = end;
                continue;
            }
            if (text.startsWith("//", at)) {
                int line = text.indexOf('\n', at);
                at = line < 0 ? text.length() : line;
                continue;
            }
            if (text.startsWith("/*", at)) {
                int close = text.indexOf("*/", at + 2);
                at = close < 0 ? text.length() : close + 2;
                continue;
            }
            Kind kind = Kind.SYMBOL;
            if (Character.isJavaIdentifierStart(c)) {
                kind = Kind.WORD;
                while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
                    end++;
                }
            } else if (Character.isDigit(c)) {
                kind = Kind.NUMBER;
                while (end < text.length()
                        && (Character.isLetterOrDigit(text.charAt(end))
                                || text.charAt(end) == '_'
                                || text.charAt(end) == '.'
                                        && end + 1 < text.length()
                                        && Character.isDigit(text.charAt(end + 1)))) {
                    end++;
                }
            } else if (c == '"' || c == '\'') {
                kind = Kind.TEXT;
                end = closing(text, at);
            } else if (end < text.length() && PAIRS.contains(text.substring(at, end + 1))) {
                end++;
            }
            tokens.add(new Token(kind, text.substring(at, end), start + at));
            at = end;
        }
        return tokens;
    }

    /** The place after the quote that closes the one at {@code open}; the end of the text if none does. */
    private static int closing(String text, int open) {
        for (int i = open + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == text.charAt(open)) {
                return i + 1;
            }
        }
        return text.length();
    }
}
