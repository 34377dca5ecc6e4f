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
    /** Of {@code -m conntrack}, beside the state. */
    CONNECTION,
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

    /** What a dash and this letter stand for. */
    static IptablesOption of(char letter) {
        return switch (letter) {
            case 'm' -> MODULE;
            case 'j' -> JUMP;
            case 'g' -> GOTO;
            case 'c' -> COUNTERS;
            case 'f' -> FRAGMENT;
            case 's' -> SOURCE;
            case 'd' -> DESTINATION;
            case 'i' -> IN_INTERFACE;
            case 'o' -> OUT_INTERFACE;
            case 'p' -> PROTOCOL;
            default -> OTHER;
        };
    }

    static IptablesOption of(String word) {
        if (word.length() == 2 && word.charAt(0) == '-') {
            return of(word.charAt(1));
        }
        return switch (word) {
            case "--match" -> MODULE;
            case "--jump" -> JUMP;
            case "--goto" -> GOTO;
            case "--set-counters" -> COUNTERS;
            case "--fragment" -> FRAGMENT;
            case "--syn" -> SYN;
            case "--limit-iface-in", "--limit-iface-out" -> LIMIT_INTERFACE;
            case "--source", "--src" -> SOURCE;
            case "--destination", "--dst" -> DESTINATION;
            case "--in-interface" -> IN_INTERFACE;
            case "--out-interface" -> OUT_INTERFACE;
            case "--protocol", "--proto" -> PROTOCOL;
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
            default -> word.startsWith("--ct") && ConnectionWords.isOption(word.substring(2)) ? CONNECTION : OTHER;
        };
    }
}
