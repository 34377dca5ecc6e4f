package tunneldoctor.knowledge;

/** Counts how often a rule reached it, which none may. It is public and harmless: whatever kept a rule away was the policy. */
public final class Canary {
    private static int songs;

    private Canary() {}

    public static synchronized boolean sings() {
        songs++;
        return true;
    }

    static synchronized int songs() {
        return songs;
    }
}
