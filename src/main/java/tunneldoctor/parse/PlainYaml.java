package tunneldoctor.parse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.Tree;

/**
 * Reads the plainest kind of YAML, as tools write it and as most facts files are, at a fraction of the cost of a whole YAML
 * reader: ASCII, with block mappings and sequences, scalars of a single line and literal blocks. At anything else, however
 * sound, it gives the text up, so that {@link TreeReader} alone says what is wrong with one.
 */
final class PlainYaml {
    private static final int DEEPEST = 100;

    /** Far below the length from which on SnakeYAML takes no text for a key. */
    private static final int LONGEST_KEY = 500;

    /** Jackson limits the digits of a number, and this cannot be one. */
    private static final int LONGEST_NUMBER = 500;

    private static final int AT_END = -1;
    private static final int AT_SEPARATOR = -2;

    private static final int KEY_BITS = 8;

    private final byte[] text;
    private final int end;

    /** Keys met lately; they return with every object of a kind. */
    private final @Nullable String[] keys = new String[1 << KEY_BITS];

    private byte[] block = new byte[1 << 15];

    /** Where the line after the current one begins. */
    private int next;

    /** 1-based number of the current line. */
    private int line;

    /** Where the current line begins, where what it says begins, and its line feed. */
    private int begin;

    private int first;
    private int stop;

    /** Column of {@link #first}, or what there is in place of a line. */
    private int indent;

    private PlainYaml(byte[] text, int end) {
        this.text = text;
        this.end = end;
    }

    /**
     * @param length how much of the array is the text
     * @return empty if it is not all of the plainest kind
     */
    static Optional<List<TreeReader.Document>> read(byte[] text, int length) {
        if (length == 0 || text[length - 1] != '\n') {
            return Optional.empty();
        }
        try {
            return Optional.of(new PlainYaml(text, length).documents());
        } catch (NotPlainException e) {
            return Optional.empty();
        }
    }

    private List<TreeReader.Document> documents() throws NotPlainException {
        List<TreeReader.Document> documents = new ArrayList<>();
        nextLine();
        if (indent == AT_SEPARATOR) {
            nextLine();
        }
        while (true) {
            if (indent != 0) {
                throw NotPlainException.HERE;
            }
            Tree root = mapping(0, 1);
            documents.add(new TreeReader.Document(root, Set.of(), line));
            if (indent == AT_END) {
                return documents;
            }
            nextLine();
        }
    }

    /** Goes to the next line that says something. */
    private void nextLine() throws NotPlainException {
        while (next < end) {
            line++;
            begin = next;
            first = begin;
            while (text[first] == ' ') {
                first++;
            }
            stop = endOfLine(first, false);
            next = stop + 1;
            if (first < stop && text[first] != '#') {
                indent = isSeparator() ? AT_SEPARATOR : first - begin;
                return;
            }
        }
        indent = AT_END;
    }

    private boolean isSeparator() throws NotPlainException {
        if (first > begin || stop - begin < 3 || !allAre('-', begin, begin + 3) && !allAre('.', begin, begin + 3)) {
            return false;
        }
        if (stop - begin == 3 && text[begin] == '-') {
            return true;
        }
        throw NotPlainException.HERE;
    }

