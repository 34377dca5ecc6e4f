package tunneldoctor.collect.standin;

/** What can go wrong with a call. */
public enum Fault {
    FORBIDDEN,
    NOT_FOUND,
    CONFLICT,
    THROTTLED,
    SERVER_ERROR,
    UNAVAILABLE,
    EXPIRED_TOKEN,
    /** The connection ends without an answer. */
    RESET,
    /** No answer ever comes. */
    HANG,
    /** The connection ends in the middle of the answer. */
    HALF_ANSWER,
    /** A whole answer of no whole JSON. */
    INVALID_JSON,
    /** JSON that is not what was asked for. */
    OTHER_JSON,
    EMPTY_ANSWER,
    /** A page that leads to another host. */
    FOREIGN_LINK
}
