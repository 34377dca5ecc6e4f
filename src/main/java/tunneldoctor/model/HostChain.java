package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * A chain of a host firewall table.
 *
 * @param policy what happens at its end, upper case ({@code ACCEPT}, {@code DROP}); empty for a user-defined chain
 * @param rules in kernel order
 * @param complete false where the text broke off inside or before the chain's rules
 * @param source the chain's header or policy line
 */
public record HostChain(
        String name, Optional<String> policy, List<HostRule> rules, boolean complete, SourceRef source) {
    public HostChain {
        rules = List.copyOf(rules);
    }
}
