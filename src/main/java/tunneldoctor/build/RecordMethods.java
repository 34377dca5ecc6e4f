package tunneldoctor.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.RecordComponentVisitor;
import org.objectweb.asm.Type;

/**
 * Gives records plain {@code hashCode} and {@code equals}, with the results of those the compiler writes. The compiler's are
 * put together from method handles when they are first called, which takes a fresh process a millisecond for each record,
 * and run slowly until the second compiler gets to them, which a short run never waits for.
 *
 * <pre>
 * java -cp … tunneldoctor.build.RecordMethods target/classes
 * </pre>
 */
public final class RecordMethods {
    private static final int API = Opcodes.ASM9;
    private static final String BOOTSTRAP = "java/lang/runtime/ObjectMethods";
    private static final String HASH_CODE = "hashCode()I";
    private static final String EQUALS = "equals(Ljava/lang/Object;)Z";

    private RecordMethods() {}

    /** @param arguments the root of the compiled classes */
    public static void main(String[] arguments) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(arguments[0]))) {
            files.filter(file -> file.toString().endsWith(".class")).forEach(RecordMethods::rewrite);
        }
    }

    private static void rewrite(Path file) {
        try {
            byte[] before = Files.readAllBytes(file);
            byte[] after = rewritten(before);
            if (after != before) {
                Files.write(file, after);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same array where there is nothing to do. */
    static byte[] rewritten(byte[] type) {
        ClassReader reader = new ClassReader(type);
        Generated generated = new Generated();
        reader.accept(generated, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        if (generated.methods.isEmpty()) {
            return type;
        }
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        reader.accept(new Rewriter(writer, reader.getClassName(), generated), 0);
        return writer.toByteArray();
    }

    /** Finds the methods to replace, and what they have to look at. */
    private static final class Generated extends ClassVisitor {
        private final Set<String> methods = new HashSet<>();
        private final List<Component> components = new ArrayList<>();

        Generated() {
            super(API);
        }

        @Override
        public @Nullable RecordComponentVisitor visitRecordComponent(
                String name, String descriptor, @Nullable String signature) {
            components.add(new Component(name, Type.getType(descriptor)));
            return null;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            String method = name + descriptor;
            if (!method.equals(HASH_CODE) && !method.equals(EQUALS)) {
                return null;
            }
            return new MethodVisitor(API) {
                @Override
                public void visitInvokeDynamicInsn(String call, String type, Handle bootstrap, Object... arguments) {
                    if (bootstrap.getOwner().equals(BOOTSTRAP)) {
                        methods.add(method);
                    }
                }
            };
        }
    }

    private record Component(String name, Type type) {
        boolean reference() {
            return type.getSort() == Type.OBJECT || type.getSort() == Type.ARRAY;
        }

        /** The class with the primitive's static {@code hashCode}, {@code compare}. */
        String box() {
            return switch (type.getSort()) {
                case Type.BOOLEAN -> "java/lang/Boolean";
                case Type.BYTE -> "java/lang/Byte";
                case Type.CHAR -> "java/lang/Character";
                case Type.SHORT -> "java/lang/Short";
                case Type.INT -> "java/lang/Integer";
                case Type.LONG -> "java/lang/Long";
                case Type.FLOAT -> "java/lang/Float";
                default -> "java/lang/Double";
            };
        }

        void load(MethodVisitor code, String owner, int local) {
            code.visitVarInsn(Opcodes.ALOAD, local);
            code.visitFieldInsn(Opcodes.GETFIELD, owner, name, type.getDescriptor());
        }
    }

    private static final class Rewriter extends ClassVisitor {
        private final String owner;
        private final Generated generated;

        Rewriter(ClassVisitor next, String owner, Generated generated) {
            super(API, next);
            this.owner = owner;
            this.generated = generated;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor code =
                    Objects.requireNonNull(super.visitMethod(access, name, descriptor, signature, exceptions));
            if (!generated.methods.contains(name + descriptor)) {
                return code;
            }
            code.visitCode();
            if (HASH_CODE.equals(name + descriptor)) {
                hashCode(code);
            } else {
                equals(code);
            }
            code.visitMaxs(0, 0);
            code.visitEnd();
            return null;
        }

        private void hashCode(MethodVisitor code) {
            code.visitInsn(Opcodes.ICONST_0);
            for (Component component : generated.components) {
                code.visitIntInsn(Opcodes.BIPUSH, 31);
                code.visitInsn(Opcodes.IMUL);
                component.load(code, owner, 0);
                if (component.reference()) {
                    call(code, "java/util/Objects", "hashCode", "(Ljava/lang/Object;)I");
                } else {
                    call(code, component.box(), "hashCode", "(" + component.type.getDescriptor() + ")I");
                }
                code.visitInsn(Opcodes.IADD);
            }
            code.visitInsn(Opcodes.IRETURN);
        }

        private void equals(MethodVisitor code) {
            Label another = new Label();
            code.visitVarInsn(Opcodes.ALOAD, 0);
            code.visitVarInsn(Opcodes.ALOAD, 1);
            code.visitJumpInsn(Opcodes.IF_ACMPNE, another);
            code.visitInsn(Opcodes.ICONST_1);
            code.visitInsn(Opcodes.IRETURN);
            code.visitLabel(another);
            code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
            Label unequal = new Label();
            code.visitVarInsn(Opcodes.ALOAD, 1);
            code.visitTypeInsn(Opcodes.INSTANCEOF, owner);
            code.visitJumpInsn(Opcodes.IFEQ, unequal);
            for (Component component : generated.components) {
                component.load(code, owner, 0);
                code.visitVarInsn(Opcodes.ALOAD, 1);
                code.visitTypeInsn(Opcodes.CHECKCAST, owner);
                code.visitFieldInsn(Opcodes.GETFIELD, owner, component.name, component.type.getDescriptor());
                differs(code, component, unequal);
            }
            code.visitInsn(Opcodes.ICONST_1);
            code.visitInsn(Opcodes.IRETURN);
            code.visitLabel(unequal);
            code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
            code.visitInsn(Opcodes.ICONST_0);
            code.visitInsn(Opcodes.IRETURN);
        }

        private static void differs(MethodVisitor code, Component component, Label unequal) {
            if (component.reference()) {
                call(code, "java/util/Objects", "equals", "(Ljava/lang/Object;Ljava/lang/Object;)Z");
                code.visitJumpInsn(Opcodes.IFEQ, unequal);
            } else {
                String type = component.type.getDescriptor();
                call(code, component.box(), "compare", "(" + type + type + ")I");
                code.visitJumpInsn(Opcodes.IFNE, unequal);
            }
        }

        private static void call(MethodVisitor code, String owner, String name, String descriptor) {
            code.visitMethodInsn(Opcodes.INVOKESTATIC, owner, name, descriptor, false);
        }
    }
}
