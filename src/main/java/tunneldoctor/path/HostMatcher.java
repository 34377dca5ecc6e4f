package tunneldoctor.path;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.Match;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.Transport;

/** Tells for which senders a rule catches a packet: surely, perhaps, not at all. */
final class HostMatcher {
    /**
     * Ports a client's socket may have. Linux takes 32768 to 60999 unless told otherwise, and address translation anything
     * from 1024 up; a rule that tells them apart decides differently from connection to connection.
     */
    private static final PortSet EPHEMERAL = PortSet.range(1024, PortSet.LAST);

    /** Service names in {@code /etc/services} for ports the tunnel uses; 10250 has none. */
    private static final Map<String, Integer> SERVICES =
            Map.of("https", 443, "openvpn", 1194, "ssh", 22, "cslistener", 9000);

    private enum Answer {
        YES,
        NO,
        MAYBE
    }

    /**
     * @param yes senders surely caught
     * @param maybe senders perhaps caught
     * @param doubts why perhaps
     * @param counted senders, caught or not, whose packets are surely asked for how many connections are open
     * @param perhapsCounted those of whose packets it is open whether they are asked
     */
    record Caught(
            AddressSet yes, AddressSet maybe, Set<HostDoubt> doubts, AddressSet counted, AddressSet perhapsCounted) {
        static final Caught NONE =
                new Caught(AddressSet.NONE, AddressSet.NONE, Set.of(), AddressSet.NONE, AddressSet.NONE);
        static final Caught ALL =
                new Caught(AddressSet.ALL, AddressSet.NONE, Set.of(), AddressSet.NONE, AddressSet.NONE);

        static Caught none(AddressSet counted, AddressSet perhapsCounted) {
            return counted.isEmpty() && perhapsCounted.isEmpty()
                    ? NONE
                    : new Caught(AddressSet.NONE, AddressSet.NONE, Set.of(), counted, perhapsCounted);
        }
    }

    private final boolean likely;

    private final BooleanSupplier translatesSources;

    private final Optional<String> unseen;

    private @Nullable Boolean sourcesTranslated;
    private boolean markConsulted;
    private boolean namesConsulted;
    private boolean interfaceConsulted;

    /**
     * @param likely whether hidden interfaces and names are taken in their usual reading
     * @param translatesSources whether some rule may give the connections another source
     * @param unseen the command that shows tables known or feared to exist, which may keep connections from tracking
     */
    HostMatcher(boolean likely, BooleanSupplier translatesSources, Optional<String> unseen) {
        this.unseen = unseen;
        this.likely = likely;
        this.translatesSources = translatesSources;
    }

    /** Whether a decision so far looked at the packet's mark. */
    boolean markConsulted() {
        return markConsulted;
    }

    /** Whether a decision so far looked at an interface. */
    boolean interfaceConsulted() {
        return interfaceConsulted;
    }

    /** Whether a decision so far took {@code anywhere} for every address. */
    boolean namesConsulted() {
        return namesConsulted;
    }

