package tunneldoctor.collect.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.collect.nodes.NodeScript;
import tunneldoctor.collect.nodes.SampleScript;

/** What may be sent, and that nothing else is. */
class ReadOnlyTest {
    private static final URI ARM = URI.create("https://management.azure.com/");
    private static final String GROUP = "https://management.azure.com/subscriptions/s/resourceGroups/rg/providers/";
    private static final String RUN =
            GROUP + "Microsoft.Compute/virtualMachineScaleSets/v/virtualMachines/3/runCommand?api-version=2025-04-01";

    private static Optional<String> refusal(HttpMethod method, String url, String body, Optional<Object> script) {
        HttpRequest request = new HttpRequest(method, url);
        if (!body.isEmpty()) {
            request.setBody(body);
        }
        return ReadOnly.whyNot(ARM, request, script);
    }

    private static Optional<String> get(String url) {
        return refusal(HttpMethod.GET, url, "", Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(ArmType.class)
    void everyKindThatIsReadMayBe(ArmType type) {
        String[] parts = type.type().split("/");
        StringBuilder path = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            path.append('/').append(parts[i]).append("/n").append(i);
        }

        assertThat(get(GROUP + path + "?api-version=" + type.apiVersion())).isEmpty();
        assertThat(get(GROUP + path.substring(0, path.lastIndexOf("/")) + "?api-version=1"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://management.azure.com/subscriptions/s/providers/Microsoft.Network/azureFirewalls",
                "https://management.azure.com:8443/subscriptions/s/providers/Microsoft.Network/azureFirewalls",
                "https://elsewhere.example/subscriptions/s/providers/Microsoft.Network/azureFirewalls",
                "https://management.azure.com@elsewhere.example/subscriptions/s/providers/Microsoft.Network/azureFirewalls",
                "https://someone@management.azure.com/subscriptions/s/providers/Microsoft.Network/azureFirewalls",
                "https://management.azure.com/subscriptions/s/providers/Microsoft.KeyVault/vaults/v",
                "https://management.azure.com/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/../x",
                "https://management.azure.com/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/%2e%2e",
                "https://management.azure.com/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/a%2Fb",
                "https://management.azure.com/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute//virtualMachines",
                "https://management.azure.com/subscriptions/s",
                "https://management.azure.com/",
            })
    void noOtherReadIsSent(String url) {
        assertThat(get(url)).isPresent();
    }

    static Stream<HttpMethod> writes() {
        return Stream.of(HttpMethod.values()).filter(method -> method != HttpMethod.GET);
    }

    @ParameterizedTest
    @MethodSource("writes")
    void noMethodThatWritesIsSent(HttpMethod method) {
        NodeScript script = SampleScript.any();

        for (ArmType type : ArmType.values()) {
            String url = GROUP + type.type() + "/n?api-version=1";
            assertThat(refusal(method, url, "{}", Optional.of(script))).as(url).isPresent();
        }
        if (method != HttpMethod.POST) {
            assertThat(refusal(method, RUN, body(script.text()), Optional.of(script)))
                    .isPresent();
        }
    }

    @Test
    void runCommandTakesOneOfOurScriptsOnly() {
        NodeScript script = SampleScript.any();
        String ours = body(script.text());

        assertThat(refusal(HttpMethod.POST, RUN, ours, Optional.of(script))).isEmpty();
        assertThat(refusal(HttpMethod.POST, RUN.toLowerCase(Locale.ROOT), ours, Optional.of(script)))
                .isEmpty();
        assertThat(refusal(HttpMethod.POST, RUN.replace("virtualMachineScaleSets/v/", ""), ours, Optional.of(script)))
                .isEmpty();
        assertThat(refusal(HttpMethod.POST, RUN, ours, Optional.empty())).isPresent();
        assertThat(refusal(HttpMethod.POST, RUN, ours, Optional.of("a text that says it is a script")))
                .isPresent();
        assertThat(refusal(HttpMethod.POST, RUN, body(script.text() + "\nreboot"), Optional.of(script)))
                .isPresent();
        assertThat(refusal(
                        HttpMethod.POST,
                        RUN,
                        ours.replace("RunShellScript", "RunPowerShellScript"),
                        Optional.of(script)))
                .isPresent();
        assertThat(refusal(
                        HttpMethod.POST,
                        RUN,
                        ours.replace("{\"commandId", "{\"parameters\":[],\"commandId"),
                        Optional.of(script)))
                .isPresent();
        assertThat(refusal(HttpMethod.POST, RUN, "", Optional.of(script))).isPresent();
        assertThat(refusal(HttpMethod.POST, RUN.replace("runCommand", "restart"), ours, Optional.of(script)))
                .isPresent();
        assertThat(refusal(HttpMethod.POST, RUN.replace("runCommand", "runCommands"), ours, Optional.of(script)))
                .isPresent();
    }

    private static String body(String text) {
        StringBuilder lines = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            lines.append(lines.length() == 0 ? "" : ",")
                    .append('"')
                    .append(line.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t"))
                    .append('"');
        }
        return "{\"commandId\":\"RunShellScript\",\"script\":[" + lines + "]}";
    }
}
