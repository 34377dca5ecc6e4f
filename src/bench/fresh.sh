# What scripts need that time fresh processes; read by them, with $home and $work set.

# The JDKs to measure: JAVA_HOMES, a list with spaces, or JAVA_HOME, or that of the java on the path.
jdks=${JAVA_HOMES:-${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}}

# prepare JDK: compiles Hello into $work, and has the launcher ready for the JDK.
prepare() {
    cat >"$work/Hello.java" <<'HELLO'
public class Hello {
    public static void main(String[] arguments) {
        System.out.println("hello");
    }
}
HELLO
    "$1/bin/javac" --release 17 -d "$work" "$work/Hello.java"
    # The first command builds where it has to and begins the archive of classes, which the next ones use.
    JAVA_HOME=$1 "$home/tunnel-doctor" diagnose --quiet "$home/facts-samples/incident.yaml" || true
    waited=0
    while [ "$waited" -lt 60 ] && find "$home/target" -maxdepth 1 -name '*.archive.lock' | grep -q .; do
        sleep 1
        waited=$((waited + 1))
    done
}
