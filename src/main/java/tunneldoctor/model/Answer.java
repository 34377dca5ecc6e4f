package tunneldoctor.model;

/** A question's answer where the evidence may be missing: absence of evidence is its own value, never a default. */
public enum Answer {
    YES,
    NO,
    CANNOT_TELL;

    /** {@code YES} for true, {@code NO} for false. */
    public static Answer of(boolean value) {
        return value ? YES : NO;
    }

    public boolean yes() {
        return this == YES;
    }

    public boolean no() {
        return this == NO;
    }

    public boolean unknown() {
        return this == CANNOT_TELL;
    }
}
