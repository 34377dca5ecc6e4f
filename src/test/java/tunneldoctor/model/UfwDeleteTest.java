package tunneldoctor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tunneldoctor.parse.UfwTexts;

class UfwDeleteTest {
    /** Undone last first, each rule goes back to the place it had when it went. */
    @Test
    void aRuleIsPutBackWhereItStoodWhenThoseBeforeItWereGone() {
        UfwStatus status = UfwTexts.read("ufw status numbered", """
                Status: active

                     To                         Action      From
                     --                         ------      ----
                [ 1] 10250/tcp                  ALLOW IN    10.77.2.0/24
                [ 2] Anywhere                   DENY IN     10.77.0.0/16
                [ 3] 10250/tcp                  DENY IN     Anywhere
                [ 4] 10250/tcp                  ALLOW IN    10.77.1.1
                """).status();
        HostChange.UfwDelete first =
                new HostChange.UfwDelete(List.of(), status.rules().get(1));

        UfwStatus between = first.after(status);
        HostChange.UfwDelete second =
                new HostChange.UfwDelete(List.of(), between.rules().get(1));

        assertThat(between.rules()).extracting(UfwRule::position).containsExactly(1, 2, 3);
        assertThat(first.undoScript()).startsWith("ufw insert 2 deny from 10.77.0.0/16 ");
        assertThat(second.undoScript()).startsWith("ufw insert 2 deny proto tcp from any to any port 10250 ");
    }
}
