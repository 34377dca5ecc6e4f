package tunneldoctor.parse;

import java.util.List;
import java.util.Optional;

/** The return code of a command as scripts print it: {@code rc=0}, {@code exit: 1}, {@code status 124}. */
final class ReturnCode {
    private static final List<String> WORDS = List.of("rc", "exit", "status");
    private static final int MOST_SIGNS = 3;
    private static final int MOST_DIGITS = 3;

    private ReturnCode() {}

    /** The code, 0 to 999, if the line is one and nothing else. */
    static Optional<Integer> of(String line) {
        for (String word : WORDS) {
            if (line.startsWith(word)) {
                int digits = word.length();
                while (digits < line.length() && " =:".indexOf(line.charAt(digits)) >= 0) {
                    digits++;
                }
                int signs = digits - word.length();
                int code = line.length() - digits > MOST_DIGITS ? -1 : ArmTree.wholeNumber(line.substring(digits));
                return signs >= 1 && signs <= MOST_SIGNS && code >= 0 ? Optional.of(code) : Optional.empty();
            }
        }
        return Optional.empty();
    }
}
