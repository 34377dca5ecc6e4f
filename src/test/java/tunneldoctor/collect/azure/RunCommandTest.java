package tunneldoctor.collect.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.collect.JsonTree;
import tunneldoctor.collect.nodes.NodeAnswer;
import tunneldoctor.collect.nodes.NodeMachine;
import tunneldoctor.collect.nodes.NodeRunFailed;
import tunneldoctor.collect.nodes.NodeRunFailed.Kind;
import tunneldoctor.collect.nodes.NodeRunner;
import tunneldoctor.collect.nodes.SampleScript;
import tunneldoctor.collect.standin.FakeAzure;
import tunneldoctor.collect.standin.FakeCluster;
import tunneldoctor.collect.standin.FakeCluster.FakeNode;
import tunneldoctor.collect.standin.Fault;
import tunneldoctor.collect.standin.Shell.Printed;

/** Scripts on machines, through the real SDK to the stand-in. */
class RunCommandTest {
    private static final String SENT = "POST Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand";
    private static final String POLLED = "GET Microsoft.Compute/locations/operations";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static FakeAzure azure() throws Exception {
        return FakeAzure.start(new FakeCluster(4).machinePool(1)).retryAfter("");
    }

    private static NodeRunner runner(FakeAzure azure) {
        return AzureRun.source(azure).runner(AzureRun.limits(8));
    }

    private static NodeMachine machine(int number) {
        FakeNode node = new FakeCluster(4).machinePool(1).nodes().get(number);
        return new NodeMachine(node.name(), node.armId(), node.os(), java.util.Optional.empty());
    }

