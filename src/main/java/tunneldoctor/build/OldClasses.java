package tunneldoctor.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Brings classes of Java 5 and before, as picocli's are, to the form of Java 7. Java keeps no older ones in an archive of
 * classes, so that every process would open the jar for them, which alone takes longer than many a diagnosis.
 */
final class OldClasses {
    private static final String CLASS = ".class";
    private static final String OBJECT = "java/lang/Object";

    /** All classes of the jar, by their entry. */
    private final Map<String, byte[]> classes;

    OldClasses(Map<String, byte[]> classes) {
        this.classes = classes;
    }

    /** A class as it is to be; the same if it is new enough, or cannot be said in a later form. */
    byte[] upgraded(byte[] content) {
        ClassReader reader = new ClassReader(content);
        if (version(content) >= Opcodes.V1_6) {
            return content;
        }
        try {
            ClassWriter writer = new Frames();
            reader.accept(
                    new ClassVisitor(Opcodes.ASM9, writer) {
                        @Override
                        public void visit(
                                int version,
                                int access,
                                String name,
                                @Nullable String signature,
                                @Nullable String superName,
                                String @Nullable [] interfaces) {
                            super.visit(Opcodes.V1_7, access, name, signature, superName, interfaces);
                        }
                    },
                    ClassReader.SKIP_FRAMES);
            return writer.toByteArray();
        } catch (IllegalArgumentException | TypeNotPresentException subroutineOrUnknown) {
            return content;
        }
    }

    private static int version(byte[] content) {
        return (content[6] & 0xff) << 8 | content[7] & 0xff;
    }

    /** States the types at each branch's target, which the form of Java 7 asks for. */
    private final class Frames extends ClassWriter {
        Frames() {
            super(COMPUTE_FRAMES);
        }

        @Override
        protected String getCommonSuperClass(String one, String other) {
            List<String> above = superclasses(one);
            return superclasses(other).stream()
                    .filter(above::contains)
                    .findFirst()
                    .orElse(OBJECT);
        }
    }

    /** From the class itself upwards; nothing but {@code Object} for an interface, as the verifier takes any object for one. */
    private List<String> superclasses(String type) {
        List<String> found = new ArrayList<>();
        String next = type;
        while (next != null && !next.equals(OBJECT)) {
            byte[] own = classes.get(next + CLASS);
            if (own == null) {
                ofJava(next, found);
                break;
            }
            ClassReader reader = new ClassReader(own);
            if ((reader.getAccess() & Opcodes.ACC_INTERFACE) != 0) {
                break;
            }
            found.add(next);
            next = reader.getSuperName();
        }
        found.add(OBJECT);
        return found;
    }

    /** @throws TypeNotPresentException if it is of an optional library, which the jar does without */
    private static void ofJava(String type, List<String> found) {
        try {
            Class<?> known = Class.forName(type.replace('/', '.'), false, OldClasses.class.getClassLoader());
            for (Class<?> next = known; next != null && !known.isInterface(); next = next.getSuperclass()) {
                found.add(next.getName().replace('.', '/'));
            }
        } catch (ClassNotFoundException e) {
            throw new TypeNotPresentException(type, e);
        }
    }
}
