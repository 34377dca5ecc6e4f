package tunneldoctor.model;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Causes somebody has accepted for a while, so that they need not be told again.
 *
 * @param issues all that were written down
 * @param today the day they are held against
 */
public record KnownIssues(List<Issue> issues, LocalDate today) {
    public static final KnownIssues NONE = new KnownIssues(List.of(), LocalDate.EPOCH);

    public KnownIssues {
        issues = List.copyOf(issues);
    }

    /**
     * @param cause a cause's id
     * @param cluster the cluster's name; empty for any
     * @param nodes the nodes it is accepted on; empty for any
     * @param reason why it is accepted
     * @param until the last day it is
     * @param at where it is written
     */
    public record Issue(
            String cause, String cluster, List<String> nodes, String reason, LocalDate until, SourceRef at) {
        public Issue {
            nodes = List.copyOf(nodes);
        }
    }

    /** The issue that accepts a cause on all of these nodes; one that has expired accepts nothing. */
    public Optional<Issue> covering(String cause, String cluster, Collection<String> affected) {
        return issues.stream()
                .filter(issue -> issue.cause().equals(cause))
                .filter(issue -> !issue.until().isBefore(today))
                .filter(issue -> issue.cluster().isEmpty() || issue.cluster().equalsIgnoreCase(cluster))
                .filter(issue -> issue.nodes().isEmpty()
                        || !affected.isEmpty() && issue.nodes().containsAll(affected))
                .findFirst();
    }

    /** What to say of issues whose day has passed. */
    public List<Problem> expired() {
        List<Problem> expired = new ArrayList<>();
        for (Issue issue : issues) {
            if (issue.until().isBefore(today)) {
                expired.add(new Problem(
                        issue.at(),
                        "the known issue " + issue.cause() + " expired on " + issue.until()
                                + ", so the cause is told again",
                        "Repair it, or give the issue a later day and a reason that still holds."));
            }
        }
        return expired;
    }
}
