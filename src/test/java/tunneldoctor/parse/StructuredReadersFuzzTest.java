package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tunneldoctor.model.Problem;
import tunneldoctor.model.Tree;

/** Whatever stands where, a reader neither throws nor reports a problem without a place. */
class StructuredReadersFuzzTest {
    private static final int ROUNDS = 500;

    static Stream<Arguments> readers() {
        BiConsumer<List<Tree>, FactsBuilder> azure = AzureReader::read;
        BiConsumer<List<Tree>, FactsBuilder> kubernetes = KubernetesReader::read;
        BiConsumer<List<Tree>, FactsBuilder> metrics = MetricsReader::read;
        return Stream.of(
                Arguments.of("nsg-powershell.json", azure),
                Arguments.of("landscape.json", azure),
                Arguments.of("firewall.json", azure),
                Arguments.of("effective-nsg.json", azure),
                Arguments.of("kubernetes.json", kubernetes),
                Arguments.of("metrics-snat.json", metrics));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readers")
    void mutatedEvidenceNeverThrows(String fixture, BiConsumer<List<Tree>, FactsBuilder> reader) {
        List<Tree> items = JsonTrees.items(fixture);
        for (int seed = 0; seed < ROUNDS; seed++) {
            Mutation mutation = new Mutation(new Random(seed), seed % 3 == 0 ? 0.2 : 0.02);
            List<Tree> mutated = items.stream().map(mutation::of).toList();
            FactsBuilder facts = new FactsBuilder();
            assertThatCode(() -> reader.accept(mutated, facts))
                    .as("seed %d", seed)
                    .doesNotThrowAnyException();
            assertThat(facts.problems)
                    .extracting(Problem::at)
                    .allMatch(at -> !at.document().isEmpty() && at.line() >= 0);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readers")
    void mutatedTablesNeverThrow(String fixture, BiConsumer<List<Tree>, FactsBuilder> reader) {
        String table = JsonTrees.text("pods-table.txt");
        Random random = new Random(fixture.hashCode());
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder(table);
            for (int i = random.nextInt(20); i >= 0; i--) {
                int at = random.nextInt(text.length() + 1);
                switch (random.nextInt(3)) {
                    case 0 -> text.delete(at, at + 1);
                    case 1 -> text.insert(at, " \n\t<,=/ X\u001b".charAt(random.nextInt(10)));
                    default -> text.setLength(Math.max(at, text.length() / 2));
                }
            }
            List<Tree> scalar = List.of(new Tree.Scalar(text.toString(), true, 1));
            assertThatCode(() -> reader.accept(scalar, new FactsBuilder())).doesNotThrowAnyException();
        }
    }

    private record Mutation(Random random, double rate) {
        private static final List<String> TEXTS = List.of(
                "",
                "/",
                "//",
                "*",
                "-1",
                "99999999999999999999",
                "10.0.0.0/99",
                "a/b/c",
                "/providers/",
                "\n",
                "@{Id=x}",
                "[[1",
                "{",
                "true",
                "NaN",
                "-",
                "0-",
                ":",
                "List",
                "Pod",
                "\u0000");

        Tree of(Tree tree) {
            if (random.nextDouble() < rate) {
                return replacement(tree);
            }
            if (tree instanceof Tree.Mapping mapping) {
                Map<String, Tree> entries = new LinkedHashMap<>();
                mapping.entries().forEach((key, value) -> {
                    if (random.nextDouble() >= rate / 2) {
                        entries.put(
                                random.nextDouble() < rate / 4 ? key.toUpperCase(java.util.Locale.ROOT) : key,
                                of(value));
                    }
                });
                return new Tree.Mapping(entries, mapping.line());
            }
            if (tree instanceof Tree.Sequence sequence) {
                List<Tree> items = new ArrayList<>();
                for (Tree item : sequence.items()) {
                    items.add(of(item));
                    if (random.nextDouble() < rate / 4) {
                        items.add(item);
                    }
                }
                return new Tree.Sequence(items, sequence.line());
            }
            return tree;
        }

        private Tree replacement(Tree tree) {
            int line = tree.line();
            return switch (random.nextInt(6)) {
                case 0 -> new Tree.Null(line);
                case 1 -> new Tree.Sequence(List.of(tree, tree), line);
                case 2 -> new Tree.Mapping(Map.of("value", tree), line);
                case 3 -> new Tree.Sequence(List.of(), line);
                case 4 -> new Tree.Mapping(Map.of(), line);
                default -> new Tree.Scalar(TEXTS.get(random.nextInt(TEXTS.size())), random.nextBoolean(), line);
            };
        }
    }
}
