package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * Who reaches whom in one facts document.
 *
 * @param file the file's name as the user gave it, {@code -} for standard input
 * @param scene the document's title; empty if none
 * @param paths one for every source and node, the paths to nodes first, both in input order
 * @param missing what keeps paths the tunnel needs from being named at all; empty if nothing does
 */
public record Reachability(String file, Optional<String> scene, List<ReachPath> paths, List<Missing> missing) {
    public Reachability {
        paths = List.copyOf(paths);
        missing = List.copyOf(missing);
    }
}
