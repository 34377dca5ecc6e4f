package tunneldoctor.redact;

import java.util.Locale;
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

    private static final int LONGEST_NAME = 512;
    private static final String ESCAPES = "nrtbfve0";
    private static final Set<String> NO_SECRETS = Set.of("true", "false", "null", "none");
    private final String line;
    private final Names names;
    private final Sink sink;
    private int secretUntil;

    private Pieces(String line, Names names, Sink sink) {
        this.line = line;
        this.names = names;
        this.sink = sink;
    }

    static void of(String line, Names names, Sink sink) {
        new Pieces(line, names, sink).cut();
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
        int at = from;
        int to = from;
        while (wordAt(at)) {
            to = wordEnd(at);
            at = to;
            while (at < line.length() && joins(line.charAt(at))) {
                at++;
            }
            if (at > to && wordAt(at) && (quadEnd(at) >= 0 || to - from > LONGEST_NAME)) {
                break;
            }
        }
        if (from < secretUntil) {
            secret(from, to);
        } else {
            Names.Decision decision = names.of(line.substring(from, to), wildcardBehind(to));
            for (int i = 0; i < decision.words(); i++) {
                sink.piece(Kind.WORD, from + decision.from(i), from + decision.to(i));
            }
            if (decision.secretKey() || decision.scheme()) {
                secretUntil = Math.max(secretUntil, secretBehind(to, decision.scheme()));
            }
        }
        return to;
    }

    private int wordEnd(int from) {
        int to = from;
        while (wordAt(to)) {
            to++;
        }
        return to;
    }

    private void secret(int from, int to) {
        for (int at = from; at < to; at++) {
            if (wordAt(at)) {
                int end = wordEnd(at);
                if (!NO_SECRETS.contains(Words.lower(line.substring(at, end)))) {
                    sink.piece(Kind.WORD, at, end);
                }
                at = end;
            }
        }
    }

    /**
     * Where the value of a key that names a secret ends, or of a scheme of authentication; 0 if this is none.
     *
     * @param to behind the key
     */
    private int secretBehind(int to, boolean scheme) {
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

    /** As iptables writes it, and nft. */
    private boolean wildcardBehind(int at) {
        return at < line.length() && (line.charAt(at) == '+' || line.charAt(at) == '*');
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

    static boolean joins(char c) {
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
