package tunneldoctor.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.report.FleetResult;
import tunneldoctor.report.FleetResult.Verdict;

/**
 * Diagnoses the documents of many files with a few threads. Each takes a file and goes through it; one that finds no file
 * left helps with the documents of those that are still being read. No more documents are in memory than twice the threads.
 */
final class FleetRun {
    private static final long LOOK_AGAIN_MILLIS = 20;

    private final Terminal terminal;
    private final Pipeline.Opened rules;
    private final Results results;
    private final Queue<String> files;
    private final int threads;
    private final AtomicInteger reading = new AtomicInteger();
    private final SynchronousQueue<Runnable> spare = new SynchronousQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger filesDone = new AtomicInteger();
    private volatile @Nullable RuntimeException stopped;

    /** Where results go, and which there are already. Used by several threads. */
    interface Results {
        /** Whether all of a file was diagnosed earlier. */
        boolean holds(String file);

        /** Whether a document was diagnosed earlier. */
        boolean holds(String file, int document);

        /** What is thrown ends the run. */
        void add(FleetResult result);
    }

    /** @param rules safe for use by several threads */
    FleetRun(Terminal terminal, Pipeline.Opened rules, Results results, List<String> files, int threads) {
        this.terminal = terminal;
        this.rules = rules;
        this.results = results;
        this.files = new ArrayDeque<>(files);
        this.threads = threads;
    }

    /** Returns when all is done; what a result's receiver throws ends it early. */
    void run() throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            // Reading descends with the nesting of what it reads.
            Thread worker = new Thread(null, this::work, "fleet-" + i, 8L << 20);
            worker.setDaemon(true);
            worker.start();
            workers.add(worker);
        }
        for (Thread worker : workers) {
            worker.join();
        }
        @Nullable RuntimeException why = stopped;
        if (why != null) {
            throw why;
        }
    }

    /** Bytes read so far, of files that were skipped too few. */
    long bytesRead() {
        return bytes.get();
    }

    int filesDone() {
        return filesDone.get();
    }

    private void work() {
        try {
            for (Optional<String> file = take(); file.isPresent(); file = take()) {
                try {
                    read(file.get());
                } finally {
                    filesDone.incrementAndGet();
                    reading.decrementAndGet();
                }
            }
            while (reading.get() > 0 && stopped == null) {
                @Nullable Runnable document = spare.poll(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                if (document != null) {
                    document.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            stopped = e;
        } catch (Error e) {
            stopped = new IllegalStateException(e);
        }
    }

    private Optional<String> take() {
        synchronized (files) {
            @Nullable String file = stopped == null ? files.poll() : null;
            if (file != null) {
                reading.incrementAndGet();
            }
            return Optional.ofNullable(file);
        }
    }

    private void read(String file) {
        if (results.holds(file)) {
            return;
        }
        Documents documents = new Documents(file);
        try (InputStream facts = counted(FactsInput.open(file, terminal))) {
            rules.read(file, facts, documents::next);
            documents.end();
        } catch (Pipeline.UnusableException e) {
            documents.endWith(Verdict.UNUSABLE, e.getMessage().lines().collect(Collectors.joining("; ")));
        } catch (IOException | InvalidPathException e) {
            documents.endWith(Verdict.UNUSABLE, FactsInput.shown(file) + ": " + FactsInput.fault(e));
        } catch (StoppedException e) {
            throw e.why;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            documents.endWith(Verdict.FAILED, failure(e));
        }
    }

    private InputStream counted(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int read = super.read();
                bytes.addAndGet(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int read = super.read(into, offset, length);
                bytes.addAndGet(Math.max(0, read));
                return read;
            }
        };
    }

    /** The documents of one file, of which one is held back, since only the next tells that it was not the last. */
    private final class Documents {
        private final String file;
        private int number;
        private @Nullable ClusterFacts held;

        Documents(String file) {
            this.file = file;
        }

        void next(ClusterFacts document) {
            @Nullable ClusterFacts before = held;
            if (before != null) {
                hand(before, number, false);
            }
            held = document;
            number++;
        }

        void end() {
            @Nullable ClusterFacts before = held;
            if (before != null) {
                diagnose(before, number, true);
            } else {
                add(FleetResult.without(
                        Verdict.UNUSABLE, file, 1, true, FactsInput.shown(file) + ": holds no document of facts"));
            }
        }

        void endWith(Verdict verdict, String error) {
            @Nullable ClusterFacts before = held;
            if (before != null) {
                diagnose(before, number, false);
            }
            add(FleetResult.without(verdict, file, number + 1, true, error));
        }

        /** To a thread that waits for work, or else done here, which holds the reading back. */
        private void hand(ClusterFacts document, int which, boolean last) {
            if (results.holds(file, which)) {
                return;
            }
            if (stopped != null) {
                throw new StoppedException(new IllegalStateException("stopped"));
            }
            if (!spare.offer(() -> diagnose(document, which, last))) {
                diagnose(document, which, last);
            }
        }

        private void diagnose(ClusterFacts document, int which, boolean last) {
            if (results.holds(file, which)) {
                return;
            }
            FleetResult result;
            try {
                result = FleetResult.of(rules.diagnose(document), which, last);
            } catch (Pipeline.UnusableException e) {
                if (e.ofEverything()) {
                    throw new StoppedException(new UnusableRulesException(e));
                }
                result = FleetResult.without(
                        Verdict.UNUSABLE,
                        file,
                        which,
                        last,
                        e.getMessage().lines().collect(Collectors.joining("; ")));
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                result = FleetResult.without(Verdict.FAILED, file, which, last, failure(e));
            }
            add(result);
        }

        private void add(FleetResult result) {
            try {
                results.add(result);
            } catch (RuntimeException e) {
                throw new StoppedException(e);
            }
        }
    }

    private static String failure(Throwable e) {
        return e instanceof OutOfMemoryError
                ? "out of memory; diagnose it alone, or give Java more: JAVA_TOOL_OPTIONS=-Xmx4g"
                : "internal error: " + e.getClass().getSimpleName()
                        + (e.getMessage() == null ? "" : ": " + e.getMessage());
    }

    /** The rules cannot be used for any document. */
    static final class UnusableRulesException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnusableRulesException(Pipeline.UnusableException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Passes through the reader of a file. */
    private static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final RuntimeException why;

        StoppedException(RuntimeException why) {
            super(why);
            this.why = why;
        }
    }
}
