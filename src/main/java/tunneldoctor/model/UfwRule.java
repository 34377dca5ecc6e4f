package tunneldoctor.model;

/**
 * One line of {@code ufw status}.
 *
 * @param position 1-based place among the lines shown; with {@code numbered} the printed number
 * @param traffic {@code IN}, {@code OUT} or {@code FWD}
 * @param ipv6 whether it is the IPv6 twin
 * @param protocol {@code tcp}, {@code udp}, another name, or {@code any}
 * @param ports destination ports; all where none is named
 * @param profile the application profile's name where the line shows no ports, so that they are unknown; else empty
 * @param destination destination addresses, all where the line says Anywhere
 * @param destinationInterface the interface after {@code on}; empty if none
 * @param senders source addresses
 * @param senderPorts source ports
 * @param understood false where a part of the line could not be read: then what it matches is unknown
 */
public record UfwRule(
        int position,
        UfwStatus.Action action,
        String traffic,
        boolean ipv6,
        String protocol,
        PortSet ports,
        String profile,
        AddressSet destination,
        String destinationInterface,
        AddressSet senders,
        PortSet senderPorts,
        boolean understood,
        SourceRef source) {
    UfwRule at(int otherPosition) {
        return new UfwRule(
                otherPosition,
                action,
                traffic,
                ipv6,
                protocol,
                ports,
                profile,
                destination,
                destinationInterface,
                senders,
                senderPorts,
                understood,
                source);
    }
}
