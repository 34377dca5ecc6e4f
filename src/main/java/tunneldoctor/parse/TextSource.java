package tunneldoctor.parse;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import tunneldoctor.parse.UnreadableFactsException.Fault;

/**
 * The characters of a facts file: UTF-8 with or without a byte order mark, or UTF-16 with one.
 *
 * <p>What is no text stops the reading there, so that documents before it are still read. Control characters, which a
 * coloured listing leaves behind and neither YAML nor JSON allows, are replaced by U+FFFD and their lines remembered.
 */
final class TextSource extends Reader {
    /** SnakeYAML looks ahead to the end of a line, and what it looks at is held in four bytes a character. */
    static final int LONGEST_YAML_LINE = 10_000_000;

    private static final int BUFFER = 1 << 16;
    private static final int LONGEST_MARK = 3;
    private static final int REMEMBERED_LINES = 1_000;
    private static final char REPLACEMENT = '\uFFFD';
    private static final String SAVE_AS_UTF8 = "A facts file is YAML or JSON text: save it as UTF-8.";

    private final InputStream in;
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER);
    private final CharBuffer chars = CharBuffer.allocate(BUFFER);
    private final Deque<Integer> controlLines = new ArrayDeque<>();
    private CharsetDecoder decoder = decoder(StandardCharsets.UTF_8);
    private Optional<Fault> fault = Optional.empty();
    private boolean faultReached;
    private boolean started;
    private boolean ended;
    private boolean yaml;
    private int line = 1;
    private int column;
    private boolean afterCarriageReturn;

    TextSource(InputStream in) {
        this.in = in;
        chars.limit(0);
    }

    /** What stopped the reading; empty as long as there is text before it. */
    Optional<Fault> fault() {
        return faultReached ? fault : Optional.empty();
    }

    /** Whether the text is meant as JSON: it begins with a brace and a quoted key. Nothing is consumed. */
    boolean looksLikeJson() throws IOException {
        if (!chars.hasRemaining()) {
            fill();
        }
        int brace = skipBlanks(chars.position());
        int key = skipBlanks(brace + 1);
        boolean json =
                key < chars.limit() && chars.get(brace) == '{' && (chars.get(key) == '"' || chars.get(key) == '}');
        // The first buffer is shorter than the longest line, so the limit is still to come.
        yaml = !json;
        return json;
    }

    private int skipBlanks(int from) {
        int at = from;
        while (at < chars.limit() && Character.isWhitespace(chars.get(at))) {
            at++;
        }
        return at;
    }

    /** Takes out the lines, up to and with the last one given, on which control characters were replaced. */
    Replaced replacedUpTo(int lastLine) {
        int lines = 0;
        int first = 0;
        while (!controlLines.isEmpty() && controlLines.getFirst() <= lastLine) {
            int at = controlLines.removeFirst();
            first = lines == 0 ? at : first;
            lines++;
        }
        return new Replaced(lines, first);
    }

    /**
     * Lines on which control characters were replaced.
     *
     * @param first 1-based; 0 if there are none
     */
    record Replaced(int lines, int first) {}

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!chars.hasRemaining() && !fill()) {
            return -1;
        }
        int read = Math.min(length, chars.remaining());
        chars.get(target, offset, read);
        return read;
    }

    /** @return false at the end of the text */
    private boolean fill() throws IOException {
        chars.clear();
        Optional<String> notText = Optional.empty();
        while (chars.position() == 0 && !ended && fault.isEmpty() && notText.isEmpty()) {
            notText = decode();
        }
        chars.flip();
        inspect();
        if (fault.isEmpty()) {
            fault = notText.map(message -> new Fault(line, column + 1, message, SAVE_AS_UTF8));
        }
        if (!chars.hasRemaining() && fault.isPresent()) {
            faultReached = true;
            throw new IOException("no text from here on");
        }
        return chars.hasRemaining();
    }

    /**
     * Decodes what one read gives. Both buffers have the same size and no byte gives more than one character, so it fits.
     *
     * @return what stopped the decoding
     */
    private Optional<String> decode() throws IOException {
        int read;
        do {
            read = in.read(bytes.array(), bytes.position(), bytes.remaining());
            bytes.position(bytes.position() + Math.max(read, 0));
        } while (read >= 0 && !started && bytes.position() < LONGEST_MARK);
        bytes.flip();
        if (!started) {
            started = true;
            chooseCharset();
        }
        ended = read < 0;
        CoderResult result = decoder.decode(bytes, chars, ended);
        boolean cut = ended && result.isError() && result.length() == bytes.remaining();
        bytes.compact();
        if (!result.isError()) {
            return Optional.empty();
        }
        return Optional.of(
                cut ? "the file ends in the middle of a character" : "this is not " + decoder.charset() + " text");
    }

    /** Counts lines, replaces control characters and cuts the buffer before what is no text. */
    private void inspect() {
        char[] text = chars.array();
        int end = chars.limit();
        int i = 0;
        while (i < end) {
            int run = i;
            while (i < end && text[i] >= ' ' && text[i] <= '~') {
                i++;
            }
            if (i > run) {
                column += i - run;
                afterCarriageReturn = false;
            } else if (!special(text, i++)) {
                return;
            }
            if (column > LONGEST_YAML_LINE && yaml) {
                int over = column - LONGEST_YAML_LINE;
                column = LONGEST_YAML_LINE + 1;
                stop(
                        i - over,
                        "this line is longer than " + LONGEST_YAML_LINE + " characters",
                        "Break it into several lines, or give the facts as JSON, which has no such limit.");
                return;
            }
        }
    }

    /** @return false if there is no text from here on */
    private boolean special(char[] text, int at) {
        char c = text[at];
        column++;
        if (c == '\n' || c == '\r') {
            line += c == '\n' && afterCarriageReturn ? 0 : 1;
            column = 0;
        } else if (c == 0) {
            stop(at, "this is not text: it holds the character NUL", SAVE_AS_UTF8);
            return false;
        } else if (!printable(c)) {
            text[at] = REPLACEMENT;
            rememberControl();
        }
        afterCarriageReturn = c == '\r';
        return true;
    }

    private void stop(int at, String message, String advice) {
        fault = Optional.of(new Fault(line, column, message, advice));
        chars.limit(at);
    }

    private void rememberControl() {
        if (controlLines.size() < REMEMBERED_LINES && (controlLines.isEmpty() || controlLines.getLast() != line)) {
            controlLines.addLast(line);
        }
    }

    /** Whether YAML 1.1 allows it unescaped. Halves of a character were paired by the decoder. */
    private static boolean printable(char c) {
        return c == '\t' || c == 0x85 || c >= 0xA0 && c < 0xFFFE;
    }

    @Override
    public void close() {
        // Whoever opened the stream closes it.
    }

    private void chooseCharset() {
        if (beginsWith(0xEF, 0xBB, 0xBF)) {
            bytes.position(3);
        } else if (beginsWith(0xFF, 0xFE)) {
            bytes.position(2);
            decoder = decoder(StandardCharsets.UTF_16LE);
        } else if (beginsWith(0xFE, 0xFF)) {
            bytes.position(2);
            decoder = decoder(StandardCharsets.UTF_16BE);
        }
    }

    private boolean beginsWith(int... mark) {
        boolean begins = bytes.limit() >= mark.length;
        for (int i = 0; begins && i < mark.length; i++) {
            begins = (bytes.get(i) & 0xFF) == mark[i];
        }
        return begins;
    }

    private static CharsetDecoder decoder(Charset charset) {
        return charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }
}
