package tunneldoctor.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the process tells the shell. In order of weight, lightest first: of several documents or files the heaviest counts,
 * so that neither a finding hides what failed nor an unknown looks like health.
 */
enum ExitCode {
    NOTHING_FOUND(0, "nothing found, and every cause that applies could be told"),
    CANNOT_TELL(3, "nothing found, but something could not be told"),
    FOUND(1, "a cause was found"),
    BAD_INPUT(2, "bad usage, or a file or rule base that cannot be used"),
    INTERNAL_ERROR(4, "internal error");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    ExitCode heavier(ExitCode other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** Codes and their meaning for the help text, by number. */
    static Map<String, String> documented() {
        Map<String, String> lines = new LinkedHashMap<>();
        Stream.of(values())
                .sorted(java.util.Comparator.comparingInt(ExitCode::code))
                .forEach(exit -> lines.put(Integer.toString(exit.code), exit.meaning));
        return lines;
    }
}
