package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.Answer;
import tunneldoctor.model.Certainty;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Severity;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;

/**
 * The command line with a pipeline in which each line of a facts file is a document and says how it ends: {@code healthy},
 * {@code found}, {@code open}, {@code crash}, {@code unusable}, {@code badrule}.
 */
class CommandLineTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private Path rules;

    @BeforeEach
    void makeRules() throws IOException {
        rules = Files.createDirectory(folder.resolve("rules"));
    }

    @ParameterizedTest
    @CsvSource({
        "healthy, 0",
        "found, 1",
        "open, 3",
        "unusable, 2",
        "badrule, 2",
        "crash, 4",
        "'', 2",
        "healthy open, 3",
        "open found, 1",
        "found open healthy, 1",
        "found unusable, 2",
        "unusable crash, 2",
        "crash unusable, 4",
        "crash found, 4",
        "healthy healthy, 0",
    })
    void theHeaviestDocumentDecidesTheExitCode(String documents, int code) throws IOException {
        assertThat(diagnose(facts("a.yaml", documents.split(" ")))).isEqualTo(code);
        assertThat(diagnose("--quiet", facts("b.yaml", documents.split(" ")))).isEqualTo(code);
    }

    @Test
    void aFileThatCannotBeReadDoesNotStopTheOthers() throws IOException {
        String good = facts("good.yaml", "found");

        assertThat(diagnose(folder.resolve("missing.yaml").toString(), folder.toString(), "", good, "a\0b"))
                .isEqualTo(2);
        assertThat(out()).contains("good.yaml").contains("1 cause found");
        assertThat(err().lines())
                .containsExactly(
                        "tunnel-doctor: " + folder.resolve("missing.yaml") + ": no such file",
                        "tunnel-doctor: " + folder + ": is a directory; name the files in it",
                        "tunnel-doctor: : no such file",
                        "tunnel-doctor: a^@b: no such file");
    }

    @Test
    void aFileWithoutPermissionIsNamed() throws IOException {
        Path file = Path.of(facts("secret.yaml", "found"));
        Assumptions.assumeTrue(file.toFile().setReadable(false) && !Files.isReadable(file), "root reads everything");

        assertThat(diagnose(file.toString())).isEqualTo(2);
        assertThat(err()).contains("no permission to read it");
    }

    @Test
    void aPathThroughAFileIsNamed() throws IOException {
        String file = facts("file.yaml", "found");

        assertThat(diagnose(file + "/deeper.yaml")).isEqualTo(2);
        assertThat(err().lines()).hasSize(1);
    }

    @Test
    void aCrashInOneDocumentIsOneLineAndTheNextIsStillDiagnosed() throws IOException {
        assertThat(diagnose(facts("a.yaml", "crash", "found"))).isEqualTo(4);
        assertThat(out()).contains("1 cause found");
        assertThat(err().lines()).hasSize(1);
        assertThat(err()).contains("internal error", "TUNNEL_DOCTOR_DEBUG=1").doesNotContain("\tat ");
    }

    @Test
    void theTraceOfACrashIsShownToThoseWhoAsk() throws IOException {
        diagnose("--verbose", facts("a.yaml", "crash"));
        assertThat(err()).contains("\tat ");

        err.reset();
        environment.put("TUNNEL_DOCTOR_DEBUG", "1");
        diagnose(facts("a.yaml", "crash"));
        assertThat(err()).contains("\tat ");
    }

    @Test
    void standardInputIsADash() {
        assertThat(run("found\nfound\n", "diagnose", "--rules", rules.toString(), "-"))
                .isEqualTo(1);
        assertThat(out()).contains("standard input");
        assertThat(diagnose("-", "-")).isEqualTo(2);
        assertThat(err()).contains("only once");
    }

    @Test
    void jsonIsOneObjectPerDocumentInInputOrder() throws IOException {
        diagnose("-o", "json", facts("a.yaml", "found", "healthy"), facts("b.yaml", "open"));
        List<String> files = new ArrayList<>();
        try (MappingIterator<JsonNode> objects =
                new ObjectMapper().readerFor(JsonNode.class).readValues(out())) {
            objects.forEachRemaining(object -> files.add(object.get("file").textValue()));
        }
        assertThat(files.stream().map(file -> Path.of(file).getFileName().toString()))
                .containsExactly("a.yaml", "a.yaml", "b.yaml");

        out.reset();
        diagnose("-o", "JSONL", facts("a.yaml", "found", "healthy"));
        assertThat(out().lines()).hasSize(2).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    }

    @Test
    void quietPrintsNoReport() throws IOException {
        assertThat(diagnose("-q", facts("a.yaml", "found"))).isEqualTo(1);
        assertThat(out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "diagnose",
                "diagnos x",
                "diagnose --verbos x",
                "diagnose -o xml x",
                "diagnose --rules",
                "diagnose --rules /nonexistent x",
                "--nonsense"
            })
    void badUsageIsTwoAndSaysHowToGoOn(String line) {
        assertThat(run("", line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(out()).isEmpty();
        assertThat(err()).contains("--help").doesNotContain("Exception");
    }

    @Test
    void aMisspeltCommandOrOptionIsAnsweredWithTheNearest() {
        run("", "diagnos", "x");
        assertThat(err()).contains("diagnose");

        err.reset();
        diagnose("--verbos", "x");
        assertThat(err()).contains("--verbose");

        err.reset();
        diagnose("-o", "xml", "x");
        assertThat(err()).contains("expected text, json or jsonl, but was 'xml'");
    }

    @Test
    void aForgottenCommandIsNamed() throws IOException {
        String file = facts("incident.yaml", "found");

        assertThat(run("", file)).isEqualTo(2);
        assertThat(err()).contains("Did you mean: tunnel-doctor diagnose " + file + "?");
    }

    @Test
    void whereTheRulesAreMustBeKnown() throws IOException {
        assertThat(run("", "diagnose", facts("a.yaml", "found"))).isEqualTo(2);
        assertThat(err()).contains("--rules DIR");
    }

    @Test
    void mistakesInTheRulesAreListedAsTheyAre() throws IOException {
        Files.writeString(rules.resolve("broken"), "");

        assertThat(diagnose(facts("a.yaml", "found"))).isEqualTo(2);
        assertThat(err()).isEqualTo("a.drl:3:7: no such field\n    foo\nb.drl:1:1: other\n");
    }

    @Test
    void helpTeachesExitCodesAndExamples() {
        assertThat(run("", "diagnose", "--help")).isZero();
        assertThat(out()).contains("Examples:", "Exit codes:", "-o json");
        for (ExitCode exit : ExitCode.values()) {
            assertThat(out().replaceAll("\\s+", " "))
                    .contains(exit.code() + " " + ExitCode.documented().get("" + exit.code()));
        }
        out.reset();
        assertThat(run("", "--help")).isZero();
        assertThat(out()).contains("diagnose");
        out.reset();
        assertThat(run("", "help", "diagnose")).isZero();
        assertThat(out()).contains("FACTS");
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        assertThat(run("", "--version")).isZero();
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<version>" + out().strip().replace("tunnel-doctor ", "") + "</version>\n  <packaging>");
    }

    @Test
    void aReaderThatHasEnoughEndsItQuietly() throws IOException {
        assertThat(diagnoseInto("Broken pipe", facts("a.yaml", "found", "crash")))
                .isEqualTo(1);
        assertThat(err()).isEmpty();
    }

    @Test
    void aFullDiskIsNotHidden() throws IOException {
        assertThat(diagnoseInto("No space left on device", facts("a.yaml", "healthy")))
                .isEqualTo(4);
        assertThat(err()).isEqualTo("tunnel-doctor: cannot write the report: No space left on device\n");
    }

    @Test
    void outputIsUtf8WhateverTheLocale() throws IOException {
        diagnose(facts("a.yaml", "found"));

        assertThat(out.toString(StandardCharsets.UTF_8)).contains("PROVED · BLOCKING");
    }

    @ParameterizedTest
    @CsvSource({
        "true, '', xterm, '', true",
        "false, '', xterm, '', false",
        "true, 1, xterm, '', false",
        "true, '', dumb, '', false",
        "true, '', xterm, --no-color, false",
    })
    void colorsAreForTerminalsOnly(boolean interactive, String noColor, String term, String option, boolean colored)
            throws IOException {
        environment.put("NO_COLOR", noColor);
        environment.put("TERM", term);
        List<String> args = new ArrayList<>(List.of("diagnose", "--rules", rules.toString(), facts("a.yaml", "found")));
        if (!option.isEmpty()) {
            args.add(option);
        }
        Main.run(
                new Terminal(InputStream.nullInputStream(), out, err, interactive, environment),
                new ScriptedPipeline(),
                args.toArray(String[]::new));

        assertThat(out().contains("\u001b[")).isEqualTo(colored);
    }

    @ParameterizedTest
    @CsvSource({
        "/var/c, /home/a, /var/c/tunnel-doctor",
        "'', /home/a, /home/a/.cache/tunnel-doctor",
        "rel, /home/a, /home/a/.cache/tunnel-doctor"
    })
    void theCacheIsWhereTheDesktopStandardPutsIt(String xdg, String home, Path expected) {
        assertThat(new Terminal(
                                InputStream.nullInputStream(),
                                out,
                                err,
                                false,
                                Map.of("XDG_CACHE_HOME", xdg, "HOME", home))
                        .cacheDirectory())
                .isEqualTo(expected);
    }

    private String facts(String name, String... documents) throws IOException {
        return Files.write(folder.resolve(name), List.of(documents)).toString();
    }

    private int diagnose(String... args) {
        List<String> all = new ArrayList<>(List.of("diagnose", "--rules", rules.toString()));
        all.addAll(List.of(args));
        return run("", all.toArray(String[]::new));
    }

    private int diagnoseInto(String failure, String file) {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(failure);
            }
        };
        return Main.run(
                new Terminal(InputStream.nullInputStream(), broken, err, false, environment),
                new ScriptedPipeline(),
                "diagnose",
                "--rules",
                rules.toString(),
                file);
    }

    private int run(String input, String... args) {
        return Main.run(
                new Terminal(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out, err, false, environment),
                new ScriptedPipeline(),
                args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static final class ScriptedPipeline implements Pipeline {
        @Override
        public Opened open(Path rules, Path cache) throws UnusableException {
            if (Files.exists(rules.resolve("broken"))) {
                throw new UnusableException("a.drl:3:7: no such field\n    foo\nb.drl:1:1: other");
            }
            return new Opened() {
                @Override
                public void read(String name, InputStream facts, Consumer<ClusterFacts> each)
                        throws UnusableException, IOException {
                    for (String line : new String(facts.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                        if (line.equals("unusable")) {
                            throw new UnusableException(name + ": not YAML");
                        }
                        if (!line.isEmpty()) {
                            each.accept(document(name, line));
                        }
                    }
                }

                @Override
                public Opened only(List<String> causes) throws UnusableException {
                    throw new UnusableException("no rule knows the cause " + causes.get(0));
                }

                @Override
                public Opened knowing(String name, InputStream issues) throws UnusableException {
                    throw new UnusableException(name + ": known issues are a list");
                }

                @Override
                public Diagnosis diagnose(ClusterFacts facts) throws UnusableException {
                    return switch (facts.apiVersion()) {
                        case "healthy" -> diagnosis(facts, List.of(), List.of());
                        case "found" -> diagnosis(facts, List.of(found()), List.of());
                        case "open" ->
                            diagnosis(
                                    facts, List.of(), List.of(new Diagnosis.Open("c", "t", "m", "command", List.of())));
                        case "badrule" -> throw new UnusableException("a.drl:1:1: a rule fails");
                        default -> throw new IllegalStateException("scripted");
                    };
                }
            };
        }

        private static ClusterFacts document(String file, String text) {
            return new ClusterFacts(
                    file,
                    text,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of());
        }

        private static Diagnosis diagnosis(
                ClusterFacts facts, List<Diagnosis.Diagnosed> found, List<Diagnosis.Open> open) {
            return new Diagnosis(
                    facts.file(),
                    facts.apiVersion(),
                    Optional.empty(),
                    new Diagnosis.Head("", "", "", "", "", "", "", Answer.CANNOT_TELL, 0, List.of()),
                    new Tunnel(TunnelKind.UNKNOWN, "", List.of(), List.of()),
                    found,
                    List.of(),
                    List.of(),
                    open,
                    List.of(),
                    Diagnosis.Plan.EMPTY,
                    Optional.empty(),
                    List.of());
        }

        private static Diagnosis.Diagnosed found() {
            return new Diagnosis.Diagnosed(
                    "nsg-blocks-kubelet",
                    "title",
                    Certainty.PROVED,
                    Severity.BLOCKING,
                    1,
                    "why",
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    "");
        }
    }
}
