package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.AdminRule;
import tunneldoctor.model.Digits;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.SourceRef;

/**
 * Decides flows against a network security group as Azure does: security admin rules first, then the group's rules by
 * priority, default rules last; the first match decides (Azure, "How network security groups filter network traffic").
 * What the facts leave open (a service tag's addresses, a group's members, an unreadable rule) is held against every way
 * it can be, so the outcome is unknown only if two of them end differently. Safe for use by several threads.
 */
final class NsgFilter {
    /** A client's own port is one the operating system picks. */
    private static final PortSet CLIENT_PORTS = PortSet.range(1024, PortSet.LAST);

    /** What Linux picks from unless it is told otherwise ({@code net.ipv4.ip_local_port_range}). */
    private static final PortSet USUAL_CLIENT_PORTS = PortSet.range(32_768, 60_999);

    private static final Set<String> OTHER_PROTOCOLS = Set.of("tcp", "udp", "icmp", "icmpv6", "esp", "ah");

    private static final Missing ORDER =
            new Missing("which of two rules of the same priority the group really has", "az network nsg show -o json");
    private static final Missing CLIENT_PORT = new Missing(
            "the client's own port, which a rule asks for and which differs from connection to connection",
            "ss -tnp state established");
    private static final Missing API_SERVER =
            new Missing("the API server's address", "kubectl get endpoints kubernetes -o wide");
    private static final Missing TARGET =
            new Missing("which address the connections are sent to", "kubectl get nodes -o wide");

    private static final int AFTER_ADMIN_RULES = 1_000_000;
    private static final int LAST_TURN = Integer.MAX_VALUE;

    /** Beyond, flows are so many that few are asked about again. */
    private static final int MOST_REMEMBERED = 1_000;

    private final ServiceTags tags;
    private final List<AdminRule> adminRules;
    private final Map<Question, List<NsgDecision>> decided = new ConcurrentHashMap<>();

    NsgFilter(ServiceTags tags, List<AdminRule> adminRules) {
        this.tags = tags;
        this.adminRules = List.copyOf(adminRules);
    }

    ServiceTags tags() {
        return tags;
    }

    /** A change to a group leaves most flows where they were: those that do not meet it, or only its other direction. */
    private record Question(List<NsgRule> rules, Direction direction, Flow flow) {}

    /** What the group does with the flow; the decisions' sources are disjoint and together the flow's. */
    List<NsgDecision> decide(Nsg nsg, Direction direction, Flow flow) {
        Question question = new Question(withDefaults(nsg, direction), direction, flow);
        @Nullable List<NsgDecision> known = decided.get(question);
        if (known != null) {
            return known;
        }
        List<Candidate> candidates = adminCandidates(direction, flow);
        for (NsgRule rule : question.rules()) {
            candidate(rule, AFTER_ADMIN_RULES + rule.priority(), effect(rule.allow()), 0, direction, flow)
                    .ifPresent(candidates::add);
        }
        List<NsgDecision> decisions = List.copyOf(decide(candidates, direction, flow));
        if (decided.size() < MOST_REMEMBERED) {
            decided.put(question, decisions);
        }
        return decisions;
    }

    /** What happens where no group is bound: security admin rules count there too, and all else passes. */
    List<NsgDecision> decideWithoutGroup(Direction direction, Flow flow) {
        return decide(adminCandidates(direction, flow), direction, flow);
    }

    private List<Candidate> adminCandidates(Direction direction, Flow flow) {
        List<Candidate> candidates = new ArrayList<>();
        for (AdminRule admin : adminRules) {
            NsgRule rule = admin.rule();
            boolean passesOn = rule.allow() && !admin.access().equalsIgnoreCase("AlwaysAllow");
            if (rule.direction() == direction) {
                candidate(
                                rule,
                                rule.priority(),
                                effect(rule.allow()),
                                passesOn ? AFTER_ADMIN_RULES : 0,
                                direction,
                                flow)
                        .ifPresent(candidates::add);
            }
        }
        return candidates;
    }

    private static String effect(boolean allow) {
        return (allow ? Outcome.ALLOWED : Outcome.DROPPED).name();
    }

