package tunneldoctor.collect.kubernetes;

/** The context that the user named is not in the kubeconfig. */
public final class NoContextException extends Exception {
    private static final long serialVersionUID = 1L;

    NoContextException(String message) {
        super(message);
    }
}
