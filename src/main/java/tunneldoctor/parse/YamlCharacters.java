package tunneldoctor.parse;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;
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
    private static final int CHUNK = 1 << 13;
    private static final int[] NO_TEXT = new int[0];

    private final Reader source;
    /** One place more than is asked for: the second half of a character that ends a chunk. */
    private final char[] chunk = new char[CHUNK + 1];

    private int[] window = new int[2 * CHUNK];
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

    @Override
    public int peek() {
        return at < end || available(1) ? window[at] : 0;
    }

    @Override
    public int peek(int ahead) {
        return at + ahead < end || available(ahead + 1) ? window[at + ahead] : 0;
    }

    @Override
    public void forward() {
        forward(1);
    }

    @Override
    public void forward(int length) {
        for (int i = 0; i < length && (at < end || available(1)); i++) {
            int c = window[at];
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
    public String prefix(int length) {
        available(length);
        return new String(window, at, Math.min(length, end - at));
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
        if (window.length - end < chunk.length) {
            // Either makes at least half of the window free, so a character is moved only a few times.
            int[] target = at > window.length / 2 ? window : Arrays.copyOf(window, 2 * window.length);
            System.arraycopy(window, at, target, 0, end - at);
            window = target;
            end -= at;
            at = 0;
        }
        try {
            int read = source.read(chunk, 0, CHUNK);
            if (read > 0 && Character.isHighSurrogate(chunk[read - 1])) {
                read += Math.max(source.read(chunk, read, 1), 0);
            }
            ended = read < 0;
            for (int i = 0; i < read; end++) {
                int c = Character.codePointAt(chunk, i, read);
                window[end] = c;
                i += Character.charCount(c);
            }
        } catch (IOException failure) {
            throw new YAMLException(failure);
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
