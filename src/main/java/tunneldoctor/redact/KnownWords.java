package tunneldoctor.redact;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words that name nobody: those of Azure, Kubernetes, Linux firewalls and plain English that stand in
 * {@code known-words.txt}, and all that this program itself reads and says, which its build lists in
 * {@value WordList#RESOURCE}. All in lower case.
 */
final class KnownWords {
    private static final String RESOURCE = "known-words.txt";

    /** Interfaces are named by the system, after slots and hashes. */
    private static final Pattern INTERFACE = Pattern.compile(
            "(?:eth|docker|cbr|cni|azure|bond|br|tun|tap|tunl|wlan|dummy|vxlan|flannel|ib|lo|wg|gre|sit|ipvs)\\d{0,4}"
                    + "|en(?:[ops]|x)\\w{1,12}|(?:azv|cali|veth|lxc)[0-9a-f]{1,12}");

    /** Sizes of machines and names of node images, {@code Standard_D4s_v5} and {@code AKSUbuntu-2204gen2containerd-202510.03.0}. */
    private static final Pattern FORMULA =
            Pattern.compile("(?:standard|basic)_[a-z]+\\d[\\w-]*|aks(?:ubuntu|azurelinux|cblmariner|windows)-[\\w.-]*");

    private final Map<String, Set<String>> sections = new HashMap<>();

    private KnownWords() {}

    static KnownWords load() {
        KnownWords known = new KnownWords();
        known.read(RESOURCE);
        known.read(WordList.RESOURCE);
        return known;
    }

    private void read(String resource) {
        try (InputStream in = KnownWords.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not there: build with mvn process-classes");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            Set<String> section = section("words");
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("[")) {
                    section = section(line.substring(1, line.length() - 1));
                } else if (!line.startsWith("#") && !line.isBlank()) {
                    section.addAll(List.of(line.toLowerCase(Locale.ROOT).strip().split(" +")));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Set<String> section(String name) {
        return sections.computeIfAbsent(name, n -> new HashSet<>());
    }

    private boolean in(String section, String word) {
        return section(section).contains(word);
    }

    /** Whether a word, or a name as a whole, stays. */
    boolean contains(String word) {
        return in("words", word) || isRegion(word);
    }

    boolean isRegion(String word) {
        return in("regions", word);
    }

    /** Whether a part of a name says only what kind of thing it names, as {@code nsg} does. */
    boolean isHint(String word) {
        return in("hints", word);
    }

    /** Whether names that begin so are a product's own and made of known words. */
    boolean isProduct(String prefix) {
        return in("products", prefix);
    }

    boolean isUnit(String word) {
        return in("units", word);
    }

    /** Whether a label of a host's name is a service's, as {@code privatelink} is. */
    boolean isServiceLabel(String label) {
        return in("labels", label);
    }

    boolean isInterface(String word) {
        return INTERFACE.matcher(word).matches();
    }

    /** Whether an interface's name may begin so, as in {@code et+}. */
    boolean beginsInterface(String word) {
        Matcher matcher = INTERFACE.matcher(word);
        return matcher.matches() || matcher.hitEnd();
    }

    boolean isFormula(String name) {
        return FORMULA.matcher(name).matches();
    }

    /** Where the public domain begins in a host's name, at the point before it; empty if there is none. */
    Optional<Integer> domain(String name) {
        for (int point = name.indexOf('.'); point > 0; point = name.indexOf('.', point + 1)) {
            if (in("domains", name.substring(point + 1))) {
                return Optional.of(point);
            }
        }
        return Optional.empty();
    }
}
