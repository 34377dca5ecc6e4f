package tunneldoctor.build;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** A class that stands for several lambdas and method references of one shape: an object of it knows which one it is. */
final class LambdaClass {
    /** Java's compilers put the code of a lambda into its caller's only where the method is short. */
    private static final int MOST = 8;

    private static final String WHICH = "which";
    private static final String OBJECT = "java/lang/Object";
    private static final Type ANYTHING = Type.getObjectType(OBJECT);

    /**
     * What lambdas have in common that share a class.
     *
     * @param implemented the interface, as its internal name
     * @param serializable whether it also is to be what the compiler casts it to
     * @param method the interface's method
     * @param erased the type of the interface's method as it is called
     */
    record Shape(String implemented, boolean serializable, String method, Type erased) {
        private String[] interfaces() {
            return serializable ? new String[] {implemented, "java/io/Serializable"} : new String[] {implemented};
        }
    }

    /**
     * @param captured types of what it captures
     * @param fields where that is kept
     * @param body what the method comes down to, after what is captured its arguments
     * @param instantiated the type of the interface's method with its type arguments
     */
    private record Lambda(Type[] captured, int[] fields, Handle body, Type instantiated) {
        private boolean constructs() {
            return body.getTag() == Opcodes.H_NEWINVOKESPECIAL;
        }

        /** Types of what is to be on the stack for the body. */
        private List<Type> wanted() {
            List<Type> wanted = new ArrayList<>();
            if (!constructs() && body.getTag() != Opcodes.H_INVOKESTATIC) {
                wanted.add(Type.getObjectType(body.getOwner()));
            }
            wanted.addAll(List.of(Type.getArgumentTypes(body.getDesc())));
            return wanted;
        }

        private Type result() {
            return constructs() ? Type.getObjectType(body.getOwner()) : Type.getReturnType(body.getDesc());
        }

        /** A private method of the nest is called like any other; only constructors need their own instruction. */
        private int instruction() {
            return switch (body.getTag()) {
                case Opcodes.H_INVOKESTATIC -> Opcodes.INVOKESTATIC;
                case Opcodes.H_NEWINVOKESPECIAL -> Opcodes.INVOKESPECIAL;
                default -> body.isInterface() ? Opcodes.INVOKEINTERFACE : Opcodes.INVOKEVIRTUAL;
            };
        }
    }

    private final String name;
    private final Shape shape;
    private final List<Lambda> lambdas = new ArrayList<>();
    private final List<Type> fields = new ArrayList<>();

    /** @param name internal name */
    LambdaClass(String name, Shape shape) {
        this.name = name;
        this.shape = shape;
    }

    String name() {
        return name;
    }

    boolean full() {
        return lambdas.size() == MOST;
    }

    /**
     * @param captured types of what it captures
     * @param body what the method comes down to, after what is captured its arguments
     * @param instantiated the type of the interface's method with its type arguments
     * @return name of a static method that makes it of what it captures
     */
    String add(Type[] captured, Handle body, Type instantiated) {
        lambdas.add(new Lambda(captured, placed(captured), body, instantiated));
        return factory(lambdas.size() - 1);
    }

    private static String factory(int lambda) {
        return "make" + lambda;
    }

    /** Lambdas share fields: of one type where they agree, and else of any. */
    private int[] placed(Type[] captured) {
        int[] places = new int[captured.length];
        boolean[] taken = new boolean[fields.size() + captured.length];
        for (int i = 0; i < captured.length; i++) {
            int place = 0;
            while (place < fields.size() && (taken[place] || !canHold(fields.get(place), captured[i]))) {
                place++;
            }
            if (place == fields.size()) {
                fields.add(captured[i]);
            } else if (!fields.get(place).equals(captured[i])) {
                fields.set(place, ANYTHING);
            }
            taken[place] = true;
            places[i] = place;
        }
        return places;
    }

    private static boolean canHold(Type field, Type value) {
        return field.equals(value) || isReference(field) && isReference(value);
    }

    private static boolean isReference(Type type) {
        return type.getSort() >= Type.ARRAY;
    }

    /**
     * @param version of class files
     * @param host of the nest
     */
    byte[] write(int version, String host) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(
                version,
                Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
                name,
                null,
                OBJECT,
                shape.interfaces());
        writer.visitNestHost(host);
        writeField(writer, WHICH, Type.INT_TYPE);
        for (int i = 0; i < fields.size(); i++) {
            writeField(writer, field(i), fields.get(i));
        }
        writeConstructor(writer);
        for (int i = 0; i < lambdas.size(); i++) {
            writeFactory(writer, i);
        }
        writeMethod(writer);
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static void writeField(ClassWriter writer, String field, Type type) {
        writer.visitField(Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL, field, type.getDescriptor(), null, null)
                .visitEnd();
    }

    private static String field(int place) {
        return "captured" + place;
    }

    private String constructor() {
        List<Type> given = new ArrayList<>(List.of(Type.INT_TYPE));
        given.addAll(fields);
        return Type.getMethodDescriptor(Type.VOID_TYPE, given.toArray(Type[]::new));
    }

