package tunneldoctor.redact;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;

/**
 * Cuts a line of any text into what is replaced and what stays. It knows shapes (addresses, identifiers, numbers, times)
 * and the words of {@link KnownWords}; every other word is replaced, alone or as a part of a name.
 * <pre>
 * -A INPUT -s 10.224.0.4/32 -p tcp -m comment --comment "shop to web" -j ACCEPT
 *             ^^^^^^^^^^ address                          ^^^^    ^^^ words
 * </pre>
 */
final class Pieces {
    /** What kind of thing is replaced. */
    enum Kind {
        WORD,
        ADDRESS,
        /** An address backwards, as in {@code 4.0.224.10.in-addr.arpa}. */
        REVERSED_ADDRESS,
        ADDRESS_6,
        GUID,
        HARDWARE_ADDRESS
    }

    /** Takes the pieces that are replaced, from left to right. */
    interface Sink {
        /** @param to behind its last character */
        void piece(Kind kind, int from, int to);
    }

    private static final int GUID_LENGTH = 36;
    private static final int LONGEST_ADDRESS_6 = 45;
    private static final int HARDWARE_GROUPS = 6;

    /** A number this long in a name is an id, a shorter one counts. */
    private static final int ID_DIGITS = 5;

    private static final int LONGEST_NAME = 512;
    private static final String ESCAPES = "nrtbfve0";
    private static final Set<String> NO_SECRETS = Set.of("true", "false", "null", "none");
    private static final List<String> SECRET_KEYS = List.of(
            "password",
            "passwd",
            "pwd",
            "secret",
            "token",
            "apikey",
            "accesskey",
            "accountkey",
            "credential",
            "signature",
            "sig");

    private final String line;
    private final KnownWords known;
    private final Sink sink;
    private int secretUntil;

    private Pieces(String line, KnownWords known, Sink sink) {
        this.line = line;
        this.known = known;
        this.sink = sink;
    }

    static void of(String line, KnownWords known, Sink sink) {
        new Pieces(line, known, sink).cut();
    }

