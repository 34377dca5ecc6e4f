package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Answer;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Facts;
import tunneldoctor.model.Missing;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.Shell;
import tunneldoctor.model.Subnet;
import tunneldoctor.model.VirtualNetwork;

/**
 * Which addresses a rule's prefix text covers, as far as the facts tell (Azure, "Virtual network service tags").
 * {@code VirtualNetwork} is computed from the network's space, its peerings and the prefixes of its route tables; what
 * Azure's other tags cover is known only by kind.
 */
final class ServiceTags {
    private static final AddressSet PRIVATE = AddressSet.union(List.of(
            block("10.0.0.0/8"),
            block("172.16.0.0/12"),
            block("192.168.0.0/16"),
            block("100.64.0.0/10"),
            block("169.254.0.0/16"),
            block("127.0.0.0/8"),
            block("0.0.0.0/8"),
            block("224.0.0.0/3")));
    static final AddressSet PUBLIC = PRIVATE.complement();
    private static final AddressSet PLATFORM = block("168.63.129.16");
    private static final AddressSet METADATA = block("169.254.169.254");

    /** What groups do not filter on the way out unless a rule names it by a tag of its own. */
    static final AddressSet EXEMPT = PLATFORM.union(METADATA);

    /** Tags, beside the ones with a meaning of their own here, that cover public addresses of Azure services only. */
    private static final Set<String> SERVICES = Set.of(
            "actiongroup",
            "apimanagement",
            "appconfiguration",
            "appservice",
            "appservicemanagement",
            "azureactivedirectory",
            "azureadvancedthreatprotection",
            "azurearcinfrastructure",
            "azureattestation",
            "azurebackup",
            "azurebotservice",
            "azurecognitivesearch",
            "azureconnectors",
            "azurecontainerregistry",
            "azurecosmosdb",
            "azuredatabricks",
            "azuredataexplorermanagement",
            "azuredevops",
            "azuredigitaltwins",
            "azureeventgrid",
            "azurefrontdoor",
            "azurehealthcareapis",
            "azureinformationprotection",
            "azureiothub",
            "azurekeyvault",
            "azurekubernetesservice",
            "azuremachinelearning",
            "azuremonitor",
            "azureopendatasets",
            "azureportal",
            "azureresourcemanager",
            "azuresecuritycenter",
            "azuresentinel",
            "azuresignalr",
            "azuresiterecovery",
            "azurespringcloud",
            "azurestack",
            "azuretrafficmanager",
            "azureupdatedelivery",
            "azurewebpubsub",
            "batchnodemanagement",
            "chaosstudio",
            "cognitiveservicesmanagement",
            "datafactory",
            "datafactorymanagement",
            "dynamics365businesscentral",
            "eventhub",
            "gatewaymanager",
            "guestandhybridmanagement",
            "hdinsight",
            "logicapps",
            "logicappsmanagement",
            "microsoftcloudappsecurity",
            "microsoftcontainerregistry",
            "microsoftdefenderforendpoint",
            "powerbi",
            "powerplatforminfra",
            "servicebus",
            "servicefabric",
            "sql",
            "sqlmanagement",
            "storage",
            "storagesyncservice",
            "virtualdesktop",
            "windowsvirtualdesktop");

    /** Regions whose {@code AzureCloud} tag is not called as they are (Azure, "Virtual network service tags"). */
    private static final Map<String, String> REGION_OF_TAG = Map.of(
            "centralfrance", "francecentral",
            "southfrance", "francesouth",
            "germanywc", "germanywestcentral",
            "germanyn", "germanynorth",
            "norwaye", "norwayeast",
            "norwayw", "norwaywest",
            "switzerlandn", "switzerlandnorth",
            "switzerlandw", "switzerlandwest");

