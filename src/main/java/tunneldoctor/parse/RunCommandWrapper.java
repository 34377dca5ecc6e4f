package tunneldoctor.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Takes the wrapping of Azure's run command off a command's output.
 *
 * <p>As text ({@code --query 'value[0].message' --output tsv}):
 *
 * <pre>
 * Enable succeeded:
 * [stdout]
 * Status: inactive
 *
 * [stderr]
 * </pre>
 *
 * <p>As JSON, whole or one item of {@code value}; Windows nodes give one item for each stream:
 *
 * <pre>
 * {"value": [{"code": "ProvisioningState/succeeded", "displayStatus": "Provisioning succeeded", "level": "Info",
 *   "message": "Enable succeeded: \n[stdout]\nStatus: inactive\n\n[stderr]\n", "time": null}]}
 * </pre>
 *
 * <p>The extension keeps only the last 4,096 bytes of either stream (Azure/run-command-extension-linux, main/cmds.go), so
 * a long output arrives without its beginning and nothing says so.
 */
final class RunCommandWrapper {
    /** What the extension keeps of one stream, in bytes. */
    private static final int KEPT_BYTES = 4096;

    /** Editors and YAML strip trailing blanks, so a cut stream may be found some bytes short. */
    private static final int STRIPPED_BYTES = 6;

    /** A cut character decodes to U+FFFD of three bytes for as little as one. */
    private static final int GROWN_BYTES = 9;

    private static final int DEEPEST_ITEM = 4;
    private static final String STDOUT = "[stdout]";
    private static final String STDERR = "[stderr]";
    private static final String UNFINISHED = "Last script execution didn't finish";

    private RunCommandWrapper() {}

    /**
     * What a command printed.
     *
     * @param text standard output, then standard error on lines of its own
     * @param truncatedHead whether the beginning of either stream was, or may have been, cut off
     * @param lineOffset add it to a 1-based line of {@code text} for the line of the wrapped text; where the wrapping was
     *     JSON, for the line of the message it holds
     * @param failure what the wrapping itself says went wrong; then the text may be empty for that reason alone
     */
    record Unwrapped(String text, boolean truncatedHead, int lineOffset, Optional<String> failure) {}

    /** A text without any wrapping comes back as it is. */
    static Unwrapped unwrap(String text) {
        int begin = firstNonBlank(text);
        if (text.startsWith("{", begin) || text.startsWith("[", begin)) {
            List<Item> items = items(text.strip());
            if (!items.isEmpty()) {
                return unwrap(items);
            }
        }
        return unwrapMessage(unescape(text)).orElseGet(() -> new Unwrapped(text, false, 0, Optional.empty()));
    }

    private static Unwrapped unwrap(List<Item> items) {
        boolean split = items.stream().anyMatch(item -> item.stream().isPresent());
        if (!split) {
            Item item = items.get(0);
            Unwrapped inner = unwrapMessage(item.message)
                    .orElseGet(() -> new Unwrapped(item.message, cut(item.message), 0, Optional.empty()));
            return item.failed()
                    ? new Unwrapped(
                            inner.text(),
                            inner.truncatedHead(),
                            inner.lineOffset(),
                            Optional.of(inner.failure().orElseGet(() -> firstLine(item.message))))
                    : inner;
        }
        String stdout = "";
        String stderr = "";
        Optional<String> failure = Optional.empty();
        for (Item item : items) {
            if (item.stream().equals(Optional.of("stderr"))) {
                stderr = item.message;
            } else {
                stdout = item.message;
            }
            if (item.failed()) {
                failure = Optional.of(firstLine(item.message));
            }
        }
        return new Unwrapped(joined(stdout, stderr), cut(stdout) || cut(stderr), 0, failure);
    }

    /** @return empty if the text is not wrapped */
    private static Optional<Unwrapped> unwrapMessage(String text) {
        int start = firstNonBlank(text);
        boolean succeeded = text.startsWith("Enable succeeded:", start);
        boolean failed = text.startsWith("Enable failed:", start);
        if (!succeeded && !failed && !(text.startsWith(STDOUT, start) && alone(text, STDOUT, start))) {
            return Optional.empty();
        }
        int stdout = findLine(text, STDOUT, start);
        String head = text.substring(start, stdout < 0 ? text.length() : stdout).strip();
        Optional<String> failure =
                failed || head.contains(UNFINISHED) ? Optional.of(firstLine(head)) : Optional.empty();
        if (stdout < 0) {
            return Optional.of(new Unwrapped(
                    "", false, 0, Optional.of(failure.orElse("the run command's answer has no [stdout] part"))));
        }
        int body = afterLine(text, stdout);
        int stderr = findLastLine(text, STDERR, body);
        String out = stderr < 0 ? text.substring(body) : text.substring(body, Math.max(body, stderr - 1));
        String err = stderr < 0 ? "" : text.substring(afterLine(text, stderr));
        // The markers' own lines stay as blank ones, so that lines can be counted through.
        String whole = stderr < 0 ? out : text.substring(body, stderr) + "\n" + err;
        return Optional.of(new Unwrapped(whole, cut(out) || cut(err), linesBefore(text, body), failure));
    }

