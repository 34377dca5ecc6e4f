package tunneldoctor.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            curl -H 'Authorization: Bearer abcdefgh12345678.xyz' x | abcdefgh12345678
            https://acct.blob.core.windows.net/c?sv=2024&sig=ab%2Fcd1234efgh5678%3D&se=1 | cd1234efgh5678
            AccountName=a;AccountKey=c2VjcmV0c2VjcmV0;EndpointSuffix=core | c2VjcmV0c2VjcmV0
            postgres://app:hunter22@db:5432/x | hunter22
            --admin-password hunter22 --verbose | hunter22
            DB_PASSWORD=hunter22 | hunter22
            password: "hunter22" | hunter22
            {"clientSecret": "hunter22"} | hunter22
            Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1Qq1A1== | Qq1Qq1
            x abc8Q~0123456789012345678901234567890123 y | 8Q~0123
            ghp_0123456789012345678901234567890123456 | ghp_0123
            eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl | c2lnbmF0dXJl
            LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlF | UklWQVRF
            """)
    void whatLooksLikeASecretDoesNotSurvive(String text, String secret) {
        assertThat(Secrets.removed(text)).doesNotContain(secret).contains(Secrets.REMOVED);
    }

    @Test
    void aPrivateKeyInAnOutputDoesNotSurvive() {
        String text =
                "before\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc/def+\n-----END RSA PRIVATE KEY-----\nafter\n";

        assertThat(Secrets.removed(text)).isEqualTo("before\nREMOVED\nafter\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-A KUBE-SEP-QUOJXFXK6S7XYBS3 -s 10.244.0.5/32 -m comment --comment \"default/api-token:https-metrics\" -j KUBE-MARK-MASQ",
                "-A INPUT -m comment --comment \"kube-system/secret-store:webhook-server\" -j KUBE-NODEPORTS",
                "Get \"https://aks-np-vmss000001:10250/containerLogs/kube-system/p/c\": dial tcp 10.224.0.5:10250: i/o timeout",
                "MountVolume.SetUp failed for volume \"cert\" : secret \"konnectivity-certs\" not found",
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/basic-nsg",
            })
    void evidenceStaysAsItIs(String text) {
        assertThat(Secrets.removed(text)).isEqualTo(text);
    }

    @Test
    void fieldsThatHoldSecretsAreEmptiedAndThoseThatOnlyNameThemStay() throws IOException {
        String json = """
                {"id": "/x", "kind": "Pod", "properties": {
                 "windowsProfile": {"adminUsername": "azureuser", "adminPassword": "p1-planted"},
                 "servicePrincipalProfile": {"clientId": "c", "secret": "p2-planted"},
                 "osProfile": {"customData": "p3-planted", "linuxConfiguration": {"ssh": {"publicKeys": [{"keyData": "p4-planted"}]}}},
                 "extensions": [{"protectedSettings": {"a": {"b": "p5-planted"}}}],
                 "env": [{"name": "STORAGE_KEY", "value": "p6-planted"}, {"name": "LOG_LEVEL", "value": "2"}],
                 "volumes": [{"secret": {"secretName": "p7-planted-name", "defaultMode": 420}}],
                 "projected": {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                 "automountServiceAccountToken": true,
                 "vaultSecretUrl": null,
                 "metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "p8-planted"}}}}
                """;
        Collected collected = new Collected("t", Clock.systemUTC());
        collected.azure(JsonTree.read(json));
        String kept = FactsWriter.text(collected.facts("f"));

        assertThat(kept)
                .contains("azureuser", "\"2\"", "420", "3607", "automountServiceAccountToken: true")
                .doesNotContain(List.of("p1-p", "p2-p", "p3-p", "p4-p", "p5-p", "p6-p", "p8-p"));
    }

    @Test
    void theDataOfASecretDoesNotSurvive() throws IOException {
        Collected collected = new Collected("t", Clock.systemUTC());
        collected.kubernetes(JsonTree.read(
                "{\"kind\": \"Secret\", \"metadata\": {\"name\": \"s\"}, \"data\": {\"k\": \"cGxhbnRlZA==\"}}"));

        assertThat(FactsWriter.text(collected.facts("f"))).doesNotContain("cGxhbnRlZA");
    }
}
