package tunneldoctor.model;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** The changes that let the tunnel's own connection through an Azure Firewall. */
public final class FirewallRepair {
    private static final int FIRST_PRIORITY = 100;
    private static final int LAST_PRIORITY = 65_000;
    private static final String NAME = "tunnel-to-api-server";

    private FirewallRepair() {}

    /**
     * The ports one repair opens: tunnel-front's TCP 22 goes with its TCP 9000, so that it is not asked for again.
     *
     * @param port the port found closed
     */
    static List<Integer> portsTogether(int port) {
        return port == 9000 ? List.of(9000, 22) : List.of(port);
    }

    /**
     * A network rule ahead of every collection that denies: the old tunnels' ports cannot be allowed by application rules,
     * and a network rule decides before them.
     *
     * @return empty if the hop is no Azure Firewall, or no priority ahead of the denies is free
     */
    public static List<FactChange> allow(EgressVerdict block, String location) {
        if (block.firewall().isEmpty()) {
            return List.of();
        }
        AzureFirewall firewall = block.firewall().get();
        List<Integer> taken = firewall.collections().stream()
                .map(AzureFirewall.Collection::priority)
                .toList();
        int firstDeny = firewall.collections().stream()
                .filter(c -> c.kind() == AzureFirewall.Kind.NETWORK && !c.allow())
                .mapToInt(AzureFirewall.Collection::priority)
                .min()
                .orElse(LAST_PRIORITY + 1);
        OptionalInt free = IntStream.range(FIRST_PRIORITY, firstDeny)
                .filter(priority -> !taken.contains(priority))
                .findFirst();
        if (free.isEmpty()) {
            return List.of();
        }
        List<String> senders = block.senderRange().toCidrs();
        return List.of(new FirewallChange.AllowNetwork(
                firewall,
                NAME,
                free.getAsInt(),
                NAME,
                senders.isEmpty() ? List.of("*") : senders,
                List.of(location.isEmpty() ? "AzureCloud" : "AzureCloud." + location),
                block.transport(),
                portsTogether(block.port())));
    }
}
