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
 * Gives the lambdas and method references in a jar classes of their own, and its string concatenations methods. Java makes
 * them when each is first reached; even from an archive of classes that takes several times as long as loading a class that
 * the jar holds, and a short run reaches close to a thousand. On the way, calls of {@link DearCalls} are replaced.
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
        private int lambdas;
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
            super.visitEnd();
        }

        boolean changed() {
            return substituted || lambdas > 0 || !concatenations.isEmpty();
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
                    String lambda = name + "$$" + lambdas++;
                    Lambda made = new Lambda(
                            lambda,
                            !bootstrap.getName().equals("metafactory"),
                            call,
                            Type.getMethodType(type),
                            (Type) arguments[0],
                            (Handle) arguments[1],
                            (Type) arguments[2]);
                    classes.put(lambda + CLASS, made.write(version, host));
                    newMembers.computeIfAbsent(host, h -> new ArrayList<>()).add(lambda);
                    if (made.captured().length == 0) {
                        super.visitFieldInsn(Opcodes.GETSTATIC, lambda, Lambda.ONLY, made.interfaceType());
                    } else {
                        super.visitMethodInsn(Opcodes.INVOKESTATIC, lambda, Lambda.MAKE, type, false);
                    }
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

    /**
     * The class of one lambda.
     *
     * @param name its own
     * @param serializable whether it also is to be what the compiler casts it to
     * @param method the interface's method
     * @param factory from what is captured to the interface
     * @param erased the type of the interface's method as it is called
     * @param body what the method comes down to, after what is captured its arguments
     * @param instantiated the type of the interface's method with its type arguments
     */
    private record Lambda(
            String name,
            boolean serializable,
            String method,
            Type factory,
            Type erased,
            Handle body,
            Type instantiated) {
        static final String ONLY = "ONLY";
        static final String MAKE = "make";

        Type[] captured() {
            return factory.getArgumentTypes();
        }

        String interfaceType() {
            return factory.getReturnType().getDescriptor();
        }

        private String constructor() {
            return Type.getMethodDescriptor(Type.VOID_TYPE, captured());
        }

        byte[] write(int version, String host) {
            ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
            writer.visit(
                    version,
                    Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
                    name,
                    null,
                    "java/lang/Object",
                    interfaces());
            writer.visitNestHost(host);
            for (int i = 0; i < captured().length; i++) {
                writer.visitField(
                                Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL,
                                field(i),
                                captured()[i].getDescriptor(),
                                null,
                                null)
                        .visitEnd();
            }
            writeConstructor(writer);
            if (captured().length == 0) {
                writeOnly(writer);
            } else {
                writeMake(writer);
            }
            writeMethod(writer);
            writer.visitEnd();
            return writer.toByteArray();
        }

        private String[] interfaces() {
            String main = factory.getReturnType().getInternalName();
            return serializable ? new String[] {main, "java/io/Serializable"} : new String[] {main};
        }

        private static String field(int index) {
            return "captured" + index;
        }

        private void writeConstructor(ClassWriter writer) {
            MethodVisitor code = start(writer, Opcodes.ACC_PRIVATE, "<init>", constructor());
            code.visitVarInsn(Opcodes.ALOAD, 0);
            code.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
            int local = 1;
            for (int i = 0; i < captured().length; i++) {
                Type type = captured()[i];
                code.visitVarInsn(Opcodes.ALOAD, 0);
                code.visitVarInsn(type.getOpcode(Opcodes.ILOAD), local);
                code.visitFieldInsn(Opcodes.PUTFIELD, name, field(i), type.getDescriptor());
                local += type.getSize();
            }
            end(code, Opcodes.RETURN);
        }

        private void writeOnly(ClassWriter writer) {
            writer.visitField(Opcodes.ACC_STATIC | Opcodes.ACC_FINAL, ONLY, interfaceType(), null, null)
                    .visitEnd();
            MethodVisitor code = start(writer, Opcodes.ACC_STATIC, "<clinit>", "()V");
            writeNew(code);
            code.visitFieldInsn(Opcodes.PUTSTATIC, name, ONLY, interfaceType());
            end(code, Opcodes.RETURN);
        }

        private void writeMake(ClassWriter writer) {
            MethodVisitor code = start(writer, Opcodes.ACC_STATIC, MAKE, factory.getDescriptor());
            writeNew(code);
            end(code, Opcodes.ARETURN);
        }

        private void writeNew(MethodVisitor code) {
            code.visitTypeInsn(Opcodes.NEW, name);
            code.visitInsn(Opcodes.DUP);
            int local = 0;
            for (Type type : captured()) {
                code.visitVarInsn(type.getOpcode(Opcodes.ILOAD), local);
                local += type.getSize();
            }
            code.visitMethodInsn(Opcodes.INVOKESPECIAL, name, "<init>", constructor(), false);
        }

        private void writeMethod(ClassWriter writer) {
            MethodVisitor code = start(writer, Opcodes.ACC_PUBLIC, method, erased.getDescriptor());
            boolean constructs = body.getTag() == Opcodes.H_NEWINVOKESPECIAL;
            if (constructs) {
                code.visitTypeInsn(Opcodes.NEW, body.getOwner());
                code.visitInsn(Opcodes.DUP);
            }
            List<Type> wanted = new ArrayList<>();
            if (!constructs && body.getTag() != Opcodes.H_INVOKESTATIC) {
                wanted.add(Type.getObjectType(body.getOwner()));
            }
            wanted.addAll(List.of(Type.getArgumentTypes(body.getDesc())));

            for (int i = 0; i < captured().length; i++) {
                code.visitVarInsn(Opcodes.ALOAD, 0);
                code.visitFieldInsn(Opcodes.GETFIELD, name, field(i), captured()[i].getDescriptor());
                Conversions.convert(code, captured()[i], captured()[i], wanted.get(i));
            }
            Type[] arguments = erased.getArgumentTypes();
            int local = 1;
            for (int i = 0; i < arguments.length; i++) {
                code.visitVarInsn(arguments[i].getOpcode(Opcodes.ILOAD), local);
                local += arguments[i].getSize();
                Conversions.convert(
                        code, arguments[i], instantiated.getArgumentTypes()[i], wanted.get(captured().length + i));
            }
            code.visitMethodInsn(instruction(), body.getOwner(), body.getName(), body.getDesc(), body.isInterface());
            Type result = constructs ? Type.getObjectType(body.getOwner()) : Type.getReturnType(body.getDesc());
            Conversions.convertResult(code, result, instantiated.getReturnType(), erased.getReturnType());
            end(code, erased.getReturnType().getOpcode(Opcodes.IRETURN));
        }

        /** A private method of the nest is called like any other; only constructors need their own instruction. */
        private int instruction() {
            return switch (body.getTag()) {
                case Opcodes.H_INVOKESTATIC -> Opcodes.INVOKESTATIC;
                case Opcodes.H_NEWINVOKESPECIAL -> Opcodes.INVOKESPECIAL;
                default -> body.isInterface() ? Opcodes.INVOKEINTERFACE : Opcodes.INVOKEVIRTUAL;
            };
        }

        private static MethodVisitor start(ClassWriter writer, int access, String method, String descriptor) {
            MethodVisitor code = writer.visitMethod(access, method, descriptor, null, null);
            code.visitCode();
            return code;
        }

        private static void end(MethodVisitor code, int instruction) {
            code.visitInsn(instruction);
            code.visitMaxs(0, 0);
            code.visitEnd();
        }
    }
}
