package tunneldoctor.collect.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.rest.Response;
import com.azure.core.management.exception.ManagementException;
import com.azure.core.util.FluxUtil;
import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.compute.models.RunCommandInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tunneldoctor.collect.JsonTree;
import tunneldoctor.collect.nodes.NodeAnswer;
import tunneldoctor.collect.nodes.NodeMachine;
import tunneldoctor.collect.nodes.NodeRunFailed;
import tunneldoctor.collect.nodes.NodeRunFailed.Kind;
import tunneldoctor.collect.nodes.NodeRunner;
import tunneldoctor.collect.nodes.NodeScript;
import tunneldoctor.model.ArmId;
import tunneldoctor.model.Tree;

/**
 * Run-command's action on scale sets' instances and on virtual machines. A machine takes one command at a time: ours wait
 * for each other, and a stranger's is waited for as long as the limit allows. The scripts only read, so one of which it is
 * not known whether it ran is sent again.
 */
final class RunCommand implements NodeRunner {
    static final String SHELL = "RunShellScript";

    private static final int TRIES = 3;

    /** A command takes some 20 seconds, so asking more often than this only brings on throttling. */
    private static final Duration MOST_OFTEN = Duration.ofMillis(200);

    private static final int PAUSES_BETWEEN_POLLS = 4;
    private static final int PAUSES_BETWEEN_CONFLICTS = 10;
    private static final String STDOUT = "[stdout]";
    private static final String STDERR = "[stderr]";

    private final Arm arm;
    private final ComputeManagementClient compute;
    private final Duration pause;
    private final Map<String, Semaphore> machines = new ConcurrentHashMap<>();

    /** @param pause before the second try of what broke, and the measure of all other waits that Azure does not set */
    RunCommand(Arm arm, ComputeManagementClient compute, Duration pause) {
        this.arm = arm;
        this.compute = compute;
        this.pause = pause;
    }

    static List<String> lines(NodeScript script) {
        return List.of(script.text().split("\n", -1));
    }

    @Override
    public NodeAnswer run(NodeMachine machine, NodeScript script, Duration limit)
            throws NodeRunFailed, InterruptedException {
        Instant end = Instant.now().plus(limit);
        Semaphore free =
                machines.computeIfAbsent(machine.armId().toLowerCase(Locale.ROOT), id -> new Semaphore(1, true));
        if (!free.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new NodeRunFailed(Kind.CONFLICT, "another command of ours was still running on the machine");
        }
        try {
            return new Run(machine, script, end).answer();
        } finally {
            free.release();
        }
    }

    /** What came back, whatever its status. */
    private record Reply(int status, HttpHeaders headers, byte[] body) {
        static Reply of(HttpResponse response) {
            byte[] body = response.getBodyAsByteArray().blockOptional().orElse(new byte[0]);
            return new Reply(response.getStatusCode(), response.getHeaders(), body);
        }
    }

    /** One command on one machine. */
    private final class Run {
        private final NodeMachine machine;
        private final NodeScript script;
        private final Instant end;

        Run(NodeMachine machine, NodeScript script, Instant end) {
            this.machine = machine;
            this.script = script;
            this.end = end;
        }

        NodeAnswer answer() throws NodeRunFailed, InterruptedException {
            Reply taken = taken();
            return taken.status() == 202 ? polled(taken) : output(tree(taken));
        }

        /** Sends the script until Azure takes it: the reply is 202 while it runs, or 200 with its output. */
        private Reply taken() throws NodeRunFailed, InterruptedException {
            Optional<NodeRunFailed> before = Optional.empty();
            for (int broken = 0; ; ) {
                Duration wait = pause.multipliedBy(PAUSES_BETWEEN_CONFLICTS);
                try {
                    Reply reply = send(this::post);
                    if (reply.status() == 200) {
                        output(tree(reply));
                    } else if (reply.status() != 202) {
                        wait = retryAfter(reply, wait);
                        throw refused(reply);
                    }
                    return reply;
                } catch (NodeRunFailed e) {
                    switch (e.kind()) {
                        case CONFLICT, THROTTLED -> before = Optional.of(e);
                        case BROKEN -> {
                            if (++broken >= TRIES) {
                                throw e;
                            }
                            wait = pause.multipliedBy(1L << broken);
                        }
                        case TIMEOUT -> throw before.orElse(e);
                        default -> throw e;
                    }
                    sleep(wait, e);
                }
            }
        }

