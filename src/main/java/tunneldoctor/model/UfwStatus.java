package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * What {@code ufw status} says on one node.
 *
 * @param node the node's name
 * @param document the command's place, as in {@link SourceRef#document()}
 * @param defaultIncoming verdict for incoming traffic no rule names; empty where the form does not show it
 * @param defaultOutgoing the same for outgoing traffic
 * @param defaults the line that states the defaults; empty where the form does not show it
 * @param rules in the order shown; only {@code numbered} shows the true order across directions
 * @param complete false where the text broke off
 * @param source the line that states {@code state}
 */
public record UfwStatus(
        String node,
        String document,
        State state,
        Form form,
        Optional<Action> defaultIncoming,
        Optional<Action> defaultOutgoing,
        Optional<SourceRef> defaults,
        List<UfwRule> rules,
        boolean complete,
        SourceRef source)
        implements Fact {
    public UfwStatus {
        rules = List.copyOf(rules);
    }

    UfwStatus with(State otherState, List<UfwRule> otherRules) {
        return new UfwStatus(
                node,
                document,
                otherState,
                form,
                defaultIncoming,
                defaultOutgoing,
                defaults,
                otherRules,
                complete,
                source);
    }

    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    @Override
    public List<String> nodes() {
        return List.of(node);
    }

    public enum State {
        ACTIVE,
        INACTIVE,
        /** The shell did not find ufw: current AKS node images have none. */
        NOT_INSTALLED,
        /** Not root, an error, a translated or empty answer. */
        UNREADABLE
    }

    public enum Form {
        PLAIN,
        VERBOSE,
        NUMBERED
    }

    public enum Action {
        ALLOW,
        DENY,
        REJECT,
        /** Allows up to six connections in 30 seconds from a source, then refuses. */
        LIMIT
    }
}