    private void cut() {
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == '\\') {
                at = afterEscape(at);
            } else if (c == ':' && !wordAt(at - 1)) {
                at = Math.max(at + 1, address6(at));
            } else if (wordAt(at)) {
                at = token(at);
            } else {
                at++;
            }
        }
    }

    /** A text may have been written into a text several times over: {@code \\n} is still a line end. */
    private int afterEscape(int from) {
        int at = from;
        while (at < line.length() && line.charAt(at) == '\\') {
            at++;
        }
        if (at < line.length() && ESCAPES.indexOf(line.charAt(at)) >= 0) {
            return at + 1;
        }
        int digits = at == line.length() ? 0 : line.charAt(at) == 'u' ? 4 : line.charAt(at) == 'x' ? 2 : 0;
        int end = at + 1;
        while (digits > 0 && end < line.length() && end <= at + digits && hex(line.charAt(end))) {
            end++;
        }
        return digits > 0 && end == at + digits + 1 ? end : at;
    }

    /** @return behind what begins here */
    private int token(int from) {
        int end = address6(from);
        if (end < 0) {
            end = hardwareAddress(from);
        }
        if (end < 0) {
            end = quad(from);
        }
        if (end < 0) {
            end = guid(from);
        }
        if (end < 0) {
            end = date(from);
        }
        return end < 0 ? name(from) : end;
    }

    // Addresses and identifiers: each gives the place behind what it found, or -1.

    private int address6(int from) {
        int to = from;
        int colons = 0;
        while (to < line.length()
                && to - from <= LONGEST_ADDRESS_6
                && (hex(line.charAt(to)) || line.charAt(to) == ':' || line.charAt(to) == '.')) {
            colons += line.charAt(to) == ':' ? 1 : 0;
            to++;
        }
        // A colon or full stop behind an address ends a phrase.
        while (to - 1 > from
                && (line.charAt(to - 1) == ':' && line.charAt(to - 2) != ':' || line.charAt(to - 1) == '.')) {
            colons -= line.charAt(to - 1) == ':' ? 1 : 0;
            to--;
        }
        if (colons < 2
                || wordAt(to)
                || Addresses6.parse(line.substring(from, to)).isEmpty()) {
            return -1;
        }
        sink.piece(Kind.ADDRESS_6, from, to);
        return to;
    }

    private int hardwareAddress(int from) {
        int to = from;
        char separator = 0;
        for (int group = 0; group < HARDWARE_GROUPS; group++) {
            boolean digits = to + 1 < line.length() && hex(line.charAt(to)) && hex(line.charAt(to + 1));
            if (!digits) {
                return -1;
            }
            to += 2;
            if (group < HARDWARE_GROUPS - 1) {
                char c = to < line.length() ? line.charAt(to) : 0;
                if (c != ':' && c != '-' || separator != 0 && c != separator) {
                    return -1;
                }
                separator = c;
                to++;
            }
        }
        boolean longer = wordAt(to) || to + 1 < line.length() && line.charAt(to) == separator && wordAt(to + 1);
        if (longer) {
            return -1;
        }
        sink.piece(Kind.HARDWARE_ADDRESS, from, to);
        return to;
    }

    private int quad(int from) {
        int to = quadEnd(from);
        if (to < 0) {
            return -1;
        }
        boolean reversed = line.regionMatches(true, to, ".in-addr.arpa", 0, ".in-addr.arpa".length());
        sink.piece(reversed ? Kind.REVERSED_ADDRESS : Kind.ADDRESS, from, to);
        return to;
    }

    /** Four numbers with points between them, or with hyphens as in host names made of addresses. */
    private int quadEnd(int from) {
        int to = from;
        char separator = 0;
        for (int part = 0; part < 4; part++) {
            int value = 0;
            int digits = 0;
            while (to < line.length() && digits <= 3 && digit(line.charAt(to))) {
                value = value * 10 + line.charAt(to) - '0';
                digits++;
                to++;
            }
            if (digits == 0 || digits > 3 || value > 255) {
                return -1;
            }
            if (part < 3) {
                char c = to < line.length() ? line.charAt(to) : 0;
                if (c != '.' && c != '-' || separator != 0 && c != separator) {
                    return -1;
                }
                separator = c;
                to++;
            }
        }
        boolean version =
                separator == '.' && to + 1 < line.length() && line.charAt(to) == '.' && digit(line.charAt(to + 1));
        return wordAt(to) || version ? -1 : to;
    }

    private int guid(int from) {
        int to = from + GUID_LENGTH;
        if (to > line.length() || wordAt(to)) {
            return -1;
        }
        for (int i = 0; i < GUID_LENGTH; i++) {
            boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
            char c = line.charAt(from + i);
            if (hyphen ? c != '-' : !hex(c)) {
                return -1;
            }
        }
        sink.piece(Kind.GUID, from, to);
        return to;
    }

    /** {@code 2026-11-22}, and the time that follows a {@code T}. */
    private int date(int from) {
        String shape = "0000-00-00";
        for (int i = 0; i < shape.length(); i++) {
            int at = from + i;
            if (at >= line.length() || (shape.charAt(i) == '0' ? !digit(line.charAt(at)) : line.charAt(at) != '-')) {
                return -1;
            }
        }
        int to = from + shape.length();
        if (to < line.length() && (line.charAt(to) == 'T' || line.charAt(to) == 't')) {
            int end = to + 1;
            while (end < line.length() && (digit(line.charAt(end)) || ":.+-Zz".indexOf(line.charAt(end)) >= 0)) {
                end++;
            }
            to = end > to + 1 ? end : to;
        }
        return wordAt(to) ? -1 : to;
    }

    // Words and names.

    /** A run of words joined by points, hyphens and underscores. */
    private int name(int from) {
        List<int[]> words = new ArrayList<>();
        int at = from;
        int to = from;
        while (wordAt(at)) {
            int end = at;
            while (wordAt(end)) {
                end++;
            }
            words.add(new int[] {at, end});
            to = end;
            while (end < line.length() && joins(line.charAt(end))) {
                end++;
            }
            at = end;
            if (at > to && wordAt(at) && (quadEnd(at) >= 0 || to - from > LONGEST_NAME)) {
                break;
            }
        }
        if (from < secretUntil) {
            secret(words);
        } else {
            decide(from, to, words);
            secretUntil = Math.max(secretUntil, secretBehind(from, to));
        }
        return to;
    }

    private void secret(List<int[]> words) {
        for (int[] word : words) {
            if (!NO_SECRETS.contains(lower(word[0], word[1]))) {
                replace(word);
            }
        }
    }

    /** Where the value of a key that names a secret ends; 0 if this is none. */
    private int secretBehind(int from, int to) {
        String key = lower(from, to);
        boolean scheme = key.equals("bearer") || key.equals("basic");
        if (!scheme && SECRET_KEYS.stream().noneMatch(key::endsWith)) {
            return 0;
        }
        int at = skip(to, "\"' \\");
        boolean assigned = at < line.length() && (line.charAt(at) == '=' || line.charAt(at) == ':');
        if (!scheme && !assigned) {
            return 0;
        }
        int end = skip(assigned ? at + 1 : at, "\"' \\");
        while (end < line.length() && " \t\"'&;,".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    private int skip(int from, String characters) {
        int at = from;
        while (at < line.length() && characters.indexOf(line.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    private void decide(int from, int to, List<int[]> words) {
        String name = lower(from, to);
        if (known.contains(name) || words.stream().allMatch(this::counts)) {
            return;
        }
        if (words.size() == 1) {
            word(words.get(0));
        } else if (known.isFormula(name)) {
            return;
        } else if (isOfAks(words)) {
            words.forEach(this::unlessKnown);
        } else if (isVersion(words)) {
            words.stream().filter(word -> !counts(word)).forEach(this::word);
        } else if (isTagOfRegion(words) || isPath(from, to, words)) {
            return;
        } else {
            Optional<Integer> domain = known.domain(name);
            if (domain.isPresent()) {
                host(words.stream().filter(w -> w[1] <= from + domain.get()).toList());
            } else {
                afterPrefix(from, words);
            }
        }
    }

    private void word(int[] word) {
        String text = lower(word[0], word[1]);
        boolean stays = text.length() == 1
                || known.contains(text)
                || counts(word)
                || measures(text)
                || repeats(text)
                || instance(text)
                || known.isInterface(text)
                || wildcardBehind(word[1]) && known.beginsInterface(text);
        if (!stays) {
            replace(word);
        }
    }

    /** {@code aks-nodepool1-12345678-vmss000001} and its like. */
    private boolean isOfAks(List<int[]> words) {
        return lower(words.get(0)).equals("aks")
                && words.stream().anyMatch(word -> counts(word) && word[1] - word[0] >= ID_DIGITS);
    }

    private void unlessKnown(int[] word) {
        if (counts(word)) {
            number(word);
        } else {
            word(word);
        }
    }

    private boolean isVersion(List<int[]> words) {
        String first = lower(words.get(0));
        boolean begins = counts(words.get(0)) || first.length() > 1 && first.startsWith("v") && digits(first, 1);
        return begins && counts(words.get(1)) && line.charAt(words.get(0)[1]) == '.';
    }

    /** {@code AzureCloud.WestEurope}. */
    private boolean isTagOfRegion(List<int[]> words) {
        return words.size() == 2
                && line.charAt(words.get(0)[1]) == '.'
                && known.isRegion(lower(words.get(1)))
                && known.contains(lower(words.get(0)));
    }

    /** {@code properties.networkProfile.outboundType}. */
    private boolean isPath(int from, int to, List<int[]> words) {
        for (int at = from; at < to; at++) {
            if (joins(line.charAt(at)) && line.charAt(at) != '.') {
                return false;
            }
        }
        return words.stream().allMatch(word -> known.contains(lower(word)));
    }

    /** The part of a host's name before a public domain. */
    private void host(List<int[]> words) {
        List<int[]> own = words.stream()
                .filter(word -> !known.isServiceLabel(lower(word)) && !known.isRegion(lower(word)))
                .toList();
        own.forEach(word -> {
            if (counts(word)) {
                number(word);
            } else if (word[1] - word[0] > 1) {
                replace(word);
            }
        });
    }

    /** What begins as a known product's names do keeps that, so that it is still known for one. */
    private void afterPrefix(int from, List<int[]> words) {
        for (int kept = words.size() - 1; kept > 0; kept--) {
            String prefix = lower(from, words.get(kept - 1)[1]);
            if (known.isProduct(prefix)) {
                words.subList(kept, words.size()).forEach(this::unlessKnown);
                return;
            }
            if (kept > 1 && known.contains(prefix)) {
                named(words.subList(kept, words.size()));
                return;
            }
        }
        named(words);
    }

    /** Words of a name: those that only say what is named may stay, if others go. */
    private void named(List<int[]> words) {
        boolean tells = words.stream().anyMatch(word -> !says(word) && !counts(word) && word[1] - word[0] > 1);
        for (int[] word : words) {
            if (counts(word)) {
                number(word);
            } else if (word[1] - word[0] > 1 && (!tells || !says(word))) {
                replace(word);
            }
        }
    }

    private boolean says(int[] word) {
        String text = lower(word);
        return known.isHint(text) || known.isRegion(text) || instance(text);
    }

    private void number(int[] word) {
        if (word[1] - word[0] >= ID_DIGITS) {
            replace(word);
        }
    }

    private void replace(int[] word) {
        sink.piece(Kind.WORD, word[0], word[1]);
    }

    /** {@code vmss00000a}: the instance of a scale set, in base 36. */
    private static boolean instance(String word) {
        return word.startsWith("vmss") && (word.length() == 4 || word.length() == 10);
    }

    private boolean counts(int[] word) {
        for (int at = word[0]; at < word[1]; at++) {
            if (!digit(line.charAt(at))) {
                return false;
            }
        }
        return true;
    }

    /** {@code 4Gi}, {@code 100m}, {@code 6m10s}, {@code 0x8000}. */
    private boolean measures(String word) {
        if (word.startsWith("0x")) {
            return word.length() > 2
                    && word.length() <= 18
                    && word.chars().skip(2).allMatch(c -> hex((char) c));
        }
        int at = 0;
        while (at < word.length()) {
            int unit = at;
            while (unit < word.length() && digit(word.charAt(unit))) {
                unit++;
            }
            int end = unit;
            while (end < word.length() && !digit(word.charAt(end))) {
                end++;
            }
            if (unit == at || !known.isUnit(word.substring(unit, end))) {
                return false;
            }
            at = end;
        }
        return true;
    }

    /** As iptables writes it, and nft. */
    private boolean wildcardBehind(int at) {
        return at < line.length() && (line.charAt(at) == '+' || line.charAt(at) == '*');
    }

    /** {@code x3}: how often an event was seen. */
    private static boolean repeats(String word) {
        return word.charAt(0) == 'x' && word.length() > 1 && word.length() <= 7 && digits(word, 1);
    }

    private static boolean digits(String text, int from) {
        return text.chars().skip(from).allMatch(c -> digit((char) c));
    }

    private String lower(int[] word) {
        return lower(word[0], word[1]);
    }

    private String lower(int from, int to) {
        return Words.lower(line.substring(from, to));
    }

    private boolean wordAt(int at) {
        if (at < 0 || at >= line.length()) {
            return false;
        }
        char c = line.charAt(at);
        return c < 128
                ? c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                : Character.isLetterOrDigit(c) || Character.isSurrogate(c);
    }

    private static boolean joins(char c) {
        return c == '.' || c == '-' || c == '_';
    }

    static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean hex(char c) {
        return digit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }

    /** The dotted quad of an address piece as a number. */
    static long quadValue(String text) {
        return AddressSet.parseAddress(text.replace('-', '.').toLowerCase(Locale.ROOT))
                .orElseThrow();
    }
}
