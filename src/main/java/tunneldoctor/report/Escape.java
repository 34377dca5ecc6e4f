package tunneldoctor.report;

import java.util.Locale;

/**
 * Makes hostile text harmless before it is shown. A name or a line of evidence may hold terminal control sequences,
 * characters that turn the reading direction round, or characters nobody sees; all of them are shown by an escape:
 * <pre>
 * web\n^[[31mred &#92;u{202e}gpj.exe
 * </pre>
 * A backslash stays as it is, so an escape is for the eye and cannot be read back; the JSON report is exact.
 */
public final class Escape {
    private static final String ELLIPSIS = "…";

    private Escape() {}

    /** The text on one line, every character visible. */
    public static String line(String text) {
        return line(text, Integer.MAX_VALUE);
    }

    /**
     * The text on one line, every character visible, cut with an ellipsis where it is longer.
     *
     * @param width most characters of the result, at least 1; an escape is never cut in two
     */
    public static String line(String text, int width) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), 256));
        int room = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            append(shown, c);
            if (shown.length() > width) {
                shown.setLength(room);
                return shown.append(ELLIPSIS).toString();
            }
            if (shown.length() < width) {
                room = shown.length();
            }
        }
        return shown.toString();
    }

    /**
     * A command, changed only where it would do something to the terminal. The model quotes what goes into a command, so
     * nothing is changed in practice; if that fails, a line break must still not become a second command when pasted.
     */
    static String command(String command) {
        StringBuilder shown = new StringBuilder(command.length());
        for (int i = 0; i < command.length(); ) {
            int c = command.codePointAt(i);
            if (actsOnTerminal(c)) {
                append(shown, c);
            } else {
                shown.appendCodePoint(c);
            }
            i += Character.charCount(c);
        }
        return shown.toString();
    }

    /**
     * A JSON text with the same meaning in which every character is visible. JSON itself only demands escapes below
     * U+0020, but the report is read on terminals too.
     *
     * @param json valid JSON; outside its strings it holds nothing but ASCII
     */
    static String json(String json) {
        StringBuilder shown = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); ) {
            int c = json.codePointAt(i);
            int length = Character.charCount(c);
            if (c != '\n' && invisible(c)) {
                for (int k = i; k < i + length; k++) {
                    shown.append(String.format(Locale.ROOT, "\\u%04x", (int) json.charAt(k)));
                }
            } else {
                shown.appendCodePoint(c);
            }
            i += length;
        }
        return shown.toString();
    }

    private static void append(StringBuilder shown, int c) {
        if (c == '\n') {
            shown.append("\\n");
        } else if (c == '\r') {
            shown.append("\\r");
        } else if (c == '\t') {
            // Listings align with tabs; the place of the column says nothing, the escape would only hide the words.
            shown.append(' ');
        } else if (c < ' ' || c == 0x7f) {
            shown.append('^').append((char) (c ^ 0x40));
        } else if (invisible(c)) {
            shown.append("\\u{").append(Integer.toHexString(c)).append('}');
        } else {
            shown.appendCodePoint(c);
        }
    }

    private static boolean actsOnTerminal(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static boolean invisible(int c) {
        if (c < 0x7f) {
            return c < ' ';
        }
        return actsOnTerminal(c)
                || Character.getType(c) == Character.SPACE_SEPARATOR
                || Character.getType(c) == Character.PRIVATE_USE
                || ignorable(c);
    }

    /** Default_Ignorable_Code_Point of Unicode as far as no general category tells, and the braille blank. */
    private static boolean ignorable(int c) {
        return c == 0x034f
                || c == 0x115f
                || c == 0x1160
                || c == 0x17b4
                || c == 0x17b5
                || c >= 0x180b && c <= 0x180f
                || c == 0x2065
                || c == 0x2800
                || c == 0x3164
                || c >= 0xfe00 && c <= 0xfe0f
                || c == 0xffa0
                || c >= 0xfff0 && c <= 0xfff8
                || c >= 0xe0000 && c <= 0xe0fff;
    }
}
