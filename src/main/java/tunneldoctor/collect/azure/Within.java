package tunneldoctor.collect.azure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.Tree;

/** What lies within a resource, by paths such as {@code properties.subnets[].properties.routeTable.id}. */
final class Within {
    /** Ids are put into paths of calls, so one that is none is not followed. */
    private static final Pattern ID = Pattern.compile(
            "(?i)/subscriptions/[^/]{1,100}/resourceGroups/[^/]{1,100}/providers/[^/]{1,100}(?:/[^/?#]{1,200}/[^/?#]{1,200})+");

    private Within() {}

    /** The parts at a path; {@code []} stands for every item of a list. */
    static List<Tree> parts(Tree tree, String path) {
        List<Tree> here = List.of(tree);
        for (String step : List.of(path.split("\\.", -1))) {
            boolean items = step.endsWith("[]");
            String key = items ? step.substring(0, step.length() - 2) : step;
            List<Tree> next = new ArrayList<>();
            for (Tree one : here) {
                if (items) {
                    next.addAll(one.items(key));
                } else {
                    one.get(key).ifPresent(next::add);
                }
            }
            here = next;
        }
        return here;
    }

    /** The texts at a path. */
    static List<String> texts(Tree tree, String path) {
        return parts(tree, path).stream()
                .flatMap(part -> part instanceof Tree.Scalar scalar
                        ? Optional.of(scalar.text()).stream()
                        : Optional.<String>empty().stream())
                .filter(text -> !text.isBlank())
                .toList();
    }

    /** The ids of resources of one kind at some paths. */
    static List<String> ids(Tree tree, ArmType type, String... paths) {
        List<String> ids = new ArrayList<>();
        for (String path : paths) {
            for (String text : texts(tree, path)) {
                if (isId(text, type)) {
                    ids.add(text);
                }
            }
        }
        return ids;
    }

    static boolean isId(String text, ArmType type) {
        return ID.matcher(text).matches()
                && ArmType.ofPath(text).filter(type::equals).isPresent();
    }

    /** The id of the resource that one of a kind lies in, such as a subnet's network. */
    static String owner(String id) {
        int end = id.lastIndexOf('/', id.lastIndexOf('/') - 1);
        return end < 0 ? id : id.substring(0, end);
    }

    /** {@code /subscriptions/S/resourceGroups/RG} of an id. */
    static String group(String id) {
        return "/subscriptions/" + ArmId.segmentAfter(id, "subscriptions").orElse("") + "/resourceGroups/"
                + ArmId.resourceGroup(id).orElse("");
    }

    static String key(String id) {
        return id.toLowerCase(Locale.ROOT);
    }
}
