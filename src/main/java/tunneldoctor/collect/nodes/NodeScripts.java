package tunneldoctor.collect.nodes;

/** The only scripts that are ever sent to a machine. They read; none changes anything. */
public final class NodeScripts {
    private NodeScripts() {}
}
