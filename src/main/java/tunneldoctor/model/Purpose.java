package tunneldoctor.model;

/** Which of the two kinds of flow that the tunnel needs. */
public enum Purpose {
    /** A tunnel agent to a node's kubelet, TCP 10250. */
    KUBELET,
    /** An agent's node to the API server's side of the tunnel. */
    TUNNEL
}
