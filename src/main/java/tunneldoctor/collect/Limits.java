package tunneldoctor.collect;

import java.time.Duration;
import java.time.Instant;

/**
 * How long and how wide collection may go.
 *
 * @param deadline when all of it ends; what is not there by then is a gap
 * @param perCall the longest a single call may take, its retries not counted
 * @param perNode the longest one node may take, over all its commands
 * @param parallel calls under way at once, at least 1
 * @param since how far metrics and events go back
 */
public record Limits(Instant deadline, Duration perCall, Duration perNode, int parallel, Duration since) {
    public Limits {
        if (parallel < 1) {
            throw new IllegalArgumentException("parallel must be at least 1, but is " + parallel);
        }
    }
}