    /** The group's rules, with the default rules it does not show. */
    private static List<NsgRule> withDefaults(Nsg nsg, Direction direction) {
        List<NsgRule> rules = new ArrayList<>();
        for (NsgRule rule : nsg.rules()) {
            if (rule.direction() == direction) {
                rules.add(rule);
            }
        }
        List<NsgRule> shown = List.copyOf(rules);
        for (NsgRule rule : DefaultRules.of(direction)) {
            if (!shows(shown, rule)) {
                rules.add(rule);
            }
        }
        return rules;
    }

    private static boolean shows(List<NsgRule> rules, NsgRule ofDefault) {
        for (NsgRule rule : rules) {
            if (rule.priority() == ofDefault.priority() && rule.allow() == ofDefault.allow()) {
                return true;
            }
        }
        return false;
    }

    // ---- one rule against all of the flow that is the same for every packet ----

    private Optional<Candidate> candidate(
            NsgRule rule, int turn, String effect, int next, Direction direction, Flow flow) {
        List<List<FirstMatch.Condition>> needs = new ArrayList<>();
        if (!rule.understood()) {
            needs.add(List.of(unread("what rule " + rule.name() + " matches, which could not be read whole", rule)));
            ServiceTags.Covered all = ServiceTags.Covered.exactly(AddressSet.ALL);
            return Optional.of(new Candidate(rule, turn, effect, next, CLIENT_PORTS, all, all, needs));
        }
        String protocol = rule.protocol().strip().toLowerCase(Locale.ROOT);
        boolean mine = List.of(
                        "*",
                        "any",
                        "all",
                        flow.transport().label(),
                        "" + flow.transport().number())
                .contains(protocol);
        if (!mine && (OTHER_PROTOCOLS.contains(protocol) || Digits.only(protocol))) {
            return Optional.empty();
        }
        if (!mine) {
            needs.add(List.of(unread("the protocol of rule " + rule.name(), rule)));
        }
        Ports ports = Ports.of(rule.destinationPorts());
        boolean toThem = ports.known().covers(flow.port());
        if (!toThem && ports.all()) {
            return Optional.empty();
        }
        if (!toThem) {
            needs.add(List.of(unread("the ports of rule " + rule.name(), rule)));
        }
        Ports sourcePorts = Ports.of(rule.sourcePorts());
        if (!sourcePorts.all() && !covers(sourcePorts.known(), CLIENT_PORTS)) {
            needs.add(List.of(unread("the source ports of rule " + rule.name(), rule)));
        }
        return Optional.of(new Candidate(
                rule,
                turn,
                effect,
                next,
                sourcePorts.all() ? sourcePorts.known().intersect(CLIENT_PORTS) : CLIENT_PORTS,
                side(rule.sourcePrefixes(), Optional.empty(), rule.sourceGroups(), flow.sourceGroups(), false),
                side(
                        rule.destinationPrefixes(),
                        flow.destination().publicAzureRegion(),
                        rule.destinationGroups(),
                        flow.destination().groups(),
                        direction == Direction.OUTBOUND),
                needs));
    }

    private static FirstMatch.Condition unread(String what, NsgRule rule) {
        String about = what + '#' + rule.priority() + '#' + rule.source();
        return new FirstMatch.Condition(
                about, true, false, Optional.empty(), new Missing(what, "az network nsg show -o json"));
    }

    /**
     * The ports that some texts name.
     *
     * @param known those of the texts that could be read
     * @param all whether that is every text
     */
    private record Ports(PortSet known, boolean all) {
        static Ports of(List<String> texts) {
            List<PortSet> known = new ArrayList<>(texts.size());
            for (String text : texts) {
                port(text).ifPresent(known::add);
            }
            return new Ports(PortSet.union(known), known.size() == texts.size());
        }

        private static Optional<PortSet> port(String text) {
            String plain = text.strip();
            return plain.equalsIgnoreCase("any") || plain.equalsIgnoreCase("all")
                    ? Optional.of(PortSet.ALL)
                    : PortSet.parse(plain, '-');
        }
    }

    private static boolean covers(PortSet all, PortSet some) {
        return all.intersect(some).equals(some);
    }

