package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tunneldoctor.collect.FactsWriter;
import tunneldoctor.collect.files.Bundle;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.report.Escape;

/** Makes a facts file of raw outputs that somebody collected before. */
@Command(
        name = ImportCommand.NAME,
        header = "Make a facts file of what support already has: folders and archives of raw outputs.",
        description = {
            "",
            "Reads folders, zip, tar and tgz archives (archives in archives too) and single files, and places what it knows:"
                    + " az ... -o json and kubectl ... -o yaml or -o json by what stands in them; outputs of iptables,"
                    + " iptables-save, nft and ufw by their text or by a name such as iptables-save.txt; the archives of"
                    + " aks-log-collector.sh; facts files. What could not be placed is listed. Nothing is unpacked to the"
                    + " disk, and secrets are removed.",
            "",
            "Which node an output is of is told by a node's name in the name of the file, its folder or archive, by a folder"
                    + " nodes/NAME, or by a hostname file beside it. It is never guessed; --node says it for all others.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tunnel-doctor import case-4711/ -o facts.yaml; tunnel-doctor diagnose facts.yaml",
            "  tunnel-doctor import aks-nodepool1-12345678-vmss000002.zip nsg.json nodes.yaml -o facts.yaml",
            "  tunnel-doctor import --node aks-nodepool1-12345678-vmss000002 logs.zip -o facts.yaml",
            "  tunnel-doctor import network-data.tgz | tunnel-doctor diagnose -"
        })
final class ImportCommand implements Callable<Integer> {
    static final String NAME = "import";

    private static final int LISTED = 20;

    private final Terminal terminal;
    private final Clock clock;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Parameters(index = "0..*", paramLabel = "SOURCE", arity = "1..*", description = "Folders, archives and files.")
    private List<String> sources = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "Where the facts go. The file is yours alone (mode 600) and there whole or not at all. Default:"
                            + " standard output.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "The node that outputs are of which do not say so themselves.")
    private Optional<String> node = Optional.empty();

    @Option(
            names = {"-v", "--verbose"},
            description = "List everything that could not be placed.")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing of what was placed. What could not be is still listed.")
    private boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    ImportCommand(Terminal terminal, Clock clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        output.flatMap(LiveRun::unwritable).ifPresent(why -> {
            throw new ParameterException(spec.commandLine(), why);
        });
        Placement placement = new Placement(node, clock);
        boolean unread = false;
        for (String source : sources) {
            try {
                Bundle.read(Path.of(source), sink(placement));
            } catch (IOException | InvalidPathException e) {
                terminal.complain(source + ": " + FactsInput.fault(e));
                unread = true;
            }
        }
        Placement.Outcome outcome = placement.outcome(output.map(Path::toString).orElse(FactsInput.STANDARD_INPUT));
        list(outcome.unplaced());
        if (outcome.placed() == 0) {
            terminal.complain("nothing of this can be used, so nothing was written");
            return ExitCode.BAD_INPUT.code();
        }
        try {
            if (output.isPresent()) {
                FactsWriter.write(outcome.facts(), output.get());
            } else {
                terminal.print(FactsWriter.text(outcome.facts()));
            }
        } catch (IOException e) {
            terminal.complain("the facts cannot be written: " + e.getMessage());
            return ExitCode.BAD_INPUT.code();
        }
        if (!quiet) {
            tell(outcome);
        }
        return (unread
                        ? ExitCode.BAD_INPUT
                        : outcome.unplaced().isEmpty() ? ExitCode.NOTHING_FOUND : ExitCode.CANNOT_TELL)
                .code();
    }

    private static Bundle.Sink sink(Placement placement) {
        return new Bundle.Sink() {
            @Override
            public void file(String path, byte[] content) {
                placement.file(path, content);
            }

            @Override
            public void unread(String path, String why) {
                placement.unread(path, why);
            }
        };
    }

    private void list(Map<String, String> unplaced) {
        int listed = 0;
        for (Map.Entry<String, String> file : new TreeMap<>(unplaced).entrySet()) {
            if (!verbose && listed == LISTED) {
                terminal.err().println("... and " + (unplaced.size() - LISTED) + " more; --verbose lists them.");
                return;
            }
            terminal.err().println("not placed: " + Escape.line(file.getKey()) + " " + Escape.line(file.getValue()));
            listed++;
        }
    }

    private void tell(Placement.Outcome outcome) {
        ClusterFacts facts = outcome.facts();
        long outputs =
                facts.nodes().stream().mapToLong(of -> of.outputs().size()).sum();
        String file = output.map(Path::toString).orElse("");
        terminal.err()
                .println((file.isEmpty() ? "" : Escape.line(file) + ": ")
                        + counted(facts.azure().size(), "resource") + ", "
                        + counted(facts.kubernetes().size(), "object or list of objects", "objects or lists of objects")
                        + ", " + counted(outputs, "output") + " of "
                        + counted(facts.nodes().size(), "node")
                        + (outcome.noise() == 0
                                ? "."
                                : "; " + counted(outcome.noise(), "file tells", "files tell")
                                        + " nothing of a tunnel."));
        if (!file.isEmpty()) {
            terminal.err().println("Next: tunnel-doctor diagnose " + Escape.line(file));
        }
    }

    private static String counted(long count, String one) {
        return counted(count, one, one + "s");
    }

    private static String counted(long count, String one, String several) {
        return count + " " + (count == 1 ? one : several);
    }
}
