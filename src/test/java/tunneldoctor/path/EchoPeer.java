package tunneldoctor.path;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One end of real connections, run inside a network namespace: {@code serve PORT} echoes, {@code connect} reads lines
 * {@code MILLISECONDS ADDRESS PORT SOURCE,SOURCE...} and answers each with one word per source: OK, SILENT or REFUSED.
 */
final class EchoPeer {
    private EchoPeer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
        if (arguments[0].equals("serve")) {
            try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[1]), 1000)) {
                System.out.println("ready");
                Thread end = new Thread(EchoPeer::waitForEnd);
                end.setDaemon(true);
                end.start();
                while (true) {
                    Socket socket = server.accept();
                    threads.execute(() -> echo(socket));
                }
            }
        }
        System.out.println("ready");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            List<Future<String>> answers = new ArrayList<>();
            for (String source : words[3].split(",")) {
                answers.add(threads.submit(
                        () -> connect(Integer.parseInt(words[0]), words[1], Integer.parseInt(words[2]), source)));
            }
            List<String> told = new ArrayList<>();
            for (Future<String> answer : answers) {
                try {
                    told.add(answer.get());
                } catch (java.util.concurrent.ExecutionException e) {
                    told.add("FAILED:" + e.getCause());
                }
            }
            System.out.println(String.join(" ", told));
        }
    }

    /** The parent closes our input when it is done, or dead. */
    private static void waitForEnd() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever sent.
            }
        } catch (IOException e) {
            // Closed is closed.
        }
        System.exit(0);
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.setSoTimeout(5000);
            int read = socket.getInputStream().read();
            if (read >= 0) {
                socket.getOutputStream().write(read);
                socket.getInputStream().read();
            }
        } catch (IOException e) {
            // The firewall under test cut it, as it may.
        }
    }

    private static String connect(int milliseconds, String address, int port, String source) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.setSoLinger(true, 0);
            socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
            try {
                socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), milliseconds);
                socket.setSoTimeout(milliseconds);
                socket.getOutputStream().write('x');
                int answer = socket.getInputStream().read();
                return answer == 'x' ? "OK" : "REFUSED";
            } catch (SocketTimeoutException e) {
                return "SILENT";
            } catch (IOException e) {
                return "REFUSED";
            }
        }
    }
}
