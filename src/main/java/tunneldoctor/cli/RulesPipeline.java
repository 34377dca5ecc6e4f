package tunneldoctor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tunneldoctor.diagnose.Diagnoser;
import tunneldoctor.diagnose.Prepared;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.Cause;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.parse.FactsFile;
import tunneldoctor.parse.KnownIssuesFile;
import tunneldoctor.parse.UnreadableFactsException;
import tunneldoctor.report.Escape;

/** The real pipeline: facts files, and the rules of a directory, which load while the first facts are read. */
final class RulesPipeline implements Pipeline {
    private final Map<Path, Future<Diagnoser>> begun = new ConcurrentHashMap<>();

    /** Begins to load rules that will most likely be asked for. What comes of it counts once {@link #open} is called. */
    void begin(Path rules, Path cache) {
        begun.put(rules, loading(rules, cache));
        ForkJoinPool.commonPool().execute(FactsFile::prepare);
    }

    @Override
    public Opened open(Path rules, Path cache) {
        @Nullable Future<Diagnoser> early = begun.remove(rules);
        return new Ready(early == null ? loading(rules, cache) : early);
    }

    private static Future<Diagnoser> loading(Path rules, Path cache) {
        FutureTask<Diagnoser> loading = new FutureTask<>(() -> new Diagnoser(RuleBase.load(rules, cache)));
        Thread thread = new Thread(loading, "rules");
        thread.setDaemon(true);
        thread.start();
        return loading;
    }

    /** As {@link Opened#read}; reading needs no rules. */
    static void readFacts(String name, InputStream facts, Consumer<ClusterFacts> each) throws UnusableException {
        try {
            FactsFile.read(name, facts, each);
        } catch (UnreadableFactsException e) {
            // One mistake, one line: a file's name may hold a line break.
            throw new UnusableException(Escape.line(String.valueOf(e.getMessage())));
        }
    }

    /** The exception's message holds every problem with its place, line and hint. */
    static UnusableException unusable(Exception e) {
        return new UnusableException(String.valueOf(e.getMessage()));
    }

    private record Ready(Future<Diagnoser> loading) implements Opened {
        private Diagnoser diagnoser() throws UnusableException {
            try {
                return loading.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuleBaseException mistakes) {
                    throw UnusableException.ofEverything(String.valueOf(mistakes.getMessage()));
                }
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw new IllegalStateException("the rules cannot be loaded", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the rules were loaded", e);
            }
        }

        @Override
        public void read(String name, InputStream facts, Consumer<ClusterFacts> each)
                throws UnusableException, IOException {
            readFacts(name, facts, each);
        }

        @Override
        public Opened only(List<String> causes) throws UnusableException {
            Set<String> known = ids();
            for (String cause : causes) {
                if (!known.contains(cause)) {
                    throw new UnusableException(Escape.line(
                            "no rule knows the cause " + cause + "; there are " + String.join(", ", known)));
                }
            }
            return ready(diagnoser().only(Set.copyOf(causes)));
        }

        @Override
        public Opened knowing(String name, InputStream issues) throws UnusableException {
            try {
                return ready(
                        diagnoser().knowing(KnownIssuesFile.read(name, issues, ids(), LocalDate.now(ZoneOffset.UTC))));
            } catch (UnreadableFactsException e) {
                throw new UnusableException(Escape.line(e.getMessage()));
            }
        }

        private static Ready ready(Diagnoser diagnoser) {
            return new Ready(CompletableFuture.completedFuture(diagnoser));
        }

        private Set<String> ids() throws UnusableException {
            return diagnoser().causes().stream().map(Cause::id).collect(Collectors.toCollection(TreeSet::new));
        }

        @Override
        public Diagnosis diagnose(ClusterFacts facts) throws UnusableException {
            Prepared prepared = Prepared.of(facts);
            Diagnoser diagnoser = diagnoser();
            try {
                return diagnoser.diagnose(prepared);
            } catch (RuleBaseException e) {
                throw unusable(e);
            }
        }
    }
}
