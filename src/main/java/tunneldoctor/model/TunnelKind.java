package tunneldoctor.model;

/** Generations of the AKS tunnel, newest first. */
public enum TunnelKind {
    KONNECTIVITY("konnectivity"),
    AKS_LINK("aks-link"),
    TUNNEL_FRONT("tunnel-front"),
    /** API Server VNet Integration without agents: the API server dials the nodes itself. */
    NONE("none (API Server VNet Integration)"),
    UNKNOWN("unknown");

    private final String label;

    TunnelKind(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