    /**
     * @param last whether the rule is the last of its chain
     * @param reach where the senders stand before the rule
     */
    Caught test(
            HostRule rule,
            HostTable.Form form,
            boolean last,
            HostPacket packet,
            HostWalk.State state,
            HostWalk.Reach reach) {
        AddressSet yes = AddressSet.ALL;
        AddressSet maybe = AddressSet.NONE;
        AddressSet counted = AddressSet.NONE;
        AddressSet perhapsCounted = AddressSet.NONE;
        Set<HostDoubt> doubts = Set.of();
        List<Match> matches = rule.matches();
        for (int i = 0; i < matches.size(); i++) {
            Match match = matches.get(i);
            if (looksAtSender(match, packet)) {
                AddressSet set = senders(match);
                if (!set.overlaps(reach.sure) && (reach.may.isEmpty() || !set.overlaps(reach.may))) {
                    return Caught.none(counted, perhapsCounted);
                }
                yes = yes == AddressSet.ALL ? set : HostWalk.within(yes, set);
                maybe = HostWalk.within(maybe, set);
                if (yes.isEmpty() && maybe.isEmpty()) {
                    return Caught.none(counted, perhapsCounted);
                }
                continue;
            }
            if (match instanceof Match.Connection || match instanceof Match.ConnectionState) {
                Held held = held(match, packet, state);
                AddressSet perhaps = HostWalk.within(yes, held.maybe());
                if (!perhaps.isEmpty()) {
                    doubts = with(doubts, held.doubt());
                }
                maybe = HostWalk.within(maybe, held.either()).union(perhaps);
                yes = HostWalk.within(yes, held.yes());
                if (yes.isEmpty() && maybe.isEmpty()) {
                    return Caught.none(counted, perhapsCounted);
                }
                continue;
            }
            HostDoubt doubt = HostDoubt.NOT_SHOWN;
            Answer answer;
            if (match instanceof Match.Opaque opaque) {
                answer = opaque(opaque, packet);
                doubt = doubt(opaque);
                if (countsConnections(opaque)) {
                    counted = yes;
                    perhapsCounted = maybe;
                }
            } else {
                answer = answer(match, packet, state);
                if (match instanceof Match.Source || match instanceof Match.Destination) {
                    doubt = HostDoubt.DESTINATION;
                } else if (!(match instanceof Match.Mark)
                        && !(match instanceof Match.Icmp)
                        && !(match instanceof Match.SocketOwner)) {
                    doubt = HostDoubt.VARIES;
                }
            }
            if (answer == Answer.NO) {
                return Caught.none(counted, perhapsCounted);
            }
            if (answer == Answer.MAYBE) {
                maybe = maybe.isEmpty() ? yes : maybe.union(yes);
                yes = AddressSet.NONE;
                doubts = with(doubts, doubt);
            }
        }
        if (form == HostTable.Form.LISTING) {
            if (!likely) {
                maybe = maybe.isEmpty() ? yes : maybe.union(yes);
                yes = AddressSet.NONE;
                doubts = with(doubts, HostDoubt.HIDDEN_INTERFACE);
            } else if (matches.isEmpty() && rule.target().equals("ACCEPT") && !last) {
                // Nobody writes rules behind one that accepts everything: it is the one for the loopback interface.
                return Caught.none(counted, perhapsCounted);
            }
        }
        namesConsulted = namesConsulted || namesAnywhere(rule, form);
        if (yes == AddressSet.ALL && counted.isEmpty() && perhapsCounted.isEmpty()) {
            return Caught.ALL;
        }
        return new Caught(yes, maybe, doubts, counted, perhapsCounted);
    }

    /** Whether a rule's line may stand for any address by a name. */
    static boolean namesAnywhere(HostRule rule, HostTable.Form form) {
        return form.compareTo(HostTable.Form.VERBOSE_LISTING) >= 0
                && rule.source().text().contains("anywhere");
    }

    /** Takes note that a rule of which {@link #namesAnywhere} is true catches somebody's packets. */
    void consultNames() {
        namesConsulted = true;
    }

    /** Why an open condition leaves it open whether a rule catches a packet. */
    static HostDoubt doubt(Match.Opaque opaque) {
        return switch (opaque.reason()) {
            case VARIES, COUNTS -> HostDoubt.VARIES;
            case NOT_SHOWN -> HostDoubt.NOT_SHOWN;
            case NAMED -> HostDoubt.NAMED;
            case OMITTED -> HostDoubt.OMITTED;
            case NOT_UNDERSTOOD -> HostDoubt.NOT_UNDERSTOOD;
        };
    }

    /** Whether a rule may drop packets because of a condition, although it does not catch them. */
    static boolean countsConnections(Match match) {
        return match instanceof Match.Opaque opaque && opaque.reason() == Match.Opaque.Reason.COUNTS;
    }

    private static Set<HostDoubt> with(Set<HostDoubt> doubts, HostDoubt doubt) {
        if (doubts.contains(doubt)) {
            return doubts;
        }
        EnumSet<HostDoubt> more = EnumSet.of(doubt);
        more.addAll(doubts);
        return more;
    }

    private static boolean looksAtSender(Match match, HostPacket packet) {
        return match instanceof Match.Source && packet.fromSender()
                || match instanceof Match.Destination && !packet.fromSender();
    }

    /** The senders to whose packets a condition keeps a rule, where it names them; null where it does not. */
    static @Nullable AddressSet namedSenders(Match match, HostPacket packet) {
        if (match instanceof Match.Source source) {
            return packet.fromSender() && !source.negated() ? source.addresses() : null;
        }
        return match instanceof Match.Destination destination && !packet.fromSender() && !destination.negated()
                ? destination.addresses()
                : null;
    }

    /** Whether a condition holds for no such packet, whoever sends it and whatever came before it. */
    static boolean excludes(Match match, HostPacket packet) {
        return match instanceof Match.Protocol protocol
                        && (protocol.number() == 0 || protocol.number() == packet.protocol()) == protocol.negated()
                || match instanceof Match.DestinationPorts to
                        && port(to.ports(), packet.fromSender(), packet).negate(to.negated()) == Tri.NO
                || match instanceof Match.SourcePorts from
                        && port(from.ports(), !packet.fromSender(), packet).negate(from.negated()) == Tri.NO;
    }

