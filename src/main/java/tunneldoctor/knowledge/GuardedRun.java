package tunneldoctor.knowledge;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs rules in a thread of their own. Between two firings a run can be ended, within a condition it cannot: a join of too
 * many facts or a pattern that takes for ever is left behind, and its thread with it, so that the caller at least learns
 * which condition it was.
 */
final class GuardedRun {
    /** As much as a process begins with: patterns on long texts descend deeply. */
    private static final long ROOM = 8L << 20;

    /** Threads that do not keep the process from ending. */
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(null, work, "rules", ROOM);
        thread.setDaemon(true);
        return thread;
    });

    private static final Duration LAST_WAIT = Duration.ofSeconds(20);

    private static final String TAKES_ALL = "takes up all memory";

    private GuardedRun() {}

    /** How often to look what the run is at; the last answer stands when there is no memory left to ask again. */
    private static final Duration GLANCE = Duration.ofMillis(200);

    /** The run did not end in time, or took all memory. */
    static final class Stuck extends Exception {
        private static final long serialVersionUID = 1L;

        private final String busyWith;
        private final String how;

        Stuck(String busyWith, String how) {
            super(how, null, false, false);
            this.busyWith = busyWith;
            this.how = how;
        }

        /** What it was at when last looked at; empty if that could not be told. */
        String busyWith() {
            return busyWith;
        }

        /** What became of it, as the end of a sentence. */
        String how() {
            return how;
        }
    }

    /**
     * What the run returns or throws.
     *
     * @param patience how long to wait; the run should end itself before
     * @param busyWith names what the run is at, by where its thread is, the innermost call first
     */
    static <T> T within(Duration patience, Callable<T> run, Function<StackTraceElement[], String> busyWith)
            throws RuleBaseException, Stuck {
        long end = System.nanoTime() + patience.toNanos();
        AtomicReference<@Nullable Thread> runner = new AtomicReference<>();
        Future<T> result = THREADS.submit(() -> {
            runner.set(Thread.currentThread());
            return run.call();
        });
        String last = "";
        while (true) {
            long left = end - System.nanoTime();
            try {
                return result.get(Math.max(1, Math.min(left, GLANCE.toNanos())), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                last = look(runner.get(), busyWith, last);
                if (left < 0) {
                    throw stuck(last, "does not come to an end", result);
                }
            } catch (OutOfMemoryError taken) {
                throw stuck(last, TAKES_ALL, result);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Stuck(last, "was interrupted");
            } catch (ExecutionException e) {
                throw failure(e.getCause() == null ? e : e.getCause(), last);
            }
        }
    }

    /** Where hardly any memory is left, the run will soon fail for want of it, and only then can anything be said. */
    private static Stuck stuck(String last, String how, Future<?> result) {
        Runtime memory = Runtime.getRuntime();
        boolean scarce = memory.maxMemory() - memory.totalMemory() + memory.freeMemory() < memory.maxMemory() / 4;
        long until = System.nanoTime() + LAST_WAIT.toNanos();
        while (scarce && !result.isDone() && System.nanoTime() < until) {
            LockSupport.parkNanos(GLANCE.toNanos());
        }
        return new Stuck(last, how);
    }

    private static String look(@Nullable Thread runner, Function<StackTraceElement[], String> busyWith, String last) {
        try {
            String now = runner == null ? "" : busyWith.apply(runner.getStackTrace());
            return now.isEmpty() ? last : now;
        } catch (OutOfMemoryError taken) {
            return last;
        }
    }

    private static RuntimeException failure(Throwable thrown, String last) throws RuleBaseException, Stuck {
        if (thrown instanceof RuleBaseException told) {
            throw told;
        }
        if (thrown instanceof OutOfMemoryError) {
            throw new Stuck(last, TAKES_ALL);
        }
        return thrown instanceof RuntimeException failure ? failure : new IllegalStateException(thrown);
    }
}
