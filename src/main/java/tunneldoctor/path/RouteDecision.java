package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Answer;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.Shell;

/**
 * Where a subnet's packets to part of a destination go: the longest prefix wins, among equal ones the route table's
 * before the gateway's before Azure's own, and an address prefix before a service tag's (Azure, "Virtual network traffic
 * routing").
 *
 * @param destinations addresses this is about
 * @param ways every way they may go; one unless something is missing
 * @param missing what would tell which way
 */
record RouteDecision(AddressSet destinations, List<Way> ways, List<Missing> missing) {
    private static final List<AddressSet> DISCARDED_BY_DEFAULT = List.of(
            AddressSet.parse("10.0.0.0/8").orElseThrow(),
            AddressSet.parse("172.16.0.0/12").orElseThrow(),
            AddressSet.parse("192.168.0.0/16").orElseThrow(),
            AddressSet.parse("100.64.0.0/10").orElseThrow());

    /** Addresses of private networks, which Azure keeps off the Internet. */
    static final AddressSet PRIVATE = AddressSet.union(DISCARDED_BY_DEFAULT);

    private static final long HOST = 1;

    /** The smallest address space Azure accepts for a virtual network is a /29. */
    private static final long LEAST_NETWORK = 8;

    private static final Missing SPACE =
            new Missing("the address space of the cluster's virtual network", "az network vnet list -o json");

    RouteDecision {
        ways = List.copyOf(ways);
        missing = List.copyOf(missing);
    }

    /** What a next hop is. */
    enum Hop {
        /** The virtual network or a peered one. */
        NETWORK("the network"),
        INTERNET("the Internet"),
        APPLIANCE("an appliance"),
        GATEWAY("the virtual network gateway"),
        DISCARDED("nowhere"),
        UNREADABLE("a next hop of an unknown kind");

        private final String label;

        Hop(String label) {
            this.label = label;
        }

        /** For people. */
        String label() {
            return label;
        }
    }

    /**
     * @param appliance address of the appliance; empty for other hops
     * @param route the route table's route; empty for one of Azure's own or a gateway's
     */
    record Way(Hop hop, String appliance, Optional<RouteTable.Route> route) {}

    /** DROPPED where every way discards, ALLOWED where every way delivers; what appliances do is not a route's matter. */
    Outcome outcome() {
        if (ways.stream().allMatch(way -> way.hop == Hop.DISCARDED)) {
            return Outcome.DROPPED;
        }
        return ways.stream().allMatch(way -> way.hop == Hop.NETWORK || way.hop == Hop.INTERNET)
                ? Outcome.ALLOWED
                : Outcome.UNKNOWN;
    }

    /**
     * The ways of a whole destination; the decisions' destinations are disjoint.
     *
     * @param table the subnet's route table; empty if it has none
     */
    static List<RouteDecision> decide(Optional<RouteTable> table, Flow.Destination destination, ServiceTags tags) {
        List<RouteTable.Route> plain = new ArrayList<>();
        List<AddressSet> sets = new ArrayList<>();
        List<RouteTable.Route> tagged = new ArrayList<>();
        for (RouteTable.Route route : table.map(RouteTable::routes).orElse(List.of())) {
            Optional<AddressSet> prefix = AddressSet.parse(route.prefix());
            if (prefix.isPresent()) {
                plain.add(route);
                sets.add(prefix.get());
            } else if (route.prefix().indexOf(':') < 0) {
                tagged.add(route);
            }
        }
        List<AddressSet> network = tags.networkPrefixes();
        sets.addAll(network);
        sets.addAll(DISCARDED_BY_DEFAULT);
        sets.add(tags.known());
        Answer gateway = table.map(RouteTable::ignoresGateway).orElse(false) ? Answer.NO : tags.hasGateway();
        Map<RouteDecision, List<AddressSet>> alike = new LinkedHashMap<>();
        for (AddressCells.Cell cell : AddressCells.of(tags.possible(destination), sets)) {
            List<RouteTable.Route> holding = new ArrayList<>();
            Optional<AddressSet> system = Optional.empty();
            for (Integer set : cell.in()) {
                if (set < plain.size()) {
                    holding.add(plain.get(set));
                } else if (set < plain.size() + network.size()) {
                    AddressSet prefix = sets.get(set);
                    system = system.filter(other -> other.size() <= prefix.size())
                            .or(() -> Optional.of(prefix));
                }
            }
            RouteDecision decision =
                    new Judge(tags, destination, cell.addresses(), holding, tagged, system, gateway).decide();
            alike.computeIfAbsent(
                            new RouteDecision(AddressSet.NONE, decision.ways, decision.missing),
                            same -> new ArrayList<>())
                    .add(cell.addresses());
        }
        List<RouteDecision> decisions = new ArrayList<>();
        alike.forEach((decision, parts) ->
                decisions.add(new RouteDecision(AddressSet.union(parts), decision.ways, decision.missing)));
        return decisions;
    }

