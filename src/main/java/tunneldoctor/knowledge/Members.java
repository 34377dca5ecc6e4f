package tunneldoctor.knowledge;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a name or a step after a dot means, by the vocabulary and by Java's declarations. What is not found, and a
 * call whose values do not fit, is told with what there is instead.
 */
final class Members {
    private final Scope scope;
    private final Scope.Reports reports;

    Members(Scope scope, Scope.Reports reports) {
        this.scope = scope;
        this.reports = reports;
    }

    /**
     * The value a chain starts with.
     *
     * @param arguments {@code null} where no parentheses follow
     */
    Expr head(Token head, @Nullable List<Expr> arguments) {
        String name = head.text();
        Optional<Class<?>> pattern = scope.pattern();
        boolean plain = arguments == null;
        if (plain && name.equals("this") && pattern.isPresent()) {
            return new Expr.This(pattern.get(), head.offset());
        }
        if (name.equals("drools")) {
            return scope.consequence() && plain
                    ? new Expr.Bound("drools", Optional.of(RuleHelper.class), head.offset())
                    : unknownHead(head, "of drools, rules may use drools.getRule() only", "Hand it to Conclude.");
        }
        if (plain && scope.bindings().containsKey(name)) {
            return new Expr.Bound(name, scope.bindings().getOrDefault(name, Optional.empty()), head.offset());
        }
        if (pattern.isPresent() && Vocabulary.words(pattern.get()).containsKey(name)) {
            return step(new Expr.This(pattern.get(), head.offset()), head, arguments);
        }
        @Nullable
        Class<?> named = scope.imports().containsKey(name) ? scope.imports().get(name) : Vocabulary.IMPLICIT.get(name);
        if (plain && named != null) {
            return new Expr.TypeName(named, head.offset());
        }
        if (name.startsWith("$")) {
            return unknownHead(
                    head,
                    "nothing is bound to " + name,
                    suggestion(name, scope.bindings().keySet()).isEmpty()
                            ? "Bind it in a pattern before this: " + name + " : …"
                            : suggestion(name, scope.bindings().keySet()));
        }
        if (pattern.isPresent()) {
            return new Expr.Bound(name, unknown(head, pattern.get()), head.offset());
        }
        Set<String> known = new TreeSet<>(scope.bindings().keySet());
        known.addAll(scope.imports().keySet());
        String near = suggestion(name, known);
        return unknownHead(
                head,
                "'" + name + "' is out of reach for rules",
                near.isEmpty() ? "A value begins with a binding ($…), an imported type, a text or a number." : near);
    }

    /** Stands for {@code drools}, of which {@code getRule} is the only word. */
    private interface RuleHelper {}

    private Expr unknownHead(Token head, String message, String hint) {
        reports.tell(head.offset(), message, hint);
        return new Expr.Bound(head.text(), Optional.empty(), head.offset());
    }

    /** What follows a dot, or a field of the pattern's own fact. */
    Expr step(Expr owner, Token step, @Nullable List<Expr> arguments) {
        List<Expr> given = arguments == null ? List.of() : arguments;
        Expr lost = new Expr.Call(owner, step.text(), given, Optional.empty(), owner.offset());
        if (owner instanceof Expr.Bound helper && helper.type().equals(Optional.of(RuleHelper.class))) {
            boolean rule = step.is("getRule") && arguments != null && arguments.isEmpty();
            if (!rule) {
                reports.tell(owner.offset(), "of drools, rules may use drools.getRule() only", "Hand it to Conclude.");
            }
            return rule ? new Expr.ThisRule(owner.offset()) : lost;
        }
        if (owner instanceof Expr.ThisRule) {
            reports.tell(step.offset(), "of drools, rules may use drools.getRule() only", "Hand it to Conclude.");
            return lost;
        }
        Optional<Class<?>> raw = owner.raw();
        if (raw.isEmpty() || raw.get().isPrimitive() || !Vocabulary.knows(raw.get())) {
            reports.tell(
                    step.offset(),
                    "'." + step.text() + "' cannot be checked here: "
                            + (raw.isPresent()
                                    ? "a value of type " + raw.get().getSimpleName() + " has no such word"
                                    : "the type before it is not known"),
                    "Give the fact a method that answers this question.");
            return lost;
        }
        if (!Vocabulary.words(raw.get()).containsKey(step.text())) {
            unknown(step, raw.get());
            return lost;
        }
        return arguments == null ? field(owner, raw.get(), step, lost) : call(owner, raw.get(), step, given);
    }

