package tunneldoctor.build;

import java.lang.invoke.LambdaMetafactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Gives the lambdas and method references in a jar classes in the jar, and its string concatenations methods. Java makes
 * them when each is first reached; even from an archive of classes that takes several times as long as loading a class that
 * the jar holds, and a short run reaches close to a thousand. Those of one class that implement the same interface share
 * one, which is one to load for several. On the way, calls of {@link DearCalls} are replaced.
 *
 * <p>Left as they are: lambdas that have more than one interface, and classes older than Java 11, which cannot let another
 * class call their private methods. What could be serialized no longer can.
 */
final class LambdaClasses {
    private static final int API = Opcodes.ASM9;
    private static final String CLASS = ".class";

    /** Classes by their entry in the jar; those made are added. */
    private final Map<String, byte[]> classes;

    private final Map<String, List<String>> newMembers = new HashMap<>();

    private LambdaClasses(Map<String, byte[]> classes) {
        this.classes = classes;
    }

    /** @param classes by their entry in the jar; changed, and those made added */
    static void rewrite(Map<String, byte[]> classes) {
        new LambdaClasses(classes).rewrite();
    }

    private void rewrite() {
        for (Map.Entry<String, byte[]> type : List.copyOf(classes.entrySet())) {
            ClassReader reader = new ClassReader(type.getValue());
            Outer outer = new Outer(reader);
            reader.accept(outer, 0);
            if (outer.changed()) {
                classes.put(type.getKey(), outer.writer.toByteArray());
            }
        }
        newMembers.forEach((host, members) -> classes.computeIfPresent(host + CLASS, (entry, before) -> {
            ClassReader reader = new ClassReader(before);
            ClassWriter writer = new ClassWriter(reader, 0);
            reader.accept(new WithMembers(writer, members), 0);
            return writer.toByteArray();
        }));
    }

    /** Names the members of a nest to its host, which the host has to know. */
    private static final class WithMembers extends ClassVisitor {
        private final List<String> members;

        WithMembers(ClassVisitor next, List<String> members) {
            super(API, next);
            this.members = members;
        }

        @Override
        public void visitEnd() {
            members.forEach(this::visitNestMember);
            super.visitEnd();
        }
    }

    /** A class whose lambdas are replaced by calls of classes it is given. */
    private final class Outer extends ClassVisitor {
        private final ClassWriter writer;
        private final String name;
        private String host;
        private int version;
        private boolean interfaceItself;
        private boolean substituted;
        private final List<LambdaClass> lambdas = new ArrayList<>();
        private final Map<LambdaClass.Shape, LambdaClass> withRoom = new HashMap<>();
        private final List<Concatenation> concatenations = new ArrayList<>();

        Outer(ClassReader reader) {
            this(reader, new ClassWriter(reader, 0));
        }

        private Outer(ClassReader reader, ClassWriter writer) {
            super(API, writer);
            this.writer = writer;
            this.name = reader.getClassName();
            this.host = name;
        }

        @Override
        public void visit(
                int classVersion,
                int access,
                String type,
                @Nullable String signature,
                @Nullable String superName,
                String @Nullable [] interfaces) {
            version = classVersion & 0xffff;
            interfaceItself = (access & Opcodes.ACC_INTERFACE) != 0;
            super.visit(classVersion, access, type, signature, superName, interfaces);
        }

        @Override
        public void visitNestHost(String nestHost) {
            host = nestHost;
            super.visitNestHost(nestHost);
        }

        @Override
        public void visitEnd() {
            concatenations.forEach(joined -> joined.write(writer));
            for (LambdaClass made : lambdas) {
                classes.put(made.name() + CLASS, made.write(version, host));
                newMembers.computeIfAbsent(host, h -> new ArrayList<>()).add(made.name());
            }
            super.visitEnd();
        }

        boolean changed() {
            return substituted || !lambdas.isEmpty() || !concatenations.isEmpty();
        }

