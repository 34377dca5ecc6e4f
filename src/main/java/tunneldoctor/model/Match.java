package tunneldoctor.model;

import java.util.Optional;
import java.util.Set;

/**
 * One condition of a host firewall rule. Words a reader cannot interpret are kept as {@link Opaque}: dropping a condition
 * would turn a narrow rule into a wide one.
 */
public sealed interface Match {
    /** @param number IANA protocol number */
    record Protocol(int number, boolean negated) implements Match {}

    record Source(AddressSet addresses, boolean negated) implements Match {}

    record Destination(AddressSet addresses, boolean negated) implements Match {}

    /** @param pattern an interface name; a trailing {@code +} stands for any suffix */
    record InInterface(String pattern, boolean negated) implements Match {}

    /** @param pattern as in {@link InInterface} */
    record OutInterface(String pattern, boolean negated) implements Match {}

    record SourcePorts(PortSet ports, boolean negated) implements Match {}

    record DestinationPorts(PortSet ports, boolean negated) implements Match {}

    /** Either the source or the destination port, as {@code multiport --ports}. */
    record AnyPorts(PortSet ports, boolean negated) implements Match {}

    /** @param states upper-case names as netfilter prints them: {@code NEW}, {@code ESTABLISHED}, … */
    record ConnectionState(Set<String> states, boolean negated) implements Match {
        public ConnectionState {
            states = Set.copyOf(states);
        }
    }

    /**
     * @param mask the flags looked at, {@code SYN}, {@code ACK}, …
     * @param set those of them that must be set
     */
    record TcpFlags(Set<String> mask, Set<String> set, boolean negated) implements Match {
        public TcpFlags {
            mask = Set.copyOf(mask);
            set = Set.copyOf(set);
        }
    }

    /**
     * An ICMP message.
     *
     * @param types its type is one of these numbers; empty for any
     * @param codes its code is one of these numbers; empty for any
     */
    record Icmp(Set<Integer> types, Set<Integer> codes, boolean negated) implements Match {
        public Icmp {
            types = Set.copyOf(types);
            codes = Set.copyOf(codes);
        }
    }

    /** Second and later fragments only; negated: only what is not such a fragment. */
    record Fragment(boolean negated) implements Match {}

    /** Type of the destination address, for example {@code LOCAL}. */
    record DestinationType(String type, boolean negated) implements Match {}

    /** Type of the source address, for example {@code LOCAL}. */
    record SourceType(String type, boolean negated) implements Match {}

    /** The packet's mark, looked at under {@code mask}, equals {@code value}. Both are unsigned 32-bit numbers. */
    record Mark(long value, long mask, boolean negated) implements Match {}

    /**
     * Whose socket sends a packet, as {@code owner} asks. Packets the kernel makes itself, a reset among them, may have no
     * socket; then the condition holds if all it asks for is negated ({@code net/netfilter/xt_owner.c}).
     *
     * @param words the condition as printed
     * @param owned whether it holds where a process has the socket open; empty if that depends on the process
     * @param unowned whether it holds where there is no socket
     * @param asksSocket whether it asks for the socket itself, of which the kernel's own for ICMP is one without a process
     */
    record SocketOwner(String words, Optional<Boolean> owned, boolean unowned, boolean asksSocket) implements Match {}

    /**
     * What conntrack keeps of the connection that a packet belongs to, as {@code --ctdir}, {@code --ctorigsrc} and their like
     * ask ({@code net/netfilter/xt_conntrack.c}, {@code nft_ct.c}). A refusal belongs to the connection that it refuses.
     *
     * @param words the condition as printed
     * @param trait what is asked of the connection
     * @param untracked whether it holds for packets that belong to no connection, negated or not: only where the same
     *     {@code -m conntrack} asks for a state, too; empty if the text does not tell
     */
    record Connection(String words, Trait trait, boolean negated, Optional<Boolean> untracked) implements Match {
        /** Something conntrack knows of a connection. */
        public sealed interface Trait {}

        /** @param original whether the packet goes the way of the one that opened the connection; else it comes back */
        public record Direction(boolean original) implements Trait {}

        /** @param number IANA number of the connection's protocol, which is not that of an ICMP message refusing it */
        public record Protocol(int number) implements Trait {}

        /** The address of one end is one of these. */
        public record Addresses(End end, AddressSet addresses) implements Trait {}

        /** The port of one end is one of these. */
        public record Ports(End end, PortSet ports) implements Trait {}

        /**
         * At least one of these is true of the connection.
         *
         * @param names {@code EXPECTED}, {@code SEEN_REPLY}, {@code ASSURED}, {@code CONFIRMED}, {@code SNAT}, {@code DNAT}
         */
        public record Status(Set<String> names) implements Trait {
            public Status {
                names = Set.copyOf(names);
            }
        }

        /** An end of a connection; without address translation the reply's ends are the original ones, turned around. */
        public enum End {
            ORIGINAL_SOURCE,
            ORIGINAL_DESTINATION,
            REPLY_SOURCE,
            REPLY_DESTINATION;

            /**
             * @param original whether it is asked of the packets that go; else of those that come back
             * @param source whether it is where those come from
             */
            public static End of(boolean original, boolean source) {
                return original
                        ? source ? ORIGINAL_SOURCE : ORIGINAL_DESTINATION
                        : source ? REPLY_SOURCE : REPLY_DESTINATION;
            }

            /** Whether it is, without address translation, the one that was called. */
            public boolean called() {
                return this == ORIGINAL_DESTINATION || this == REPLY_SOURCE;
            }
        }
    }

    /**
     * A condition whose truth for a given packet the text does not tell.
     *
     * @param words the condition as printed
     * @param reason why it cannot be decided
     */
    record Opaque(String words, Reason reason) implements Match {
        /** Why an opaque condition stays open. */
        public enum Reason {
            /** It answers differently from packet to packet: limit, recent, statistic, time, … */
            VARIES,
            /**
             * As {@link #VARIES}, by how many connections are open ({@code connlimit}). Newer kernels drop a packet that asks
             * it and whose connection it did not count from the start, whatever the rule's target: seen with Linux 6.18,
             * for a {@code connlimit} behind a rule that accepts NEW.
             */
            COUNTS,
            /** It depends on state that the text does not show: marks, sets, owners, … */
            NOT_SHOWN,
            /** A host, service or interface was printed by name. */
            NAMED,
            /** The printing tool leaves such a condition out at times; usually there is none. */
            OMITTED,
            /** The reader does not know the words. */
            NOT_UNDERSTOOD
        }
    }
}
