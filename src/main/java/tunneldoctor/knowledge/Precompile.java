package tunneldoctor.knowledge;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Compiles the shipped rules while the tool is built, so that a run with rules nobody changed compiles nothing.
 *
 * <pre>
 * java -cp … tunneldoctor.knowledge.Precompile rules target/classes
 * </pre>
 */
public final class Precompile {
    private Precompile() {}

    /** @param arguments the rules directory and the root of the class path to write to */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: Precompile RULES OUTPUT");
        }
        try {
            RuleBase.precompile(Path.of(arguments[0]), Path.of(arguments[1]));
        } catch (RuleBaseException e) {
            throw new IllegalStateException("the rules do not compile\n" + e.getMessage(), e);
        }
    }
}
