package tunneldoctor.collect.nodes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.Limits;
import tunneldoctor.collect.Progress;
import tunneldoctor.collect.nodes.Frames.Frame;
import tunneldoctor.model.Gap;

/** Asks the nodes of a cluster for their firewalls, and the agents' nodes whether they reach the others' kubelets. */
public final class NodeCollector {
    /** What a gap is about where a node was not asked at all, or did not answer. */
    public static final String RUN_COMMAND = "run-command";

    /** The phase of progress that the nodes belong to. */
    public static final String PHASE = "nodes";

    private static final String ENDED = "collection was ended before it answered";

    /** How long an interrupted run may take to notice, in tenths of a second. */
    private static final int GRACE_BEATS = 20;

    /** Each takes two seconds where nobody answers, one after the other. */
    private static final int MOST_PROBES = 20;

    private static final int NOT_INSTALLED = 127;
    private static final int OUT_OF_TIME = 124;

    /** A shell's return codes from here on are those of a signal. */
    private static final int KILLED = 128;

    private static final int LONGEST_REASON = 200;

    /** Names of nodes in a gap that many share; which they are shows in the file, where they have no output. */
    private static final int NAMED = 3;

    private static final Pattern LISTS_RULES = Pattern.compile("ip6?tables|nft ");

    private final NodeTransport transport;
    private final Clock clock;
    private final NodeWish wish;

    public NodeCollector(NodeRunner runner, Clock clock, NodeWish wish) {
        this.transport = new NodeTransport(runner, clock);
        this.clock = clock;
        this.wish = wish;
    }

    /**
     * Keeps what the nodes tell, and as gaps which nodes were not asked and what did not come whole. Comes back with what
     * there is if its thread is interrupted, and leaves it interrupted.
     *
     * @param agentNodes the nodes that host a tunnel agent
     */
    public void collect(
            List<NodeMachine> machines, Set<String> agentNodes, Collected into, Limits limits, Progress progress) {
        NodeChoice choice = NodeChoice.of(machines, agentNodes, wish);
        machines.forEach(machine -> into.node(machine.node(), machine.address()));
        if (!wish.runCommand()) {
            unasked(machines, "not asked, for --no-run-command was given", into);
            return;
        }
        unasked(choice.windows(), "a Windows node, to which no script is sent; see its own firewall", into);
        unasked(
                choice.leftOut(),
                wish.only().isEmpty()
                        ? "left out, for at most " + wish.most()
                                + " nodes are asked; --node or --max-nodes asks for more"
                        : "left out, for --node named others",
                into);
        choice.unknown()
                .forEach(name -> into.gap(new Gap(
                        "commands on node " + name, RUN_COMMAND, name, "the cluster has no machine of this name")));
        progress.planned(PHASE, choice.asked().size());
        Set<String> settled = ConcurrentHashMap.newKeySet();
        Map<String, Set<NodeMachine>> notInstalled = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(limits.parallel(), task -> {
            Thread thread = new Thread(task, "node");
            thread.setDaemon(true);
            return thread;
        });
        for (NodeMachine machine : choice.asked()) {
            List<String> targets = agentNodes.contains(machine.node()) ? targets(machine, machines) : List.of();
            threads.execute(() -> {
                ask(machine, targets, into, notInstalled, limits);
                settled.add(machine.node());
                progress.done(PHASE, machine.node());
            });
        }
        threads.shutdown();
        try {
            Duration left = Duration.between(clock.instant(), limits.deadline());
            if (!threads.awaitTermination(Math.max(0, left.toMillis()), TimeUnit.MILLISECONDS)) {
                end(threads);
            }
        } catch (InterruptedException e) {
            endUninterrupted(threads);
        }
        choice.asked().stream()
                .filter(machine -> !settled.contains(machine.node()))
                .forEach(machine -> into.gap(unasked(machine, ENDED)));
        notInstalled.forEach(
                (command, without) -> gaps(List.copyOf(without), command, command, "not installed on the node", into));
    }

    private static void end(ExecutorService threads) throws InterruptedException {
        threads.shutdownNow();
        for (int beat = 0; beat < GRACE_BEATS && !threads.awaitTermination(100, TimeUnit.MILLISECONDS); beat++) {
            // A runner that does not heed its interruption is not waited for longer; its node is a gap.
        }
    }

    private static void endUninterrupted(ExecutorService threads) {
        try {
            end(threads);
        } catch (InterruptedException again) {
            threads.shutdownNow();
        }
        Thread.currentThread().interrupt();
    }

