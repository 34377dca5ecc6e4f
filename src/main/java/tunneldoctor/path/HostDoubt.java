package tunneldoctor.path;

/** Why a walk through a host firewall cannot tell whether a rule catches a packet, or what becomes of it then. */
enum HostDoubt {
    /** It differs from packet to packet or from connection to connection: limits, random choice, source ports. */
    VARIES,
    /** A condition that counts connections may itself drop packets of those whose beginning it did not see. */
    UNCOUNTED,
    /** It rests on state no text shows: sets, owners, hardware addresses. */
    NOT_SHOWN,
    /** A host, service or protocol is printed by name. */
    NAMED,
    /** The tool that prints the rules is known to leave a condition out at times. */
    OMITTED,
    /** The text holds words this tool does not know. */
    NOT_UNDERSTOOD,
    /** {@code iptables -L} without {@code -v} hides which interface a rule is for. */
    HIDDEN_INTERFACE,
    /** The node's own address is not known, or may be one of several. */
    DESTINATION,
    /** The text broke off, so that rules or a policy are missing. */
    TRUNCATED,
    /** A rule enters a chain the text does not show. */
    MISSING_CHAIN,
    /** Chains enter each other in a circle, or nest too deeply to follow. */
    LOOP,
    /** A rule hands the packet to something that decides elsewhere: a queue, a proxy, an unknown extension. */
    DECIDED_ELSEWHERE,
    /** Base chains of equal priority end a connection differently, and no text shows which of them comes first. */
    ORDER,
    /** Chains of type nat are entered only where connections are tracked, and nothing shown has them tracked. */
    TRACKING,
    /** A nat rule gives the connection another destination. */
    REWRITTEN,
    /** Tables that are known to exist, or may well, are not among the evidence. */
    OTHER_TABLES
}