    private void writeConstructor(ClassWriter writer) {
        MethodVisitor code = start(writer, Opcodes.ACC_PRIVATE, "<init>", constructor());
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitMethodInsn(Opcodes.INVOKESPECIAL, OBJECT, "<init>", "()V", false);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitVarInsn(Opcodes.ILOAD, 1);
        code.visitFieldInsn(Opcodes.PUTFIELD, name, WHICH, Type.INT_TYPE.getDescriptor());
        int local = 2;
        for (int i = 0; i < fields.size(); i++) {
            Type type = fields.get(i);
            code.visitVarInsn(Opcodes.ALOAD, 0);
            code.visitVarInsn(type.getOpcode(Opcodes.ILOAD), local);
            code.visitFieldInsn(Opcodes.PUTFIELD, name, field(i), type.getDescriptor());
            local += type.getSize();
        }
        end(code, Opcodes.RETURN);
    }

    private void writeFactory(ClassWriter writer, int number) {
        Lambda lambda = lambdas.get(number);
        MethodVisitor code = start(
                writer,
                Opcodes.ACC_STATIC,
                factory(number),
                Type.getMethodDescriptor(Type.getObjectType(shape.implemented), lambda.captured));
        code.visitTypeInsn(Opcodes.NEW, name);
        code.visitInsn(Opcodes.DUP);
        code.visitIntInsn(Opcodes.BIPUSH, number);
        for (int place = 0; place < fields.size(); place++) {
            writeValue(code, lambda, place);
        }
        code.visitMethodInsn(Opcodes.INVOKESPECIAL, name, "<init>", constructor(), false);
        end(code, Opcodes.ARETURN);
    }

    /** What is captured for a field, or nothing. */
    private void writeValue(MethodVisitor code, Lambda lambda, int place) {
        int local = 0;
        for (int i = 0; i < lambda.captured.length; i++) {
            if (lambda.fields[i] == place) {
                code.visitVarInsn(lambda.captured[i].getOpcode(Opcodes.ILOAD), local);
                return;
            }
            local += lambda.captured[i].getSize();
        }
        code.visitInsn(
                switch (fields.get(place).getSort()) {
                    case Type.ARRAY, Type.OBJECT -> Opcodes.ACONST_NULL;
                    case Type.LONG -> Opcodes.LCONST_0;
                    case Type.FLOAT -> Opcodes.FCONST_0;
                    case Type.DOUBLE -> Opcodes.DCONST_0;
                    default -> Opcodes.ICONST_0;
                });
    }

    private void writeMethod(ClassWriter writer) {
        MethodVisitor code = start(writer, Opcodes.ACC_PUBLIC, shape.method, shape.erased.getDescriptor());
        if (lambdas.size() == 1) {
            writeBody(code, lambdas.get(0));
        } else {
            Label[] bodies = new Label[lambdas.size()];
            for (int i = 0; i < bodies.length; i++) {
                bodies[i] = new Label();
            }
            code.visitVarInsn(Opcodes.ALOAD, 0);
            code.visitFieldInsn(Opcodes.GETFIELD, name, WHICH, Type.INT_TYPE.getDescriptor());
            code.visitTableSwitchInsn(0, bodies.length - 1, bodies[bodies.length - 1], bodies);
            for (int i = 0; i < bodies.length; i++) {
                code.visitLabel(bodies[i]);
                code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
                writeBody(code, lambdas.get(i));
            }
        }
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    private void writeBody(MethodVisitor code, Lambda lambda) {
        Handle body = lambda.body;
        if (lambda.constructs()) {
            code.visitTypeInsn(Opcodes.NEW, body.getOwner());
            code.visitInsn(Opcodes.DUP);
        }
        List<Type> wanted = lambda.wanted();
        Type[] captured = lambda.captured;
        for (int i = 0; i < captured.length; i++) {
            Type kept = fields.get(lambda.fields[i]);
            code.visitVarInsn(Opcodes.ALOAD, 0);
            code.visitFieldInsn(Opcodes.GETFIELD, name, field(lambda.fields[i]), kept.getDescriptor());
            Conversions.convert(code, kept, captured[i], wanted.get(i));
        }
        Type[] arguments = shape.erased.getArgumentTypes();
        int local = 1;
        for (int i = 0; i < arguments.length; i++) {
            code.visitVarInsn(arguments[i].getOpcode(Opcodes.ILOAD), local);
            local += arguments[i].getSize();
            Conversions.convert(
                    code, arguments[i], lambda.instantiated.getArgumentTypes()[i], wanted.get(captured.length + i));
        }
        code.visitMethodInsn(lambda.instruction(), body.getOwner(), body.getName(), body.getDesc(), body.isInterface());
        Type given = shape.erased.getReturnType();
        Conversions.convertResult(code, lambda.result(), lambda.instantiated.getReturnType(), given);
        code.visitInsn(given.getOpcode(Opcodes.IRETURN));
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
