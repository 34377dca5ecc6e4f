package tunneldoctor.collect.azure;

/** It is not known which subscription the cluster is in; the message says why, for people. */
public final class NoSubscriptionException extends Exception {
    private static final long serialVersionUID = 1L;

    NoSubscriptionException(String message) {
        super(message);
    }

    /** What the user can do about it. */
    public String advice() {
        return "give its id with --subscription, or sign in and select it: az login, az account set --subscription NAME";
    }
}