    /**
     * Whether a condition that is not about the sender holds for every such packet, whatever came before it, and asks for
     * nothing that a decision has to mention.
     */
    static boolean alwaysHolds(Match match, HostPacket packet) {
        return match instanceof Match.Protocol protocol
                        && (protocol.number() == 0 || protocol.number() == packet.protocol()) != protocol.negated()
                || match instanceof Match.DestinationPorts to
                        && port(to.ports(), packet.fromSender(), packet).negate(to.negated()) == Tri.YES
                || match instanceof Match.SourcePorts from
                        && port(from.ports(), !packet.fromSender(), packet).negate(from.negated()) == Tri.YES;
    }

    private static AddressSet senders(Match match) {
        if (match instanceof Match.Source source) {
            return source.negated() ? source.addresses().complement() : source.addresses();
        }
        Match.Destination destination = (Match.Destination) match;
        return destination.negated() ? destination.addresses().complement() : destination.addresses();
    }

    private Answer opaque(Match.Opaque opaque, HostPacket packet) {
        if (likely && opaque.reason() == Match.Opaque.Reason.OMITTED) {
            return Answer.YES;
        }
        if (!likely || opaque.reason() != Match.Opaque.Reason.NAMED) {
            return Answer.MAYBE;
        }
        String words = opaque.words();
        boolean destination = words.startsWith("dpt:");
        if (!destination && !words.startsWith("spt:")) {
            boolean loopback =
                    words.endsWith(" localhost") || words.endsWith(" localhost/8") || words.endsWith(" loopback/8");
            return loopback && !words.contains("!") ? Answer.NO : Answer.MAYBE;
        }
        String name = words.substring("dpt:".length());
        boolean negated = name.startsWith("!");
        boolean ofService = destination == packet.fromSender();
        Integer port = SERVICES.get(negated ? name.substring(1) : name);
        boolean same = ofService && port != null && port == packet.servicePort();
        if (!same && ofService && port == null && packet.servicePort() != HostFirewall.KUBELET_PORT) {
            return Answer.MAYBE;
        }
        return same != negated ? Answer.YES : Answer.NO;
    }

    /**
     * For whose packets a condition holds.
     *
     * @param maybe those of whom it is open, none of them among the others
     * @param doubt why
     */
    private record Held(AddressSet yes, AddressSet maybe, HostDoubt doubt) {
        private static final Held ALL = new Held(AddressSet.ALL, AddressSet.NONE, HostDoubt.NOT_SHOWN);
        private static final Held NONE = new Held(AddressSet.NONE, AddressSet.NONE, HostDoubt.NOT_SHOWN);

        static Held of(Answer answer, HostDoubt doubt) {
            return switch (answer) {
                case YES -> ALL;
                case NO -> NONE;
                case MAYBE -> new Held(AddressSet.NONE, AddressSet.ALL, doubt);
            };
        }

        AddressSet either() {
            return maybe.isEmpty() ? yes : yes.union(maybe);
        }

        /** As this, but open for those of whom another answer may be the right one. */
        Held or(Answer other, HostDoubt why) {
            return switch (other) {
                case YES -> openFor(yes.complement(), why);
                case NO -> openFor(yes, why);
                case MAYBE -> openFor(AddressSet.ALL, why);
            };
        }

        /** As this, but open for some. */
        Held openFor(AddressSet some, HostDoubt why) {
            return some.isEmpty() ? this : new Held(yes.minus(some), maybe.union(some), maybe.isEmpty() ? why : doubt);
        }
    }

    private Held held(Match match, HostPacket packet, HostWalk.State state) {
        boolean tracked = !state.untracked() && !packet.notTrackedYet();
        Held held = match instanceof Match.Connection connection && tracked
                ? held(connection, packet)
                : Held.of(
                        match instanceof Match.ConnectionState asked && !state.untracked()
                                ? state(asked, packet, tracked)
                                : untracked(match),
                        HostDoubt.NOT_SHOWN);
        if (unseen.isPresent() && tracked) {
            return packet.first()
                    ? held.or(untracked(match), HostDoubt.OTHER_TABLES)
                    : Held.of(Answer.MAYBE, HostDoubt.OTHER_TABLES);
        }
        if (state.untracked() || packet.first()) {
            return held;
        }
        // Their first packet was kept from conntrack: what it makes of this one is not shown.
        return held.openFor(packet.tracked().complement(), HostDoubt.NOT_SHOWN);
    }