    private void ask(
            NodeMachine machine,
            List<String> targets,
            Collected into,
            Map<String, Set<NodeMachine>> notInstalled,
            Limits limits) {
        Instant perNode = clock.instant().plus(limits.perNode());
        Instant end = perNode.isBefore(limits.deadline()) ? perNode : limits.deadline();
        if (keep(machine, NodeScripts.GATHER, end, into, notInstalled) && !targets.isEmpty()) {
            keep(machine, NodeScripts.probe(targets), end, into, notInstalled);
        }
    }

    /** Whether the node answered; if it did not, it will not answer the next script either. */
    private boolean keep(
            NodeMachine machine,
            NodeScript script,
            Instant end,
            Collected into,
            Map<String, Set<NodeMachine>> notInstalled) {
        try {
            Optional<List<Frame>> frames = Frames.read(transport.fetch(machine, script, end));
            if (frames.isPresent()) {
                frames.get().forEach(frame -> keep(machine, frame, into, notInstalled));
                return true;
            }
            into.gap(unasked(machine, script, "the answer was cut short on the node"));
        } catch (NodeRunFailed e) {
            into.gap(unasked(machine, script, e.reason()));
        } catch (InterruptedException e) {
            into.gap(unasked(machine, ENDED));
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            into.gap(unasked(machine, script, "running it failed: " + e));
        }
        return false;
    }

    private static void keep(
            NodeMachine machine, Frame frame, Collected into, Map<String, Set<NodeMachine>> notInstalled) {
        if (frame.returnCode() == OUT_OF_TIME || frame.returnCode() >= KILLED) {
            into.gap(gap(machine, frame.command(), "it did not end in time, so that what it printed is not whole"));
        } else if (frame.returnCode() == NOT_INSTALLED && frame.text().isBlank()) {
            notInstalled
                    .computeIfAbsent(frame.command(), command -> ConcurrentHashMap.newKeySet())
                    .add(machine);
        } else if (frame.returnCode() != 0
                && LISTS_RULES.matcher(frame.command()).lookingAt()) {
            // What it printed before it failed would read like all rules there are.
            into.gap(gap(machine, frame.command(), "it failed with code " + frame.returnCode() + lastLine(frame)));
        } else {
            into.output(machine.node(), frame.command(), frame.text());
        }
    }

    private static String lastLine(Frame frame) {
        String line = frame.text().strip().lines().reduce("", (before, last) -> last);
        return line.isEmpty() ? "" : ": " + line.substring(0, Math.min(line.length(), LONGEST_REASON));
    }

    private static List<String> targets(NodeMachine from, List<NodeMachine> machines) {
        NodeWish sample = new NodeWish(true, MOST_PROBES + 1, Set.of());
        return NodeChoice.of(machines, Set.of(from.node()), sample).asked().stream()
                .filter(machine -> !machine.node().equals(from.node()))
                .flatMap(machine -> machine.address().stream())
                .filter(NodeScripts::isAddress)
                .toList();
    }

    private static void unasked(List<NodeMachine> machines, String reason, Collected into) {
        gaps(machines, "commands", RUN_COMMAND, reason, into);
    }

    /** One gap for each pool: a large cluster has thousands of nodes that nobody asked, or that lack a tool. */
    private static void gaps(List<NodeMachine> machines, String what, String about, String reason, Collected into) {
        Map<String, List<String>> pools = new TreeMap<>();
        machines.stream()
                .sorted(Comparator.comparing(NodeMachine::node))
                .forEach(machine -> pools.computeIfAbsent(NodeChoice.pool(machine), pool -> new ArrayList<>())
                        .add(machine.node()));
        pools.forEach((pool, nodes) -> into.gap(
                nodes.size() == 1
                        ? new Gap(what + " on node " + nodes.get(0), about, nodes.get(0), reason)
                        : new Gap(what + " on " + nodes.size() + " nodes: " + names(nodes), about, pool, reason)));
    }

    private static String names(List<String> nodes) {
        return nodes.size() <= NAMED + 1
                ? String.join(", ", nodes)
                : String.join(", ", nodes.subList(0, NAMED)) + ", … " + nodes.get(nodes.size() - 1);
    }

    private static Gap unasked(NodeMachine machine, String reason) {
        return new Gap("commands on node " + machine.node(), RUN_COMMAND, machine.node(), reason);
    }

    private static Gap unasked(NodeMachine machine, NodeScript script, String reason) {
        return new Gap(script.name() + " of node " + machine.node(), RUN_COMMAND, machine.node(), reason);
    }

    private static Gap gap(NodeMachine machine, String command, String reason) {
        return new Gap(command + " of node " + machine.node(), command, machine.node(), reason);
    }
}
