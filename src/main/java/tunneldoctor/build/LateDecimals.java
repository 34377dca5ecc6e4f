package tunneldoctor.build;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * Has constants of {@link java.math.BigDecimal} that are made of a constant {@link java.math.BigInteger} made where they are
 * asked for, and not with their class. The first decimal of a process has Java 25 compute powers of five of up to 150,000 bits,
 * and Jackson's parsers hold four of them, for numbers that few texts have. Outside the jar such constants must not be read.
 */
final class LateDecimals {
    private static final String CLASS = ".class";
    private static final String DECIMAL = "java/math/BigDecimal";
    private static final String OF_INTEGER = "(Ljava/math/BigInteger;)V";

    /** A decimal on the stack is the result of one instruction before, and of a constructor with its argument after. */
    private static final int MORE_STACK = 2;

    /** Classes by their entry in the jar. */
    private final Map<String, byte[]> classes;

    /** What each constant is made of. */
    private final Map<Constant, Constant> madeOf = new HashMap<>();

    private LateDecimals(Map<String, byte[]> classes) {
        this.classes = classes;
    }

    /** @param owner the class that declares it */
    private record Constant(String owner, String name, String type) {
        static Constant of(FieldInsnNode access) {
            return new Constant(access.owner, access.name, access.desc);
        }
    }

    /** @param classes by their entry in the jar; changed */
    static void rewrite(Map<String, byte[]> classes) {
        LateDecimals decimals = new LateDecimals(classes);
        List<ClassNode> mentioning = new ArrayList<>();
        for (byte[] content : classes.values()) {
            // Text in a class is written byte by byte, one for each of these characters.
            if (new String(content, StandardCharsets.ISO_8859_1).contains(DECIMAL)) {
                ClassNode type = new ClassNode();
                new ClassReader(content).accept(type, 0);
                mentioning.add(type);
            }
        }
        mentioning.forEach(decimals::takeOut);
        for (ClassNode type : mentioning) {
            if (decimals.putIn(type)) {
                ClassWriter writer = new ClassWriter(0);
                type.accept(writer);
                classes.put(type.name + CLASS, writer.toByteArray());
            }
        }
    }

    private void takeOut(ClassNode type) {
        for (MethodNode method : type.methods) {
            if (method.name.equals("<clinit>")) {
                for (AbstractInsnNode instruction : method.instructions.toArray()) {
                    takeOut(type, method.instructions, instruction);
                }
            }
        }
    }

    private void takeOut(ClassNode type, InsnList code, AbstractInsnNode first) {
        if (first instanceof TypeInsnNode made
                && made.getOpcode() == Opcodes.NEW
                && made.desc.equals(DECIMAL)
                && first.getNext() instanceof InsnNode copied
                && copied.getOpcode() == Opcodes.DUP
                && copied.getNext() instanceof FieldInsnNode of
                && of.getOpcode() == Opcodes.GETSTATIC
                && of.owner.equals(type.name)
                && of.getNext() instanceof MethodInsnNode constructor
                && constructor.desc.equals(OF_INTEGER)
                && constructor.getNext() instanceof FieldInsnNode constant
                && constant.getOpcode() == Opcodes.PUTSTATIC
                && constant.owner.equals(type.name)) {
            madeOf.put(Constant.of(constant), Constant.of(of));
            List.of(first, copied, of, constructor, constant).forEach(code::remove);
        }
    }

    /** Whether the class is another now. */
    private boolean putIn(ClassNode type) {
        boolean changed = madeOf.keySet().stream().anyMatch(constant -> constant.owner.equals(type.name));
        for (MethodNode method : type.methods) {
            boolean more = false;
            for (AbstractInsnNode instruction : method.instructions.toArray()) {
                Constant of = instruction instanceof FieldInsnNode read && read.getOpcode() == Opcodes.GETSTATIC
                        ? madeOf(Constant.of(read))
                        : null;
                if (of != null) {
                    InsnList made = new InsnList();
                    made.add(new TypeInsnNode(Opcodes.NEW, DECIMAL));
                    made.add(new InsnNode(Opcodes.DUP));
                    made.add(new FieldInsnNode(Opcodes.GETSTATIC, of.owner, of.name, of.type));
                    made.add(new MethodInsnNode(Opcodes.INVOKESPECIAL, DECIMAL, "<init>", OF_INTEGER, false));
                    method.instructions.insertBefore(instruction, made);
                    method.instructions.remove(instruction);
                    more = true;
                }
            }
            method.maxStack += more ? MORE_STACK : 0;
            changed |= more;
        }
        return changed;
    }

    /** What a constant is made of that may be named by a subclass of the one that declares it; null if it is none of these. */
    private @Nullable Constant madeOf(Constant named) {
        @Nullable Constant found = madeOf.get(named);
        @Nullable byte[] content = classes.get(named.owner + CLASS);
        if (found != null || content == null || !named.type.equals("L" + DECIMAL + ";")) {
            return found;
        }
        String above = new ClassReader(content).getSuperName();
        return above == null ? null : madeOf(new Constant(above, named.name, named.type));
    }
}
