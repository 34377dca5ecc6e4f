package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The jar as users run it, whose classes the build has changed, with and without an archive of its classes. */
class PackagedJarIT {
    private static final Path JAR = Path.of(System.getProperty("jar", "")).toAbsolutePath();
    private static final String SAMPLE = "facts-samples/incident.yaml";
    private static final int ARCHIVES_OF_PROFILES = 25;

    @TempDir
    private static Path directory;

    private static Path copy = JAR;
    private static List<String> archived = List.of();

    /** As the launcher does. */
    @BeforeAll
    static void makeAnArchive() throws IOException, InterruptedException {
        copy = Files.copy(JAR, directory.resolve("copy.jar"), StandardCopyOption.COPY_ATTRIBUTES);
        Path archive = directory.resolve("classes.archive");
        boolean profiles = Runtime.version().feature() >= ARCHIVES_OF_PROFILES;
        CommandRun made = java(List.of(
                profiles ? "-XX:AOTCacheOutput=" + archive : "-XX:ArchiveClassesAtExit=" + archive,
                "-Djdk.reflect.useNativeAccessorOnly=true",
                lookedAtFirst(copy),
                "-cp",
                copy.toString(),
                "tunneldoctor.cli.Rehearsal",
                Files.createDirectory(directory.resolve("rehearsal")).toString(),
                "diagnose"));
        assertThat(archive).as(made.err()).exists();
        archived = List.of(profiles ? "-XX:AOTCache=" + archive : "-XX:SharedArchiveFile=" + archive);
    }

    /** The launcher has the jar looked at first, but for live clusters, which take other jars beside it. */
    private static List<List<String>> ways() {
        return List.of(List.of(), List.of(lookedAtFirst(JAR)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void saysWhatTheClassesOfTheTestsSay(List<String> way) throws Exception {
        for (String form : new String[] {"text", "json"}) {
            String[] arguments = {"diagnose", "-o", form, SAMPLE};
            CommandRun expected = CommandRun.of(directory, arguments);

            CommandRun run = java(main(way, JAR, arguments));

            assertThat(run).as(form).isEqualTo(expected);
        }
    }

    /** An edited rule base is compiled by classes of the jar that look for others by name. */
    @ParameterizedTest
    @MethodSource("ways")
    void compilesAnEditedRuleBase(List<String> way) throws Exception {
        Path rules = Files.createTempDirectory(directory, "rules");
        Path cause = Files.copy(Path.of("rules/nsg/nsg-blocks-kubelet.drl"), rules.resolve("nsg-blocks-kubelet.drl"));
        Files.writeString(cause, "\n// edited\n", StandardOpenOption.APPEND);
        String[] arguments = {"diagnose", "--rules", rules.toString(), SAMPLE};
        CommandRun expected = CommandRun.of(directory, arguments);

        CommandRun run = java(main(way, JAR, arguments));

        assertThat(run).isEqualTo(expected);
        assertThat(run.exit()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void givesHelpAndReachesAndTestsRules(List<String> way) throws Exception {
        for (String[] arguments : new String[][] {
            {"--help"},
            {"reach", SAMPLE},
            {"rules", "list"},
            {"rules", "test", "nsg-blocks-kubelet"},
            {"diagnose", "no.yaml"}
        }) {
            CommandRun expected = CommandRun.of(directory, arguments);
            CommandRun run = java(main(way, JAR, arguments));
            assertThat(run).as(String.join(" ", arguments)).isEqualTo(expected);
        }
    }

    /**
     * To open the jar and go through its many entries takes a fresh process longer than many a diagnosis. Java only looks
     * whether the jar's size and time are still those of the archive, so one that holds nothing any more but the list of its
     * entries does not stand out.
     */
    @Test
    void withAnArchiveNothingIsReadFromTheJar() throws Exception {
        FileTime time = Files.getLastModifiedTime(copy);
        byte[] content = Files.readAllBytes(copy);
        Arrays.fill(content, 0, placeOfList(content), (byte) 0);
        Files.write(copy, content);
        Files.setLastModifiedTime(copy, time);
        Path loaded = directory.resolve("loaded");
        List<String> options = new ArrayList<>(archived);
        options.add(lookedAtFirst(copy));
        options.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-Dsun.reflect.inflationThreshold=2147483647",
                "-Xlog:class+load:file=" + loaded));

        assertThat(java(main(options, copy, "diagnose", SAMPLE)))
                .isEqualTo(CommandRun.of(directory, "diagnose", SAMPLE));
        // An archive of profiles loads its classes whether they are used or not.
        if (Runtime.version().feature() < ARCHIVES_OF_PROFILES) {
            assertThat(Files.readString(loaded))
                    .contains("tunneldoctor.diagnose.Diagnoser")
                    .doesNotContain("java.util.zip.ZipFile");
        }
    }

    /** Where a zip file's central directory begins, by the record of 22 bytes at its end. */
    private static int placeOfList(byte[] zip) {
        ByteBuffer end = ByteBuffer.wrap(zip, zip.length - 22, 22).slice().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(end.getInt(0)).as("no comment at the end").isEqualTo(0x06054b50);
        return end.getInt(16);
    }

    private static String lookedAtFirst(Path jar) {
        return "-Xbootclasspath/a:" + jar;
    }

    private static List<String> main(List<String> options, Path jar, String... arguments) {
        List<String> command = new ArrayList<>(options);
        command.addAll(
                List.of("-Djdk.reflect.useNativeAccessorOnly=true", "-cp", jar.toString(), "tunneldoctor.cli.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static CommandRun java(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dtunneldoctor.home=" + System.getProperty("tunneldoctor.home"));
        command.addAll(arguments);
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(Map.of("XDG_CACHE_HOME", directory.toString(), "LC_ALL", "C.UTF-8"));
        int exit = builder.start().waitFor();
        return new CommandRun(exit, Files.readString(out), Files.readString(err));
    }
}
