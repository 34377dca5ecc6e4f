package tunneldoctor.model;

import java.util.List;

/**
 * An Azure Firewall with its rules in the form both kinds share.
 *
 * @param policyId its policy, lower case; empty for classic rules
 * @param collections in the order the firewall evaluates them within each kind
 * @param complete false where a policy is named and its rule collection groups are not all in the facts, or where a
 *     part of the rules could not be read
 */
public record AzureFirewall(
        String id,
        String name,
        String resourceGroup,
        String privateAddress,
        String policyId,
        List<Collection> collections,
        boolean complete,
        SourceRef source)
        implements Fact {
    public AzureFirewall {
        collections = List.copyOf(collections);
    }

    AzureFirewall withCollections(List<Collection> others) {
        return new AzureFirewall(id, name, resourceGroup, privateAddress, policyId, others, complete, source);
    }

    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    public enum Kind {
        DNAT,
        NETWORK,
        APPLICATION
    }

    /**
     * @param group rule collection group of a policy; empty for classic rules
     * @param priority of the collection, 100 to 65000; lower is first
     */
    public record Collection(
            String group, String name, Kind kind, int priority, boolean allow, List<Rule> rules, SourceRef source) {
        public Collection {
            rules = List.copyOf(rules);
        }
    }

    /**
     * @param protocols {@code TCP}, {@code UDP}, {@code ICMP}, {@code Any}; for application rules {@code Https:443}
     * @param sources addresses, ranges, tags, {@code *}
     * @param sourceIpGroups ids, lower case
     * @param destinations addresses, ranges, tags, {@code *}
     * @param fqdns names, with {@code *} as a wildcard label
     * @param fqdnTags for example {@code AzureKubernetesService}
     * @param terminatesTls whether the firewall opens the TLS session, which strips the tunnel's ALPN token
     */
    public record Rule(
            String name,
            List<String> protocols,
            List<String> sources,
            List<String> sourceIpGroups,
            List<String> destinations,
            List<String> destinationIpGroups,
            List<String> ports,
            List<String> fqdns,
            List<String> fqdnTags,
            boolean terminatesTls,
            SourceRef source) {
        public Rule {
            protocols = List.copyOf(protocols);
            sources = List.copyOf(sources);
            sourceIpGroups = List.copyOf(sourceIpGroups);
            destinations = List.copyOf(destinations);
            destinationIpGroups = List.copyOf(destinationIpGroups);
            ports = List.copyOf(ports);
            fqdns = List.copyOf(fqdns);
            fqdnTags = List.copyOf(fqdnTags);
        }
    }
}
