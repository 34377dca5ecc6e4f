package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Splits the text of nftables: words, quoted strings, groups in braces, lists of set elements. */
final class NftWords {
    /** Stands behind a port, in hexadecimal, of which nft cannot tell that it is one. */
    private static final String OF_NO_TYPE = "[invalid type]";

    private NftWords() {}

    /** Words; a quoted string is one, with both its quotes, and so is a whole {@code { … }} group. */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        int i = 0;
        while (i < line.length()) {
            char c = line.charAt(i);
            if (c == ' ' || c == '\t') {
                i++;
                continue;
            }
            if (c == '[' && line.startsWith(OF_NO_TYPE, i)) {
                i += OF_NO_TYPE.length();
                continue;
            }
            int end = i;
            if (c == '{') {
                end = closing(line, i);
            } else {
                while (end < line.length() && line.charAt(end) != ' ' && line.charAt(end) != '\t') {
                    end = line.charAt(end) == '"' ? quoteEnd(line, end) : end + 1;
                }
            }
            words.add(line.substring(i, end));
            i = end;
        }
        return words;
    }

    /** Behind the brace that closes the one at {@code open}; the line's end if none does. */
    private static int closing(String line, int open) {
        int depth = 0;
        int i = open;
        while (i < line.length()) {
            char c = line.charAt(i);
            if (c == '"') {
                i = quoteEnd(line, i);
                continue;
            }
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            i++;
            if (depth == 0) {
                break;
            }
        }
        return i;
    }

    /** Behind the quote that closes the one at {@code open}; the line's end if none does. nftables has no escapes. */
    private static int quoteEnd(String line, int open) {
        int close = line.indexOf('"', open + 1);
        return close < 0 ? line.length() : close + 1;
    }

    /** How many braces a line opens and does not close; negative if it closes more. */
    static int depth(String line) {
        int depth = 0;
        int i = 0;
        while (i < line.length()) {
            char c = line.charAt(i);
            if (c == '"') {
                i = quoteEnd(line, i);
                continue;
            }
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            i++;
        }
        return depth;
    }

    static boolean quoted(String word) {
        return word.length() >= 2 && word.startsWith("\"") && word.endsWith("\"");
    }

    static String unquoted(String word) {
        return quoted(word) ? word.substring(1, word.length() - 1) : word;
    }

    /**
     * The elements of {@code 10.0.0.1 . 22 counter packets 0 bytes 0 comment "a" : jump x, …}.
     *
     * @return empty if an element holds something else, or expires
     */
    static Optional<NftSet> elements(String list) {
        List<NftSet.Element> elements = new ArrayList<>();
        List<String> element = new ArrayList<>();
        for (String word : split(list.replace("\n", " ").replace("\t", " "))) {
            boolean last = word.endsWith(",") && !NftWords.quoted(word);
            String part = last ? word.substring(0, word.length() - 1) : word;
            if (!part.isEmpty()) {
                element.add(part);
            }
            if (last) {
                Optional<NftSet.Element> read = element(element);
                if (read.isEmpty()) {
                    return Optional.empty();
                }
                elements.add(read.get());
                element.clear();
            }
        }
        if (!element.isEmpty()) {
            Optional<NftSet.Element> read = element(element);
            if (read.isEmpty()) {
                return Optional.empty();
            }
            elements.add(read.get());
        }
        boolean maps = elements.stream().anyMatch(one -> !one.verdict().isEmpty());
        boolean sets = elements.stream().anyMatch(one -> one.verdict().isEmpty());
        return maps && sets ? Optional.empty() : Optional.of(new NftSet(elements));
    }

    private static Optional<NftSet.Element> element(List<String> words) {
        List<String> keys = new ArrayList<>();
        int at = 0;
        boolean more = true;
        while (more) {
            if (at >= words.size()) {
                return Optional.empty();
            }
            keys.add(unquoted(words.get(at++)));
            more = at < words.size() && words.get(at).equals(".");
            at += more ? 1 : 0;
        }
        while (at < words.size() && !words.get(at).equals(":")) {
            switch (words.get(at)) {
                case "counter" ->
                    at += words.size() > at + 1 && words.get(at + 1).equals("packets") ? 5 : 1;
                case "comment" -> at += 2;
                default -> {
                    return Optional.empty();
                }
            }
        }
        if (at >= words.size()) {
            return Optional.of(new NftSet.Element(keys, ""));
        }
        String verdict = String.join(" ", words.subList(at + 1, words.size()));
        return verdict.isEmpty()
                ? Optional.empty()
                : Optional.of(new NftSet.Element(keys, NftRuleDraft.mapped(verdict)));
    }
}