    private static Kind failure(FakeAzure azure, Duration limit) {
        NodeRunFailed failed = catchThrowableOfType(
                NodeRunFailed.class, () -> runner(azure).run(machine(0), SampleScript.any(), limit));
        assertThat(failed.reason()).isNotBlank().doesNotContain("\n").doesNotContain("someone@example.com");
        return failed.kind();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4})
    void theScriptArrivesAsItIsAndItsOutputComesBack(int node) throws Exception {
        List<String> ran = new ArrayList<>();
        try (FakeAzure azure = azure().shell((machine, script) -> {
            ran.add(machine.name() + ": " + script);
            return new Printed("out of " + machine.name() + "\n", "a warning\n");
        })) {
            NodeAnswer answer = runner(azure).run(machine(node), SampleScript.any(), LIMIT);

            assertThat(answer)
                    .isEqualTo(new NodeAnswer("out of " + machine(node).node() + "\n", "a warning\n"));
            assertThat(ran)
                    .containsExactly(
                            machine(node).node() + ": " + SampleScript.any().text());
            assertThat(azure.writes()).isEmpty();
        }
    }

    @Test
    void onlyTheLast4096BytesComeBack() throws Exception {
        String line = "0123456789abcde\n";
        try (FakeAzure azure = azure().shell((machine, script) -> new Printed(line.repeat(1_000), ""))) {
            NodeAnswer answer = runner(azure).run(machine(0), SampleScript.any(), LIMIT);

            assertThat(answer.stdout()).isEqualTo(line.repeat(256));
        }
    }

    @Test
    void oneCommandRunsOnAMachineAtATime() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService several = Executors.newFixedThreadPool(4);
        try (FakeAzure azure = azure().shell((machine, script) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(20);
            now.decrementAndGet();
            return new Printed("", "");
        })) {
            NodeRunner runner = runner(azure);
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                runs.add(several.submit(() -> runner.run(machine(0), SampleScript.any(), LIMIT)));
            }
            for (Future<?> run : runs) {
                run.get();
            }

            assertThat(most).hasValue(1);
            assertThat(azure.calls())
                    .filteredOn(call -> call.endpoint().equals(SENT))
                    .hasSize(4);
        } finally {
            several.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"FORBIDDEN", "EXPIRED_TOKEN", "NOT_FOUND"},
            mode = EnumSource.Mode.EXCLUDE)
    void whatPassesIsWaitedFor(Fault fault) throws Exception {
        int times = fault == Fault.HANG ? 0 : 1;
        try (FakeAzure azure = azure().fault(SENT, fault, times).fault(POLLED, fault, times)) {
            NodeAnswer answer = runner(azure).run(machine(0), SampleScript.any(), LIMIT);

            assertThat(answer.stderr()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource({
        "FORBIDDEN, POST, DENIED",
        "EXPIRED_TOKEN, POST, DENIED",
        "NOT_FOUND, POST, GONE",
        "CONFLICT, POST, CONFLICT",
        "THROTTLED, POST, THROTTLED",
        "SERVER_ERROR, POST, BROKEN",
        "RESET, POST, BROKEN",
        "HANG, POST, TIMEOUT",
        "HALF_ANSWER, POST, BROKEN",
        "INVALID_JSON, POST, BROKEN",
        "OTHER_JSON, POST, BROKEN",
        "EMPTY_ANSWER, POST, BROKEN",
        "FOREIGN_LINK, POST, BROKEN",
        "FORBIDDEN, GET, DENIED",
        "EXPIRED_TOKEN, GET, DENIED",
        "NOT_FOUND, GET, BROKEN",
        "SERVER_ERROR, GET, BROKEN",
        "RESET, GET, BROKEN",
        "HANG, GET, TIMEOUT",
        "HALF_ANSWER, GET, BROKEN",
        "INVALID_JSON, GET, BROKEN",
        "OTHER_JSON, GET, BROKEN",
        "EMPTY_ANSWER, GET, BROKEN",
    })
    void whatDoesNotPassIsToldApart(Fault fault, String method, Kind kind) throws Exception {
        try (FakeAzure azure = azure().fault(method.equals("POST") ? SENT : POLLED, fault)) {
            assertThat(failure(azure, Duration.ofMillis(1_000))).isEqualTo(kind);
        }
    }

    @Test
    void aScriptThatDoesNotEndIsGivenUp() throws Exception {
        try (FakeAzure azure = azure().commandTime(Duration.ofHours(1))) {
            assertThat(failure(azure, Duration.ofMillis(900))).isEqualTo(Kind.TIMEOUT);
        }
    }

    @Test
    void retryAfterIsHeeded() throws Exception {
        try (FakeAzure azure =
                FakeAzure.start(new FakeCluster(4)).retryAfter("1").fault(SENT, Fault.THROTTLED, 1)) {
            runner(azure).run(machine(0), SampleScript.any(), LIMIT);

            List<java.time.Instant> sent = azure.calls().stream()
                    .filter(call -> call.endpoint().equals(SENT))
                    .map(call -> call.at())
                    .toList();
            assertThat(sent).hasSize(2);
            assertThat(Duration.between(sent.get(0), sent.get(1))).isGreaterThanOrEqualTo(Duration.ofMillis(990));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Enable succeeded: ~[stdout]~a~~[stderr]~            | a~  | ''",
                "Enable succeeded: ~[stdout]~~[stderr]~oops~         | ''  | oops~",
                "Enable succeeded: ~[stdout]~[stderr]~x~[stderr]~y   | [stderr]~x | y",
                "Enable succeeded: ~[stdout]~a [stderr] b~~[stderr]~ | a [stderr] b~ | ''",
                "[stdout]~a~[stderr]~b                               | a   | b",
            })
    void theStreamsAreToldApartByTheFirstAndTheLastMark(String message, String out, String err) throws Exception {
        assertThat(RunCommand.output(reply(message.replace("~", "\\n"))))
                .isEqualTo(new NodeAnswer(out.replace('~', '\n'), err.replace('~', '\n')));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Enable succeeded: Last script execution didn't finish.",
                "Enable failed: failed to execute command: command terminated with exit status=1",
                "[stderr]\\n[stdout]\\n",
            })
    void anAnswerWithoutStreamsIsNone(String message) throws Exception {
        assertThat(catchThrowableOfType(NodeRunFailed.class, () -> RunCommand.output(reply(message)))
                        .kind())
                .isEqualTo(Kind.BROKEN);
    }

    private static tunneldoctor.model.Tree reply(String message) throws Exception {
        return JsonTree.read(
                "{\"value\": [{\"code\": \"ProvisioningState/succeeded\", \"message\": \"" + message + "\"}]}");
    }
}
