package tunneldoctor.path;

import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Transport;

/**
 * New connections of one kind, from a whole set of sources at once.
 *
 * @param sources source addresses; any ephemeral source port
 * @param sourceGroups application security groups the sources are in, lower-case ids; empty if not known
 * @param destination where they go
 * @param port destination port
 */
record Flow(
        Transport transport,
        AddressSet sources,
        Optional<Set<String>> sourceGroups,
        Destination destination,
        int port) {

    /**
     * @param addresses the destination's addresses; several where any of them may be the true one, then a verdict
     *     counts only if it is the same for all
     * @param publicAzureRegion region of a public Azure address not known exactly; empty for addresses known, or not in
     *     Azure
     * @param groups application security groups it is in, lower-case ids; empty if not known
     */
    record Destination(AddressSet addresses, Optional<String> publicAzureRegion, Optional<Set<String>> groups) {}
}