    private Expr field(Expr owner, Class<?> of, Token step, Expr lost) {
        String name = step.text();
        boolean fromType = owner instanceof Expr.TypeName;
        if (fromType) {
            for (Class<?> nested : of.getClasses()) {
                if (nested.getSimpleName().equals(name)) {
                    return new Expr.TypeName(nested, owner.offset());
                }
            }
            for (Object constant :
                    Optional.ofNullable((Object[]) of.getEnumConstants()).orElse(new Object[0])) {
                if (((Enum<?>) constant).name().equals(name)) {
                    return new Expr.Constant(constant, of, owner.offset());
                }
            }
            Optional<Field> field = Arrays.stream(of.getFields())
                    .filter(known -> known.getName().equals(name) && Modifier.isStatic(known.getModifiers()))
                    .findFirst();
            if (field.isPresent()) {
                return new Expr.Call(
                        owner, name, List.of(), Optional.of(field.get().getGenericType()), owner.offset());
            }
            reports.tell(
                    step.offset(),
                    named(of, name).stream().anyMatch(method -> Modifier.isStatic(method.getModifiers()))
                            ? "'" + name + "' needs its values in parentheses"
                            : "'" + name + "' is a field of each " + of.getSimpleName() + ", not of the type",
                    named(of, name).stream().anyMatch(method -> Modifier.isStatic(method.getModifiers()))
                            ? "Write: " + signatures(named(of, name))
                            : "Bind one first: $one : " + of.getSimpleName() + "()");
            return lost;
        }
        Optional<Method> reader = named(of, name).stream()
                .filter(method -> method.getParameterCount() == 0)
                .findFirst();
        if (reader.isEmpty()) {
            reports.tell(
                    step.offset(),
                    "'" + name + "' needs a value in parentheses",
                    "Write: " + signatures(named(of, name)));
            return lost;
        }
        if (scope.consequence()) {
            reports.tell(
                    step.offset(),
                    "'" + name + "' needs parentheses after then",
                    "Write: " + name + "(). Fields stand without them in conditions only.");
        }
        return new Expr.Call(owner, name, List.of(), result(owner, reader.get()), owner.offset());
    }

    private Expr call(Expr owner, Class<?> of, Token step, List<Expr> given) {
        boolean fromType = owner instanceof Expr.TypeName;
        List<Method> methods = named(of, step.text()).stream()
                .filter(method -> !fromType || Modifier.isStatic(method.getModifiers()))
                .toList();
        if (methods.isEmpty()) {
            reports.tell(
                    step.offset(),
                    "'" + step.text() + "' is no method of the type " + of.getSimpleName(),
                    fromType ? "Bind one first: $one : " + of.getSimpleName() + "()" : "Write it without parentheses.");
        }
        Optional<Method> fitting = methods.stream()
                .filter(method -> misfit(method, given).isEmpty())
                .findFirst();
        if (fitting.isEmpty() && !methods.isEmpty()) {
            tellMisfit(of.getSimpleName() + "." + step.text(), methods, given, step.offset());
        }
        Optional<Type> type = fitting.isPresent()
                ? result(owner, fitting.get())
                : methods.stream()
                        .map(method -> result(owner, method))
                        .findFirst()
                        .flatMap(known -> known);
        return new Expr.Call(owner, step.text(), given, type, owner.offset());
    }

    Expr creation(Class<?> of, List<Expr> given, Token name) {
        List<Constructor<?>> constructors = List.of(of.getConstructors());
        if (constructors.stream()
                .noneMatch(constructor -> misfit(constructor, given).isEmpty())) {
            tellMisfit("new " + of.getSimpleName(), constructors, given, name.offset());
        }
        return new Expr.Creation(of, given, name.offset());
    }

    private static List<Method> named(Class<?> of, String name) {
        return Arrays.stream(of.getMethods())
                .filter(method -> method.getName().equals(name) && !method.isSynthetic())
                .sorted(Comparator.comparing(Method::getParameterCount).thenComparing(Method::toString))
                .toList();
    }

