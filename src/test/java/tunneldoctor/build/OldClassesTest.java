package tunneldoctor.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import picocli.CommandLine;

class OldClassesTest {
    @Test
    void aLibraryOfOldClassesWorksInTheNewForm() throws Exception {
        Map<String, byte[]> before = picocli();
        OldClasses old = new OldClasses(before);
        Map<String, byte[]> after = new HashMap<>();
        before.forEach((entry, content) -> after.put(entry, old.upgraded(content)));

        assertThat(before.values()).anyMatch(content -> version(content) < Opcodes.V1_6);
        assertThat(after.values()).allMatch(content -> version(content) >= Opcodes.V1_6);
        Loader loader = new Loader(after);
        // The verifier looks at a class when it is linked.
        for (String entry : after.keySet()) {
            Class.forName(nameOf(entry), true, loader);
        }
        Object line = loader.loadClass(CommandLine.class.getName())
                .getConstructor(Object.class)
                .newInstance(loader.loadClass(Greeting.class.getName())
                        .getDeclaredConstructor()
                        .newInstance());
        assertThat(line.getClass().getMethod("getUsageMessage").invoke(line))
                .isEqualTo(new CommandLine(new Greeting()).getUsageMessage());
        assertThat(line.getClass().getMethod("execute", String[].class).invoke(line, (Object)
                        new String[] {"--times=3"}))
                .isEqualTo(3);
    }

    @Test
    void newClassesAndThoseWithoutANewFormStayAsTheyAre() {
        OldClasses old = new OldClasses(Map.of());
        byte[] recent = withMethod(Opcodes.V11, code -> {});
        byte[] subroutine = withMethod(Opcodes.V1_4, code -> {
            Label sub = new Label();
            Label end = new Label();
            code.visitJumpInsn(Opcodes.JSR, sub);
            code.visitJumpInsn(Opcodes.GOTO, end);
            code.visitLabel(sub);
            code.visitVarInsn(Opcodes.ASTORE, 0);
            code.visitVarInsn(Opcodes.RET, 0);
            code.visitLabel(end);
        });
        byte[] unknown = withMethod(Opcodes.V1_4, code -> {
            Label other = new Label();
            Label joined = new Label();
            code.visitMethodInsn(Opcodes.INVOKESTATIC, "optional/One", "get", "()Loptional/One;", false);
            code.visitVarInsn(Opcodes.ASTORE, 0);
            code.visitInsn(Opcodes.ICONST_0);
            code.visitJumpInsn(Opcodes.IFEQ, other);
            code.visitJumpInsn(Opcodes.GOTO, joined);
            code.visitLabel(other);
            code.visitMethodInsn(Opcodes.INVOKESTATIC, "optional/Two", "get", "()Loptional/Two;", false);
            code.visitVarInsn(Opcodes.ASTORE, 0);
            code.visitLabel(joined);
        });

        assertThat(old.upgraded(recent)).isSameAs(recent);
        assertThat(old.upgraded(subroutine)).isSameAs(subroutine);
        assertThat(old.upgraded(unknown)).isSameAs(unknown);
    }

    /** A command of the tests that both picoclis read. */
    @CommandLine.Command(name = "greet", description = "Greets.", mixinStandardHelpOptions = true)
    public static final class Greeting implements Callable<Integer> {
        @CommandLine.Option(names = "--times", description = "How often.", defaultValue = "1")
        private int times;

        @Override
        public Integer call() {
            return times;
        }
    }

    private interface Code {
        void write(MethodVisitor code);
    }

    private static byte[] withMethod(int version, Code body) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(version, Opcodes.ACC_PUBLIC, "sample/Made", null, "java/lang/Object", null);
        MethodVisitor code = writer.visitMethod(Opcodes.ACC_STATIC, "run", "()V", null, null);
        code.visitCode();
        body.write(code);
        code.visitInsn(Opcodes.RETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static Map<String, byte[]> picocli() throws IOException {
        Map<String, byte[]> classes = new HashMap<>();
        try (InputStream file = CommandLine.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .openStream();
                JarInputStream in = new JarInputStream(file)) {
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                String name = entry.getName();
                if (name.startsWith("picocli/") && name.endsWith(".class") && !name.contains("groovy")) {
                    classes.put(name, in.readAllBytes());
                }
            }
        }
        return classes;
    }

    private static int version(byte[] content) {
        return (content[6] & 0xff) << 8 | content[7] & 0xff;
    }

    private static String nameOf(String entry) {
        return entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
    }

    /** Loads the classes given, and reads the test's command anew, so that its annotations are of these classes. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> classes;

        Loader(Map<String, byte[]> classes) {
            super(OldClassesTest.class.getClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            byte[] own = classes.get(name.replace('.', '/') + ".class");
            if (own == null && name.equals(Greeting.class.getName())) {
                own = read(name);
            }
            return own == null ? super.loadClass(name, resolve) : defineClass(name, own, 0, own.length);
        }

        private static byte[] read(String name) {
            try (InputStream in = Objects.requireNonNull(
                    OldClassesTest.class.getResourceAsStream('/' + name.replace('.', '/') + ".class"))) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
