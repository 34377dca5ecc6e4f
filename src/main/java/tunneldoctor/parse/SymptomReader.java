package tunneldoctor.parse;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Symptom.Kind;
import tunneldoctor.model.Tree;

/**
 * Sorts an error as the user saw it into what it says about the tunnel.
 *
 * <pre>
 * Error from server: Get "https://aks-np-12345678-vmss000001:10250/containerLogs/default/web/web": dial tcp 10.224.0.5:10250: i/o timeout
 * Error from server: error dialing backend: dial tcp 10.224.0.5:10250: connect: connection refused
 * Error from server: Get "https://10.224.0.5:10250/containerLogs/default/web/web": No agent available
 * </pre>
 *
 * <p>Also the wording of Microsoft's translated pages, which kubectl never prints but people paste. The texts' origins are
 * in the project's domain notes, section 9.
 */
final class SymptomReader {
    private static final int KUBELET_PORT = 10_250;

    /** An error is a few lines; what follows in a longer paste is not looked at. */
    private static final int LONGEST = 32_768;

    private final String text;
    private final String lower;

    private SymptomReader(String text) {
        this.text = text;
        this.lower = text.toLowerCase(Locale.ROOT);
    }

    /**
     * @param index 0-based position in the facts file's {@code symptoms}
     * @return a symptom of kind {@link Kind#UNRECOGNISED} where no known text is in it
     */
    static Symptom read(Tree.Scalar scalar, int index) {
        String whole = scalar.text();
        String bounded = whole.length() > LONGEST ? whole.substring(0, LONGEST) : whole;
        SymptomReader reader = new SymptomReader(oneLine(bounded));
        return reader.symptom(new SourceRef("symptoms[" + index + "]", scalar.line(), reader.text));
    }

