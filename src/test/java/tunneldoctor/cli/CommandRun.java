package tunneldoctor.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** A command as a user runs it, with the real rules and a cache of its own. */
record CommandRun(int exit, String out, String err) {
    /** @param home where the cache goes */
    static CommandRun of(Path home, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                out,
                err,
                false,
                Map.of("XDG_CACHE_HOME", home.toAbsolutePath().resolve("cache").toString()));
        int exit = Main.run(terminal, new RulesPipeline(), args);
        return new CommandRun(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
