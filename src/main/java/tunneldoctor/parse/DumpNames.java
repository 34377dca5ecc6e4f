package tunneldoctor.parse;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a file's name says of it. */
final class DumpNames {
    /** Commands that files are named after, in any way of writing blanks; and the files of aks-log-collector.sh. */
    private static final Map<String, String> COMMANDS = commands();

    private static final Pattern ENDING = Pattern.compile("(?:\\.(?:txt|log|out|json|output))+$");
    private static final Pattern BEGINNING = Pattern.compile("^[ _.-]{1,4}(?=[A-Za-z])");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})");

    /** What support's archives hold beside what is read. */
    private static final Pattern KNOWN_NOISE = Pattern.compile(
            "(?:.*/)?(?:var|etc|proc|boot|run|usr)/.*|(?:.*/)?collect/(?:proc/.*|ip_netns.*|[^/]*)|.*\\.(?:log|gz|journal)");

    private static final Set<String> HOST_NAME_FILES = Set.of("hostname", "hostname.txt");
    private static final String ADDRESSES = "ip_4_addr.json";

    private DumpNames() {}

    private static Map<String, String> commands() {
        Map<String, String> commands = new TreeMap<>();
        for (String command : List.of(
                "iptables-save",
                "iptables-nft-save",
                "iptables-legacy-save",
                "ip6tables-save",
                "ip6tables-nft-save",
                "ip6tables-legacy-save",
                "iptables -S",
                "iptables -L",
                "iptables -L -n",
                "iptables -L -v",
                "iptables -L -n -v",
                "iptables -L -v -n",
                "iptables -nvL",
                "iptables -vnL",
                "iptables -L -vn --line-numbers",
                "iptables -L -v -n --line-numbers",
                "iptables -L -n -v --line-numbers",
                "iptables -L --line-numbers",
                "iptables -L -n --line-numbers",
                "iptables --list",
                "iptables --list --line-numbers",
                "iptables --list --numeric --verbose --line-numbers",
                "ufw status",
                "ufw status verbose",
                "ufw status numbered",
                "nft list ruleset",
                "nft -n list ruleset",
                "nft -a list ruleset",
                "nft -j list ruleset",
                "nft -jn list ruleset")) {
            commands.put(squeezed(command), command);
        }
        // AgentBaker, parts/linux/cloud-init/artifacts/aks-log-collector.sh: what each of its files holds.
        commands.put("nftables", "nft -n list ruleset");
        commands.put("ip6tables", "ip6tables -L -vn --line-numbers");
        commands.put("ufwstatusv", "ufw status verbose");
        return commands;
    }

    /** Letters and digits, and capitals as they are: {@code -S} and {@code -s} are two options. */
    private static String squeezed(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "");
    }

    /** @return empty if the name does not say what the file is */
    static Optional<Dump> read(String name, String text) {
        if (HOST_NAME_FILES.contains(name.toLowerCase(Locale.ROOT))) {
            String host = text.strip();
            return HOST_NAME.matcher(host).matches() ? Optional.of(new Dump.Hostname(host)) : Optional.empty();
        }
        if (name.equals(ADDRESSES)) {
            return DumpTrees.address(text).map(Dump.Address::new);
        }
        return command(name).map(command -> new Dump.Output(DumpTexts.withFlagsOfText(command, text), text));
    }

    /** The command a file is named after; its node's name may stand before it. */
    private static Optional<String> command(String name) {
        Matcher node = Dump.NODE_NAME.matcher(name);
        String own = BEGINNING
                .matcher(node.find() ? name.substring(node.end()) : name)
                .replaceFirst("");
        String stem = ENDING.matcher(own).replaceFirst("");
        String squeezed = squeezed(stem);
        Optional<String> known = Optional.ofNullable(COMMANDS.get(squeezed));
        if (known.isPresent() || squeezed.equals("iptables")) {
            return known.or(() -> Optional.of("iptables -L"));
        }
        // A slash cannot stand in a file's name, and a blank is rarely put there.
        String line = stem.replace('_', ' ');
        return line.indexOf(' ') > 0 && FactReader.knows(line) ? Optional.of(line) : Optional.empty();
    }

    /** Of a file that nothing else is known of. */
    static Dump noise(String path) {
        return KNOWN_NOISE.matcher(path).matches()
                ? new Dump.Noise()
                : new Dump.Unknown("is nothing that is read; name it after the command that printed it, as in"
                        + " \"iptables-save.txt\", or print resources and objects by -o json or -o yaml");
    }
}
