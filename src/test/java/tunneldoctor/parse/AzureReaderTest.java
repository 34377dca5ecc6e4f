package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.Answer;
import tunneldoctor.model.AzureFirewall;
import tunneldoctor.model.Cluster;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Nsg;
import tunneldoctor.model.NsgRule;
import tunneldoctor.model.Problem;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Tree;

class AzureReaderTest {
    private static final String NODES_SUBNET =
            "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg-shop-network/providers/microsoft.network/virtualnetworks/shop-vnet/subnets/aks-nodes";
    private static final String SHOP_NSG =
            "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg-shop-network/providers/microsoft.network/networksecuritygroups/shop-nodes-nsg";
    private static final String KUBELET_RULE =
            "{'name':'deny','priority':200,'direction':'Inbound','access':'Deny','protocol':'Tcp','sourcePortRange':'*',"
                    + "'destinationPortRange':'10250','sourceAddressPrefix':'*','destinationAddressPrefix':'*'}";

    private static FactsBuilder read(List<Tree> items) {
        FactsBuilder facts = new FactsBuilder();
        AzureReader.read(items, facts);
        return facts;
    }

    private static FactsBuilder read(String... json) {
        return read(Stream.of(json).map(JsonTrees::of).toList());
    }

    private static FactsBuilder nsgWith(String rule) {
        return read("{'type':'Microsoft.Network/networkSecurityGroups','name':'n','securityRules':[" + rule + "]}");
    }

    @Test
    void theThreeSpellingsOfAGroupReadTheSame() {
        Nsg arm = read(JsonTrees.items("nsg-arm.json")).nsgs.get(0);
        for (String spelling : List.of("nsg-az.json", "nsg-powershell.json")) {
            FactsBuilder facts = read(JsonTrees.items(spelling));
            assertThat(facts.problems).as(spelling).isEmpty();
            assertThat(facts.nsgs).as(spelling).hasSize(1);
            assertThat(withoutLines(facts.nsgs.get(0))).as(spelling).isEqualTo(withoutLines(arm));
        }
        assertThat(arm.rules()).hasSize(26).allMatch(NsgRule::understood);
        assertThat(arm.id()).isEqualTo(SHOP_NSG);
        assertThat(arm.subnetIds()).containsExactly(NODES_SUBNET);
        assertThat(arm.managed()).isFalse();
    }

    private static Nsg withoutLines(Nsg nsg) {
        List<NsgRule> rules = nsg.rules().stream()
                .map(r -> new NsgRule(
                        r.name(),
                        r.priority(),
                        r.direction(),
                        r.allow(),
                        r.protocol(),
                        r.sourcePrefixes(),
                        r.sourcePorts(),
                        r.sourceGroups(),
                        r.destinationPrefixes(),
                        r.destinationPorts(),
                        r.destinationGroups(),
                        r.understood(),
                        new SourceRef(r.source().document(), 0, r.source().text())))
                .toList();
        return new Nsg(
                nsg.id(),
                nsg.name(),
                nsg.resourceGroup(),
                rules,
                nsg.subnetIds(),
                nsg.interfaceIds(),
                nsg.managed(),
                new SourceRef(nsg.source().document(), 0, nsg.source().text()));
    }

    @Test
    void aRuleCitesItsPlaceAndDecidingFields() {
        List<NsgRule> rules = read(JsonTrees.items("nsg-arm.json")).nsgs.get(0).rules();

        NsgRule deny = rules.get(9);
        assertThat(deny.name()).isEqualTo("DenyKubeletPort");
        assertThat(deny.source().document())
                .isEqualTo("azure[0] networkSecurityGroups/shop-nodes-nsg securityRules/DenyKubeletPort");
        assertThat(deny.source().text()).isEqualTo("priority 200 Inbound Deny Tcp from * to *:10250");
        assertThat(JsonTrees.text("nsg-arm.json")
                        .lines()
                        .toList()
                        .get(deny.source().line()))
                .contains("\"name\": \"DenyKubeletPort\"");
        assertThat(rules.get(5).source().text())
                .isEqualTo("priority 150 Inbound Allow * from group backup to group nodes:8443");
        assertThat(rules.get(6).source().text())
                .isEqualTo("priority 160 Inbound Allow Udp from 172.16.0.0/12:1024-65535 to 10.224.0.10:53");
        assertThat(rules.get(4).sourcePrefixes()).containsExactly("10.0.8.4", "10.0.8.5");
        assertThat(rules.get(4).destinationPorts()).containsExactly("9100", "9153");
    }

