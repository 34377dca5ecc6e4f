package tunneldoctor.collect.nodes;

import java.time.Duration;

/** Runs one shell script on a machine as Azure's run-command does. */
public interface NodeRunner {
    /** What is kept of each of a script's two streams, in bytes, counted from the end (domain reference, 4.1). */
    int MOST_BYTES = 4_096;

    /**
     * @param limit the longest this may take, its own retries included
     * @return what is left of what the script printed
     * @throws NodeRunFailed if there is no answer
     */
    NodeAnswer run(NodeMachine machine, NodeScript script, Duration limit) throws NodeRunFailed, InterruptedException;
}
