package tunneldoctor.model;

import java.util.List;

/** A change a repair makes. It knows its commands; what it does to the facts is applied by the what-if. */
public sealed interface FactChange permits NsgChange, HostChange, ClusterChange, FirewallChange {
    /** The commands that make the change, in order, ready to paste. */
    List<String> commands();

    /** The commands that take it back, in order; empty where it cannot be taken back by a command. */
    List<String> undo();
}
