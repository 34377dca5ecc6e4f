package tunneldoctor.model;

import java.util.List;

/**
 * A management lock.
 *
 * @param level {@code ReadOnly} or {@code CanNotDelete}
 * @param scope ARM id of what it locks, lower case; empty if not stated
 */
public record ResourceLock(String name, String level, String scope, SourceRef source) implements Fact {
    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    /** Whether it keeps a resource, or the group or subscription around it, from being changed or deleted. */
    public boolean holds(String id) {
        return !scope.isEmpty() && (id.equals(scope) || id.startsWith(scope + "/"));
    }
}
