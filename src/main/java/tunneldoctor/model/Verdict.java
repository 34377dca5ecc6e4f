package tunneldoctor.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What one hop does with one kind of flow, for a class of nodes that fare alike. */
public sealed interface Verdict extends Fact permits NsgVerdict, HostVerdict, EgressVerdict {
    Purpose purpose();

    Outcome outcome();

    /** The usual reading where {@link #outcome()} is UNKNOWN; UNKNOWN if there is none. */
    Outcome likely();

    /** The nodes this verdict is about: the targets of a KUBELET flow, the agents' nodes for a TUNNEL flow. */
    List<Node> affected();

    @Override
    default List<String> nodes() {
        // Asked of every verdict in every comparison, for which a stream would cost more than what it does.
        List<String> names = new ArrayList<>();
        for (Node node : affected()) {
            if (!node.name().isEmpty()) {
                names.add(node.name());
            }
        }
        return Collections.unmodifiableList(names);
    }

    /** What would settle an unknown; empty if nothing is unknown. */
    @Override
    List<Missing> missing();

    /** Whether a symptom can come of this verdict's nodes: one that names no node can come of any. */
    default boolean concerns(Symptom symptom) {
        return symptom.node().isEmpty() && symptom.address().isEmpty()
                || affected().stream()
                        .anyMatch(node -> node.name().isEmpty()
                                || node.name().equals(symptom.node())
                                || !node.address().isEmpty() && node.address().equals(symptom.address()));
    }

    /** Whether this verdict's nodes are all that were seen to fail. */
    default boolean accountsFor(Scope scope) {
        return nodes().containsAll(scope.failing());
    }

    default boolean blocked() {
        return outcome().blocked();
    }

    /** Unknown, but blocked on the usual reading. */
    default boolean likelyBlocked() {
        return outcome() == Outcome.UNKNOWN && likely().blocked();
    }

    /** Unknown, and not even likely blocked. */
    default boolean unknown() {
        return outcome() == Outcome.UNKNOWN && !likely().blocked();
    }

    /** Unknown, without a usual reading that would let the flow pass. */
    default boolean dark() {
        return unknown() && likely() != Outcome.ALLOWED;
    }

    default boolean allowed() {
        return outcome() == Outcome.ALLOWED;
    }
}
