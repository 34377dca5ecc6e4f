package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;

/**
 * Characters that would make a rule read otherwise than it looks: Java resolves unicode escapes before it looks for comments
 * and texts, ends a line at a lone carriage return, and passes over characters nobody sees.
 */
final class Characters {
    private Characters() {}

    static List<RuleProblem> check(RuleFile file) {
        List<RuleProblem> problems = new ArrayList<>();
        String text = file.text();
        int escape = text.indexOf("\\u");
        if (escape >= 0) {
            problems.add(file.problemAt(
                    escape,
                    "a unicode escape has no place in a rule",
                    "Write the character itself; the file is UTF-8."));
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean lineEnd = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (c == '\n' || c == '\t' || lineEnd || !unseen(c)) {
                continue;
            }
            problems.add(file.problemAt(
                    i,
                    String.format("a character that is not seen, U+%04X", (int) c),
                    c == '\r' ? "End lines with a line feed." : "Delete it."));
            break;
        }
        return problems;
    }

    private static boolean unseen(char c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