    /** What a condition says of a packet that a rule keeps from conntrack. */
    private static Answer untracked(Match match) {
        return match instanceof Match.ConnectionState state
                ? told(state.states().contains("UNTRACKED") != state.negated())
                : ((Match.Connection) match).untracked().map(HostMatcher::told).orElse(Answer.MAYBE);
    }

    /** Looked up once: thousands of rules may ask, and each time all rules would be gone through. */
    private boolean translatesSources() {
        Boolean known = sourcesTranslated;
        if (known == null) {
            known = translatesSources.getAsBoolean();
            sourcesTranslated = known;
        }
        return known;
    }

    /** What raises {@link HostDoubt#OTHER_TABLES}. */
    String unseen() {
        return unseen.orElse("");
    }

    private Held held(Match.Connection match, HostPacket packet) {
        HostPacket.Connection connection = packet.connection();
        boolean negated = match.negated();
        if (match.trait() instanceof Match.Connection.Direction direction) {
            return Held.of(told((direction.original() == packet.fromSender()) != negated), HostDoubt.NOT_SHOWN);
        }
        if (match.trait() instanceof Match.Connection.Protocol protocol) {
            return Held.of(told((protocol.number() == connection.protocol()) != negated), HostDoubt.NOT_SHOWN);
        }
        if (match.trait() instanceof Match.Connection.Status status) {
            boolean holds = status.names().stream().anyMatch(connection.status()::contains);
            if (!holds && status.names().contains("SNAT") && translatesSources()) {
                return Held.of(Answer.MAYBE, HostDoubt.NOT_SHOWN);
            }
            boolean open = !holds && status.names().stream().anyMatch(connection.perhaps()::contains);
            return Held.of(open ? Answer.MAYBE : told(holds != negated), HostDoubt.VARIES);
        }
        Match.Connection.End end = match.trait() instanceof Match.Connection.Addresses asked
                ? asked.end()
                : ((Match.Connection.Ports) match.trait()).end();
        if (end == Match.Connection.End.REPLY_DESTINATION && translatesSources()) {
            return Held.of(Answer.MAYBE, HostDoubt.NOT_SHOWN);
        }
        if (match.trait() instanceof Match.Connection.Ports asked) {
            Tri holds = end.called() ? Tri.of(asked.ports().covers(packet.servicePort())) : ephemeral(asked.ports());
            return Held.of(holds.negate(negated).answer, HostDoubt.VARIES);
        }
        AddressSet addresses = ((Match.Connection.Addresses) match.trait()).addresses();
        return end.called()
                ? Held.of(among(addresses, connection.destination()).negate(negated).answer, HostDoubt.DESTINATION)
                : new Held(negated ? addresses.complement() : addresses, AddressSet.NONE, HostDoubt.NOT_SHOWN);
    }

    private Answer state(Match.ConnectionState match, HostPacket packet, boolean tracked) {
        boolean holds = match.states().contains(packet.state());
        if (!holds && tracked && match.states().contains("SNAT") && translatesSources()) {
            return Answer.MAYBE;
        }
        return told(holds != match.negated());
    }

    private Answer answer(Match match, HostPacket packet, HostWalk.State state) {
        if (match instanceof Match.Protocol protocol) {
            boolean same = protocol.number() == 0 || protocol.number() == packet.protocol();
            return told(same != protocol.negated());
        }
        if (match instanceof Match.DestinationPorts ports) {
            return port(ports.ports(), packet.fromSender(), packet).negate(ports.negated()).answer;
        }
        if (match instanceof Match.SourcePorts ports) {
            return port(ports.ports(), !packet.fromSender(), packet).negate(ports.negated()).answer;
        }
        if (match instanceof Match.AnyPorts ports) {
            Tri service = port(ports.ports(), true, packet);
            Tri own = port(ports.ports(), false, packet);
            return service.or(own).negate(ports.negated()).answer;
        }
        if (match instanceof Match.InInterface in) {
            interfaceConsulted = true;
            return told(device(in.pattern(), packet.incoming() ? packet.device() : "") != in.negated());
        }
        if (match instanceof Match.OutInterface out) {
            interfaceConsulted = true;
            return told(device(out.pattern(), packet.incoming() ? "" : packet.device()) != out.negated());
        }
        if (match instanceof Match.Source source) {
            return among(source.addresses(), packet.peer()).negate(source.negated()).answer;
        }
        if (match instanceof Match.Destination destination) {
            return among(destination.addresses(), packet.peer()).negate(destination.negated()).answer;
        }
        if (match instanceof Match.TcpFlags flags) {
            return flags(flags, packet);
        }
        if (match instanceof Match.Icmp icmp) {
            return icmp(icmp, packet);
        }
        if (match instanceof Match.Fragment fragment) {
            return told(fragment.negated());
        }
        if (match instanceof Match.DestinationType type) {
            String is = packet.destinationLocal() ? "LOCAL" : "UNICAST";
            return told(List.of(type.type().split(",", -1)).contains(is) != type.negated());
        }
        if (match instanceof Match.SourceType type) {
            String is = packet.sourceLocal() ? "LOCAL" : "UNICAST";
            return told(List.of(type.type().split(",", -1)).contains(is) != type.negated());
        }
        if (match instanceof Match.SocketOwner owner) {
            return owner(owner, packet);
        }
        if (match instanceof Match.Mark mark) {
            markConsulted = true;
            if (((state.mark() ^ mark.value()) & mark.mask() & ~state.unknown()) != 0
                    || (mark.value() & ~mark.mask()) != 0) {
                return told(mark.negated());
            }
            return (state.unknown() & mark.mask()) != 0 ? Answer.MAYBE : told(!mark.negated());
        }
        return Answer.MAYBE;
    }

