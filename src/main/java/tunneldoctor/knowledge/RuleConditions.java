package tunneldoctor.knowledge;

import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.drools.drl.ast.descr.AccumulateDescr;
import org.drools.drl.ast.descr.AndDescr;
import org.drools.drl.ast.descr.AnnotatedBaseDescr;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.ConditionalElementDescr;
import org.drools.drl.ast.descr.ExistsDescr;
import org.drools.drl.ast.descr.ExprConstraintDescr;
import org.drools.drl.ast.descr.ForallDescr;
import org.drools.drl.ast.descr.NotDescr;
import org.drools.drl.ast.descr.OrDescr;
import org.drools.drl.ast.descr.PatternDescr;
import org.drools.drl.ast.descr.PatternSourceDescr;
import org.jspecify.annotations.Nullable;

/** Reads one rule's conditions off Drools' parse tree; what the subset does not hold is refused. */
final class RuleConditions {
    private static final Set<String> FUNCTIONS = Set.of("count", "sum", "min", "max", "average");

    /** Drools makes one rule of each combination of alternatives; without a bound a short file would fill the memory. */
    private static final int MOST_COMBINATIONS = 64;

    private final RuleFile file;
    private final Places places;
    private final Map<String, Class<?>> imports;
    private final Scope.Reports reports;

    RuleConditions(RuleFile file, Map<String, Class<?>> imports, Scope.Reports reports) {
        this.file = file;
        this.places = new Places(file);
        this.imports = imports;
        this.reports = reports;
    }

    /**
     * The conditions of a rule.
     *
     * @param bindings receives what a consequence may use
     */
    Condition.All read(AndDescr whole, Map<String, Optional<Type>> bindings) {
        Scope scope = new Scope(imports, bindings, Optional.empty(), false);
        List<Condition> parts = parts(whole, scope, false);
        Condition.All all = new Condition.All(parts, places.start(whole));
        if (combinations(all) > MOST_COMBINATIONS) {
            reports.tell(
                    places.start(whole),
                    "the alternatives of this rule combine to more than " + MOST_COMBINATIONS + " rules",
                    "Write a rule for each case, or join the alternatives of one pattern with ||.");
        }
        talliesBesideAlternatives(all);
        return all;
    }

    /** Drools gives such a rule all results in place of the first, and it dies of that when it fires. */
    private void talliesBesideAlternatives(Condition all) {
        if (combinations(all) < 2) {
            return;
        }
        Deque<Condition> open = new ArrayDeque<>(List.of(all));
        while (!open.isEmpty()) {
            Condition condition = open.pop();
            if (condition instanceof Condition.Tally tally && tally.functions().size() > 1) {
                reports.tell(
                        tally.offset(),
                        "an accumulate of several values beside 'or'",
                        "Write an accumulate for each value, or a rule for each alternative.");
            }
            open.addAll(condition.parts());
        }
    }

    private static long combinations(Condition condition) {
        long count = condition instanceof Condition.Any ? 0 : 1;
        for (Condition part : condition.parts()) {
            long inner = combinations(part);
            count = Math.min(
                    MOST_COMBINATIONS + 1L, condition instanceof Condition.Any ? count + inner : count * inner);
        }
        return count;
    }

    private List<Condition> parts(ConditionalElementDescr whole, Scope scope, boolean denied) {
        List<Condition> parts = new ArrayList<>();
        for (Object part : whole.getDescrs()) {
            condition((BaseDescr) part, scope, denied).ifPresent(parts::add);
        }
        return parts;
    }

