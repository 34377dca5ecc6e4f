package tunneldoctor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ScaleSetTest {
    private static final Pattern NAME = Pattern.compile("aks-(.+)-\\d+-vmss", Pattern.CASE_INSENSITIVE);

    @Test
    void thePoolStandsInNamesThatAksGave() {
        assertThat(ScaleSet.poolInName("aks-nodepool1-12345678-vmss")).contains("nodepool1");
        assertThat(ScaleSet.poolInName("AKS-Two-Parts-1-VMSS")).contains("Two-Parts");
        assertThat(ScaleSet.poolInName("akswin000001")).isEmpty();
    }

    @Test
    void namesAreReadAsARegularExpressionReadsThem() {
        Random random = new Random(3);
        String[] pieces = {"aks-", "AKS", "-", "pool", "1", "23", "-vmss", "-VMSS", "vmss", "\u0130", "", "\u0661"};
        for (int i = 0; i < 300_000; i++) {
            StringBuilder name = new StringBuilder(random.nextBoolean() ? "aks-" : "");
            for (int left = random.nextInt(6); left > 0; left--) {
                name.append(pieces[random.nextInt(pieces.length)]);
            }
            name.append(random.nextBoolean() ? "-vmss" : "");
            Matcher said = NAME.matcher(name);
            assertThat(ScaleSet.poolInName(name.toString()))
                    .as(name.toString())
                    .isEqualTo(said.matches() ? Optional.of(said.group(1)) : Optional.empty());
        }
    }
}
