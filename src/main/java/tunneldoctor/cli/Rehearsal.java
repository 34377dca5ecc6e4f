package tunneldoctor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Does once, for nobody, what users do most, so that the Java process that watches can keep the classes this takes for the
 * processes to come. The launcher starts it; without it nothing is lost but time.
 */
final class Rehearsal {
    private static final String CAUSE = "nsg-blocks-kubelet";

    private Rehearsal() {}

    /**
     * {@code Rehearsal DIR PART}: on the samples and rules of the installation, with an edited rule base below {@code DIR},
     * which is to be empty. {@code PART} is {@code diagnose} for that command on files, {@code rest} for the others, or
     * {@code all}.
     */
    public static void main(String[] arguments) throws IOException {
        Path home = Path.of(System.getProperty("tunneldoctor.home", ""));
        Path copy = Path.of(arguments[0]);
        copy(home.resolve("rules"), copy.resolve("rules"));
        copy(home.resolve("facts-samples"), copy.resolve("facts-samples"));
        edit(copy.resolve("rules"));

        String sample = home.resolve("facts-samples/incident.yaml").toString();
        String healthy = home.resolve("facts-samples/healthy.yaml").toString();
        // Not of the plainest YAML, so that it takes the whole reader.
        Path odd = Files.writeString(copy.resolve("odd.yaml"), Files.readString(Path.of(healthy)) + "# \u2026\n");
        String edited = copy.resolve("rules").toString();
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                false,
                Map.of("XDG_CACHE_HOME", copy.resolve("cache").toString()));
        Terminal.ofProcess();
        List<List<String>> diagnose = List.of(
                List.of("diagnose", sample), List.of("diagnose", "--verbose", "-o", "json", sample, odd.toString()));
        List<List<String>> rest = List.of(
                List.of("diagnose", "--rules", edited, sample),
                List.of("reach", sample),
                List.of("--help"),
                List.of("rules", "test", "--rules", edited, CAUSE),
                List.of("rules", "check", edited),
                List.of("rules", "why", CAUSE, sample),
                List.of("rules", "why-not", CAUSE, healthy));
        List<List<String>> commands = switch (arguments[1]) {
            case "diagnose" -> diagnose;
            case "rest" -> rest;
            default -> Stream.of(diagnose, rest).flatMap(List::stream).toList();
        };
        for (List<String> command : commands) {
            Main.run(terminal, command.toArray(String[]::new));
        }
        // As main ends.
        Runtime.getRuntime().halt(0);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static void edit(Path rules) throws IOException {
        try (Stream<Path> files = Files.walk(rules)) {
            for (Path file : files.filter(rule -> rule.endsWith(CAUSE + ".drl")).toList()) {
                Files.write(file, "\n// edited\n".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
            }
        }
    }
}
