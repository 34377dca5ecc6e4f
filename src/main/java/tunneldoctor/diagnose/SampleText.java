package tunneldoctor.diagnose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tunneldoctor.knowledge.RuleProblem;

/** The lines of a sample file, to say where in it something stands. */
final class SampleText {
    private final Path path;
    private final List<String> lines;
    private final List<Integer> starts = new ArrayList<>();

    SampleText(Path path, String text) {
        this.path = path;
        this.lines = text.lines().toList();
        boolean within = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("---")) {
                within = false;
            } else if (!within && !line.isBlank() && !line.startsWith("#")) {
                starts.add(i + 1);
                within = true;
            }
        }
    }

    Path path() {
        return path;
    }

    /** The numbers of all lines, from 1. */
    IntStream lines() {
        return IntStream.rangeClosed(1, lines.size());
    }

    /** The line where a document begins, from 1; 0 where that is not known. */
    int start(int document) {
        return document < starts.size() ? starts.get(document) : 0;
    }

    /** The first line of a document that holds a word; its first line if none does. */
    int find(int document, String word) {
        int start = start(document);
        int end = document + 1 < starts.size() ? start(document + 1) : lines.size() + 1;
        for (int line = Math.max(1, start); line < end; line++) {
            if (line(line).contains(word)) {
                return line;
            }
        }
        return start;
    }

    /** Empty where there is no such line. */
    String line(int number) {
        return number < 1 || number > lines.size() ? "" : lines.get(number - 1);
    }

    /**
     * A problem at a place.
     *
     * @param line 0 for the whole file
     * @param column 0 for the whole line
     */
    RuleProblem onLine(int line, int column, String message, String hint) {
        if (line == 0 && !lines.isEmpty()) {
            return onLine(1, 1, message, hint);
        }
        if (column == 0) {
            return onLine(line, 1 + indent(line(line)), message, hint);
        }
        StringBuilder shown = new StringBuilder();
        line(line).chars().forEach(c -> shown.append(Character.isISOControl(c) ? ' ' : (char) c));
        return new RuleProblem(path, line, column, shown.toString().stripTrailing(), message, hint);
    }

    private static int indent(String line) {
        return line.length() - line.stripLeading().length();
    }
}