    /** One part of the destination that no prefix cuts. */
    private static final class Judge {
        private final ServiceTags tags;
        private final Flow.Destination destination;
        private final AddressSet addresses;
        private final List<RouteTable.Route> holding;
        private final List<RouteTable.Route> tagged;
        private final Optional<AddressSet> network;
        private final Answer gateway;
        private final Set<Way> ways = new LinkedHashSet<>();
        private final Set<Missing> missing = new LinkedHashSet<>();

        /**
         * @param holding the table's address prefixes that hold the part
         * @param network the narrowest prefix of the network that holds it
         * @param gateway whether routes that a gateway learns count
         */
        Judge(
                ServiceTags tags,
                Flow.Destination destination,
                AddressSet addresses,
                List<RouteTable.Route> holding,
                List<RouteTable.Route> tagged,
                Optional<AddressSet> network,
                Answer gateway) {
            this.tags = tags;
            this.destination = destination;
            this.addresses = addresses;
            this.holding = holding;
            this.tagged = tagged;
            this.network = network;
            this.gateway = gateway;
        }

        RouteDecision decide() {
            byPrefix();
            return new RouteDecision(addresses, List.copyOf(ways), List.copyOf(missing));
        }

        private void byPrefix() {
            List<RouteTable.Route> narrowest = narrowest();
            long size = narrowest.isEmpty() ? Long.MAX_VALUE : size(narrowest.get(0));
            boolean inside = network.isPresent() || tags.known().includes(addresses);
            boolean mayBeInside = !inside
                    && tags.networkPrefixes().isEmpty()
                    && destination.publicAzureRegion().isEmpty()
                    && size >= LEAST_NETWORK;
            if (mayBeInside) {
                ways.add(new Way(Hop.NETWORK, "", Optional.empty()));
                missing.add(SPACE);
            }
            if (inside && network.map(AddressSet::size).orElse(LEAST_NETWORK - 1) < size) {
                ways.add(new Way(Hop.NETWORK, "", Optional.empty()));
                if (network.isEmpty() && size < AddressSet.ALL.size()) {
                    narrowest.forEach(route -> ways.add(way(route)));
                    missing.add(SPACE);
                }
                return;
            }
            // Inside the network a gateway's routes do not count, and a host's own prefix leaves nothing narrower.
            boolean open = byTag(size);
            if (!open) {
                return;
            }
            if (narrowest.size() > 1) {
                missing.add(new Missing(
                        "which of two routes for " + narrowest.get(0).prefix() + " the table really has",
                        "az network route-table show -o json"));
            }
            narrowest.forEach(route -> ways.add(way(route)));
            Optional<AddressSet> reserved = DISCARDED_BY_DEFAULT.stream()
                    .filter(block -> block.includes(addresses))
                    .findFirst();
            if (narrowest.isEmpty()) {
                ways.add(new Way(reserved.isPresent() ? Hop.DISCARDED : Hop.INTERNET, "", Optional.empty()));
            } else if (!inside && reserved.isPresent() && reserved.get().size() < size) {
                // Azure lists routes of its own that discard private space, yet a default route to an appliance is
                // widely relied on to carry it: only the effective routes tell.
                ways.add(new Way(Hop.DISCARDED, "", Optional.empty()));
                missing.add(new Missing(
                        "whether Azure still discards private addresses outside the network beside route "
                                + narrowest.get(0).name(),
                        "az network nic show-effective-route-table --resource-group \"$NODE_RESOURCE_GROUP\" --name"
                                + " \"$NIC\" -o json"));
            }
            if (!inside && size > HOST && !gateway.no()) {
                ways.add(new Way(Hop.GATEWAY, "", Optional.empty()));
                missing.add(
                        gateway.yes()
                                ? new Missing(
                                        "the routes the virtual network gateway learns, of which one may be narrower",
                                        "az network vnet-gateway list-learned-routes --resource-group"
                                                + " \"$RESOURCE_GROUP\" --name \"$GATEWAY\" -o json")
                                : new Missing(
                                        "whether the cluster's virtual network has a gateway, whose routes may be"
                                                + " narrower",
                                        "az network vnet list -o json"));
            }
        }

