package tunneldoctor.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.ReachPath;
import tunneldoctor.model.Reachability;
import tunneldoctor.model.Transport;
import tunneldoctor.parse.FactReader;
import tunneldoctor.path.Reach;
import tunneldoctor.report.ReachReport;

/** Reads facts files and prints who reaches whom. */
@Command(
        name = "reach",
        header = "Say for every tunnel agent and node whether connections get through, and which rule decides.",
        description = {
            "",
            "Follows connections from every agent to every node's kubelet, TCP 10250, and the tunnel's own to the API"
                    + " server, over the network security groups, routes and firewalls in the facts. With --from, --to,"
                    + " --port or --proto only connections to nodes are asked about.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tunnel-doctor reach incident.yaml                       agents and nodes, grouped by what becomes of them",
            "  tunnel-doctor reach --from 10.224.0.4 --to 10.224.0.6 incident.yaml",
            "  tunnel-doctor reach --from 10.0.0.0/16 --port 22 --in-interface ens192 host.yaml",
            "  tunnel-doctor reach -o json incident.yaml | jq '.paths[] | select(.outcome != \"ALLOWED\")'",
            "",
            "Of several documents the heaviest exit code counts: 4, 2, 1, 3, 0."
        })
final class ReachCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Mixin
    private FactsOptions options = new FactsOptions();

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            converter = Senders.class,
            description = "Instead of the agents: an IPv4 address or a block of them. May be repeated.")
    private List<AddressSet> from = new ArrayList<>();

    @Option(names = "--to", paramLabel = "NODE", description = "Only this node, by name or address. May be repeated.")
    private List<String> to = new ArrayList<>();

    @Option(names = "--port", paramLabel = "N", description = "Destination port on the nodes. Default: 10250.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--proto",
            paramLabel = "PROTO",
            converter = Protocol.class,
            description = "tcp or udp. Default: tcp.")
    private Optional<Transport> protocol = Optional.empty();

    @Option(
            names = "--in-interface",
            paramLabel = "NAME",
            description =
                    "Where traffic of other nodes arrives, on every node. Default: what the facts say, else eth0.")
    private Optional<String> inInterface = Optional.empty();

    private final Set<String> met = new HashSet<>();

    ReachCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        options.check(spec.commandLine());
        if (port.isPresent() && (port.get() < 1 || port.get() > 65_535)) {
            throw new ParameterException(spec.commandLine(), "--port: expected 1 to 65535, but was " + port.get());
        }
        Reach.Question question = new Reach.Question(
                from,
                to,
                protocol.orElse(Reach.Question.TUNNEL.transport()),
                port.orElse(Reach.Question.TUNNEL.port()),
                inInterface,
                from.isEmpty() && to.isEmpty() && port.isEmpty() && protocol.isEmpty());
        ExitCode exit = new FactsRun(terminal, options)
                .over(RulesPipeline::readFacts, "following the paths of", facts -> answer(facts, question));
        for (String node : to) {
            if (!met.contains(node)) {
                terminal.complain("--to " + node + ": the facts hold no such node");
                exit = exit.heavier(ExitCode.BAD_INPUT);
            }
        }
        return exit.code();
    }

    private FactsRun.Answer answer(ClusterFacts facts, Reach.Question question) {
        Reachability reach = Reach.of(FactReader.read(facts), question);
        for (ReachPath path : reach.paths()) {
            met.add(path.to().node());
            met.add(path.to().address());
        }
        String report = options.quiet()
                ? ""
                : switch (options.output()) {
                    case TEXT -> ReachReport.render(reach, options.page(terminal));
                    case JSON -> ReachReport.json(reach);
                    case JSONL -> ReachReport.jsonLine(reach);
                };
        return new FactsRun.Answer(exit(reach), report);
    }

    private static ExitCode exit(Reachability reach) {
        if (reach.paths().stream().anyMatch(path -> path.outcome().blocked())) {
            return ExitCode.FOUND;
        }
        boolean told = reach.missing().isEmpty()
                && reach.paths().stream().noneMatch(path -> path.outcome() == Outcome.UNKNOWN);
        return told ? ExitCode.NOTHING_FOUND : ExitCode.CANNOT_TELL;
    }

    static final class Senders implements ITypeConverter<AddressSet> {
        @Override
        public AddressSet convert(String value) {
            return AddressSet.parse(value.strip())
                    .orElseThrow(() -> new TypeConversionException(
                            "expected an IPv4 address or a block such as 10.224.0.0/16, but was '" + value + "'"));
        }
    }

    static final class Protocol implements ITypeConverter<Transport> {
        @Override
        public Transport convert(String value) {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "tcp", "6" -> Transport.TCP;
                case "udp", "17" -> Transport.UDP;
                default -> throw new TypeConversionException("expected tcp or udp, but was '" + value + "'");
            };
        }
    }
}
