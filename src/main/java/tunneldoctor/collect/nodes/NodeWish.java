package tunneldoctor.collect.nodes;

import java.util.Set;

/**
 * Which nodes the user wants asked.
 *
 * @param runCommand whether any is
 * @param most how many at most, unless more host an agent; those that are named are asked whatever their number
 * @param only the names of those to ask; all where empty
 */
public record NodeWish(boolean runCommand, int most, Set<String> only) {
    public NodeWish {
        only = Set.copyOf(only);
        if (most < 1) {
            throw new IllegalArgumentException("most must be at least 1, but is " + most);
        }
    }
}
