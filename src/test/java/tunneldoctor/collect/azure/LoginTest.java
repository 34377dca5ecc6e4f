package tunneldoctor.collect.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.management.AzureEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which subscription is meant, by what az left behind and by the environment. */
class LoginTest {
    private static final String ONE = "11111111-1111-1111-1111-111111111111";
    private static final String TWO = "22222222-2222-2222-2222-222222222222";
    private static final String UNKNOWN = "33333333-3333-3333-3333-333333333333";

    @TempDir
    private Path folder;

    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void signedIn() throws Exception {
        variables.put("AZURE_CONFIG_DIR", folder.toString());
        Files.writeString(folder.resolve("azureProfile.json"), """
                \uFEFF{"subscriptions": [
                 {"id": "%s", "name": "Shop Test", "tenantId": "t-1", "environmentName": "AzureCloud", "isDefault": false},
                 {"id": "%s", "name": "Shop", "tenantId": "t-2", "environmentName": "AzureUSGovernment", "isDefault": true}
                ]}""".formatted(ONE, TWO));
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', " + TWO + ", t-2",
        "shop test, '', " + ONE + ", t-1",
        ONE + ", '', " + ONE + ", t-1",
        "'', " + ONE + ", " + ONE + ", t-1",
        TWO + ", " + ONE + ", " + TWO + ", t-2",
        UNKNOWN + ", '', " + UNKNOWN + ", ''",
    })
    void theSubscriptionIsTheOneAskedForOrTheSelectedOne(String asked, String variable, String id, String tenant)
            throws Exception {
        variables.put("AZURE_SUBSCRIPTION_ID", variable);

        Login login = Login.find(Optional.of(asked).filter(text -> !text.isEmpty()), variables);

        assertThat(login.subscription()).isEqualTo(id);
        assertThat(login.tenant()).isEqualTo(tenant);
    }

    @Test
    void theCloudIsTheSubscriptionsOwn() throws Exception {
        assertThat(Login.find(Optional.of(TWO), variables).environment())
                .isSameAs(AzureEnvironment.AZURE_US_GOVERNMENT);
        assertThat(Login.find(Optional.of(ONE), variables).environment()).isSameAs(AzureEnvironment.AZURE);
        variables.put("AZURE_AUTHORITY_HOST", "https://login.chinacloudapi.cn/");
        assertThat(Login.find(Optional.of(UNKNOWN), variables).environment()).isSameAs(AzureEnvironment.AZURE_CHINA);
    }

    @ParameterizedTest
    @CsvSource({"no such name", "''"})
    void anUnknownNameIsRefusedBeforeAnythingIsSent(String name) throws Exception {
        if (name.isEmpty()) {
            Files.writeString(folder.resolve("azureProfile.json"), "{ not json");
        }
        assertThatThrownBy(() -> Login.find(Optional.of(name).filter(text -> !text.isEmpty()), variables))
                .isInstanceOf(NoSubscriptionException.class)
                .hasMessageMatching("no subscription \"no such name\" is known to az|which subscription is not said.*")
                .extracting(e -> ((NoSubscriptionException) e).advice())
                .asString()
                .contains("--subscription", "az login");
    }

    @Test
    void aStandInIsOnThisMachineOnly() {
        assertThatThrownBy(() -> AzureSource.standIn(java.net.URI.create("http://192.0.2.1/"), ONE, "rg", "shop"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