        private LambdaClass withRoom(LambdaClass.Shape shape) {
            @Nullable LambdaClass last = withRoom.get(shape);
            if (last != null && !last.full()) {
                return last;
            }
            LambdaClass made = new LambdaClass(name + "$$" + lambdas.size(), shape);
            lambdas.add(made);
            withRoom.put(shape, made);
            return made;
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String method,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor code =
                    Objects.requireNonNull(super.visitMethod(access, method, descriptor, signature, exceptions));
            return new MethodVisitor(API, code) {
                @Override
                public void visitMethodInsn(
                        int instruction, String owner, String called, String type, boolean ofInterface) {
                    DearCalls.Call substitute = name.equals(DearCalls.SUBSTITUTES)
                            ? null
                            : DearCalls.instead(name, instruction, owner, called, type);
                    if (substitute == null) {
                        super.visitMethodInsn(instruction, owner, called, type, ofInterface);
                    } else {
                        substituted = true;
                        super.visitMethodInsn(
                                Opcodes.INVOKESTATIC,
                                DearCalls.SUBSTITUTES,
                                substitute.name(),
                                substitute.type(),
                                false);
                    }
                }

                @Override
                public void visitInvokeDynamicInsn(String call, String type, Handle bootstrap, Object... arguments) {
                    if (bootstrap.getOwner().equals("java/lang/invoke/StringConcatFactory")
                            && bootstrap.getName().equals("makeConcatWithConstants")
                            && arguments.length == 1) {
                        Concatenation joined = new Concatenation(
                                "concatenation$" + concatenations.size(), Type.getMethodType(type), (String)
                                        arguments[0]);
                        concatenations.add(joined);
                        super.visitMethodInsn(Opcodes.INVOKESTATIC, name, joined.name(), type, interfaceItself);
                        return;
                    }
                    if (version < Opcodes.V11 || !isPlainLambda(bootstrap, arguments)) {
                        super.visitInvokeDynamicInsn(call, type, bootstrap, arguments);
                        return;
                    }
                    LambdaClass.Shape shape = new LambdaClass.Shape(
                            Type.getReturnType(type).getInternalName(),
                            !bootstrap.getName().equals("metafactory"),
                            call,
                            (Type) arguments[0]);
                    LambdaClass made = withRoom(shape);
                    String factory = made.add(Type.getArgumentTypes(type), (Handle) arguments[1], (Type) arguments[2]);
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, made.name(), factory, type, false);
                }
            };
        }
    }

    /** Whether it has one interface and no more than one method to implement; that it can be serialized is nothing to us. */
    private static boolean isPlainLambda(Handle bootstrap, Object[] arguments) {
        if (!bootstrap.getOwner().equals("java/lang/invoke/LambdaMetafactory")) {
            return false;
        }
        if (bootstrap.getName().equals("metafactory")) {
            return true;
        }
        int flags = (int) arguments[3];
        return (flags & LambdaMetafactory.FLAG_MARKERS) == 0
                && ((flags & LambdaMetafactory.FLAG_BRIDGES) == 0 || arguments[4].equals(0));
    }

    /**
     * A method that joins strings.
     *
     * @param type from what is joined to the string
     * @param recipe constant text, with a mark where each argument goes
     */
    private record Concatenation(String name, Type type, String recipe) {
        private static final char ARGUMENT = 1;
        private static final String BUILDER = "java/lang/StringBuilder";

        void write(ClassWriter writer) {
            MethodVisitor code = writer.visitMethod(
                    Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC,
                    name,
                    type.getDescriptor(),
                    null,
                    null);
            code.visitCode();
            code.visitTypeInsn(Opcodes.NEW, BUILDER);
            code.visitInsn(Opcodes.DUP);
            code.visitMethodInsn(Opcodes.INVOKESPECIAL, BUILDER, "<init>", "()V", false);
            int local = 0;
            int size = 0;
            int argument = 0;
            StringBuilder constant = new StringBuilder();
            for (char c : recipe.toCharArray()) {
                if (c != ARGUMENT) {
                    constant.append(c);
                    continue;
                }
                append(code, constant);
                Type given = type.getArgumentTypes()[argument++];
                code.visitVarInsn(given.getOpcode(Opcodes.ILOAD), local);
                local += given.getSize();
                size = Math.max(size, given.getSize());
                append(code, appended(given));
            }
            append(code, constant);
            code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, BUILDER, "toString", "()Ljava/lang/String;", false);
            code.visitInsn(Opcodes.ARETURN);
            // The builder, its copy or what is appended; locals are the arguments.
            code.visitMaxs(1 + Math.max(size, 1), local);
            code.visitEnd();
        }

        private static void append(MethodVisitor code, StringBuilder constant) {
            if (!constant.isEmpty()) {
                code.visitLdcInsn(constant.toString());
                append(code, "Ljava/lang/String;");
                constant.setLength(0);
            }
        }

        private static void append(MethodVisitor code, String type) {
            code.visitMethodInsn(
                    Opcodes.INVOKEVIRTUAL, BUILDER, "append", "(" + type + ")Ljava/lang/StringBuilder;", false);
        }

        private static String appended(Type given) {
            return switch (given.getSort()) {
                case Type.BOOLEAN, Type.CHAR, Type.INT, Type.LONG, Type.FLOAT, Type.DOUBLE -> given.getDescriptor();
                case Type.BYTE, Type.SHORT -> "I";
                default ->
                    given.getDescriptor().equals("Ljava/lang/String;") ? given.getDescriptor() : "Ljava/lang/Object;";
            };
        }
    }
}
