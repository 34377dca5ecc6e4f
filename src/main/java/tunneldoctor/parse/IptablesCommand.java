package tunneldoctor.parse;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tunneldoctor.model.HostTable;

/**
 * What an iptables command line asks for. The output is trusted over it where the two disagree.
 *
 * <pre>
 * iptables -t filter -nvL INPUT --line-numbers
 * iptables-legacy-save -c
 * </pre>
 *
 * @param save whether it is one of the {@code -save} tools
 * @param specification whether it lists rules as specifications ({@code -S})
 * @param table the table it names; empty if none: {@code filter}, or every table for a {@code -save} tool
 * @param chain the one chain it names; empty for the whole table
 * @param oneRule whether it asks for a single rule of that chain
 * @param filtered whether a pipe or a redirection stands behind it, so that lines may be missing anywhere
 */
record IptablesCommand(
        HostTable.Backend backend,
        HostTable.Family family,
        boolean save,
        boolean specification,
        Optional<String> table,
        Optional<String> chain,
        boolean oneRule,
        boolean filtered) {

    /** Empty if the command line is not one that shows iptables rules. */
    static Optional<IptablesCommand> parse(String commandLine) {
        String line = commandLine.strip().replace("2>&1", " ").replace("2>/dev/null", " ");
        if (line.indexOf(';') >= 0 || line.indexOf('&') >= 0 || line.indexOf('\n') >= 0) {
            return Optional.empty();
        }
        int cut = firstOf(line, '|', '>');
        List<String> words = LineWords.all(cut < 0 ? line : line.substring(0, cut));
        String first = words.isEmpty() ? "" : words.get(0);
        String tool = first.substring(first.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        HostTable.Family family;
        if (tool.startsWith("iptables")) {
            family = HostTable.Family.IPV4;
            tool = tool.substring("iptables".length());
        } else if (tool.startsWith("ip6tables")) {
            family = HostTable.Family.IPV6;
            tool = tool.substring("ip6tables".length());
        } else {
            return Optional.empty();
        }
        boolean save = tool.endsWith("-save");
        String variant = save ? tool.substring(0, tool.length() - "-save".length()) : tool;
        HostTable.Backend backend;
        switch (variant) {
            case "" -> backend = HostTable.Backend.UNSTATED;
            case "-nft" -> backend = HostTable.Backend.NFT;
            case "-legacy" -> backend = HostTable.Backend.LEGACY;
            default -> {
                return Optional.empty();
            }
        }
        Flags flags = new Flags(words);
        if (!save && !flags.list && !flags.specification) {
            return Optional.empty();
        }
        return Optional.of(new IptablesCommand(
                backend,
                family,
                save,
                flags.specification,
                Optional.ofNullable(flags.table).filter(name -> !name.isEmpty()),
                save || flags.chain.isEmpty() ? Optional.empty() : Optional.of(flags.chain),
                flags.oneRule,
                cut >= 0));
    }

    private static int firstOf(String line, char a, char b) {
        int first = line.indexOf(a);
        int second = line.indexOf(b);
        return first < 0 ? second : second < 0 ? first : Math.min(first, second);
    }

    private static final class Flags {
        boolean list;
        boolean specification;
        boolean oneRule;
        String table = "";
        String chain = "";

        private final List<String> words;
        private int at = 1;

        Flags(List<String> words) {
            this.words = words;
            while (at < words.size()) {
                String word = words.get(at++);
                if (word.startsWith("--")) {
                    named(word);
                } else if (word.startsWith("-")) {
                    cluster(word);
                }
            }
        }

        private void named(String word) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? "" : word.substring(equals + 1);
            switch (name) {
                case "--table" -> table = value.isEmpty() ? next() : value;
                case "--list" -> {
                    list = true;
                    chain(value);
                }
                case "--list-rules" -> {
                    specification = true;
                    chain(value);
                }
                default -> {
                    // Other flags change how rules are printed, not which: the text itself shows how.
                }
            }
        }

        private void cluster(String word) {
            for (int i = 1; i < word.length(); i++) {
                String rest = word.substring(i + 1);
                switch (word.charAt(i)) {
                    case 't' -> {
                        table = rest.isEmpty() ? next() : rest;
                        return;
                    }
                    case 'L', 'S' -> {
                        list |= word.charAt(i) == 'L';
                        specification |= word.charAt(i) == 'S';
                        boolean flagsFollow = rest.chars().allMatch(c -> "nvxw".indexOf(c) >= 0);
                        if (!rest.isEmpty() && !flagsFollow) {
                            chain(rest);
                            return;
                        }
                        chain("");
                    }
                    default -> {
                        // n, v, x, w and their like.
                    }
                }
            }
        }

        private void chain(String attached) {
            String name = attached.isEmpty() ? next() : attached;
            if (!name.isEmpty()) {
                chain = name;
                oneRule |= !next().isEmpty();
            }
        }

        private String next() {
            return at < words.size() && !words.get(at).startsWith("-") ? words.get(at++) : "";
        }
    }
}
