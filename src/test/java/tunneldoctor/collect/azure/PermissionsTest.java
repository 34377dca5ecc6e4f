package tunneldoctor.collect.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tunneldoctor.collect.JsonTree;
import tunneldoctor.collect.standin.FakeAzure;
import tunneldoctor.collect.standin.FakeCluster;
import tunneldoctor.model.Tree;

/** The role that is printed is enough for what is done, and no more. */
class PermissionsTest {
    private static List<String> actions(boolean runCommand) throws Exception {
        return JsonTree.read(Permissions.role(FakeCluster.SUBSCRIPTION, runCommand)).items("Actions").stream()
                .map(action -> ((Tree.Scalar) action).text())
                .toList();
    }

    @Test
    void itAllowsEveryReadThatIsMade() throws Exception {
        FakeCluster cluster = new FakeCluster(5).firewall().machinePool(1);
        List<String> allowed = actions(false).stream()
                .map(action -> action.toLowerCase(Locale.ROOT))
                .toList();
        try (FakeAzure azure = FakeAzure.start(cluster)) {
            AzureRun.of(azure, cluster);

            assertThat(azure.endpoints())
                    .allSatisfy(endpoint ->
                            assertThat(allowed).contains(endpoint.split(" ")[1].toLowerCase(Locale.ROOT) + "/read"));
        }
    }

    @Test
    void itAllowsNothingButReadsAndRunCommandWhereThatIsWanted() throws Exception {
        assertThat(actions(false))
                .allMatch(action -> action.endsWith("/read"))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(actions(true))
                .filteredOn(action -> !action.endsWith("/read"))
                .containsExactly(
                        "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action",
                        "Microsoft.Compute/virtualMachines/runCommand/action");
        assertThat(actions(true)).noneMatch(action -> action.contains("*"));
    }

    @Test
    void itIsOfTheSubscriptionAlone() throws Exception {
        Tree role = JsonTree.read(Permissions.role(FakeCluster.SUBSCRIPTION, true));

        assertThat(role.items("AssignableScopes"))
                .extracting(scope -> ((Tree.Scalar) scope).text())
                .containsExactly("/subscriptions/" + FakeCluster.SUBSCRIPTION);
        assertThat(role.items("DataActions")).isEmpty();
    }

    @Test
    void thePlanSaysWhatIsReadAndWhatItNeeds() {
        assertThat(String.join("\n", Permissions.plan("s-1", "shop-rg", "shop")))
                .contains("cluster shop of resource group shop-rg in subscription s-1", "needs the role Reader");
    }
}
