package tunneldoctor.model;

/**
 * A management lock.
 *
 * @param level {@code ReadOnly} or {@code CanNotDelete}
 * @param scope ARM id of what it locks, lower case; empty if not stated
 */
public record ResourceLock(String name, String level, String scope, SourceRef source) {}
