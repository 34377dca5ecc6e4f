package tunneldoctor.build;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Has constants that few runs ask for made where they are asked for, and not with their class. The first
 * {@link java.math.BigDecimal} of a process has Java 25 compute powers of five of up to 150,000 bits, and Jackson's parsers hold
 * four of them, for numbers that few texts have; Drools holds a {@link java.time.format.DateTimeFormatter}, which takes some
 * sixty classes. Outside the jar such constants must not be read.
 */
final class LateConstants {
    private static final String CLASS = ".class";

    /** What is dear to make, and takes no notice of who else has it. */
    private static final Set<String> DEAR = Set.of("Ljava/math/BigDecimal;", "Ljava/time/format/DateTimeFormatter;");

    /** Instructions that only make a value, from constants. */
    private static final Set<Integer> MAKING = Set.of(
            Opcodes.NEW, Opcodes.DUP, Opcodes.LDC, Opcodes.GETSTATIC, Opcodes.INVOKESPECIAL, Opcodes.INVOKESTATIC);

    /** Classes by their entry in the jar. */
    private final Map<String, byte[]> classes;

    private final Map<Constant, List<AbstractInsnNode>> made = new HashMap<>();

    private LateConstants(Map<String, byte[]> classes) {
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
        LateConstants constants = new LateConstants(classes);
        List<ClassNode> mentioning = new ArrayList<>();
        for (byte[] content : classes.values()) {
            // Text in a class is written byte by byte, one for each of these characters.
            String text = new String(content, StandardCharsets.ISO_8859_1);
            if (DEAR.stream().anyMatch(text::contains)) {
                ClassNode type = new ClassNode();
                new ClassReader(content).accept(type, 0);
                mentioning.add(type);
            }
        }
        mentioning.forEach(constants::takeOut);
        for (ClassNode type : mentioning) {
            if (constants.putIn(type)) {
                ClassWriter writer = new ClassWriter(0);
                type.accept(writer);
                classes.put(type.name + CLASS, writer.toByteArray());
            }
        }
    }

    private void takeOut(ClassNode type) {
        for (MethodNode method : type.methods) {
            if (!method.name.equals("<clinit>")) {
                continue;
            }
            for (AbstractInsnNode instruction : method.instructions.toArray()) {
                if (instruction instanceof FieldInsnNode constant
                        && constant.getOpcode() == Opcodes.PUTSTATIC
                        && constant.owner.equals(type.name)
                        && DEAR.contains(constant.desc)) {
                    takeOut(constant, method.instructions, type);
                }
            }
        }
    }

    /** Where all of the code between the statement before and this one only makes the constant. */
    private void takeOut(FieldInsnNode constant, InsnList code, ClassNode type) {
        List<AbstractInsnNode> making = new ArrayList<>();
        AbstractInsnNode before = constant.getPrevious();
        while (before != null && MAKING.contains(before.getOpcode())) {
            making.add(before);
            before = before.getPrevious();
        }
        boolean whole = before == null || before.getOpcode() == Opcodes.PUTSTATIC || before.getOpcode() < 0;
        if (whole && comesOfItsType(making) && making.stream().allMatch(one -> isOpenTo(one, constant, type))) {
            Collections.reverse(making);
            making.forEach(code::remove);
            code.remove(constant);
            made.put(Constant.of(constant), making);
        }
    }

    /** Whether the last call is a constructor or a method of the constant's own type, and so has no other effect. */
    private static boolean comesOfItsType(List<AbstractInsnNode> fromLast) {
        return !fromLast.isEmpty()
                && fromLast.get(0) instanceof MethodInsnNode last
                && DEAR.contains("L" + last.owner + ";");
    }

    /** Whether what it takes may be taken wherever the constant may be read. */
    private static boolean isOpenTo(AbstractInsnNode instruction, FieldInsnNode constant, ClassNode type) {
        if (instruction instanceof MethodInsnNode call) {
            return !call.owner.equals(type.name);
        }
        return !(instruction instanceof FieldInsnNode read)
                || !read.owner.equals(type.name)
                || access(read, type) == access(constant, type);
    }

    private static int access(FieldInsnNode of, ClassNode type) {
        return type.fields.stream()
                .filter(field -> field.name.equals(of.name))
                .mapToInt(field -> field.access & (Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED | Opcodes.ACC_PRIVATE))
                .findFirst()
                .orElse(-1);
    }

    /** Whether the class is another now. */
    private boolean putIn(ClassNode type) {
        boolean changed = made.keySet().stream().anyMatch(constant -> constant.owner.equals(type.name));
        for (MethodNode method : type.methods) {
            int more = 0;
            for (AbstractInsnNode instruction : method.instructions.toArray()) {
                List<AbstractInsnNode> making =
                        instruction instanceof FieldInsnNode read && read.getOpcode() == Opcodes.GETSTATIC
                                ? making(Constant.of(read))
                                : List.of();
                if (!making.isEmpty()) {
                    making.forEach(one -> method.instructions.insertBefore(instruction, one.clone(Map.of())));
                    method.instructions.remove(instruction);
                    more = Math.max(more, making.size());
                }
            }
            // No instruction puts more than one value on the stack.
            method.maxStack += more;
            changed |= more > 0;
        }
        return changed;
    }

    /** What makes a constant, which may be named by a subclass of the one that declares it; empty if it is none of these. */
    private List<AbstractInsnNode> making(Constant named) {
        @Nullable List<AbstractInsnNode> known = made.get(named);
        @Nullable byte[] content = classes.get(named.owner + CLASS);
        if (known != null) {
            return known;
        }
        if (content == null || !DEAR.contains(named.type)) {
            return List.of();
        }
        @Nullable String above = new ClassReader(content).getSuperName();
        return above == null ? List.of() : making(new Constant(above, named.name, named.type));
    }
}
