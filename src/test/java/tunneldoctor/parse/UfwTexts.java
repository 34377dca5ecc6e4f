package tunneldoctor.parse;

import java.util.List;
import tunneldoctor.model.Problem;
import tunneldoctor.model.UfwStatus;

/** Lets tests of other packages read ufw's output as the program does. */
public final class UfwTexts {
    private UfwTexts() {}

    /** @param problems what the reader had to say about the text */
    public record Read(UfwStatus status, List<Problem> problems) {}

    public static Read read(String command, String text) {
        FactsBuilder facts = new FactsBuilder();
        UfwReader.read(new NodeDocument("node", "nodes[0] \"" + command + "\"", command, text, false, false), facts);
        return new Read(facts.ufw.get(0), List.copyOf(facts.problems));
    }
}
