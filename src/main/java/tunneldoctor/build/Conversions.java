package tunneldoctor.build;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** What Java does to a value between the method of an interface and the body of a lambda (JLS 5.3): casts and boxes. */
final class Conversions {
    private static final String OBJECT = "java/lang/Object";

    private Conversions() {}

    /**
     * @param given the type on the stack
     * @param known what it is with the interface's type arguments
     * @param wanted what is to be on the stack
     */
    static void convert(MethodVisitor code, Type given, Type known, Type wanted) {
        if (primitive(given)) {
            if (primitive(wanted)) {
                widen(code, given, wanted);
            } else {
                box(code, given);
            }
        } else if (primitive(wanted)) {
            Type box = primitive(boxed(known)) ? known : box(wanted);
            unbox(code, box, wanted);
        } else {
            Type narrower = wanted.getInternalName().equals(OBJECT) ? known : wanted;
            if (!narrower.equals(given) && !narrower.getInternalName().equals(OBJECT)) {
                code.visitTypeInsn(Opcodes.CHECKCAST, narrower.getInternalName());
            }
        }
    }

    /** From what a body gives to what the interface's method gives. */
    static void convertResult(MethodVisitor code, Type result, Type known, Type wanted) {
        if (wanted.getSort() == Type.VOID) {
            if (result.getSize() > 0) {
                code.visitInsn(result.getSize() == 2 ? Opcodes.POP2 : Opcodes.POP);
            }
        } else if (primitive(result) && !primitive(wanted)) {
            Type target = boxed(known);
            if (primitive(target)) {
                widen(code, result, target);
                box(code, target);
            } else {
                box(code, result);
            }
        } else {
            convert(code, result, result, wanted);
        }
    }

    private static boolean primitive(Type type) {
        return type.getSort() >= Type.BOOLEAN && type.getSort() <= Type.DOUBLE;
    }

    private static void box(MethodVisitor code, Type primitive) {
        Type box = box(primitive);
        code.visitMethodInsn(
                Opcodes.INVOKESTATIC,
                box.getInternalName(),
                "valueOf",
                Type.getMethodDescriptor(box, primitive),
                false);
    }

    private static void unbox(MethodVisitor code, Type box, Type wanted) {
        Type inside = boxed(box);
        code.visitTypeInsn(Opcodes.CHECKCAST, box.getInternalName());
        code.visitMethodInsn(
                Opcodes.INVOKEVIRTUAL,
                box.getInternalName(),
                inside.getClassName() + "Value",
                Type.getMethodDescriptor(inside),
                false);
        widen(code, inside, wanted);
    }

    private static void widen(MethodVisitor code, Type from, Type to) {
        int source = kind(from);
        int target = kind(to);
        if (source == target) {
            return;
        }
        code.visitInsn(
                switch (source * 4 + target) {
                    case 1 -> Opcodes.I2L;
                    case 2 -> Opcodes.I2F;
                    case 3 -> Opcodes.I2D;
                    case 6 -> Opcodes.L2F;
                    case 7 -> Opcodes.L2D;
                    case 11 -> Opcodes.F2D;
                    default -> throw new IllegalArgumentException(from + " is not widened to " + to);
                });
    }

    /** 0 for what the stack holds as an int, then long, float and double. */
    private static int kind(Type type) {
        return switch (type.getSort()) {
            case Type.LONG -> 1;
            case Type.FLOAT -> 2;
            case Type.DOUBLE -> 3;
            default -> 0;
        };
    }

    private static Type box(Type primitive) {
        return switch (primitive.getSort()) {
            case Type.BOOLEAN -> Type.getType(Boolean.class);
            case Type.BYTE -> Type.getType(Byte.class);
            case Type.CHAR -> Type.getType(Character.class);
            case Type.SHORT -> Type.getType(Short.class);
            case Type.INT -> Type.getType(Integer.class);
            case Type.LONG -> Type.getType(Long.class);
            case Type.FLOAT -> Type.getType(Float.class);
            default -> Type.getType(Double.class);
        };
    }

    /** The primitive in a box; what is not a box as it is. */
    private static Type boxed(Type type) {
        return switch (type.getClassName()) {
            case "java.lang.Boolean" -> Type.BOOLEAN_TYPE;
            case "java.lang.Byte" -> Type.BYTE_TYPE;
            case "java.lang.Character" -> Type.CHAR_TYPE;
            case "java.lang.Short" -> Type.SHORT_TYPE;
            case "java.lang.Integer" -> Type.INT_TYPE;
            case "java.lang.Long" -> Type.LONG_TYPE;
            case "java.lang.Float" -> Type.FLOAT_TYPE;
            case "java.lang.Double" -> Type.DOUBLE_TYPE;
            default -> type;
        };
    }
}
