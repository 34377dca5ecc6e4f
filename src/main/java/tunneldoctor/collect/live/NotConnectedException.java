package tunneldoctor.collect.live;

/** The cluster cannot even be asked for; the message says why and what to do, for people. */
public final class NotConnectedException extends Exception {
    private static final long serialVersionUID = 1L;

    NotConnectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
