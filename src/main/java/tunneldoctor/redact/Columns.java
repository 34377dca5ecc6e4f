package tunneldoctor.redact;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps what stands in columns in columns. A pseudonym of an address may be longer than the address: the blanks behind it make
 * up for that, and in kubectl's tables, which are read by the places of their headings, there are made enough of them.
 * <pre>
 * NAME    READY   IP           NODE
 * web-1   1/1     10.244.1.3   aks-np-12345678-vmss000002
 * </pre>
 */
final class Columns {
    /** By how much the longest address is longer than the shortest. */
    private static final String MORE = " ".repeat("255.255.255.255".length() - "0.0.0.0".length());

    /** Where columns behind an address begin in the current table, from the right. */
    private List<Integer> widened = new ArrayList<>();

    private int indent;

    /** The next line, with room behind each address if it is of a table. */
    String widened(String line) {
        int start = 0;
        while (start < line.length() && line.charAt(start) == ' ') {
            start++;
        }
        if (line.startsWith("NAME ", start) || line.startsWith("NAMESPACE ", start)) {
            indent = start;
            widened = behindAddresses(line, start);
        } else if (start == line.length() || start < indent) {
            widened = new ArrayList<>();
        }
        StringBuilder wide = new StringBuilder(line);
        for (int column : widened) {
            if (column <= line.length() && line.charAt(column - 1) == ' ') {
                wide.insert(column, MORE);
            }
        }
        return wide.toString();
    }

    private static List<Integer> behindAddresses(String heading, int from) {
        List<Integer> columns = new ArrayList<>();
        int start = from;
        while (start < heading.length()) {
            int end = heading.indexOf("  ", start);
            if (end < 0) {
                break;
            }
            boolean addresses = heading.substring(start, end).endsWith("IP");
            start = end;
            while (start < heading.length() && heading.charAt(start) == ' ') {
                start++;
            }
            if (addresses && start < heading.length()) {
                columns.add(0, start);
            }
        }
        return columns;
    }

    /**
     * Copies the text between two pieces. Runs of blanks give or take what the line has become longer or shorter by.
     *
     * @param state where the text begins, and by how much the line is too long so far; the latter is brought up to date
     */
    static void copy(String line, int[] state, int to, StringBuilder out) {
        int at = state[0];
        while (at < to) {
            int end = at;
            while (end < to && line.charAt(end) == ' ') {
                end++;
            }
            int blanks = end - at;
            if (blanks >= 2 && state[1] != 0 && !out.isEmpty()) {
                int left = Math.max(1, blanks - state[1]);
                out.append(" ".repeat(left));
                state[1] -= blanks - left;
            } else {
                out.append(line, at, end);
            }
            if (end < to) {
                out.append(line.charAt(end));
                end++;
            }
            at = end;
        }
        state[0] = to;
    }
}
