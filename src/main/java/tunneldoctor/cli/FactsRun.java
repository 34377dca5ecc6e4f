package tunneldoctor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Consumer;
import tunneldoctor.model.ClusterFacts;

/** Answers every document of some facts files, prints each answer as it is ready, and keeps the heaviest exit code. */
final class FactsRun {
    private final Terminal terminal;
    private final FactsOptions options;
    private boolean printed;
    private boolean unread;
    private ExitCode heaviest = ExitCode.NOTHING_FOUND;

    FactsRun(Terminal terminal, FactsOptions options) {
        this.terminal = terminal;
        this.options = options;
    }

    /** Hands over the documents of one file, as {@link Pipeline.Opened#read} does. */
    interface Reading {
        void read(String name, InputStream facts, Consumer<ClusterFacts> each)
                throws Pipeline.UnusableException, IOException;
    }

    /** What a command says of one document. */
    interface Answering {
        Answer answer(ClusterFacts facts) throws Pipeline.UnusableException;
    }

    private interface Opening {
        InputStream open() throws IOException;
    }

    /** @param report empty where there is nothing to print */
    record Answer(ExitCode exit, String report) {}

    /** @param doing what the command does with a document, for the message if it fails */
    ExitCode over(Reading reading, String doing, Answering answering) {
        return guarded(() -> {
            for (String file : options.files()) {
                read(
                        reading,
                        file,
                        () -> FactsInput.open(file, terminal),
                        document -> answer(document, doing, answering));
            }
        });
    }

    /**
     * The same over one file that has another name for the user.
     *
     * @param name what messages and the report call it
     */
    ExitCode over(String name, Path file, Reading reading, String doing, Answering answering) {
        return guarded(() ->
                read(reading, name, () -> Files.newInputStream(file), document -> answer(document, doing, answering)));
    }

    private ExitCode guarded(Runnable reading) {
        try {
            reading.run();
        } catch (NothingUsableException e) {
            terminal.complainLines(String.valueOf(e.getMessage()));
            count(ExitCode.BAD_INPUT);
        } catch (Terminal.OutputLostException e) {
            unread = true;
            if (!e.closedByReader()) {
                terminal.complain("cannot write the report: " + e.getMessage());
                count(ExitCode.INTERNAL_ERROR);
            }
        }
        return heaviest;
    }

    /** Whether nobody takes the reports any more. */
    boolean unread() {
        return unread;
    }

    /** One bad file does not keep the others from being answered. */
    private void read(Reading reading, String file, Opening opening, Consumer<ClusterFacts> each) {
        try (InputStream facts = opening.open()) {
            int[] documents = {0};
            reading.read(file, facts, document -> {
                documents[0]++;
                each.accept(document);
            });
            if (documents[0] == 0) {
                badInput(file, "holds no document of facts");
            }
        } catch (Pipeline.UnusableException e) {
            terminal.complainLines(e.getMessage());
            count(ExitCode.BAD_INPUT);
        } catch (IOException | InvalidPathException e) {
            badInput(file, FactsInput.fault(e));
        } catch (Terminal.OutputLostException | NothingUsableException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            terminal.internalError("reading " + file, e, options.verbose());
            count(ExitCode.INTERNAL_ERROR);
        }
    }

    private void answer(ClusterFacts facts, String doing, Answering answering) {
        Answer answer;
        try {
            answer = answering.answer(facts);
        } catch (Pipeline.UnusableException e) {
            if (e.ofEverything()) {
                throw new NothingUsableException(e);
            }
            terminal.complainLines(e.getMessage());
            count(ExitCode.BAD_INPUT);
            return;
        } catch (RuntimeException | StackOverflowError e) {
            terminal.internalError(doing + " " + facts.file(), e, options.verbose());
            count(ExitCode.INTERNAL_ERROR);
            return;
        }
        count(answer.exit());
        print(answer.report());
    }

    private void print(String report) {
        if (options.quiet() || report.isEmpty()) {
            return;
        }
        terminal.print(printed && options.output() == OutputFormat.TEXT ? "\n\n" + report : report);
        printed = true;
    }

    private void badInput(String file, String message) {
        terminal.complain(FactsInput.shown(file) + ": " + message);
        count(ExitCode.BAD_INPUT);
    }

    private void count(ExitCode exit) {
        heaviest = heaviest.heavier(exit);
    }

    /** Passes through the reader of the file whose document showed it. */
    private static final class NothingUsableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NothingUsableException(Pipeline.UnusableException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