        private List<RouteTable.Route> narrowest() {
            long least = Long.MAX_VALUE;
            for (RouteTable.Route route : holding) {
                least = Math.min(least, size(route));
            }
            List<RouteTable.Route> all = new ArrayList<>();
            Set<List<Object>> ways = new HashSet<>();
            for (RouteTable.Route route : holding) {
                if (size(route) == least) {
                    all.add(route);
                    ways.add(List.of(way(route).hop, way(route).appliance));
                }
            }
            return ways.size() == 1 ? all.subList(0, 1) : all;
        }

        /** @return whether an address prefix of that size may still decide */
        private boolean byTag(long size) {
            if (size == HOST) {
                return true;
            }
            List<RouteTable.Route> certain = new ArrayList<>();
            for (RouteTable.Route route : tagged) {
                ServiceTags.Covered covered = tags.covered(route.prefix(), destination.publicAzureRegion());
                if (covered.certain().includes(addresses)) {
                    certain.add(route);
                } else if (covered.certain().union(covered.maybe()).overlaps(addresses)) {
                    ways.add(way(route));
                    missing.add(new Missing(
                            "whether service tag " + route.prefix() + " of route " + route.name()
                                    + " covers the destination",
                            "az network list-service-tags --location "
                                    + destination
                                            .publicAzureRegion()
                                            .filter(region -> !region.isEmpty())
                                            .map(Shell::quote)
                                            .orElse("\"$LOCATION\"")
                                    + " -o json"));
                }
            }
            certain.stream().min(Comparator.comparingInt(Judge::rank)).ifPresent(route -> ways.add(way(route)));
            if (certain.isEmpty()) {
                return true;
            }
            // A tag's prefixes are narrower than a default route; next to any other prefix that is open.
            boolean open = size < AddressSet.ALL.size();
            if (open) {
                missing.add(new Missing("the API server's address", "kubectl get endpoints kubernetes -o wide"));
            }
            return open;
        }

        /** A region's tag comes before the whole cloud's, and any service's before both. */
        private static int rank(RouteTable.Route route) {
            String tag = route.prefix().toLowerCase(Locale.ROOT);
            int cloud = tag.startsWith("azurecloud") ? 2 : 0;
            return cloud + (tag.indexOf('.') < 0 ? 1 : 0);
        }

        private static long size(RouteTable.Route route) {
            return AddressSet.parse(route.prefix()).orElse(AddressSet.ALL).size();
        }

        private static Way way(RouteTable.Route route) {
            Hop hop = switch (route.nextHopType().strip().toLowerCase(Locale.ROOT)) {
                case "none" -> Hop.DISCARDED;
                case "internet" -> Hop.INTERNET;
                case "vnetlocal" -> Hop.NETWORK;
                case "virtualnetworkgateway" -> Hop.GATEWAY;
                case "virtualappliance" -> Hop.APPLIANCE;
                default -> Hop.UNREADABLE;
            };
            return new Way(hop, hop == Hop.APPLIANCE ? route.nextHopAddress() : "", Optional.of(route));
        }
    }
}
