package tunneldoctor.knowledge;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tunneldoctor.start.WrittenDown;

/**
 * The rules compiled while the tool was built. Each is known by the whole text it was compiled from, in one resource: a
 * fresh process compares texts much faster than it computes digests of them, or opens several resources.
 */
final class BuiltInRules {
    private static final String RESOURCE = "tunneldoctor/rules/built-in";

    private final Optional<String> vocabulary;
    private final Map<String, Shipped> byId;

    private BuiltInRules(Optional<String> vocabulary, Map<String, Shipped> byId) {
        this.vocabulary = vocabulary;
        this.byId = byId;
    }

    /** @param manifest see {@link CompiledRules#manifest} */
    private record Shipped(boolean shared, byte[] text, String manifest) {}

    /** None where they cannot be read, or were compiled against another vocabulary than that on the class path. */
    static BuiltInRules read() {
        try {
            Optional<byte[]> content = content();
            return content.isEmpty() ? none() : read(content.get());
        } catch (IOException | RuntimeException damaged) {
            return none();
        }
    }

    private static Optional<byte[]> content() throws IOException {
        Optional<String> written = WrittenDown.bytes(RESOURCE);
        if (written.isPresent()) {
            return Optional.of(written.get().getBytes(StandardCharsets.ISO_8859_1));
        }
        try (@Nullable InputStream in = BuiltInRules.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        }
    }

    private static BuiltInRules none() {
        return new BuiltInRules(ModelFingerprint.compute(), Map.of());
    }

    private static BuiltInRules read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        Optional<String> vocabulary = Optional.of(in.readUTF());
        // A jar is made as a whole; a directory of classes may have been compiled in parts.
        if (!WrittenDown.isFilled() && !ModelFingerprint.compute().equals(vocabulary)) {
            return none();
        }
        Map<String, Shipped> byId = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            byId.put(in.readUTF(), new Shipped(in.readBoolean(), in.readNBytes(in.readInt()), in.readUTF()));
        }
        return new BuiltInRules(vocabulary, byId);
    }

    /** Tells this build of the vocabulary from another; empty where it cannot be told. */
    Optional<String> vocabulary() {
        return vocabulary;
    }

    /** Names the file's rules as shipped, apart from every digest. */
    static String key(RuleFile file) {
        return "built-in " + file.id();
    }

    /** Empty if the file is not as it was shipped, or was compiled for a later JDK than this. */
    Optional<CompiledRules> of(RuleFile file) {
        Shipped shipped = byId.get(file.id());
        return shipped == null || shipped.shared != file.shared() || !Arrays.equals(shipped.text, file.bytes())
                ? Optional.empty()
                : CompiledRules.fromManifest(shipped.manifest, file.relative(), Map.of())
                        .filter(CompiledRules::fits);
    }

    /** Puts the classes and the list of them below the root of a class path, where {@link #read} finds them. */
    static void write(Path root, Map<RuleFile, CompiledRules> rules) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(ModelFingerprint.compute().orElseThrow());
        out.writeInt(rules.size());
        for (Map.Entry<RuleFile, CompiledRules> entry : rules.entrySet()) {
            RuleFile file = entry.getKey();
            out.writeUTF(file.id());
            out.writeBoolean(file.shared());
            out.writeInt(file.bytes().length);
            out.write(file.bytes());
            out.writeUTF(entry.getValue().manifest());
            for (Map.Entry<String, byte[]> type : entry.getValue().classes().entrySet()) {
                put(root, List.of(type.getKey().split("\\.")), ".class", type.getValue());
            }
        }
        put(root, List.of(RESOURCE.split("/")), "", bytes.toByteArray());
    }

    private static void put(Path root, List<String> names, String suffix, byte[] content) throws IOException {
        Path target = root.resolve(String.join("/", names) + suffix);
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Files.write(target, content);
    }
}
