package tunneldoctor.parse;

import java.util.List;
import java.util.Optional;
import tunneldoctor.model.Digits;

/**
 * What errors of kubectl and the API server say of where they dial, told letter by letter: regular expressions for it take a
 * fresh process longer than reading the symptoms does.
 */
final class ErrorWords {
    private static final List<String> DIALS = List.of("dial ", "marcar ");
    private static final List<String> NETWORKS = List.of("tcp ", "tcp4 ", "tcp6 ", "udp ");
    private static final int LONGEST_HOST = 253;
    private static final int LONGEST_LITERAL = 64;
    private static final int MOST_DIGITS = 5;

    private ErrorWords() {}

    /**
     * An address and a port.
     *
     * @param host a literal address, one of IPv6 in brackets
     * @param port digits, one to five
     */
    record Endpoint(String host, String port) {}

    /** As in {@code dial tcp 10.224.0.4:10250}, or in Spanish {@code marcar tcp}. */
    static Optional<Endpoint> dialled(String text) {
        for (int at = behindDial(text, 0); at >= 0; at = behindDial(text, at)) {
            for (String network : NETWORKS) {
                Optional<Endpoint> endpoint =
                        text.startsWith(network, at) ? endpoint(text, at + network.length()) : Optional.empty();
                if (endpoint.isPresent()) {
                    return endpoint;
                }
            }
        }
        return Optional.empty();
    }

    /** Where it goes on behind the next word for dialling; -1 if there is none. */
    private static int behindDial(String text, int from) {
        for (int at = from; at < text.length(); at++) {
            for (String dial : DIALS) {
                if (text.startsWith(dial, at)) {
                    return at + dial.length();
                }
            }
        }
        return -1;
    }

    /** As in {@code read tcp 10.0.0.1:443->10.224.0.4:10250}. */
    static Optional<Endpoint> readFrom(String text) {
        for (int at = text.indexOf("->"); at >= 0; at = text.indexOf("->", at + 1)) {
            Optional<Endpoint> endpoint = endpoint(text, at + "->".length());
            if (endpoint.isPresent()) {
                return endpoint;
            }
        }
        return Optional.empty();
    }

    private static Optional<Endpoint> endpoint(String text, int at) {
        int end = text.startsWith("[", at) ? endOfBracketed(text, at, true) : endOfIpv4(text, at);
        if (end < 0 || !text.startsWith(":", end)) {
            return Optional.empty();
        }
        int digits = Digits.from(text, end + 1);
        return digits >= 1 && digits <= MOST_DIGITS
                ? Optional.of(new Endpoint(text.substring(at, end), text.substring(end + 1, end + 1 + digits)))
                : Optional.empty();
    }

    static boolean isIpv4(String text) {
        return endOfIpv4(text, 0) == text.length();
    }

