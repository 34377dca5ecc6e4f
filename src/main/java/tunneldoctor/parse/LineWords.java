package tunneldoctor.parse;

/** A cursor over the blank-separated words of one line; makes no string unless asked. */
final class LineWords {
    private final String line;
    private int start;
    private int end;

    LineWords(String line) {
        this.line = line;
        next();
    }

    private LineWords(String line, int start, int end) {
        this.line = line;
        this.start = start;
        this.end = end;
    }

    LineWords copy() {
        return new LineWords(line, start, end);
    }

    /** Goes to the next word. */
    void next() {
        int at = end;
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
        start = at;
        while (at < line.length() && !isBlank(line.charAt(at))) {
            at++;
        }
        end = at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    boolean atEnd() {
        return start == end;
    }

    boolean is(String word) {
        return end - start == word.length() && line.startsWith(word, start);
    }

    boolean startsWith(String prefix) {
        return end - start >= prefix.length() && line.startsWith(prefix, start);
    }

    boolean isNumber() {
        for (int i = start; i < end; i++) {
            if (line.charAt(i) < '0' || line.charAt(i) > '9') {
                return false;
            }
        }
        return start < end;
    }

    /** A counter as listings print it: {@code 4175} or {@code 1130K}. */
    boolean isCounter() {
        int last = end - 1;
        boolean scaled = last > start && "KMGTP".indexOf(line.charAt(last)) >= 0;
        for (int i = start; i < (scaled ? last : end); i++) {
            if (line.charAt(i) < '0' || line.charAt(i) > '9') {
                return false;
            }
        }
        return start < end;
    }

    /** The current word; empty at the end of the line. */
    String word() {
        return line.substring(start, end);
    }

    /** Takes the current word and goes on. */
    String take() {
        String word = word();
        next();
        return word;
    }

    /** Goes on if the current word is {@code word}. */
    boolean accept(String word) {
        if (is(word)) {
            next();
            return true;
        }
        return false;
    }

    /** Everything from the current word to the end of the line. */
    String rest() {
        return line.substring(start).stripTrailing();
    }

    /** Where the current word begins in the line. */
    int offset() {
        return start;
    }
}
