package tunneldoctor.path;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.AzureFirewall;
import tunneldoctor.model.IpGroup;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.Shell;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;

/**
 * Decides the tunnel's own connection against an Azure Firewall: all network rules in collection order, then application
 * rules, then the default deny (Azure Firewall, "rule processing logic"). DNAT rules concern incoming traffic only.
 */
final class AzureFirewallFilter {
    /** The FQDN tag covers AKS's names on the web's ports, never the old tunnels' ports. */
    private static final String AKS_TAG = "azurekubernetesservice";

    private final ServiceTags tags;
    private final Map<String, IpGroup> ipGroups;
    private final String fqdn;

    /** @param fqdn the API server's name; empty if not known */
    AzureFirewallFilter(ServiceTags tags, List<IpGroup> ipGroups, String fqdn) {
        this.tags = tags;
        this.ipGroups = ipGroups.stream()
                .collect(Collectors.toMap(
                        group -> group.id().toLowerCase(Locale.ROOT), Function.identity(), (a, b) -> a));
        this.fqdn = fqdn.toLowerCase(Locale.ROOT);
    }

    /**
     * @param decidedBy the rule's path, or {@code default deny}
     * @param opensTls whether the deciding rule terminates TLS
     */
    record Ruling(
            Outcome outcome, String decidedBy, boolean opensTls, List<SourceRef> evidence, List<Missing> missing) {}

    Ruling decide(AzureFirewall firewall, Flow flow) {
        List<Candidate> maybes = new ArrayList<>();
        for (AzureFirewall.Kind kind : List.of(AzureFirewall.Kind.NETWORK, AzureFirewall.Kind.APPLICATION)) {
            for (AzureFirewall.Collection collection : firewall.collections()) {
                if (collection.kind() == kind) {
                    for (AzureFirewall.Rule rule : collection.rules()) {
                        Match match =
                                kind == AzureFirewall.Kind.NETWORK ? network(rule, flow) : application(rule, flow);
                        if (match == Match.YES) {
                            return ruling(firewall, Optional.of(new Candidate(collection, rule)), maybes);
                        }
                        if (match == Match.MAYBE) {
                            maybes.add(new Candidate(collection, rule));
                        }
                    }
                }
            }
        }
        return ruling(firewall, Optional.empty(), maybes);
    }

    private static Ruling ruling(AzureFirewall firewall, Optional<Candidate> last, List<Candidate> maybes) {
        boolean allow = last.map(candidate -> candidate.collection.allow()).orElse(false);
        String decidedBy = last.map(Candidate::path).orElse("default deny");
        SourceRef at = last.map(candidate -> candidate.rule.source()).orElse(firewall.source());
        Set<SourceRef> evidence = new LinkedHashSet<>(List.of(at));
        Set<Missing> missing = new LinkedHashSet<>();
        if (!firewall.complete()) {
            missing.add(new Missing(
                    "rule collection groups of the policy of firewall " + firewall.name(),
                    "az network firewall policy rule-collection-group list --resource-group "
                            + Shell.quote(firewall.resourceGroup()) + " --policy-name "
                            + Shell.quote(tunneldoctor.model.ArmId.name(firewall.policyId())) + " -o json"));
        }
        for (Candidate maybe : maybes) {
            if (maybe.collection.allow() != allow) {
                evidence.add(maybe.rule.source());
                missing.add(new Missing(
                        "whether rule " + maybe.path() + " of firewall " + firewall.name() + " covers the API server",
                        "az aks show --resource-group \"$RESOURCE_GROUP\" --name \"$CLUSTER\" --query fqdn"));
            }
        }
        Outcome outcome = !missing.isEmpty() ? Outcome.UNKNOWN : allow ? Outcome.ALLOWED : Outcome.DROPPED;
        boolean opensTls = missing.isEmpty()
                && allow
                && last.map(candidate -> candidate.rule.terminatesTls()).orElse(false);
        return new Ruling(outcome, decidedBy, opensTls, List.copyOf(evidence), List.copyOf(missing));
    }

