package tunneldoctor.build;

import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Writes resources of a jar down in one of its classes, {@link tunneldoctor.start.WrittenDown}. */
final class WrittenResources {
    static final String CLASS = "tunneldoctor/start/WrittenDown";

    private static final String METHOD = "fill";
    private static final String BUILDER = "java/lang/StringBuilder";

    /** A constant of a class takes up to 65,535 bytes, and each character up to two of them. */
    private static final int LONGEST_CONSTANT = 30_000;

    private final TreeMap<String, String> resources = new TreeMap<>();

    /** Takes an entry of the jar, if every run asks for it. */
    void add(String entry, byte[] content) {
        boolean asked = entry.startsWith("META-INF/services/org.drools.")
                || entry.startsWith("META-INF/services/org.kie.")
                || entry.startsWith("META-INF/kie.")
                || entry.equals("tunneldoctor/rules/built-in");
        if (asked) {
            resources.put(entry, new String(content, StandardCharsets.ISO_8859_1));
        }
    }

    /** The class with the resources in it. */
    byte[] writtenInto(byte[] type) {
        ClassReader reader = new ClassReader(type);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public @Nullable MethodVisitor visitMethod(
                            int access,
                            String name,
                            String descriptor,
                            @Nullable String signature,
                            String @Nullable [] exceptions) {
                        MethodVisitor code = super.visitMethod(access, name, descriptor, signature, exceptions);
                        return name.equals(METHOD)
                                ? new MethodVisitor(Opcodes.ASM9, code) {
                                    @Override
                                    public void visitCode() {
                                        super.visitCode();
                                        resources.forEach((resource, text) -> put(this, resource, text));
                                    }
                                }
                                : code;
                    }
                },
                0);
        return writer.toByteArray();
    }

    private static void put(MethodVisitor code, String resource, String text) {
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitLdcInsn(resource);
        code.visitTypeInsn(Opcodes.NEW, BUILDER);
        code.visitInsn(Opcodes.DUP);
        code.visitMethodInsn(Opcodes.INVOKESPECIAL, BUILDER, "<init>", "()V", false);
        for (int at = 0; at < text.length(); at += LONGEST_CONSTANT) {
            code.visitLdcInsn(text.substring(at, Math.min(text.length(), at + LONGEST_CONSTANT)));
            code.visitMethodInsn(
                    Opcodes.INVOKEVIRTUAL, BUILDER, "append", "(Ljava/lang/String;)L" + BUILDER + ";", false);
        }
        code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, BUILDER, "toString", "()Ljava/lang/String;", false);
        code.visitMethodInsn(
                Opcodes.INVOKEINTERFACE,
                "java/util/Map",
                "put",
                "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;",
                true);
        code.visitInsn(Opcodes.POP);
    }
}
