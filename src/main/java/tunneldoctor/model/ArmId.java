package tunneldoctor.model;

import java.util.Optional;

/** Parts of an Azure Resource Manager id, {@code /subscriptions/S/resourceGroups/RG/providers/NS/TYPE/NAME…}. */
public final class ArmId {
    private ArmId() {}

    /** The last segment; the whole text if it has no slash. */
    public static String name(String id) {
        return id.substring(id.lastIndexOf('/') + 1);
    }

    /** The segment after {@code resourceGroups}, ignoring case. */
    public static Optional<String> resourceGroup(String id) {
        return segmentAfter(id, "resourceGroups");
    }

    /** The segment after the one given, ignoring case; empty if there is none. */
    public static Optional<String> segmentAfter(String id, String segment) {
        String[] parts = id.split("/", -1);
        for (int i = 0; i + 1 < parts.length; i++) {
            if (parts[i].equalsIgnoreCase(segment) && !parts[i + 1].isEmpty()) {
                return Optional.of(parts[i + 1]);
            }
        }
        return Optional.empty();
    }
}
