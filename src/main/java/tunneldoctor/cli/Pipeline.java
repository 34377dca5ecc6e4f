package tunneldoctor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;

/** What the commands need of reading and diagnosing, so that they can be tested without a rule base. */
interface Pipeline {
    /**
     * Makes a rule base ready, which may go on beside the reading of facts.
     *
     * @param rules directory of DRL files
     * @param cache directory for compiled rules; need not exist
     * @throws UnusableException if the rules hold a mistake; where that shows later, what is opened throws it
     */
    Opened open(Path rules, Path cache) throws UnusableException;

    /** With a rule base. */
    interface Opened {
        /**
         * Hands over the documents of a facts file one by one.
         *
         * @param name as the user gave it
         * @throws UnusableException if the file, or its rest, holds no facts that can be used
         */
        void read(String name, InputStream facts, Consumer<ClusterFacts> each) throws UnusableException, IOException;

        /**
         * @throws UnusableException if a rule fails
         */
        Diagnosis diagnose(ClusterFacts facts) throws UnusableException;

        /**
         * The same for some causes only.
         *
         * @throws UnusableException if a cause is not known
         */
        Opened only(List<String> causes) throws UnusableException;

        /**
         * The same with what the user knows of kept apart.
         *
         * @param name of the file of known issues, as the user gave it
         * @throws UnusableException if there is a mistake in it
         */
        Opened knowing(String name, InputStream issues) throws UnusableException;
    }

    /** The user's input, not this program, is at fault; the message says how, a line for each mistake. */
    final class UnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String message;
        private final boolean ofEverything;

        UnusableException(String message) {
            this(message, false);
        }

        private UnusableException(String message, boolean ofEverything) {
            super(message);
            this.message = message;
            this.ofEverything = ofEverything;
        }

        /** As long as this is so, no document can be answered. */
        static UnusableException ofEverything(String message) {
            return new UnusableException(message, true);
        }

        boolean ofEverything() {
            return ofEverything;
        }

        @Override
        public String getMessage() {
            return message;
        }
    }
}
