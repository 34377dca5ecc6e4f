package tunneldoctor.path;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Two network namespaces joined by a cable: a node with a firewall, and a client with many addresses. */
final class KernelLane implements AutoCloseable {
    static final String NODE = "10.77.0.1";
    static final List<String> SENDERS =
            List.of("10.77.1.1", "10.77.1.2", "10.77.2.1", "10.77.200.7", "172.20.5.5", "192.168.9.9");

    private static final String END = "--- end of answer ---";

    private final String node;
    private final String client;
    private final List<Process> processes = new ArrayList<>();
    private final Process shell;
    private final Process connector;
    private final BufferedReader shellOut;
    private final BufferedReader connectorOut;

    KernelLane(String name) throws IOException {
        node = "td-n-" + name;
        client = "td-c-" + name;
        // An interface name is 15 characters at most.
        String cable = "tdv" + Integer.toHexString(name.hashCode());
        run("ip netns add " + node);
        run("ip netns add " + client);
        run("ip link add " + cable + " netns " + client + " type veth peer name eth0 netns " + node);
        run("ip -n " + node + " addr add " + NODE + "/16 dev eth0");
        run("ip -n " + node + " link set eth0 up");
        run("ip -n " + node + " link set lo up");
        run("ip -n " + client + " link set " + cable + " up");
        for (String sender : SENDERS) {
            run("ip -n " + client + " addr add " + sender + "/16 dev " + cable);
        }
        run("ip -n " + node + " route add 172.20.0.0/16 dev eth0");
        run("ip -n " + node + " route add 192.168.0.0/16 dev eth0");
        shell = start("ip", "netns", "exec", node, "sh");
        shellOut = reader(shell);
        ask("for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done");
        ask("echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; echo 1000000 > /proc/sys/net/ipv4/icmp_msgs_per_sec;"
                + " echo 1000000 > /proc/sys/net/ipv4/icmp_msgs_burst");
        Process server = peer(node, "serve", "10250");
        reader(server).readLine();
        connector = peer(client, "connect");
        connectorOut = reader(connector);
        connectorOut.readLine();
    }

    private Process peer(String namespace, String... arguments) throws IOException {
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
        command.addAll(List.of(arguments));
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
        try (java.io.InputStream output = process.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(command + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** What a command prints inside the node, errors included. */
    String ask(String command) throws IOException {
        Writer to = shell.outputWriter(StandardCharsets.UTF_8);
        to.write("{ " + command + "\n} 2>&1 </dev/null\necho; echo '" + END + "'\n");
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

    /** Loads a ruleset; empty if the kernel took it, else what it said. */
    String load(String restore, String ruleset) throws IOException {
        String said = ask(restore + " <<'END_OF_RULES'\n" + ruleset + "END_OF_RULES\necho rc=$?");
        return said.strip().equals("rc=0") ? "" : said;
    }

    /** What real connections to the node meet: OK, SILENT or REFUSED for each sender. */
    Map<String, String> connect(int milliseconds, int port, List<String> senders) throws IOException {
        Writer to = connector.outputWriter(StandardCharsets.UTF_8);
        to.write(milliseconds + " " + NODE + " " + port + " " + String.join(",", senders) + "\n");
        to.flush();
        String line = connectorOut.readLine();
        if (line == null) {
            throw new IOException("the client ended");
        }
        String[] answers = line.split(" ");
        Map<String, String> told = new LinkedHashMap<>();
        for (int i = 0; i < senders.size(); i++) {
            told.put(senders.get(i), answers[i]);
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
