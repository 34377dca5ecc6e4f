package tunneldoctor.collect.nodes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The outputs in a gathered answer; see {@link NodeScripts} for their form. */
final class Frames {
    private static final Pattern HEAD = Pattern.compile("@ ([0-9]{1,3}) ([0-9]{1,9}) (.{1,300})");
    private static final String END = "end";

    /**
     * One command's output.
     *
     * @param returnCode 127 if the tool is not installed, 124 if it did not end in time
     */
    record Frame(String command, int returnCode, String text) {}

    private Frames() {}

    /** Empty if the answer does not end as it should. */
    static Optional<List<Frame>> read(byte[] answer) {
        List<Frame> frames = new ArrayList<>();
        int at = 0;
        while (at < answer.length) {
            int lineEnd = at;
            while (lineEnd < answer.length && answer[lineEnd] != '\n') {
                lineEnd++;
            }
            Matcher head = HEAD.matcher(new String(answer, at, lineEnd - at, StandardCharsets.UTF_8));
            if (!head.matches()) {
                return Optional.empty();
            }
            int begin = lineEnd + 1;
            long end = (long) begin + Long.parseLong(head.group(2));
            if (end >= answer.length || answer[(int) end] != '\n') {
                return Optional.empty();
            }
            at = (int) end + 1;
            if (head.group(3).equals(END)) {
                return at == answer.length ? Optional.of(frames) : Optional.empty();
            }
            frames.add(new Frame(
                    head.group(3),
                    Integer.parseInt(head.group(1)),
                    new String(answer, begin, (int) end - begin, StandardCharsets.UTF_8)));
        }
        return Optional.empty();
    }
}
