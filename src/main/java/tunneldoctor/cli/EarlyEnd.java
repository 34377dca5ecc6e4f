package tunneldoctor.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C end collection early without losing what was collected: the collecting thread is interrupted, and the process
 * lives on until it has kept what there is.
 */
final class EarlyEnd implements AutoCloseable {
    /** Sources take a few seconds to notice; writing a large file takes some more. */
    private static final int LONGEST_SECONDS = 60;

    private final Terminal terminal;
    private final Thread worker = Thread.currentThread();
    private final CountDownLatch kept = new CountDownLatch(1);
    private final Thread hook = new Thread(this::end, "early-end");
    private boolean collecting = true;

    EarlyEnd(Terminal terminal) {
        this.terminal = terminal;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void end() {
        synchronized (this) {
            if (collecting) {
                terminal.err().println();
                terminal.complain("ended early; keeping what was collected so far");
                worker.interrupt();
            }
        }
        try {
            kept.await(LONGEST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * To be called once collection is over: what follows is not to be interrupted, least of all while a file is written.
     *
     * @return whether it was ended early
     */
    synchronized boolean collected() {
        collecting = false;
        return Thread.interrupted();
    }

    @Override
    public void close() {
        kept.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already, and waits for nothing any more.
        }
    }
}
