package tunneldoctor.build;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import tunneldoctor.start.Substitutes;

/** Calls that cost a fresh process much, and what of {@link Substitutes} is called in their place. */
final class DearCalls {
    static final String SUBSTITUTES = Type.getInternalName(Substitutes.class);

    /** Packages that ask for random identifiers only so that, in this process, each is another. */
    private static final List<String> IDENTIFYING = List.of("org/drools/model/", "org/drools/core/impl/");

    private static final Set<String> OWNERS = Set.of(
            "java/lang/Class",
            "java/lang/String",
            "java/util/Comparator",
            "java/util/Map$Entry",
            "java/util/function/Function",
            "java/util/stream/Collectors",
            "java/util/stream/Stream",
            "org/drools/util/Config",
            "org/drools/wiring/api/util/ClassUtils",
            "org/kie/api/internal/utils/KieServiceLoader",
            "org/kie/internal/utils/ChainedProperties",
            "org/slf4j/LoggerFactory");

    private static final Set<Call> KNOWN = known();

    private DearCalls() {}

    /** @param type its descriptor, with the object it is called on as the first argument */
    record Call(String name, String type) {}

    private static Set<Call> known() {
        Set<Call> known = new HashSet<>();
        for (Method method : Substitutes.class.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers())) {
                known.add(new Call(method.getName(), Type.getMethodDescriptor(method)));
            }
        }
        return known;
    }

    /** The static method of {@link Substitutes} to call; null where Java's own is to stay. */
    static @Nullable Call instead(String caller, int instruction, String owner, String name, String type) {
        if (owner.equals("java/util/UUID") && name.equals("randomUUID")) {
            return IDENTIFYING.stream().anyMatch(caller::startsWith) ? new Call("identifier", type) : null;
        }
        if (!OWNERS.contains(owner)) {
            return null;
        }
        Call call = new Call(name, instruction == Opcodes.INVOKESTATIC ? type : "(L" + owner + ";" + type.substring(1));
        return KNOWN.contains(call) ? call : null;
    }
}
