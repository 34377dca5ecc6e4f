package tunneldoctor.parse;

import java.util.List;

/** Deciding fields of structured evidence on one line, of bounded length whatever the evidence holds. */
final class OneLine {
    private static final int MAX_NAME = 120;
    private static final int MAX_TEXT = 400;
    private static final int MAX_LISTED = 5;

    private OneLine() {}

    /** A name as part of a place. */
    static String name(String name) {
        return bounded(name, MAX_NAME);
    }

    static String text(String text) {
        return bounded(text, MAX_TEXT);
    }

    /** The first few entries and how many more; {@code ?} for none. */
    static String list(List<String> entries) {
        if (entries.isEmpty()) {
            return "?";
        }
        String shown = String.join(",", entries.subList(0, Math.min(MAX_LISTED, entries.size())));
        return entries.size() <= MAX_LISTED ? shown : shown + ",+" + (entries.size() - MAX_LISTED) + " more";
    }

    static String orUnknown(String text) {
        return text.isEmpty() ? "?" : text;
    }

    private static String bounded(String text, int limit) {
        String cut = text.length() <= limit ? text : text.substring(0, limit) + "…";
        StringBuilder line = new StringBuilder(cut.length());
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            line.append(c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
        }
        return line.toString();
    }
}
