package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.AdminRule;
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
 * A rule that may or may not match leaves the outcome open only if both ways end differently.
 */
final class NsgFilter {
    /** A client's own port is one the operating system picks. */
    private static final PortSet CLIENT_PORTS = PortSet.range(1024, PortSet.LAST);

    private static final Missing RULE_AS_IT_IS =
            new Missing("a rule that could not be read whole", "az network nsg show -o json");
    private static final Missing GROUPS =
            new Missing("which application security groups the interfaces are in", "az vmss list -o json");

    private final ServiceTags tags;
    private final List<AdminRule> adminRules;

    NsgFilter(ServiceTags tags, List<AdminRule> adminRules) {
        this.tags = tags;
        this.adminRules = adminRules.stream()
                .sorted(Comparator.comparingInt(admin -> admin.rule().priority()))
                .toList();
    }

    /** What the group does with the flow; the decisions' sources are disjoint and together the flow's. */
    List<NsgDecision> decide(Nsg nsg, Direction direction, Flow flow) {
        List<Step> steps = new ArrayList<>();
        for (AdminRule admin : adminRules) {
            if (admin.rule().direction() == direction) {
                steps.add(step(admin.rule(), adminVerdict(admin), true, flow));
            }
        }
        steps.add(Step.boundary(flow.sources()));
        List<NsgRule> rules = ordered(nsg, direction);
        for (int i = 0; i < rules.size(); i++) {
            steps.add(contested(rules, i, flow));
        }
        return walk(steps, flow.sources());
    }

    private static Verdict adminVerdict(AdminRule admin) {
        if (!admin.rule().allow()) {
            return Verdict.DENY;
        }
        return admin.access().equalsIgnoreCase("AlwaysAllow") ? Verdict.ALLOW : Verdict.ON_TO_GROUP;
    }

    /** The group's rules in order of priority, with the default rules it does not show. */
    private static List<NsgRule> ordered(Nsg nsg, Direction direction) {
        List<NsgRule> rules = new ArrayList<>();
        Set<Integer> priorities = new LinkedHashSet<>();
        for (NsgRule rule : nsg.rules()) {
            if (rule.direction() == direction) {
                rules.add(rule);
                priorities.add(rule.priority());
            }
        }
        for (NsgRule rule : DefaultRules.of(direction)) {
            if (!priorities.contains(rule.priority())) {
                rules.add(rule);
            }
        }
        rules.sort(Comparator.comparingInt(NsgRule::priority));
        return rules;
    }

    /**
     * Azure refuses two rules of one priority, but an edited file may hold them: where they disagree, neither surely comes
     * first.
     */
    private Step contested(List<NsgRule> rules, int index, Flow flow) {
        NsgRule rule = rules.get(index);
        Step step = step(rule, verdict(rule), false, flow);
        for (int i = 0; i < rules.size(); i++) {
            NsgRule other = rules.get(i);
            if (i != index && other.priority() == rule.priority() && other.allow() != rule.allow()) {
                Step rival = step(other, verdict(other), false, flow);
                AddressSet shared = step.certain.intersect(rival.certain.union(rival.maybe));
                step = new Step(
                        step.rule,
                        step.verdict,
                        false,
                        step.certain.minus(shared),
                        step.maybe.union(shared),
                        List.of(RULE_AS_IT_IS));
            }
        }
        return step;
    }

    private static Verdict verdict(NsgRule rule) {
        return rule.allow() ? Verdict.ALLOW : Verdict.DENY;
    }

    private Step step(NsgRule rule, Verdict verdict, boolean admin, Flow flow) {
        List<Missing> missing = new ArrayList<>();
        Certain rest = protocol(rule, flow)
                .and(destinationPorts(rule, flow))
                .and(sourcePorts(rule))
                .and(destination(rule, flow, missing));
        if (rest == Certain.NO && rule.understood()) {
            return new Step(rule, verdict, admin, AddressSet.NONE, AddressSet.NONE, List.of());
        }
        ServiceTags.Covered sources = sources(rule, flow);
        sources.missing().filter(m -> sources.maybe().overlaps(flow.sources())).ifPresent(missing::add);
        AddressSet certain = sources.certain().intersect(flow.sources());
        AddressSet maybe = sources.maybe().intersect(flow.sources());
        if (!rule.understood()) {
            return new Step(rule, verdict, admin, AddressSet.NONE, flow.sources(), List.of(RULE_AS_IT_IS));
        }
        return rest == Certain.YES
                ? new Step(rule, verdict, admin, certain, maybe, missing)
                : new Step(rule, verdict, admin, AddressSet.NONE, certain.union(maybe), missing);
    }

