package tunneldoctor.parse;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.Digits;

/**
 * The shapes of what stands in {@code ufw status} and in the command for it, told letter by letter: regular expressions for them
 * take a fresh process ten times as long as reading a status does.
 */
final class UfwWords {
    private static final List<String> ACTIONS = List.of("ALLOW", "DENY", "REJECT", "LIMIT");
    private static final List<String> TRAFFICS = List.of("IN", "OUT", "FWD");
    private static final Set<String> DEFAULTS = Set.of("allow", "deny", "reject");
    private static final Set<String> NOTES = Set.of("log", "log-all", "out", "log, out", "log-all, out");
    private static final String DEFAULT = "Default: ";

    /** ufw pads its columns with some blanks; a longer gap is something else. */
    private static final int WIDEST_GAP = 64;

    private UfwWords() {}

    /** With one blank for each run of blanks and tabs. */
    static String withSingleBlanks(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i) == '\t' ? ' ' : text.charAt(i);
            if (c != ' ' || plain.length() == 0 || plain.charAt(plain.length() - 1) != ' ') {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    /**
     * Where the words {@code status}, {@code status verbose} or {@code status numbered} end, which the text is to begin with.
     *
     * @return -1 if it does not
     */
    static int endOfStatus(String text) {
        for (String form : List.of("status verbose", "status numbered", "status")) {
            if (text.startsWith(form) && endsWord(text, form.length())) {
                return form.length();
            }
        }
        return -1;
    }

    private static boolean endsWord(String text, int at) {
        return at == text.length() || " ;|>&12".indexOf(text.charAt(at)) >= 0;
    }

    /** Where the output goes on to another command; -1 if it does not. Two bars stand for something else. */
    static int pipe(String text) {
        for (int i = text.indexOf('|'); i >= 0; i = text.indexOf('|', i + 1)) {
            boolean first = i == 0 || text.charAt(i - 1) != '|';
            boolean last = i + 1 == text.length() || text.charAt(i + 1) != '|';
            if (first && last) {
                return i;
            }
        }
        return -1;
    }

    /** What a shell says that knows no ufw: dash with a number and no {@code command}, {@code env} in words of its own. */
    static boolean sayNotFound(String line) {
        for (String end : List.of(": command not found", ": not found", ": No such file or directory")) {
            if (line.endsWith(end)) {
                String before = line.substring(0, line.length() - end.length());
                return before.endsWith("ufw") || before.endsWith("ufw'") || before.endsWith("ufw\u2019");
            }
        }
        return false;
    }

    /**
     * The number in brackets that a line begins with, as in {@code [ 7] 22/tcp}.
     *
     * @param end where what it numbers begins
     */
    record Number(int number, int end) {
        static Optional<Number> of(String line) {
            int close = line.startsWith("[") ? line.indexOf("] ") : -1;
            if (close < 0) {
                return Optional.empty();
            }
            int first = 1;
            while (line.charAt(first) == ' ') {
                first++;
            }
            String digits = line.substring(first, close);
            return first - 1 <= 3 && digits.length() <= 6 && Digits.only(digits)
                    ? Optional.of(new Number(Integer.parseInt(digits), close + "] ".length()))
                    : Optional.empty();
        }
    }

    /**
     * The words of the action column.
     *
     * @param traffic {@code IN}, {@code OUT}, {@code FWD}, or empty where the column does not say
     */
    record Action(int start, int end, String action, String traffic) {
        /** The first at or behind a place in the line; it stands behind a blank, and before the end or some blanks. */
        static Optional<Action> find(String line, int from) {
            for (int at = Math.max(1, from); at < line.length(); at++) {
                if (line.charAt(at - 1) == ' ') {
                    for (String action : ACTIONS) {
                        Optional<Action> found = line.startsWith(action, at) ? at(line, at, action) : Optional.empty();
                        if (found.isPresent()) {
                            return found;
                        }
                    }
                }
            }
            return Optional.empty();
        }

        private static Optional<Action> at(String line, int start, String action) {
            int end = start + action.length();
            for (String traffic : TRAFFICS) {
                int behind = end + 1 + traffic.length();
                if (line.startsWith(" " + traffic, end) && isColumnEnd(line, behind)) {
                    return Optional.of(new Action(start, behind, action, traffic));
                }
            }
            return isColumnEnd(line, end) ? Optional.of(new Action(start, end, action, "")) : Optional.empty();
        }

        private static boolean isColumnEnd(String line, int at) {
            int next = at;
            while (next < line.length() && line.charAt(next) == ' ') {
                next++;
            }
            return next == line.length() || next > at && next - at <= WIDEST_GAP;
        }
    }

    /** A rule's sender without the notes ufw puts behind it. */
    static String withoutNotes(String sender) {
        int open = sender.endsWith(")") ? sender.lastIndexOf(" (") : -1;
        return open >= 0 && NOTES.contains(sender.substring(open + " (".length(), sender.length() - 1))
                ? sender.substring(0, open)
                : sender;
    }

    /** The policies for what comes in and what goes out; empty if the line is not readable. */
    record Defaults(String incoming, String outgoing) {
        static Optional<Defaults> of(String line) {
            if (!line.startsWith(DEFAULT)) {
                return Optional.empty();
            }
            int first = line.indexOf(", ");
            int second = line.indexOf(", ", first + 1);
            if (first < DEFAULT.length() || second >= 0 && !isRouted(line.substring(second + ", ".length()))) {
                return Optional.empty();
            }
            String incoming = without(line.substring(DEFAULT.length(), first), " (incoming)");
            String outgoing =
                    without(line.substring(first + ", ".length(), second < 0 ? line.length() : second), " (outgoing)");
            return DEFAULTS.contains(incoming) && DEFAULTS.contains(outgoing)
                    ? Optional.of(new Defaults(incoming, outgoing))
                    : Optional.empty();
        }

        private static boolean isRouted(String part) {
            String policy = without(part, " (routed)");
            for (int i = 0; i < policy.length(); i++) {
                if (policy.charAt(i) < 'a' || policy.charAt(i) > 'z') {
                    return false;
                }
            }
            return !policy.isEmpty() && policy.length() <= 16;
        }

        private static String without(String part, String end) {
            return part.endsWith(end) ? part.substring(0, part.length() - end.length()) : "";
        }
    }

    static boolean isProtocol(String word) {
        if (word.length() < 2 || word.length() > 16 || word.charAt(0) < 'a' || word.charAt(0) > 'z') {
            return false;
        }
        for (int i = 1; i < word.length(); i++) {
            char c = word.charAt(i);
            if (!(c >= 'a' && c <= 'z' || Digits.is(c) || c == '-')) {
                return false;
            }
        }
        return true;
    }

    static boolean isInterface(String word) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || Digits.is(c);
            if (!letter && "_.+,=%@-".indexOf(c) < 0) {
                return false;
            }
        }
        return !word.isEmpty() && word.length() <= 15;
    }
}
