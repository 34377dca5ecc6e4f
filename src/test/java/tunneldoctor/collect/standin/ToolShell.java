package tunneldoctor.collect.standin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tunneldoctor.collect.standin.FakeCluster.FakeNode;

/** Runs scripts by the real {@code /bin/sh}, with firewall tools that print what they are told, for each node its own. */
public final class ToolShell implements Shell {
    /** What the scripts use of any Linux. */
    private static final List<String> USUAL =
            List.of("gzip", "base64", "sha256sum", "dd", "tr", "mktemp", "cat", "wc", "rm", "timeout", "sh");

    private static final String PATH = "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin";
    private static final String PLACE = "d=/run; [ -w /run ] || d=${TMPDIR:-/tmp}";
    private static final String EVERYWHERE = "all-nodes";

    private final Path folder;

    /** @param folder empty, for tools and for what scripts keep */
    public ToolShell(Path folder) throws IOException {
        this.folder = folder;
        Path usual = Files.createDirectories(folder.resolve("usual"));
        for (String tool : USUAL) {
            executable(usual.resolve(tool), "exec " + real(tool) + " \"$@\"");
        }
    }

    private static Path real(String tool) {
        return Stream.of("/usr/bin", "/bin")
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + tool + " here"));
    }

    /** On every node that has no other of this name. */
    public ToolShell tool(String name, String prints) throws IOException {
        return tool(EVERYWHERE, name, prints);
    }

    public ToolShell tool(String node, String name, String prints) throws IOException {
        Path bin = Files.createDirectories(folder.resolve(node));
        Path text = Files.writeString(bin.resolve(name + ".txt"), prints);
        executable(bin.resolve(name), "exec cat '" + text + "'");
        return this;
    }

    private static void executable(Path file, String command) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + command + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Override
    public Printed run(FakeNode node, String script) throws IOException, InterruptedException {
        Path kept = Files.createDirectories(folder.resolve("run-" + node.name()));
        String path = Stream.of(node.name(), EVERYWHERE, "usual")
                .map(bin -> folder.resolve(bin).toString())
                .reduce((first, next) -> first + ":" + next)
                .orElseThrow();
        String inside = script.replace(PATH, "PATH=" + path).replace(PLACE, "d=" + kept);
        if (inside.equals(script)) {
            throw new IllegalStateException("the script would use this machine's own tools");
        }
        Process shell = new ProcessBuilder("/bin/sh", "-c", inside)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        shell.getOutputStream().close();
        try (InputStream out = shell.getInputStream()) {
            String printed = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            if (!shell.waitFor(60, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
            return new Printed(printed, "");
        }
    }

    /** What scripts left behind. */
    public List<Path> left() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("tunnel-doctor."))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
