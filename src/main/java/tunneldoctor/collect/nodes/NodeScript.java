package tunneldoctor.collect.nodes;

/** A read-only script; only {@link NodeScripts} makes one, so that nothing else is ever sent to a machine. */
public final class NodeScript {
    private final String name;
    private final String text;

    NodeScript(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /** What it does, in a word or two; for progress and for reasons. */
    public String name() {
        return name;
    }

    /** POSIX shell, as it is sent. */
    public String text() {
        return text;
    }

    @Override
    public String toString() {
        return name;
    }
}
