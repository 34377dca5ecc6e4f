package tunneldoctor.path;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
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

    private final AddressSet networkCertain;
    private final AddressSet networkMaybe;
    private final Optional<Missing> networkMissing;
    private final String location;

    /** @param inside addresses known to be in the cluster's network, whatever else of it is known */
    ServiceTags(Facts facts, AddressSet inside) {
        this.location =
                facts.azure().cluster().map(cluster -> cluster.location()).orElse("");
        AddressSet certain = inside.union(PLATFORM);
        AddressSet maybe = AddressSet.NONE;
        for (VirtualNetwork network : facts.azure().networks()) {
            certain = certain.union(blocks(network.prefixes())).union(blocks(network.peeredPrefixes()));
            if (network.gatewayPeering()) {
                maybe = maybe.union(PRIVATE);
            }
        }
        for (Subnet subnet : facts.azure().subnets()) {
            certain = certain.union(blocks(subnet.prefixes()));
        }
        for (RouteTable table : facts.azure().routeTables()) {
            for (RouteTable.Route route : table.routes()) {
                AddressSet prefix = AddressSet.parse(route.prefix()).orElse(AddressSet.NONE);
                if (prefix.equals(AddressSet.ALL)) {
                    maybe = AddressSet.ALL;
                } else {
                    certain = certain.union(prefix);
                }
            }
        }
        if (facts.azure().networks().isEmpty()) {
            maybe = AddressSet.ALL;
            networkMissing = Optional.of(new Missing(
                    "the address space and peerings of the cluster's virtual network", "az network vnet list -o json"));
        } else {
            networkMissing = Optional.of(new Missing(
                    "which ranges reach the virtual network through gateways and routes",
                    "az network nic list-effective-nsg"));
        }
        networkCertain = certain;
        networkMaybe = maybe.minus(certain);
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
            case "virtualnetwork" ->
                azureRegion.isPresent() && !networkMaybe.overlaps(PUBLIC)
                        ? Covered.exactly(networkCertain.minus(PUBLIC))
                        : new Covered(networkCertain, networkMaybe, networkMissing);
            case "internet" ->
                azureRegion.isPresent()
                        ? Covered.exactly(PUBLIC)
                        : new Covered(
                                PUBLIC.minus(networkCertain).minus(networkMaybe),
                                PUBLIC.intersect(networkMaybe),
                                networkMissing);
            case "azureloadbalancer", "azureplatformdns" -> Covered.exactly(PLATFORM);
            case "azureplatformimds" -> Covered.exactly(METADATA);
            case "azureplatformlkm" -> Covered.exactly(AddressSet.NONE);
            default -> azureTag(tag, azureRegion);
        };
    }

    private Covered azureTag(String tag, Optional<String> azureRegion) {
        int dot = tag.indexOf('.');
        String service = dot < 0 ? tag : tag.substring(0, dot);
        if (service.equals("azurecloud") && azureRegion.isPresent()) {
            boolean mine =
                    dot < 0 || tag.substring(dot + 1).equals(azureRegion.get().toLowerCase(Locale.ROOT));
            return azureRegion.get().isEmpty() && dot >= 0
                    ? unknown(tag, PUBLIC)
                    : Covered.exactly(mine ? PUBLIC : AddressSet.NONE);
        }
        return unknown(tag, service.equals("azurecloud") || SERVICES.contains(service) ? PUBLIC : AddressSet.ALL);
    }

    private Covered unknown(String tag, AddressSet atMost) {
        return new Covered(
                AddressSet.NONE,
                atMost,
                Optional.of(new Missing(
                        "which addresses the service tag " + tag + " covers",
                        "az network list-service-tags --location "
                                + (location.isEmpty() ? "\"$LOCATION\"" : Shell.quote(location)) + " -o json")));
    }

    private static AddressSet blocks(List<String> prefixes) {
        return AddressSet.union(
                prefixes.stream().flatMap(p -> AddressSet.parse(p).stream()).toList());
    }

    private static AddressSet block(String text) {
        return AddressSet.parse(text).orElseThrow();
    }

    /**
     * @param certain addresses surely covered
     * @param maybe addresses that may be covered; none of them in {@code certain}
     * @param missing what would tell
     */
    record Covered(AddressSet certain, AddressSet maybe, Optional<Missing> missing) {
        static Covered exactly(AddressSet addresses) {
            return new Covered(addresses, AddressSet.NONE, Optional.empty());
        }

        Covered union(Covered other) {
            AddressSet both = certain.union(other.certain);
            return new Covered(both, maybe.union(other.maybe).minus(both), missing.or(other::missing));
        }
    }
}
