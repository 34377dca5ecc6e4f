package tunneldoctor.model;

import java.util.List;

/** Something known that a rule can match and a diagnosis can cite. */
public interface Fact {
    /** The places that show this fact, the deciding one first. */
    List<SourceRef> evidence();

    /** Names of the nodes the fact is about; empty where it is about the whole cluster. */
    default List<String> nodes() {
        return List.of();
    }

    /** What would settle what it leaves open; empty where it leaves nothing open. */
    default List<Missing> missing() {
        return List.of();
    }
}
