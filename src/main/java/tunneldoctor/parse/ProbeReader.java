package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tunneldoctor.model.Digits;
import tunneldoctor.model.Probe;
import tunneldoctor.model.Probe.Result;
import tunneldoctor.model.Transport;

/**
 * Reads what {@code nc} says about a connection attempt, and the shell's {@code /dev/tcp} with the return codes of
 * {@code timeout}.
 *
 * <pre>
 * nc: connect to 10.224.0.4 port 10250 (tcp) timed out: Operation now in progress
 * Connection to 10.224.0.4 10250 port [tcp/*] succeeded!
 * Ncat: Connected to 10.224.0.4:10250.
 * (UNKNOWN) [10.224.0.4] 10250 (?) : Connection refused
 * </pre>
 *
 * <p>The first two are OpenBSD's nc (Ubuntu nodes), then nmap's (Azure Linux) and the traditional one. A refused
 * connection says nothing of who refused it: a kubelet that is down and a rejecting rule look alike.
 */
final class ProbeReader {
    private static final Set<String> TOOLS = Set.of("nc", "ncat", "netcat", "nc.openbsd", "nc.traditional");
    private static final int TIMEOUT_RETURN_CODE = 124;
    private static final int MOST_WORDS = 64;

    /** Options of any of the tools that take a value of their own. */
    private static final String OPTIONS_WITH_VALUE = "wpsiXxqgGIOTVPMmeco";

    private final NodeDocument document;
    private final Target asked;
    private final Map<String, Probe> probes = new LinkedHashMap<>();
    private Optional<Integer> returnCode = Optional.empty();
    private int returnCodeLine;

    private ProbeReader(NodeDocument document, Target asked) {
        this.document = document;
        this.asked = asked;
    }

    /** What the command line says is dialled. */
    private record Target(String host, int port, Transport transport, boolean shell) {}

    /** Whether a command line makes one connection attempt, by {@code nc} or by the shell. */
    static boolean reads(String commandLine) {
        return target(commandLine).isPresent();
    }

    static void read(NodeDocument document, FactsBuilder facts) {
        target(document.command()).ifPresent(target -> new ProbeReader(document, target).read(facts));
    }

    private static Optional<Target> target(String commandLine) {
        Matcher device = commandLine.contains("/dev/") ? Device.DIALLED.matcher(commandLine) : null;
        if (device != null && device.find()) {
            return port(device.group(3))
                    .map(port -> new Target(
                            device.group(2),
                            port,
                            device.group(1).equals("udp") ? Transport.UDP : Transport.TCP,
                            true));
        }
        List<String> words = words(commandLine);
        if (!words.isEmpty() && words.get(0).equals("timeout")) {
            words.remove(0);
            words.removeIf(word -> word.startsWith("-k") || word.startsWith("--"));
            if (!words.isEmpty()) {
                words.remove(0);
            }
        }
        if (words.isEmpty() || !TOOLS.contains(baseName(words.get(0)))) {
            return Optional.empty();
        }
        return operands(words.subList(1, words.size()));
    }

    private static List<String> words(String commandLine) {
        List<String> words = new ArrayList<>();
        StringTokenizer tokens = new StringTokenizer(commandLine.strip(), " \t");
        while (tokens.hasMoreTokens() && words.size() < MOST_WORDS) {
            words.add(tokens.nextToken());
        }
        return words;
    }

    /** Whether a word redirects, pipes on or ends what the command prints. */
    private static boolean leavesCommand(String word) {
        int at = Digits.from(word, 0) > 0 ? 1 : 0;
        return at < word.length() && "<>|;&".indexOf(word.charAt(at)) >= 0;
    }