    /** A regional tag is another region's only if its suffix is a region's name; any other suffix tells nothing. */
    private static final Set<String> REGIONS = Set.of(
            "australiacentral",
            "australiacentral2",
            "australiaeast",
            "australiasoutheast",
            "austriaeast",
            "brazilsouth",
            "brazilsoutheast",
            "canadacentral",
            "canadaeast",
            "centralindia",
            "centralus",
            "chinaeast",
            "chinaeast2",
            "chinaeast3",
            "chinanorth",
            "chinanorth2",
            "chinanorth3",
            "eastasia",
            "eastus",
            "eastus2",
            "francecentral",
            "francesouth",
            "germanynorth",
            "germanywestcentral",
            "indonesiacentral",
            "israelcentral",
            "italynorth",
            "japaneast",
            "japanwest",
            "koreacentral",
            "koreasouth",
            "malaysiawest",
            "mexicocentral",
            "newzealandnorth",
            "northcentralus",
            "northeurope",
            "norwayeast",
            "norwaywest",
            "polandcentral",
            "qatarcentral",
            "southafricanorth",
            "southafricawest",
            "southcentralus",
            "southeastasia",
            "southindia",
            "spaincentral",
            "swedencentral",
            "switzerlandnorth",
            "switzerlandwest",
            "uaecentral",
            "uaenorth",
            "uksouth",
            "ukwest",
            "usdodcentral",
            "usdodeast",
            "usgovarizona",
            "usgovtexas",
            "usgovvirginia",
            "westcentralus",
            "westeurope",
            "westindia",
            "westus",
            "westus2",
            "westus3");

    private static final String NETWORK_COMMAND = "az network vnet list -o json";

    /** Reads the tag as Azure expands it, for scale sets too, which the effective-rules command does not serve. */
    private static final String EXPANDED_COMMAND = "az network watcher run-configuration-diagnostic --resource"
            + " \"$SCALE_SET_ID\" --direction Inbound --protocol TCP --source \"$AGENT_ADDRESS\" --destination"
            + " \"$NODE_ADDRESS\" --port 10250";

    private final AddressSet space;
    private final AddressSet routed;
    private final List<Doubt> networkDoubts;
    private final String location;
    private final List<AddressSet> networkPrefixes;
    private final AddressSet ownSpace;
    private final Answer gateway;

    /** @param inside addresses known to be in the cluster's network, whatever else of it is known */
    ServiceTags(Facts facts, AddressSet inside) {
        this.location =
                facts.azure().cluster().map(cluster -> cluster.location()).orElse("");
        Optional<VirtualNetwork> own = own(facts, inside);
        AddressSet known = inside.union(PLATFORM).union(ownSubnets(facts, inside, own));
        AddressSet byRoute = AddressSet.NONE;
        List<Doubt> doubts = new ArrayList<>();
        if (own.isEmpty()) {
            doubts.add(doubt(
                    AddressSet.ALL,
                    "virtualnetwork",
                    "the address space and peerings of the cluster's virtual network",
                    NETWORK_COMMAND));
        } else {
            VirtualNetwork network = own.get();
            known = known.union(blocks(network.prefixes())).union(blocks(network.peeredPrefixes()));
            if (network.gatewayPeering()) {
                doubts.add(doubt(
                        PRIVATE,
                        "virtualnetwork-gateway",
                        "which ranges reach the virtual network through its gateway",
                        EXPANDED_COMMAND));
                // A gateway may learn public ranges too, and a default route that holds them all.
                doubts.add(new Doubt(
                        PUBLIC,
                        new FirstMatch.Condition(
                                "virtualnetwork-gateway-public",
                                true,
                                true,
                                Optional.of(false),
                                new Missing(
                                        "whether the virtual network's gateway learns public ranges or a default route",
                                        EXPANDED_COMMAND))));
            }
            byRoute = routes(facts, network, doubts);
        }
        this.space = known;
        this.networkPrefixes = own.stream()
                .flatMap(network -> Stream.concat(network.prefixes().stream(), network.peeredPrefixes().stream()))
                .flatMap(prefix -> AddressSet.parse(prefix).stream())
                .toList();
        this.ownSpace = own.map(network -> blocks(network.prefixes())).orElse(AddressSet.NONE);
        this.gateway = own.map(network -> Answer.of(network.gatewayPeering())).orElse(Answer.CANNOT_TELL);
        this.routed = byRoute.minus(known);
        this.networkDoubts = disjoint(doubts, known.union(byRoute));
    }