    private static Certain protocol(NsgRule rule, Flow flow) {
        String protocol = rule.protocol().toLowerCase(Locale.ROOT);
        return protocol.equals("*")
                        || protocol.equals("any")
                        || protocol.equals("all")
                        || protocol.equals(flow.transport().label())
                ? Certain.YES
                : Certain.NO;
    }

    private static Certain destinationPorts(NsgRule rule, Flow flow) {
        boolean open = false;
        for (String text : rule.destinationPorts()) {
            Optional<PortSet> ports = PortSet.parse(text.strip(), '-');
            if (ports.isEmpty()) {
                open = true;
            } else if (ports.get().covers(flow.port())) {
                return Certain.YES;
            }
        }
        return open ? Certain.MAYBE : Certain.NO;
    }

    private static Certain sourcePorts(NsgRule rule) {
        PortSet covered = PortSet.NONE;
        boolean open = false;
        for (String text : rule.sourcePorts()) {
            Optional<PortSet> ports = PortSet.parse(text.strip(), '-');
            covered = covered.union(ports.orElse(PortSet.NONE));
            open |= ports.isEmpty();
        }
        PortSet mine = covered.intersect(CLIENT_PORTS);
        if (mine.equals(CLIENT_PORTS)) {
            return Certain.YES;
        }
        return mine.isEmpty() && !open ? Certain.NO : Certain.MAYBE;
    }

    private Certain destination(NsgRule rule, Flow flow, List<Missing> missing) {
        Flow.Destination to = flow.destination();
        ServiceTags.Covered covered = ServiceTags.Covered.exactly(AddressSet.NONE);
        for (String prefix : rule.destinationPrefixes()) {
            covered = covered.union(tags.covered(prefix, to.publicAzureRegion()));
        }
        Certain byAddress;
        if (covered.certain().includes(to.addresses())) {
            byAddress = Certain.YES;
        } else if (!covered.certain().overlaps(to.addresses())
                && !covered.maybe().overlaps(to.addresses())) {
            byAddress = Certain.NO;
        } else {
            byAddress = Certain.MAYBE;
            covered.missing().ifPresent(missing::add);
        }
        return byAddress.or(inGroups(rule.destinationGroups(), to.groups(), missing));
    }

    private static Certain inGroups(List<String> wanted, Optional<Set<String>> groups, List<Missing> missing) {
        if (wanted.isEmpty()) {
            return Certain.NO;
        }
        if (groups.isEmpty()) {
            missing.add(GROUPS);
            return Certain.MAYBE;
        }
        return wanted.stream().anyMatch(groups.get()::contains) ? Certain.YES : Certain.NO;
    }

    private ServiceTags.Covered sources(NsgRule rule, Flow flow) {
        ServiceTags.Covered covered = ServiceTags.Covered.exactly(AddressSet.NONE);
        for (String prefix : rule.sourcePrefixes()) {
            covered = covered.union(tags.covered(prefix, Optional.empty()));
        }
        List<Missing> missing = new ArrayList<>();
        Certain byGroup = inGroups(rule.sourceGroups(), flow.sourceGroups(), missing);
        return switch (byGroup) {
            case YES -> ServiceTags.Covered.exactly(AddressSet.ALL);
            case NO -> covered;
            case MAYBE ->
                covered.union(new ServiceTags.Covered(
                        AddressSet.NONE, AddressSet.ALL, missing.stream().findFirst()));
        };
    }

    private static List<NsgDecision> walk(List<Step> steps, AddressSet sources) {
        List<NsgDecision> decisions = new ArrayList<>();
        List<Open> open = List.of(new Open(sources, List.of(), false));
        for (Step step : steps) {
            List<Open> next = new ArrayList<>();
            for (Open piece : open) {
                piece.meet(step, next, decisions);
            }
            open = next;
        }
        return decisions;
    }

