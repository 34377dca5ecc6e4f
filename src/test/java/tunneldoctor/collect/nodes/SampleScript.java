package tunneldoctor.collect.nodes;

/** One of the scripts, for tests of what carries them. */
public final class SampleScript {
    private SampleScript() {}

    public static NodeScript any() {
        return NodeScripts.part("a1B2c3D4e5", 1, true);
    }
}
