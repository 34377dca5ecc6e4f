package tunneldoctor.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;

class LateConstantsTest {
    private static final String PARSER = "com/fasterxml/jackson/core/base/ParserMinimalBase.class";

    @Test
    void aParserMakesNoDecimalBeforeItNeedsOne() throws IOException {
        Map<String, byte[]> classes = jackson();
        assertThat(decimalsMadeWith(Objects.requireNonNull(classes.get(PARSER))))
                .isEqualTo(4);

        LateConstants.rewrite(classes);

        assertThat(decimalsMadeWith(Objects.requireNonNull(classes.get(PARSER))))
                .isZero();
    }

    /** The limits of int and long are what the constants are for; a subclass asks for them under its own name. */
    @Test
    void numbersAreReadAsBefore() throws Exception {
        Map<String, byte[]> before = jackson();
        Map<String, byte[]> after = new HashMap<>(before);
        LateConstants.rewrite(after);

        assertThat(asked(before)).containsSubsequence("7", "out of range of int", "out of range of long");
        assertThat(asked(after)).isEqualTo(asked(before));
    }

    private static List<String> asked(Map<String, byte[]> classes) throws ReflectiveOperationException {
        Class<?> factory = new Loader(classes).loadClass(JsonFactory.class.getName());
        List<String> answers = new ArrayList<>();
        for (String number : List.of("7.5", "2147483647.5", "2147483648.5", "-2147483649.5", "9223372036854775808.5")) {
            for (String question : List.of("getIntValue", "getLongValue")) {
                Object parser = factory.getMethod("createParser", String.class)
                        .invoke(factory.getConstructor().newInstance(), number);
                parser.getClass().getMethod("nextToken").invoke(parser);
                parser.getClass().getMethod("getDecimalValue").invoke(parser);
                answers.add(answer(parser, question));
            }
        }
        return answers;
    }

    private static String answer(Object parser, String question) throws ReflectiveOperationException {
        try {
            return String.valueOf(parser.getClass().getMethod(question).invoke(parser));
        } catch (InvocationTargetException e) {
            return e.getTargetException().toString().replaceAll("(?s).*(out of range of \\w+).*", "$1");
        }
    }

    private static long decimalsMadeWith(byte[] type) {
        ClassNode node = new ClassNode();
        new ClassReader(type).accept(node, 0);
        long made = 0;
        for (var method : node.methods) {
            if (method.name.equals("<clinit>")) {
                for (var instruction : method.instructions) {
                    made += instruction instanceof MethodInsnNode call && call.owner.equals("java/math/BigDecimal")
                            ? 1
                            : 0;
                }
            }
        }
        return made;
    }

    private static Map<String, byte[]> jackson() throws IOException {
        Map<String, byte[]> classes = new HashMap<>();
        try (InputStream file = Objects.requireNonNull(JsonFactory.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation())
                        .openStream();
                JarInputStream in = new JarInputStream(file)) {
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                if (entry.getName().endsWith(".class")
                        && !entry.getName().startsWith("META-INF/")
                        && !entry.getName().equals("module-info.class")) {
                    classes.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return classes;
    }

    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> classes;

        Loader(Map<String, byte[]> classes) {
            super(ClassLoader.getPlatformClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] content = classes.get(name.replace('.', '/') + ".class");
            if (content == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, content, 0, content.length);
        }
    }
}
