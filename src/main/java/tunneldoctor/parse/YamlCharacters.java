package tunneldoctor.parse;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.scanner.Constant;

/**
 * The characters SnakeYAML scans, at a cost in proportion to their number. Its own reader copies all it has looked ahead
 * at every 1,024 characters, so that a text of one long line takes time with the square of its length.
 *
 * <p>Characters YAML does not allow are {@link TextSource}'s to find. Marks carry no text: messages quote none.
 *
 * <p>Command output, most of every facts file, stands in literal block scalars. SnakeYAML scans them a character at a time.
 * It steps over a {@code |} by itself only where one begins; there the block is taken out by lines, and SnakeYAML is shown
 * one of a single character in its place.
 */
final class YamlCharacters extends StreamReader {
    private static final int CHUNK = 1 << 14;
    private static final int[] NO_TEXT = new int[0];
    private static final char BLOCK = 1;

    private final Reader source;

    /** One place more than is asked for: the second half of a character that ends a chunk. */
    private final char[] chunk = new char[CHUNK + 1];

    /** What was read and not yet scanned; unused as soon as there is {@link #wide}. */
    private char[] window = new char[2 * CHUNK];

    /** The same, once the text holds characters of two halves; empty before. */
    private int[] wide = NO_TEXT;

    private int at;
    private int end;
    private boolean ended;
    private int index;
    private int documentIndex;
    private int line;
    private int column;

    /** Texts of the blocks taken out, in their order. */
    private final Deque<String> blocks = new ArrayDeque<>();

    YamlCharacters(Reader source) {
        super(source);
        this.source = source;
    }

    private boolean isWide() {
        return wide.length > 0;
    }

    @Override
    public int peek() {
        return peek(0);
    }

    @Override
    public int peek(int ahead) {
        int place = at + ahead;
        if (place >= end) {
            if (!available(ahead + 1)) {
                return 0;
            }
            place = at + ahead;
        }
        return isWide() ? wide[place] : window[place];
    }

    @Override
    public void forward() {
        if ((at < end || available(1)) && peek() == '|') {
            takeBlock();
        }
        step();
    }

    private void step() {
        if (at < end || available(1)) {
            int c = peek();
            at++;
            index++;
            documentIndex++;
            if (Constant.LINEBR.has(c) || c == '\r' && available(1) && peek() != '\n') {
                line++;
                column = 0;
            } else if (c != 0xFEFF) {
                column++;
            }
        }
    }

    @Override
    public void forward(int length) {
        for (int i = 0; i < length; i++) {
            step();
        }
    }

    @Override
    public String prefix(int length) {
        available(length);
        int there = Math.min(length, end - at);
        return isWide() ? new String(wide, at, there) : new String(window, at, there);
    }

    /** As in SnakeYAML, only for text without line ends. */
    @Override
    public String prefixForward(int length) {
        String prefix = prefix(length);
        at = Math.min(at + length, end);
        index += length;
        documentIndex += length;
        column += length;
        return prefix;
    }

    /** What SnakeYAML sees of a block that was taken out; {@link TextSource} leaves no such character in a text. */
    static boolean standsForBlock(String literal) {
        return !literal.isEmpty() && literal.charAt(0) == BLOCK;
    }

    /** The text of the next block that was taken out. */
    String nextBlock() {
        return blocks.remove();
    }

    /**
     * Takes out the block scalar whose {@code |} is the next character, if it is of the plainest kind: its lines begin below,
     * surely deeper than the collection it is in, end in line feeds, and end before the text does.
     */
    private void takeBlock() {
        int deepest = isWide() ? -1 : deepestCollection();
        boolean strip = peek(1) == '-';
        int header = strip ? 2 : 1;
        if (deepest < 0 || peek(header) != '\n') {
            return;
        }
        int first = header + 1;
        int indent = spaces(first, Integer.MAX_VALUE);
        if (indent <= deepest || isBreak(peek(first + indent))) {
            return;
        }
        StringBuilder text = new StringBuilder();
        int next = first;
        int blockEnd = first;
        int lines = 0;
        int waiting = 0;
        while (true) {
            int blank = spaces(next, indent);
            int c = peek(next + blank);
            if (blank < indent && !isBreak(c)) {
                break;
            }
            int lineEnd = lineEnd(next + blank);
            if (lineEnd < 0) {
                return;
            }
            waiting++;
            if (lineEnd > next + blank) {
                text.append("\n".repeat(lines == 0 ? 0 : waiting))
                        .append(window, at + next + blank, lineEnd - next - blank);
                lines += waiting;
                waiting = 0;
                blockEnd = lineEnd + 1;
            }
            next = lineEnd + 1;
        }
        if (isWide()) {
            return;
        }
        blocks.add(strip ? text.toString() : text.append('\n').toString());
        show(header, indent, blockEnd, lines);
    }

