package tunneldoctor.model;

import java.util.List;

/**
 * An error as the user saw it.
 *
 * @param node the target node's name where the text gives it; else empty
 * @param address the address dialled where the text gives it; else empty
 * @param port the port dialled; 0 where the text gives none
 * @param verb {@code logs}, {@code exec}, {@code webhook}, {@code top} … where the text tells; else empty
 */
public record Symptom(Kind kind, String node, String address, int port, String verb, SourceRef source) implements Fact {
    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    @Override
    public List<String> nodes() {
        return node.isEmpty() ? List.of() : List.of(node);
    }

    public boolean timeout() {
        return kind == Kind.KUBELET_TIMEOUT;
    }

    public boolean refused() {
        return kind == Kind.KUBELET_REFUSED || kind == Kind.KUBELET_NO_ROUTE;
    }

    /** Whether the tunnel itself failed, not the last step to a kubelet. */
    public boolean ofTunnel() {
        return kind == Kind.NO_AGENT
                || kind == Kind.AGENT_DIAL_TIMEOUT
                || kind == Kind.TUNNEL_BROKEN
                || kind == Kind.TUNNEL_SOCKET;
    }

    /** Classes of error texts; see the project's domain notes, section 9. */
    public enum Kind {
        /** Packets to the kubelet are dropped. */
        KUBELET_TIMEOUT,
        /** Kubelet down, or a firewall that rejects. */
        KUBELET_REFUSED,
        /** A reject with host-prohibited, or no such host on the link. */
        KUBELET_NO_ROUTE,
        /** TCP opened, TLS did not. */
        KUBELET_TLS,
        /** An HTTP answer to an HTTPS client on the kubelet's port. */
        KUBELET_HTTP_ANSWER,
        /** Kubelet's serving certificate. */
        KUBELET_CERTIFICATE,
        /** Kubelet refused the caller's credentials. */
        KUBELET_AUTHORIZATION,
        NODE_NAME_NOT_RESOLVED,
        /** No agent is connected to the tunnel's server. */
        NO_AGENT,
        /** The agent did not answer a dial in time. */
        AGENT_DIAL_TIMEOUT,
        /** The tunnel broke while in use. */
        TUNNEL_BROKEN,
        /** The API server's own socket to the tunnel server. */
        TUNNEL_SOCKET,
        /** A webhook or aggregated API behind the tunnel, not the kubelet. */
        SERVICE_PATH,
        /** The user's own machine cannot reach the API server. */
        CLIENT_SIDE,
        UNRECOGNISED
    }
}
