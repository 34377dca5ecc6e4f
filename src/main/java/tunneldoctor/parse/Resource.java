package tunneldoctor.parse;

import java.util.Locale;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.SourceRef;

/**
 * One Azure resource of the facts file, or a named part of one.
 *
 * @param document its place, for example {@code azure[4] networkSecurityGroups/custom-nsg}
 * @param id ARM id as written; empty in minimal files
 */
record Resource(String document, String name, String id, ArmTree tree) {

    /**
     * @param index 0-based position of the item of {@code azure} that holds it
     * @param family what it is called in its place, for example {@code networkSecurityGroups}
     */
    static Resource of(int index, String family, String name, String id, ArmTree tree) {
        return new Resource("azure[" + index + "] " + family + "/" + OneLine.name(name), name, id, tree);
    }

    /** A part such as {@code securityRules/deny-all}; {@code ?} for a name it lacks. */
    Resource part(String family, ArmTree part) {
        String id = part.text("id");
        String name = part.text("name").isEmpty() ? ArmId.name(id) : part.text("name");
        return new Resource(document + " " + family + "/" + OneLine.name(OneLine.orUnknown(name)), name, id, part);
    }

    /** @param text the deciding fields */
    SourceRef source(String text) {
        return new SourceRef(document, tree.tree().line(), OneLine.text(text));
    }

    String lowerId() {
        return id.toLowerCase(Locale.ROOT);
    }

    /** As written in its id, or where {@code az} and PowerShell print it apart. */
    String resourceGroup() {
        String stated = tree.text("resourceGroup");
        return ArmId.resourceGroup(id).orElse(stated.isEmpty() ? tree.text("resourceGroupName") : stated);
    }

    /** What others refer to it by: the id, or the name in minimal files; lower case. */
    String key() {
        return id.isEmpty() ? name.toLowerCase(Locale.ROOT) : lowerId();
    }
}