        private NodeRunFailed refused(Reply reply) {
            String reason = ArmFailure.of(reply.status(), reply.body(), ArmType.INSTANCE)
                    .reason();
            return switch (reply.status()) {
                case 401 -> new NodeRunFailed(Kind.DENIED, reason);
                case 403 ->
                    new NodeRunFailed(
                            Kind.DENIED, "HTTP 403, needs the permission " + Permissions.runCommand(machine.armId()));
                case 404, 410 -> new NodeRunFailed(Kind.GONE, reason);
                case 409 -> new NodeRunFailed(Kind.CONFLICT, reason + ": another command runs on the machine");
                case 429 -> new NodeRunFailed(Kind.THROTTLED, reason);
                default -> new NodeRunFailed(Kind.BROKEN, reason);
            };
        }

        private Mono<Reply> post() {
            RunCommandInput input = new RunCommandInput().withCommandId(SHELL).withScript(lines(script));
            String group = ArmId.resourceGroup(machine.armId()).orElse("");
            Optional<String> set = ArmId.segmentAfter(machine.armId(), "virtualMachineScaleSets");
            String name = ArmId.name(machine.armId());
            Mono<Response<Flux<ByteBuffer>>> sent = set.isPresent()
                    ? compute.getVirtualMachineScaleSetVMs().runCommandWithResponseAsync(group, set.get(), name, input)
                    : compute.getVirtualMachines().runCommandWithResponseAsync(group, name, input);
            return sent.contextWrite(context -> context.put(ReadOnly.SCRIPT, script))
                    .flatMap(response -> FluxUtil.collectBytesInByteBufferStream(response.getValue())
                            .map(body -> new Reply(response.getStatusCode(), response.getHeaders(), body)))
                    .onErrorResume(ManagementException.class, e -> {
                        HttpResponse response = e.getResponse();
                        return response == null ? Mono.error(e) : Mono.just(Reply.of(response));
                    });
        }

        private NodeAnswer polled(Reply accepted) throws NodeRunFailed, InterruptedException {
            String location = Optional.ofNullable(accepted.headers().getValue(HttpHeaderName.LOCATION))
                    .orElseThrow(() -> new NodeRunFailed(Kind.BROKEN, "Azure did not say where the output will be"));
            Reply reply = accepted;
            int broken = 0;
            while (true) {
                sleep(
                        retryAfter(reply, pause.multipliedBy(PAUSES_BETWEEN_POLLS)),
                        new NodeRunFailed(Kind.TIMEOUT, "the script did not come to an end in time"));
                reply = send(() -> arm.send(location).map(Reply::of));
                if (reply.status() == 202 || reply.status() == 429) {
                    continue;
                }
                try {
                    if (reply.status() == 200) {
                        return output(tree(reply));
                    }
                    ArmFailure failure = ArmFailure.of(reply.status(), reply.body(), ArmType.OPERATION);
                    throw new NodeRunFailed(
                            failure.kind() == ArmFailure.Kind.DENIED ? Kind.DENIED : Kind.BROKEN,
                            failure.reason() + " while waiting for the output");
                } catch (NodeRunFailed e) {
                    if (e.kind() != Kind.BROKEN || ++broken >= TRIES) {
                        throw e;
                    }
                }
            }
        }

