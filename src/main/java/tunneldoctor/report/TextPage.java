package tunneldoctor.report;

import java.util.List;
import java.util.StringJoiner;
import tunneldoctor.model.SourceRef;

/**
 * A page of text under construction: folding, cutting, colors and escaping, the same for every report.
 *
 * <p>A command stands on a line of its own with nothing but blanks before it, whole and never folded, so that it can be
 * copied from the terminal.
 */
abstract class TextPage {
    /** What fits a screen: of a list of nodes, evidence or problems, this many are shown. */
    static final int SHOWN = 5;

    /** A sentence longer than this holds more of the evidence than a reader wants in a sentence. */
    private static final int LONGEST_SENTENCE = 400;

    /** The end of an error often says most, so evidence may take two or three rows of a terminal. */
    private static final int LONGEST_EVIDENCE = 240;

    static final String DETAILS = " (--verbose)";

    final TextReport.Options options;
    private final StringBuilder page = new StringBuilder();

    TextPage(TextReport.Options options) {
        this.options = options;
    }

    final String page() {
        return page.toString();
    }

    static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    final void evidence(String start, SourceRef source) {
        String text = source.text().isEmpty() ? place(source) : place(source) + ": " + source.text();
        line(start + evidenceText(text));
    }

    static String place(SourceRef source) {
        return source.line() > 0 ? source.document() + " line " + source.line() : source.document();
    }

    final String some(List<String> items, String separator) {
        int shown = shown(items.size(), SHOWN);
        StringJoiner text = new StringJoiner(separator);
        items.subList(0, shown).forEach(entry -> text.add(item(entry)));
        return shown == items.size() ? text.toString() : text + " … and " + (items.size() - shown) + " more" + DETAILS;
    }

    final int shown(int size, int atMost) {
        // One line that says "1 more" would take the room of the one left out.
        return options.verbose() || size <= atMost + 1 ? size : atMost;
    }

    final void more(String indent, int hidden) {
        if (hidden > 0) {
            line(indent + "… and " + hidden + " more" + DETAILS);
        }
    }

    final void command(String indent, String command) {
        line(indent + Escape.command(command));
    }

    final String item(String text) {
        return cut(text, options.width());
    }

    final String evidenceText(String text) {
        return cut(text, LONGEST_EVIDENCE);
    }

    final String sentence(String text) {
        return cut(text, LONGEST_SENTENCE);
    }

    final String cut(String text, int width) {
        return options.verbose() ? Escape.line(text) : Escape.line(text, width);
    }

    final void prose(String start, String indent, String text) {
        fold(start, indent, sentence(text));
    }

    /**
     * Folds a text at blanks.
     *
     * @param text already escaped
     */
    final void fold(String start, String indent, String text) {
        StringBuilder row = new StringBuilder(start);
        boolean empty = true;
        for (String word : text.split(" ", -1)) {
            if (!empty && row.length() + 1 + word.length() > options.width()) {
                line(row.toString());
                row = new StringBuilder(indent);
                empty = true;
            }
            if (!empty) {
                row.append(' ');
            }
            row.append(word);
            empty = false;
        }
        line(row.toString());
    }

    final void line(String text) {
        page.append(text).append('\n');
    }

    final String paint(Ink ink, String text) {
        return options.color() ? ink.on + text + "\u001b[0m" : text;
    }

    enum Ink {
        BOLD("\u001b[1m"),
        DIM("\u001b[2m"),
        RED("\u001b[31m"),
        GREEN("\u001b[32m"),
        YELLOW("\u001b[33m");

        private final String on;

        Ink(String on) {
            this.on = on;
        }
    }
}