    private boolean allAre(char c, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] != c) {
                return false;
            }
        }
        return true;
    }

    private int endOfLine(int from, boolean tabs) throws NotPlainException {
        int at = from;
        while (true) {
            byte c = text[at];
            if (c < ' ' || c > '~') {
                if (c == '\n') {
                    return at;
                }
                if (c != '\t' || !tabs) {
                    throw NotPlainException.HERE;
                }
            }
            at++;
        }
    }

    private Tree node(int depth) throws NotPlainException {
        return isItem(first) ? sequence(indent, depth) : mapping(indent, depth);
    }

    private boolean isItem(int at) {
        return text[at] == '-' && isBlank(at + 1);
    }

    private boolean isBlank(int at) {
        return text[at] == ' ' || text[at] == '\n';
    }

    private Tree mapping(int column, int depth) throws NotPlainException {
        if (depth > DEEPEST) {
            throw NotPlainException.HERE;
        }
        int begins = line;
        Map<String, Tree> entries = new LinkedHashMap<>();
        do {
            int colon = endOfKey(first);
            if (colon < 0) {
                throw NotPlainException.HERE;
            }
            String key = key(first, colon);
            if (entries.put(key, value(colon + 1, column, true, depth)) != null) {
                throw NotPlainException.HERE;
            }
        } while (indent == column);
        if (indent > column) {
            throw NotPlainException.HERE;
        }
        return new Tree.Mapping(entries, begins);
    }

    private Tree sequence(int column, int depth) throws NotPlainException {
        if (depth > DEEPEST) {
            throw NotPlainException.HERE;
        }
        int begins = line;
        List<Tree> items = new ArrayList<>();
        do {
            int at = blanks(first + 1);
            if (text[at] != '\n' && (isItem(at) || endOfKey(at) > 0)) {
                first = at;
                indent = at - begin;
                items.add(node(depth + 1));
            } else {
                items.add(value(at, column, false, depth));
            }
        } while (indent == column && isItem(first));
        if (indent > column) {
            throw NotPlainException.HERE;
        }
        return new Tree.Sequence(items, begins);
    }

    private int blanks(int from) {
        int at = from;
        while (text[at] == ' ') {
            at++;
        }
        return at;
    }

    /** The colon behind the key that begins here; negative if none does. */
    private int endOfKey(int from) throws NotPlainException {
        byte quote = text[from];
        if (quote == '\'' || quote == '"') {
            int colon = endOfQuoted(from) + 1;
            if (text[colon] == ' ' && text[blanks(colon)] == ':') {
                throw NotPlainException.HERE;
            }
            return text[colon] == ':' && isBlank(colon + 1) ? colon : -1;
        }
        if (!beginsPlain(from)) {
            return -1;
        }
        for (int at = from; at < stop; at++) {
            if (text[at] == ':' && isBlank(at + 1)) {
                return at;
            }
        }
        return -1;
    }

    private String key(int from, int colon) throws NotPlainException {
        if (colon - from > LONGEST_KEY) {
            throw NotPlainException.HERE;
        }
        if (text[from] == '\'' || text[from] == '"') {
            return quoted(from, colon - 1);
        }
        int hash = 0;
        for (int at = from; at < colon; at++) {
            if (text[at] == '#' && text[at - 1] == ' ') {
                throw NotPlainException.HERE;
            }
            hash = 31 * hash + text[at];
        }
        int place = hash & (1 << KEY_BITS) - 1;
        @Nullable String known = keys[place];
        if (known != null && is(known, from, colon)) {
            return known;
        }
        String key = ascii(from, colon);
        if (text[colon - 1] == ' ' || key.equals("<<") || isNull(key)) {
            throw NotPlainException.HERE;
        }
        keys[place] = key;
        return key;
    }

    private boolean is(String known, int from, int to) {
        if (known.length() != to - from) {
            return false;
        }
        for (int i = 0; i < known.length(); i++) {
            if (known.charAt(i) != text[from + i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * What stands behind a colon or dash, to the line behind it.
     *
     * @param column of the mapping or sequence it belongs to
     */
    private Tree value(int from, int column, boolean ofKey, int depth) throws NotPlainException {
        int at = blanks(from);
        int begins = line;
        if (text[at] == '\n') {
            nextLine();
            boolean below = indent > column || ofKey && indent == column && isItem(first);
            return below ? node(depth + 1) : new Tree.Null(begins);
        }
        if (text[at] == '|') {
            return literal(at + 1, column);
        }
        Tree value = onOneLine(at);
        nextLine();
        if (indent > column) {
            throw NotPlainException.HERE;
        }
        return value;
    }

    private Tree onOneLine(int from) throws NotPlainException {
        int to = stop;
        while (text[to - 1] == ' ') {
            to--;
        }
        byte c = text[from];
        if (c == '\'' || c == '"') {
            if (endOfQuoted(from) != to - 1) {
                throw NotPlainException.HERE;
            }
            return new Tree.Scalar(quoted(from, to - 1), true, line);
        }
        if (c == '[' || c == '{') {
            return flow(from, to);
        }
        if (!beginsPlain(from) || (c <= '9' && to - from > LONGEST_NUMBER)) {
            throw NotPlainException.HERE;
        }
        for (int at = from; at < to; at++) {
            if (text[at] == ':' && isBlank(at + 1) || text[at] == '#' && text[at - 1] == ' ') {
                throw NotPlainException.HERE;
            }
        }
        String plain = ascii(from, to);
        return isNull(plain) ? new Tree.Null(line) : new Tree.Scalar(plain, false, line);
    }

    /** As in {@code {type: Ready, status: 'True'}}: words and texts in single quotes, one blank after each comma. */
    private Tree flow(int from, int to) throws NotPlainException {
        boolean mapping = text[from] == '{';
        int closing = to - 1;
        if (text[closing] != (mapping ? '}' : ']')) {
            throw NotPlainException.HERE;
        }
        Map<String, Tree> entries = new LinkedHashMap<>();
        List<Tree> items = new ArrayList<>();
        for (int at = from + 1; at < closing; ) {
            if (mapping) {
                int colon = endOfWord(at);
                if (text[colon] != ':' || text[colon + 1] != ' ') {
                    throw NotPlainException.HERE;
                }
                String key = key(at, colon);
                at = endOfFlowed(colon + 2);
                if (entries.put(key, flowed(colon + 2, at)) != null) {
                    throw NotPlainException.HERE;
                }
            } else {
                int begins = at;
                at = endOfFlowed(at);
                items.add(flowed(begins, at));
            }
            if (at < closing) {
                if (text[at] != ',' || text[at + 1] != ' ' || at + 2 >= closing) {
                    throw NotPlainException.HERE;
                }
                at += 2;
            }
        }
        return mapping ? new Tree.Mapping(entries, line) : new Tree.Sequence(items, line);
    }

    private int endOfFlowed(int from) throws NotPlainException {
        return text[from] == '\'' ? endOfQuoted(from) + 1 : endOfWord(from);
    }

    private int endOfWord(int from) throws NotPlainException {
        int at = from;
        while (isWordCharacter(text[at]) || at > from && (text[at] == '-' || text[at] == '.')) {
            at++;
        }
        if (at == from || at - from > LONGEST_NUMBER) {
            throw NotPlainException.HERE;
        }
        return at;
    }

    private static boolean isWordCharacter(byte c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '/' && c <= '9' || c == '_';
    }

    private Tree flowed(int from, int to) throws NotPlainException {
        if (text[from] == '\'') {
            return new Tree.Scalar(quoted(from, to - 1), true, line);
        }
        String word = ascii(from, to);
        return isNull(word) ? new Tree.Null(line) : new Tree.Scalar(word, false, line);
    }

    private static boolean isNull(String plain) {
        return plain.equals("~") || plain.equals("null") || plain.equals("Null") || plain.equals("NULL");
    }

    private boolean beginsPlain(int at) {
        byte c = text[at];
        return isWordCharacter(c) || c == '-' && !isBlank(at + 1) || ".~+(<$^;\\".indexOf(c) >= 0;
    }

    /** The closing quote. */
    private int endOfQuoted(int from) throws NotPlainException {
        byte quote = text[from];
        for (int at = from + 1; at < stop; at++) {
            if (text[at] == '\\' && quote == '"') {
                at++;
            } else if (text[at] == quote) {
                if (quote == '"' || text[at + 1] != quote) {
                    return at;
                }
                at++;
            }
        }
        throw NotPlainException.HERE;
    }

    private String quoted(int from, int closing) throws NotPlainException {
        byte escape = (byte) (text[from] == '"' ? '\\' : '\'');
        int escapes = 0;
        for (int at = from + 1; at < closing; at++) {
            if (text[at] == escape) {
                at++;
                escapes++;
            }
        }
        return escapes == 0 ? ascii(from + 1, closing) : unescaped(from + 1, closing, escape);
    }

    private String unescaped(int from, int to, byte escape) throws NotPlainException {
        StringBuilder unescaped = new StringBuilder(to - from);
        for (int at = from; at < to; at++) {
            char c = (char) text[at];
            if (c == escape) {
                at++;
                c = (char) text[at];
                if (c == 'n') {
                    c = '\n';
                } else if (c != escape && c != '"') {
                    throw NotPlainException.HERE;
                }
            }
            unescaped.append(c);
        }
        return unescaped.toString();
    }

    /** @param header where the indicators behind the bar begin */
    private Tree literal(int header, int column) throws NotPlainException {
        boolean strip = text[header] == '-';
        if ((strip ? header + 1 : header) != stop || next == end) {
            throw NotPlainException.HERE;
        }
        int deep = blanks(next) - next;
        if (deep <= column || text[next + deep] == '\n') {
            throw NotPlainException.HERE;
        }
        int begins = line + 1;
        int length = 0;
        int empty = 0;
        while (next < end) {
            int from = next;
            while (from < next + deep && text[from] == ' ') {
                from++;
            }
            if (from < next + deep && text[from] != '\n') {
                break;
            }
            int to = endOfLine(from, true);
            if (to == from) {
                empty++;
            } else {
                if (length + empty + to - from + 2 > block.length) {
                    block = Arrays.copyOf(block, 2 * (length + empty + to - from + 2));
                }
                for (; empty > 0; empty--) {
                    block[length++] = '\n';
                }
                System.arraycopy(text, from, block, length, to - from);
                length += to - from;
                block[length++] = '\n';
            }
            next = to + 1;
            line++;
        }
        nextLine();
        return new Tree.Scalar(
                new String(block, 0, strip ? length - 1 : length, StandardCharsets.ISO_8859_1), true, begins);
    }

    /** Every byte was looked at; of ASCII this is the copy that costs least. */
    private String ascii(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** Ends the attempt; nothing is to be said of where or why. */
    private static final class NotPlainException extends Exception {
        private static final long serialVersionUID = 1L;
        static final NotPlainException HERE = new NotPlainException();

        private NotPlainException() {
            super("", null, false, false);
        }
    }
}
