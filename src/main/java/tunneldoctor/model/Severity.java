package tunneldoctor.model;

/** What a cause does to the tunnel while it lasts, worst first. */
public enum Severity {
    /** The affected path does not work at all. */
    BLOCKING,
    /** It works at times, or for some connections. */
    DEGRADING
}