    private static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Optional<Target> operands(List<String> words) {
        List<String> operands = new ArrayList<>();
        Transport transport = Transport.TCP;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("--")) {
                transport = word.equals("--udp") ? Transport.UDP : transport;
            } else if (word.length() > 1 && word.charAt(0) == '-') {
                if (word.indexOf('l') > 0) {
                    return Optional.empty();
                }
                transport = word.indexOf('u') > 0 ? Transport.UDP : transport;
                i += OPTIONS_WITH_VALUE.indexOf(word.charAt(word.length() - 1)) >= 0 ? 1 : 0;
            } else if (leavesCommand(word)) {
                break;
            } else {
                operands.add(word.endsWith(";") ? word.substring(0, word.length() - 1) : word);
                if (word.endsWith(";")) {
                    break;
                }
            }
        }
        if (operands.size() < 2) {
            return Optional.empty();
        }
        Transport used = transport;
        return port(operands.get(1)).map(port -> new Target(unquoted(operands.get(0)), port, used, false));
    }

    private static String unquoted(String word) {
        return word.replace("'", "").replace("\"", "");
    }

    private static Optional<Integer> port(String digits) {
        int port = digits.length() > 5 ? -1 : ArmTree.wholeNumber(digits);
        return port >= 1 && port <= 65_535 ? Optional.of(port) : Optional.empty();
    }

    private void read(FactsBuilder facts) {
        List<String> lines = document.text().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            line(i + 1, lines.get(i).strip());
        }
        if (probes.isEmpty()) {
            returnCode
                    .flatMap(this::byReturnCode)
                    .ifPresent(result -> add(
                            asked.host, asked.port, asked.transport, result, returnCodeLine, "rc=" + returnCode.get()));
        }
        if (probes.isEmpty()) {
            String first =
                    lines.stream().filter(line -> !line.isBlank()).findFirst().orElse("");
            int line = lines.indexOf(first) + 1;
            add(asked.host, asked.port, asked.transport, Result.UNREADABLE, first.isEmpty() ? 0 : line, first);
            facts.problem(
                    document.at(first.isEmpty() ? 0 : line, first),
                    first.isEmpty()
                            ? "the connection attempt printed nothing"
                            : "what came of the connection attempt is not readable",
                    "nc says it on standard error, and only with -v: nc -v -w 2 ADDRESS PORT");
        }
        facts.probes.addAll(probes.values());
    }

    private void line(int number, String line) {
        Optional<NcWords.Attempt> open = NcWords.opened(line);
        Optional<NcWords.Attempt> failed = NcWords.failed(line);
        Optional<Integer> code = ReturnCode.of(line);
        if (open.isPresent()) {
            add(open.get().host(), open.get().port(), Result.OPEN, number, line);
        } else if (failed.isPresent()) {
            result(failed.get().reason())
                    .ifPresent(r -> add(failed.get().host(), failed.get().port(), r, number, line));
        } else if (code.isPresent()) {
            returnCode = code;
            returnCodeLine = number;
        } else if (!line.isEmpty() && !otherTool(number, line) && asked.shell) {
            result(line).ifPresent(r -> add(asked.host, asked.port, asked.transport, r, number, line));
        }
    }

    /** Whether the line is one that another {@code nc} than OpenBSD's writes, or that one where a name is not known. */
    private boolean otherTool(int number, String line) {
        Matcher name = Said.OPENBSD_NAME.matcher(line);
        Matcher ncatOpen = Said.NCAT_OPEN.matcher(line);
        Matcher ncat = Said.NCAT_FAILED.matcher(line);
        Matcher bracketed = Said.BRACKETED.matcher(line);
        Matcher busybox = Said.BUSYBOX.matcher(line);
        if (name.lookingAt()) {
            add(asked.host, asked.port, asked.transport, Result.NAME_NOT_RESOLVED, number, line);
        } else if (ncatOpen.lookingAt()) {
            add(ncatOpen.group(1), ncatOpen.group(2), Result.OPEN, number, line);
        } else if (ncat.lookingAt()) {
            result(ncat.group(1)).ifPresent(r -> add(asked.host, asked.port, asked.transport, r, number, line));
        } else if (bracketed.lookingAt()) {
            resultOrOpen(bracketed.group(3))
                    .ifPresent(r -> add(bracketed.group(1), bracketed.group(2), r, number, line));
        } else if (busybox.lookingAt()) {
            String words = busybox.group(3) == null ? "open" : busybox.group(3);
            resultOrOpen(words).ifPresent(r -> add(busybox.group(1), busybox.group(2), r, number, line));
        } else {
            return false;
        }
        return true;
    }

    private static Optional<Result> resultOrOpen(String words) {
        return words.equals("open") ? Optional.of(Result.OPEN) : result(words);
    }

    private static Optional<Result> result(String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        if (lower.contains("timed out") || lower.startsWith("timeout")) {
            return Optional.of(Result.TIMED_OUT);
        }
        if (lower.contains("connection refused")) {
            return Optional.of(Result.REFUSED);
        }
        if (lower.contains("no route to host") || lower.contains("network is unreachable")) {
            return Optional.of(Result.NO_ROUTE);
        }
        boolean name = lower.contains("could not resolve")
                || lower.contains("name resolution")
                || lower.contains("name or service not known")
                || lower.contains("bad address");
        return name ? Optional.of(Result.NAME_NOT_RESOLVED) : Optional.empty();
    }

    /** Only for the shell: which code nc returns without a word differs between the tools. */
    private Optional<Result> byReturnCode(int code) {
        boolean timed = document.command().startsWith("timeout ") || asked.shell;
        if (code == TIMEOUT_RETURN_CODE && timed) {
            return Optional.of(Result.TIMED_OUT);
        }
        return code == 0 ? Optional.of(Result.OPEN) : Optional.empty();
    }

    private void add(String host, String port, Result result, int number, String line) {
        port(port).ifPresent(p -> add(host, p, asked.transport, result, number, line));
    }

    private void add(String host, int port, Transport transport, Result result, int number, String line) {
        // A datagram that nobody answers has not shown that anybody received it.
        Result shown = transport == Transport.UDP && result == Result.OPEN ? Result.UNREADABLE : result;
        Probe probe = new Probe(document.node(), host, port, transport, shown, document.at(number, line));
        // nc tries every address a name stands for, and one that answers is enough.
        probes.merge(host + " " + port, probe, (old, now) -> old.result() == Result.OPEN ? old : now);
    }

    /** A connection the shell itself makes. */
    private static final class Device {
        static final Pattern DIALLED = Pattern.compile("/dev/(tcp|udp)/([^/ '\"]{1,253})/(\\d{1,5})");
    }

    /** What other tools than the usual one say. */
    private static final class Said {
        private static final String HOST = "([^ \\t,]{1,253})";

        private static final Pattern OPENBSD_NAME = Pattern.compile("nc: getaddrinfo.{0,300}: .{1,200}");
        private static final Pattern NCAT_OPEN = Pattern.compile("Ncat: Connected to " + HOST + ":(\\d{1,5})\\.");
        private static final Pattern NCAT_FAILED = Pattern.compile("Ncat: (.{1,300})");
        private static final Pattern BRACKETED =
                Pattern.compile(".{0,253} \\[([^ \\]]{1,64})\\] (\\d{1,5}) \\([^)]{1,32}\\) ?(open|: .{1,200})");
        private static final Pattern BUSYBOX =
                Pattern.compile("(?:nc: )?" + HOST + " \\([^ )]{1,64}:(\\d{1,5})\\)(?:: (.{1,200})| (open))");
    }
}
