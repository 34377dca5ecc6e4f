package tunneldoctor.collect.nodes;

/** A script that did not run, or of which no answer came. */
public final class NodeRunFailed extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why, as far as it decides what to do next. */
    public enum Kind {
        /** The right to run commands is missing; it is missing on every machine of the group. */
        DENIED,
        /** Another command is running on the machine, and did not end in time. */
        CONFLICT,
        /** Azure asked to come back later, too often. */
        THROTTLED,
        TIMEOUT,
        /** An answer that is none, or an error of the service. */
        BROKEN,
        /** The machine is there no more. */
        GONE
    }

    private final Kind kind;

    /** @param reason for people, with the code the service gave */
    public NodeRunFailed(Kind kind, String reason) {
        super(reason);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
