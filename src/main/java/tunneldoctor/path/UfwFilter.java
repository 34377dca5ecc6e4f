package tunneldoctor.path;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.UfwRule;
import tunneldoctor.model.UfwStatus;
import tunneldoctor.model.UfwStatus.Action;

/**
 * Decides what ufw does with new connections, by its own status alone.
 *
 * <p>The first rule that matches decides, in the order shown; only rules of the flow's direction count, and those for
 * routed traffic and the IPv6 twins do not. What no rule matches goes the way of the default, which only {@code verbose}
 * shows. A rule of which a part is hidden may match and may not: the sources it concerns stay open unless both worlds end
 * alike. What ufw accepts before its rules (loopback, established connections) never stops a connection once allowed.
 */
final class UfwFilter {
    private static final String SHOW_ALL = "LC_ALL=C ufw status verbose";

    /** A machine or a translating hop may take any port but the reserved ones. */
    private static final PortSet EPHEMERAL = PortSet.range(1024, PortSet.LAST);

    private static final String LOOPBACK = "lo";

    private final UfwStatus status;
    private final Flow flow;
    private final boolean inbound;
    private final String via;

    private UfwFilter(UfwStatus status, Flow flow, boolean inbound, String via) {
        this.status = status;
        this.flow = flow;
        this.inbound = inbound;
        this.via = via;
    }

    /**
     * What ufw does with the part of a flow that comes from some of its sources.
     *
     * @param outcome {@code UNKNOWN} also for LIMIT, which refuses a source for a while after six connections in 30
     *     seconds
     * @param likely the usual reading of what is hidden; for LIMIT the refusal; {@code UNKNOWN} if there is none
     * @param decidedBy the deciding rule, of an unknown the one its likely outcome rests on; empty for the default and
     *     where ufw is not active
     * @param varies whether connections that look alike fare differently
     * @param restsOnInterface whether another interface than the one asked for could have another outcome
     * @param evidence the deciding line first; never empty
     * @param missing what would settle an unknown; empty where nothing could
     */
    record Decision(
            AddressSet sources,
            Outcome outcome,
            Outcome likely,
            Optional<UfwRule> decidedBy,
            boolean varies,
            boolean restsOnInterface,
            List<SourceRef> evidence,
            List<Missing> missing) {
        Decision {
            evidence = List.copyOf(evidence);
            missing = List.copyOf(missing);
        }
    }

    /**
     * Decides a flow against one status.
     *
     * @param via the interface it arrives on, of an outbound flow the one it leaves by
     * @return decisions whose sources are disjoint and together the flow's; none only for a flow without sources
     */
    static List<Decision> decide(UfwStatus status, Flow flow, Direction direction, String via) {
        if (flow.sources().isEmpty()) {
            return List.of();
        }
        return switch (status.state()) {
            case INACTIVE, NOT_INSTALLED -> List.of(whole(status, flow, Outcome.ALLOWED, List.of()));
            case UNREADABLE ->
                List.of(whole(
                        status,
                        flow,
                        Outcome.UNKNOWN,
                        List.of(new Missing("whether ufw is active, and its rules", SHOW_ALL))));
            case ACTIVE ->
                via.equals(LOOPBACK)
                        ? List.of(whole(status, flow, Outcome.ALLOWED, List.of()))
                        : new UfwFilter(status, flow, direction == Direction.INBOUND, via).decide();
        };
    }

    private static Decision whole(UfwStatus status, Flow flow, Outcome outcome, List<Missing> missing) {
        return new Decision(
                flow.sources(), outcome, outcome, Optional.empty(), false, false, List.of(status.source()), missing);
    }

