package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tunneldoctor.report.FleetLines;
import tunneldoctor.report.FleetResult;

@Timeout(300)
class FleetCommandTest {
    private static final Path INCIDENT = Path.of("facts-samples/incident.yaml");
    private static final Path HEALTHY = Path.of("facts-samples/healthy.yaml");

    @TempDir
    private Path folder;

    private CommandRun fleet(String... arguments) {
        List<String> all = new ArrayList<>(List.of("fleet", "--rules", "rules"));
        all.addAll(List.of(arguments));
        return CommandRun.of(folder, all.toArray(String[]::new));
    }

    private Path clusters() throws IOException {
        Path clusters = Files.createDirectories(folder.resolve("clusters/west"));
        Files.copy(INCIDENT, clusters.resolve("incident.yaml"));
        Files.copy(HEALTHY, clusters.resolve("healthy.yml"));
        Files.writeString(clusters.resolve("notes.txt"), "no facts");
        Files.writeString(Files.createDirectories(clusters.resolve(".git")).resolve("x.yaml"), "hidden");
        return folder.resolve("clusters");
    }

    @Test
    void aFolderGivesALineForEachDocumentAndASummary() throws IOException {
        Path clusters = clusters();
        CommandRun run = fleet(clusters.toString());

        assertThat(run.out().lines().sorted())
                .containsExactly(
                        "FOUND          aks-shop                  " + clusters.resolve("west/incident.yaml")
                                + "  nsg-blocks-kubelet:PROVED:4 ufw-blocks-kubelet:PROVED:1",
                        "NOTHING_FOUND  aks-shop                  " + clusters.resolve("west/healthy.yml"));
        assertThat(run.err())
                .contains("2 clusters: 1 with a cause, 1 with nothing found")
                .contains("found  nsg-blocks-kubelet        1 cluster\n");
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void everyDocumentOfTheSamplesFaresAsDiagnoseSays() throws IOException {
        List<String> files;
        try (Stream<Path> samples = Files.walk(Path.of("facts-samples"))) {
            files = samples.map(Path::toString)
                    .filter(name -> name.endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
        List<FleetResult> results =
                results(fleet("facts-samples", "-o", "jsonl", "--quiet").out(), FleetLines.JSONL);
        for (String file : files) {
            List<String> causes = results.stream()
                    .filter(result -> result.file().equals(file))
                    .sorted(java.util.Comparator.comparing(FleetResult::document))
                    .map(result ->
                            result.causes().stream().map(FleetResult.Cause::id).collect(Collectors.joining(" ")))
                    .toList();
            CommandRun alone = CommandRun.of(folder, "diagnose", "--rules", "rules", "-o", "jsonl", file);
            assertThat(causes)
                    .as(file)
                    .isEqualTo(
                            alone.out().lines().map(FleetCommandTest::causesOf).toList());
        }
    }

    private static String causesOf(String diagnosis) {
        String diagnoses = diagnosis.substring(diagnosis.indexOf("\"diagnoses\":"), diagnosis.indexOf("\"ruledOut\":"));
        List<String> causes = new ArrayList<>();
        java.util.regex.Matcher cause = java.util.regex.Pattern.compile("\\{\"cause\":\"([^\"]+)\",\"title\"")
                .matcher(diagnoses);
        while (cause.find()) {
            causes.add(cause.group(1));
        }
        return String.join(" ", causes);
    }

    private static List<FleetResult> results(String text, FleetLines form) {
        return text.lines().flatMap(line -> form.read(line).stream()).toList();
    }

    @Test
    void oneBadFileNeverStopsTheRest() throws IOException {
        Path clusters = clusters();
        Files.writeString(clusters.resolve("a.yaml"), "apiVersion: tunnel-doctor/v1\nkind: Pod\n");
        Files.writeString(clusters.resolve("b.yaml"), "");
        Files.writeString(clusters.resolve("c.json"), "{\"apiVersion\": ");
        Files.writeString(
                clusters.resolve("d.yaml"), "- list\n---\n" + Files.readString(INCIDENT) + "\n---\nkind: Other\n");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        CommandRun run = fleet(clusters.toString(), folder + "/nowhere.yaml", empty.toString(), "-o", "jsonl");

        List<FleetResult> results = results(run.out(), FleetLines.JSONL);
        assertThat(results.stream().filter(result -> result.verdict().answered()))
                .hasSize(3);
        assertThat(results.stream().map(FleetResult::error).filter(error -> !error.isEmpty()))
                .hasSize(6)
                .anySatisfy(error -> assertThat(error).endsWith("nowhere.yaml: no such file"))
                .anySatisfy(error -> assertThat(error).contains("b.yaml: the file is empty"))
                .anySatisfy(error ->
                        assertThat(error).endsWith("empty: holds no file that ends in .yaml, .yml, .json or .jsonl"))
                .anySatisfy(error -> assertThat(error).contains("d.yaml, line 1: ", "d.yaml, line 1179: "));
        assertThat(run.err()).contains("3 clusters: 2 with a cause, 1 with nothing found, 6 not usable");
        assertThat(run.exit()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"'clusters/*/*.y*ml', 2", "'clusters/**/inc*', 1", "clusters/west/[h]*, 1", "'clusters/*.yaml', 0"})
    void patternsStandForFiles(String pattern, int files) throws IOException {
        clusters();
        CommandRun run = fleet(folder + "/" + pattern, "-o", "csv");
        assertThat(results(run.out(), FleetLines.CSV).stream()
                        .filter(one -> one.verdict().answered()))
                .hasSize(files);
        assertThat(run.err()).contains(files + " cluster");
    }

    @Test
    void aStreamOfManyDocumentsIsSharedByTheThreads() throws IOException {
        String document = Files.readString(HEALTHY);
        String stream = String.join("\n---\n", java.util.Collections.nCopies(25, document));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)),
                out,
                new ByteArrayOutputStream(),
                false,
                Map.of(
                        "XDG_CACHE_HOME",
                        folder.toAbsolutePath().resolve("cache").toString()));
        assertThat(Main.run(
                        terminal,
                        new RulesPipeline(),
                        "fleet",
                        "--rules",
                        "rules",
                        "--parallel",
                        "3",
                        "-o",
                        "csv",
                        "-"))
                .isZero();
        List<FleetResult> results = results(out.toString(StandardCharsets.UTF_8), FleetLines.CSV);
        assertThat(results.stream().map(FleetResult::document).sorted())
                .containsExactlyElementsOf(
                        java.util.stream.IntStream.rangeClosed(1, 25).boxed().toList());
        assertThat(results.stream().filter(FleetResult::last).map(FleetResult::document))
                .containsExactly(25);
    }