    /** @param denied whether the part stands under a negation */
    private Optional<Condition> condition(BaseDescr part, Scope scope, boolean denied) {
        if (part instanceof AnnotatedBaseDescr annotated
                && !annotated.getAnnotations().isEmpty()) {
            reports.tell(places.of(part, "@"), "an annotation has no place in a condition", "Leave it out.");
        }
        int offset = places.start(part);
        if (part instanceof PatternDescr pattern) {
            return pattern(pattern, scope, denied);
        }
        if (part instanceof AndDescr and) {
            return Optional.of(new Condition.All(parts(and, scope, denied), offset));
        }
        if (part instanceof OrDescr or) {
            return Optional.of(new Condition.Any(alternatives(or, scope, denied), offset));
        }
        if (part instanceof ExistsDescr exists) {
            return Optional.of(
                    new Condition.Exists(new Condition.All(parts(exists, inner(scope), denied), offset), offset));
        }
        if (part instanceof NotDescr not) {
            return Optional.of(new Condition.Not(new Condition.All(parts(not, inner(scope), true), offset), offset));
        }
        if (part instanceof ForallDescr forall) {
            return Optional.of(new Condition.ForAll(parts(forall, inner(scope), true), offset));
        }
        String word = places.wordAt(offset);
        reports.tell(
                offset,
                (word.isEmpty() ? "this kind of condition" : "'" + word + "'") + " has no place in a rule",
                "Use patterns with 'not', 'exists', 'forall', 'and' and 'or'.");
        return Optional.empty();
    }

    /** What is bound inside cannot be used outside. */
    private static Scope inner(Scope scope) {
        return new Scope(scope.imports(), new HashMap<>(scope.bindings()), scope.pattern(), false);
    }

    /** Only what every alternative binds can be used after them. */
    private List<Condition> alternatives(OrDescr or, Scope scope, boolean denied) {
        List<Condition> alternatives = new ArrayList<>();
        @Nullable Map<String, Optional<Type>> common = null;
        for (Object part : or.getDescrs()) {
            Scope own = inner(scope);
            condition((BaseDescr) part, own, denied).ifPresent(alternatives::add);
            if (common == null) {
                common = own.bindings();
            } else {
                common.keySet().retainAll(own.bindings().keySet());
            }
        }
        if (common != null) {
            common.forEach(scope.bindings()::putIfAbsent);
        }
        return alternatives;
    }

    private Optional<Condition> pattern(PatternDescr pattern, Scope scope, boolean denied) {
        int offset = places.start(pattern);
        if (pattern.isQuery() || pattern.getObjectType() == null) {
            reports.tell(offset, "this kind of pattern has no place in a rule", "Match facts by their fields.");
            return Optional.empty();
        }
        @Nullable PatternSourceDescr source = pattern.getSource();
        Optional<Class<?>> type = typeOf(pattern, source != null);
        if (!pattern.getBehaviors().isEmpty() || pattern.isUnification()) {
            reports.tell(offset, "this kind of pattern has no place in a rule", "Match facts by their fields.");
        }
        if (denied && type.map(Class::getName).orElse("").startsWith(Vocabulary.MODEL + "Conclusion")) {
            reports.tell(
                    offset,
                    "a conclusion under a negation",
                    "What is concluded later would take this back without a word; negate the facts it rests on.");
        }
        Optional<Condition.Tally> tally = Optional.empty();
        // A groupby is an accumulate to Drools, with code of its own.
        if (source instanceof AccumulateDescr accumulate && source.getClass() == AccumulateDescr.class) {
            tally = accumulate(accumulate, scope, denied);
        } else if (source != null) {
            String word = source instanceof AccumulateDescr ? "groupby" : "from";
            reports.tell(
                    places.of(source, word),
                    "'" + word + "' has no place in a rule",
                    "Match facts that are there, or ask the fact itself.");
        }
        Optional<String> binding = Optional.ofNullable(pattern.getIdentifier()).filter(name -> !name.isEmpty());
        binding.ifPresent(name -> bind(name, offset, type.map(known -> known), scope));
        if (type.isEmpty()) {
            return Optional.empty();
        }
        List<ExpressionReader.Constraint> constraints = constraints(pattern, scope, type.get());
        if (source == null) {
            return Optional.of(new Condition.Pattern(type.get(), binding, constraints, offset));
        }
        return tally.map(known -> new Condition.Tally(known.source(), known.functions(), constraints, known.offset()));
    }

    private void bind(String name, int offset, Optional<Type> type, Scope scope) {
        if (!name.startsWith("$")) {
            reports.tell(offset, "the name of a binding begins with $", "Write: $" + name + " : …");
        }
        if (scope.bindings().put(name, type) != null) {
            reports.tell(offset, name + " is bound twice in this rule", "Give it another name.");
        }
    }

