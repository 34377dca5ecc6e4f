package tunneldoctor.collect.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.management.AzureEnvironment;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.ChainedTokenCredentialBuilder;
import com.azure.identity.EnvironmentCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tunneldoctor.collect.JsonTree;
import tunneldoctor.model.Tree;

/**
 * Which subscription is meant and how to sign in, from what {@code az login} left behind and from the environment. Nothing
 * is sent for it.
 *
 * @param subscription its id
 * @param tenant its tenant; empty where not known
 * @param environment which of Azure's clouds
 */
record Login(String subscription, String tenant, AzureEnvironment environment) {
    private static final Pattern ID = Pattern.compile("(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /**
     * @param wanted a subscription's id or name; the one that {@code az} uses where empty
     * @param variables of the environment
     */
    static Login find(Optional<String> wanted, Map<String, String> variables) throws NoSubscriptionException {
        List<Tree> known = profile(variables);
        Optional<String> asked = wanted.or(() -> variable(variables, "AZURE_SUBSCRIPTION_ID"));
        Optional<Tree> found = known.stream()
                .filter(one -> asked.isPresent()
                        ? is(one, "id", asked.get()) || is(one, "name", asked.get())
                        : is(one, "isDefault", "true"))
                .findFirst();
        String id = found.flatMap(one -> one.text("id"))
                .or(() -> asked.filter(text -> ID.matcher(text).matches()))
                .orElseThrow(() -> new NoSubscriptionException(
                        asked.map(text -> "no subscription \"" + ArmFailure.line(text) + "\" is known to az")
                                .orElse("which subscription is not said, and az has none selected")));
        return new Login(
                id,
                found.flatMap(one -> one.text("tenantId"))
                        .or(() -> variable(variables, "AZURE_TENANT_ID"))
                        .orElse(""),
                environment(found.flatMap(one -> one.text("environmentName"))
                        .or(() -> variable(variables, "AZURE_AUTHORITY_HOST"))
                        .orElse("")));
    }

    private static boolean is(Tree subscription, String key, String value) {
        return subscription.text(key).map(text -> text.equalsIgnoreCase(value)).orElse(false);
    }

    private static Optional<String> variable(Map<String, String> variables, String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }

    /** The subscriptions that {@code az login} found; none where it never ran. */
    private static List<Tree> profile(Map<String, String> variables) {
        Path folder = variable(variables, "AZURE_CONFIG_DIR")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home", "."), ".azure"));
        try {
            String text = Files.readString(folder.resolve("azureProfile.json"), StandardCharsets.UTF_8);
            return JsonTree.read(text.startsWith("\uFEFF") ? text.substring(1) : text)
                    .items("subscriptions");
        } catch (IOException e) {
            return List.of();
        }
    }

    /** @param hint the name that az has for a cloud, or the host where its logins are made */
    private static AzureEnvironment environment(String hint) {
        String lower = hint.toLowerCase(Locale.ROOT);
        if (lower.contains("china")) {
            return AzureEnvironment.AZURE_CHINA;
        }
        return lower.contains("usgov") || lower.contains("microsoftonline.us")
                ? AzureEnvironment.AZURE_US_GOVERNMENT
                : AzureEnvironment.AZURE;
    }

    /** Workload identity or a service principal where the environment tells of one, else the user's {@code az login}. */
    TokenCredential credential(Map<String, String> variables) {
        ChainedTokenCredentialBuilder chain = new ChainedTokenCredentialBuilder();
        if (variable(variables, "AZURE_FEDERATED_TOKEN_FILE").isPresent()) {
            chain.addLast(new WorkloadIdentityCredentialBuilder().build());
        } else if (variable(variables, "AZURE_CLIENT_ID").isPresent()) {
            chain.addLast(new EnvironmentCredentialBuilder().build());
        }
        AzureCliCredentialBuilder cli = new AzureCliCredentialBuilder();
        return chain.addLast((tenant.isEmpty() ? cli : cli.tenantId(tenant)).build())
                .build();
    }
}
