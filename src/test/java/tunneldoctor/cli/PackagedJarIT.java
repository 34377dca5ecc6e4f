package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                "-cp",
                copy.toString(),
                "tunneldoctor.cli.Rehearsal",
                Files.createDirectory(directory.resolve("rehearsal")).toString(),
                "diagnose"));
        assertThat(archive).as(made.err()).exists();
        archived = List.of(profiles ? "-XX:AOTCache=" + archive : "-XX:SharedArchiveFile=" + archive);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void saysWhatTheClassesOfTheTestsSay(String form) throws Exception {
        String[] arguments = {"diagnose", "-o", form, SAMPLE};
        CommandRun expected = CommandRun.of(directory, arguments);

        CommandRun run = java(main(List.of(), JAR, arguments));

        assertThat(run).isEqualTo(expected);
    }

    @Test
    void givesHelpAndReachesAndTestsRules() throws Exception {
        for (String[] arguments : new String[][] {
            {"--help"},
            {"reach", SAMPLE},
            {"rules", "list"},
            {"rules", "test", "nsg-blocks-kubelet"},
            {"diagnose", "no.yaml"}
        }) {
            CommandRun expected = CommandRun.of(directory, arguments);
            CommandRun run = java(main(List.of(), JAR, arguments));
            assertThat(run).as(String.join(" ", arguments)).isEqualTo(expected);
        }
    }

    /**
     * To open the jar and go through its many entries takes a fresh process longer than many a diagnosis. Java only looks
     * whether the jar's size and time are still those of the archive, so one that can be opened no more does not stand out.
     */
    @Test
    void withAnArchiveTheJarIsNotOpened() throws Exception {
        FileTime time = Files.getLastModifiedTime(copy);
        Files.write(copy, new byte[(int) Files.size(copy)]);
        Files.setLastModifiedTime(copy, time);
        List<String> options = new ArrayList<>(archived);
        options.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dsun.reflect.inflationThreshold=2147483647"));

        assertThat(java(main(options, copy, "diagnose", SAMPLE)))
                .isEqualTo(CommandRun.of(directory, "diagnose", SAMPLE));
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
