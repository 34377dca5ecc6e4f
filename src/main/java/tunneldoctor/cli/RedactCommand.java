package tunneldoctor.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tunneldoctor.collect.PrivateFile;
import tunneldoctor.redact.Redaction;
import tunneldoctor.report.Escape;

/** Replaces names and addresses in facts files, so that they can be given to somebody else. */
@Command(
        name = RedactCommand.NAME,
        header = "Replace names and addresses in facts files, so that you can give them to somebody else.",
        description = {
            "",
            "Every name, subscription, tenant, id, secret and address becomes a pseudonym, the same everywhere. What is in"
                    + " which subnet, which rule matches and which name stands first stays as it is, so the diagnosis of a"
                    + " redacted file is the redacted diagnosis of the file. That is checked for each file.",
            "",
            "What stays: words of Azure, Kubernetes, Linux and plain English, ports, times, versions, sizes and regions."
                    + " A cluster that is called by such a word keeps it: look the file over before you send it.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tunnel-doctor redact facts.yaml -o to-send.yaml",
            "  tunnel-doctor redact facts.yaml -o to-send.yaml --mapping mine.yaml    to understand the answer",
            "  tunnel-doctor redact monday.yaml friday.yaml -o to-send/                the same names in both",
            "  tunnel-doctor redact facts.yaml -o to-send.yaml --key-file redact.key   the same result again"
        })
final class RedactCommand implements Callable<Integer> {
    static final String NAME = "redact";

    private static final int KEY_BYTES = 32;
    private static final int SHORTEST_KEY = 16;

    /** In characters: some two seconds. */
    private static final int LARGE = 4_000_000;

