package tunneldoctor.path;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Node;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.VirtualNetwork;

/**
 * Where user-defined routes send what an agent sends to a node. The longest prefix wins, and at equal length a
 * user-defined route wins over the network's own (Azure, "Virtual network traffic routing").
 */
final class NodeRoutes {
    private final List<RouteTable.Route> routes;
    private final List<AddressSet> networks = new ArrayList<>();
    private final AddressSet sources;
    private final String table;
    private final int port;
    private final Map<RouteTable.Route, Hop> hops = new IdentityHashMap<>();

    /** @param table the route table of the subnet the agent's connections leave through */
    NodeRoutes(Facts facts, Agent agent, Optional<RouteTable> table, int port) {
        this.port = port;
        this.routes = table.map(RouteTable::routes).orElse(List.of());
        this.table = table.map(RouteTable::name).orElse("");
        this.sources = agent.addresses();
        for (VirtualNetwork network : facts.azure().networks()) {
            network.prefixes().forEach(prefix -> AddressSet.parse(prefix).ifPresent(networks::add));
            network.peeredPrefixes().forEach(prefix -> AddressSet.parse(prefix).ifPresent(networks::add));
        }
    }

    /** Empty where the network delivers directly. */
    Optional<Hop> hop(Node target) {
        Optional<Long> address = AddressSet.parseAddress(target.address());
        if (routes.isEmpty() || address.isEmpty()) {
            return Optional.empty();
        }
        // Without the network in the facts, only the whole Internet's route is known to lose against it.
        long own = networks.stream()
                .filter(network -> network.covers(address.get()))
                .mapToLong(AddressSet::size)
                .min()
                .orElse(AddressSet.ALL.size() - 1);
        Optional<RouteTable.Route> taken = Optional.empty();
        for (RouteTable.Route route : routes) {
            Optional<AddressSet> prefix = AddressSet.parse(route.prefix()).filter(p -> p.covers(address.get()));
            if (prefix.isPresent() && prefix.get().size() <= own) {
                own = prefix.get().size();
                taken = Optional.of(route);
            }
        }
        return taken.filter(route -> !next(route).equals("vnetlocal"))
                .map(route -> hops.computeIfAbsent(route, this::hop));
    }

    private static String next(RouteTable.Route route) {
        return route.nextHopType().toLowerCase(Locale.ROOT);
    }

    private Hop hop(RouteTable.Route route) {
        boolean discards = next(route).equals("none");
        String to = route.nextHopAddress().isEmpty() ? route.nextHopType() : route.nextHopAddress();
        return Hop.of(new Hop.Piece(
                sources,
                discards ? Outcome.DROPPED : Outcome.UNKNOWN,
                Outcome.UNKNOWN,
                true,
                "route " + table,
                false,
                Optional.of(route.source()),
                discards
                        ? List.of()
                        : List.of(new Missing(
                                "what happens behind route " + route.name() + ", which leads to " + to,
                                "nc -v -w 2 NODE_ADDRESS " + port)),
                List.of()));
    }
}