    private static Optional<Type> result(Expr owner, Method method) {
        return owner.type().flatMap(known -> Vocabulary.resolve(known, method.getGenericReturnType()));
    }

    /** The first value that does not fit its parameter, by its index; the number of values where only that is wrong. */
    private static Optional<Integer> misfit(Executable method, List<Expr> given) {
        Parameter[] parameters = method.getParameters();
        int fixed = method.isVarArgs() ? parameters.length - 1 : parameters.length;
        for (int i = 0; i < Math.min(given.size(), fixed); i++) {
            if (!TypeRules.fits(given.get(i), parameters[i].getType())) {
                return Optional.of(i);
            }
        }
        if (given.size() < fixed || given.size() > fixed && !method.isVarArgs()) {
            return Optional.of(given.size());
        }
        for (int i = fixed; i < given.size(); i++) {
            Class<?> rest = parameters[fixed].getType();
            boolean whole = i == fixed && given.size() == parameters.length && TypeRules.fits(given.get(i), rest);
            if (!whole && !TypeRules.fits(given.get(i), rest.getComponentType())) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** Told at the value that stops the form which goes furthest. */
    private void tellMisfit(String called, List<? extends Executable> forms, List<Expr> given, int offset) {
        int furthest = forms.stream()
                .mapToInt(form -> misfit(form, given).orElse(0))
                .max()
                .orElse(0);
        String hint = "Write: " + signatures(forms);
        boolean tooMany = furthest < given.size()
                && forms.stream().allMatch(form -> !form.isVarArgs() && form.getParameterCount() <= furthest);
        if (furthest >= given.size()) {
            reports.tell(offset, called + " needs more than the values given", hint);
        } else if (tooMany) {
            reports.tell(given.get(furthest).offset(), called + " takes no further value here", hint);
        } else {
            Expr value = given.get(furthest);
            reports.tell(
                    value.offset(),
                    called + " does not take " + value + (value.raw().isEmpty() ? "" : ", " + TypeRules.words(value))
                            + ", here",
                    hint);
        }
    }

    private static String signatures(Collection<? extends Executable> forms) {
        return forms.stream().map(Members::signature).distinct().collect(Collectors.joining(" or "));
    }

    private static String signature(Executable form) {
        List<String> parameters = new ArrayList<>();
        for (Parameter parameter : form.getParameters()) {
            boolean rest = form.isVarArgs() && parameters.size() == form.getParameterCount() - 1;
            Class<?> type = rest ? parameter.getType().getComponentType() : parameter.getType();
            parameters.add(
                    type == org.kie.api.definition.rule.Rule.class
                            ? "drools.getRule()"
                            : type.getSimpleName()
                                    + (rest ? "…" : "")
                                    + (parameter.isNamePresent() ? " " + parameter.getName() : ""));
        }
        String name = form instanceof Constructor<?> made
                ? "new " + made.getDeclaringClass().getSimpleName()
                : form.getName();
        return name + "(" + String.join(", ", parameters) + ")";
    }

    private Optional<Type> unknown(Token word, Class<?> owner) {
        Set<String> known = Vocabulary.words(owner).keySet();
        boolean fact = owner.getName().startsWith(Vocabulary.MODEL);
        boolean fields = fact && !Vocabulary.fields(owner).isEmpty();
        String list = owner.isEnum()
                ? "Values: " + TypeRules.constants(owner)
                : fields
                        ? "Fields: " + String.join(", ", Vocabulary.fields(owner))
                        : "Methods: " + String.join(", ", known);
        String kind = owner.isEnum() ? "value" : fields ? "field" : "method";
        String near = suggestion(word.text(), known);
        reports.tell(
                word.offset(),
                owner.getSimpleName() + " has no " + kind + " '" + word.text() + "'",
                (near.isEmpty() ? "" : near + " ") + list + ".");
        return Optional.empty();
    }

    private static String suggestion(String word, Collection<String> known) {
        return Vocabulary.nearest(word, known)
                .map(near -> "Did you mean '" + near + "'?")
                .orElse("");
    }
}
