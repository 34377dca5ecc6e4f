package tunneldoctor.parse;

import tunneldoctor.model.HostTablesUnreadable;

/**
 * Reads {@code nft list ruleset}, as text or as JSON ({@code -j}). Tables of iptables-nft are read too: who decides on a
 * flow takes iptables' own text of them where there is one.
 */
final class NftReader {
    private NftReader() {}

    /** Whether the command shows the rules of nftables. */
    static boolean reads(String commandLine) {
        String line = commandLine.strip().replace("2>&1", " ").replace("2>/dev/null", " ");
        if (line.indexOf(';') >= 0 || line.indexOf('&') >= 0 || line.indexOf('|') >= 0 || line.indexOf('>') >= 0) {
            return false;
        }
        String[] words = line.strip().split("\\s+", -1);
        boolean list = false;
        boolean ruleset = false;
        for (String word : words) {
            list |= word.equals("list");
            ruleset |= word.equals("ruleset");
        }
        return words[0].substring(words[0].lastIndexOf('/') + 1).equals("nft") && list && ruleset;
    }

    /** Reads the output of a command that {@link #reads} accepts. */
    static void read(NodeDocument document, FactsBuilder facts) {
        String text = document.text().strip();
        if (text.isEmpty()) {
            facts.unreadableTables.add(new HostTablesUnreadable(
                    document.node(), document.command(), "it printed nothing", document.at(0, "")));
            return;
        }
        NftTables tables = new NftTables(document);
        if (text.startsWith("{")) {
            new NftJson(document, facts, tables).read();
        } else {
            int before = facts.unreadableTables.size();
            new NftText(document, facts, tables).read();
            if (facts.unreadableTables.size() > before && !text.contains("table ")) {
                return;
            }
        }
        tables.addTo(facts);
    }
}