    @Test
    void wrongUseIsTwo() throws IOException {
        Path clusters = clusters();
        Path there = Files.writeString(folder.resolve("there.csv"), "mine\nand mine\n");
        assertThat(fleet().exit()).isEqualTo(2);
        assertThat(fleet("-", "-").err()).contains("only once");
        assertThat(fleet("x", "--parallel", "0").err()).contains("at least 1");
        assertThat(fleet("x", "--resume").err()).contains("--results FILE");
        assertThat(fleet("x", "--resume", "--results", "r").err()).contains("-o csv");
        assertThat(fleet("x", "-o", "xml").err()).contains("none of text, csv, jsonl");
        assertThat(fleet("x", "--only", "no-such-cause").err()).contains("no rule knows");
        CommandRun taken = fleet(clusters.toString(), "-o", "csv", "--results", there.toString());
        assertThat(taken.exit()).isEqualTo(2);
        assertThat(taken.err()).contains("is there already; --resume goes on with it");
        CommandRun foreign = fleet(clusters.toString(), "-o", "csv", "--results", there.toString(), "--resume");
        assertThat(foreign.exit()).isEqualTo(2);
        assertThat(foreign.err()).contains("line 1 is not a result");
        assertThat(there).hasContent("mine\nand mine\n");
        assertThat(fleet(clusters.toString(), "--results", folder + "/no/r.csv").exit())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = FleetLines.class,
            names = {"CSV", "JSONL"})
    void aKilledRunGoesOnWithoutLosingOrRepeatingAResult(FleetLines form) throws Exception {
        Path clusters = Files.createDirectories(folder.resolve("many"));
        String sample = Files.readString(INCIDENT);
        for (int i = 0; i < 120; i++) {
            Files.writeString(
                    clusters.resolve("c%03d.yaml".formatted(i)), i % 3 == 0 ? sample + "\n---\n" + sample : sample);
        }
        Files.writeString(clusters.resolve("bad.yaml"), "");
        Path results = folder.resolve("results");
        String name = form.name().toLowerCase(java.util.Locale.ROOT);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "tunneldoctor.cli.Main",
                "fleet",
                "--rules",
                "rules",
                clusters.toString(),
                "-o",
                name,
                "--results",
                results.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        while (process.isAlive() && (!Files.exists(results) || Files.size(results) < 3_000)) {
            TimeUnit.MILLISECONDS.sleep(2);
        }
        process.destroyForcibly().waitFor();
        String left = Files.readString(results);
        int before = results(left, form).size();
        assertThat(before).as(() -> read(folder.resolve("log"))).isBetween(1, 158);
        // As a power failure would leave it.
        Files.writeString(
                results, left + left.lines().skip(2).findFirst().orElseThrow().substring(0, 20));

        CommandRun rest = fleet(clusters.toString(), "-o", name, "--results", results.toString(), "--resume");
        assertThat(rest.exit()).isEqualTo(2);
        assertThat(rest.err()).contains("160 clusters: 160 with a cause, 1 not usable");
        List<FleetResult> all = results(Files.readString(results), form);
        assertThat(all.stream().map(result -> result.file() + " " + result.document()))
                .doesNotHaveDuplicates()
                .hasSize(161);
        assertThat(Files.readString(results)).startsWith(form.head());
        assertThat(Files.readString(results).lines())
                .hasSize(161 + (int) form.head().lines().count());

        Files.delete(clusters.resolve("bad.yaml"));
        CommandRun again = fleet(clusters.toString(), "-o", name, "--results", results.toString(), "--resume");
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err()).contains("160 clusters: 160 with a cause\n");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("many", "results", "log");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void twoRunsDoNotWriteToOneFile() throws IOException {
        Path file = folder.resolve("r.jsonl");
        try (FleetJournal first = FleetJournal.begin(file, FleetLines.JSONL)) {
            first.add(FleetResult.without(FleetResult.Verdict.FAILED, "x", 1, true, "why"));
            CommandRun second = fleet(HEALTHY.toString(), "-o", "jsonl", "--results", file.toString(), "--resume");
            assertThat(second.exit()).isEqualTo(2);
            assertThat(second.err()).contains("another run is writing to it");
        }
    }

