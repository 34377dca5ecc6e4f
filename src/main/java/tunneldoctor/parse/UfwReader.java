package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.UfwRule;
import tunneldoctor.model.UfwStatus;
import tunneldoctor.model.UfwStatus.Action;
import tunneldoctor.model.UfwStatus.Form;
import tunneldoctor.model.UfwStatus.State;

/**
 * Reads {@code ufw status}, {@code ufw status verbose} and {@code ufw status numbered}.
 *
 * <pre>
 * Status: active
 * Logging: on (low)
 * Default: deny (incoming), allow (outgoing), disabled (routed)
 * New profiles: skip
 *
 * To                         Action      From
 * --                         ------      ----
 * 22/tcp                     ALLOW IN    Anywhere                   (log) # admin
 * 10.224.0.5 10250/tcp on eth0 DENY IN   10.240.0.0/16
 * 10250/tcp (Kubelet)        REJECT IN   Anywhere
 * 10250/tcp (v6)             DENY IN     Anywhere (v6)
 * </pre>
 *
 * <p>Columns are padded, and a long field pushes the next one on, so a line is split at its action and not by offsets.
 * Status words are translated where ufw's catalogue is installed; a word that is not known is never taken for inactive.
 */
final class UfwReader {
    /** ufw's columns ({@code %-26s %-12s}): where the action stands unless the first field is longer. */
    private static final int TO_WIDTH = 26;

    private static final String READ_UNTRANSLATED = "run it as root and in English: LC_ALL=C ufw status verbose";

    private static final String STATUS = "Status: ";

    private static final String V6 = " (v6)";

    private final NodeDocument document;
    private final FactsBuilder facts;
    private final List<String> lines;
    private final List<UfwRule> rules = new ArrayList<>();
    private Optional<Action> defaultIncoming = Optional.empty();
    private Optional<Action> defaultOutgoing = Optional.empty();
    private boolean numbered;
    private Optional<SourceRef> defaults = Optional.empty();
    private boolean complete;

    private UfwReader(NodeDocument document, FactsBuilder facts) {
        this.document = document;
        this.facts = facts;
        this.lines = document.text().lines().toList();
        this.complete = !document.truncatedTail() && UfwWords.pipe(document.command()) < 0;
    }

    /** Whether a command line is one of {@code ufw status …} or the profile listings {@code ufw app …}. */
    static boolean reads(String commandLine) {
        return command(commandLine).isPresent();
    }

    static void read(NodeDocument document, FactsBuilder facts) {
        // Profiles tell what ports a name stands for, but not whether a rule was made from today's definition.
        if (!command(document.command()).equals(Optional.of("app"))) {
            new UfwReader(document, facts).read();
        }
    }

    /** {@code status} or {@code app}; empty for any other command. */
    private static Optional<String> command(String commandLine) {
        String rest = UfwWords.withSingleBlanks(commandLine.strip());
        if (!rest.startsWith("ufw ")) {
            return Optional.empty();
        }
        rest = rest.substring("ufw ".length());
        if (rest.equals("app") || rest.startsWith("app ")) {
            return Optional.of("app");
        }
        int end = UfwWords.endOfStatus(rest);
        if (end < 0) {
            return Optional.empty();
        }
        rest = rest.substring(end);
        rest = rest.isEmpty() ? rest : Tail.behind(rest);
        return rest.isBlank() || UfwWords.pipe(rest.strip()) == 0 ? Optional.of("status") : Optional.empty();
    }

    /** What may follow the command on its line without changing what it prints. */
    private static final class Tail {
        private static final Pattern HARMLESS = Pattern.compile(
                " ?(?:[12&]?>&?[ ]?[^ ;|&]{1,64}|; ?(?:echo|printf|true|exit)\\b.{0,200}|\\|\\| ?true)");

        static String behind(String text) {
            String rest = text;
            Matcher tail = HARMLESS.matcher(rest);
            while (tail.lookingAt()) {
                rest = rest.substring(tail.end());
                tail = HARMLESS.matcher(rest);
            }
            return rest;
        }
    }

    private void read() {
        int at = firstLine();
        if (at < 0) {
            unreadable(0, "", "ufw status printed nothing", READ_UNTRANSLATED);
            return;
        }
        String line = lines.get(at).strip();
        if (line.equals("Status: inactive")) {
            add(State.INACTIVE, at);
        } else if (line.equals("Status: active")) {
            table(at + 1, lines.get(at).indexOf(STATUS));
            add(State.ACTIVE, at);
        } else if (UfwWords.sayNotFound(line)) {
            add(State.NOT_INSTALLED, at);
        } else if (document.truncatedHead()) {
            unreadable(
                    at,
                    line,
                    "the beginning of ufw's status is cut off, so whether it is active is not known",
                    "run command keeps the last 4,096 bytes only: ufw status verbose | head -n 40");
        } else if (line.contains("need to be root")) {
            unreadable(at, line, "ufw status was not run as root", "run it as root: ufw status verbose");
        } else if (line.startsWith(STATUS)) {
            unreadable(at, line, "ufw's status is neither active nor inactive", READ_UNTRANSLATED);
        } else {
            unreadable(at, line, "ufw's status is not readable", READ_UNTRANSLATED);
        }
    }

