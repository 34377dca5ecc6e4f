package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A word of a rule file.
 *
 * @param text as written; of a comment there is no token
 * @param offset where it begins, in the file
 */
record Token(Kind kind, String text, int offset) {
    enum Kind {
        WORD,
        /** A text in double quotes. */
        TEXT,
        /** A text in single quotes, which DRL and Java read differently. */
        SINGLE,
        /** A text whose line ends before it does. */
        OPEN,
        NUMBER,
        SYMBOL
    }

    private static final Set<String> PAIRS = Set.of(
            "==", "!=", "<=", ">=", "&&", "||", "!.", "->", "::", ":=", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=",
            "|=", "^=", "<<", ">>", "?.", "=<", "=>", "<>");

    boolean is(String expected) {
        return kind != Kind.TEXT && text.equals(expected);
    }

    boolean word() {
        return kind == Kind.WORD;
    }

    int end() {
        return offset + text.length();
    }

    /** @param start where the piece of text stands in the file */
    static List<Token> of(String text, int start) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (text.startsWith("//", at)) {
                at = lineEnd(text, at);
            } else if (text.startsWith("/*", at)) {
                int close = text.indexOf("*/", at + 2);
                at = close < 0 ? text.length() : close + 2;
            } else {
                Token token = next(text, at, start);
                tokens.add(token);
                at += token.text.length();
            }
        }
        return tokens;
    }

    /** Where a comment begins that does not end; -1 if all do. */
    static int openComment(String text) {
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith("/*", at)) {
                int close = text.indexOf("*/", at + 2);
                if (close < 0) {
                    return at;
                }
                at = close + 2;
            } else if (text.startsWith("//", at)) {
                at = lineEnd(text, at);
            } else {
                at += text.charAt(at) == '"' ? next(text, at, 0).text.length() : 1;
            }
        }
        return -1;
    }

    private static Token next(String text, int at, int start) {
        char c = text.charAt(at);
        int end = at + 1;
        Kind kind = Kind.SYMBOL;
        if (Character.isJavaIdentifierStart(c)) {
            kind = Kind.WORD;
            while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
                end++;
            }
        } else if (Character.isDigit(c)) {
            kind = Kind.NUMBER;
            end = numberEnd(text, end);
        } else if (c == '"' || c == '\'') {
            int close = closing(text, at);
            kind = close < 0 ? Kind.OPEN : c == '"' ? Kind.TEXT : Kind.SINGLE;
            end = close < 0 ? lineEnd(text, at) : close;
        } else if (end < text.length() && PAIRS.contains(text.substring(at, end + 1))) {
            end++;
        }
        return new Token(kind, text.substring(at, end), start + at);
    }

    private static int numberEnd(String text, int from) {
        int end = from;
        while (end < text.length()
                && (Character.isLetterOrDigit(text.charAt(end))
                        || text.charAt(end) == '_'
                        || text.charAt(end) == '.'
                                && end + 1 < text.length()
                                && Character.isDigit(text.charAt(end + 1)))) {
            end++;
        }
        return end;
    }

    /** Java ends a line, and with it a comment, at a carriage return as well. */
    private static int lineEnd(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        return end;
    }

    /** The place after the quote that closes the one at {@code open}; -1 if none does on its line. */
    private static int closing(String text, int open) {
        for (int i = open + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                return -1;
            }
            if (c == '\\' && i + 1 < text.length() && text.charAt(i + 1) != '\n' && text.charAt(i + 1) != '\r') {
                i++;
            } else if (c == text.charAt(open)) {
                return i + 1;
            }
        }
        return -1;
    }
}
