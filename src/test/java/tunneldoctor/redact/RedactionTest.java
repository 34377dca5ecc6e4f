package tunneldoctor.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.AddressSet;

class RedactionTest {
    private static Redaction of(String text, String key) {
        Redaction.Learning learning = Redaction.learning();
        text.lines().forEach(learning::line);
        return learning.with(key.getBytes(StandardCharsets.UTF_8));
    }

    private static String redacted(String text) {
        return of(text, "a key").text(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "name: payroll-prod-aks                                            | payroll",
                "id: /subscriptions/3f1c9e0a-7b2d-4c58-9a61-d20f5b8e4c77/resourceGroups/Payroll_RG | 3f1c9e0a,d20f5b8e4c77,payroll",
                "fqdn: payroll-dns-7f9c11aa.hcp.westeurope.azmk8s.io               | payroll,7f9c11aa",
                "tenantId: 5C1E77A0-4B3D-4F62-8E19-9A0D3B7C6E21                    | 5c1e77a0,9a0d3b7c6e21",
                "createdBy: alice.miller@contoso.com                               | alice,miller,contoso",
                "image: contosoacr.azurecr.io/payroll/web:1.2                      | contosoacr,payroll",
                "-A INPUT -s 203.0.113.77/32 -m comment --comment \"Alices VPN\" -j DROP | 203.0.113.77,alices",
                ":contoso-guard - [0:0]                                            | contoso,guard",
                "# ask Bob Fernandez about this                                    | bob,fernandez",
                "10.224.0.0/16 dev eth0 lladdr 00:0d:3a:2f:71:c4                   | 00:0d:3a:2f:71:c4",
                "mac: 00-0D-3A-2F-71-C4                                            | 00-0d-3a-2f-71-c4",
                "inet6 2603:1020:5:2::a1b2/64                                      | 2603:1020:5:2,a1b2",
                "url: https://acct9876.blob.core.windows.net/c?sv=2024&sig=Qm9iJ3M%3D&se=x | acct9876,Qm9iJ3M",
                "token: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl       | eyJhbGci,eyJzdWI,c2lnbm",
                "password: allow                                                   | allow",
                "Authorization: Bearer deny                                        | deny",
                "\"clientSecret\": \"tcp\"                                         | tcp",
                "symptoms: [\"\\u0063ontoso is down\"]                             | contoso,\\u0063ontoso",
                "path: /home/alice/payroll.yaml                                    | alice,payroll",
                "note: büroserver-münchen ist langsam                              | büroserver,münchen",
                "x: 工資系統-生產                                                     | 工資系統,生產",
                "reverse: 77.113.0.203.in-addr.arpa                                | 77.113.0.203",
                "host: ip-203-0-113-77.contoso.net                                 | 203-0-113-77,contoso",
                "machineID: 5f2b8c1d9e0a4f6b8c3d2e1f0a9b8c7d                         | 5f2b8c1d9e0a4f6b",
                "AccountKey=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4==;EndpointSuffix=core.windows.net | Zm9vYmFy",
            })
    void whatNamesSomebodyGoes(String line, String gone) {
        String after = redacted(line).toLowerCase(Locale.ROOT);

        assertThat(gone.split(",")).allSatisfy(name -> assertThat(after).doesNotContain(name.toLowerCase(Locale.ROOT)));
        assertThat(after).hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type: Microsoft.Network/networkSecurityGroups",
                "sourceAddressPrefix: AzureCloud.WestEurope",
                "destinationPortRange: 65200-65535",
                "-A INPUT -i eth0 -p tcp -m multiport --dports 22,10250 -m conntrack --ctstate NEW -j ACCEPT",
                ":KUBE-SERVICES - [0:0]",
                ":ufw-before-input - [12:3456]",
                "10250/tcp                  ALLOW IN    Anywhere                   # comment",
                "at: '2026-11-22T10:15:00Z'",
                "kubernetesVersion: '1.34.2'",
                "vmSize: Standard_D4s_v5",
                "name: konnectivity-agent",
                "namespace: kube-system",
                "location: westeurope",
                "address: 127.0.0.1, 168.63.129.16, 169.254.169.254, 0.0.0.0/0, 255.255.255.0",
                "cpu: 100m, memory: 4Gi",
                "Error from server: error dialing backend: dial tcp: i/o timeout",
                "tcp dport 10250 ct state established,related counter packets 12 bytes 900 accept",
                "id: 00000000-0000-0000-0000-000000000000",
                "clientSecret: null",
            })
    void whatNamesNobodyStays(String line) {
        assertThat(redacted(line)).isEqualTo(line);
    }

    @Test
    void aNameIsTheSameEverywhereAndInEveryCase() {
        String after = redacted("payroll aks-payroll PAYROLL nsg_payroll /payroll/");

        String pseudonym = after.substring(0, after.indexOf(' '));
        assertThat(after)
                .isEqualTo(
                        "%1$s aks-%1$s %2$s nsg_%1$s /%1$s/".formatted(pseudonym, pseudonym.toUpperCase(Locale.ROOT)));
    }

    @Test
    void namesKeepTheirOrderAndLength() {
        List<String> names = new Random(1)
                .ints(500, 0, 1 << 30)
                .mapToObj(n -> "q" + Integer.toString(n, 36))
                .distinct()
                .sorted()
                .toList();
        List<String> after = redacted(String.join("\n", names)).lines().toList();

        assertThat(after).isSorted().doesNotHaveDuplicates();
        assertThat(after.stream().map(String::length).toList())
                .isEqualTo(names.stream().map(String::length).toList());
        assertThat(after).doesNotContainAnyElementsOf(names);
    }

    @Test
    void addressesKeepTheirOrderTheirSubnetsAndTheirRanges() {
        Random random = new Random(2);
        List<String> blocks = random.ints(300, 0, 4)
                .mapToObj(kind -> {
                    int length = 8 + random.nextInt(25);
                    long base = List.of(0x0a00_0000L, 0xac10_0000L, 0xc0a8_0000L, 0x1400_0000L)
                            .get(kind);
                    long host = random.nextInt(1 << List.of(24, 20, 16, 24).get(kind));
                    long first = (base | host) >> 32 - length << 32 - length;
                    return AddressSet.format(first) + "/" + length;
                })
                .distinct()
                .toList();
        List<AddressSet> before = sets(blocks);
        List<AddressSet> after =
                sets(redacted(String.join("\n", blocks)).lines().toList());

        for (int i = 0; i < before.size(); i++) {
            for (int k = 0; k < before.size(); k++) {
                assertThat(after.get(i).intersect(after.get(k)).isEmpty())
                        .isEqualTo(before.get(i).intersect(before.get(k)).isEmpty());
                assertThat(after.get(i).minus(after.get(k)).isEmpty())
                        .isEqualTo(before.get(i).minus(before.get(k)).isEmpty());
            }
        }
        long moved = 0;
        for (int i = 0; i < before.size(); i++) {
            moved += before.get(i).equals(after.get(i)) ? 0 : 1;
        }
        assertThat(moved).isGreaterThan(before.size() / 2);
    }

    private static List<AddressSet> sets(List<String> blocks) {
        return blocks.stream()
                .map(block -> AddressSet.parse(block).orElseThrow())
                .toList();
    }

    @Test
    void anotherKeyGivesOtherPseudonyms() {
        String text = "payroll 10.20.30.40 3f1c9e0a-7b2d-4c58-9a61-d20f5b8e4c77";

        assertThat(of(text, "one").text(text)).isNotEqualTo(of(text, "another").text(text));
        assertThat(of(text, "one").text(text)).isEqualTo(of(text, "one").text(text));
    }

    @Test
    void whatWasReplacedIsKnownToWhoRedacted() {
        Redaction redaction = of("nsg-payroll 10.20.30.40", "key");
        redaction.text("nsg-payroll 10.20.30.40");

        Map<String, String> replaced = redaction.replaced();

        assertThat(replaced.keySet()).containsExactlyInAnyOrder("payroll", "10.20.30.40");
        assertThat(redaction.line("payroll")).isEqualTo(replaced.get("payroll"));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 1_000, 100_000})
    void aLongLineIsRedactedToo(int words) {
        String line =
                new Random(3).ints(words, 0, 1000).mapToObj(n -> "w" + n + "z.").collect(Collectors.joining("-"));

        assertThat(redacted(line)).hasSameSizeAs(line).doesNotContain("w1z");
    }
}
