package tunneldoctor.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A chain of a host firewall table.
 *
 * @param policy what happens at its end, upper case ({@code ACCEPT}, {@code DROP}); empty for a user-defined chain, and
 *     where the text that would state it is cut off
 * @param rules in kernel order
 * @param complete false where the text broke off inside or before the chain's rules
 * @param source the chain's header or policy line
 * @param beginningShown false where rules may stand before the first one shown
 * @param hook where the kernel enters the chain, for a base chain of nftables; empty for iptables, whose chains' names say
 *     it, and for a chain that is only jumped to
 */
public record HostChain(
        String name,
        Optional<String> policy,
        List<HostRule> rules,
        boolean complete,
        SourceRef source,
        boolean beginningShown,
        Optional<Hook> hook) {
    public HostChain {
        rules = List.copyOf(rules);
    }

    /** A chain of iptables; one that is not complete may lack rules anywhere. */
    public HostChain(String name, Optional<String> policy, List<HostRule> rules, boolean complete, SourceRef source) {
        this(name, policy, rules, complete, source, complete, Optional.empty());
    }

    /** With other rules, numbered anew where the chain's beginning is shown. */
    HostChain withRules(List<HostRule> others) {
        List<HostRule> numbered = new ArrayList<>(others.size());
        for (HostRule rule : others) {
            numbered.add(beginningShown ? rule.at(numbered.size() + 1) : rule);
        }
        return new HostChain(name, policy, numbered, complete, source, beginningShown, hook);
    }

    HostChain placed(UnaryOperator<SourceRef> place) {
        return new HostChain(
                name,
                policy,
                rules.stream().map(rule -> rule.placed(place)).toList(),
                complete,
                place.apply(source),
                beginningShown,
                hook);
    }

    HostChain withPolicy(String other) {
        return new HostChain(name, Optional.of(other), rules, complete, source, beginningShown, hook);
    }

    /**
     * Where and when the kernel enters a base chain of nftables.
     *
     * @param type {@code filter}, {@code nat} or {@code route}
     * @param name {@code prerouting}, {@code input}, {@code output}, {@code postrouting}, {@code forward}, {@code ingress}
     *     or {@code egress}
     * @param priority lower comes first; {@code filter} is 0
     * @param devices the interfaces whose packets enter; empty for all
     */
    public record Hook(String type, String name, int priority, List<String> devices) {
        public Hook {
            devices = List.copyOf(devices);
        }

        public Hook(String type, String name, int priority) {
            this(type, name, priority, List.of());
        }
    }
}