    private Match network(AzureFirewall.Rule rule, Flow flow) {
        boolean protocol = rule.protocols().stream()
                .anyMatch(p -> p.equalsIgnoreCase("any")
                        || p.equalsIgnoreCase(flow.transport().label()));
        boolean port = rule.ports().stream()
                .anyMatch(p -> PortSet.parse(p.strip(), '-')
                        .map(set -> set.covers(flow.port()))
                        .orElse(false));
        return protocol && port ? senders(rule, flow).and(destination(rule, flow)) : Match.NO;
    }

    private Match application(AzureFirewall.Rule rule, Flow flow) {
        boolean port = flow.transport() == Transport.TCP
                && rule.protocols().stream().anyMatch(p -> p.endsWith(":" + flow.port()));
        return port ? senders(rule, flow).and(named(rule)) : Match.NO;
    }

    private Match senders(AzureFirewall.Rule rule, Flow flow) {
        ServiceTags.Covered covered = covered(rule.sources(), rule.sourceIpGroups(), Optional.empty());
        if (covered.certain().includes(flow.sources())) {
            return Match.YES;
        }
        return covered.certain().overlaps(flow.sources()) || covered.maybe().overlaps(flow.sources())
                ? Match.MAYBE
                : Match.NO;
    }

    private Match destination(AzureFirewall.Rule rule, Flow flow) {
        if (!fqdn.isEmpty() && rule.fqdns().stream().anyMatch(fqdn::equalsIgnoreCase)) {
            return Match.YES;
        }
        Flow.Destination to = flow.destination();
        ServiceTags.Covered covered = covered(rule.destinations(), rule.destinationIpGroups(), to.publicAzureRegion());
        if (covered.certain().includes(to.addresses())) {
            return Match.YES;
        }
        boolean byName = fqdn.isEmpty() && !rule.fqdns().isEmpty();
        return byName
                        || covered.certain().overlaps(to.addresses())
                        || covered.maybe().overlaps(to.addresses())
                ? Match.MAYBE
                : Match.NO;
    }

    private Match named(AzureFirewall.Rule rule) {
        if (rule.fqdnTags().stream().anyMatch(tag -> tag.equalsIgnoreCase(AKS_TAG))) {
            return Match.YES;
        }
        for (String pattern : rule.fqdns()) {
            String lower = pattern.toLowerCase(Locale.ROOT);
            if (lower.equals("*") || !fqdn.isEmpty() && matches(lower, fqdn)) {
                return Match.YES;
            }
        }
        return fqdn.isEmpty() && !rule.fqdns().isEmpty() ? Match.MAYBE : Match.NO;
    }

    /** A leading {@code *} stands for any beginning, as the firewall's wildcards do. */
    private static boolean matches(String pattern, String name) {
        return pattern.startsWith("*") ? name.endsWith(pattern.substring(1)) : name.equals(pattern);
    }

    private ServiceTags.Covered covered(List<String> prefixes, List<String> groups, Optional<String> region) {
        ServiceTags.Covered covered = ServiceTags.Covered.exactly(AddressSet.NONE);
        for (String prefix : prefixes) {
            covered = covered.union(tags.covered(prefix, region));
        }
        for (String group : groups) {
            IpGroup known = ipGroups.get(group.toLowerCase(Locale.ROOT));
            if (known == null) {
                covered = covered.union(new ServiceTags.Covered(AddressSet.NONE, AddressSet.ALL, Optional.empty()));
            } else {
                for (String address : known.addresses()) {
                    covered = covered.union(tags.covered(address, region));
                }
            }
        }
        return covered;
    }

    private enum Match {
        YES,
        NO,
        MAYBE;

        Match and(Match other) {
            if (this == NO || other == NO) {
                return NO;
            }
            return this == YES && other == YES ? YES : MAYBE;
        }
    }

    private record Candidate(AzureFirewall.Collection collection, AzureFirewall.Rule rule) {
        String path() {
            return (collection.group().isEmpty() ? "" : collection.group() + "/") + collection.name() + "/"
                    + rule.name();
        }
    }
}