    @Test
    void singularAndPluralFieldsAreJoined() {
        NsgRule rule = nsgWith(KUBELET_RULE
                        .replace(
                                "'destinationPortRange':'10250'",
                                "'destinationPortRange':22,'destinationPortRanges':['10250','22']")
                        .replace("'sourceAddressPrefix':'*'", "'sourceAddressPrefixes':'10.0.0.0/8'"))
                .nsgs
                .get(0)
                .rules()
                .get(0);

        assertThat(rule.destinationPorts()).containsExactly("22", "10250");
        assertThat(rule.sourcePrefixes()).containsExactly("10.0.0.0/8");
        assertThat(rule.understood()).isTrue();
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'priority':200; 'priority':'soon'; 1",
                "'priority':200; 'priority':-5; 1",
                "'priority':200; 'priority':[1]; 1",
                "'direction':'Inbound'; 'direction':'Sideways'; 2",
                "'access':'Deny'; 'access':null; 2",
                "'protocol':'Tcp'; 'protocol':'6in4'; 1",
                "'sourcePortRange':'*'; 'sourcePortRange':''; 1",
                "'sourcePortRange':'*'; 'x':1; 1",
                "'destinationPortRange':'10250'; 'destinationPortRange':'kubelet'; 1",
                "'destinationPortRange':'10250'; 'destinationPortRange':'10250-22'; 1",
                "'destinationPortRange':'10250'; 'destinationPortRanges':[{'from':1}]; 1",
                "'sourceAddressPrefix':'*'; 'sourceAddressPrefixes':[]; 1",
                "'sourceAddressPrefix':'*'; 'sourceAddressPrefix':{'id':1}; 1",
                "'sourceAddressPrefix':'*'; 'sourceApplicationSecurityGroups':'@{Id=x}'; 1"
            })
    void aRuleThatCannotBeReadMayMatchAnything(String good, String bad, int rules) {
        FactsBuilder facts = nsgWith(KUBELET_RULE.replace(good, bad));

        assertThat(facts.nsgs.get(0).rules()).hasSize(rules).noneMatch(NsgRule::understood);
        assertThat(facts.problems)
                .hasSize(1)
                .first()
                .extracting(p -> p.at().document())
                .isEqualTo("azure[0] networkSecurityGroups/n securityRules/deny");
    }

    @Test
    void aRuleThatIsNoObjectStandsInEveryDirection() {
        assertThat(nsgWith("'Microsoft.Azure.Commands.Network.Models.PSSecurityRule'")
                        .nsgs
                        .get(0)
                        .rules())
                .extracting(NsgRule::direction, NsgRule::allow, NsgRule::priority, NsgRule::understood)
                .containsExactly(
                        tuple(Direction.INBOUND, true, 0, false),
                        tuple(Direction.INBOUND, false, 0, false),
                        tuple(Direction.OUTBOUND, true, 0, false),
                        tuple(Direction.OUTBOUND, false, 0, false));
    }

    @Test
    void theWholeLandscapeReads() {
        FactsBuilder facts = read(JsonTrees.items("landscape.json"));

        assertThat(facts.problems).isEmpty();
        Cluster cluster = cluster(facts);
        assertThat(cluster.name()).isEqualTo("shop-aks");
        assertThat(cluster.resourceGroup()).isEqualTo("rg-shop");
        assertThat(cluster.subscription()).isEqualTo("11111111-2222-3333-4444-555555555555");
        assertThat(cluster.kubernetesVersion()).isEqualTo("1.31.2");
        assertThat(cluster.networkPlugin()).isEqualTo(Cluster.NetworkPlugin.AZURE_OVERLAY);
        assertThat(cluster.privateCluster()).isEqualTo(Answer.NO);
        assertThat(cluster.vnetIntegration()).isEqualTo(Answer.NO);
        assertThat(cluster.resourceGroupLockedDown()).isEqualTo(Answer.NO);
        assertThat(cluster.outboundAddresses()).containsExactly("198.51.100.21", "198.51.100.22");
        assertThat(List.of(
                        cluster.allocatedOutboundPorts(), cluster.idleTimeoutMinutes(), cluster.managedOutboundIps()))
                .containsExactly(1024, 30, 2);
        assertThat(cluster.pools())
                .extracting(Cluster.AgentPool::name, Cluster.AgentPool::maxCount, Cluster.AgentPool::kind)
                .containsExactly(
                        tuple("system", -1, "VirtualMachineScaleSets"), tuple("shop", 40, "VirtualMachineScaleSets"));
        assertThat(facts.scaleSets)
                .hasSize(2)
                .allMatch(s -> s.networkStated() && s.subnetIds().equals(List.of(NODES_SUBNET)));
        assertThat(facts.scaleSets.get(0).pool()).isEqualTo("system");
        assertThat(facts.nsgs).extracting(Nsg::managed).containsExactly(true);
        assertThat(facts.scaleSets.get(0).nsgId()).isEqualTo(facts.nsgs.get(0).id());
        assertThat(facts.networks).hasSize(1).allSatisfy(network -> {
            assertThat(network.peeredPrefixes()).containsExactly("10.0.0.0/16");
            assertThat(network.gatewayPeering()).isTrue();
            assertThat(network.dnsServers()).containsExactly("10.0.1.4");
        });
        assertThat(facts.subnets).hasSize(2);
        assertThat(facts.subnets.get(0).nsgId()).isEqualTo(SHOP_NSG);
        assertThat(facts.subnets.get(0).virtualNetworkId())
                .isEqualTo(facts.networks.get(0).id());
        assertThat(facts.subnets.get(0).routeTableId())
                .isEqualTo(facts.routeTables.get(0).id());
        assertThat(facts.routeTables.get(0).routes().get(0).nextHopAddress()).isEqualTo("10.0.2.4");
        assertThat(facts.loadBalancers.get(0).outboundRules())
                .extracting(r -> r.allocatedPorts(), r -> r.idleTimeoutMinutes(), r -> r.frontends())
                .containsExactly(tuple(1024, 30, 6));
        assertThat(facts.natGateways.get(0).publicAddresses()).isEqualTo(5);
        assertThat(facts.locks.get(0).scope()).endsWith("/resourcegroups/mc_rg-shop_shop-aks_westeurope");
        assertThat(facts.interfaces).hasSize(1).allSatisfy(nic -> {
            assertThat(nic.addresses()).containsExactly("10.224.0.4");
            assertThat(nic.virtualMachineId()).endsWith("/virtualmachines/0");
            assertThat(nic.applicationGroups()).hasSize(1);
        });
    }

    private static Cluster cluster(FactsBuilder facts) {
        return Objects.requireNonNull(facts.cluster);
    }

    @Test
    void theOrderOfResourcesDoesNotMatter() {
        List<Tree> reversed = new ArrayList<>(JsonTrees.items("landscape.json"));
        Collections.reverse(reversed);
        FactsBuilder facts = read(reversed);

        assertThat(facts.problems).isEmpty();
        assertThat(facts.nsgs).extracting(Nsg::managed).containsExactly(true);
        assertThat(cluster(facts).outboundAddresses()).hasSize(2);
        assertThat(facts.loadBalancers.get(0).outboundRules().get(0).frontends())
                .isEqualTo(6);
    }

    @ParameterizedTest(name = "{0} private {1} integration {2} plugin {3}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'x':1; CANNOT_TELL; CANNOT_TELL; UNKNOWN",
                "'fqdn':'a.hcp.westeurope.azmk8s.io'; NO; NO; UNKNOWN",
                "'apiServerAccessProfile':null; NO; NO; UNKNOWN",
                "'apiServerAccessProfile':'@{enablePrivateCluster=True}','fqdn':'a'; CANNOT_TELL; CANNOT_TELL; UNKNOWN",
                "'apiServerAccessProfile':{'enablePrivateCluster':'True'}; YES; NO; UNKNOWN",
                "'ApiServerAccessProfile':{'EnableVnetIntegration':true,'EnablePrivateCluster':'maybe'}; CANNOT_TELL; YES; UNKNOWN",
                "'networkProfile':{'networkPlugin':'kubenet'}; CANNOT_TELL; CANNOT_TELL; KUBENET",
                "'NetworkProfile':{'NetworkPlugin':'Azure','networkPluginMode':null}; CANNOT_TELL; CANNOT_TELL; AZURE_NODE_SUBNET",
                "'networkProfile':{'networkPlugin':'azure','networkPluginMode':'new'}; CANNOT_TELL; CANNOT_TELL; UNKNOWN",
                "'networkProfile':{'networkPlugin':'azure'},'agentPoolProfiles':[{'name':'p','podSubnetID':'/S/P'}]; CANNOT_TELL; CANNOT_TELL; AZURE_POD_SUBNET",
                "'networkProfile':{'networkPlugin':'none'}; CANNOT_TELL; CANNOT_TELL; OTHER",
                "'networkProfile':['kubenet']; CANNOT_TELL; CANNOT_TELL; UNKNOWN"
            })
    void whatAClusterDoesNotStateIsNotAssumed(
            String properties, Answer privateCluster, Answer vnetIntegration, Cluster.NetworkPlugin plugin) {
        Cluster cluster =
                cluster(read("{'type':'Microsoft.ContainerService/managedClusters','name':'c'," + properties + "}"));

        assertThat(cluster.privateCluster()).isEqualTo(privateCluster);
        assertThat(cluster.vnetIntegration()).isEqualTo(vnetIntegration);
        assertThat(cluster.networkPlugin()).isEqualTo(plugin);
    }

    @Test
    void poolsOfTheirOwnReplaceTheClustersProfiles() {
        FactsBuilder facts = read(
                "{'type':'Microsoft.ContainerService/managedClusters','name':'c','agentPoolProfiles':[{'name':'one','count':1},{'name':'two','count':2}]}",
                "{'id':'/subscriptions/s/resourceGroups/r/providers/Microsoft.ContainerService/managedClusters/c/agentPools/two','name':'two',"
                        + "'type':'Microsoft.ContainerService/managedClusters/agentPools','typePropertiesType':'VirtualMachines','count':9}",
                "{'id':'/subscriptions/s/resourceGroups/r/providers/Microsoft.ContainerService/managedClusters/other/agentPools/two','name':'two'}");

        assertThat(cluster(facts).pools())
                .extracting(Cluster.AgentPool::name, Cluster.AgentPool::count, Cluster.AgentPool::kind)
                .containsExactly(tuple("one", 1, ""), tuple("two", 9, "VirtualMachines"));
        assertThat(facts.problems)
                .extracting(Problem::message)
                .singleElement()
                .asString()
                .contains("another cluster");
    }

    @Test
    void effectiveGroupsAreOneGroupWithEveryBinding() {
        FactsBuilder facts = read(JsonTrees.items("effective-nsg.json"));

        assertThat(facts.problems).isEmpty();
        Nsg nsg = facts.nsgs.get(0);
        assertThat(facts.nsgs).hasSize(1);
        assertThat(nsg.name()).isEqualTo("shop-nodes-nsg");
        assertThat(nsg.subnetIds()).containsExactly(NODES_SUBNET);
        assertThat(nsg.interfaceIds()).hasSize(1);
        assertThat(nsg.rules())
                .extracting(NsgRule::name, NsgRule::protocol, NsgRule::destinationPorts, NsgRule::understood)
                .containsExactly(
                        tuple("DenyKubeletPort", "Tcp", List.of("10250-10250"), true),
                        tuple("AllowVnetInBound", "*", List.of("0-65535"), true),
                        tuple("Legacy", "Udp", List.of("1194-1194"), true));
        assertThat(nsg.rules().get(1).source().text())
                .isEqualTo("priority 65000 Inbound Allow All from VirtualNetwork to VirtualNetwork:0-65535");
        assertThat(nsg.rules().get(1).sourcePrefixes())
                .containsExactly("10.224.0.0/12", "10.0.0.0/16", "168.63.129.16/32");
    }

    @Test
    void anEffectiveReplyAddsBindingsToTheGroupGivenWhole() {
        List<Tree> both = new ArrayList<>(JsonTrees.items("effective-nsg.json"));
        both.addAll(JsonTrees.items("nsg-az.json"));
        FactsBuilder facts = read(both);

        assertThat(facts.problems).isEmpty();
        assertThat(facts.nsgs).hasSize(1);
        assertThat(facts.nsgs.get(0).rules()).hasSize(26);
        assertThat(facts.nsgs.get(0).interfaceIds()).hasSize(1);
    }

    @Test
    void aPolicysCollectionsStandInTheOrderOfEvaluation() {
        FactsBuilder facts = read(JsonTrees.items("firewall.json"));

        assertThat(facts.problems).isEmpty();
        AzureFirewall firewall = facts.firewalls.get(0);
        assertThat(firewall.complete()).isTrue();
        assertThat(firewall.privateAddress()).isEqualTo("10.0.2.4");
        assertThat(firewall.collections())
                .extracting(AzureFirewall.Collection::kind, AzureFirewall.Collection::name)
                .containsExactly(
                        tuple(AzureFirewall.Kind.DNAT, "dnat"),
                        tuple(AzureFirewall.Kind.NETWORK, "base-deny"),
                        tuple(AzureFirewall.Kind.NETWORK, "tunnel"),
                        tuple(AzureFirewall.Kind.NETWORK, "late-net"),
                        tuple(AzureFirewall.Kind.APPLICATION, "apps"));
        assertThat(firewall.collections().get(2).rules().get(1).destinationIpGroups())
                .containsExactly(facts.ipGroups.get(0).id());
        AzureFirewall.Rule hcp = firewall.collections().get(4).rules().get(1);
        assertThat(hcp.terminatesTls()).isTrue();
        assertThat(hcp.protocols()).containsExactly("Https:443");
        assertThat(hcp.source().document())
                .isEqualTo("azure[4] ruleCollectionGroups/early ruleCollections/apps rules/hcp");

        AzureFirewall classic = facts.firewalls.get(1);
        assertThat(classic.complete()).isTrue();
        assertThat(classic.collections())
                .extracting(AzureFirewall.Collection::name, AzureFirewall.Collection::allow)
                .containsExactly(tuple("first", true), tuple("second", false), tuple("app", true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop-policy", "base-policy", "late", "early", "base"})
    void aFirewallWithoutAnyOfItsPolicysPartsIsIncomplete(String missing) {
        List<Tree> items = JsonTrees.items("firewall.json").stream()
                .filter(item -> !item.text("name").orElse("").equals(missing))
                .toList();
        FactsBuilder facts = read(items);

        assertThat(facts.firewalls.get(0).complete()).isFalse();
        assertThat(facts.firewalls.get(1).complete()).isTrue();
        assertThat(facts.problems).hasSize(1);
    }

    @Test
    void policiesThatInheritFromEachOtherEnd() {
        FactsBuilder facts = read(
                "{'type':'Microsoft.Network/azureFirewalls','name':'f','firewallPolicy':{'id':'/a'}}",
                "{'type':'Microsoft.Network/firewallPolicies','name':'a','id':'/a','basePolicy':{'id':'/b'},'ruleCollectionGroups':[]}",
                "{'type':'Microsoft.Network/firewallPolicies','name':'b','id':'/b','basePolicy':{'id':'/a'},'ruleCollectionGroups':[]}");

        assertThat(facts.firewalls.get(0).complete()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'ports';'destinationPorts':['https']",
                "'action';'action':{'type':'Perhaps'}",
                "'sources';'sourceAddresses':[]",
                "'categories';'webCategories':['Gambling']"
            })
    void aFirewallRuleThatCannotBeReadMakesTheFirewallIncomplete(String change) {
        String bad = change.substring(change.indexOf(';') + 1);
        String rule =
                "'name':'r','protocols':['TCP'],'sourceAddresses':['*'],'destinationAddresses':['*'],'destinationPorts':['443']";
        boolean ofCollection = bad.startsWith("'action'");
        FactsBuilder facts = read(
                "{'type':'Microsoft.Network/azureFirewalls','name':'f','networkRuleCollections':[{'name':'c','priority':100,"
                        + (ofCollection ? bad : "'action':{'type':'Allow'}") + ",'rules':[{"
                        + replaced(rule, ofCollection ? "" : bad) + "}]}]}");

        assertThat(facts.firewalls.get(0).complete()).isFalse();
        assertThat(facts.problems).hasSize(1);
    }

    private static String replaced(String rule, String bad) {
        String key = bad.isEmpty() ? "" : bad.substring(0, bad.indexOf(':') + 1);
        return bad.isEmpty() ? rule : rule.contains(key) ? rule.replaceAll(key + "\\[[^]]*]", bad) : rule + "," + bad;
    }

    @Test
    void adminRulesNeedProofOfDeployment() {
        String rule =
                "'name':'no-kubelet','access':'AlwaysAllow','direction':'Inbound','priority':10,'protocol':'Any','sourcePortRanges':['0-65535'],"
                        + "'destinationPortRanges':['10250'],'sources':[{'addressPrefix':'*','addressPrefixType':'IPPrefix'}],'destinations':[{'addressPrefix':'10.0.0.0/8','addressPrefixType':'IPPrefix'}]";
        String id =
                "'id':'/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/networkManagers/m/securityAdminConfigurations/c/ruleCollections/k/rules/no-kubelet',";
        FactsBuilder defined = read("{" + id + rule + "}");
        FactsBuilder effective = read("{'value':[{" + id + "'configurationDescription':''," + rule + "}]}");

        assertThat(defined.adminRules.get(0).rule().understood()).isFalse();
        assertThat(defined.problems).hasSize(1);
        assertThat(effective.problems).isEmpty();
        assertThat(effective.adminRules.get(0).rule().understood()).isTrue();
        assertThat(effective.adminRules.get(0).access()).isEqualTo("AlwaysAllow");
        assertThat(effective.adminRules.get(0).rule().destinationPrefixes()).containsExactly("10.0.0.0/8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'just text'",
                "null",
                "{}",
                "{'name':'x'}",
                "{'type':'Microsoft.Network/networkSecurityGroups'}",
                "{'name':'x','type':'Microsoft.Network/networkSecurityGroups'}",
                "{'name':'x','type':'Microsoft.Network/networkSecurityGroups','securityRules':'none'}",
                "{'name':'x','type':'Microsoft.Network/networkSecurityGroups','securityRules':[],'subnets':[{}]}",
                "{'name':'x','type':'Microsoft.Network/virtualNetworks'}",
                "{'name':'x','type':'Microsoft.Network/virtualNetworks/subnets'}",
                "{'name':'x','type':'Microsoft.Network/virtualNetworks/subnets','addressPrefix':'10.0.0.0/8','networkSecurityGroup':'Microsoft.Azure.Commands.Network.Models.PSNetworkSecurityGroup'}",
                "{'name':'x','type':'Microsoft.Network/routeTables'}",
                "{'name':'x','type':'Microsoft.Network/routeTables','routes':[{'name':'r','addressPrefix':'0.0.0.0/0'}]}",
                "{'name':'x','type':'Microsoft.Network/loadBalancers'}",
                "{'name':'x','type':'Microsoft.Network/networkInterfaces'}",
                "{'name':'x','type':'Microsoft.Network/networkInterfaces','ipConfigurations':[{'subnet':{}}]}",
                "{'name':'x','type':'Microsoft.Network/ipGroups'}",
                "{'name':'x','type':'Microsoft.ContainerService/managedClusters/agentPools'}",
                "{'value':[{'addressPrefix':['0.0.0.0/0'],'nextHopType':'None','source':'Default'},{'addressPrefix':['10.0.0.0/8'],'nextHopType':'None','source':'Default'}]}",
                "{'networkSecurityGroup':null,'effectiveSecurityRules':[]}",
                "{'nextLink':'more','value':[]}",
                "[[[[[[[[[[{'name':'x'}]]]]]]]]]]"
            })
    void evidenceThatCannotBeUsedIsAProblemAndNoFact(String item) {
        FactsBuilder facts = read(item);

        assertThat(facts.problems).hasSize(1);
        assertThat(facts.cluster).isNull();
        assertThat(facts.nsgs).isEmpty();
        assertThat(facts.subnets).isEmpty();
        assertThat(facts.networks).isEmpty();
        assertThat(facts.routeTables).isEmpty();
        assertThat(facts.loadBalancers).isEmpty();
        assertThat(facts.interfaces).isEmpty();
        assertThat(facts.ipGroups).isEmpty();
    }

    @Test
    void aScaleSetWithoutAReadableNetworkProfileDoesNotStateItsNetwork() {
        String set = "{'name':'aks-np-1-vmss','type':'Microsoft.Compute/virtualMachineScaleSets'";
        assertThat(read(set + "}").scaleSets.get(0).networkStated()).isFalse();
        FactsBuilder torn = read(
                set
                        + ",'virtualMachineProfile':{'networkProfile':{'networkInterfaceConfigurations':[{'networkSecurityGroup':{}}]}}}");
        assertThat(torn.scaleSets.get(0).networkStated()).isFalse();
        assertThat(torn.scaleSets.get(0).pool()).isEqualTo("np");
        assertThat(torn.problems).hasSize(1);
    }

    @Test
    void theFirstOfTwoWithTheSameIdCounts() {
        String nsg = "{'name':'%s','id':'/x/%s','type':'Microsoft.Network/networkSecurityGroups','securityRules':[%s]}";
        FactsBuilder facts = read(
                String.format(Locale.ROOT, nsg, "n", "n", KUBELET_RULE), String.format(Locale.ROOT, nsg, "n", "N", ""));

        assertThat(facts.nsgs).hasSize(1);
        assertThat(facts.nsgs.get(0).rules()).hasSize(1);
        assertThat(facts.problems)
                .extracting(Problem::message)
                .singleElement()
                .asString()
                .contains("given twice");
    }

    @Test
    void aSubnetAloneAndInsideItsNetworkCountsOnce() {
        String subnet =
                "{'name':'s','id':'/v/virtualNetworks/v/subnets/s','type':'Microsoft.Network/virtualNetworks/subnets','addressPrefix':'10.0.0.0/24','networkSecurityGroup':%s}";
        String network =
                "{'name':'v','id':'/v/virtualNetworks/v','type':'Microsoft.Network/virtualNetworks','addressSpace':{'addressPrefixes':['10.0.0.0/16']},'subnets':["
                        + String.format(Locale.ROOT, subnet, "{'id':'/N'}") + "]}";
        FactsBuilder same = read(network, String.format(Locale.ROOT, subnet, "{'id':'/n'}"));
        FactsBuilder other = read(network, String.format(Locale.ROOT, subnet, "null"));

        assertThat(same.subnets).hasSize(1);
        assertThat(same.problems).isEmpty();
        assertThat(other.subnets).hasSize(1);
        assertThat(other.problems).hasSize(1);
    }

    @Test
    void typesNoFactIsMadeOfAreKnownNoise() {
        FactsBuilder facts = read(
                "{'type':'Microsoft.Compute/virtualMachineScaleSets/virtualMachines','name':'0','instanceId':'0'}",
                "{'id':'/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/disks/d'}");

        assertThat(facts.problems).isEmpty();
    }

    @Test
    void resourcesWithoutATypeAreKnownByTheirShape() {
        FactsBuilder facts = read(
                "{'Name':'n','SecurityRules':[]}",
                "{'name':'r','routes':[]}",
                "{'name':'s','addressPrefix':'10.0.0.0/24','networkSecurityGroup':'n'}",
                "{'name':'c','agentPoolProfiles':[]}");

        assertThat(facts.problems).isEmpty();
        assertThat(facts.nsgs).hasSize(1);
        assertThat(facts.routeTables).hasSize(1);
        assertThat(facts.subnets.get(0).nsgId()).isEqualTo("n");
        assertThat(facts.cluster).isNotNull();
    }

    @Test
    void rulesGivenWithoutTheirGroupAreAProblemOnce() {
        String rule =
                "{'type':'Microsoft.Network/networkSecurityGroups/securityRules','id':'/x/networkSecurityGroups/n/securityRules/%s','name':'%s'}";
        FactsBuilder facts = read("[" + String.format(Locale.ROOT, rule, "a", "a") + ","
                + String.format(Locale.ROOT, rule, "b", "b") + "]");

        assertThat(facts.problems).hasSize(1);
        assertThat(facts.nsgs).isEmpty();
    }

    @Test
    void namesStayOnOneBoundedLine() {
        String name = "n\\n" + "x".repeat(10_000);
        FactsBuilder facts =
                read("{'type':'Microsoft.Network/networkSecurityGroups','name':'" + name + "','securityRules':[]}");

        assertThat(facts.nsgs.get(0).source().document()).doesNotContain("\n").hasSizeLessThan(200);
    }
}
