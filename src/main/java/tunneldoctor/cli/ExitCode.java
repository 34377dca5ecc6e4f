package tunneldoctor.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the process tells the shell. In order of weight, lightest first: of several documents or files the heaviest counts,
 * so that neither a finding hides what failed nor an unknown looks like health.
 */
enum ExitCode {
    NOTHING_FOUND(
            0,
            "nothing found, and every cause that applies could be told",
            "every path asked for is allowed",
            "all is well",
            "all was collected",
            "all was redacted, and the diagnosis is the same",
            "all was placed"),
    CANNOT_TELL(
            3,
            "nothing found, but something could not be told",
            "no path is blocked, but some cannot be told",
            "",
            "something could not be collected; the file names it",
            "all was redacted, but the diagnosis is not the same",
            "something could not be placed; it was listed"),
    FOUND(
            1,
            "a cause was found",
            "a path is blocked",
            "a mistake was found, or a scene does not end as it should",
            "",
            "",
            ""),
    BAD_INPUT(
            2,
            "bad usage, or a file or rule base that cannot be used",
            "bad usage, or a file that cannot be used",
            "bad usage, or a file or rule base that cannot be used",
            "bad usage, no login, or a file that cannot be written",
            "bad usage, or a file that cannot be used; nothing was written",
            "bad usage, or nothing that can be used; nothing was written"),
    INTERNAL_ERROR(
            4,
            "internal error",
            "internal error",
            "internal error",
            "internal error",
            "internal error",
            "internal error");

    private final int code;
    private final String ofDiagnose;
    private final String ofReach;
    private final String ofRules;
    private final String ofCollect;
    private final String ofRedact;
    private final String ofImport;

    ExitCode(
            int code,
            String ofDiagnose,
            String ofReach,
            String ofRules,
            String ofCollect,
            String ofRedact,
            String ofImport) {
        this.code = code;
        this.ofDiagnose = ofDiagnose;
        this.ofReach = ofReach;
        this.ofRules = ofRules;
        this.ofCollect = ofCollect;
        this.ofRedact = ofRedact;
        this.ofImport = ofImport;
    }

    int code() {
        return code;
    }

    ExitCode heavier(ExitCode other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** Codes and their meaning for the help text of {@code diagnose}, by number. */
    static Map<String, String> documented() {
        return documented(exit -> exit.ofDiagnose);
    }

    /** The same for {@code reach}. */
    static Map<String, String> documentedForReach() {
        return documented(exit -> exit.ofReach);
    }

    /** The same for the commands of {@code rules}. */
    static Map<String, String> documentedForRules() {
        return documented(exit -> exit.ofRules);
    }

    /** The same for {@code collect}. */
    static Map<String, String> documentedForCollect() {
        return documented(exit -> exit.ofCollect);
    }

    /** The same for {@code redact}. */
    static Map<String, String> documentedForRedact() {
        return documented(exit -> exit.ofRedact);
    }

    /** The same for {@code import}. */
    static Map<String, String> documentedForImport() {
        return documented(exit -> exit.ofImport);
    }

    private static Map<String, String> documented(Function<ExitCode, String> meaning) {
        Map<String, String> lines = new LinkedHashMap<>();
        Stream.of(values())
                .filter(exit -> !meaning.apply(exit).isEmpty())
                .sorted(Comparator.comparingInt(ExitCode::code))
                .forEach(exit -> lines.put(Integer.toString(exit.code), meaning.apply(exit)));
        return lines;
    }
}
