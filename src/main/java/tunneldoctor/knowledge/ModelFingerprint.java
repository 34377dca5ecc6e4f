package tunneldoctor.knowledge;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import tunneldoctor.model.Fact;

/**
 * Tells one build of the vocabulary, and of what checks and compiles rules, from another: no rule runs that was compiled
 * against other fields, or let through by other checks. Built on the checksums a jar's directory holds anyway: nothing is unpacked, and a directory of classes gives the same value.
 */
final class ModelFingerprint {
    private static final String MODEL = "tunneldoctor/model/";
    private static final String KNOWLEDGE = "tunneldoctor/knowledge/";

    private ModelFingerprint() {}

    /** Empty where the classes' place cannot be read: then nothing is kept. */
    static Optional<String> compute() {
        return classes().map(classes -> {
            CRC32 all = new CRC32();
            StringBuilder lines = new StringBuilder();
            classes.forEach((name, crc) -> lines.append(name).append(crc).append('\n'));
            all.update(lines.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return classes.size() + "-" + lines.length() + "-" + String.format(Locale.ROOT, "%08x", all.getValue());
        });
    }

    /** The class files with their checksums. */
    static Optional<TreeMap<String, Long>> classes() {
        try {
            // A class of the boot loader has no code source, but every class is a resource somewhere.
            URL fact = Objects.requireNonNull(Fact.class.getResource("Fact.class"));
            return Optional.of(
                    fact.openConnection() instanceof JarURLConnection inJar
                            ? fromJar(Path.of(inJar.getJarFileURL().toURI()))
                            : fromDirectory(Path.of(fact.toURI().resolve("../.."))));
        } catch (IOException | URISyntaxException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    private static TreeMap<String, Long> fromJar(Path jar) throws IOException {
        TreeMap<String, Long> classes = new TreeMap<>();
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            Enumeration<JarEntry> entries = file.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                if (counts(entry.getName())) {
                    classes.put(entry.getName(), entry.getCrc());
                }
            }
        }
        return classes;
    }

    private static TreeMap<String, Long> fromDirectory(Path root) throws IOException {
        TreeMap<String, Long> classes = new TreeMap<>();
        for (String part : new String[] {MODEL, KNOWLEDGE}) {
            try (Stream<Path> files = Files.list(root.resolve(part))) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    String name = part + file.getFileName();
                    if (counts(name)) {
                        CRC32 crc = new CRC32();
                        crc.update(Files.readAllBytes(file));
                        classes.put(name, crc.getValue());
                    }
                }
            }
        }
        return classes;
    }

    private static boolean counts(String name) {
        return name.endsWith(".class") && (name.startsWith(MODEL) || name.startsWith(KNOWLEDGE));
    }
}