    /**
     * Cuts the sources where a rule's senders begin or end. Between two cuts all sources fare alike, and so do all cuts
     * that meet the same rules: each such group is judged once.
     */
    private List<Decision> decide() {
        List<Candidate> candidates = new ArrayList<>();
        NavigableMap<Long, List<Integer>> cuts = new TreeMap<>();
        for (AddressSet run : flow.sources().runs()) {
            cuts.put(run.first(), new ArrayList<>());
            cuts.put(run.first() + run.size(), new ArrayList<>());
        }
        for (UfwRule rule : status.rules()) {
            AddressSet caught = mayCatch(rule) ? flow.sources().intersect(rule.senders()) : AddressSet.NONE;
            for (AddressSet run : caught.runs()) {
                cuts.computeIfAbsent(run.first(), cut -> new ArrayList<>()).add(candidates.size());
                cuts.computeIfAbsent(run.first() + run.size(), cut -> new ArrayList<>())
                        .add(candidates.size());
            }
            if (!caught.isEmpty()) {
                candidates.add(new Candidate(rule, hidden(rule), onOtherInterface(rule)));
            }
        }
        Map<List<Integer>, List<AddressSet>> groups = new LinkedHashMap<>();
        NavigableSet<Integer> met = new TreeSet<>();
        for (Map.Entry<Long, List<Integer>> cut : cuts.entrySet()) {
            for (Integer candidate : cut.getValue()) {
                if (!met.remove(candidate)) {
                    met.add(candidate);
                }
            }
            Long next = cuts.higherKey(cut.getKey());
            if (next != null && flow.sources().covers(cut.getKey())) {
                groups.computeIfAbsent(untilDecided(met, candidates), group -> new ArrayList<>())
                        .add(AddressSet.range(cut.getKey(), next - 1));
            }
        }
        List<Decision> decisions = new ArrayList<>();
        groups.forEach((group, sources) -> decisions.add(decide(AddressSet.union(sources), group, candidates)));
        return decisions;
    }

    /** @param hidden why the rule need not match even though it may */
    private record Candidate(UfwRule rule, Hidden hidden, boolean onOtherInterface) {
        boolean decides() {
            return hidden.nothing() && !onOtherInterface;
        }
    }

    private static List<Integer> untilDecided(NavigableSet<Integer> met, List<Candidate> candidates) {
        List<Integer> group = new ArrayList<>();
        for (Integer index : met) {
            group.add(index);
            if (candidates.get(index).decides()) {
                break;
            }
        }
        return group;
    }

    private Decision decide(AddressSet sources, List<Integer> group, List<Candidate> candidates) {
        World world = new World(sources);
        for (Integer index : group) {
            Candidate candidate = candidates.get(index);
            world.restsOnInterface |= !candidate.rule.destinationInterface().isEmpty();
            if (candidate.decides()) {
                world.ends(candidate.rule);
                return world.decision();
            }
            if (!candidate.onOtherInterface) {
                world.mayEnd(candidate.rule, candidate.hidden);
            }
        }
        return byDefault(world);
    }

    private boolean mayCatch(UfwRule rule) {
        if (rule.ipv6() || !rule.traffic().equals(inbound ? "IN" : "OUT")) {
            return false;
        }
        if (!rule.understood()) {
            return true;
        }
        AddressSet destination = flow.destination().addresses();
        return (rule.protocol().equals("any")
                        || rule.protocol().equals(flow.transport().label()))
                && rule.ports().covers(flow.port())
                && (destination.isEmpty() || rule.destination().overlaps(destination))
                && !rule.senderPorts().intersect(EPHEMERAL).isEmpty();
    }

    private boolean onOtherInterface(UfwRule rule) {
        String pattern = rule.destinationInterface();
        if (!rule.understood() || pattern.isEmpty()) {
            return false;
        }
        return pattern.endsWith("+")
                ? !via.startsWith(pattern.substring(0, pattern.length() - 1))
                : !via.equals(pattern);
    }

    /**
     * Why a rule that may match need not.
     *
     * @param varies whether it depends on the packet
     * @param usuallyMatches whether the usual reading is that it does match
     */
    private record Hidden(List<Missing> missing, boolean varies, boolean usuallyMatches) {
        boolean nothing() {
            return missing.isEmpty() && !varies;
        }
    }

    private Hidden hidden(UfwRule rule) {
        List<Missing> missing = new ArrayList<>();
        boolean usuallyMatches = true;
        if (!rule.understood()) {
            missing.add(new Missing("what rule " + rule.position() + " of ufw matches", SHOW_ALL));
            usuallyMatches = false;
        } else if (!rule.profile().isEmpty()) {
            missing.add(new Missing(
                    "which ports rule " + rule.position() + " of ufw is for: the profile's name hides them", SHOW_ALL));
            usuallyMatches = false;
        }
        AddressSet destination = flow.destination().addresses();
        boolean anyDestination = rule.destination().equals(AddressSet.ALL);
        if (rule.understood()
                && !anyDestination
                && (destination.isEmpty() || !rule.destination().includes(destination))) {
            missing.add(
                    inbound
                            ? new Missing("which address the connections are sent to", "kubectl get nodes -o wide")
                            : new Missing("the API server's address", "kubectl get endpoints kubernetes -o wide"));
            usuallyMatches = false;
        }
        PortSet common = rule.senderPorts().intersect(EPHEMERAL);
        boolean somePorts = rule.understood() && !common.equals(EPHEMERAL);
        usuallyMatches &= !somePorts || 2 * common.size() > EPHEMERAL.size();
        return new Hidden(missing, somePorts, usuallyMatches);
    }

