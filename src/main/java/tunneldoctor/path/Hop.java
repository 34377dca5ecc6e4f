package tunneldoctor.path;

import java.util.List;
import java.util.Optional;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.SourceRef;

/**
 * One hop of a path and what it does with each part of the sources. Paths over the very same hops fare alike, so a hop is
 * shared by all paths that cross it and equals only itself.
 */
final class Hop {
    private final List<Piece> pieces;

    Hop(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
    }

    static Hop of(Piece whole) {
        return new Hop(List.of(whole));
    }

    List<Piece> pieces() {
        return pieces;
    }

    /**
     * @param sources the sources that fare so; pieces of one hop are disjoint
     * @param likely the usual reading where {@code outcome} is UNKNOWN
     * @param mayReject whether a block that is not known here may be a rejection; Azure's own network only drops
     * @param name the hop's name; of a node's own firewall without the node, which several may share
     * @param atNode whether it is the target node's own firewall: then {@code decidedBy} is the place in the output of
     *     one node of several with the same texts, and commands of {@code missing} are to be run on the node
     */
    record Piece(
            AddressSet sources,
            Outcome outcome,
            Outcome likely,
            boolean mayReject,
            String name,
            boolean atNode,
            Optional<SourceRef> decidedBy,
            List<Missing> missing,
            List<String> assumptions) {
        Piece {
            missing = List.copyOf(missing);
            assumptions = List.copyOf(assumptions);
        }

        Piece of(AddressSet others) {
            return new Piece(others, outcome, likely, mayReject, name, atNode, decidedBy, missing, assumptions);
        }
    }
}