    private static int endOfIpv4(String text, int at) {
        int end = at;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && !text.startsWith(".", end)) {
                return -1;
            }
            end += part > 0 ? 1 : 0;
            int digits = Digits.from(text, end);
            if (digits < 1 || digits > 3) {
                return -1;
            }
            end += digits;
        }
        return end;
    }

    /** @param zoned whether the letters of a zone, as in {@code [fe80::1%eth0]}, may be in it */
    private static int endOfBracketed(String text, int at, boolean zoned) {
        int end = at + 1;
        while (end < text.length() && isOfIpv6(text.charAt(end), zoned)) {
            end++;
        }
        int length = end - at - 1;
        return text.startsWith("]", end) && length >= 2 && length <= LONGEST_LITERAL ? end + 1 : -1;
    }

    private static boolean isOfIpv6(char c, boolean zoned) {
        return Digits.is(c)
                || c >= 'a' && c <= (zoned ? 'z' : 'f')
                || c >= 'A' && c <= 'F'
                || c == ':'
                || c == '.'
                || zoned && c == '%';
    }

    /** The digits of the port dialled over TCP, whatever the host looks like. */
    static Optional<String> portDialled(String text) {
        for (int at = behindDial(text, 0); at >= 0; at = behindDial(text, at)) {
            Optional<String> port =
                    text.startsWith("tcp ", at) ? lastPort(text, at + "tcp ".length()) : Optional.empty();
            if (port.isPresent()) {
                return port;
            }
        }
        return Optional.empty();
    }

    /** The digits behind the last colon before a blank that has some. */
    private static Optional<String> lastPort(String text, int host) {
        int blank = text.indexOf(' ', host);
        int end = Math.min(blank < 0 ? text.length() : blank, host + LONGEST_HOST + 1);
        for (int colon = text.lastIndexOf(':', end - 1); colon > host; colon = text.lastIndexOf(':', colon - 1)) {
            int digits = Digits.from(text, colon + 1);
            if (digits >= 1 && digits <= MOST_DIGITS) {
                return Optional.of(text.substring(colon + 1, colon + 1 + digits));
            }
        }
        return Optional.empty();
    }

    /** The host of the first URL, a name, or an address as it stands there. */
    static Optional<String> urlHost(String text) {
        for (int at = afterScheme(text, 0); at >= 0; at = afterScheme(text, at)) {
            int end = text.startsWith("[", at) ? endOfBracketed(text, at, false) : endOfName(text, at);
            if (end >= 0) {
                int digits = text.startsWith(":", end) ? Digits.from(text, end + 1) : 0;
                int behind = digits >= 1 && digits <= MOST_DIGITS ? end + 1 + digits : end;
                if (behind < text.length() && "/\"? ".indexOf(text.charAt(behind)) >= 0) {
                    return Optional.of(text.substring(at, end));
                }
            }
        }
        return Optional.empty();
    }

    /** The digits of the port in the first URL that has one. */
    static Optional<String> urlPort(String text) {
        for (int at = afterScheme(text, 0); at >= 0; at = afterScheme(text, at)) {
            int slash = text.indexOf('/', at);
            int first = slash;
            while (first > at && Digits.is(text.charAt(first - 1))) {
                first--;
            }
            int quote = text.indexOf('"', at);
            int host = first - 1 - at;
            if (slash >= 0
                    && slash - first >= 1
                    && slash - first <= MOST_DIGITS
                    && host >= 1
                    && host <= LONGEST_HOST
                    && text.charAt(first - 1) == ':'
                    && (quote < 0 || quote > slash)) {
                return Optional.of(text.substring(first, slash));
            }
        }
        return Optional.empty();
    }

    /** Where the next URL's host begins; -1 if there is none. */
    private static int afterScheme(String text, int from) {
        for (int at = text.indexOf("http", from); at >= 0; at = text.indexOf("http", at + 1)) {
            for (String scheme : List.of("http://", "https://")) {
                if (text.startsWith(scheme, at)) {
                    return at + scheme.length();
                }
            }
        }
        return -1;
    }

    /** The name that could not be looked up. */
    static Optional<String> lookedUp(String text) {
        for (int at = text.indexOf("lookup "); at >= 0; at = text.indexOf("lookup ", at + 1)) {
            int name = at + "lookup ".length();
            int end = name;
            while (end < text.length() && end - name < LONGEST_HOST && isOfName(text.charAt(end), end > name)) {
                end++;
            }
            if (end > name) {
                return Optional.of(text.substring(name, end));
            }
        }
        return Optional.empty();
    }

    private static int endOfName(String text, int at) {
        int end = at;
        while (end < text.length() && isOfName(text.charAt(end), end > at)) {
            end++;
        }
        return end > at && end - at <= LONGEST_HOST ? end : -1;
    }

    private static boolean isOfName(char c, boolean inside) {
        return Digits.is(c)
                || c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || inside && (c == '.' || c == '_' || c == '-');
    }
}
