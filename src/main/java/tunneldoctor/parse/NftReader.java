package tunneldoctor.parse;

import java.util.List;
import tunneldoctor.model.HostTablesUnreadable;

/**
 * Reads {@code nft list ruleset}, as text or as JSON ({@code -j}). Tables of iptables-nft are read too: who decides on a
 * flow takes iptables' own text of them where there is one.
 */
final class NftReader {
    private NftReader() {}

    /** Words of {@code nft list ruleset}: options before or behind, and a family if not all are asked for. */
    private record Command(boolean list, boolean terse, boolean oneFamily) {
        static Command parse(String commandLine) {
            String line = commandLine.strip().replace("2>&1", " ").replace("2>/dev/null", " ");
            List<String> words = LineWords.all(line);
            if (words.isEmpty()) {
                return new Command(false, false, false);
            }
            String tool = words.get(0).substring(words.get(0).lastIndexOf('/') + 1);
            int list = words.indexOf("list");
            boolean shell = line.indexOf(';') >= 0
                    || line.indexOf('&') >= 0
                    || line.indexOf('|') >= 0
                    || line.indexOf('<') >= 0
                    || line.indexOf('>') >= 0;
            boolean ruleset =
                    list > 0 && list + 1 < words.size() && words.get(list + 1).equals("ruleset");
            boolean terse = false;
            boolean oneFamily = false;
            for (int i = 1; i < words.size(); i++) {
                String word = words.get(i);
                boolean option = word.startsWith("-");
                terse |= word.equals("--terse") || option && !word.startsWith("--") && word.indexOf('t') > 0;
                oneFamily |= !option && i > list + 1;
            }
            return new Command(tool.equals("nft") && ruleset && !shell, terse, oneFamily);
        }
    }

    /** Whether the command shows the rules of nftables. */
    static boolean reads(String commandLine) {
        return Command.parse(commandLine).list();
    }

    /** Reads the output of a command that {@link #reads} accepts. */
    static void read(NodeDocument document, FactsBuilder facts) {
        String text = document.text().strip();
        if (text.isEmpty()) {
            facts.unreadableTables.add(new HostTablesUnreadable(
                    document.node(), document.command(), "it printed nothing", document.at(0, "")));
            return;
        }
        Command command = Command.parse(document.command());
        NftTables tables = new NftTables(document, !command.oneFamily());
        if (text.startsWith("{")) {
            new NftJson(document, facts, tables, command.terse()).read();
        } else {
            int before = facts.unreadableTables.size();
            new NftText(document, facts, tables, command.terse()).read();
            if (facts.unreadableTables.size() > before && !text.contains("table ")) {
                return;
            }
        }
        tables.addTo(facts);
    }
}
