package tunneldoctor.parse;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tunneldoctor.model.Tree;

/** What the text of a file says of it, where its name says nothing. */
final class DumpTexts {
    private static final int LONGEST_SYMPTOMS = 64_000;

    private static final Pattern SAVED =
            Pattern.compile("(?:#[^\\n]*\\n\\s*)*+\\*(?:filter|nat|mangle|raw|security)\\s");
    private static final Pattern SPECIFIED =
            Pattern.compile("(?:#[^\\n]*\\n\\s*)*+-P (?:INPUT|FORWARD|PREROUTING|OUTPUT) ");
    private static final Pattern NATIVE =
            Pattern.compile("(?:#[^\\n]*\\n\\s*)*+table (?:ip|ip6|inet|arp|bridge|netdev) \\S");
    private static final Pattern LISTED =
            Pattern.compile("(?:#[^\\n]*\\n\\s*)*+Chain \\S+ \\((?:policy|\\d+ references)");
    private static final Pattern UFW = Pattern.compile("Status: (?:active|inactive)\\b");
    private static final Pattern NODES = Pattern.compile("NAME +STATUS +ROLES +AGE.*");
    private static final Pattern PODS = Pattern.compile("(?:NAMESPACE +)?NAME +READY +STATUS +RESTARTS.*");
    private static final Pattern SYMPTOM =
            Pattern.compile("(?:Error from server\\b|error: unable to upgrade connection|error: error upgrading).*");

    private DumpTexts() {}

    static Optional<Dump> read(String name, String text) {
        String body = text.stripLeading();
        if (NODES.matcher(firstLine(body)).matches()
                || PODS.matcher(firstLine(body)).matches()) {
            return Optional.of(new Dump.Kubernetes(new Tree.Scalar(text, true, 0)));
        }
        return command(body).map(command -> new Dump.Output(command, text));
    }

    private static Optional<String> command(String body) {
        if (SAVED.matcher(body).lookingAt()) {
            return Optional.of(firstLine(body).contains("ip6tables-save") ? "ip6tables-save" : "iptables-save");
        }
        if (SPECIFIED.matcher(body).lookingAt()) {
            return Optional.of("iptables -S");
        }
        if (NATIVE.matcher(body).lookingAt()) {
            return Optional.of("nft list ruleset");
        }
        if (LISTED.matcher(body).lookingAt()) {
            return Optional.of(withFlagsOfText("iptables -L", body));
        }
        if (UFW.matcher(body).lookingAt()) {
            boolean numbered = body.contains("\n[ 1]");
            boolean verbose = body.contains("\nLogging:") || body.contains("\nDefault:");
            return Optional.of("ufw status" + (numbered ? " numbered" : verbose ? " verbose" : ""));
        }
        return Optional.empty();
    }

    /** A listing shows by which of its options it was made: counters, numbers, and names for addresses. */
    static String withFlagsOfText(String command, String text) {
        if (!command.equals("iptables -L")) {
            return command;
        }
        String head = text.lines()
                .filter(line -> line.contains("target") && line.contains("prot") && line.contains("opt"))
                .findFirst()
                .orElse("");
        boolean numeric = text.contains("0.0.0.0/0") && !text.contains("anywhere");
        return command
                + (numeric ? " -n" : "")
                + (head.contains("pkts") ? " -v" : "")
                + (head.startsWith("num") ? " --line-numbers" : "");
    }

    /** Errors of kubectl, if the text is nothing but that. */
    static List<Dump> symptoms(String text) {
        if (text.length() > LONGEST_SYMPTOMS) {
            return List.of();
        }
        List<String> lines =
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        return lines.stream().allMatch(line -> SYMPTOM.matcher(line).matches())
                ? lines.stream().<Dump>map(Dump.Symptom::new).toList()
                : List.of();
    }

    /** Whether it may be JSON or YAML. */
    static boolean looksStructured(String name, String text) {
        String lower = name.toLowerCase(Locale.ROOT);
        String body = text.stripLeading();
        return body.startsWith("{")
                || body.startsWith("[")
                || body.startsWith("apiVersion:")
                || body.startsWith("---")
                || body.startsWith("kind:")
                || lower.endsWith(".json")
                || lower.endsWith(".yaml")
                || lower.endsWith(".yml");
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return (end < 0 ? text : text.substring(0, end)).stripTrailing();
    }
}
