package tunneldoctor.parse;

import java.util.Optional;
import tunneldoctor.model.Digits;

/** What OpenBSD's {@code nc} says of an attempt, which every node of AKS has; see {@link UfwWords} for why letter by letter. */
final class NcWords {
    private static final int LONGEST_HOST = 253;
    private static final int LONGEST_ADDRESS = 64;
    private static final int LONGEST_SERVICE = 32;
    private static final int MOST_DIGITS = 5;
    private static final int LONGEST_REASON = 200;

    private NcWords() {}

    /**
     * One attempt.
     *
     * @param reason why it failed; empty where it did not
     */
    record Attempt(String host, String port, String reason) {}

    /** As in {@code Connection to 10.224.0.4 10250 port [tcp/*] succeeded!}; anything may follow. */
    static Optional<Attempt> opened(String line) {
        int host = "Connection to ".length();
        int end = line.startsWith("Connection to ") ? endOfHost(line, host) : -1;
        int port = behindAddress(line, end) + 1;
        int digits = Digits.from(line, port);
        int service = port + digits + " port [".length();
        int close = line.indexOf(']', service);
        boolean whole = end >= 0
                && line.startsWith(" ", port - 1)
                && digits >= 1
                && digits <= MOST_DIGITS
                && line.startsWith(" port [", port + digits)
                && close > service
                && close - service <= LONGEST_SERVICE
                && line.startsWith("] succeeded!", close);
        return whole
                ? Optional.of(new Attempt(line.substring(host, end), line.substring(port, port + digits), ""))
                : Optional.empty();
    }

    /** As in {@code nc: connect to 10.224.0.4 port 10250 (tcp) timed out: Operation now in progress}. */
    static Optional<Attempt> failed(String line) {
        int host = "nc: connect to ".length();
        int end = line.startsWith("nc: connect to ") ? endOfHost(line, host) : -1;
        int behind = behindAddress(line, end);
        int port = behind + " port ".length();
        int digits = Digits.from(line, port);
        int reason = port + digits + " (tcp) ".length();
        boolean whole = end >= 0
                && line.startsWith(" port ", behind)
                && digits >= 1
                && digits <= MOST_DIGITS
                && (line.startsWith(" (tcp) ", port + digits) || line.startsWith(" (udp) ", port + digits))
                && reason < line.length();
        return whole
                ? Optional.of(new Attempt(
                        line.substring(host, end),
                        line.substring(port, port + digits),
                        line.substring(reason, Math.min(line.length(), reason + LONGEST_REASON))))
                : Optional.empty();
    }

    private static int endOfHost(String line, int at) {
        int end = at;
        while (end < line.length() && " \t,".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        return end > at && end - at <= LONGEST_HOST ? end : -1;
    }

    /** Where the line goes on behind an address in brackets, which stands behind a name. */
    private static int behindAddress(String line, int at) {
        int close = line.startsWith(" (", Math.max(0, at)) ? line.indexOf(')', at) : -1;
        int length = close - at - " (".length();
        return length >= 1 && length <= LONGEST_ADDRESS ? close + 1 : at;
    }
}
