package tunneldoctor.path;

import java.util.List;
import java.util.Optional;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Facts;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.RouteTable;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Subnet;
import tunneldoctor.model.VirtualNetwork;

/** Azure resources for tests of the packet path. */
final class AzureFacts {
    static final SourceRef NOWHERE = new SourceRef("test", 0, "");

    private AzureFacts() {}

    static RouteTable table(RouteTable.Route... routes) {
        return new RouteTable("/rt", "rt", "rg", List.of(routes), List.of("/vnet/subnets/nodes"), false, NOWHERE);
    }

    static RouteTable.Route route(String name, String prefix, String hop, String address) {
        return new RouteTable.Route(name, prefix, hop, address, NOWHERE);
    }

    static VirtualNetwork network(List<String> prefixes, List<String> peered, boolean gateway) {
        return new VirtualNetwork("/vnet", "vnet", prefixes, peered, gateway, List.of(), NOWHERE);
    }

    static ServiceTags tags(List<VirtualNetwork> networks, List<RouteTable> tables, String... inside) {
        return tags(networks, List.of(), tables, inside);
    }

    static ServiceTags tags(
            List<VirtualNetwork> networks, List<Subnet> subnets, List<RouteTable> tables, String... inside) {
        ClusterFacts given = new ClusterFacts(
                "test",
                "v1",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        Facts.Azure azure = new Facts.Azure(
                Optional.empty(),
                List.of(),
                List.of(),
                networks,
                subnets,
                List.of(),
                List.of(),
                tables,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        Facts facts = new Facts(
                given,
                azure,
                false,
                false,
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        return new ServiceTags(
                facts,
                AddressSet.union(List.of(inside).stream().map(AzureFacts::set).toList()));
    }

    static AddressSet set(String text) {
        return AddressSet.parse(text).orElseThrow();
    }

    /** {@code allow tcp VirtualNetwork 10.1.0.0/24 10250}: access, protocol, sources, destinations, ports; lists by comma. */
    static NsgRule rule(int priority, Direction direction, String text) {
        String[] words = text.split(" ");
        return new NsgRule(
                "r" + priority,
                priority,
                direction,
                words[0].equals("allow"),
                words[1],
                List.of(words[2].split(",")),
                List.of("*"),
                List.of(),
                List.of(words[3].split(",")),
                List.of(words[4].split(",")),
                List.of(),
                true,
                new SourceRef("test", priority, text));
    }
}
