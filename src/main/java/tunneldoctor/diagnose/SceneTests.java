package tunneldoctor.diagnose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import tunneldoctor.knowledge.ConditionCoverage;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.parse.FactReader;
import tunneldoctor.path.PathAnalysis;

/** Runs files of scenes on all processors, and hands over the results in the files' order. */
public final class SceneTests implements AutoCloseable {
    private final ExecutorService threads;

    public SceneTests() {
        threads = Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors()), task -> {
            Thread thread = new Thread(task, "scenes");
            // A scene that hangs must not keep the process from ending.
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * How a file ended.
     *
     * @param unreadable as {@link SceneFile#unreadable}
     */
    public record FileResult(Path path, List<SceneResult> scenes, String unreadable) {
        public FileResult {
            scenes = List.copyOf(scenes);
        }

        public boolean passed() {
            return unreadable.isEmpty() && scenes.stream().allMatch(SceneResult::passed);
        }
    }

    /** Begins to read files, so that this costs no time while the rules are compiled. */
    public List<Future<SceneFile>> read(List<Path> files) {
        return files.stream()
                .map(file -> threads.submit(() -> warm(SceneFile.read(file))))
                .toList();
    }

    /** What follows a scene's packets takes longest the first time in a process, and needs no rules. */
    private static SceneFile warm(SceneFile file) {
        file.scenes().stream().findFirst().ifPresent(scene -> PathAnalysis.of(FactReader.read(scene)));
        return file;
    }

    /**
     * Runs every scene.
     *
     * @param coverage to be filled, if wanted
     * @param each is handed each file's results, in the files' order, as soon as they are known
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public void run(
            List<Future<SceneFile>> files,
            RuleBase rules,
            Optional<ConditionCoverage> coverage,
            Consumer<FileResult> each)
            throws RuleBaseException, InterruptedException {
        SceneRun run = new SceneRun(rules);
        List<Pending> pending = new ArrayList<>();
        for (Future<SceneFile> reading : files) {
            SceneFile file = get(reading);
            List<Future<SceneResult>> results = new ArrayList<>();
            for (ClusterFacts scene : file.scenes()) {
                results.add(threads.submit(one(run, scene, coverage)));
            }
            pending.add(new Pending(file, results));
        }
        for (Pending file : pending) {
            List<SceneResult> results = new ArrayList<>();
            for (Future<SceneResult> result : file.results) {
                results.add(get(result));
            }
            each.accept(new FileResult(file.file.path(), results, file.file.unreadable()));
        }
    }

    private record Pending(SceneFile file, List<Future<SceneResult>> results) {}

    private static Callable<SceneResult> one(SceneRun run, ClusterFacts scene, Optional<ConditionCoverage> coverage) {
        return () -> {
            SceneResult result = run.run(scene);
            if (coverage.isPresent()) {
                run.exercise(scene, coverage.get());
            }
            return result;
        };
    }

    private static <T> T get(Future<T> future) throws RuleBaseException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuleBaseException badRule) {
                throw badRule;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