        /** Sends and waits; what was not answered counts as broken, for it may be answered the next time. */
        private Reply send(Supplier<Mono<Reply>> call) throws NodeRunFailed, InterruptedException {
            Duration left = Duration.between(Instant.now(), end);
            if (left.isNegative() || left.isZero()) {
                throw new NodeRunFailed(Kind.TIMEOUT, "no answer in time");
            }
            try {
                Reply reply = call.get().block(left);
                if (reply == null) {
                    throw new NodeRunFailed(Kind.BROKEN, "the answer is empty");
                }
                return reply;
            } catch (RuntimeException e) {
                if (Thread.interrupted() || Exceptions.unwrap(e) instanceof InterruptedException) {
                    throw new InterruptedException();
                }
                if (!Instant.now().isBefore(end)) {
                    throw new NodeRunFailed(Kind.TIMEOUT, "no answer in time");
                }
                ArmFailure failure = ArmFailure.of(e, ArmType.INSTANCE);
                throw new NodeRunFailed(
                        switch (failure.kind()) {
                            case DENIED -> Kind.DENIED;
                            case STOPPED -> Kind.TIMEOUT;
                            default -> Kind.BROKEN;
                        },
                        failure.reason());
            }
        }

        private Tree tree(Reply reply) throws NodeRunFailed {
            try {
                Tree tree = JsonTree.read(reply.body());
                // The operation's own state wraps the output where its other address is asked.
                return tree.at("properties", "output").orElse(tree);
            } catch (IOException e) {
                throw new NodeRunFailed(Kind.BROKEN, "the answer is not valid JSON");
            }
        }

        private void sleep(Duration time, NodeRunFailed otherwise) throws NodeRunFailed, InterruptedException {
            if (!Instant.now().plus(time).isBefore(end)) {
                throw otherwise;
            }
            Thread.sleep(Math.max(1, time.toMillis()));
        }
    }

    private static Duration retryAfter(Reply reply, Duration otherwise) {
        Duration asked = RetryAfter.of(reply.headers());
        if (asked.isZero()) {
            return reply.headers().getValue(HttpHeaderName.RETRY_AFTER) == null ? otherwise : MOST_OFTEN;
        }
        return asked.compareTo(MOST_OFTEN) < 0 ? MOST_OFTEN : asked;
    }

    /**
     * The two streams of {@code {"value": [{"code": …, "message": "Enable succeeded: \n[stdout]\n…\n[stderr]\n…"}]}}. The
     * script's output may hold the marks itself, so the first and the last count.
     */
    static NodeAnswer output(Tree answer) throws NodeRunFailed {
        List<Tree> parts = answer.items("value");
        if (parts.isEmpty()) {
            String error =
                    answer.text("error", "code").or(() -> answer.text("status")).orElse("");
            throw new NodeRunFailed(
                    Kind.BROKEN, "the command gave no output" + (error.isEmpty() ? "" : ": " + ArmFailure.line(error)));
        }
        String code = parts.get(0).text("code").orElse("");
        String message = parts.get(0).text("message").orElse("");
        if (parts.size() > 1 && code.startsWith("ComponentStatus/StdOut/")) {
            return new NodeAnswer(message, parts.get(1).text("message").orElse(""));
        }
        int out = message.startsWith(STDOUT) ? 0 : message.indexOf("\n" + STDOUT) + 1;
        int err = message.lastIndexOf("\n" + STDERR) + 1;
        boolean marked = message.startsWith(STDOUT, out) && message.startsWith(STDERR, err) && err > out;
        if (!code.toLowerCase(Locale.ROOT).endsWith("succeeded") || !marked) {
            throw new NodeRunFailed(
                    Kind.BROKEN, "the command did not run to its end: " + ArmFailure.line(code + " " + message));
        }
        String stdout = message.substring(out + STDOUT.length() + 1, Math.max(out + STDOUT.length() + 1, err - 1));
        String stderr = message.substring(Math.min(message.length(), err + STDERR.length() + 1));
        return new NodeAnswer(stdout, stderr);
    }
}