    private final Terminal terminal;
    private final Pipeline pipeline;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Parameters(
            index = "0..*",
            paramLabel = "FACTS",
            arity = "1..*",
            description = "Facts files, YAML or JSON; - for standard input. Together they get the same pseudonyms.")
    private List<String> files = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "Where the redacted file goes, or the folder for several. It is yours alone (mode 600) and there"
                            + " whole or not at all. Default: standard output.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--mapping",
            paramLabel = "FILE",
            description = "Write down which pseudonym stands for what (mode 600). Keep it.")
    private Optional<Path> mapping = Optional.empty();

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "The secret that pseudonyms depend on; made if there is no such file. With the same key the same"
                            + " facts get the same pseudonyms. Default: a new one that is thrown away.")
    private Optional<Path> keyFile = Optional.empty();

    @Option(
            names = "--no-check",
            description = "Do not diagnose the files before and after to see that nothing has changed.")
    private boolean unchecked;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing of what was done. What goes wrong is still said on standard error.")
    private boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    RedactCommand(Terminal terminal, Pipeline pipeline) {
        this.terminal = terminal;
        this.pipeline = pipeline;
    }

    @Override
    public Integer call() {
        check();
        List<FactsText> originals = new ArrayList<>();
        for (String file : files) {
            Optional<FactsText> text = read(file);
            if (text.isEmpty()) {
                return ExitCode.BAD_INPUT.code();
            }
            originals.add(text.get());
        }
        byte[] key;
        try {
            key = keyFile.isPresent() ? key(keyFile.get()) : newKey();
        } catch (IOException e) {
            terminal.complain("--key-file " + keyFile.orElseThrow() + ": " + FactsInput.fault(e));
            return ExitCode.BAD_INPUT.code();
        }
        Redaction.Learning learning = Redaction.learning();
        originals.forEach(original -> {
            progress("looking for names in", original);
            learning.line(original.stem());
            original.text().lines().forEach(learning::line);
        });
        return written(originals, learning.with(key)).code();
    }

    private void check() {
        if (files.stream().filter(FactsInput.STANDARD_INPUT::equals).count() > 1) {
            throw new ParameterException(spec.commandLine(), "standard input (-) can be read only once");
        }
        if (files.size() > 1 && output.filter(Files::isDirectory).isEmpty()) {
            throw new ParameterException(spec.commandLine(), "several files need a folder that is there: --output DIR");
        }
        output.filter(file -> !Files.isDirectory(file)).ifPresent(this::checkWritable);
        mapping.ifPresent(this::checkWritable);
    }

    private void checkWritable(Path file) {
        LiveRun.unwritable(file).ifPresent(why -> {
            throw new ParameterException(spec.commandLine(), why);
        });
        for (String given : files) {
            try {
                if (Files.exists(file) && Files.exists(Path.of(given)) && Files.isSameFile(file, Path.of(given))) {
                    throw new ParameterException(
                            spec.commandLine(), file + ": would replace the facts; name another file");
                }
            } catch (IOException | InvalidPathException e) {
                // Reading it says what is wrong with it.
            }
        }
    }

    /** Only what {@code diagnose} can read: of another text nobody can say that its meaning is kept. */
    private Optional<FactsText> read(String file) {
        // Java 17 asks a file's stream for its length, which a pipe has none of.
        try (InputStream in = new BufferedInputStream(FactsInput.open(file, terminal))) {
            byte[] bytes = in.readAllBytes();
            FactsText text = FactsText.of(file, bytes);
            text.documents(file);
            return Optional.of(text);
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
        } catch (IOException | InvalidPathException e) {
            terminal.complain(FactsInput.shown(file) + ": " + FactsInput.fault(e));
        }
        return Optional.empty();
    }

    private static byte[] newKey() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return key;
    }

    private static byte[] key(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] key = newKey();
            PrivateFile.write(file, out -> out.write(key));
            return key;
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length < SHORTEST_KEY) {
            throw new IOException("a key has at least " + SHORTEST_KEY
                    + " bytes; name a file that is not there yet, and" + " one is made");
        }
        return key;
    }

    private ExitCode written(List<FactsText> originals, Redaction redaction) {
        List<FactsText> redacted = originals.stream()
                .map(original -> {
                    progress("replacing them in", original);
                    return original.redacted(redaction);
                })
                .toList();
        Map<String, String> pseudonyms = new TreeMap<>(redaction.replaced());
        ExitCode exit = ExitCode.NOTHING_FOUND;
        try {
            for (int i = 0; i < originals.size(); i++) {
                exit = exit.heavier(
                        unchecked ? ExitCode.NOTHING_FOUND : checked(originals.get(i), redacted.get(i), redaction));
            }
            if (mapping.isPresent()) {
                PrivateFile.write(
                        mapping.get(), out -> out.write(table(pseudonyms).getBytes(StandardCharsets.UTF_8)));
            }
            for (Map.Entry<Path, FactsText> file : targets(originals, redacted).entrySet()) {
                PrivateFile.write(
                        file.getKey(), out -> out.write(file.getValue().text().getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            terminal.complain("the redacted facts cannot be written: " + e.getMessage());
            return ExitCode.BAD_INPUT;
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
            return ExitCode.BAD_INPUT;
        }
        if (output.isEmpty()) {
            redacted.forEach(text -> terminal.print(text.text()));
        }
        if (!quiet) {
            tell(pseudonyms, exit);
        }
        return exit;
    }

    /** Where each goes; empty for standard output. A file's name tells as much as what stands in it. */
    private Map<Path, FactsText> targets(List<FactsText> originals, List<FactsText> redacted) throws IOException {
        Map<Path, FactsText> targets = new TreeMap<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < originals.size() && output.isPresent(); i++) {
            Path target = output.get();
            if (Files.isDirectory(target)) {
                FactsText text = redacted.get(i);
                String name = text.stem() + text.ending();
                if (!names.add(name)) {
                    throw new IOException(
                            "two of the files are called " + originals.get(i).stem() + text.ending());
                }
                target = target.resolve(name);
            }
            targets.put(target, redacted.get(i));
        }
        return targets;
    }

    private ExitCode checked(FactsText original, FactsText redacted, Redaction redaction)
            throws Pipeline.UnusableException {
        Path rules = RuleBaseOptions.shipped()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "the rule base that came along is not found, since the program was not started by its launcher;"
                                + " --no-check does without"));
        progress("diagnosing before and after", original);
        RedactionCheck check = new RedactionCheck(pipeline.open(rules, terminal.cacheDirectory()));
        Optional<String> difference = check.difference(original, redacted, redaction);
        difference.ifPresent(where -> terminal.complain(original.shown()
                + ": the diagnosis of the redacted facts is not the redaction of their diagnosis: " + where
                + ". Say so to whom you send it, and report it."));
        return difference.isEmpty() ? ExitCode.NOTHING_FOUND : ExitCode.CANNOT_TELL;
    }

    /** Of a file that takes a while. */
    private void progress(String doing, FactsText original) {
        if (!quiet && original.text().length() >= LARGE) {
            terminal.err().println(doing + " " + Escape.line(original.shown()));
        }
    }

    private static String table(Map<String, String> pseudonyms) {
        StringBuilder table =
                new StringBuilder("# What was replaced by what. Whoever has this can undo the redaction.\n");
        pseudonyms.forEach((original, pseudonym) -> table.append('\'')
                .append(original)
                .append("': '")
                .append(pseudonym)
                .append("'\n"));
        return table.toString();
    }

    private void tell(Map<String, String> pseudonyms, ExitCode exit) {
        long kept = pseudonyms.entrySet().stream()
                .filter(entry -> entry.getKey().equals(entry.getValue()))
                .count();
        terminal.err()
                .println((pseudonyms.size() - kept) + " names, ids and addresses replaced"
                        + output.map(file -> " in " + Escape.line(file.toString()))
                                .orElse("")
                        + (unchecked || exit != ExitCode.NOTHING_FOUND
                                ? "."
                                : "; the diagnosis is the same but for them.")
                        + " Look it over before you send it.");
        mapping.ifPresent(file ->
                terminal.err().println(Escape.line(file.toString()) + " says what stands for what: do not send that."));
    }
}
