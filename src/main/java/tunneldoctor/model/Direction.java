package tunneldoctor.model;

/** Direction of traffic as the filtering device sees it. */
public enum Direction {
    INBOUND,
    OUTBOUND
}
