package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.parse.RunCommandWrapper.Unwrapped;

class RunCommandWrapperTest {
    private static final String JSON = """
            {
              "value": [
                {
                  "code": "ProvisioningState/succeeded",
                  "displayStatus": "Provisioning succeeded",
                  "level": "Info",
                  "message": "Enable succeeded: \\n[stdout]\\nStatus: inactive\\n\\n[stderr]\\n",
                  "time": null
                }
              ]
            }
            """;

    static Stream<Arguments> inactiveInEveryWrapping() {
        String item = JSON.substring(JSON.indexOf("    {"), JSON.lastIndexOf("  ]"));
        return Stream.of(
                Arguments.of("Enable succeeded: \n[stdout]\nStatus: inactive\n\n[stderr]\n", 2),
                Arguments.of("Enable succeeded:\n[stdout]\nStatus: inactive\n\n[stderr]", 2),
                Arguments.of("\nEnable succeeded: \n[stdout]\r\nStatus: inactive\n\n[stderr]\n", 3),
                Arguments.of("[stdout]\nStatus: inactive\n\n[stderr]\n", 1),
                Arguments.of("Enable succeeded: \\n[stdout]\\nStatus: inactive\\n\\n[stderr]\\n", 2),
                Arguments.of(JSON, 2),
                Arguments.of(item, 2),
                Arguments.of("[" + item + "]", 2));
    }

    @ParameterizedTest
    @MethodSource
    void inactiveInEveryWrapping(String text, int offset) {
        Unwrapped unwrapped = RunCommandWrapper.unwrap(text);

        assertThat(unwrapped.text().strip()).isEqualTo("Status: inactive");
        assertThat(unwrapped.text()).startsWith("Status");
        assertThat(unwrapped.lineOffset()).isEqualTo(offset);
        assertThat(unwrapped.truncatedHead()).isFalse();
        assertThat(unwrapped.failure()).isEmpty();
    }

    @Test
    void linesCountThroughToStandardError() {
        String text = "Enable succeeded: \n[stdout]\nout\n\n[stderr]\nsh: 1: ufw: not found\n";

        Unwrapped unwrapped = RunCommandWrapper.unwrap(text);

        int line = unwrapped.text().lines().toList().indexOf("sh: 1: ufw: not found") + 1 + unwrapped.lineOffset();
        assertThat(text.lines().toList().get(line - 1)).isEqualTo("sh: 1: ufw: not found");
    }

    @Test
    void markersInTheOutputAreOutput() {
        Unwrapped unwrapped =
                RunCommandWrapper.unwrap("Enable succeeded: \n[stdout]\na\n[stdout]\n[stderr]\nb\n\n[stderr]\nc");

        assertThat(unwrapped.text()).isEqualTo("a\n[stdout]\n[stderr]\nb\n\n\nc");
    }

    @Test
    void windowsGivesAnItemForEachStream() {
        Unwrapped unwrapped = RunCommandWrapper.unwrap("""
                {"value": [
                  {"code": "ComponentStatus/StdOut/succeeded", "level": "Info", "message": "Yes"},
                  {"code": "ComponentStatus/StdErr/succeeded", "level": "Info", "message": "warning"}]}
                """);

        assertThat(unwrapped.text()).isEqualTo("Yes\nwarning");
        assertThat(unwrapped.failure()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Chain INPUT (policy ACCEPT)\ntarget prot opt source destination\n",
                "[ 1] 22/tcp ALLOW IN Anywhere\n",
                "{\"nftables\": [{\"metainfo\": {\"version\": \"1.0.2\"}}]}",
                "{\"value\": [{\"message\": \"a log\"}]}",
                "{\"value\": [{\"code\": ",
                "",
                "Enable succeeded later\n"
            })
    void whatIsNotWrappedStaysAsItIs(String text) {
        Unwrapped unwrapped = RunCommandWrapper.unwrap(text);

        assertThat(unwrapped).isEqualTo(new Unwrapped(text, false, 0, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "4096, Chain INPUT (policy ACCEPT)   , true",
        "4095, Chain INPUT (policy ACCEPT)   , false",
        "4092, ere   anywhere                , true",
        "4089, ere   anywhere                , false",
        "5000, ere   anywhere                , false",
        "4098, \uFFFDere                     , true",
    })
    void fullStreamIsTakenForCut(int bytes, String beginning, boolean cut) {
        int have = beginning.getBytes(StandardCharsets.UTF_8).length;
        String stream = beginning + "x".repeat(bytes - have);

        assertThat(RunCommandWrapper.unwrap("Enable succeeded: \n[stdout]\n" + stream + "\n[stderr]\n")
                        .truncatedHead())
                .isEqualTo(cut);
    }

    @Test
    void bytesAreCountedAsUtf8() {
        String stream = "é".repeat(2048);

        assertThat(RunCommandWrapper.unwrap("Enable succeeded: \n[stdout]\n" + stream + "\n[stderr]\n")
                        .truncatedHead())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Enable succeeded: Last script execution didn't finish. | Enable succeeded: Last script execution didn't finish.",
                "Enable succeeded:  | the run command's answer has no [stdout] part",
                "Enable failed: failed to execute command: command terminated with exit status=1 | Enable failed: failed to execute command: command terminated with exit status=1",
            })
    void anAnswerWithoutOutputSaysWhy(String text, String failure) {
        Unwrapped unwrapped = RunCommandWrapper.unwrap(text);

        assertThat(unwrapped.text()).isEmpty();
        assertThat(unwrapped.failure()).contains(failure);
    }

    @Test
    void failedScriptKeepsItsOutput() {
        Unwrapped unwrapped = RunCommandWrapper.unwrap(
                "Enable failed: failed to execute command: exit status=1\n[stdout]\n\n[stderr]\nnc: x\n");

        assertThat(unwrapped.text()).contains("nc: x");
        assertThat(unwrapped.failure()).isPresent();
    }

    @Test
    void deepNestingAndLongTextsAreHarmless() {
        for (String hostile : new String[] {
            "[".repeat(200_000), "{\"a\":".repeat(100_000), "Enable succeeded:" + "[stdout]".repeat(100_000)
        }) {
            Unwrapped unwrapped = assertTimeout(Duration.ofSeconds(5), () -> RunCommandWrapper.unwrap(hostile));
            assertThat(unwrapped.truncatedHead()).isFalse();
        }
    }
}
