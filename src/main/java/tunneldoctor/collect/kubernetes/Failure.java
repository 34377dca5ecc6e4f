package tunneldoctor.collect.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why an API server did not tell, for people. */
final class Failure {
    private static final int LONGEST = 300;
    private static final int DEEPEST = 8;

    private Failure() {}

    static String reason(RuntimeException failure) {
        if (failure instanceof KubernetesClientException answered && answered.getCode() > 0) {
            return answered.getCode() + name(answered.getCode()) + said(answered);
        }
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof HttpTimeoutException || cause instanceof TimeoutException) {
                return "the API server did not answer in time";
            }
            if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
                return "the API server's name has no address here; is this machine in the network of a private cluster?";
            }
            if (cause instanceof ConnectException) {
                return "no connection to the API server: " + cause.getMessage();
            }
            if (cause instanceof SSLException) {
                return "no TLS connection to the API server: " + cause.getMessage();
            }
            if (cause instanceof InterruptedException) {
                return "collection was ended before it answered";
            }
            cause = cause.getCause();
        }
        return shortened(String.valueOf(failure.getMessage()));
    }

    private static String name(int code) {
        return switch (code) {
            case 401 -> " Unauthorized: the login of the kubeconfig is not, or no longer, valid";
            case 403 -> " Forbidden";
            case 410 -> " Gone: the list changed too much while it was read";
            case 429 -> " Too Many Requests";
            default -> "";
        };
    }

    private static String said(KubernetesClientException answered) {
        String message = answered.getStatus() == null || answered.getStatus().getMessage() == null
                ? ""
                : answered.getStatus().getMessage();
        return message.isEmpty() ? "" : ": " + shortened(message);
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
