package tunneldoctor.model;

import java.util.List;

/**
 * Traffic a change lets through that did not pass before, the traffic it is made for included.
 *
 * @param at what lets it through: a network security group, a firewall, or the firewall of nodes
 * @param destination where it goes, for people; empty for the nodes themselves
 * @param atMost whether less may be opened: it was too much to look at port by port
 */
public record Opening(
        String at, Transport transport, PortSet ports, AddressSet sources, String destination, boolean atMost) {
    private static final int SHOWN_BLOCKS = 4;

    /** How much it is: pairs of a source address and a port. */
    public double breadth() {
        return (double) ports.size() * sources.size();
    }

    /** What passes, one phrase. */
    public String text() {
        return (atMost ? "at most " : "")
                + transport.name() + " "
                + (ports.equals(PortSet.ALL) ? "on any port" : ports) + " from " + senders()
                + (destination.isEmpty() ? "" : " to " + destination);
    }

    private String senders() {
        if (sources.equals(AddressSet.ALL)) {
            return "anywhere";
        }
        List<String> blocks = sources.toCidrs();
        return blocks.size() <= SHOWN_BLOCKS
                ? String.join(", ", blocks)
                : String.join(", ", blocks.subList(0, SHOWN_BLOCKS)) + " and " + (blocks.size() - SHOWN_BLOCKS)
                        + " more blocks";
    }
}