    /** A cluster lives in one network: the one that holds all its known addresses and its nodes' subnets. */
    private static Optional<VirtualNetwork> own(Facts facts, AddressSet inside) {
        List<String> subnets = new ArrayList<>();
        facts.azure().cluster().map(Cluster::pools).orElse(List.of()).forEach(pool -> subnets.add(pool.nodeSubnetId()));
        facts.azure().scaleSets().forEach(set -> subnets.addAll(set.subnetIds()));
        Set<String> stated = new HashSet<>();
        for (String id : subnets) {
            int end = id.indexOf("/subnets/");
            if (end > 0) {
                stated.add(id.substring(0, end).toLowerCase(Locale.ROOT));
            }
        }
        List<VirtualNetwork> holding = new ArrayList<>();
        for (VirtualNetwork network : facts.azure().networks()) {
            boolean named = stated.isEmpty() || network.id().isEmpty() || stated.contains(network.id());
            if (named && blocks(network.prefixes()).includes(inside)) {
                holding.add(network);
            }
        }
        return holding.size() == 1 ? Optional.of(holding.get(0)) : Optional.empty();
    }

    private static AddressSet ownSubnets(Facts facts, AddressSet inside, Optional<VirtualNetwork> own) {
        List<Subnet> subnets = facts.azure().subnets();
        boolean oneNetwork = own.isEmpty()
                && facts.azure().networks().isEmpty()
                && inside.isEmpty()
                && subnets.stream().map(Subnet::virtualNetworkId).distinct().count() == 1;
        return AddressSet.union(subnets.stream()
                .map(subnet -> blocks(subnet.prefixes()))
                .filter(prefixes -> oneNetwork || prefixes.overlaps(inside))
                .toList());
    }

    /** Prefixes of the network's route tables, which the tag covers too; the default route only may be among them. */
    private AddressSet routes(Facts facts, VirtualNetwork network, List<Doubt> doubts) {
        AddressSet certain = AddressSet.NONE;
        for (Subnet subnet : facts.azure().subnets()) {
            if (in(network, subnet)
                    && !subnet.routeTableId().isEmpty()
                    && facts.azure().routeTables().stream().noneMatch(table -> names(subnet.routeTableId(), table))) {
                doubts.add(doubt(
                        AddressSet.ALL,
                        "virtualnetwork",
                        "the routes of route table " + ArmId.name(subnet.routeTableId())
                                + ", whose prefixes the VirtualNetwork tag covers",
                        "az network route-table show --ids " + Shell.quote(subnet.routeTableId()) + " -o json"));
            }
        }
        for (RouteTable table : facts.azure().routeTables()) {
            Use use = use(facts, network, table);
            if (use == Use.ELSEWHERE) {
                continue;
            }
            for (RouteTable.Route route : table.routes()) {
                Optional<AddressSet> prefix = AddressSet.parse(route.prefix());
                if (prefix.filter(AddressSet.ALL::equals).isPresent()) {
                    doubts.add(new Doubt(
                            AddressSet.ALL,
                            new FirstMatch.Condition(
                                    "virtualnetwork-default-route",
                                    true,
                                    false,
                                    Optional.empty(),
                                    new Missing(
                                            "whether the VirtualNetwork tag covers the default route of route table "
                                                    + table.name(),
                                            EXPANDED_COMMAND))));
                } else if (prefix.isPresent() && use == Use.HERE) {
                    certain = certain.union(prefix.get());
                } else if (route.prefix().indexOf(':') < 0) {
                    doubts.add(doubt(
                            prefix.orElse(PUBLIC),
                            "virtualnetwork-route",
                            "whether route " + route.name() + " of table " + table.name()
                                    + " makes its addresses part of the VirtualNetwork tag",
                            EXPANDED_COMMAND));
                }
            }
        }
        return certain;
    }

    private enum Use {
        HERE,
        ELSEWHERE,
        NOT_SAID
    }

    private static Use use(Facts facts, VirtualNetwork network, RouteTable table) {
        boolean here = facts.azure().subnets().stream()
                .filter(subnet -> in(network, subnet))
                .anyMatch(subnet -> names(subnet.routeTableId(), table)
                        || table.subnetIds().stream()
                                .anyMatch(id -> id.equals(subnet.id())
                                        || id.indexOf('/') < 0 && id.equalsIgnoreCase(subnet.name())));
        if (here
                || !network.id().isEmpty()
                        && table.subnetIds().stream()
                                .anyMatch(id -> id.startsWith(network.id().toLowerCase(Locale.ROOT) + "/"))) {
            return Use.HERE;
        }
        boolean elsewhere = !network.id().isEmpty()
                && !table.subnetIds().isEmpty()
                && table.subnetIds().stream().allMatch(id -> id.contains("/virtualnetworks/"));
        return elsewhere ? Use.ELSEWHERE : Use.NOT_SAID;
    }