    /** The status line, which warnings on standard error may precede; else the first line that says something. */
    private int firstLine() {
        int first = -1;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.startsWith(STATUS)) {
                return i;
            }
            if (first < 0 && !isNoise(line)) {
                first = i;
            }
        }
        return first;
    }

    private static boolean isNoise(String line) {
        return line.isEmpty()
                || line.startsWith("WARN: ")
                || ReturnCode.of(line).isPresent();
    }

    /** @param indent blanks before the status line, which a paste may have put before every line */
    private void table(int from, int indent) {
        String margin = " ".repeat(indent);
        for (int i = from; i < lines.size(); i++) {
            String whole = lines.get(i).stripTrailing();
            String line = whole.startsWith(margin) ? whole.substring(indent) : whole;
            if (!isNoise(line.strip()) && !header(i, line) && !rule(i, line)) {
                // A rule nobody could read may decide any flow, so nothing behind it is certain.
                problem(i, line, "a line of ufw's status is not readable, so the rules from here on are not used", "");
                complete = false;
                return;
            }
        }
    }

    /** Whether the line is a header; its defaults are taken. */
    private boolean header(int index, String line) {
        if (line.startsWith("Default: ")) {
            defaults = Optional.of(document.at(index + 1, line));
            Optional<UfwWords.Defaults> policies = UfwWords.Defaults.of(line);
            defaultIncoming = policies.map(both -> action(both.incoming()));
            defaultOutgoing = policies.map(both -> action(both.outgoing()));
            if (policies.isEmpty()) {
                problem(index, line, "ufw's defaults are not readable", READ_UNTRANSLATED);
            }
            return true;
        }
        String words = line.strip();
        return words.startsWith("Logging: ")
                || words.startsWith("New profiles: ")
                || words.startsWith("-- ") && words.endsWith(" ----")
                || words.startsWith("To ") && words.endsWith(" From") && words.contains(" Action ");
    }

    /** @return whether the line has the shape of a rule */
    private boolean rule(int index, String line) {
        Optional<UfwWords.Number> number = UfwWords.Number.of(line);
        String body = line.substring(number.map(UfwWords.Number::end).orElse(0));
        // A comment is free text, and may look like anything that stands before it.
        int comment = (body + " ").indexOf(" # ");
        String fields = comment < 0 ? body : body.substring(0, comment).stripTrailing();
        Optional<UfwWords.Action> column = fields.startsWith(" ") ? Optional.empty() : column(fields);
        if (column.isEmpty()) {
            return false;
        }
        numbered |= number.isPresent();
        UfwWords.Action action = column.get();
        String traffic = action.traffic().isEmpty() ? "IN" : action.traffic();
        Side to = Side.read(fields.substring(0, action.start()).strip());
        Side sender =
                Side.read(UfwWords.withoutNotes(fields.substring(action.end())).strip());
        boolean ipv6 = to.ipv6 || sender.ipv6;
        boolean understood = to.understood
                && sender.understood
                && agree(to.protocol, sender.protocol)
                && !(traffic.equals("IN") && !sender.onInterface.isEmpty())
                && !(traffic.equals("OUT") && !to.onInterface.isEmpty());
        SourceRef at = document.at(index + 1, line);
        if (!understood) {
            problem(index, line, "what this rule of ufw matches is not readable, so it may catch anything", "");
        }
        rules.add(new UfwRule(
                number.map(UfwWords.Number::number).orElse(rules.size() + 1),
                action(action.action()),
                traffic,
                ipv6,
                to.protocol.isEmpty() ? sender.protocol.isEmpty() ? "any" : sender.protocol : to.protocol,
                to.ports,
                to.profile.isEmpty() ? sender.profile : to.profile,
                to.addresses,
                // ufw shows the interface a packet leaves by on the sender's side.
                traffic.equals("OUT") ? sender.onInterface : to.onInterface,
                sender.addresses,
                sender.ports,
                understood,
                at));
        return true;
    }

    private static boolean agree(String one, String other) {
        return one.isEmpty() || other.isEmpty() || one.equals(other);
    }

    /** The action in its own column if one is there, else the first: a profile's name may hold such a word too. */
    private static Optional<UfwWords.Action> column(String fields) {
        Optional<UfwWords.Action> usual = UfwWords.Action.find(fields, TO_WIDTH + 1);
        return usual.isPresent() && usual.get().start() == TO_WIDTH + 1 ? usual : UfwWords.Action.find(fields, 0);
    }

    private static Action action(String word) {
        return Action.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private void add(State state, int index) {
        Form form = defaults.isPresent()
                ? Form.VERBOSE
                : numbered || document.command().contains(" numbered") ? Form.NUMBERED : Form.PLAIN;
        facts.ufw.add(new UfwStatus(
                document.node(),
                document.place(),
                state,
                form,
                defaultIncoming,
                defaultOutgoing,
                defaults,
                rules,
                complete,
                document.at(index + 1, index < lines.size() ? lines.get(index) : "")));
    }

    private void unreadable(int index, String line, String message, String advice) {
        problem(index, line, message, advice);
        complete = false;
        add(State.UNREADABLE, index);
    }

    private void problem(int index, String line, String message, String advice) {
        facts.problem(document.at(index + 1, line), message, advice);
    }

    /** One of a rule's two ends: addresses, ports, protocol, profile and interface. */
    private static final class Side {
        private AddressSet addresses = AddressSet.ALL;
        private PortSet ports = PortSet.ALL;
        private String protocol = "";
        private String profile = "";
        private String onInterface = "";
        private boolean ipv6;
        private boolean understood = true;

        static Side read(String field) {
            Side side = new Side();
            side.parse(field);
            return side;
        }

        private void parse(String field) {
            String rest = field;
            int on = rest.lastIndexOf(" on ");
            if (on >= 0) {
                onInterface = rest.substring(on + " on ".length());
                understood = UfwWords.isInterface(onInterface);
                rest = rest.substring(0, on);
            }
            if (rest.endsWith(V6)) {
                ipv6 = true;
                rest = rest.substring(0, rest.length() - V6.length());
            }
            // Verbose names the profile a rule came from behind the ports it stands for.
            int origin = rest.indexOf(" (");
            if (origin >= 0 && rest.endsWith(")") && takePorts(lastWord(rest.substring(0, origin)))) {
                ipv6 |= rest.endsWith(V6 + ")");
                rest = rest.substring(0, origin);
            }
            int blank = rest.indexOf(' ');
            if (takeAddress(blank < 0 ? rest : rest.substring(0, blank))) {
                if (blank >= 0) {
                    takePortsOrProfile(rest.substring(blank + 1));
                }
            } else {
                takePortsOrProfile(rest);
            }
        }

        private static String lastWord(String text) {
            return text.substring(text.lastIndexOf(' ') + 1);
        }

        private void takePortsOrProfile(String text) {
            if (takePorts(text)) {
                return;
            }
            if (text.isEmpty()) {
                understood = false;
                return;
            }
            profile = text;
        }

        /** {@code Anywhere}, an address or a block, each with or without a protocol. */
        private boolean takeAddress(String word) {
            String base = word;
            String named = "";
            int slash = word.lastIndexOf('/');
            if (slash >= 0 && UfwWords.isProtocol(word.substring(slash + 1))) {
                base = word.substring(0, slash);
                named = word.substring(slash + 1);
            }
            if (isIpv6(base)) {
                ipv6 = true;
                addresses = AddressSet.NONE;
            } else if (!base.equals("Anywhere")) {
                Optional<AddressSet> block = base.indexOf('.') < 0 ? Optional.empty() : AddressSet.parse(base);
                if (block.isEmpty()) {
                    return false;
                }
                addresses = block.get();
            }
            protocol = named;
            return true;
        }

        /** A port range has a colon too, but never two in a row and never a hexadecimal letter. */
        private static boolean isIpv6(String word) {
            int colons = 0;
            for (int i = 0; i < word.length(); i++) {
                colons += word.charAt(i) == ':' ? 1 : 0;
            }
            return word.contains("::") || colons == 7 && word.indexOf(',') < 0;
        }

        /** {@code 10250}, {@code 10000:20000/tcp}, {@code 80,443,10250/tcp}. */
        private boolean takePorts(String word) {
            int slash = word.indexOf('/');
            String list = slash < 0 ? word : word.substring(0, slash);
            String named = slash < 0 ? "" : word.substring(slash + 1);
            if (list.isEmpty() || !named.isEmpty() && !UfwWords.isProtocol(named)) {
                return false;
            }
            List<PortSet> parts = new ArrayList<>();
            for (String part : list.split(",", -1)) {
                boolean halfOpen = part.startsWith(":") || part.endsWith(":") || part.equals("*");
                Optional<PortSet> range = halfOpen ? Optional.empty() : PortSet.parse(part, ':');
                if (range.isEmpty()) {
                    return false;
                }
                parts.add(range.get());
            }
            ports = PortSet.union(parts);
            protocol = named;
            return true;
        }
    }
}
