package tunneldoctor.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.AzureFirewall;
import tunneldoctor.model.IpGroup;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.Shell;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;

/**
 * Decides connections against an Azure Firewall, the tunnel's own or an agent's to a node: all network rules in collection
 * order, then application rules, then the default deny (Azure Firewall, "rule processing logic"). DNAT rules concern
 * incoming traffic only.
 */
final class AzureFirewallFilter {
    /** The FQDN tag covers AKS's names on the web's ports, never the old tunnels' ports. */
    private static final String AKS_TAG = "azurekubernetesservice";

    /** FQDN tags for other things than AKS. */
    private static final Set<String> OTHER_TAGS = Set.of(
            "appserviceenvironment",
            "azurebackup",
            "azurehdinsight",
            "microsoftactiveprotectionservice",
            "windowsdiagnostics",
            "windowsupdate",
            "windowsvirtualdesktop");

    /** Ends of every AKS API server's name, by cloud. */
    private static final List<String> API_SERVER_DOMAINS = List.of(".azmk8s.io", ".azk8s.cn", ".azure.us");

    /** Application rules filter by the TLS server name, which only the tunnel on this port sends. */
    private static final int TLS_PORT = 443;

    private static final String ALLOWED = "allowed";
    private static final String OPENED = "allowed, TLS terminated";
    private static final String DENIED = "denied";

    private final ServiceTags tags;
    private final Map<String, IpGroup> ipGroups;
    private final String fqdn;
    private final String location;

    /**
     * @param fqdn the API server's name; empty if not known
     * @param location the cluster's region; empty if not known
     */
    AzureFirewallFilter(ServiceTags tags, List<IpGroup> ipGroups, String fqdn, String location) {
        this.tags = tags;
        this.ipGroups = new HashMap<>();
        ipGroups.forEach(group -> this.ipGroups.putIfAbsent(group.id().toLowerCase(Locale.ROOT), group));
        this.fqdn = fqdn.toLowerCase(Locale.ROOT);
        this.location = location.toLowerCase(Locale.ROOT);
    }

    /**
     * What becomes of part of the sources.
     *
     * @param likely the usual reading where the outcome is UNKNOWN; UNKNOWN if there is none
     * @param decidedBy path of the rule, {@code group/collection/rule}, or {@code default deny}; empty where several may
     *     decide
     * @param opensTls whether the connection is let through and its TLS terminated
     */
    record Ruling(
            AddressSet sources,
            Outcome outcome,
            Outcome likely,
            String decidedBy,
            boolean opensTls,
            List<SourceRef> evidence,
            List<Missing> missing) {}

    /** Every set of destinations a rule tells apart. */
    Set<AddressSet> destinations(AzureFirewall firewall) {
        Set<AddressSet> destinations = new LinkedHashSet<>();
        for (AzureFirewall.Collection collection : firewall.collections()) {
            for (AzureFirewall.Rule rule : collection.rules()) {
                rule.destinations().forEach(text -> AddressSet.parse(text).ifPresent(destinations::add));
                for (String id : rule.destinationIpGroups()) {
                    Optional.ofNullable(ipGroups.get(id.toLowerCase(Locale.ROOT)))
                            .ifPresent(group -> group.addresses()
                                    .forEach(text -> AddressSet.parse(text).ifPresent(destinations::add)));
                }
            }
        }
        return destinations;
    }

