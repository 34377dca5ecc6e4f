package tunneldoctor.model;

/**
 * A piece of evidence that could not be used as it stands. The rest of the facts stays in use.
 *
 * @param at the place
 * @param message what is wrong, one sentence
 * @param advice what to do about it; empty where the message says it all
 */
public record Problem(SourceRef at, String message, String advice) {}
