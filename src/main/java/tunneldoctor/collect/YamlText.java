package tunneldoctor.collect;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tunneldoctor.model.Tree;

/**
 * Prints YAML that any YAML 1.1 or 1.2 reader takes the same way: texts are in double quotes unless they are plain words,
 * and what commands printed stands in literal blocks, as it was printed, wherever YAML can hold it so.
 */
final class YamlText {
    private static final String INDENT = "  ";

    /** Implicit keys may not be longer (YAML 1.1, 7.4). */
    private static final int LONGEST_KEY = 900;

    private static final Pattern WORD = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./ -]*(?<! )");
    private static final Pattern NUMBER =
            Pattern.compile("-?(?:0|[1-9][0-9]{0,30})(?:\\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?");
    private static final Set<String> NOT_TEXTS =
            Set.of("true", "false", "yes", "no", "on", "off", "null", "y", "n", "~", ".nan", ".inf", "_", ".");

    private final Consumer<CharSequence> out;

    YamlText(Consumer<CharSequence> out) {
        this.out = out;
    }

    void key(int depth, String key) {
        indent(depth);
        afterIndent(key, depth);
    }

    private void afterIndent(String key, int depth) {
        if (key.length() > LONGEST_KEY) {
            out.accept("? ");
            quoted(key);
            lineEnd();
            indent(depth);
            out.accept(":");
        } else {
            word(key);
            out.accept(":");
        }
    }

    void lineEnd() {
        out.accept("\n");
    }

    /** Begins an item of a list; what follows stands on its line. */
    void item(int depth) {
        indent(depth);
        out.accept("- ");
    }

    void entry(int depth, String key, String value) {
        indent(depth);
        firstEntry(key, value);
    }

    void firstEntry(String key, String value) {
        word(key);
        out.accept(": ");
        word(value);
        lineEnd();
    }

    void list(String key, List<? extends Tree> items) {
        if (!items.isEmpty()) {
            key(0, key);
            tree(0, new Tree.Sequence(List.copyOf(items), 0));
        }
    }

    /** A value, after the key or dash it belongs to; ends its last line. */
    void tree(int depth, Tree tree) {
        if (tree instanceof Tree.Mapping mapping && !mapping.entries().isEmpty()) {
            lineEnd();
            entries(depth + 1, mapping, false);
        } else if (tree instanceof Tree.Sequence sequence && !sequence.items().isEmpty()) {
            lineEnd();
            sequence.items().forEach(each -> item(depth + 1, each));
        } else {
            out.accept(" ");
            scalar(tree);
            lineEnd();
        }
    }

    private void item(int depth, Tree tree) {
        indent(depth);
        out.accept("-");
        if (tree instanceof Tree.Mapping mapping && !mapping.entries().isEmpty()) {
            out.accept(" ");
            entries(depth + 1, mapping, true);
        } else {
            tree(depth, tree);
        }
    }

    /** @param begun whether the first entry's line is indented already */
    private void entries(int depth, Tree.Mapping mapping, boolean begun) {
        boolean first = begun;
        for (var entry : mapping.entries().entrySet()) {
            if (!first) {
                indent(depth);
            }
            first = false;
            afterIndent(entry.getKey(), depth);
            tree(depth, entry.getValue());
        }
    }

    private void scalar(Tree tree) {
        if (tree instanceof Tree.Mapping) {
            out.accept("{}");
        } else if (tree instanceof Tree.Sequence) {
            out.accept("[]");
        } else if (tree instanceof Tree.Scalar scalar) {
            boolean bare = !scalar.quoted()
                    && (scalar.text().equals("true")
                            || scalar.text().equals("false")
                            || NUMBER.matcher(scalar.text()).matches());
            if (bare) {
                out.accept(scalar.text());
            } else if (scalar.quoted()) {
                quoted(scalar.text());
            } else {
                word(scalar.text());
            }
        } else {
            out.accept("null");
        }
    }

    /** A text, without quotes where every reader takes it for one. */
    private void word(String text) {
        if (text.length() <= LONGEST_KEY
                && WORD.matcher(text).matches()
                && !NOT_TEXTS.contains(text.toLowerCase(java.util.Locale.ROOT))) {
            out.accept(text);
        } else {
            quoted(text);
        }
    }

    /** A text of many lines, after its key. */
    void block(int depth, String text) {
        if (text.isBlank() || !printable(text)) {
            out.accept(" ");
            quoted(text);
            lineEnd();
            return;
        }
        // Without the digit, a first line that begins with a blank would set the indentation.
        char first = text.charAt(0);
        out.accept(first == ' ' || first == '\t' || first == '\n' ? " |2" : " |");
        if (!text.endsWith("\n")) {
            out.accept("-");
        } else if (text.endsWith("\n\n")) {
            out.accept("+");
        }
        lineEnd();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            int stop = end < 0 ? text.length() : end;
            if (stop > at) {
                indent(depth + 1);
                out.accept(text.substring(at, stop));
            }
            lineEnd();
            at = stop + 1;
        }
    }

    private static boolean printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\n' && escaped(text, i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a character cannot stand for itself: YAML forbids it, or takes it for the end of a line. */
    private static boolean escaped(String text, int at) {
        char c = text.charAt(at);
        if (c >= ' ' && c <= '~' || c == '\t') {
            return false;
        }
        if (Character.isSurrogate(c)) {
            return Character.isHighSurrogate(c)
                    ? at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))
                    : at == 0 || !Character.isHighSurrogate(text.charAt(at - 1));
        }
        return c < 0xA0 || c == 0x2028 || c == 0x2029 || c == 0xFEFF || c >= 0xFFFE;
    }

    private void quoted(String text) {
        StringBuilder line = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\t' -> line.append("\\t");
                case '\r' -> line.append("\\r");
                default -> {
                    if (Character.isSurrogate(c) && escaped(text, i)) {
                        line.append('\uFFFD');
                    } else if (escaped(text, i)) {
                        line.append(String.format("\\u%04x", (int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        out.accept(line.append('"'));
    }

    private void indent(int depth) {
        for (int i = 0; i < depth; i++) {
            out.accept(INDENT);
        }
    }
}
