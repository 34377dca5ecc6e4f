package tunneldoctor.collect.nodes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Brings what a script gathered on a machine whole, in parts that a run brings back, or not at all. An answer begins
 *
 * <pre>
 * TD1 3xKq81bZ0A 30412 9f86d081…
 * H4sIAAAAAAAC/…
 * TDE 0
 * </pre>
 *
 * <p>with its name, its length and the SHA-256 of its Base64 text; {@code TDE} ends each part with its number.
 */
final class NodeTransport {
    private static final Pattern FIRST =
            Pattern.compile("TD1 ([A-Za-z0-9]{10}) ([0-9]{1,7}) ([0-9a-f]{64})\n([A-Za-z0-9+/=]*)\nTDE 0\\s*");
    private static final Pattern REFUSAL = Pattern.compile("TDX (.{1,200})\\s*");

    /** More runs than that would take a node longer than anybody waits. */
    private static final int MOST_PARTS = 250;

    /** Text that compresses beyond reason is no firewall. */
    private static final int MOST_BYTES = 64 << 20;

    private static final int ATTEMPTS = 3;

    private final NodeRunner runner;
    private final Clock clock;

    NodeTransport(NodeRunner runner, Clock clock) {
        this.runner = runner;
        this.clock = clock;
    }

    /**
     * @param end when all of it must be there
     * @throws NodeRunFailed if it is not whole, for whatever reason
     */
    byte[] fetch(NodeMachine machine, NodeScript script, Instant end) throws NodeRunFailed, InterruptedException {
        String answer = runner.run(machine, script, left(end)).stdout();
        Matcher first = FIRST.matcher(answer);
        if (!first.matches()) {
            throw broken(answer);
        }
        String name = first.group(1);
        int length = Integer.parseInt(first.group(2));
        int parts = (length + NodeScripts.PART_BYTES - 1) / NodeScripts.PART_BYTES;
        boolean kept = parts > 1;
        try {
            if (parts > MOST_PARTS) {
                throw new NodeRunFailed(
                        NodeRunFailed.Kind.BROKEN, "the answer has " + parts + " parts, too many to fetch");
            }
            StringBuilder text = new StringBuilder(length).append(first.group(4));
            for (int part = 1; part < parts; part++) {
                text.append(part(machine, name, part, part + 1 == parts, end));
            }
            byte[] whole = checked(text, length, first.group(3));
            kept = false;
            return whole;
        } finally {
            if (kept) {
                forget(machine, name, end);
            }
        }
    }

    private String part(NodeMachine machine, String name, int part, boolean last, Instant end)
            throws NodeRunFailed, InterruptedException {
        Pattern form = Pattern.compile("([A-Za-z0-9+/=]+)\nTDE " + part + "\\s*");
        String answer = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            answer = runner.run(machine, NodeScripts.part(name, part, last), left(end))
                    .stdout();
            Matcher matcher = form.matcher(answer);
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        throw broken(answer);
    }

    /** Best effort: the file lies in memory and goes with the next start of the machine at the latest. */
    private void forget(NodeMachine machine, String name, Instant end) throws InterruptedException {
        try {
            runner.run(machine, NodeScripts.forget(name), left(end));
        } catch (NodeRunFailed e) {
            // What is reported is why the answer is not whole.
        }
    }

    private Duration left(Instant end) throws NodeRunFailed {
        Duration left = Duration.between(clock.instant(), end);
        if (left.isNegative() || left.isZero()) {
            throw new NodeRunFailed(NodeRunFailed.Kind.TIMEOUT, "the time for this node was over");
        }
        return left;
    }

    private static NodeRunFailed broken(String answer) {
        Matcher refusal = REFUSAL.matcher(answer);
        return new NodeRunFailed(
                NodeRunFailed.Kind.BROKEN,
                refusal.matches()
                        ? refusal.group(1)
                        : answer.isBlank() ? "the script printed nothing" : "the answer was cut short");
    }

    private static byte[] checked(CharSequence text, int length, String sha256) throws NodeRunFailed {
        byte[] base64 = text.toString().getBytes(StandardCharsets.US_ASCII);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(base64);
            if (base64.length != length || !HexFormat.of().formatHex(digest).equals(sha256)) {
                throw new NodeRunFailed(NodeRunFailed.Kind.BROKEN, "the answer was cut short: its checksum is another");
            }
            try (GZIPInputStream in = new GZIPInputStream(
                    new ByteArrayInputStream(Base64.getDecoder().decode(base64)))) {
                byte[] whole = in.readNBytes(MOST_BYTES + 1);
                if (whole.length > MOST_BYTES) {
                    throw new NodeRunFailed(NodeRunFailed.Kind.BROKEN, "the answer is larger than 64 MB");
                }
                return whole;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new NodeRunFailed(NodeRunFailed.Kind.BROKEN, "the answer cannot be unpacked: " + e.getMessage());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
