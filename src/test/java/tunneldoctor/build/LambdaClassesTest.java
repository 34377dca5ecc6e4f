package tunneldoctor.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class LambdaClassesTest {
    /** Loads what a jar holds before it asks its parent. */
    private static final class JarLoader extends ClassLoader {
        private final Map<String, byte[]> classes;

        JarLoader(Map<String, byte[]> classes) {
            super(LambdaClassesTest.class.getClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            byte[] own = classes.get(name.replace('.', '/') + ".class");
            if (own == null) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? defineClass(name, own, 0, own.length) : loaded;
        }
    }

    private static Map<String, byte[]> sample = Map.of();

    @BeforeAll
    static void compileTheSample(@TempDir Path directory) throws IOException {
        Path source = directory.resolve("Sample.java");
        try (InputStream text = Objects.requireNonNull(LambdaClassesTest.class.getResourceAsStream("Sample.java"))) {
            Files.copy(text, source);
        }
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "--release", "17", "-d", directory.toString(), source.toString()))
                .isZero();
        Map<String, byte[]> classes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                classes.put(directory.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
        sample = classes;
    }

    @Test
    void whatLambdasAndConcatenationsGiveStaysTheSame() throws Exception {
        Map<String, byte[]> after = classes(rewritten(jar(sample)));

        assertThat(linkedAtRunTime(Objects.requireNonNull(sample.get("sample/Sample.class"))))
                .isGreaterThan(20);
        assertThat(after).hasSizeGreaterThan(sample.size() + 15);
        after.forEach(
                (name, bytes) -> assertThat(linkedAtRunTime(bytes)).as(name).isZero());
        assertThat(dearCalls(Objects.requireNonNull(sample.get("sample/Sample.class"))))
                .isGreaterThan(25);
        after.forEach((name, bytes) -> assertThat(dearCalls(bytes)).as(name).isZero());
        assertThat(said(after)).asInstanceOf(InstanceOfAssertFactories.LIST).hasSizeGreaterThan(25);
        assertThat(said(after)).isEqualTo(said(sample));
    }

    @Test
    void theSameClassesMakeTheSameJar() throws IOException {
        byte[] once = rewritten(jar(sample));
        assertThat(rewritten(jar(sample))).isEqualTo(once);
        assertThat(rewritten(once)).isEqualTo(once);
    }

    private static Object said(Map<String, byte[]> classes)
            throws ReflectiveOperationException, InvocationTargetException {
        Object sample = new JarLoader(classes)
                .loadClass("sample.Sample")
                .getDeclaredConstructor()
                .newInstance();
        return ((Supplier<?>) sample).get();
    }

    private static byte[] rewritten(byte[] jar) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PreparedJar.rewrite(new ByteArrayInputStream(jar), out);
        return out.toByteArray();
    }

    private static byte[] jar(Map<String, byte[]> classes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
        try (JarOutputStream out = new JarOutputStream(bytes, manifest)) {
            for (Map.Entry<String, byte[]> type : classes.entrySet()) {
                out.putNextEntry(new JarEntry(type.getKey()));
                out.write(type.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static Map<String, byte[]> classes(byte[] jar) throws IOException {
        Map<String, byte[]> classes = new HashMap<>();
        try (JarInputStream in = new JarInputStream(new ByteArrayInputStream(jar))) {
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                classes.put(entry.getName(), in.readAllBytes());
            }
        }
        return classes;
    }

    private static final Set<String> ENDS_OF_STREAMS = Set.of(
            "toList", "toSet", "joining", "findFirst", "anyMatch", "allMatch", "noneMatch", "min", "max", "identity");

    /** Calls that make a class at run time, each time a place is reached first, or with a lambda of Java's own. */
    private static int dearCalls(byte[] type) {
        int[] found = {0};
        new ClassReader(type)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    @Override
                                    public void visitMethodInsn(
                                            int how, String owner, String called, String to, boolean ofInterface) {
                                        boolean dear = called.startsWith("comparing")
                                                || called.startsWith("thenComparing")
                                                || ENDS_OF_STREAMS.contains(called);
                                        if (dear && owner.startsWith("java/")) {
                                            found[0]++;
                                        }
                                    }
                                };
                            }
                        },
                        0);
        return found[0];
    }

    private static int linkedAtRunTime(byte[] type) {
        int[] found = {0};
        new ClassReader(type)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    @Override
                                    public void visitInvokeDynamicInsn(
                                            String call, String to, Handle how, Object... with) {
                                        // Records' own methods are the business of RecordMethods.
                                        if (!how.getOwner().equals("java/lang/runtime/ObjectMethods")) {
                                            found[0]++;
                                        }
                                    }
                                };
                            }
                        },
                        0);
        return found[0];
    }
}
