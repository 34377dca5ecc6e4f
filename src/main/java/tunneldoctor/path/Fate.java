package tunneldoctor.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.SourceRef;
import tunneldoctor.path.Hop.Piece;

/**
 * What becomes of a connection over all its hops.
 *
 * @param name the hop that decides or leaves it open; empty where all let it pass
 * @param atNode as in {@link Piece#atNode()}, of the deciding hop
 * @param missing what would settle an unknown away from the node
 * @param onNode what would settle an unknown by a command on the node
 */
record Fate(
        Outcome outcome,
        Outcome likely,
        String name,
        boolean atNode,
        Optional<SourceRef> decidedBy,
        List<Missing> missing,
        List<Missing> onNode,
        List<String> assumptions) {

    /** The fates of an agent's sources. An agent whose true source is one of several has one fate: what is common to all. */
    static Map<Fate, AddressSet> of(Agent agent, List<Hop> hops) {
        List<Walked> walks = List.of(new Walked(agent.addresses(), List.of()));
        for (Hop hop : hops) {
            List<Walked> further = new ArrayList<>();
            for (Walked walk : walks) {
                walk.over(hop, further);
            }
            walks = further;
        }
        Map<Fate, AddressSet> fates = new LinkedHashMap<>();
        walks.forEach(walk -> fates.merge(ofPieces(walk.pieces()), walk.sources(), AddressSet::union));
        if (agent.exact() || fates.size() == 1) {
            return fates;
        }
        return Map.of(common(List.copyOf(fates.keySet()), agent), agent.addresses());
    }

    /** Sources that met the same pieces so far. */
    private record Walked(AddressSet sources, List<Piece> pieces) {
        void over(Hop hop, List<Walked> further) {
            if (!pieces.isEmpty() && pieces.get(pieces.size() - 1).outcome().blocked()) {
                further.add(this);
                return;
            }
            for (Piece piece : hop.pieces()) {
                AddressSet common = sources.intersect(piece.sources());
                if (!common.isEmpty()) {
                    List<Piece> met = new ArrayList<>(pieces);
                    met.add(piece);
                    further.add(new Walked(common, met));
                }
            }
        }
    }

    private static Fate ofPieces(List<Piece> pieces) {
        List<Piece> open = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece.outcome() == Outcome.UNKNOWN) {
                open.add(piece);
            } else if (piece.outcome().blocked()) {
                boolean sameKind =
                        piece.outcome() == Outcome.DROPPED && open.stream().noneMatch(Piece::mayReject);
                if (open.isEmpty() || sameKind) {
                    return decided(piece, piece.outcome(), piece.assumptions());
                }
                // That it fails is certain; whether by a drop or a rejection is not.
                open.add(piece);
            }
        }
        if (!open.isEmpty()) {
            return open(open, distinct(pieces, Piece::assumptions));
        }
        Optional<Piece> last =
                pieces.stream().filter(piece -> piece.decidedBy().isPresent()).reduce((first, second) -> second);
        return new Fate(
                Outcome.ALLOWED,
                Outcome.UNKNOWN,
                "",
                last.map(Piece::atNode).orElse(false),
                last.flatMap(Piece::decidedBy),
                List.of(),
                List.of(),
                distinct(pieces, Piece::assumptions));
    }

    private static Fate decided(Piece piece, Outcome outcome, List<String> assumptions) {
        return new Fate(
                outcome,
                Outcome.UNKNOWN,
                piece.name(),
                piece.atNode(),
                piece.decidedBy(),
                List.of(),
                List.of(),
                assumptions);
    }

    private static Fate open(List<Piece> open, List<String> assumptions) {
        Optional<Piece> blocks =
                open.stream().filter(piece -> usual(piece).blocked()).findFirst();
        boolean passes = open.stream().allMatch(piece -> piece.likely() == Outcome.ALLOWED);
        Piece named = blocks.orElse(open.get(0));
        return new Fate(
                Outcome.UNKNOWN,
                blocks.map(Fate::usual).orElse(passes ? Outcome.ALLOWED : Outcome.UNKNOWN),
                named.name(),
                named.atNode(),
                named.decidedBy(),
                distinct(open.stream().filter(piece -> !piece.atNode()).toList(), Piece::missing),
                distinct(open.stream().filter(Piece::atNode).toList(), Piece::missing),
                assumptions);
    }

    private static Outcome usual(Piece piece) {
        return piece.outcome() == Outcome.UNKNOWN ? piece.likely() : piece.outcome();
    }

    static Fate common(List<Fate> fates, Agent agent) {
        Fate first = fates.get(0);
        boolean alike =
                fates.stream().allMatch(fate -> fate.outcome() == first.outcome() && fate.likely() == first.likely());
        Optional<Fate> passes = fates.stream()
                .filter(fate -> !(fate.outcome().blocked() || fate.likely().blocked()))
                .findFirst();
        Fate named = alike ? first : passes.isPresent() ? passes.get() : first;
        Outcome likely = alike
                ? first.likely()
                : passes.isPresent() ? Outcome.UNKNOWN : first.outcome().blocked() ? first.outcome() : first.likely();
        Set<Missing> missing = new LinkedHashSet<>();
        Set<Missing> onNode = new LinkedHashSet<>();
        Set<String> assumptions = new LinkedHashSet<>();
        if (!alike) {
            missing.add(Tunnels.sourceOf(agent));
        }
        for (Fate fate : fates) {
            missing.addAll(fate.missing());
            onNode.addAll(fate.onNode());
            assumptions.addAll(fate.assumptions());
        }
        Optional<Fate> blocked =
                fates.stream().filter(fate -> !fate.name().isEmpty()).findFirst();
        Fate hop = alike ? named : blocked.orElse(named);
        return new Fate(
                alike ? first.outcome() : Outcome.UNKNOWN,
                likely,
                hop.name(),
                hop.atNode(),
                hop.decidedBy(),
                List.copyOf(missing),
                List.copyOf(onNode),
                List.copyOf(assumptions));
    }

    static Fate open(Piece only) {
        return ofPieces(List.of(only));
    }

    /** The same as the usual reading only, as long as something is not known. */
    Fate unless(Missing unknown) {
        Set<Missing> all = new LinkedHashSet<>(missing);
        all.add(unknown);
        return new Fate(
                Outcome.UNKNOWN,
                outcome == Outcome.UNKNOWN ? likely : outcome,
                name.isEmpty() ? "way to the API server" : name,
                atNode,
                decidedBy,
                List.copyOf(all),
                onNode,
                assumptions);
    }

    /** What becomes of an agent's connections as one hop, where they may go any of several ways. */
    static Hop either(Agent agent, List<List<Hop>> ways) {
        Set<Fate> fates = new LinkedHashSet<>();
        ways.forEach(way -> fates.addAll(of(agent, way).keySet()));
        Fate fate = common(List.copyOf(fates), agent);
        return Hop.of(new Piece(
                agent.addresses(),
                fate.outcome,
                fate.likely,
                false,
                fate.name,
                false,
                fate.decidedBy,
                fate.missing,
                fate.assumptions));
    }

    private static <T> List<T> distinct(List<Piece> pieces, Function<Piece, List<T>> part) {
        Set<T> all = new LinkedHashSet<>();
        pieces.forEach(piece -> all.addAll(part.apply(piece)));
        return List.copyOf(all);
    }
}