    private static boolean in(VirtualNetwork network, Subnet subnet) {
        return network.id().isEmpty()
                || subnet.virtualNetworkId().isEmpty()
                || subnet.virtualNetworkId().equals(network.id());
    }

    private static boolean names(String id, RouteTable table) {
        return !id.isEmpty()
                && (id.equalsIgnoreCase(table.id())
                        || (table.id().isEmpty() || id.indexOf('/') < 0)
                                && ArmId.name(id).equalsIgnoreCase(table.name()));
    }

    private static Doubt doubt(AddressSet where, String about, String what, String command) {
        return new Doubt(
                where, new FirstMatch.Condition(about, true, true, Optional.empty(), new Missing(what, command)));
    }

    /** Each address in at most one doubt, what is a question for each address first. */
    private static List<Doubt> disjoint(List<Doubt> doubts, AddressSet settled) {
        List<Doubt> ordered = new ArrayList<>(doubts);
        ordered.sort(Comparator.comparing(doubt -> !doubt.condition.perAddress()));
        List<Doubt> disjoint = new ArrayList<>();
        AddressSet rest = settled.complement();
        for (Doubt doubt : ordered) {
            AddressSet where = doubt.where.intersect(rest);
            if (!where.isEmpty()) {
                disjoint.add(new Doubt(where, doubt.condition));
                rest = rest.minus(where);
            }
        }
        return disjoint;
    }

    /** Addresses one of a destination can have: an address of Azure's public space is in no virtual network. */
    AddressSet possible(Flow.Destination destination) {
        AddressSet stated = destination.addresses().isEmpty() ? AddressSet.ALL : destination.addresses();
        AddressSet outside = destination.publicAzureRegion().isPresent()
                ? stated.intersect(PUBLIC).minus(space)
                : stated;
        return outside.isEmpty() ? stated : outside;
    }

    /** Whether a prefix text names the platform's own addresses, which groups filter only under that name. */
    static boolean namesPlatform(String prefix) {
        return prefix.strip().toLowerCase(Locale.ROOT).startsWith("azureplatform");
    }

    /** Addresses surely in the cluster's network or a peered one. */
    AddressSet known() {
        return space.minus(EXEMPT);
    }

    /** The prefixes of the cluster's network and of peered ones, which Azure routes; none if the network is not known. */
    List<AddressSet> networkPrefixes() {
        return networkPrefixes;
    }

    /** The space of the cluster's own network; empty if the network is not known. */
    AddressSet ownSpace() {
        return ownSpace;
    }

    /** Whether the network has a gateway, its own or a peered network's. */
    Answer hasGateway() {
        return gateway;
    }

    /** What any of the prefixes covers. */
    Covered covered(List<String> prefixes, Optional<String> azureRegion) {
        List<AddressSet> certain = new ArrayList<>();
        List<Doubt> doubts = new ArrayList<>();
        for (String prefix : prefixes) {
            Covered one = covered(prefix, azureRegion);
            certain.add(one.certain);
            doubts.addAll(one.doubts);
        }
        return new Covered(AddressSet.union(certain), doubts);
    }

    /**
     * What a prefix covers.
     *
     * @param azureRegion region of a public Azure address that stands for itself; empty for other addresses
     */
    Covered covered(String prefix, Optional<String> azureRegion) {
        String tag = prefix.strip().toLowerCase(Locale.ROOT);
        if (tag.equals("*") || tag.equals("any") || tag.equals("all")) {
            return Covered.exactly(AddressSet.ALL);
        }
        if (tag.indexOf(':') >= 0) {
            return Covered.exactly(AddressSet.NONE);
        }
        Optional<AddressSet> plain = AddressSet.parse(tag);
        if (plain.isPresent()) {
            return Covered.exactly(plain.get());
        }
        return switch (tag) {
            case "virtualnetwork" -> new Covered(space.union(routed), networkDoubts);
            case "internet" -> internet(azureRegion);
            case "azureloadbalancer", "azureplatformdns" -> Covered.exactly(PLATFORM);
            case "azureplatformimds" -> Covered.exactly(METADATA);
            default -> azureTag(tag, azureRegion);
        };
    }

