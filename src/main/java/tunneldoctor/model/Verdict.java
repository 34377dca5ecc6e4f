package tunneldoctor.model;

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
        return affected().stream().map(Node::name).toList();
    }

    /** What would settle an unknown; empty if nothing is unknown. */
    @Override
    List<Missing> missing();

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

    default boolean allowed() {
        return outcome() == Outcome.ALLOWED;
    }
}