    /** What the firewall does with the flow; the rulings' sources are disjoint and together the flow's. */
    List<Ruling> decide(AzureFirewall firewall, Flow flow) {
        List<Candidate> candidates = new ArrayList<>();
        for (AzureFirewall.Kind kind : List.of(AzureFirewall.Kind.NETWORK, AzureFirewall.Kind.APPLICATION)) {
            for (AzureFirewall.Collection collection : firewall.collections()) {
                if (collection.kind() == kind) {
                    for (AzureFirewall.Rule rule : collection.rules()) {
                        candidate(firewall, collection, rule, flow).ifPresent(candidates::add);
                    }
                }
            }
        }
        Decider byDefault = new Decider("default deny", firewall.source(), true);
        candidates.add(new Candidate(
                byDefault,
                DENIED,
                ServiceTags.Covered.exactly(AddressSet.ALL),
                ServiceTags.Covered.exactly(AddressSet.ALL)));
        Side sources =
                new Side(flow.sources(), candidates.stream().map(c -> c.source).toList());
        Side destinations = new Side(
                tags.possible(flow.destination()),
                candidates.stream().map(c -> c.destination).toList());
        Missing whereTo = toApiServer(flow)
                ? new Missing("the API server's address", "kubectl get endpoints kubernetes -o wide")
                : new Missing("which address the connections are sent to", "kubectl get nodes -o wide");
        Map<Judgement, List<AddressSet>> alike = new LinkedHashMap<>();
        for (AddressCells.Cell cell : sources.cells()) {
            alike.computeIfAbsent(
                            judge(firewall, candidates, sources.conditions(cell, "source"), destinations, whereTo),
                            judgement -> new ArrayList<>())
                    .add(cell.addresses());
        }
        List<Ruling> rulings = new ArrayList<>();
        alike.forEach((judgement, parts) -> rulings.add(judgement.of(AddressSet.union(parts))));
        return rulings;
    }

    private Judgement judge(
            AzureFirewall firewall,
            List<Candidate> candidates,
            Map<Integer, List<FirstMatch.Condition>> source,
            Side destinations,
            Missing whereTo) {
        Set<String> effects = new LinkedHashSet<>();
        Set<Optional<String>> usual = new LinkedHashSet<>();
        Set<Decider> by = new LinkedHashSet<>();
        Set<Missing> missing = new LinkedHashSet<>();
        Set<Set<String>> ways = new LinkedHashSet<>();
        Missing order = new Missing("the order of the firewall's rules", "az network firewall list -o json");
        for (AddressCells.Cell cell : destinations.cells()) {
            Map<Integer, List<FirstMatch.Condition>> destination = destinations.conditions(cell, "destination");
            List<FirstMatch.Step<Decider>> steps = new ArrayList<>();
            for (Map.Entry<Integer, List<FirstMatch.Condition>> from : source.entrySet()) {
                List<FirstMatch.Condition> to = destination.get(from.getKey());
                if (to != null) {
                    Candidate candidate = candidates.get(from.getKey());
                    List<List<FirstMatch.Condition>> needs = new ArrayList<>(List.of(from.getValue(), to));
                    needs.removeIf(List::isEmpty);
                    steps.add(new FirstMatch.Step<>(from.getKey(), candidate.decider, candidate.effect, 0, needs));
                }
            }
            FirstMatch.Result<Decider> result = FirstMatch.of(steps, order);
            effects.addAll(result.effects());
            by.addAll(result.by());
            missing.addAll(result.missing());
            ways.add(result.effects());
            usual.add(FirstMatch.usual(steps, order));
        }
        if (ways.size() > 1) {
            missing.add(whereTo);
        }
        Optional<String> known =
                effects.size() == 1 ? Optional.of(effects.iterator().next()) : Optional.empty();
        Optional<String> likely = usual.size() == 1 ? usual.iterator().next() : Optional.empty();
        if (known.isPresent()) {
            missing.clear();
        }
        if (!firewall.complete()) {
            missing.add(rest(firewall));
            // Rules not seen hardly ever contradict a rule that names the tunnel, but they are the default's rule.
            likely = by.stream().anyMatch(Decider::byDefault) ? Optional.empty() : likely;
        }
        Outcome outcome = missing.isEmpty() ? outcome(known) : Outcome.UNKNOWN;
        return new Judgement(
                outcome,
                outcome == Outcome.UNKNOWN ? outcome(likely) : Outcome.UNKNOWN,
                outcome == Outcome.ALLOWED && known.filter(OPENED::equals).isPresent(),
                List.copyOf(by),
                List.copyOf(missing));
    }

    private static Outcome outcome(Optional<String> effect) {
        return effect.map(e -> e.equals(DENIED) ? Outcome.DROPPED : Outcome.ALLOWED)
                .orElse(Outcome.UNKNOWN);
    }

