package tunneldoctor.path;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.Match;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Shell;

/** Says of a doubt about a host firewall what would settle it, with the rule and the condition it rests on. */
final class HostMissing {
    private static final String SAVE = "iptables-save";

    private HostMissing() {}

    static Missing of(HostDoubt doubt, HostDoubts.Raised raised, HostFirewall.Question question) {
        String probe = "nc -v -w 2 "
                + (question.peer().size() == 1
                        ? AddressSet.format(question.peer().first())
                        : "NODE_ADDRESS") + " "
                + question.port();
        String chain = raised.about();
        return switch (doubt) {
            case VARIES ->
                new Missing(
                        "whether " + place(raised) + " catches a packet, which differs from packet to packet"
                                + conditions(doubt, raised),
                        probe);
            case UNCOUNTED ->
                new Missing(
                        "whether " + place(raised)
                                + " itself drops packets of connections that it did not count from their start, as newer"
                                + " kernels do" + conditions(doubt, raised),
                        probe);
            case NOT_SHOWN ->
                new Missing(
                        "whether " + place(raised) + " catches a packet, which no listing shows"
                                + conditions(doubt, raised),
                        probe);
            case TRACKING ->
                new Missing(
                        "whether the node tracks connections, without which chain " + chain
                                + " of type nat is not entered",
                        "sysctl net.netfilter.nf_conntrack_count");
            case NAMED -> new Missing("hosts and ports as numbers, not names" + conditions(doubt, raised), SAVE);
            case OMITTED ->
                new Missing(
                        "whether " + place(raised) + " asks for more than is printed" + conditions(doubt, raised),
                        probe);
            case NOT_UNDERSTOOD ->
                new Missing(
                        "what " + place(raised) + " does, which could not be read" + conditions(doubt, raised), SAVE);
            case HIDDEN_INTERFACE -> new Missing("the interfaces the rules are for", SAVE);
            case DESTINATION -> new Missing("the node's own address", "kubectl get nodes -o wide");
            case TRUNCATED -> new Missing("the part of chain " + chain + " that is cut off", specification(chain));
            case MISSING_CHAIN -> new Missing("chain " + chain + ", which a rule enters", specification(chain));
            case LOOP -> new Missing("chains that enter each other in a circle", SAVE);
            case DECIDED_ELSEWHERE ->
                new Missing("what decides on packets that " + place(raised) + " hands over", probe);
            case REWRITTEN ->
                new Missing(
                        "where " + place(raised) + " sends the connection"
                                + raised.rule()
                                        .map(rule -> " (" + rule.target() + ")")
                                        .orElse(""),
                        "iptables -t nat -S");
            case ORDER ->
                new Missing("which of the base chains of equal priority comes first (tables " + chain + ")", probe);
            case OTHER_TABLES -> new Missing("tables that are not shown", chain);
        };
    }

    private static String specification(String chain) {
        return "iptables -S " + Shell.quote(chain);
    }

    private static String place(HostDoubts.Raised raised) {
        return raised.rule()
                .filter(rule -> rule.position() > 0)
                .map(rule -> "rule " + rule.position() + " of chain " + rule.chain())
                .orElse("a rule in chain " + raised.about());
    }

    /** The conditions of the rule that raise such a doubt; empty if none can be named. */
    private static String conditions(HostDoubt doubt, HostDoubts.Raised raised) {
        Set<String> words = raised.rule().map(HostRule::matches).stream()
                .flatMap(java.util.List::stream)
                .flatMap(match -> words(doubt, match))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return words.isEmpty() ? "" : ": " + String.join(", ", words);
    }

    private static Stream<String> words(HostDoubt doubt, Match match) {
        if (match instanceof Match.Opaque opaque) {
            boolean counts = doubt == HostDoubt.UNCOUNTED && opaque.reason() == Match.Opaque.Reason.COUNTS;
            return counts || HostMatcher.doubt(opaque) == doubt ? Stream.of(opaque.words()) : Stream.of();
        }
        return switch (doubt) {
            case VARIES -> varying(match);
            case NOT_SHOWN -> unshown(match);
            default -> Stream.of();
        };
    }

    private static Stream<String> varying(Match match) {
        if (match instanceof Match.SourcePorts ports) {
            return Stream.of("source ports " + ports.ports());
        }
        if (match instanceof Match.DestinationPorts ports) {
            return Stream.of("destination ports " + ports.ports());
        }
        if (match instanceof Match.AnyPorts ports) {
            return Stream.of("ports " + ports.ports());
        }
        if (match instanceof Match.Connection connection
                && (connection.trait() instanceof Match.Connection.Ports
                        || connection.trait() instanceof Match.Connection.Status)) {
            return Stream.of(connection.words());
        }
        return match instanceof Match.TcpFlags flags && flags.mask().contains("PSH")
                ? Stream.of("the PSH flag")
                : Stream.of();
    }

    private static Stream<String> unshown(Match match) {
        if (match instanceof Match.ConnectionState state && state.states().contains("SNAT")) {
            return Stream.of("whether the connection's source is translated (SNAT)");
        }
        if (match instanceof Match.ConnectionState) {
            return Stream.of("the state of a connection whose beginning a rule kept from tracking (notrack)");
        }
        if (match instanceof Match.Connection connection) {
            return Stream.of(connection.words());
        }
        if (match instanceof Match.Icmp) {
            return Stream.of("the kind of a refusal");
        }
        if (match instanceof Match.SocketOwner owner) {
            return Stream.of(owner.words());
        }
        return match instanceof Match.Mark ? Stream.of("the mark of a packet") : Stream.of();
    }
}
