package tunneldoctor.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.Outcome;
import tunneldoctor.path.Topology.Binding;

/**
 * Decides flows at a place of the network: security admin rules first, which count at every place, then the network
 * security group that is bound there, if any.
 */
final class PlaceFilter {
    /** Where security admin rules stand. */
    private static final String EVERYWHERE = "the virtual network";

    private final NsgFilter filter;

    PlaceFilter(Topology topology) {
        this.filter = topology.groupFilter();
    }

    /** What is taken for granted where no security admin rule is in the facts, which no resource of a cluster shows. */
    static List<String> assumptions(Facts facts) {
        return facts.azure().adminRules().isEmpty()
                ? List.of("no security admin rule of a Virtual Network Manager is deployed to the network")
                : List.of();
    }

    /**
     * What becomes of part of the sources.
     *
     * @param nsg the group that decides, or that may; empty where there is none, or none is known, or a security admin
     *     rule decides
     * @param settled whether it is known what stands at the place, or does not matter
     */
    record Ruling(Optional<Nsg> nsg, String place, boolean settled, NsgDecision decision) {
        boolean byAdminRule() {
            return decision.byAdminRule() && decision.outcome() != Outcome.UNKNOWN;
        }

        /** The name of what decides, as hops are named. */
        String name(Direction direction) {
            if (byAdminRule()) {
                return decision.decidedBy()
                        .map(rule -> "security admin rule " + rule.name())
                        .orElse("security admin rules");
            }
            return "nsg " + (direction == Direction.INBOUND ? "inbound " : "outbound ")
                    + nsg.map(Nsg::name).orElse("of " + place);
        }
    }

    /**
     * The rulings for all sources of the flow. Where it is not known which group is bound they may overlap: one for each
     * group in the facts that would deny, and last one that tells nothing.
     */
    List<Ruling> decide(Binding binding, Direction direction, Flow flow) {
        if (binding instanceof Binding.Bound bound) {
            return filter.decide(bound.nsg(), direction, flow).stream()
                    .map(decision -> ruling(Optional.of(bound.nsg()), bound.place(), decision))
                    .toList();
        }
        List<Ruling> rulings = filter.decideWithoutGroup(direction, flow).stream()
                .map(decision -> ruling(Optional.empty(), binding.place(), decision))
                .toList();
        return binding instanceof Binding.Unknown unknown ? open(unknown, direction, flow, rulings) : rulings;
    }

    private static Ruling ruling(Optional<Nsg> nsg, String place, NsgDecision decision) {
        Ruling ruling = new Ruling(nsg, place, true, decision);
        if (ruling.byAdminRule()) {
            return new Ruling(Optional.empty(), EVERYWHERE, true, decision);
        }
        boolean byNothing = nsg.isEmpty() && decision.outcome() == Outcome.ALLOWED;
        return byNothing ? new Ruling(nsg, place, true, free(decision.sources())) : ruling;
    }

    private static NsgDecision free(AddressSet sources) {
        return new NsgDecision(sources, Outcome.ALLOWED, Outcome.UNKNOWN, Optional.empty(), List.of(), List.of());
    }

    private List<Ruling> open(Binding.Unknown unknown, Direction direction, Flow flow, List<Ruling> withoutGroup) {
        List<Ruling> rulings = new ArrayList<>();
        AddressSet rest = flow.sources();
        for (Ruling ruling : withoutGroup) {
            if (ruling.byAdminRule()) {
                rulings.add(ruling);
                rest = rest.minus(ruling.decision().sources());
            }
        }
        for (Nsg candidate : unknown.candidates()) {
            for (NsgDecision decision : filter.decide(candidate, direction, flow)) {
                AddressSet here = decision.sources().intersect(rest);
                if (decision.outcome().blocked() && !here.isEmpty()) {
                    rulings.add(new Ruling(
                            Optional.of(candidate),
                            unknown.place(),
                            false,
                            new NsgDecision(
                                    here,
                                    Outcome.UNKNOWN,
                                    decision.outcome(),
                                    decision.decidedBy(),
                                    decision.evidence(),
                                    List.of(unknown.missing()))));
                }
            }
        }
        if (!rest.isEmpty()) {
            rulings.add(new Ruling(Optional.empty(), unknown.place(), false, untold(rest, unknown.missing())));
        }
        return rulings;
    }

    private static NsgDecision untold(AddressSet sources, Missing missing) {
        return new NsgDecision(
                sources, Outcome.UNKNOWN, Outcome.UNKNOWN, Optional.empty(), List.of(), List.of(missing));
    }
}
