package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/** A cursor over the blank-separated words of one line or a part of it; makes no string unless asked. */
final class LineWords {
    private final WordCache cache;
    private String line = "";
    private int limit;
    private int start;
    private int end;

    LineWords(String line, WordCache cache) {
        this(line, 0, line.length(), cache);
    }

    /** The words of a whole text, with any white space between them. */
    static List<String> all(String text) {
        List<String> words = new ArrayList<>();
        for (StringTokenizer tokens = new StringTokenizer(text); tokens.hasMoreTokens(); ) {
            words.add(tokens.nextToken());
        }
        return words;
    }

    /** The words between two places of a line. */
    LineWords(String line, int from, int limit, WordCache cache) {
        this.cache = cache;
        read(line, from, limit);
    }

    private LineWords(LineWords other) {
        this.cache = other.cache;
        this.line = other.line;
        this.limit = other.limit;
        this.start = other.start;
        this.end = other.end;
    }

    /** Begins anew with the words between two places of a line. */
    void read(String anew, int from, int to) {
        line = anew;
        limit = to;
        end = from;
        next();
    }

    LineWords copy() {
        return new LineWords(this);
    }

    /** Goes to the next word. */
    void next() {
        int at = end;
        while (at < limit && isBlank(line.charAt(at))) {
            at++;
        }
        start = at;
        while (at < limit && !isBlank(line.charAt(at))) {
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
        return cached().text;
    }

    /** The current word, with what it was read as before. */
    WordCache.Word cached() {
        return cache.word(line, start, end);
    }

    /** Takes the current word as {@link #cached} gives it, and goes on. */
    WordCache.Word takeCached() {
        WordCache.Word word = cached();
        next();
        return word;
    }

    /** How many characters the current word has; 0 at the end of the line. */
    int length() {
        return end - start;
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

    /** Everything from the current word on. */
    String rest() {
        return line.substring(start, limit).stripTrailing();
    }

    /** Where the current word begins in the line. */
    int offset() {
        return start;
    }
}