    /** Terminals and YAML wrap long errors, so the words are what counts. */
    private static String oneLine(String text) {
        StringBuilder words = new StringBuilder(text.length());
        boolean blank = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean space = Character.isWhitespace(c) || c == '\u00A0';
            if (!space) {
                words.append(c == '\u201C' || c == '\u201D' ? '"' : c);
            } else if (!blank) {
                words.append(' ');
            }
            blank = space;
        }
        return words.toString().stripTrailing();
    }

    private Symptom symptom(SourceRef source) {
        Kind kind = kind();
        String address = address();
        String node = node();
        if (node.equals(address) || ErrorWords.isIpv4(node) || node.startsWith("[")) {
            node = "";
        }
        boolean kubelet = port() == KUBELET_PORT || kind == Kind.NODE_NAME_NOT_RESOLVED;
        return new Symptom(kind, kubelet ? node : "", address, port(), verb(), source);
    }

    private Kind kind() {
        Optional<Kind> tunnel = tunnel();
        if (tunnel.isPresent()) {
            return tunnel.get();
        }
        if (fromClient()) {
            return Kind.CLIENT_SIDE;
        }
        if (behindTunnel()) {
            return Kind.SERVICE_PATH;
        }
        if (says("must be logged in to the server", "debe iniciar sesión en el servidor")) {
            return says("pods/", "nodes/proxy") ? Kind.KUBELET_AUTHORIZATION : Kind.CLIENT_SIDE;
        }
        if (says("subresource=proxy", "nodes/proxy") && says("forbidden")) {
            return Kind.KUBELET_AUTHORIZATION;
        }
        if (says(": lookup ") && says("dial tcp", "no such host")) {
            return Kind.NODE_NAME_NOT_RESOLVED;
        }
        boolean dialsBackend = says("error dialing backend", "error al marcar el back-end") && port() == 0;
        return port() == KUBELET_PORT || dialsBackend ? kubelet(dialsBackend) : Kind.UNRECOGNISED;
    }

    /** Texts that only the tunnel's own ends write. */
    private Optional<Kind> tunnel() {
        if (says("/tunnel-uds/", "proxysocket")) {
            return Optional.of(Kind.TUNNEL_SOCKET);
        }
        if (says("no agent available", "no hay ningún agente disponible", "ningún agente disponible")) {
            return Optional.of(Kind.NO_AGENT);
        }
        if (says("dial timeout, backstop", "dial timeout, context")) {
            return Optional.of(Kind.AGENT_DIAL_TIMEOUT);
        }
        boolean broken = says(
                "tunnel closed", "dial closed", "timed out waiting for backend dial", "error dialing backend: eof");
        return broken ? Optional.of(Kind.TUNNEL_BROKEN) : Optional.empty();
    }

    private boolean fromClient() {
        return says(
                        "unable to connect to the server",
                        "no se puede conectar con el servidor",
                        "no se puede conectar al servidor",
                        "did you specify the right host or port",
                        "couldn't get current server api group list")
                || says(".azmk8s.io") && port() == 443 && says("i/o timeout", "refused", "no such host");
    }

    private boolean behindTunnel() {
        return says(
                "failed calling webhook",
                "failed to call webhook",
                "unable to handle the request",
                "metrics api not available",
                "error trying to reach service");
    }

    private Kind kubelet(boolean addressUnknown) {
        if (says("x509:", "tls: internal error")) {
            return Kind.KUBELET_CERTIFICATE;
        }
        if (says(
                "http response to https client",
                "respuesta http al cliente https",
                "respuesta http a un cliente https")) {
            return Kind.KUBELET_HTTP_ANSWER;
        }
        if (says("tls handshake timeout", "protocolo de enlace tls", "protocolo de enlace de tls")) {
            return Kind.KUBELET_TLS;
        }
        if (says("connection refused", "conexión rechazada", "conexión denegada")) {
            return Kind.KUBELET_REFUSED;
        }
        if (says("no route to host", "network is unreachable", "no hay ninguna ruta al host", "no hay ruta al host")) {
            return Kind.KUBELET_NO_ROUTE;
        }
        if (says("i/o timeout", "connection timed out", "tiempo de espera")) {
            return Kind.KUBELET_TIMEOUT;
        }
        if (says("context deadline exceeded")) {
            return Kind.AGENT_DIAL_TIMEOUT;
        }
        return addressUnknown && says("connection reset by peer", "broken pipe", "unexpected eof")
                ? Kind.TUNNEL_BROKEN
                : Kind.UNRECOGNISED;
    }

    private boolean says(String... anyOf) {
        for (String words : anyOf) {
            if (lower.contains(words)) {
                return true;
            }
        }
        return false;
    }

    private String address() {
        return ErrorWords.dialled(text)
                .or(() -> ErrorWords.readFrom(text))
                .map(ErrorWords.Endpoint::host)
                .or(() -> ErrorWords.urlHost(text).filter(host -> ErrorWords.isIpv4(host) || host.startsWith("[")))
                .map(SymptomReader::unbracketed)
                .orElse("");
    }

    private static String unbracketed(String address) {
        return address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
    }

    /** Placeholders of the documented texts, {@code <aks-node-ip>:10250}, have a port too. */
    private int port() {
        return ErrorWords.portDialled(text)
                .or(() -> ErrorWords.urlPort(text))
                .or(() -> ErrorWords.readFrom(text).map(ErrorWords.Endpoint::port))
                .map(SymptomReader::number)
                .orElse(0);
    }

    private static int number(String digits) {
        int port = Integer.parseInt(digits);
        return port > 65_535 ? 0 : port;
    }

    private String node() {
        return ErrorWords.urlHost(text).or(() -> ErrorWords.lookedUp(text)).orElse("");
    }

    private String verb() {
        if (behindTunnel()) {
            return says("webhook") ? "webhook" : says("metrics") ? "top" : "";
        }
        Optional<String> typed = text.contains("kubectl ") ? CommandLine.verb(text) : Optional.empty();
        if (typed.isPresent()) {
            return typed.get();
        }
        if (says("/containerlogs/", "pods/log")) {
            return "logs";
        }
        if (says("pods/exec", ":10250/exec/")) {
            return "exec";
        }
        if (says("pods/attach", ":10250/attach/")) {
            return "attach";
        }
        if (says("pods/portforward", ":10250/portforward/", "portforward.go", "unable to forward port")) {
            return "port-forward";
        }
        return says("pods.metrics.k8s.io", "nodes.metrics.k8s.io", ":10250/metrics", ":10250/stats") ? "top" : "";
    }

    /** The call that was typed, which some users paste above the error. */
    private static final class CommandLine {
        private static final Pattern KUBECTL = Pattern.compile(
                "\\bkubectl (?:-[^ ]{1,64} (?:[^- ][^ ]{0,252} )?){0,8}(logs|exec|attach|port-forward|top|cp|proxy)\\b");

        static Optional<String> verb(String text) {
            Matcher kubectl = KUBECTL.matcher(text);
            return kubectl.find() ? Optional.of(kubectl.group(1)) : Optional.empty();
        }
    }
}
