package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.List;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostTablesUnreadable;
import tunneldoctor.model.NftRuleset;
import tunneldoctor.model.Problem;

/** Lets tests of other packages read host firewall texts as the product does. */
public final class HostTexts {
    private final FactsBuilder facts = new FactsBuilder();
    private int documents;

    /** Reads one more command's output. */
    public HostTexts with(String command, String text) {
        return with(command, text, false, false);
    }

    /** Reads one more command's output, of which the head or the tail is cut off. */
    public HostTexts with(String command, String text, boolean truncatedHead, boolean truncatedTail) {
        NodeDocument document = new NodeDocument(
                "node-1", "nodes[0] \"" + command + "\" " + documents++, command, text, truncatedHead, truncatedTail);
        if (IptablesReader.reads(command)) {
            IptablesReader.read(document, facts);
        } else if (NftReader.reads(command)) {
            NftReader.read(document, facts);
        } else {
            throw new IllegalArgumentException("no reader for " + command);
        }
        return this;
    }

    public List<HostTable> tables() {
        return facts.hostTables;
    }

    public List<NftRuleset> rulesets() {
        return facts.nftRulesets;
    }

    public List<HostTablesUnreadable> unreadable() {
        return facts.unreadableTables;
    }

    public List<Problem> problems() {
        return new ArrayList<>(facts.problems);
    }
}
