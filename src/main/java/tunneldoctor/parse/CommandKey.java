package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes off a command line what only says how the command was run.
 *
 * <pre>
 * sudo LC_ALL=C timeout 10 /usr/sbin/iptables -S INPUT
 * sh -c 'iptables -S INPUT'
 * az vmss run-command invoke -g MC_rg -n aks-np-vmss --instance-id 1 --command-id RunShellScript --scripts "iptables -S INPUT"
 * kubectl debug node/aks-np-vmss000001 -it --image=busybox -- chroot /host iptables -S INPUT
 * </pre>
 *
 * <p>All of these ran {@code iptables -S INPUT}. What is piped or comes after it stays: it can change the output.
 */
final class CommandKey {
    /** Nobody wraps a command deeper; each layer costs one pass over the line. */
    private static final int MOST_LAYERS = 16;

    /** A whole script may be a key, but none that long is one command. */
    private static final int LONGEST = 65_536;

    private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "ash");
    private static final Set<String> PLAIN_PREFIXES = Set.of("nohup", "time", "command", "exec", "$", "#");
    private static final String SUDO_OPTIONS_WITH_VALUE = "CDghpRrTtUu";
    private static final String TIMEOUT_OPTIONS_WITH_VALUE = "ks";
    private static final String ENV_OPTIONS_WITH_VALUE = "uCS";
    private static final String NSENTER_OPTIONS_WITH_VALUE = "tSG";

    private CommandKey() {}

    /** The command that ran, or the line itself without blanks around it where nothing is known of its form. */
    static String normalised(String key) {
        String line = key.strip();
        if (line.length() > LONGEST) {
            return line;
        }
        for (int layer = 0; layer < MOST_LAYERS; layer++) {
            Optional<String> inner = unwrapped(line);
            if (inner.isEmpty()) {
                return line;
            }
            line = inner.get().strip();
        }
        return line;
    }

    /** @return empty if there is nothing to take off */
    private static Optional<String> unwrapped(String line) {
        List<Word> words = words(line);
        if (words.isEmpty()) {
            return Optional.empty();
        }
        String first = words.get(0).text;
        if (isAssignment(first) || PLAIN_PREFIXES.contains(first)) {
            return from(line, words, 1);
        }
        String tool = baseName(first);
        switch (tool) {
            case "sudo" -> {
                return from(line, words, afterOptions(words, SUDO_OPTIONS_WITH_VALUE));
            }
            case "env" -> {
                return from(line, words, afterOptions(words, ENV_OPTIONS_WITH_VALUE));
            }
            case "nsenter" -> {
                return from(line, words, afterOptions(words, NSENTER_OPTIONS_WITH_VALUE));
            }
            case "timeout" -> {
                return from(line, words, afterOptions(words, TIMEOUT_OPTIONS_WITH_VALUE) + 1);
            }
            case "chroot" -> {
                return from(line, words, 2);
            }
            case "kubectl" -> {
                return nodeShell(line, words);
            }
            case "az" -> {
                return script(line, words);
            }
            default -> {
                if (SHELLS.contains(tool)
                        && words.size() == 3
                        && words.get(1).text.matches("-[a-z]{0,4}c")) {
                    return Optional.of(words.get(2).text);
                }
                return tool.equals(first) ? Optional.empty() : Optional.of(tool + line.substring(words.get(0).end));
            }
        }
    }

    private static Optional<String> from(String line, List<Word> words, int index) {
        return index < words.size() ? Optional.of(line.substring(words.get(index).start)) : Optional.empty();
    }

    /** The index of the first word that is no option of the first word's command. */
    private static int afterOptions(List<Word> words, String withValue) {
        int i = 1;
        while (i < words.size() && words.get(i).text.startsWith("-")) {
            String option = words.get(i).text;
            i++;
            if (option.equals("--")) {
                return i;
            }
            boolean isShort = option.length() == 2 && option.charAt(1) != '-';
            if (isShort && withValue.indexOf(option.charAt(1)) >= 0
                    || option.equals("--user")
                    || option.equals("--target")) {
                i++;
            }
        }
        return i;
    }

    /** A pod that {@code kubectl debug} makes of a node shares the node's network; a pod of one's own need not. */
    private static Optional<String> nodeShell(String line, List<Word> words) {
        boolean ofNode = words.size() > 2
                && words.get(1).text.equals("debug")
                && words.stream().anyMatch(word -> word.text.startsWith("node/"));
        for (int i = 0; ofNode && i < words.size(); i++) {
            if (words.get(i).text.equals("--")) {
                return from(line, words, i + 1);
            }
        }
        return Optional.empty();
    }

    /** What {@code --scripts} gives: one quoted word, or several words up to the next option of az. */
    private static Optional<String> script(String line, List<Word> words) {
        boolean runs = words.stream().anyMatch(word -> word.text.equals("run-command"))
                && words.stream().anyMatch(word -> word.text.equals("invoke"));
        for (int i = 1; runs && i < words.size(); i++) {
            Word word = words.get(i);
            if (word.text.startsWith("--scripts=")) {
                return Optional.of(word.text.substring("--scripts=".length()));
            }
            if (word.text.equals("--scripts") && i + 1 < words.size()) {
                Word given = words.get(i + 1);
                if (given.quoted) {
                    boolean alone =
                            i + 2 == words.size() || words.get(i + 2).text.startsWith("-");
                    return alone ? Optional.of(given.text) : Optional.empty();
                }
                int end = line.indexOf(" --", given.end);
                String script = end < 0 ? line.substring(given.start) : line.substring(given.start, end);
                return script.startsWith("@") ? Optional.empty() : Optional.of(script);
            }
        }
        return Optional.empty();
    }

    private static boolean isAssignment(String word) {
        int equals = word.indexOf('=');
        for (int i = 0; i < equals; i++) {
            char c = word.charAt(i);
            if (c != '_' && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(i > 0 && c >= '0' && c <= '9')) {
                return false;
            }
        }
        return equals > 0;
    }

    /** Only of programs in the usual directories: a script of the same name elsewhere may print anything. */
    private static String baseName(String program) {
        int slash = program.lastIndexOf('/');
        return program.startsWith("/") && program.substring(0, slash).endsWith("bin")
                ? program.substring(slash + 1)
                : program;
    }

    /**
     * A word as a shell splits it.
     *
     * @param text quotes and escapes resolved
     * @param start where its source begins in the line
     * @param end where its source ends
     */
    private record Word(String text, int start, int end, boolean quoted) {}

    private static List<Word> words(String line) {
        List<Word> words = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            if (Character.isWhitespace(line.charAt(at))) {
                at++;
                continue;
            }
            Word word = word(line, at);
            words.add(word);
            at = word.end;
        }
        return words;
    }

    private static Word word(String line, int start) {
        StringBuilder text = new StringBuilder();
        boolean quoted = false;
        char quote = 0;
        int at = start;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (quote == 0 && Character.isWhitespace(c)) {
                break;
            }
            boolean escape = c == '\\'
                    && at + 1 < line.length()
                    && (quote == 0 || quote == '"' && escapable(line.charAt(at + 1)));
            if (escape) {
                at++;
                text.append(line.charAt(at));
            } else if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
                quoted = true;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else {
                text.append(c);
            }
            at++;
        }
        return new Word(text.toString(), start, at, quoted);
    }

    private static boolean escapable(char c) {
        return c == '"' || c == '\\' || c == '$' || c == '`';
    }
}
