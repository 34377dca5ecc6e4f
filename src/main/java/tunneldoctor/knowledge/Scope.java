package tunneldoctor.knowledge;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.Optional;

/**
 * What the names of an expression mean at its place.
 *
 * @param imports types by their simple names
 * @param bindings what earlier parts of the rule have bound, with the types where known; grows as the rule is read
 * @param pattern the fact whose fields need no owner; empty outside patterns
 * @param consequence whether the place is after {@code then}, where Java's rules hold
 */
record Scope(
        Map<String, Class<?>> imports,
        Map<String, Optional<Type>> bindings,
        Optional<Class<?>> pattern,
        boolean consequence) {
    Scope in(Optional<Class<?>> fact) {
        return new Scope(imports, bindings, fact, false);
    }

    /** Receives mistakes by their place in the file. */
    interface Reports {
        void tell(int offset, String message, String hint);
    }
}