    /** Whether a stream's length and beginning say that the extension kept only its tail. */
    private static boolean cut(String stream) {
        int bytes = stream.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == KEPT_BYTES) {
            return true;
        }
        boolean near = bytes >= KEPT_BYTES - STRIPPED_BYTES && bytes <= KEPT_BYTES + GROWN_BYTES;
        return near && !Beginning.KNOWN.matcher(stream).lookingAt();
    }

    /** How outputs worth reading begin; a text near the limit that begins otherwise was cut. */
    private static final class Beginning {
        static final Pattern KNOWN = Pattern.compile(
                "(?:Chain [^ ]{1,64} \\(|Status: |-[PN] [^ ]|-A [^ ]|# |\\*[a-z]|table |\\{|\\[|Connection to |nc: |Ncat: )");
    }

    /** With {@code --output tsv} some shells hand over the message with its line ends escaped. */
    private static String unescape(String text) {
        int newline = text.indexOf('\n', firstNonBlank(text));
        boolean severalLines = newline >= 0 && firstNonBlank(text, newline) < text.length();
        if (severalLines || !text.contains("\\n" + STDOUT + "\\n")) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int escaped = c == '\\' && at + 1 < text.length() ? "ntr\\".indexOf(text.charAt(at + 1)) : -1;
            plain.append(escaped < 0 ? c : "\n\t\r\\".charAt(escaped));
            at += escaped < 0 ? 1 : 2;
        }
        return plain.toString();
    }

    private static String joined(String stdout, String stderr) {
        if (stderr.isBlank()) {
            return stdout;
        }
        return stdout.isEmpty() || stdout.endsWith("\n") ? stdout + stderr : stdout + "\n" + stderr;
    }

    private static String firstLine(String text) {
        return text.strip().lines().findFirst().orElse("");
    }

    private static int firstNonBlank(String text) {
        return firstNonBlank(text, 0);
    }

    private static int firstNonBlank(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Where a line holding only {@code marker} begins; -1 if there is none. */
    private static int findLine(String text, String marker, int from) {
        for (int at = text.indexOf(marker, from); at >= 0; at = text.indexOf(marker, at + 1)) {
            if (alone(text, marker, at)) {
                return at;
            }
        }
        return -1;
    }

    private static int findLastLine(String text, String marker, int from) {
        for (int at = text.lastIndexOf(marker); at >= from; at = text.lastIndexOf(marker, at - 1)) {
            if (alone(text, marker, at)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean alone(String text, String marker, int at) {
        if (at > 0 && text.charAt(at - 1) != '\n') {
            return false;
        }
        int end = at + marker.length();
        while (end < text.length() && text.charAt(end) != '\n') {
            if (!Character.isWhitespace(text.charAt(end))) {
                return false;
            }
            end++;
        }
        return true;
    }

    private static int afterLine(String text, int at) {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end + 1;
    }

    private static int linesBefore(String text, int end) {
        int lines = 0;
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                lines++;
            }
        }
        return lines;
    }

    /** The instance view statuses in a JSON text; none if it is not JSON or is some other JSON. */
    private static List<Item> items(String json) {
        List<Item> items = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            Item[] open = new Item[DEEPEST_ITEM + 1];
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                    if (depth <= DEEPEST_ITEM) {
                        open[depth] = new Item();
                    }
                } else if (token.isStructEnd()) {
                    if (depth <= DEEPEST_ITEM && open[depth].isStatus()) {
                        items.add(open[depth]);
                    }
                    depth--;
                } else if (token == JsonToken.VALUE_STRING && depth <= DEEPEST_ITEM) {
                    open[depth].set(String.valueOf(parser.currentName()), parser.getText());
                }
            }
        } catch (IOException notJson) {
            // A listing may begin with a bracket too; it is then read as it stands.
            return List.of();
        }
        return items;
    }

    private static final class Item {
        private String code = "";
        private String level = "";
        private String message = "";
        private boolean hasMessage;

        void set(String key, String value) {
            switch (key) {
                case "code" -> code = value;
                case "level" -> level = value;
                case "message" -> {
                    message = value;
                    hasMessage = true;
                }
                default -> {
                    // The other fields repeat the code in words.
                }
            }
        }

        boolean isStatus() {
            return hasMessage
                    && (code.startsWith("ProvisioningState/") || stream().isPresent());
        }

        boolean failed() {
            return code.toLowerCase(Locale.ROOT).endsWith("/failed") || level.equalsIgnoreCase("Error");
        }

        Optional<String> stream() {
            String lower = code.toLowerCase(Locale.ROOT);
            if (lower.startsWith("componentstatus/stdout")) {
                return Optional.of("stdout");
            }
            return lower.startsWith("componentstatus/stderr") ? Optional.of("stderr") : Optional.empty();
        }
    }
}
