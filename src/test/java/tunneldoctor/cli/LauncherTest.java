package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a shell runs it, with a stand-in for Java that notes how it was started. */
@Timeout(120)
class LauncherTest {
    @TempDir
    private Path folder;

    private Path home = Path.of("");
    private Path jdk = Path.of("");

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectories(folder.resolve("home with blank"));
        Files.createDirectories(home.resolve("target"));
        executable(home.resolve("tunnel-doctor"), Files.readString(Path.of("tunnel-doctor")));
        Path jar = Files.writeString(home.resolve("target/tunnel-doctor-1.0.0.jar"), "jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
        jdk = folder.resolve("jdk");
        jdk("17.0.15", "17.0.15+6");
        executable(Files.createDirectories(jdk.resolve("bin")).resolve("java"), """
                #!/bin/sh
                for argument in "$@"; do
                    case $argument in
                        -XX:ArchiveClassesAtExit=* | -XX:AOTCacheOutput=*)
                            printf 'half' >"${argument#*=}"
                            [ ! -e "$0.slow" ] || { echo $$ >"$0.at-work"; sleep 60; }
                            printf ' and half' >>"${argument#*=}"
                            exit 0
                            ;;
                    esac
                done
                printf '%s\\n' "$@" >"$0.arguments"
                """);
    }

    /** What goes on in the background is not to write into a folder that is being deleted. */
    @AfterEach
    void letTheBackgroundEnd() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(300);
        await(() -> archives().stream().noneMatch(name -> name.endsWith(".lock")));
    }

    private void jdk(String version, String build) throws IOException {
        Files.createDirectories(jdk);
        Files.writeString(
                jdk.resolve("release"),
                "IMPLEMENTOR=\"Nobody\"\nJAVA_RUNTIME_VERSION=\"%s\"\nJAVA_VERSION=\"%s\"\n".formatted(build, version));
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** How Java was started for the command. */
    private List<String> run(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("tunnel-doctor").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("JAVA_HOME", jdk.toString());
        environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        environment.put("TMPDIR", folder.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return Files.readAllLines(jdk.resolve("bin/java.arguments"));
    }

    private List<String> archives() {
        try (Stream<Path> files = Files.list(home.resolve("target"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("classes-"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 600 && !condition.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private void awaitArchive(String name) throws InterruptedException {
        await(() -> archives().equals(List.of(name, name + ".of")));
    }

    @Test
    void theFirstRunMakesAnArchiveThatTheNextUses() throws Exception {
        assertThat(run("diagnose", "x.yaml")).noneMatch(argument -> argument.startsWith("-XX:SharedArchiveFile"));
        awaitArchive("classes-17.0.15+6-all.archive");
        String archive = home.toRealPath() + "/target/classes-17.0.15+6-all.archive";
        assertThat(Path.of(archive)).hasContent("half and half");
        assertThat(run("diagnose", "x.yaml"))
                .startsWith("-XX:SharedArchiveFile=" + archive)
                .endsWith("tunneldoctor.cli.Main", "diagnose", "x.yaml");
    }

    @Test
    void anotherJarJdkOrPlaceGetsAnArchiveOfItsOwn() throws Exception {
        run("--version");
        awaitArchive("classes-17.0.15+6-all.archive");

        jdk("25.0.3", "25.0.3+9-LTS");
        run("diagnose", "x.yaml");
        await(() -> archives().contains("classes-25.0.3+9-LTS-diagnose.archive"));
        assertThat(run("diagnose", "x.yaml")).anyMatch(argument -> argument.startsWith("-XX:AOTCache="));
        assertThat(run("rules", "list")).noneMatch(argument -> argument.startsWith("-XX:AOTCache="));
        await(() -> archives().contains("classes-25.0.3+9-LTS-rest.archive"));

        Path moved = folder.resolve("moved");
        Files.move(home, moved);
        home = moved;
        assertThat(run("diagnose", "x.yaml")).noneMatch(argument -> argument.startsWith("-XX:AOTCache="));
        await(() -> {
            try {
                return run("diagnose", "x.yaml").stream().anyMatch(argument -> argument.startsWith("-XX:AOTCache="));
            } catch (Exception e) {
                return false;
            }
        });

        Files.setLastModifiedTime(
                home.resolve("target/tunnel-doctor-1.0.0.jar"),
                FileTime.from(Instant.now().plusSeconds(1)));
        assertThat(run("diagnose", "x.yaml")).noneMatch(argument -> argument.startsWith("-XX:AOTCache="));
    }

    @Test
    void aKilledProcessLeavesNoBrokenArchive() throws Exception {
        Path slow = Files.createFile(jdk.resolve("bin/java.slow"));
        run("--version");
        Path atWork = jdk.resolve("bin/java.at-work");
        await(() -> Files.exists(atWork));
        ProcessHandle java = ProcessHandle.of(
                        Long.parseLong(Files.readString(atWork).strip()))
                .orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(java.descendants().toList());
        java.parent().ifPresent(launcher -> all.add(0, launcher));
        all.add(java);
        all.forEach(ProcessHandle::destroyForcibly);

        assertThat(archives()).noneMatch(name -> name.endsWith(".archive"));
        Files.delete(slow);
        assertThat(run("--version")).noneMatch(argument -> argument.startsWith("-XX:SharedArchiveFile"));
        Files.setLastModifiedTime(
                home.resolve("target/classes-17.0.15+6-all.archive.lock"),
                FileTime.from(Instant.now().minusSeconds(600)));
        run("--version");
        await(() ->
                archives().containsAll(List.of("classes-17.0.15+6-all.archive", "classes-17.0.15+6-all.archive.of")));
        assertThat(home.resolve("target/classes-17.0.15+6-all.archive")).hasContent("half and half");
        assertThat(run("--version")).anyMatch(argument -> argument.startsWith("-XX:SharedArchiveFile"));
    }

    @Test
    void longRunsGetTheCompilerForThem() throws Exception {
        Path large = folder.resolve("-large file.yaml");
        Files.write(large, new byte[11 << 20]);
        Path small = Files.writeString(folder.resolve("small.yaml"), "x");

        assertThat(run("diagnose", small.toString())).contains("-XX:TieredStopAtLevel=1");
        assertThat(run("diagnose", "-q", small.toString(), large.toString())).doesNotContain("-XX:TieredStopAtLevel=1");
        assertThat(run("fleet", small.toString())).contains("-Xmx1g", "-XX:+UseParallelGC");
    }

    @Test
    void onlyLiveClustersLoadWhatReadsThem() throws Exception {
        String jar = home.toRealPath() + "/target/tunnel-doctor-1.0.0.jar";
        assertThat(classPath(run("diagnose", "--quiet", "x.yaml"))).isEqualTo(jar);
        assertThat(classPath(run("diagnose", "--resource-group", "rg", "--name", "aks")))
                .contains("/target/live/*");
        assertThat(classPath(run("collect", "-o", "x.yaml"))).contains("/target/live/*");
    }

    private static String classPath(List<String> arguments) {
        return arguments.get(arguments.indexOf("-cp") + 1);
    }
}
