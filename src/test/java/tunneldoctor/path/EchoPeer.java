package tunneldoctor.path;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One end of real connections, run inside a network namespace. {@code serve tcp:ADDRESS:PORT udp:ADDRESS:PORT ...} echoes;
 * {@code connect} reads lines {@code MILLISECONDS TRANSPORT PORT FROM>TO,FROM>TO...} and answers each with one word per
 * pair: OK, SILENT or REFUSED.
 */
final class EchoPeer {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });

    private EchoPeer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments[0].equals("serve")) {
            for (int i = 1; i < arguments.length; i++) {
                String[] words = arguments[i].split(":");
                InetSocketAddress at = new InetSocketAddress(words[1], Integer.parseInt(words[2]));
                if (words[0].equals("tcp")) {
                    ServerSocket server = new ServerSocket(at.getPort(), 1000, at.getAddress());
                    THREADS.execute(() -> serve(server));
                } else {
                    DatagramSocket socket = new DatagramSocket(at);
                    THREADS.execute(() -> serve(socket));
                }
            }
            System.out.println("ready");
            waitForEnd();
        }
        System.out.println("ready");
        connect();
    }

    /** The parent closes our input when it is done, or dead. */
    private static void waitForEnd() throws IOException {
        while (System.in.read() >= 0) {
            // Nothing is ever sent.
        }
        System.exit(0);
    }

    private static void serve(ServerSocket server) {
        try {
            while (true) {
                Socket socket = server.accept();
                THREADS.execute(() -> echo(socket));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
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

    private static void serve(DatagramSocket socket) {
        byte[] bytes = new byte[16];
        while (true) {
            try {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                socket.receive(packet);
                socket.send(packet);
            } catch (IOException e) {
                // The firewall under test refused the answer, as it may.
            }
        }
    }

    private static void connect() throws IOException, InterruptedException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            int milliseconds = Integer.parseInt(words[0]);
            int port = Integer.parseInt(words[2]);
            List<Future<String>> answers = new ArrayList<>();
            for (String pair : words[3].split(",")) {
                InetAddress from = InetAddress.getByName(pair.substring(0, pair.indexOf('>')));
                InetSocketAddress to = new InetSocketAddress(pair.substring(pair.indexOf('>') + 1), port);
                answers.add(THREADS.submit(() ->
                        words[1].equals("TCP") ? stream(milliseconds, from, to) : packets(milliseconds, from, to)));
            }
            List<String> told = new ArrayList<>();
            for (Future<String> answer : answers) {
                try {
                    told.add(answer.get());
                } catch (ExecutionException e) {
                    told.add("FAILED:" + e.toString().replace(' ', '_'));
                }
            }
            System.out.println(String.join(" ", told));
        }
    }

    private static String stream(int milliseconds, InetAddress from, InetSocketAddress to) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.setSoLinger(true, 0);
            socket.bind(new InetSocketAddress(from, 0));
            try {
                socket.connect(to, milliseconds);
                socket.setSoTimeout(milliseconds);
                socket.getOutputStream().write('x');
                return socket.getInputStream().read() == 'x' ? "OK" : "REFUSED";
            } catch (SocketTimeoutException e) {
                return "SILENT";
            } catch (IOException e) {
                return "REFUSED";
            }
        }
    }

    private static String packets(int milliseconds, InetAddress from, InetSocketAddress to) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(from, 0))) {
            try {
                socket.connect(to);
                socket.setSoTimeout(milliseconds);
                // Twice, since the first datagram is new to conntrack and the second is not.
                for (int i = 0; i < 2; i++) {
                    socket.send(new DatagramPacket(new byte[] {'x'}, 1));
                    socket.receive(new DatagramPacket(new byte[16], 16));
                }
                return "OK";
            } catch (SocketTimeoutException e) {
                return "SILENT";
            } catch (IOException e) {
                return "REFUSED";
            }
        }
    }
}