    private Decision byDefault(World world) {
        if (!status.complete()) {
            Set<Outcome> any = EnumSet.of(Outcome.ALLOWED, Outcome.DROPPED, Outcome.REJECTED);
            world.endsIn(any, Outcome.UNKNOWN, status.source());
            world.missing.add(new Missing("the rest of ufw's status, which is cut off or not readable", SHOW_ALL));
            return world.decision();
        }
        Optional<Action> action = inbound ? status.defaultIncoming() : status.defaultOutgoing();
        if (action.isPresent()) {
            Set<Outcome> outcomes = outcomes(action.get());
            world.endsIn(outcomes, outcomes.iterator().next(), status.defaults().orElse(status.source()));
            return world.decision();
        }
        // ufw comes with these defaults, and hardly anybody changes them.
        Outcome usual = inbound ? Outcome.DROPPED : Outcome.ALLOWED;
        world.endsIn(EnumSet.of(Outcome.ALLOWED, Outcome.DROPPED, Outcome.REJECTED), usual, status.source());
        world.missing.add(new Missing(
                "ufw's default for " + (inbound ? "incoming" : "outgoing") + " traffic, which only verbose shows",
                SHOW_ALL));
        return world.decision();
    }

    private static Set<Outcome> outcomes(Action action) {
        return switch (action) {
            case ALLOW -> EnumSet.of(Outcome.ALLOWED);
            case DENY -> EnumSet.of(Outcome.DROPPED);
            case REJECT -> EnumSet.of(Outcome.REJECTED);
            case LIMIT -> EnumSet.of(Outcome.ALLOWED, Outcome.REJECTED);
        };
    }

    /** Sources that have fared alike so far, and every way their connections may have ended. */
    private static final class World {
        private final AddressSet sources;
        private final Set<Outcome> possible = EnumSet.noneOf(Outcome.class);
        private Outcome likely = Outcome.UNKNOWN;
        private boolean likelyFound;
        private Optional<UfwRule> likelyRule = Optional.empty();
        private boolean varies;
        private boolean restsOnInterface;
        private final List<SourceRef> evidence = new ArrayList<>();
        private final Set<Missing> missing = new LinkedHashSet<>();

        World(AddressSet sources) {
            this.sources = sources;
        }

        void ends(UfwRule rule) {
            boolean limits = rule.action() == Action.LIMIT;
            varies |= limits;
            Set<Outcome> outcomes = outcomes(rule.action());
            boolean first = !likelyFound;
            endsIn(outcomes, limits ? Outcome.REJECTED : outcomes.iterator().next(), rule.source());
            if (first) {
                likelyRule = Optional.of(rule);
            }
        }

        void mayEnd(UfwRule rule, Hidden hidden) {
            missing.addAll(hidden.missing());
            varies |= hidden.varies() || rule.action() == Action.LIMIT;
            if (hidden.usuallyMatches()) {
                ends(rule);
            } else {
                possible.addAll(outcomes(rule.action()));
                evidence.add(rule.source());
            }
        }

        void endsIn(Set<Outcome> outcomes, Outcome usual, SourceRef line) {
            possible.addAll(outcomes);
            if (likelyFound) {
                evidence.add(line);
            } else {
                likely = usual;
                likelyFound = true;
                evidence.add(0, line);
            }
        }

        Decision decision() {
            if (possible.size() == 1) {
                Outcome outcome = possible.iterator().next();
                return new Decision(
                        sources, outcome, outcome, likelyRule, false, restsOnInterface, evidence, List.of());
            }
            return new Decision(
                    sources,
                    Outcome.UNKNOWN,
                    likely,
                    likelyRule,
                    varies,
                    restsOnInterface,
                    evidence,
                    List.copyOf(missing));
        }
    }
}
