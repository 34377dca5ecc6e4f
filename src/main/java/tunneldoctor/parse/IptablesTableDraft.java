package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.HostChain;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.Match;
import tunneldoctor.model.SourceRef;

/** A table while its lines are being read. */
final class IptablesTableDraft {
    /** Stands where a rule's target could not be read: no chain and no extension can have this name. */
    static final String UNREADABLE_TARGET = "?";

    final Map<String, Chain> chains = new LinkedHashMap<>();

    /** False as soon as something shows that a part is missing. */
    boolean whole = true;

    /** A chain while its lines are being read. */
    static final class Chain {
        final String name;
        final SourceRef source;
        Optional<String> policy = Optional.empty();
        final List<HostRule> rules = new ArrayList<>();
        boolean beginningShown = true;
        boolean endShown = true;

        Chain(String name, SourceRef source) {
            this.name = name;
            this.source = source;
        }

        /** The next rule's position; 0 where rules before it may be missing. */
        int nextPosition() {
            return beginningShown ? rules.size() + 1 : 0;
        }

        /** Keeps the place of a line that cannot be read: it may match and decide anything. */
        void unreadable(String table, SourceRef at) {
            rules.add(new HostRule(
                    table,
                    name,
                    nextPosition(),
                    List.of(new Match.Opaque(at.text(), Match.Opaque.Reason.NOT_UNDERSTOOD)),
                    UNREADABLE_TARGET,
                    "",
                    false,
                    "",
                    at));
        }
    }

    /** The chain of that name; {@code source} is used if it is new. */
    Chain chain(String name, SourceRef source) {
        return chains.computeIfAbsent(name, n -> new Chain(n, source));
    }

    HostTable build(
            NodeDocument document,
            HostTable.Backend backend,
            HostTable.Family family,
            String table,
            HostTable.Form form,
            boolean otherBackendHinted) {
        List<HostChain> built = new ArrayList<>(chains.size());
        for (Chain chain : chains.values()) {
            built.add(new HostChain(
                    chain.name,
                    chain.policy,
                    chain.rules,
                    chain.beginningShown && chain.endShown,
                    chain.source,
                    chain.beginningShown,
                    Optional.empty()));
        }
        return new HostTable(
                document.node(), document.place(), backend, family, table, form, built, whole, otherBackendHinted);
    }
}
