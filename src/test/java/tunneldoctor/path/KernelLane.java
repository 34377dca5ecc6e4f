package tunneldoctor.path;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Transport;

/** Two network namespaces joined by a cable: a node with a firewall, and its neighbours, one host with many addresses. */
final class KernelLane implements AutoCloseable {
    static final String NODE = "10.77.0.1";
    static final String NODES_OTHER_ADDRESS = "10.77.0.2";
    static final List<String> NEIGHBOURS =
            List.of("10.77.1.1", "10.77.1.2", "10.77.2.1", "10.77.200.7", "172.20.5.5", "192.168.9.9");

    /** On the node. */
    static final int KUBELET = 10250;

    /** On the neighbours, as the API server's end of a tunnel. */
    static final int TUNNEL_TCP = 9000;

    static final int TUNNEL_UDP = 1194;

    private static final String END = "--- end of answer ---";

    /** One connection, from an address to an address. */
    record Call(String from, String to) {}

    private final String node;
    private final String client;
    private final List<Process> processes = new ArrayList<>();
    private final Process shell;
    private final BufferedReader shellOut;
    private final Map<Direction, Caller> callers = new HashMap<>();

    private record Caller(Process process, BufferedReader out) {}

    /** @param name of eight letters at most, other than that of any lane at the same time */
    KernelLane(String name) throws IOException {
        node = "td-n-" + name;
        client = "td-c-" + name;
        // An interface name is 15 characters at most.
        String cable = "tdv" + Integer.toHexString(name.hashCode());
        run("ip netns add " + node);
        run("ip netns add " + client);
        run("ip link add " + cable + " netns " + client + " type veth peer name eth0 netns " + node);
        run("ip -n " + node + " addr add " + NODE + "/16 dev eth0");
        run("ip -n " + node + " addr add " + NODES_OTHER_ADDRESS + "/16 dev eth0");
        for (String space : List.of(node, client)) {
            run("ip -n " + space + " link set lo up");
        }
        run("ip -n " + node + " link set eth0 up");
        run("ip -n " + client + " link set " + cable + " up");
        for (String neighbour : NEIGHBOURS) {
            run("ip -n " + client + " addr add " + neighbour + "/16 dev " + cable);
        }
        run("ip -n " + node + " route add 172.20.0.0/16 dev eth0");
        run("ip -n " + node + " route add 192.168.0.0/16 dev eth0");
        shell = start("ip", "netns", "exec", node, "sh");
        shellOut = reader(shell);
        ask("for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done");
        ask("echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; echo 1000000 > /proc/sys/net/ipv4/icmp_msgs_per_sec;"
                + " echo 1000000 > /proc/sys/net/ipv4/icmp_msgs_burst");
    }

    /** Processes cost time, so that only those that a direction needs are started. */
    private Caller caller(Direction direction) throws IOException {
        Caller known = callers.get(direction);
        if (known != null) {
            return known;
        }
        boolean inbound = direction == Direction.INBOUND;
        List<String> served = new ArrayList<>(List.of("serve"));
        if (inbound) {
            served.add("tcp:0.0.0.0:" + KUBELET);
        } else {
            served.add("tcp:0.0.0.0:" + TUNNEL_TCP);
            // An echo must come from the address it was sent to.
            NEIGHBOURS.forEach(neighbour -> served.add("udp:" + neighbour + ":" + TUNNEL_UDP));
        }
        Process server = peer(inbound ? node : client, served);
        reader(server).readLine();
        Process connector = peer(inbound ? client : node, List.of("connect"));
        BufferedReader out = reader(connector);
        out.readLine();
        Caller caller = new Caller(connector, out);
        callers.put(direction, caller);
        return caller;
    }

    private Process peer(String namespace, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "ip",
                "netns",
                "exec",
                namespace,
                System.getProperty("java.home") + "/bin/java",
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                EchoPeer.class.getName()));
        command.addAll(arguments);
        return start(command.toArray(String[]::new));
    }

    private Process start(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(process);
        return process;
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void run(String command) throws IOException {
        Process process =
                new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
        try (InputStream output = process.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(command + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** What a command prints inside the node, its errors behind: in between they would cut lines where a buffer ends. */
    String ask(String command) throws IOException {
        return said(script(command));
    }

    private String script(String command) {
        String errors =
                Path.of(System.getProperty("java.io.tmpdir"), "errors-" + node).toString();
        return "{ " + command + "\n} 2>" + errors + " </dev/null\ncat " + errors + "; rm -f " + errors + "\n";
    }

    private String said(String script) throws IOException {
        Writer to = shell.outputWriter(StandardCharsets.UTF_8);
        to.write(script + "echo; echo '" + END + "'\n");
        to.flush();
        StringBuilder said = new StringBuilder();
        for (String line = shellOut.readLine(); line != null; line = shellOut.readLine()) {
            if (line.equals(END)) {
                // The empty line before the mark is ours.
                return said.length() > 0 ? said.substring(0, said.length() - 1) : "";
            }
            said.append(line).append('\n');
        }
        throw new IOException("the node's shell ended");
    }

    /** What each of several commands prints, in their order. */
    List<String> askAll(List<String> commands) throws IOException {
        String mark = "=+=+=\n";
        List<String> scripts = commands.stream().map(this::script).toList();
        String script = String.join("printf '" + mark.strip() + "\\n'\n", scripts);
        return List.of(said(script).split(java.util.regex.Pattern.quote(mark), -1));
    }

    /** Loads a ruleset by a command that reads it; empty if the kernel took it, else what was said. */
    String load(String command, String ruleset) throws IOException {
        String said = ask(command + " <<'END_OF_RULES'\n" + ruleset + "END_OF_RULES\necho rc=$?");
        return said.strip().equals("rc=0") ? "" : said;
    }

    /**
     * What real connections meet: OK, SILENT or REFUSED for each.
     *
     * @param direction INBOUND for connections to the node
     */
    Map<Call, String> connect(Direction direction, Transport transport, int port, int milliseconds, List<Call> calls)
            throws IOException {
        Caller caller = caller(direction);
        Writer to = caller.process().outputWriter(StandardCharsets.UTF_8);
        to.write(milliseconds + " " + transport + " " + port + " "
                + calls.stream().map(call -> call.from() + ">" + call.to()).collect(Collectors.joining(",")) + "\n");
        to.flush();
        String line = caller.out().readLine();
        if (line == null) {
            throw new IOException("the client ended");
        }
        String[] answers = line.split(" ");
        Map<Call, String> told = new LinkedHashMap<>();
        for (int i = 0; i < calls.size(); i++) {
            told.put(calls.get(i), answers[i]);
        }
        return told;
    }

    @Override
    public void close() throws IOException {
        for (Process process : processes) {
            process.getOutputStream().close();
            process.destroy();
        }
        for (Process process : processes) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        run("ip netns del " + node);
        run("ip netns del " + client);
    }
}