    private static Missing rest(AzureFirewall firewall) {
        String group =
                firewall.resourceGroup().isEmpty() ? "\"$RESOURCE_GROUP\"" : Shell.quote(firewall.resourceGroup());
        return firewall.policyId().isEmpty()
                ? new Missing(
                        "the rules of firewall " + firewall.name() + " that are not in the facts or not readable",
                        "az network firewall show --resource-group " + group + " --name " + Shell.quote(firewall.name())
                                + " -o json")
                : new Missing(
                        "rule collection groups of the policy of firewall " + firewall.name(),
                        "az network firewall policy rule-collection-group list --resource-group " + group
                                + " --policy-name " + Shell.quote(ArmId.name(firewall.policyId())) + " -o json");
    }

    // ---- one rule against what is the same for every packet ----

    private Optional<Candidate> candidate(
            AzureFirewall firewall, AzureFirewall.Collection collection, AzureFirewall.Rule rule, Flow flow) {
        Optional<ServiceTags.Covered> destination = collection.kind() == AzureFirewall.Kind.NETWORK
                ? network(rule, flow, firewall)
                : application(rule, flow);
        String effect = !collection.allow() ? DENIED : rule.terminatesTls() ? OPENED : ALLOWED;
        Decider decider = new Decider(
                (collection.group().isEmpty() ? "" : collection.group() + "/") + collection.name() + "/" + rule.name(),
                rule.source(),
                false);
        return destination.map(to ->
                new Candidate(decider, effect, addresses(rule.sources(), rule.sourceIpGroups(), Optional.empty()), to));
    }

    private Optional<ServiceTags.Covered> network(AzureFirewall.Rule rule, Flow flow, AzureFirewall firewall) {
        boolean protocol = rule.protocols().stream()
                .anyMatch(p -> p.equalsIgnoreCase("any")
                        || p.equalsIgnoreCase(flow.transport().label()));
        boolean port = rule.ports().stream()
                .anyMatch(p -> PortSet.parse(p.strip(), '-')
                        .map(set -> set.covers(flow.port()))
                        .orElse(false));
        if (!protocol || !port) {
            return Optional.empty();
        }
        ServiceTags.Covered to = addresses(
                rule.destinations(),
                rule.destinationIpGroups(),
                flow.destination().publicAzureRegion());
        for (String name : rule.fqdns()) {
            to = to.union(
                    toApiServer(flow)
                            ? named(name.toLowerCase(Locale.ROOT), firewall.name())
                            : open(
                                    "name " + name,
                                    Optional.of(false),
                                    "the addresses of " + name + " in " + firewall.name(),
                                    "nslookup " + Shell.quote(name)));
        }
        return Optional.of(to);
    }

    private static boolean toApiServer(Flow flow) {
        return flow.destination().publicAzureRegion().isPresent();
    }

    /**
     * An application rule looks for a server name, which nothing but the tunnel's own connection is known to send: a rule
     * for the very port leaves it open what becomes of others.
     */
    private Optional<ServiceTags.Covered> applicationToNode(AzureFirewall.Rule rule, Flow flow) {
        boolean port = flow.transport() == Transport.TCP
                && rule.protocols().stream().anyMatch(p -> p.strip().endsWith(":" + flow.port()));
        return port
                ? Optional.of(open(
                        "application rules at port " + flow.port(),
                        Optional.empty(),
                        "whether application rule " + rule.name() + " applies to connections without a server name",
                        "nc -v -w 2 NODE_ADDRESS " + flow.port()))
                : Optional.empty();
    }

    private Optional<ServiceTags.Covered> application(AzureFirewall.Rule rule, Flow flow) {
        if (!toApiServer(flow)) {
            return applicationToNode(rule, flow);
        }
        // A rule by FQDN tag may leave its protocols to the tag.
        boolean port = rule.protocols().isEmpty()
                ? !rule.fqdnTags().isEmpty()
                : rule.protocols().stream().anyMatch(p -> p.strip().equalsIgnoreCase("Https:" + TLS_PORT));
        if (flow.transport() != Transport.TCP || flow.port() != TLS_PORT || !port) {
            return Optional.empty();
        }
        ServiceTags.Covered to = ServiceTags.Covered.exactly(AddressSet.NONE);
        for (String tag : rule.fqdnTags()) {
            String lower = tag.toLowerCase(Locale.ROOT);
            if (lower.equals(AKS_TAG)) {
                to = ServiceTags.Covered.exactly(AddressSet.ALL);
            } else if (!OTHER_TAGS.contains(lower) && !lower.startsWith("office365")) {
                to = to.union(open(
                        "FQDN tag " + tag,
                        Optional.empty(),
                        "whether FQDN tag " + tag + " covers the API server's name",
                        "az network firewall list-fqdn-tags -o json"));
            }
        }
        for (String name : rule.fqdns()) {
            to = to.union(named(name.toLowerCase(Locale.ROOT), rule.name()));
        }
        return Optional.of(to);
    }

