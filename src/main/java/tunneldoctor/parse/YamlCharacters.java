package tunneldoctor.parse;

import java.io.IOException;
import java.io.Reader;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.scanner.Constant;

/**
 * The characters SnakeYAML scans, at a cost in proportion to their number. Its own reader copies all it has looked ahead
 * at every 1,024 characters, so that a text of one long line takes time with the square of its length.
 *
 * <p>Characters YAML does not allow are {@link TextSource}'s to find. Marks carry no text: messages quote none.
 */
final class YamlCharacters extends StreamReader {
    private static final int CHUNK = 1 << 14;
    private static final int[] NO_TEXT = new int[0];

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
        if (at < end || available(1)) {
            int c = peek();
            at++;
            index++;
            documentIndex++;
            if (Constant.LINEBR.has(c) || c == '\r' && peek() != '\n') {
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
            forward();
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