    /** Public space outside the network; the API server's own public address is in it whatever the routes are. */
    private Covered internet(Optional<String> azureRegion) {
        if (azureRegion.isPresent()) {
            return Covered.exactly(PUBLIC.minus(space));
        }
        List<Doubt> doubts = new ArrayList<>();
        AddressSet open = routed.intersect(PUBLIC);
        if (!open.isEmpty()) {
            doubts.add(doubt(
                    open,
                    "internet-route",
                    "whether the Internet tag covers the public prefixes of the network's routes",
                    EXPANDED_COMMAND));
        }
        for (Doubt doubt : networkDoubts) {
            AddressSet where = doubt.where.intersect(PUBLIC);
            open = open.union(where);
            if (!where.isEmpty()) {
                doubts.add(new Doubt(where, doubt.condition.not()));
            }
        }
        return new Covered(PUBLIC.minus(space).minus(open), doubts);
    }

    private Covered azureTag(String tag, Optional<String> azureRegion) {
        int dot = tag.indexOf('.');
        String service = dot < 0 ? tag : tag.substring(0, dot);
        if (service.equals("azurecloud") && azureRegion.isPresent()) {
            return dot < 0 ? Covered.exactly(PUBLIC) : regional(tag, tag.substring(dot + 1), azureRegion.get());
        }
        if (service.equals("azurecloud")) {
            return unknown(tag, PUBLIC, Optional.empty());
        }
        boolean elsewhere = SERVICES.contains(service) || service.equals("azureplatformlkm");
        return elsewhere
                ? unknown(tag, PUBLIC, azureRegion.map(region -> false))
                : unknown(tag, AddressSet.ALL, Optional.empty());
    }

    private Covered regional(String tag, String suffix, String region) {
        String wanted = REGION_OF_TAG.getOrDefault(suffix, suffix);
        String mine = region.toLowerCase(Locale.ROOT);
        if (wanted.equals(mine)) {
            return Covered.exactly(PUBLIC);
        }
        return REGIONS.contains(wanted) && REGIONS.contains(mine)
                ? Covered.exactly(AddressSet.NONE)
                : unknown(tag, PUBLIC, Optional.empty());
    }

    private Covered unknown(String tag, AddressSet atMost, Optional<Boolean> usually) {
        Missing missing = new Missing(
                "which addresses the service tag " + tag + " covers",
                "az network list-service-tags --location "
                        + (location.isEmpty() ? "\"$LOCATION\"" : Shell.quote(location)) + " -o json");
        return new Covered(
                AddressSet.NONE,
                List.of(new Doubt(atMost, new FirstMatch.Condition("tag " + tag, true, true, usually, missing))));
    }

    /** All of some prefixes; what is none of IPv4 counts for nothing. */
    static AddressSet blocks(List<String> prefixes) {
        List<AddressSet> blocks = new ArrayList<>();
        for (String prefix : prefixes) {
            AddressSet.parse(prefix).ifPresent(blocks::add);
        }
        return AddressSet.union(blocks);
    }

    private static AddressSet block(String text) {
        return AddressSet.parse(text).orElseThrow();
    }

    /**
     * Addresses that are covered if something holds.
     *
     * @param condition what must hold
     */
    record Doubt(AddressSet where, FirstMatch.Condition condition) {}

    /**
     * @param certain addresses surely covered
     * @param doubts addresses that may be covered besides
     */
    record Covered(AddressSet certain, List<Doubt> doubts) {
        Covered {
            List<Doubt> open = new ArrayList<>();
            for (Doubt doubt : doubts) {
                AddressSet where = doubt.where.minus(certain);
                if (!where.isEmpty()) {
                    open.add(new Doubt(where, doubt.condition));
                }
            }
            doubts = List.copyOf(open);
        }

        static Covered exactly(AddressSet addresses) {
            return new Covered(addresses, List.of());
        }

        /** Addresses that may be covered; none of them in {@code certain}. */
        AddressSet maybe() {
            return AddressSet.union(doubts.stream().map(Doubt::where).toList());
        }

        Covered union(Covered other) {
            List<Doubt> both = new ArrayList<>(doubts);
            both.addAll(other.doubts);
            return new Covered(certain.union(other.certain), both);
        }
    }
}
