package tunneldoctor.knowledge;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.Cause;
import tunneldoctor.model.Severity;

/**
 * What one rule file compiles to.
 *
 * @param modelClass the class that holds the file's rules as an executable model
 * @param jdk feature release of the JDK it was compiled against; an older one may lack what it calls
 * @param cause empty for shared inferences; its file is not part of what is kept
 * @param classes binary names to class files; empty where the classes are on the class path
 */
record CompiledRules(String modelClass, int jdk, Optional<Cause> cause, Map<String, byte[]> classes) {
    private static final String MANIFEST = "manifest";
    private static final int DIGEST_BYTES = 32;
    private static final int MAX_ENTRIES = 20_000;
    private static final int MAX_ENTRY_BYTES = 4 << 20;
    private static final long MAX_BYTES = 64 << 20;

    /** The same rules where their file has another place below the rules directory. */
    CompiledRules in(String file) {
        return new CompiledRules(
                modelClass,
                jdk,
                cause.map(known -> new Cause(
                        known.id(),
                        known.title(),
                        known.severity(),
                        known.source(),
                        known.maturity(),
                        known.ruledOut(),
                        file)),
                classes);
    }

    /** Whether this JDK has all it calls. */
    boolean fits() {
        return jdk <= Runtime.version().feature();
    }

    /** The facts about it as lines {@code key=value}. */
    String manifest() {
        StringBuilder lines = new StringBuilder("model=" + modelClass + "\njdk=" + jdk + "\n");
        cause.ifPresent(known -> lines.append("id=" + known.id() + "\ntitle=" + known.title() + "\nseverity="
                + known.severity() + "\nsource=" + known.source() + "\nmaturity=" + known.maturity() + "\nruledOut="
                + known.ruledOut() + "\n"));
        return lines.toString();
    }

    /** Empty if the text is not a manifest. */
    static Optional<CompiledRules> fromManifest(String text, String file, Map<String, byte[]> classes) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        try {
            Optional<Cause> cause = values.containsKey("id")
                    ? Optional.of(new Cause(
                            value(values, "id"),
                            value(values, "title"),
                            Severity.valueOf(value(values, "severity")),
                            value(values, "source"),
                            value(values, "maturity"),
                            value(values, "ruledOut"),
                            file))
                    : Optional.empty();
            return Optional.of(new CompiledRules(
                    value(values, "model"), Integer.parseInt(value(values, "jdk")), cause, Map.copyOf(classes)));
        } catch (IllegalArgumentException notAManifest) {
            return Optional.empty();
        }
    }

    private static String value(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key);
        }
        return value;
    }

    /** The same bytes for the same rules: a digest of the rest, and a zip without times, its entries in order. */
    byte[] zip() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, MANIFEST, manifest().getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, byte[]> entry : new TreeMap<>(classes).entrySet()) {
                put(zip, entry.getKey(), entry.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException("a stream in memory does not fail", e);
        }
        byte[] zipped = bytes.toByteArray();
        byte[] whole = Arrays.copyOf(sha256(zipped, 0), DIGEST_BYTES + zipped.length);
        System.arraycopy(zipped, 0, whole, DIGEST_BYTES, zipped.length);
        return whole;
    }

    private static byte[] sha256(byte[] bytes, int from) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, from, bytes.length - from);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** Empty for anything that is not whole: a digest that does not fit, a cut, a missing manifest. */
    static Optional<CompiledRules> unzip(byte[] bytes, String file) {
        // A zip cut between two entries still unzips, and would lack classes.
        if (bytes.length < DIGEST_BYTES
                || !MessageDigest.isEqual(Arrays.copyOf(bytes, DIGEST_BYTES), sha256(bytes, DIGEST_BYTES))) {
            return Optional.empty();
        }
        Map<String, byte[]> classes = new LinkedHashMap<>();
        String manifest = null;
        long total = 0;
        try (ZipInputStream zip =
                new ZipInputStream(new ByteArrayInputStream(bytes, DIGEST_BYTES, bytes.length - DIGEST_BYTES))) {
            for (@Nullable ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] content = zip.readNBytes(MAX_ENTRY_BYTES);
                total += content.length;
                if (content.length == MAX_ENTRY_BYTES || classes.size() > MAX_ENTRIES || total > MAX_BYTES) {
                    return Optional.empty();
                }
                if (entry.getName().equals(MANIFEST)) {
                    manifest = new String(content, StandardCharsets.UTF_8);
                } else {
                    classes.put(entry.getName(), content);
                }
            }
        } catch (IOException | IllegalArgumentException damaged) {
            return Optional.empty();
        }
        return manifest == null ? Optional.empty() : fromManifest(manifest, file, classes);
    }
}
