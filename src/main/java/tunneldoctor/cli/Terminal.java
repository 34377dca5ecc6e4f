package tunneldoctor.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import tunneldoctor.report.Escape;
import tunneldoctor.report.TextReport;

/** What a command has of the process it runs in. Output is UTF-8, whatever the locale says. */
final class Terminal {
    private static final int LONGEST_MESSAGE = 500;

    private final InputStream in;
    private final OutputStream out;
    private final PrintWriter err;
    private final boolean interactive;
    private final boolean drawsProgress;
    private final Map<String, String> environment;

    /**
     * @param interactive whether someone reads {@code out} on a terminal
     */
    Terminal(InputStream in, OutputStream out, OutputStream err, boolean interactive, Map<String, String> environment) {
        this(in, out, err, interactive, false, environment);
    }

    private Terminal(
            InputStream in,
            OutputStream out,
            OutputStream err,
            boolean interactive,
            boolean drawsProgress,
            Map<String, String> environment) {
        this.in = in;
        this.out = out;
        this.err = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
        this.interactive = interactive;
        this.drawsProgress = drawsProgress;
        this.environment = Map.copyOf(environment);
    }

    static Terminal ofProcess() {
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                isInteractive(),
                Boolean.getBoolean("tunneldoctor.progress"),
                System.getenv());
    }

    /**
     * The launcher knows for sure and says so. Without it, Java before 22 has a console only if both its input and its
     * output are terminals; later ones have one always.
     */
    private static boolean isInteractive() {
        String said = System.getProperty("tunneldoctor.terminal", "");
        return said.isEmpty()
                ? Runtime.version().feature() < 22 && System.console() != null
                : Boolean.parseBoolean(said);
    }

    InputStream in() {
        return in;
    }

    /** For picocli, which prints help and version by it. */
    PrintWriter outWriter() {
        return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
    }

    PrintWriter err() {
        return err;
    }

    /**
     * Prints a part of the report at once, so that a reader of many documents sees each as it is ready.
     *
     * @throws OutputLostException if nobody takes it
     */
    void print(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new OutputLostException(e);
        }
    }

    /** Says on standard error what went wrong, on one line. */
    void complain(String message) {
        err.println("tunnel-doctor: " + Escape.line(message, LONGEST_MESSAGE));
    }

    /** Says on standard error what is wrong with an input, where each line of the message has its own place. */
    void complainLines(String message) {
        message.lines().forEach(line -> err.println(Escape.line(line, LONGEST_MESSAGE)));
    }

    /** Says that this program failed; how, in full, only where asked for, since it helps nobody but its authors. */
    void internalError(String doing, Throwable error, boolean trace) {
        boolean full = trace || "1".equals(environment.get("TUNNEL_DOCTOR_DEBUG"));
        complain("internal error while " + doing + ": " + error.getClass().getSimpleName()
                + (error.getMessage() == null ? "" : ": " + error.getMessage())
                + (full ? "" : " (TUNNEL_DOCTOR_DEBUG=1 shows where)"));
        if (full) {
            error.printStackTrace(err);
        }
    }

    /** Whether standard error is a terminal, where a line can be drawn anew; only the launcher can tell. */
    boolean drawsProgress() {
        return drawsProgress && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    boolean color() {
        return interactive
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** Where to fold text, in characters; a fixed number where no one watches, so that saved reports are alike. */
    int width() {
        String columns = environment.getOrDefault("COLUMNS", "");
        return interactive && columns.matches("[1-9][0-9]{0,3}")
                ? Integer.parseInt(columns)
                : TextReport.Options.DEFAULT_WIDTH;
    }

    /** A path as it can be typed here: relative to the working directory if it is below it. */
    static String near(Path path) {
        Path here = Path.of("").toAbsolutePath();
        return path.isAbsolute() && path.startsWith(here)
                ? here.relativize(path).toString()
                : path.toString();
    }

    /** By the XDG base directory specification, which has relative paths ignored. */
    Path cacheDirectory() {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = cache.startsWith("/")
                ? Path.of(cache)
                : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", ".")), ".cache");
        return base.resolve("tunnel-doctor");
    }

    /** The report has nowhere to go. */
    static final class OutputLostException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OutputLostException(IOException cause) {
            super(cause.getMessage(), cause);
        }

        /** Whether the reader just had enough, as {@code head} has, rather than the disk being full. */
        boolean closedByReader() {
            String message = getMessage();
            // The text is the system's; every translation seen keeps the word.
            return message != null && message.toLowerCase(Locale.ROOT).contains("pipe");
        }
    }
}
