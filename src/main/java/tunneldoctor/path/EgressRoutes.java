package tunneldoctor.path;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AzureFirewall;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.EgressVerdict.Device;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.SourceRef;
import tunneldoctor.path.EgressHops.Ruling;
import tunneldoctor.path.EgressHops.Scene;
import tunneldoctor.path.RouteDecision.Way;
import tunneldoctor.path.Topology.Routing;

/** Judges the routes from a subnet to a public API server, and the appliances they lead to. */
final class EgressRoutes {
    private static final String GATEWAY = "behind the virtual network gateway";

    private final Topology topology;
    private final ServiceTags tags;
    private final AzureFirewallFilter firewalls;

    EgressRoutes(Facts facts, Topology topology) {
        this.topology = topology;
        this.tags = topology.serviceTags();
        Optional<Cluster> cluster = facts.azure().cluster();
        this.firewalls = new AzureFirewallFilter(
                tags,
                facts.azure().ipGroups(),
                cluster.map(Cluster::fqdn).orElse(""),
                cluster.map(Cluster::location).orElse(""));
    }

    /** None where Azure's own routes deliver to the Internet. */
    List<Ruling> rulings(Routing routing, Scene scene) {
        if (routing instanceof Routing.Unknown unknown) {
            return List.of(open(Device.ROUTE, "of " + unknown.place(), List.of(), List.of(unknown.missing()), scene));
        }
        Routing.Known known = (Routing.Known) routing;
        List<RouteDecision> decisions =
                RouteDecision.decide(known.table(), scene.flow().destination(), tags);
        Set<Way> ways = new LinkedHashSet<>();
        Set<Missing> missing = new LinkedHashSet<>();
        for (RouteDecision decision : decisions) {
            ways.addAll(decision.ways());
            missing.addAll(decision.missing());
        }
        if (decisions.size() > 1) {
            missing.add(new Missing(
                    "the API server's address, which a narrower route may hold",
                    "az aks show --resource-group \"$RESOURCE_GROUP\" --name \"$CLUSTER\" --query fqdn"));
        }
        boolean certain = ways.size() == 1 && missing.isEmpty();
        String table = known.table().map(RouteTable::name).orElse("of " + known.place());
        List<Ruling> rulings = new ArrayList<>();
        for (Way way : ways) {
            rulings.addAll(rulings(new Taken(table, way, certain, List.copyOf(missing)), scene));
        }
        return rulings;
    }

    /**
     * A way that packets may take.
     *
     * @param certain whether no other may take them instead
     * @param missing what would tell which does
     */
    private record Taken(String table, Way way, boolean certain, List<Missing> missing) {
        List<SourceRef> evidence() {
            return way.route().map(RouteTable.Route::source).map(List::of).orElse(List.of());
        }

        String how() {
            return way.route()
                    .map(route -> "route " + route.name() + " of table " + table + ", " + route.prefix() + " to "
                            + route.nextHopType())
                    .orElse("");
        }
    }

    private List<Ruling> rulings(Taken taken, Scene scene) {
        return switch (taken.way().hop()) {
            case DISCARDED -> List.of(blackhole(taken, scene));
            case NETWORK -> List.of(open(Device.ROUTE, taken.table(), taken.evidence(), lost(taken), scene));
            case INTERNET ->
                taken.certain() && taken.way().route().isPresent()
                        ? List.of(scene.ruling(
                                Device.ROUTE,
                                taken.table(),
                                Outcome.ALLOWED,
                                Outcome.UNKNOWN,
                                taken.how(),
                                taken.evidence(),
                                List.of()))
                        : List.of();
            case APPLIANCE ->
                topology.firewallAt(taken.way().appliance())
                        .map(firewall -> firewall(firewall, taken, scene))
                        .orElseGet(() -> List.of(appliance(taken, scene)));
            case GATEWAY, UNREADABLE -> List.of(behindGateway(taken, scene));
        };
    }

    private static Ruling open(
            Device device, String name, List<SourceRef> evidence, List<Missing> missing, Scene scene) {
        return scene.ruling(device, name, Outcome.UNKNOWN, Outcome.UNKNOWN, "", evidence, missing);
    }

    private static Ruling blackhole(Taken taken, Scene scene) {
        return scene.ruling(
                Device.ROUTE,
                taken.table(),
                taken.certain() ? Outcome.DROPPED : Outcome.UNKNOWN,
                taken.certain() ? Outcome.UNKNOWN : Outcome.DROPPED,
                taken.how(),
                taken.evidence(),
                taken.certain() ? List.of() : taken.missing());
    }

    /** A route that keeps public addresses in the network leads nowhere, unless the network has such addresses. */
    private static List<Missing> lost(Taken taken) {
        List<Missing> missing = new ArrayList<>(taken.missing());
        missing.add(new Missing(
                "whether the network delivers what " + taken.how() + " keeps in it",
                "az network nic show-effective-route-table --resource-group \"$NODE_RESOURCE_GROUP\" --name"
                        + " \"$NIC\" -o json"));
        return missing;
    }

    private static Ruling appliance(Taken taken, Scene scene) {
        String address = taken.way().appliance();
        return open(
                Device.APPLIANCE,
                "at " + address,
                taken.evidence(),
                List.of(new Missing(
                        "the rules of the appliance at " + address + ", where " + taken.how() + " leads",
                        "az network firewall list -o json")),
                scene);
    }

    private static Ruling behindGateway(Taken taken, Scene scene) {
        return open(
                Device.APPLIANCE,
                GATEWAY,
                taken.evidence(),
                taken.way().route().isPresent()
                        ? List.of(new Missing(
                                "what lies behind the gateway that " + taken.how() + " leads to",
                                "az network vnet-gateway list --resource-group \"$RESOURCE_GROUP\" -o json"))
                        : taken.missing(),
                scene);
    }

    private List<Ruling> firewall(AzureFirewall firewall, Taken taken, Scene scene) {
        List<Ruling> rulings = new ArrayList<>();
        for (AzureFirewallFilter.Ruling ruling : firewalls.decide(firewall, scene.flow())) {
            boolean doubt = !taken.certain() && ruling.outcome().blocked();
            List<Missing> missing = new ArrayList<>(ruling.missing());
            if (doubt) {
                missing.addAll(taken.missing());
            }
            List<SourceRef> evidence = new ArrayList<>(ruling.evidence());
            evidence.addAll(taken.evidence());
            rulings.add(new Ruling(
                    ruling.sources(),
                    new EgressVerdict(
                            Device.AZURE_FIREWALL,
                            firewall.name(),
                            doubt ? Outcome.UNKNOWN : ruling.outcome(),
                            doubt ? ruling.outcome() : ruling.likely(),
                            Optional.empty(),
                            Optional.of(firewall),
                            ruling.decidedBy(),
                            ruling.opensTls(),
                            scene.dial().essential(),
                            scene.dial().transport(),
                            scene.dial().port(),
                            topology.rangeAround(ruling.sources()),
                            scene.nodes(ruling.sources()),
                            evidence,
                            missing)));
        }
        return rulings;
    }
}
