package tunneldoctor.collect.nodes;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The only scripts that are ever sent to a machine. They read; none changes a firewall, a service or a setting.
 *
 * <p>An answer longer than one run brings back is kept in a file until it is fetched: to gather again would be purer, but
 * packet counters and sockets change between two runs, so that the parts would never fit together. The file lies in
 * {@code /run}, which is memory and root's alone, has a random name and mode 600, and goes with the last part.
 */
public final class NodeScripts {
    /** Leaves room for the lines around a part within {@link NodeRunner#MOST_BYTES}. */
    static final int PART_BYTES = 3_800;

    static final int KUBELET_PORT = 10_250;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]{10}");
    private static final Pattern ADDRESS =
            Pattern.compile("(?:[0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}");

    /** Where answers lie; not writable for whoever tests without being root. */
    private static final String PLACE = """
            LC_ALL=C; export LC_ALL; umask 077
            PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH
            d=/run; [ -w /run ] || d=${TMPDIR:-/tmp}
            """;

    /**
     * A frame holds one output: {@code @ RETURN-CODE BYTES COMMAND}, then so many bytes, then a line end. What the shell
     * counts are bytes, for the locale is C.
     */
    private static final String FRAMES = """
            limit=; command -v timeout >/dev/null 2>&1 && limit='timeout 20'
            frame() { printf '@ %s %s %s\\n%s\\n' "$1" "${#3}" "$2" "$3"; }
            kept() {
              o=$($limit "$@" 2>&1; printf '#%s' "$?")
              r=${o##*#}; frame "$r" "$*" "${o%#*}"
            }
            there() { command -v "$1" >/dev/null 2>&1; }
            may() { if there "$1"; then kept "$@"; else frame 127 "$*" ''; fi; }
            """;

    private static final String GATHERED = """
            gathered() {
            saved=
            for v in -nft -legacy; do for f in iptables ip6tables; do
              if there $f$v-save; then kept $f$v-save; saved=1; fi
            done; done
            if [ -z "$saved" ]; then may iptables-save; may ip6tables-save; fi
            may nft list ruleset
            may iptables --list --line-numbers -n -v
            kept ufw status verbose; kept ufw status numbered
            may ss -ltnp
            may systemctl is-active kubelet
            frame 0 end ''
            }
            """;

    /** Says that it cannot answer rather than answering in part. */
    private static final String SENT = """
            for t in gzip base64 sha256sum dd tr mktemp; do
              there $t || { echo "TDX $t is not installed"; exit 0; }
            done
            f=$(mktemp "$d/tunnel-doctor.XXXXXXXXXX") || { echo 'TDX no room for the answer'; exit 0; }
            trap 'rm -f "$f"' HUP INT TERM
            gathered | gzip -9 -c | base64 | tr -d '\\n' >"$f" || { rm -f "$f"; echo 'TDX no room for the answer'; exit 0; }
            s=$(sha256sum <"$f"); s=${s%% *}; b=$(wc -c <"$f"); b=$((b))
            echo "TD1 ${f##*.} $b $s"
            dd if="$f" bs=@BYTES@ count=1 2>/dev/null; echo
            echo 'TDE 0'
            [ "$b" -gt @BYTES@ ] || rm -f "$f"
            """.replace("@BYTES@", String.valueOf(PART_BYTES));

    static final NodeScript GATHER = new NodeScript("firewall", PLACE + FRAMES + GATHERED + SENT);

    private NodeScripts() {}

    /**
     * Attempts to connect to kubelets, one after the other, each for two seconds at most.
     *
     * @param addresses as Azure or Kubernetes gave them
     * @throws IllegalArgumentException if one is not a plain IP address
     */
    static NodeScript probe(List<String> addresses) {
        addresses.forEach(address -> require(ADDRESS, address));
        String attempts = addresses.stream()
                .map(address -> "attempt " + address + "\n")
                .collect(Collectors.joining("", "gathered() {\n", "frame 0 end ''\n}\n"));
        String attempt = """
                attempt() {
                if there nc; then kept nc -v -w 2 "$1" @PORT@
                elif there bash && there timeout; then
                  o=$(timeout 2 bash -c "</dev/tcp/$1/@PORT@" 2>&1; echo "rc=$?")
                  frame 0 "timeout 2 bash -c '</dev/tcp/$1/@PORT@'; echo rc=\\$?" "$o"
                else frame 127 "nc -v -w 2 $1 @PORT@" ''; fi
                }
                """.replace("@PORT@", String.valueOf(KUBELET_PORT));
        return new NodeScript("probes", PLACE + FRAMES + attempt + attempts + SENT);
    }

    /**
     * A further part of an answer.
     *
     * @param name of the answer, as its first part gave it
     * @param part 1 is the second
     * @param last whether the answer is not needed after it
     */
    static NodeScript part(String name, int part, boolean last) {
        require(NAME, name);
        return new NodeScript(
                "part " + part,
                PLACE + "f=$d/tunnel-doctor." + name + "\n"
                        + "[ -f \"$f\" ] || { echo 'TDX the answer is gone'; exit 0; }\n"
                        + "dd if=\"$f\" bs=" + PART_BYTES + " skip=" + part + " count=1 2>/dev/null; echo\n"
                        + "echo 'TDE " + part + "'\n"
                        + (last ? "rm -f \"$f\"\n" : ""));
    }

    /** Takes away an answer of which no more is wanted. */
    static NodeScript forget(String name) {
        require(NAME, name);
        return new NodeScript("forget", PLACE + "rm -f \"$d/tunnel-doctor." + name + "\"\necho 'TDE forget'\n");
    }

    static boolean isAddress(String text) {
        return ADDRESS.matcher(text).matches();
    }

    private static void require(Pattern form, String text) {
        if (!form.matcher(text).matches()) {
            throw new IllegalArgumentException("not to be put into a script: " + text);
        }
    }
}
