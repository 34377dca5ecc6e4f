package tunneldoctor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class PlainArgumentsTest {
    private static final Terminal TERMINAL =
            new Terminal(InputStream.nullInputStream(), new ByteArrayOutputStream(), System.err, true, Map.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "diagnose a.yaml",
                "diagnose a.yaml b.yaml",
                "diagnose -",
                "diagnose a.yaml - b.yaml",
                "diagnose -v a.yaml",
                "diagnose a.yaml --verbose",
                "diagnose -q -v --no-color a.yaml",
                "diagnose --quiet a=b",
                "diagnose -o json a.yaml",
                "diagnose a.yaml -o jsonl b.yaml",
                "diagnose --output text @a.yaml",
                "diagnose diagnose",
                "diagnose 'a.yaml' \"b\"",
                "diagnose --rules rules a.yaml",
                "diagnose a.yaml -q --rules rules/nsg",
            })
    void plainArgumentsAreUnderstoodAsPicocliDoes(String line) {
        Optional<PlainArguments.Plain> plain = PlainArguments.ofDiagnose(line.split(" "));

        assertThat(plain).isPresent();
        assertThat(view(plain.get().options())).isEqualTo(view(picocli(line.split(" "))));
        String after = line.contains("--rules ")
                ? line.substring(line.indexOf("--rules ") + 8).split(" ")[0]
                : "";
        assertThat(plain.get().rules().map(Object::toString).orElse("")).isEqualTo(after);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "diagnose",
                "diagnose -v",
                "reach a.yaml",
                "a.yaml",
                "diagnose -- -a.yaml",
                "diagnose -vq a.yaml",
                "diagnose -v --verbose a.yaml",
                "diagnose -o json -o text a.yaml",
                "diagnose -o JSON a.yaml",
                "diagnose -ojson a.yaml",
                "diagnose -o=json a.yaml",
                "diagnose --output=json a.yaml",
                "diagnose -o xml a.yaml",
                "diagnose a.yaml -o",
                "diagnose - -",
                "diagnose --rules no-such-folder a.yaml",
                "diagnose --rules pom.xml a.yaml",
                "diagnose --rules=rules a.yaml",
                "diagnose --rules rules --rules rules a.yaml",
                "diagnose a.yaml --rules",
                "diagnose --only a a.yaml",
                "diagnose --watch a.yaml",
                "diagnose --help",
                "diagnose --verb a.yaml",
                "diagnose a.yaml ",
            })
    void whatIsOutOfTheOrdinaryIsLeftToPicocli(String line) {
        assertThat(PlainArguments.ofDiagnose(line.split(" ", -1))).isEmpty();
    }

    private static FactsOptions picocli(String... arguments) {
        DiagnoseCommand command = new DiagnoseCommand(TERMINAL, new RulesPipeline());
        CommandLine line = new CommandLine(command).setExpandAtFiles(false);
        line.parseArgs(Arrays.copyOfRange(arguments, 1, arguments.length));
        try {
            command.options().check(line);
        } catch (ParameterException e) {
            throw new AssertionError(e);
        }
        return command.options();
    }

    private static List<Object> view(FactsOptions options) {
        return List.of(options.files(), options.output(), options.verbose(), options.quiet(), options.page(TERMINAL));
    }
}
