package tunneldoctor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.FactsWriter;
import tunneldoctor.collect.Limits;
import tunneldoctor.collect.live.ClusterName;
import tunneldoctor.collect.live.LiveCluster;
import tunneldoctor.collect.live.NotConnectedException;
import tunneldoctor.collect.nodes.NodeWish;
import tunneldoctor.model.ClusterFacts;

/** Reads a live cluster into a facts file: says what it will do, shows how far it is, and keeps what there is. */
final class LiveRun {
    private static final String BY = "tunnel-doctor " + Main.VERSION;

    /** A call that takes longer will not be answered any more. */
    private static final Duration PER_CALL = Duration.ofMinutes(1);

    /** A firewall of a large cluster takes some ten runs, and each about half a minute. */
    private static final Duration PER_NODE = Duration.ofMinutes(10);

    private final Terminal terminal;
    private final LiveClusters clusters;
    private final ClusterOptions options;
    private final boolean quiet;
    private final Clock clock;

    LiveRun(Terminal terminal, LiveClusters clusters, ClusterOptions options, boolean quiet, Clock clock) {
        this.terminal = terminal;
        this.clusters = clusters;
        this.options = options;
        this.quiet = quiet;
        this.clock = clock;
    }

    /** The cluster cannot be read at all; the user has been told why. */
    static final class NotReadException extends Exception {
        private static final long serialVersionUID = 1L;

        NotReadException(Throwable cause) {
            super(cause);
        }
    }

    /**
     * What came of it.
     *
     * @param early whether the user ended it
     */
    record Outcome(ClusterFacts facts, boolean early) {}

    /** The JSON of the least role. */
    String role() throws NotReadException {
        return connect().role(wish());
    }

    /**
     * @param file where the facts go, whole or not at all
     * @param early how the user ends it
     * @param soFar told what there is before the nodes are asked; what it says is shown
     * @throws IOException if the file cannot be written
     */
    Outcome collect(Path file, EarlyEnd early, Consumer<Partial> soFar) throws NotReadException, IOException {
        LiveCluster cluster = connect();
        Limits limits = new Limits(
                Instant.now().plus(options.timeout()), PER_CALL, PER_NODE, options.parallel(), options.since());
        CollectionProgress progress = new CollectionProgress(terminal, quiet);
        cluster.plan(wish(), limits).forEach(progress::say);
        progress.say("Nothing is changed anywhere. Ctrl-C ends early and keeps what there is.");
        Collected collected = new Collected(BY, clock);
        cluster.collect(
                collected,
                wish(),
                limits,
                progress,
                () -> soFar.accept(new Partial(collected.facts(options.name()), progress::say)));
        boolean ended = early.collected();
        progress.clear();
        ClusterFacts facts = collected.facts(file.toString());
        FactsWriter.write(facts, file);
        return new Outcome(facts, ended);
    }

    /**
     * What there is before the nodes are asked.
     *
     * @param say shows a text
     */
    record Partial(ClusterFacts facts, Consumer<String> say) {}

    private NodeWish wish() {
        return new NodeWish(options.runCommand(), options.maxNodes(), options.nodes());
    }

    private LiveCluster connect() throws NotReadException {
        try {
            return clusters.connect(new ClusterName(
                    options.resourceGroup(), options.name(), options.subscription(), options.context()));
        } catch (NotConnectedException e) {
            terminal.complain(String.valueOf(e.getMessage()));
            throw new NotReadException(e);
        } catch (NoClassDefFoundError e) {
            terminal.complain("live clusters need the libraries beside the jar; start the program by its launcher,"
                    + " ./tunnel-doctor (" + e.getMessage() + " is missing)");
            throw new NotReadException(e);
        }
    }

    /**
     * Says before anything is read whether the facts could be kept at all.
     *
     * @return why not; empty if they can
     */
    static Optional<String> unwritable(Path file) {
        Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file.toAbsolutePath());
        if (Files.isDirectory(file)) {
            return Optional.of(file + ": is a directory; name a file in it");
        }
        if (!Files.isDirectory(directory)) {
            return Optional.of(file + ": there is no directory " + directory);
        }
        return Files.isWritable(directory)
                ? Optional.empty()
                : Optional.of(file + ": no permission to write into " + directory);
    }
}