    @Test
    void aMistakeInTheRulesEndsTheRunAtOnce() throws IOException {
        Path rules = Files.createDirectories(folder.resolve("rules"));
        Files.writeString(rules.resolve("broken.drl"), "package rules.broken;\nrule x when then end\n");
        CommandRun run =
                CommandRun.of(folder, "fleet", "--rules", rules.toString(), HEALTHY.toString(), INCIDENT.toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("broken.drl");
    }

    @Test
    void progressTellsRateAndTimeLeft() {
        assertThat(FleetProgress.line(java.time.Duration.ofSeconds(10), 1200, 25_000_000, 100_000_000))
                .isEqualTo("1,200 clusters, 7,200 a minute, 25 % of 100 MB read, 30 s left");
        assertThat(FleetProgress.line(java.time.Duration.ofSeconds(60), 5, 1000, -1))
                .isEqualTo("5 clusters, 5 a minute");
    }

    @Test
    void anInterruptedReaderOfStandardInputIsNotWaitedFor() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Input/output error");
            }
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Terminal terminal =
                new Terminal(broken, out, new ByteArrayOutputStream(), false, Map.of("HOME", folder.toString()));
        assertThat(Main.run(terminal, new RulesPipeline(), "fleet", "--rules", "rules", "-"))
                .isEqualTo(2);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Input/output error");
    }
}
