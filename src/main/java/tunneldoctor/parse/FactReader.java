package tunneldoctor.parse;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.Facts;
import tunneldoctor.model.SourceRef;

/** Hands every piece of a document's evidence to the reader of its format. */
public final class FactReader {
    /** Each command line is read by the first that knows it. */
    private static final List<CommandReader> READERS = List.of(
            new CommandReader(IptablesReader::reads, IptablesReader::read, true),
            new CommandReader(NftReader::reads, NftReader::read, true),
            new CommandReader(UfwReader::reads, UfwReader::read, false),
            new CommandReader(ProbeReader::reads, ProbeReader::read, false));

    private static final String WHAT_IS_READ =
            "Read are: iptables -S, iptables -L, iptables-save (also -nft, -legacy and ip6tables), nft list ruleset,"
                    + " ufw status verbose and nc -v -w 2 ADDRESS PORT, one command for each output.";

    private final FactsBuilder nodes = new FactsBuilder();

    private final Map<String, Unread> unread = new LinkedHashMap<>();
    private final Optional<SharedFirewalls> firewalls;

    private FactReader(ClusterFacts given) {
        firewalls = given.nodes().size() > 1 ? Optional.of(new SharedFirewalls(nodes)) : Optional.empty();
    }

    /** @param tables whether it reads a firewall's tables and nothing else */
    private record CommandReader(
            Predicate<String> reads, BiConsumer<NodeDocument, FactsBuilder> read, boolean tables) {}

    /**
     * Outputs of one command that nothing reads.
     *
     * @param first where the first of them stands
     */
    private record Unread(SourceRef first, int outputs) {
        /** Commands people run beside these, whose output says nothing a firewall or probe reader is for. */
        private static final Pattern KNOWN_NOISE = Pattern.compile(
                "(?:uname|ss|netstat|conntrack|journalctl|hostname|hostnamectl|curl|wget|date|uptime|whoami|id|nslookup|dig"
                        + "|host|getent|ping|traceroute|tracepath|mtr|lsmod|modinfo|sysctl|which|ls|free|df|top|ps|crictl"
                        + "|tcpdump|lsb_release|openssl|dmesg|dpkg|rpm|ethtool|arp"
                        + "|ip (?:-[^ ]{1,16} ){0,4}(?:a|addr|address|r|ro|route|rule|l|link|n|neigh|neighbour)"
                        + "|systemctl (?:--?[^ ]{1,32} ){0,4}(?:status|is-active|is-enabled|show|cat|list-units)"
                        + "|kubectl (?:version|config|cluster-info)"
                        + "|cat /(?:etc|proc|sys)/[^ ;|&]{1,200}"
                        + "|(?:iptables|ip6tables|ufw|nft|nc|ncat) (?:-V|--version|-v|version|-h|--help)"
                        + ")(?: [^;&\\n]{0,4000})?");

        static boolean isNoise(String command) {
            return KNOWN_NOISE.matcher(command.replace("2>&1", "")).matches();
        }

        Unread and(Unread more) {
            return new Unread(first, outputs + more.outputs);
        }
    }

    /**
     * Reads all evidence of a document; never fails. What cannot be read is among the problems, after those of the file
     * itself.
     */
    public static Facts read(ClusterFacts given) {
        return new FactReader(given).facts(given);
    }

    /** Whether there is a reader for what a command prints. */
    static boolean knows(String command) {
        String normalised = CommandKey.normalised(command);
        return READERS.stream().anyMatch(reader -> reader.reads.test(normalised));
    }

    private Facts facts(ClusterFacts given) {
        // In a short run each half loads and links code of its own.
        ForkJoinTask<FactsBuilder> cluster = ForkJoinPool.commonPool().submit(() -> cluster(given));
        given.nodes().forEach(this::node);
        FactsBuilder facts = cluster.join();
        facts.addNodes(nodes);
        unread.forEach((command, outputs) -> facts.problem(
                outputs.first,
                "no reader knows this command, so its output"
                        + (outputs.outputs == 1 ? " is" : " and " + (outputs.outputs - 1) + " more of it are")
                        + " kept, not read",
                WHAT_IS_READ));
        MetricsReader.read(given.metrics(), facts);
        for (int i = 0; i < given.symptoms().size(); i++) {
            facts.symptoms.add(SymptomReader.read(given.symptoms().get(i), i));
        }
        return facts.build(given);
    }

    /** What Azure and Kubernetes said. */
    private static FactsBuilder cluster(ClusterFacts given) {
        FactsBuilder facts = new FactsBuilder();
        facts.problems.addAll(given.problems());
        AzureReader.read(given.azure(), facts);
        KubernetesReader.read(given.kubernetes(), facts);
        return facts;
    }

    /** @param text what makes two outputs of a command the same evidence */
    private record Repeated(String command, String text) {}

    private void node(NodeOutputs node) {
        Map<String, String> seen = new HashMap<>();
        // Texts are long: only where a command is given twice are they worth comparing.
        Set<Repeated> repeated = new HashSet<>();
        for (CommandOutput output : node.outputs()) {
            String command = CommandKey.normalised(output.command());
            String before = seen.putIfAbsent(command, output.text());
            boolean fresh = before == null
                    || !before.equals(output.text()) && repeated.add(new Repeated(command, output.text()));
            if (fresh) {
                output(node, command, output);
            }
        }
    }

    private void output(NodeOutputs node, String command, CommandOutput output) {
        // A long key is a wrapper around a short command, and cut short it would not tell two commands apart.
        String shown = output.command().equals(Shown.shortened(output.command())) ? output.command() : command;
        String place = "nodes[" + node.index() + "] " + Shown.quoted(shown);
        for (CommandReader reader : READERS) {
            if (reader.reads.test(command)) {
                read(reader, node.name(), place, command, output.text());
                return;
            }
        }
        if (!Unread.isNoise(command)) {
            unread.merge(command, new Unread(new SourceRef(place, 0, ""), 1), Unread::and);
        }
    }

    private void read(CommandReader reader, String node, String place, String command, String text) {
        // JSON keeps the line ends of Windows, where YAML does not.
        String lines = text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n");
        RunCommandWrapper.Unwrapped inner = RunCommandWrapper.unwrap(lines);
        NodeDocument document =
                new NodeDocument(node, place, command, inner.text(), inner.truncatedHead(), false, inner.lineOffset());
        inner.failure()
                .ifPresent(failure -> nodes.problem(
                        document.at(0, OneLine.text(failure)),
                        "the run command itself failed",
                        "Run it again; only one runs on a node at a time."));
        // Without an answer there is nothing to read; an empty one from a probe would mean that it connected.
        if (inner.failure().isEmpty() || !inner.text().isBlank()) {
            if (reader.tables && firewalls.isPresent()) {
                firewalls.get().read(document, reader.read);
            } else {
                reader.read.accept(document, nodes);
            }
        }
    }
}