    private enum Certain {
        YES,
        NO,
        MAYBE;

        Certain and(Certain other) {
            if (this == NO || other == NO) {
                return NO;
            }
            return this == YES && other == YES ? YES : MAYBE;
        }

        Certain or(Certain other) {
            if (this == YES || other == YES) {
                return YES;
            }
            return this == NO && other == NO ? NO : MAYBE;
        }
    }

    private enum Verdict {
        ALLOW,
        DENY,
        /** A security admin rule that lets the group decide. */
        ON_TO_GROUP,
        /** No rule: where the group's own rules begin. */
        BOUNDARY
    }

    /**
     * A rule held against the flow.
     *
     * @param admin whether it is a security admin rule
     * @param certain sources it surely matches
     * @param maybe sources it may match
     */
    private record Step(
            NsgRule rule, Verdict verdict, boolean admin, AddressSet certain, AddressSet maybe, List<Missing> missing) {
        static Step boundary(AddressSet sources) {
            return new Step(
                    DefaultRules.of(Direction.INBOUND).get(0),
                    Verdict.BOUNDARY,
                    false,
                    AddressSet.NONE,
                    sources,
                    List.of());
        }
    }

    /**
     * Sources no rule has surely decided yet.
     *
     * @param maybes rules that may have decided them
     * @param skipping whether a security admin rule surely passed them on, so that later admin rules do not count
     */
    private record Open(AddressSet sources, List<Step> maybes, boolean skipping) {
        void meet(Step step, List<Open> next, List<NsgDecision> decisions) {
            if (step.verdict == Verdict.BOUNDARY) {
                next.add(new Open(sources, maybes, false));
                return;
            }
            if (skipping) {
                next.add(this);
                return;
            }
            AddressSet certain = sources.intersect(step.certain);
            AddressSet maybe = sources.intersect(step.maybe);
            AddressSet missed = sources.minus(certain).minus(maybe);
            if (!certain.isEmpty()) {
                if (step.verdict == Verdict.ON_TO_GROUP) {
                    next.add(new Open(certain, maybes, true));
                } else {
                    decisions.add(decided(certain, step));
                }
            }
            if (!maybe.isEmpty()) {
                List<Step> more = new ArrayList<>(maybes);
                more.add(step);
                next.add(new Open(maybe, more, false));
            }
            if (!missed.isEmpty()) {
                next.add(new Open(missed, maybes, false));
            }
        }

        private NsgDecision decided(AddressSet certain, Step last) {
            Outcome outcome = last.verdict == Verdict.ALLOW ? Outcome.ALLOWED : Outcome.DROPPED;
            Set<SourceRef> evidence = new LinkedHashSet<>();
            evidence.add(last.rule.source());
            List<Step> contrary =
                    maybes.stream().filter(step -> contrary(step, last)).toList();
            if (contrary.isEmpty()) {
                maybes.forEach(step -> evidence.add(step.rule.source()));
                return new NsgDecision(
                        certain,
                        outcome,
                        Outcome.UNKNOWN,
                        maybes.isEmpty() ? Optional.of(last.rule) : Optional.empty(),
                        List.copyOf(evidence),
                        List.of());
            }
            Set<Missing> missing = new LinkedHashSet<>();
            contrary.forEach(step -> {
                evidence.add(step.rule.source());
                missing.addAll(step.missing);
            });
            if (missing.isEmpty()) {
                missing.add(RULE_AS_IT_IS);
            }
            return new NsgDecision(
                    certain,
                    Outcome.UNKNOWN,
                    Outcome.UNKNOWN,
                    Optional.empty(),
                    List.copyOf(evidence),
                    List.copyOf(missing));
        }

        /** Whether the flow ends otherwise if a rule that may match does: a pass to the group matters to admin rules only. */
        private static boolean contrary(Step maybe, Step last) {
            return maybe.verdict == Verdict.ON_TO_GROUP ? last.admin : maybe.verdict != last.verdict;
        }
    }
}
