package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.PortSet;

class PortRunsTest {
    @Test
    void gapsBetweenPortsAreOnePart() {
        PortRuns runs = new PortRuns(PortSet.ALL);
        runs.add(PortSet.of(22));
        runs.add(PortSet.of(10_250));

        assertThat(runs.alike().stream().map(PortSet::toString))
                .containsExactly("0-21,23-10249,10251-65535", "22", "10250");
        assertThat(runs.size()).isEqualTo(5);
    }

    @Test
    void portsAreAlikeWhereTheSameRulesAskForThem() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            PortSet scope = random.nextInt(3) == 0 ? PortSet.ALL : some(random);
            List<PortSet> asked = new ArrayList<>();
            PortRuns runs = new PortRuns(scope);
            for (int i = random.nextInt(6); i > 0; i--) {
                PortSet ports = random.nextInt(4) == 0 && !asked.isEmpty() ? asked.get(0) : some(random);
                asked.add(ports);
                runs.add(ports);
            }
            Map<List<Boolean>, PortSet> expected = new HashMap<>();
            for (int port = 0; port <= PortSet.LAST; port += port < 40 ? 1 : 1 + random.nextInt(4000)) {
                if (scope.covers(port)) {
                    int one = port;
                    expected.merge(
                            asked.stream().map(ports -> ports.covers(one)).toList(), PortSet.of(port), PortSet::union);
                }
            }

            PortSet looked = PortSet.union(expected.values());

            List<PortSet> parts = runs.alike();

            assertThat(PortSet.union(parts)).isEqualTo(scope);
            assertThat(parts.stream().mapToInt(PortSet::size).sum()).isEqualTo(scope.size());
            expected.values()
                    .forEach(ports -> assertThat(parts)
                            .as("%s of %s", ports, asked)
                            .filteredOn(part -> !part.intersect(ports).isEmpty())
                            .singleElement()
                            .satisfies(
                                    part -> assertThat(part.intersect(looked)).isEqualTo(ports)));
        }
    }

    private static PortSet some(Random random) {
        int first = random.nextInt(40);
        PortSet ports = PortSet.range(first, first + random.nextInt(8));
        return switch (random.nextInt(4)) {
            case 0 -> ports.complement();
            case 1 -> ports.union(PortSet.of(random.nextInt(40)));
            default -> ports;
        };
    }
}