    /** @param outside whether it is a destination on the way out, where the platform's own addresses are exempt */
    private ServiceTags.Covered side(
            List<String> prefixes,
            Optional<String> region,
            List<String> wanted,
            Optional<Set<String>> groups,
            boolean outside) {
        ServiceTags.Covered covered = tags.covered(prefixes, region);
        if (outside) {
            ServiceTags.Covered platform = tags.covered(
                    prefixes.stream().filter(ServiceTags::namesPlatform).toList(), region);
            List<ServiceTags.Doubt> doubts = new ArrayList<>();
            for (ServiceTags.Doubt doubt : covered.doubts()) {
                doubts.add(new ServiceTags.Doubt(doubt.where().minus(ServiceTags.EXEMPT), doubt.condition()));
            }
            covered = new ServiceTags.Covered(
                    covered.certain().minus(ServiceTags.EXEMPT).union(platform.certain()), doubts);
        }
        AddressSet members = outside ? ServiceTags.EXEMPT.complement() : AddressSet.ALL;
        for (String group : wanted) {
            if (groups.isEmpty()) {
                covered = covered.union(new ServiceTags.Covered(
                        AddressSet.NONE,
                        List.of(new ServiceTags.Doubt(
                                members,
                                new FirstMatch.Condition(
                                        "group " + group,
                                        true,
                                        true,
                                        Optional.empty(),
                                        new Missing(
                                                "which application security groups the interfaces are in",
                                                "az vmss list -o json"))))));
            } else if (groups.get().contains(group)) {
                covered = covered.union(ServiceTags.Covered.exactly(members));
            }
        }
        return covered;
    }

    /**
     * A rule that this flow may meet.
     *
     * @param next where a rule only passes the flow on, the turn it passes it on to; else 0
     * @param clientPorts the client's ports it asks for
     * @param needs what else must hold
     */
    private record Candidate(
            NsgRule rule,
            int turn,
            String effect,
            int next,
            PortSet clientPorts,
            ServiceTags.Covered source,
            ServiceTags.Covered destination,
            List<List<FirstMatch.Condition>> needs) {
        boolean admin() {
            return turn < AFTER_ADMIN_RULES;
        }
    }

    // ---- all rules against the parts of the flow they tell apart ----

    private List<NsgDecision> decide(List<Candidate> unordered, Direction direction, Flow flow) {
        List<Candidate> candidates = new ArrayList<>(unordered);
        candidates.add(new Candidate(
                DefaultRules.NOTHING_ELSE,
                LAST_TURN,
                effect(true),
                0,
                CLIENT_PORTS,
                ServiceTags.Covered.exactly(AddressSet.ALL),
                ServiceTags.Covered.exactly(AddressSet.ALL),
                List.of()));
        if (direction == Direction.OUTBOUND) {
            candidates.add(new Candidate(
                    DefaultRules.PLATFORM,
                    LAST_TURN - 1,
                    effect(true),
                    0,
                    CLIENT_PORTS,
                    ServiceTags.Covered.exactly(AddressSet.ALL),
                    ServiceTags.Covered.exactly(ServiceTags.EXEMPT),
                    List.of()));
        }
        candidates.sort(Comparator.comparingInt(Candidate::turn));
        Side sources = new Side(
                flow.sources(), candidates.stream().map(Candidate::source).toList());
        Side destinations = new Side(
                tags.possible(flow.destination()),
                candidates.stream().map(Candidate::destination).toList());
        List<PortSet> ports = portCells(candidates);
        Missing whereTo = flow.destination().publicAzureRegion().isPresent() ? API_SERVER : TARGET;
        Map<Judgement, List<AddressSet>> alike = new LinkedHashMap<>();
        for (AddressCells.Cell source : sources.cells()) {
            alike.computeIfAbsent(
                            judge(candidates, sources.conditions(source, "source"), destinations, ports, whereTo),
                            judgement -> new ArrayList<>())
                    .add(source.addresses());
        }
        List<NsgDecision> decisions = new ArrayList<>();
        alike.forEach((judgement, parts) -> decisions.add(judgement.of(AddressSet.union(parts))));
        return decisions;
    }

    /** Parts of the client's ports that no rule tells apart. */
    private static List<PortSet> portCells(List<Candidate> candidates) {
        Set<PortSet> asked = new LinkedHashSet<>();
        candidates.forEach(candidate -> asked.add(candidate.clientPorts()));
        List<PortSet> cells = List.of(CLIENT_PORTS);
        for (PortSet ports : asked) {
            List<PortSet> finer = new ArrayList<>();
            for (PortSet cell : cells) {
                for (PortSet part : List.of(cell.intersect(ports), cell.intersect(ports.complement()))) {
                    if (!part.isEmpty()) {
                        finer.add(part);
                    }
                }
            }
            cells = finer;
        }
        return cells;
    }

