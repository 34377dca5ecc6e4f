package tunneldoctor.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;

/**
 * Rewrites a jar so that a process that lives for a quarter of a second has little to do but its work: see {@link OldClasses},
 * {@link LateConstants}, {@link LambdaClasses}, {@link DearCalls} and {@link WrittenResources}. What the program does stays
 * the same.
 *
 * <pre>
 * java -cp … tunneldoctor.build.PreparedJar FILE.jar
 * </pre>
 */
public final class PreparedJar {
    private static final String CLASS = ".class";

    private PreparedJar() {}

    /** @param arguments the jar, which is replaced */
    public static void main(String[] arguments) throws IOException {
        Path jar = Path.of(arguments[0]);
        Path draft = jar.resolveSibling(jar.getFileName() + ".draft");
        try {
            try (InputStream from = Files.newInputStream(jar);
                    OutputStream to = Files.newOutputStream(draft)) {
                rewrite(from, to);
            }
            Files.move(draft, jar, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** Copies a jar. Its manifest and its other files stay as they are. */
    static void rewrite(InputStream from, OutputStream to) throws IOException {
        Map<String, byte[]> classes = new LinkedHashMap<>();
        WrittenResources resources = new WrittenResources();
        try (JarInputStream in = new JarInputStream(from);
                JarOutputStream out = new JarOutputStream(to, Objects.requireNonNull(in.getManifest()))) {
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                byte[] content = in.readAllBytes();
                if (entry.getName().endsWith(CLASS) && !entry.getName().startsWith("META-INF/")) {
                    classes.put(entry.getName(), content);
                } else {
                    resources.add(entry.getName(), content);
                    put(out, entry.getName(), content);
                }
            }
            OldClasses old = new OldClasses(classes);
            classes.replaceAll((entry, content) -> old.upgraded(content));
            LateConstants.rewrite(classes);
            LambdaClasses.rewrite(classes);
            classes.computeIfPresent(WrittenResources.CLASS + CLASS, (entry, type) -> resources.writtenInto(type));
            for (Map.Entry<String, byte[]> type : classes.entrySet()) {
                put(out, type.getKey(), type.getValue());
            }
        }
    }

    private static void put(JarOutputStream out, String name, byte[] content) throws IOException {
        JarEntry entry = new JarEntry(name);
        // The same classes are to make the same jar.
        entry.setTime(0);
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }
}
