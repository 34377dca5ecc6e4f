package tunneldoctor.parse;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A facts file, or the rest of one, that cannot be used at all. The message is for the user: file, line, column, what is
 * wrong and what to do; one line for each document that cannot be used. Texts of the file in it are shortened, but not escaped for a terminal.
 */
public final class UnreadableFactsException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MOST_SHOWN = 20;

    private final int line;
    private final int column;

    UnreadableFactsException(String fileName, Fault fault) {
        super(fileName + place(fault.line(), fault.column()) + ": " + fault.message() + ". " + fault.advice());
        this.line = fault.line();
        this.column = fault.column();
    }

    /** @param all at least one; the place is the first one's */
    UnreadableFactsException(List<UnreadableFactsException> all) {
        super(all.stream()
                .limit(MOST_SHOWN)
                .map(UnreadableFactsException::getMessage)
                .collect(Collectors.joining("\n", "", all.size() > MOST_SHOWN ? "\n… and more like these" : "")));
        this.line = all.get(0).line;
        this.column = all.get(0).column;
    }

    /** Never absent, unlike other exceptions'. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** 1-based line of the file; 0 where the whole file is meant. */
    public int line() {
        return line;
    }

    /** 1-based column, in characters; 0 where a whole line or the whole file is meant. */
    public int column() {
        return column;
    }

    private static String place(int line, int column) {
        if (line == 0) {
            return "";
        }
        return column == 0 ? ", line " + line : ", line " + line + ", column " + column;
    }

    /**
     * What is wrong with a file.
     *
     * @param message one sentence without its full stop
     * @param advice what to do, one or more whole sentences
     */
    record Fault(int line, int column, String message, String advice) {}
}