    /** Every address if the name covers the API server's, else none. */
    private ServiceTags.Covered named(String pattern, String where) {
        int star = pattern.indexOf('*');
        String start = star < 0 ? pattern : pattern.substring(0, star);
        String end = star < 0 ? "" : pattern.substring(star + 1);
        boolean readable = end.indexOf('*') < 0;
        if (!fqdn.isEmpty() && readable) {
            boolean matches = star < 0
                    ? fqdn.equals(pattern)
                    : fqdn.length() >= start.length() + end.length() && fqdn.startsWith(start) && fqdn.endsWith(end);
            return ServiceTags.Covered.exactly(matches ? AddressSet.ALL : AddressSet.NONE);
        }
        boolean all = star == 0 && readable && (end.isEmpty() || ofEveryApiServer(end));
        if (all) {
            return ServiceTags.Covered.exactly(AddressSet.ALL);
        }
        String last = star < 0 ? pattern : end;
        boolean mayBe = !readable || API_SERVER_DOMAINS.stream().anyMatch(d -> last.endsWith(d) || d.endsWith(last));
        return mayBe
                ? open(
                        "name " + pattern,
                        Optional.empty(),
                        "the API server's name, which " + pattern + " in " + where + " may cover",
                        "az aks show --resource-group \"$RESOURCE_GROUP\" --name \"$CLUSTER\" --query fqdn")
                : ServiceTags.Covered.exactly(AddressSet.NONE);
    }

    /** Whether an ending is that of every API server's name in the cluster's region of the public cloud. */
    private boolean ofEveryApiServer(String end) {
        boolean publicCloud = !location.isEmpty()
                && !location.startsWith("usgov")
                && !location.startsWith("usdod")
                && !location.startsWith("china");
        return publicCloud && (".hcp." + location + ".azmk8s.io").endsWith(end);
    }

    private static ServiceTags.Covered open(String about, Optional<Boolean> usually, String what, String command) {
        FirstMatch.Condition condition =
                new FirstMatch.Condition(about, true, false, usually, new Missing(what, command));
        return new ServiceTags.Covered(AddressSet.NONE, List.of(new ServiceTags.Doubt(AddressSet.ALL, condition)));
    }

    private ServiceTags.Covered addresses(List<String> prefixes, List<String> groups, Optional<String> region) {
        ServiceTags.Covered covered = tags.covered(prefixes, region);
        for (String id : groups) {
            IpGroup known = ipGroups.get(id.toLowerCase(Locale.ROOT));
            if (known == null) {
                FirstMatch.Condition member = new FirstMatch.Condition(
                        "IP group " + id.toLowerCase(Locale.ROOT),
                        true,
                        true,
                        Optional.empty(),
                        new Missing(
                                "the addresses of IP group " + ArmId.name(id),
                                "az network ip-group show --ids " + Shell.quote(id) + " -o json"));
                covered = covered.union(new ServiceTags.Covered(
                        AddressSet.NONE, List.of(new ServiceTags.Doubt(AddressSet.ALL, member))));
            } else {
                covered = covered.union(tags.covered(known.addresses(), region));
            }
        }
        return covered;
    }

    /** @param byDefault whether no rule decided */
    private record Decider(String path, SourceRef at, boolean byDefault) {}

    private record Candidate(
            Decider decider, String effect, ServiceTags.Covered source, ServiceTags.Covered destination) {}

    private record Judgement(
            Outcome outcome, Outcome likely, boolean opensTls, List<Decider> by, List<Missing> missing) {
        Ruling of(AddressSet sources) {
            return new Ruling(
                    sources,
                    outcome,
                    likely,
                    by.size() == 1 ? by.get(0).path : "",
                    opensTls,
                    by.stream().map(Decider::at).distinct().toList(),
                    missing);
        }
    }
}
