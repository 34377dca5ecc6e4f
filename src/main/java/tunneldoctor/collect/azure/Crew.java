package tunneldoctor.collect.azure;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.Limits;
import tunneldoctor.collect.Progress;
import tunneldoctor.model.Gap;

/**
 * Does reads, so many at once. Each of them ends in what it read or in a gap, and never in both or neither, also when time
 * runs out or the user interrupts.
 */
final class Crew implements AutoCloseable {
    /** Calls end by themselves at the deadline; this is for one that does not. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final ExecutorService workers;
    private final Collected into;
    private final Limits limits;
    private final Progress progress;
    private volatile boolean interrupted;

    /** A read. */
    interface Work {
        void run() throws ArmFailure;
    }

    /**
     * A read, and the gap it leaves.
     *
     * @param what what is read, for people
     * @param about as in {@link Gap#about}
     * @param subject as in {@link Gap#subject}
     */
    record Job(String what, String about, String subject, Work work) {}

    Crew(Collected into, Limits limits, Progress progress) {
        this.into = into;
        this.limits = limits;
        this.progress = progress;
        AtomicInteger number = new AtomicInteger();
        this.workers = Executors.newFixedThreadPool(limits.parallel(), task -> {
            Thread thread = new Thread(task, "azure-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Comes back when all are done, or given up. */
    void run(List<Job> jobs) {
        progress.planned(AzureSource.PHASE, jobs.size());
        List<AtomicBoolean> settled =
                jobs.stream().map(job -> new AtomicBoolean()).toList();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            AtomicBoolean mine = settled.get(i);
            running.add(workers.submit(() -> work(job, mine)));
        }
        for (Future<?> one : running) {
            await(one);
        }
        for (int i = 0; i < jobs.size(); i++) {
            fail(jobs.get(i), settled.get(i), interrupted ? "interrupted" : new Patience.OutOfTime().getMessage());
        }
    }

    private void work(Job job, AtomicBoolean settled) {
        try {
            job.work().run();
            settled.set(true);
        } catch (ArmFailure e) {
            fail(job, settled, e.reason());
        } catch (RuntimeException e) {
            fail(job, settled, "the answer cannot be read: " + ArmFailure.line(String.valueOf(e.getMessage())));
        }
        progress.done(AzureSource.PHASE, job.what());
    }

    private void fail(Job job, AtomicBoolean settled, @org.jspecify.annotations.Nullable String reason) {
        if (!settled.getAndSet(true)) {
            into.gap(new Gap(job.what(), job.about(), job.subject(), String.valueOf(reason)));
        }
    }

    private void await(Future<?> one) {
        long left =
                Duration.between(Instant.now(), limits.deadline().plus(GRACE)).toMillis();
        try {
            if (interrupted) {
                one.cancel(true);
            } else {
                one.get(Math.max(0, left), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
            one.cancel(true);
        } catch (java.util.concurrent.TimeoutException e) {
            one.cancel(true);
        } catch (ExecutionException | CancellationException e) {
            // Every end of a job is told by its gap.
        }
    }

    /** Whether the user interrupted; the interrupt is not lost by it. */
    @Override
    public void close() {
        workers.shutdownNow();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