    private List<ExpressionReader.Constraint> constraints(PatternDescr pattern, Scope scope, Class<?> type) {
        ExpressionReader reader =
                new ExpressionReader(scope.in(type == Object.class ? Optional.empty() : Optional.of(type)), reports);
        List<ExpressionReader.Constraint> constraints = new ArrayList<>();
        for (BaseDescr constraint : pattern.getDescrs()) {
            if (constraint instanceof ExprConstraintDescr expression
                    && expression.getType() == ExprConstraintDescr.Type.NAMED) {
                reader.constraint(Token.of(expression.getExpression(), places.start(expression)))
                        .ifPresent(constraints::add);
            } else {
                reports.tell(places.start(constraint), "a value without its field's name", "Write: field == value.");
            }
        }
        return constraints;
    }

    private Optional<Class<?>> typeOf(PatternDescr pattern, boolean derived) {
        String name = pattern.getObjectType();
        if (derived && (name.equals("Object") || name.equals("Number"))) {
            return Optional.of(name.equals("Number") ? Number.class : Object.class);
        }
        String[] parts = name.split("\\.");
        @Nullable Class<?> type = imports.get(parts[0]);
        for (int i = 1; i < parts.length && type != null; i++) {
            String part = parts[i];
            type = Arrays.stream(type.getClasses())
                    .filter(nested -> nested.getSimpleName().equals(part))
                    .findFirst()
                    .orElse(null);
        }
        if (type == null || !type.getName().startsWith(Vocabulary.MODEL)) {
            Set<String> known = new HashSet<>(imports.keySet());
            Vocabulary.importable().forEach(full -> known.add(full.substring(full.lastIndexOf('.') + 1)));
            reports.tell(
                    places.of(pattern, parts[0]),
                    "'" + name + "' is not an imported fact",
                    Vocabulary.nearest(parts[0], known)
                            .map(near -> near.equals(parts[0])
                                    ? "Write: import tunneldoctor.model." + near
                                    : "Did you mean '" + near + "'?")
                            .orElse("Import it from tunneldoctor.model."));
            return Optional.empty();
        }
        return Optional.of(type);
    }

    private Optional<Condition.Tally> accumulate(AccumulateDescr accumulate, Scope scope, boolean denied) {
        boolean code = accumulate.getInitCode() != null
                || accumulate.getActionCode() != null
                || accumulate.getResultCode() != null
                || accumulate.getReverseCode() != null;
        int offset = places.of(accumulate, "accumulate");
        if (code || !accumulate.hasValidInput() || accumulate.getFunctions() == null) {
            reports.tell(offset, "code in accumulate", "Use count, sum, min, max or average.");
            return Optional.empty();
        }
        Scope own = inner(scope);
        Optional<Condition> source = condition(accumulate.getInput(), own, denied);
        List<Condition.Function> functions = new ArrayList<>();
        int from = places.start(accumulate);
        for (AccumulateDescr.AccumulateFunctionCallDescr call : accumulate.getFunctions()) {
            if (!FUNCTIONS.contains(call.getFunction())) {
                reports.tell(
                        places.of(accumulate, call.getFunction()),
                        "there is no function '" + call.getFunction() + "'",
                        "Use count, sum, min, max or average.");
            }
            List<Expr> values = new ArrayList<>();
            for (String parameter : call.getParams()) {
                int at = Math.max(from, file.text().indexOf(parameter, from));
                new ExpressionReader(own, reports)
                        .value(Token.of(parameter, at))
                        .ifPresent(values::add);
            }
            String name = call.getBind() == null ? "" : call.getBind();
            if (!name.isEmpty()) {
                bind(name, places.of(accumulate, name), result(call.getFunction()), scope);
            }
            functions.add(new Condition.Function(call.getFunction(), values, name));
        }
        return source.map(known -> new Condition.Tally(known, functions, List.of(), offset));
    }

    /** A sum, a least and a largest value have the type of what they are taken from, boxed. */
    private static Optional<Type> result(String function) {
        return switch (function) {
            case "count" -> Optional.of(Long.class);
            case "average" -> Optional.of(Double.class);
            default -> Optional.empty();
        };
    }
}