    /** Puts the indicator, its line and one of a single character right before the end of the block. */
    private void show(int header, int indent, int blockEnd, int lines) {
        int from = at + blockEnd - 1 - 1 - indent - 1 - header;
        System.arraycopy(window, at, window, from, header + 1);
        Arrays.fill(window, from + header + 1, from + header + 1 + indent, ' ');
        window[at + blockEnd - 2] = BLOCK;
        int skipped = from - at;
        at = from;
        index += skipped;
        documentIndex += skipped;
        line += lines - 1;
    }

    /**
     * The last column at which a collection that is open on this line can have begun; -1 if the line is not plainly that of
     * a key's or an item's value.
     */
    private int deepestCollection() {
        int begin = at - column;
        if (column < 2 || begin < 0 || window[at - 1] != ' ' || window[at - 2] != ':' && window[at - 2] != '-') {
            return -1;
        }
        int deepest = -1;
        for (int place = begin; place < at; place++) {
            char c = window[place];
            if (c == '?' || c == '#' || c == '%') {
                return -1;
            }
            if (deepest < 0 && c != ' ' && !(c == '-' && window[place + 1] == ' ')) {
                deepest = place - begin;
            }
        }
        return deepest < 0 ? column : deepest;
    }

    private int spaces(int from, int most) {
        int spaces = 0;
        while (spaces < most && peek(from + spaces) == ' ') {
            spaces++;
        }
        return spaces;
    }

    private static boolean isBreak(int c) {
        return c == 0 || Constant.LINEBR.has(c) || c == '\r';
    }

    /** Where the line feed stands, from here; -1 if the text ends before, or the line has another kind of end. */
    private int lineEnd(int from) {
        int ahead = from;
        while (true) {
            if (at + ahead >= end && !available(ahead + 1) || isWide()) {
                return -1;
            }
            int stop = end - at;
            while (ahead < stop) {
                char c = window[at + ahead];
                if (c == '\n') {
                    return ahead;
                }
                if (c > '~' && (c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xFEFF) || c == '\r') {
                    return -1;
                }
                ahead++;
            }
        }
    }

    private boolean available(int length) {
        while (end - at < length && !ended) {
            load();
        }
        return end - at >= length;
    }

    private void load() {
        try {
            int read = source.read(chunk, 0, CHUNK);
            if (read > 0 && Character.isHighSurrogate(chunk[read - 1])) {
                read += Math.max(source.read(chunk, read, 1), 0);
            }
            ended = read < 0;
            if (read > 0) {
                if (!isWide() && hasHalves(read)) {
                    widen();
                }
                makeRoom();
                keep(read);
            }
        } catch (IOException failure) {
            throw new YAMLException(failure);
        }
    }

    private boolean hasHalves(int read) {
        for (int i = 0; i < read; i++) {
            if (Character.isSurrogate(chunk[i])) {
                return true;
            }
        }
        return false;
    }

    private void widen() {
        wide = new int[window.length];
        for (int i = at; i < end; i++) {
            wide[i] = window[i];
        }
        window = new char[0];
    }

    /** Moves to the front what is not yet scanned, to an array twice as long where it fills the half of this one. */
    private void makeRoom() {
        int length = isWide() ? wide.length : window.length;
        if (length - end >= chunk.length) {
            return;
        }
        int longer = at > length / 2 ? length : 2 * length;
        if (isWide()) {
            int[] target = longer == length ? wide : new int[longer];
            System.arraycopy(wide, at, target, 0, end - at);
            wide = target;
        } else {
            char[] target = longer == length ? window : new char[longer];
            System.arraycopy(window, at, target, 0, end - at);
            window = target;
        }
        end -= at;
        at = 0;
    }

    private void keep(int read) {
        if (!isWide()) {
            System.arraycopy(chunk, 0, window, end, read);
            end += read;
            return;
        }
        for (int i = 0; i < read; end++) {
            int c = Character.codePointAt(chunk, i, read);
            wide[end] = c;
            i += Character.charCount(c);
        }
    }

    @Override
    public Mark getMark() {
        return new Mark("", index, line, column, NO_TEXT, 0);
    }

    @Override
    public int getIndex() {
        return index;
    }

    @Override
    public int getDocumentIndex() {
        return documentIndex;
    }

    @Override
    public void resetDocumentIndex() {
        documentIndex = 0;
    }

    @Override
    public int getLine() {
        return line;
    }

    @Override
    public int getColumn() {
        return column;
    }
}
