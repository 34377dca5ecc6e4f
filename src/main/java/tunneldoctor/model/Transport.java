package tunneldoctor.model;

import java.util.Locale;

/** Transport protocols the tunnel's flows use. */
public enum Transport {
    TCP(6),
    UDP(17);

    private final int number;

    Transport(int number) {
        this.number = number;
    }

    /** The IANA protocol number. */
    public int number() {
        return number;
    }

    /** Lower case, as firewalls print it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
