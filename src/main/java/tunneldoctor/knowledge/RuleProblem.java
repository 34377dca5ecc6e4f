package tunneldoctor.knowledge;

import java.nio.file.Path;

/**
 * A mistake in a rule file.
 *
 * @param line 1-based; 0 where the whole file is meant
 * @param column 1-based; 0 where the whole line is meant
 * @param lineText the line as it stands, control characters blanked; empty where no line is meant
 * @param message what is wrong, one sentence
 * @param hint what to do about it; empty where the message says it all
 */
public record RuleProblem(Path file, int line, int column, String lineText, String message, String hint) {
    /** The problem as compilers print theirs: place and message, the line, a caret, the hint. */
    public String describe() {
        StringBuilder text = new StringBuilder(file.toString());
        if (line > 0) {
            text.append(':').append(line);
            if (column > 0) {
                text.append(':').append(column);
            }
        }
        text.append(": ").append(message);
        if (!lineText.isEmpty()) {
            text.append("\n    ").append(lineText);
            if (column > 0) {
                text.append("\n    ").append(" ".repeat(column - 1)).append('^');
            }
        }
        if (!hint.isEmpty()) {
            text.append("\n    ").append(hint);
        }
        return text.toString();
    }
}
