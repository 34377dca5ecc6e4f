package tunneldoctor.path;

import java.util.HashMap;
import java.util.Map;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.SourceRef;

/**
 * Finds in a node's own outputs what was read of another node with the same rules: the same line of the same command's
 * output, which differs at most in what it counts.
 */
final class OwnLines {
    private static final String NODES = "nodes[";

    private final Map<String, NodeOutputs> nodes = new HashMap<>();

    OwnLines(ClusterFacts given) {
        given.nodes().forEach(node -> nodes.putIfAbsent(node.name(), node));
    }

    /** The place in the node's own outputs; the given one where it has none. */
    SourceRef of(String node, SourceRef at) {
        NodeOutputs own = nodes.get(node);
        int end = at.document().indexOf(']');
        if (own == null || end < 0 || !at.document().startsWith(NODES)) {
            return at;
        }
        String command = at.document().substring(end + 1);
        String document = NODES + own.index() + "]" + command;
        return document.equals(at.document()) ? at : new SourceRef(document, at.line(), line(own, command, at));
    }

    private static String line(NodeOutputs own, String quotedCommand, SourceRef at) {
        if (counts(at.text())) {
            for (CommandOutput output : own.outputs()) {
                if (quotedCommand.equals(" \"" + output.command() + "\"")) {
                    String line = line(output.text(), at.line());
                    return uncounted(line).equals(uncounted(at.text())) ? line : at.text();
                }
            }
        }
        return at.text();
    }

    /** Policies and the rules of listings stand beside counters. */
    private static boolean counts(String line) {
        return !line.startsWith("-") && line.chars().anyMatch(c -> c >= '0' && c <= '9');
    }

    /** @param number 1-based */
    private static String line(String text, int number) {
        int from = 0;
        for (int i = 1; i < number && from >= 0; i++) {
            from = text.indexOf('\n', from) + 1;
            if (from == 0) {
                return "";
            }
        }
        int end = text.indexOf('\n', from);
        return text.substring(from, end < 0 ? text.length() : end);
    }

    private static String uncounted(String line) {
        StringBuilder rest = new StringBuilder(line.length());
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != ' ' && (c < '0' || c > '9') && "KMGTP".indexOf(c) < 0) {
                rest.append(c);
            }
        }
        return rest.toString();
    }
}
