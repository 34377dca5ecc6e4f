package tunneldoctor.start;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Resources of the jar that every run asks for, held in a class: classes come from an archive, while for a resource Java has
 * to open the jar and go through the list of all its files.
 *
 * <p>Empty but in the jar, where the build fills it.
 */
public final class WrittenDown {
    private static final Map<String, String> ALL = new HashMap<>();

    static {
        fill(ALL);
    }

    private WrittenDown() {}

    /**
     * The content of a resource, each character one of its bytes.
     *
     * @param name as a class loader takes it
     * @return empty if it is not held here, which says nothing of the jar
     */
    public static Optional<String> bytes(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** Whether this is the jar's, which holds every resource of the kinds the build takes. */
    public static boolean isFilled() {
        return !ALL.isEmpty();
    }

    /** The build puts in its place what puts each resource into the map. */
    @SuppressWarnings("EmptyMethod")
    private static void fill(Map<String, String> all) {}
}
