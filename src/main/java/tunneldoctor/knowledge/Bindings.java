package tunneldoctor.knowledge;

import org.drools.model.Binding;
import org.drools.model.Variable;
import org.jspecify.annotations.Nullable;

/**
 * What the variables of a rule stand for so far. Immutable: each step gives a longer chain, so that one beginning serves
 * many attempts. Values of fields are read when they are asked for, as the engine does: a test before may be what makes
 * the reading safe.
 */
final class Bindings {
    static final Bindings NONE = new Bindings(null, null, null, null);

    private final @Nullable Bindings before;
    private final @Nullable Variable<?> variable;
    private final @Nullable Object value;
    private final @Nullable Binding reading;

    private Bindings(
            @Nullable Bindings before,
            @Nullable Variable<?> variable,
            @Nullable Object value,
            @Nullable Binding reading) {
        this.before = before;
        this.variable = variable;
        this.value = value;
        this.reading = reading;
    }

    Bindings with(Variable<?> bound, @Nullable Object to) {
        return new Bindings(this, bound, to, null);
    }

    Bindings with(Iterable<Binding> fields) {
        Bindings all = this;
        for (Binding field : fields) {
            all = new Bindings(all, field.getBoundVariable(), null, field);
        }
        return all;
    }

    boolean knows(Variable<?> asked) {
        for (Bindings at = this; at != null; at = at.before) {
            if (at.variable == asked) {
                return true;
            }
        }
        return false;
    }

    /** @throws RuntimeException what reading a field throws */
    @Nullable
    Object of(Variable<?> asked) {
        for (Bindings at = this; at != null; at = at.before) {
            if (at.variable == asked) {
                return at.reading == null ? at.value : at.reading.eval(of(at.reading.getInputVariables()));
            }
        }
        throw new IllegalStateException("nothing is bound to " + asked.getName());
    }

    @Nullable
    Object[] of(Variable<?>[] asked) {
        @Nullable Object[] values = new @Nullable Object[asked.length];
        for (int i = 0; i < asked.length; i++) {
            values[i] = of(asked[i]);
        }
        return values;
    }

    /** What the variable an author wrote stands for; the engine renames those of an inner scope. */
    @Nullable
    Object named(String name) {
        for (Bindings at = this; at != null; at = at.before) {
            if (at.variable != null && written(at.variable).equals(name)) {
                return of(at.variable);
            }
        }
        return null;
    }

    static String written(Variable<?> variable) {
        return variable.getName().replaceFirst("_\\d+_sCoPe$", "");
    }
}
