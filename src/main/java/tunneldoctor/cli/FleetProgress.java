package tunneldoctor.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Says on standard error every few seconds how far a long run is, how fast it goes and how long it will take. */
final class FleetProgress implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final Terminal terminal;
    private final LongSupplier documents;
    private final LongSupplier bytes;
    private final long allBytes;
    private final long began = System.nanoTime();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final @Nullable Thread speaker;

    /** @param allBytes to be read; negative where that is not known */
    FleetProgress(Terminal terminal, LongSupplier documents, LongSupplier bytes, long allBytes, boolean silent) {
        this.terminal = terminal;
        this.documents = documents;
        this.bytes = bytes;
        this.allBytes = allBytes;
        this.speaker = silent ? null : new Thread(this::speak, "progress");
        if (speaker != null) {
            speaker.setDaemon(true);
            speaker.start();
        }
    }

    Duration took() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private void speak() {
        try {
            while (!ended.get()) {
                Thread.sleep(EVERY.toMillis());
                if (!ended.get()) {
                    terminal.err().println(line(took(), documents.getAsLong(), bytes.getAsLong(), allBytes));
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    static String line(Duration took, long documents, long bytes, long allBytes) {
        double seconds = took.toMillis() / 1000.0;
        StringBuilder line = new StringBuilder(
                String.format(Locale.ROOT, "%,d clusters, %,.0f a minute", documents, documents * 60 / seconds));
        if (allBytes > 0 && bytes > 0) {
            double left = seconds * Math.max(0, allBytes - bytes) / bytes;
            line.append(String.format(
                    Locale.ROOT,
                    ", %d %% of %,.0f MB read, %s left",
                    Math.min(100, bytes * 100 / allBytes),
                    allBytes / 1e6,
                    left < 90 ? Math.round(left) + " s" : Math.round(left / 60) + " min"));
        }
        return line.toString();
    }

    @Override
    public void close() {
        ended.set(true);
        if (speaker != null) {
            speaker.interrupt();
        }
    }
}