    private static Judgement judge(
            List<Candidate> candidates,
            Map<Integer, List<FirstMatch.Condition>> source,
            Side destinations,
            List<PortSet> ports,
            Missing whereTo) {
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        Set<Outcome> usual = EnumSet.noneOf(Outcome.class);
        Set<NsgRule> by = new LinkedHashSet<>();
        Set<Missing> missing = new LinkedHashSet<>();
        Map<PortSet, Set<Outcome>> byPort = new LinkedHashMap<>();
        Map<List<Integer>, Set<Outcome>> byDestination = new LinkedHashMap<>();
        for (AddressCells.Cell cell : destinations.cells()) {
            Map<Integer, List<FirstMatch.Condition>> destination = destinations.conditions(cell, "destination");
            for (PortSet port : ports) {
                List<FirstMatch.Step<NsgRule>> steps = steps(candidates, source, destination, port);
                FirstMatch.Result<NsgRule> result = FirstMatch.of(steps, ORDER);
                Set<Outcome> ends = EnumSet.noneOf(Outcome.class);
                result.effects().forEach(effect -> ends.add(Outcome.valueOf(effect)));
                outcomes.addAll(ends);
                by.addAll(result.by());
                missing.addAll(result.missing());
                byPort.computeIfAbsent(port, p -> EnumSet.noneOf(Outcome.class)).addAll(ends);
                byDestination
                        .computeIfAbsent(cell.in(), c -> EnumSet.noneOf(Outcome.class))
                        .addAll(ends);
                if (!port.intersect(USUAL_CLIENT_PORTS).isEmpty()) {
                    usual.add(
                            ends.size() == 1
                                    ? ends.iterator().next()
                                    : FirstMatch.usual(steps, ORDER)
                                            .map(Outcome::valueOf)
                                            .orElse(Outcome.UNKNOWN));
                }
            }
        }
        if (Set.copyOf(byPort.values()).size() > 1) {
            missing.add(CLIENT_PORT);
        }
        if (Set.copyOf(byDestination.values()).size() > 1) {
            missing.add(whereTo);
        }
        boolean known = outcomes.size() == 1;
        return new Judgement(
                known ? outcomes.iterator().next() : Outcome.UNKNOWN,
                !known && usual.size() == 1 ? usual.iterator().next() : Outcome.UNKNOWN,
                List.copyOf(by),
                known ? List.of() : List.copyOf(missing),
                onlyAdminRules(candidates, by));
    }

    private static boolean onlyAdminRules(List<Candidate> candidates, Set<NsgRule> by) {
        for (Candidate candidate : candidates) {
            if (!candidate.admin() && by.contains(candidate.rule())) {
                return false;
            }
        }
        return true;
    }

    private static List<FirstMatch.Step<NsgRule>> steps(
            List<Candidate> candidates,
            Map<Integer, List<FirstMatch.Condition>> source,
            Map<Integer, List<FirstMatch.Condition>> destination,
            PortSet port) {
        List<FirstMatch.Step<NsgRule>> steps = new ArrayList<>();
        for (Map.Entry<Integer, List<FirstMatch.Condition>> from : source.entrySet()) {
            Candidate candidate = candidates.get(from.getKey());
            List<FirstMatch.Condition> to = destination.get(from.getKey());
            if (to != null && !candidate.clientPorts().intersect(port).isEmpty()) {
                List<List<FirstMatch.Condition>> needs = new ArrayList<>(candidate.needs());
                needs.add(from.getValue());
                needs.add(to);
                needs.removeIf(List::isEmpty);
                steps.add(new FirstMatch.Step<>(
                        candidate.turn(), candidate.rule(), candidate.effect(), candidate.next(), needs));
            }
        }
        return steps;
    }

    /** What becomes of sources that fare alike. */
    private record Judgement(
            Outcome outcome, Outcome likely, List<NsgRule> by, List<Missing> missing, boolean byAdminRule) {
        NsgDecision of(AddressSet sources) {
            Set<SourceRef> evidence = new LinkedHashSet<>();
            by.forEach(rule -> evidence.add(rule.source()));
            return new NsgDecision(
                    sources,
                    outcome,
                    likely,
                    by.size() == 1 ? Optional.of(by.get(0)) : Optional.empty(),
                    byAdminRule,
                    List.copyOf(evidence),
                    missing);
        }
    }
}
