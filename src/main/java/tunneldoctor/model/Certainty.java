package tunneldoctor.model;

/** How firmly the facts carry a finding, strongest first. */
public enum Certainty {
    /** The facts force it. */
    PROVED,
    /** The usual reading of incomplete facts. */
    LIKELY,
    /** Consistent with the facts, not shown by them. */
    POSSIBLE
}
