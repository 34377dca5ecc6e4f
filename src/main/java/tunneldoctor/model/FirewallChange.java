package tunneldoctor.model;

import java.util.ArrayList;
import java.util.List;

/** A change to an Azure Firewall. */
public sealed interface FirewallChange extends FactChange {
    AzureFirewall firewall();

    /** The firewall afterwards. */
    AzureFirewall after(AzureFirewall before);

    @Override
    default boolean foreseeable() {
        return true;
    }

    @Override
    default Facts applied(Facts facts) {
        return facts.changed(
                this,
                azure -> azure.withFirewalls(one -> one.id().equals(firewall().id())
                                && one.name().equals(firewall().name())
                        ? after(one)
                        : one));
    }

    /**
     * Lets the tunnel's own flow through by a network rule.
     *
     * @param senders source CIDR blocks
     * @param destinations addresses or service tags
     */
    record AllowNetwork(
            AzureFirewall firewall,
            String collection,
            int priority,
            String name,
            List<String> senders,
            List<String> destinations,
            Transport transport,
            List<Integer> ports)
            implements FirewallChange {
        public AllowNetwork {
            senders = List.copyOf(senders);
            destinations = List.copyOf(destinations);
            ports = List.copyOf(ports);
        }

        @Override
        public List<String> commands() {
            return List.of(firewall.policyId().isEmpty() ? classic() : policy());
        }

        @Override
        public List<String> undo() {
            return List.of(
                    firewall.policyId().isEmpty()
                            ? "az network firewall network-rule collection delete" + target() + " --collection-name "
                                    + Shell.quote(collection)
                            : "az network firewall policy rule-collection-group collection remove" + policyTarget()
                                    + " --name " + Shell.quote(collection));
        }

        @Override
        public AzureFirewall after(AzureFirewall before) {
            List<AzureFirewall.Collection> collections = new ArrayList<>(before.collections());
            String group = before.policyId().isEmpty() ? "" : group();
            int at = 0;
            for (int i = 0; i < collections.size(); i++) {
                AzureFirewall.Collection one = collections.get(i);
                if (one.kind() == AzureFirewall.Kind.NETWORK
                        && one.group().equals(group)
                        && one.priority() < priority) {
                    at = i + 1;
                }
            }
            SourceRef made = new SourceRef("repair", 0, name);
            collections.add(
                    at,
                    new AzureFirewall.Collection(
                            group,
                            collection,
                            AzureFirewall.Kind.NETWORK,
                            priority,
                            true,
                            List.of(new AzureFirewall.Rule(
                                    name,
                                    List.of(transport.name()),
                                    senders,
                                    List.of(),
                                    destinations,
                                    List.of(),
                                    ports.stream().map(String::valueOf).toList(),
                                    List.of(),
                                    List.of(),
                                    false,
                                    made)),
                            made));
            return before.withCollections(collections);
        }

        private String classic() {
            return "az network firewall network-rule create" + target() + " --collection-name "
                    + Shell.quote(collection)
                    + " --priority " + priority + " --action Allow" + rule() + " --protocols "
                    + transport.name();
        }

        private String policy() {
            return "az network firewall policy rule-collection-group collection add-filter-collection" + policyTarget()
                    + " --name " + Shell.quote(collection) + " --collection-priority " + priority
                    + " --action Allow --rule-type NetworkRule --rule-name " + Shell.quote(name)
                    + flow() + " --ip-protocols " + transport.name();
        }

        private String rule() {
            return " --name " + Shell.quote(name) + flow();
        }

        private String flow() {
            return " --source-addresses " + words(senders) + " --destination-addresses " + words(destinations)
                    + " --destination-ports "
                    + words(ports.stream().map(String::valueOf).toList());
        }

        private String target() {
            return " --resource-group "
                    + (firewall.resourceGroup().isEmpty()
                            ? "\"$FIREWALL_RESOURCE_GROUP\""
                            : Shell.quote(firewall.resourceGroup()))
                    + " --firewall-name " + Shell.quote(firewall.name());
        }

        private String policyTarget() {
            String id = firewall.policyId();
            return " --resource-group " + Shell.quote(ArmId.resourceGroup(id).orElse(firewall.resourceGroup()))
                    + " --policy-name " + Shell.quote(ArmId.name(id)) + " --rule-collection-group-name "
                    + Shell.quote(group());
        }

        private String group() {
            return firewall.collections().stream()
                    .filter(c ->
                            c.kind() == AzureFirewall.Kind.NETWORK && !c.group().isEmpty())
                    .map(AzureFirewall.Collection::group)
                    .findFirst()
                    .orElse("DefaultNetworkRuleCollectionGroup");
        }

        private static String words(List<String> values) {
            return String.join(" ", values.stream().map(Shell::quote).toList());
        }
    }
}
