package tunneldoctor.model;

import java.util.List;

/** A change a repair makes: to the facts, so that its effect can be shown before it is printed, and by commands. */
public sealed interface FactChange permits NsgChange, HostChange, ClusterChange, FirewallChange {
    /** The commands that make the change, in order, ready to paste. */
    List<String> commands();

    /** The commands that take it back, in order; empty where it cannot be taken back by a command. */
    List<String> undo();

    /**
     * Whether the facts show what comes of the change. What has been measured, such as SNAT ports in use, stays as it was
     * until it is measured anew.
     */
    boolean foreseeable();

    /** The facts as they would be read after the change, which {@link Facts#changes} then ends with. */
    Facts applied(Facts facts);
}
