package tunneldoctor.path;

import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Transport;

/**
 * One kind of packet of a connection, as the node's kernel sees it.
 *
 * @param protocol IANA number
 * @param incoming whether it arrives at the node, so that it has an incoming and no outgoing interface
 * @param device the interface it arrives on or leaves by
 * @param fromSender whether its source is the flow's sender, else its destination is
 * @param sourceLocal whether its source is an address of this node
 * @param peer addresses the other end may have, for what a node says to itself its own; the packet's destination if {@code fromSender}
 * @param servicePort the flow's destination port; the sender's own port is ephemeral
 * @param first whether it opens the connection
 * @param state what conntrack calls it: {@code NEW}, {@code ESTABLISHED}, {@code RELATED} or {@link #NOT_TRACKED_YET}
 * @param flags TCP flags it carries; PSH aside, which data may carry or not
 * @param mayPush whether PSH may be set
 * @param refusal how it refuses another packet; {@link Refusal#NONE} if it does not
 * @param tracked senders whose earlier packets conntrack certainly saw
 * @param connection what conntrack knows of its connection, if it tracks it
 */
record HostPacket(
        int protocol,
        boolean incoming,
        String device,
        boolean fromSender,
        boolean sourceLocal,
        AddressSet peer,
        int servicePort,
        boolean first,
        String state,
        Set<String> flags,
        boolean mayPush,
        Refusal refusal,
        AddressSet tracked,
        Connection connection) {
    static final int ICMP = 1;

    static final String LOOPBACK = "lo";

    /** What hooks before connection tracking see of any connection. */
    static final String NOT_TRACKED_YET = "INVALID";

    /**
     * Whether the client hears of it when this packet is rejected; the answer to a reply goes to the service's side. An
     * established connection takes an ICMP error for a passing trouble, but while it is being set up the client's
     * {@code connect} reports it.
     */
    boolean refusalReachesClient() {
        return fromSender;
    }

    boolean destinationLocal() {
        return incoming || device.equals(LOOPBACK);
    }

    /** Whether the node itself sent it, so that it went through all hooks on the way out before. */
    boolean leftBefore() {
        return incoming && device.equals(LOOPBACK);
    }

    /** Whether a rule that counts connections counts this one's: one that left the node before is no longer new to it. */
    boolean countsItsConnection() {
        return first && !leftBefore();
    }

    /** The same packet as hooks see it that come before connection tracking. */
    HostPacket beforeTracking() {
        return new HostPacket(
                protocol,
                incoming,
                device,
                fromSender,
                sourceLocal,
                peer,
                servicePort,
                first,
                NOT_TRACKED_YET,
                flags,
                mayPush,
                refusal,
                AddressSet.ALL,
                connection);
    }

    /** Whether conntrack has not met it, so that it belongs to no connection yet. */
    boolean notTrackedYet() {
        return state.equals(NOT_TRACKED_YET);
    }

    /**
     * What conntrack knows of a connection when it has met a packet of it, or of a refusal of that packet
     * ({@code nf_conntrack_core.c}, {@code nf_conntrack_proto_tcp.c}, {@code nf_conntrack_proto_udp.c}).
     *
     * @param protocol IANA number
     * @param destination addresses that may have been called
     * @param status what is true of it
     * @param perhaps what may be true of it besides
     */
    record Connection(int protocol, AddressSet destination, Set<String> status, Set<String> perhaps) {
        /**
         * @param left whether the first packet has left a node before: only then is the connection confirmed
         * @param answered whether the packet, or one before it, is a reply
         * @param acknowledged whether the sender, too, has said something since
         */
        static Connection of(
                Transport transport, AddressSet destination, boolean left, boolean answered, boolean acknowledged) {
            Set<String> status = acknowledged && transport == Transport.TCP
                    ? Set.of("CONFIRMED", "SEEN_REPLY", "ASSURED")
                    : answered ? Set.of("CONFIRMED", "SEEN_REPLY") : left ? Set.of("CONFIRMED") : Set.of();
            // Datagrams make a connection assured once they have gone to and fro for two seconds.
            Set<String> perhaps = answered && transport == Transport.UDP ? Set.of("ASSURED") : Set.of();
            return new Connection(transport.number(), destination, status, perhaps);
        }
    }

    /**
     * What a node says when it rejects a packet.
     *
     * @param reset whether by TCP's reset flag; else by an ICMP message that the destination is unreachable
     * @param code the ICMP code; {@link #UNKNOWN} if the text does not tell
     */
    record Refusal(boolean reset, int code) {
        static final int UNKNOWN = -1;
        static final int UNREACHABLE_TYPE = 3;
        static final Refusal NONE = new Refusal(false, UNKNOWN);

        /** @param options as a REJECT target prints them, in any form of text */
        static Refusal of(String options) {
            if (options.contains("tcp-reset")) {
                return new Refusal(true, UNKNOWN);
            }
            String kind = options.substring(options.lastIndexOf(' ') + 1);
            return new Refusal(
                    false,
                    switch (kind) {
                        case "icmp-net-unreachable", "icmp-no-route" -> 0;
                        case "icmp-host-unreachable" -> 1;
                        case "icmp-proto-unreachable", "icmp-prot-unreachable" -> 2;
                        case "icmp-port-unreachable", "" -> 3;
                        case "icmp-net-prohibited" -> 9;
                        case "icmp-host-prohibited" -> 10;
                        case "icmp-admin-prohibited" -> 13;
                        default -> UNKNOWN;
                    });
        }
    }
}
