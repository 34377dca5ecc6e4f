package tunneldoctor.parse;

/** The options of {@code iptables -A} that are read; all of their spellings. */
enum IptablesOption {
    MODULE,
    JUMP,
    GOTO,
    COUNTERS,
    FRAGMENT,
    SYN,
    LIMIT_INTERFACE,
    SOURCE,
    DESTINATION,
    IN_INTERFACE,
    OUT_INTERFACE,
    PROTOCOL,
    SOURCE_PORTS,
    DESTINATION_PORTS,
    ANY_PORTS,
    TCP_FLAGS,
    STATE,
    COMMENT,
    SOURCE_RANGE,
    DESTINATION_RANGE,
    SOURCE_TYPE,
    DESTINATION_TYPE,
    MARK,
    ICMP_TYPE,
    /** Of an extension that is not decided. */
    OTHER;

    /** For {@link WordCache}: this option's value, as {@code -S} prints it. */
    int specified(boolean negated) {
        return 1 + 4 * ordinal() + (negated ? 1 : 0);
    }

    /** For {@link WordCache}: what {@code -L} prints in place of this option, the sign of a negation in the word. */
    int listed() {
        return 3 + 4 * ordinal();
    }

    static IptablesOption of(String word) {
        return switch (word) {
            case "-m", "--match" -> MODULE;
            case "-j", "--jump" -> JUMP;
            case "-g", "--goto" -> GOTO;
            case "-c", "--set-counters" -> COUNTERS;
            case "-f", "--fragment" -> FRAGMENT;
            case "--syn" -> SYN;
            case "--limit-iface-in", "--limit-iface-out" -> LIMIT_INTERFACE;
            case "-s", "--source", "--src" -> SOURCE;
            case "-d", "--destination", "--dst" -> DESTINATION;
            case "-i", "--in-interface" -> IN_INTERFACE;
            case "-o", "--out-interface" -> OUT_INTERFACE;
            case "-p", "--protocol", "--proto" -> PROTOCOL;
            case "--sport", "--source-port", "--sports", "--source-ports" -> SOURCE_PORTS;
            case "--dport", "--destination-port", "--dports", "--destination-ports" -> DESTINATION_PORTS;
            case "--ports", "--port" -> ANY_PORTS;
            case "--tcp-flags" -> TCP_FLAGS;
            case "--ctstate", "--state" -> STATE;
            case "--comment" -> COMMENT;
            case "--src-range" -> SOURCE_RANGE;
            case "--dst-range" -> DESTINATION_RANGE;
            case "--src-type" -> SOURCE_TYPE;
            case "--dst-type" -> DESTINATION_TYPE;
            case "--mark" -> MARK;
            case "--icmp-type" -> ICMP_TYPE;
            default -> OTHER;
        };
    }
}