    private static Answer told(boolean yes) {
        return yes ? Answer.YES : Answer.NO;
    }

    /** An answer that can be negated. */
    private enum Tri {
        YES(Answer.YES),
        NO(Answer.NO),
        MAYBE(Answer.MAYBE);

        final Answer answer;

        Tri(Answer answer) {
            this.answer = answer;
        }

        static Tri of(boolean yes) {
            return yes ? YES : NO;
        }

        Tri negate(boolean negated) {
            return !negated || this == MAYBE ? this : this == YES ? NO : YES;
        }

        Tri or(Tri other) {
            return this == YES || other == YES ? YES : this == NO && other == NO ? NO : MAYBE;
        }
    }

    private static Tri port(PortSet ports, boolean service, HostPacket packet) {
        if (packet.protocol() != Transport.TCP.number() && packet.protocol() != Transport.UDP.number()) {
            return Tri.NO;
        }
        return service ? Tri.of(ports.covers(packet.servicePort())) : ephemeral(ports);
    }

    private static Tri ephemeral(PortSet ports) {
        PortSet common = ports.intersect(EPHEMERAL);
        return common.isEmpty() ? Tri.NO : common.equals(EPHEMERAL) ? Tri.YES : Tri.MAYBE;
    }

    /** Whether one of the addresses that an end may have is one of some. */
    private static Tri among(AddressSet addresses, AddressSet end) {
        if (addresses.includes(end)) {
            return Tri.YES;
        }
        return addresses.overlaps(end) ? Tri.MAYBE : Tri.NO;
    }

    private static boolean device(String pattern, String device) {
        return pattern.endsWith("+")
                ? device.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(device);
    }

    /** The only ICMP messages asked about are those that refuse. */
    private static Answer icmp(Match.Icmp icmp, HostPacket packet) {
        if (packet.protocol() != HostPacket.ICMP) {
            return Answer.NO;
        }
        boolean type = icmp.types().isEmpty() || icmp.types().contains(HostPacket.Refusal.UNREACHABLE_TYPE);
        if (!type) {
            return told(icmp.negated());
        }
        int code = packet.refusal().code();
        if (!icmp.codes().isEmpty() && code == HostPacket.Refusal.UNKNOWN) {
            return Answer.MAYBE;
        }
        return told((icmp.codes().isEmpty() || icmp.codes().contains(code)) != icmp.negated());
    }

    private static Answer owner(Match.SocketOwner owner, HostPacket packet) {
        boolean icmp = packet.protocol() == HostPacket.ICMP;
        if (packet.refusal().reset() || icmp && !owner.asksSocket()) {
            return told(owner.unowned());
        }
        // What a node answers may be sent before a process has taken the connection, and then no process owns it.
        boolean ofProcess = packet.fromSender() && !packet.incoming();
        return ofProcess && owner.owned().isPresent() ? told(owner.owned().get()) : Answer.MAYBE;
    }

    private static Answer flags(Match.TcpFlags flags, HostPacket packet) {
        if (packet.protocol() != Transport.TCP.number()) {
            return Answer.NO;
        }
        boolean open = false;
        for (String flag : flags.mask()) {
            if (flag.equals("PSH") && packet.mayPush()) {
                open = true;
            } else if (packet.flags().contains(flag) != flags.set().contains(flag)) {
                return told(flags.negated());
            }
        }
        // A flag that must be set but is not looked at can never match.
        if (!flags.mask().containsAll(flags.set())) {
            return told(flags.negated());
        }
        return open ? Answer.MAYBE : told(!flags.negated());
    }
}
