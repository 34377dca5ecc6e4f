package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactCommandTest {
    private static final Path INCIDENT = Path.of("facts-samples/incident.yaml");

    @TempDir
    private Path folder;

    @BeforeEach
    void asTheLauncherStarts() {
        System.setProperty("tunneldoctor.home", Path.of("").toAbsolutePath().toString());
    }

    @AfterEach
    void asBefore() {
        System.clearProperty("tunneldoctor.home");
    }

    private CommandRun redact(String... arguments) {
        return CommandRun.of(
                folder, Stream.concat(Stream.of("redact"), Stream.of(arguments)).toArray(String[]::new));
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void writesAFileOfItsOwnerAloneAndSaysWhatItDid() throws Exception {
        CommandRun run = redact(INCIDENT.toString(), "-o", at("out.yaml"));

        assertThat(run.err()).contains("names, ids and addresses replaced", "the diagnosis is the same but for them");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).isEmpty();
        Path written = folder.resolve("out.yaml");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(written)).contains("kind: ClusterFacts").doesNotContain("shop");
    }

    @Test
    void printsWithoutAFileToWrite() {
        CommandRun run = redact("--quiet", INCIDENT.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("#").contains("kind: ClusterFacts").doesNotContain("shop");
    }

    @Test
    void everyKeyGivesOtherPseudonyms() {
        assertThat(redact(INCIDENT.toString()).out())
                .isNotEqualTo(redact(INCIDENT.toString()).out());
    }

    @Test
    void oneKeyGivesTheSamePseudonymsAgain() throws Exception {
        CommandRun first = redact(INCIDENT.toString(), "--key-file", at("key"));
        CommandRun second = redact(INCIDENT.toString(), "--key-file", at("key"));

        assertThat(first.out()).isNotEmpty().isEqualTo(second.out());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void theMappingSaysWhatStandsForWhat() throws Exception {
        redact(INCIDENT.toString(), "-o", at("out.yaml"), "--mapping", at("mine.yaml"));

        List<String> mapping = Files.readAllLines(folder.resolve("mine.yaml"));
        String shop = mapping.stream()
                .filter(line -> line.startsWith("'shop': "))
                .findFirst()
                .orElseThrow();
        String pseudonym = shop.substring("'shop': '".length(), shop.length() - 1);
        assertThat(Files.readString(folder.resolve("out.yaml"))).contains("name: aks-" + pseudonym + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("mine.yaml"))))
                .isEqualTo("rw-------");
    }

    @Test
    void severalFilesGetTheSamePseudonymsAndNamesThatTellNothing() throws Exception {
        Files.writeString(folder.resolve("contoso-payroll.yaml"), facts("contoso-payroll"));
        Files.writeString(folder.resolve("fabrikam.yaml"), facts("contoso-payroll"));
        Files.createDirectory(folder.resolve("out"));

        CommandRun run = redact(at("contoso-payroll.yaml"), at("fabrikam.yaml"), "-o", at("out"));

        assertThat(run.exit()).as(run.err()).isZero();
        try (Stream<Path> written = Files.list(folder.resolve("out"))) {
            List<Path> files = written.sorted().toList();
            assertThat(files)
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(file.toString())
                            .endsWith(".yaml")
                            .doesNotContain("contoso", "payroll", "fabrikam"));
            assertThat(Files.readString(files.get(0))).isEqualTo(Files.readString(files.get(1)));
        }
    }

    /** A repair names an address before a remark that stands apart by two blanks. */
    @Test
    void anAddressWithALongerPseudonymMakesNoDifferenceToTheDiagnosis() throws Exception {
        Files.write(folder.resolve("key"), new byte[32]);
        Files.writeString(folder.resolve("short.yaml"), """
                apiVersion: tunnel-doctor/v1
                kind: ClusterFacts
                agents: [10.0.0.5]
                nodes:
                  - name: n0
                    address: 10.0.0.6
                    outputs:
                      iptables-save: |
                        *filter
                        :INPUT ACCEPT [0:0]
                        -A INPUT -s 10.0.0.0/24 -p tcp -m tcp --dport 10250 -j DROP
                        COMMIT
                """);

        CommandRun run = redact(at("short.yaml"), "--key-file", at("key"), "-o", at("out.yaml"));

        assertThat(run.err()).contains("the diagnosis is the same but for them");
        assertThat(Files.readString(folder.resolve("out.yaml"))).containsPattern("agents: \\[10\\.\\d\\d+\\.");
        assertThat(run.exit()).isZero();
    }

    private static String facts(String cluster) {
        return """
                apiVersion: tunnel-doctor/v1
                kind: ClusterFacts
                azure:
                  - type: Microsoft.ContainerService/managedClusters
                    name: %s
                """.formatted(cluster);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                       | the file is empty",
                "hello: world             | has no kind",
                "[                        | ends inside a list",
                "kind: ConfigMap          | ConfigMap",
            })
    void whatIsNoFactsFileIsNotWrittenAtAll(String text, String complaint) throws Exception {
        Files.writeString(folder.resolve("bad.yaml"), text);

        CommandRun run = redact(at("bad.yaml"), "-o", at("out.yaml"));

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("bad.yaml").contains(complaint).doesNotContain("Exception", "\tat ");
        assertThat(folder.resolve("out.yaml")).doesNotExist();
    }

    @Test
    void theFactsThemselvesAreNotReplaced() throws Exception {
        Path facts = folder.resolve("facts.yaml");
        Files.copy(INCIDENT, facts);

        CommandRun run = redact(facts.toString(), "-o", facts.toString());

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("would replace the facts; name another file");
        assertThat(facts).hasSameTextualContentAs(INCIDENT);
    }

    @Test
    void whatCannotBeWrittenIsSaidBeforeAnythingIsRead() {
        CommandRun run = redact(INCIDENT.toString(), "-o", at("no/such/folder/out.yaml"));

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("there is no directory");
    }

    @Test
    void severalFilesNeedAFolder() {
        CommandRun run = redact(INCIDENT.toString(), "facts-samples/healthy.yaml", "-o", at("out.yaml"));

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("several files need a folder that is there");
    }

    @Test
    void aShortKeyIsNoKey() throws Exception {
        Files.writeString(folder.resolve("key"), "1234");

        CommandRun run = redact(INCIDENT.toString(), "--key-file", at("key"));

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("at least 16 bytes");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void utf16IsReadAsDiagnoseReadsIt() throws IOException {
        Files.write(folder.resolve("wide.yaml"), ("\uFEFF" + facts("contoso")).getBytes(StandardCharsets.UTF_16LE));

        CommandRun run = redact(at("wide.yaml"));

        assertThat(run.err()).contains("the diagnosis is the same");
        assertThat(run.out()).startsWith("apiVersion: tunnel-doctor/v1").doesNotContain("contoso");
    }
}
