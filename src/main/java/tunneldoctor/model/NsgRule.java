package tunneldoctor.model;

import java.util.List;

/**
 * A security rule as its resource states it; singular and plural fields are joined. Address prefixes stay text, since
 * what a service tag covers is the packet path's matter.
 *
 * @param priority 100 to 4096 for custom rules, 65000 and up for default ones; lower is first; 0 where
 *     it could not be read, so that the rule may come before any other
 * @param allow true for Allow, false for Deny
 * @param protocol {@code Tcp}, {@code Udp}, {@code Icmp}, {@code Esp}, {@code Ah}, or {@code *}
 * @param sourcePorts port texts: {@code *}, {@code N}, {@code N-M}
 * @param sourceGroups application security group ids, lower case
 * @param understood false where a part of the rule could not be read: then what it matches is unknown. Where its access or
 *     direction could not be read, one such rule stands for each
 */
public record NsgRule(
        String name,
        int priority,
        Direction direction,
        boolean allow,
        String protocol,
        List<String> sourcePrefixes,
        List<String> sourcePorts,
        List<String> sourceGroups,
        List<String> destinationPrefixes,
        List<String> destinationPorts,
        List<String> destinationGroups,
        boolean understood,
        SourceRef source) {
    public NsgRule {
        sourcePrefixes = List.copyOf(sourcePrefixes);
        sourcePorts = List.copyOf(sourcePorts);
        sourceGroups = List.copyOf(sourceGroups);
        destinationPrefixes = List.copyOf(destinationPrefixes);
        destinationPorts = List.copyOf(destinationPorts);
        destinationGroups = List.copyOf(destinationGroups);
    }

    NsgRule withPriority(int other) {
        return new NsgRule(
                name,
                other,
                direction,
                allow,
                protocol,
                sourcePrefixes,
                sourcePorts,
                sourceGroups,
                destinationPrefixes,
                destinationPorts,
                destinationGroups,
                understood,
                source);
    }
}
