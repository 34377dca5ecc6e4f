package tunneldoctor.collect.azure;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import tunneldoctor.collect.JsonTree;
import tunneldoctor.model.Tree;

/** A call that did not give what was asked for; the message says why, for people and on one line. */
final class ArmFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 200;

    /** Why, as far as it decides what to do next. */
    enum Kind {
        DENIED,
        GONE,
        CONFLICT,
        THROTTLED,
        TIMEOUT,
        /** An answer that is none, an error of the service, or no connection. */
        BROKEN,
        /** Collection itself is over. */
        STOPPED
    }

    private final Kind kind;

    ArmFailure(Kind kind, String reason) {
        super(reason);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    /** An answer that says no. */
    static ArmFailure of(int status, byte[] body, ArmType asked) {
        Kind kind = switch (status) {
            case 401, 403 -> Kind.DENIED;
            case 404, 410 -> Kind.GONE;
            case 409 -> Kind.CONFLICT;
            case 429 -> Kind.THROTTLED;
            case 408, 504 -> Kind.TIMEOUT;
            default -> Kind.BROKEN;
        };
        Optional<Tree> error = error(body);
        String code = error.flatMap(tree -> tree.text("code"))
                .filter(text -> text.matches("[A-Za-z0-9_.-]{1,80}"))
                .map(text -> " " + text)
                .orElse("");
        return new ArmFailure(kind, "HTTP " + status + code + advice(status, error, asked));
    }

    private static String advice(int status, Optional<Tree> error, ArmType asked) {
        return switch (status) {
            case 401 -> ", sign in again: az login";
            // Who was denied is nobody's business but the user's, so the service's message is left out.
            case 403 -> ", needs the permission " + asked.action();
            case 404, 409, 410, 429 -> "";
            default ->
                error.flatMap(tree -> tree.text("message"))
                        .map(message -> ": " + line(message))
                        .orElse("");
        };
    }

    private static Optional<Tree> error(byte[] body) {
        try {
            Tree tree = JsonTree.read(body);
            return Optional.of(tree.get("error").orElse(tree));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A call that was not answered, or not as expected. */
    static ArmFailure of(Throwable thrown, ArmType asked) {
        Throwable cause = thrown;
        for (int depth = 0; depth < 10; depth++) {
            if (cause instanceof ReadOnly.Refused || cause instanceof Patience.OutOfTime) {
                return new ArmFailure(
                        cause instanceof Patience.OutOfTime ? Kind.STOPPED : Kind.BROKEN,
                        String.valueOf(cause.getMessage()));
            }
            if (cause instanceof InterruptedException) {
                return new ArmFailure(Kind.STOPPED, "interrupted");
            }
            if (cause instanceof TimeoutException) {
                return new ArmFailure(Kind.TIMEOUT, "no whole answer in time");
            }
            HttpResponse response = cause instanceof HttpResponseException refused ? refused.getResponse() : null;
            if (response != null && response.getStatusCode() >= 300) {
                byte[] body = response.getBodyAsByteArray().blockOptional().orElse(new byte[0]);
                return of(response.getStatusCode(), body, asked);
            }
            if (cause instanceof ClientAuthenticationException
                    || cause.getClass().getName().startsWith("com.azure.identity.")) {
                return new ArmFailure(Kind.DENIED, "could not sign in: " + line(String.valueOf(cause.getMessage())));
            }
            if (cause instanceof IOException) {
                return new ArmFailure(Kind.BROKEN, "the connection broke: " + line(String.valueOf(cause.getMessage())));
            }
            Throwable deeper = cause.getCause();
            if (deeper == null) {
                break;
            }
            cause = deeper;
        }
        return new ArmFailure(Kind.BROKEN, "the answer cannot be read: " + line(String.valueOf(cause.getMessage())));
    }

    /** A text of a service as one short line. */
    static String line(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length() && line.length() < LONGEST; i++) {
            char c = text.charAt(i);
            boolean blank = Character.isWhitespace(c) || Character.isISOControl(c);
            if (!blank) {
                line.append(c);
            } else if (line.length() > 0 && line.charAt(line.length() - 1) != ' ') {
                line.append(' ');
            }
        }
        return line.toString().strip().toLowerCase(Locale.ROOT).equals("null")
                ? "no reason given"
                : line.toString().strip();
    }
}
