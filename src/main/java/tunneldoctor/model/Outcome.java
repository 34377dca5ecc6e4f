package tunneldoctor.model;

/** What a hop does with a flow's packets. */
public enum Outcome {
    ALLOWED,
    /** Discarded without an answer: the client sees a timeout. */
    DROPPED,
    /** Answered with an error: the client sees "connection refused" or "no route to host". */
    REJECTED,
    /** The evidence allows more than one outcome. */
    UNKNOWN;

    public boolean blocked() {
        return this == DROPPED || this == REJECTED;
    }
}
