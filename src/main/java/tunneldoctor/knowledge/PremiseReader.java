package tunneldoctor.knowledge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.drools.drl.ast.descr.AccumulateDescr;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.ConditionalElementDescr;
import org.drools.drl.ast.descr.ExprConstraintDescr;
import org.drools.drl.ast.descr.PackageDescr;
import org.drools.drl.ast.descr.PatternDescr;
import org.drools.drl.ast.descr.RuleDescr;
import org.drools.model.AccumulatePattern;
import org.drools.model.Binding;
import org.drools.model.Condition;
import org.drools.model.Constraint;
import org.drools.model.Index;
import org.drools.model.Model;
import org.drools.model.Pattern;
import org.drools.model.Rule;
import org.drools.model.SingleConstraint;
import org.drools.model.Variable;
import org.drools.model.functions.accumulate.AccumulateFunction;
import org.jspecify.annotations.Nullable;
import tunneldoctor.knowledge.Premise.Place;
import tunneldoctor.knowledge.Premise.Test;

/**
 * Reads a rule's premises from the compiled model, and their places from the text. The model keeps the order of the text,
 * and with each test the words it was made from; so a pattern is found as the next one of its type, a test by its words.
 */
final class PremiseReader {
    private final RuleFile file;
    private final RuleDescr text;
    private final Map<String, Deque<PatternDescr>> patterns = new HashMap<>();
    private final Map<String, PatternDescr> computed = new HashMap<>();

    private PremiseReader(RuleFile file, RuleDescr text) {
        this.file = file;
        this.text = text;
        collect(text.getLhs());
    }

    /**
     * The rules of a file, in its order.
     *
     * @param model not the one a rule base was built from: building changes it
     */
    static List<RulePremises> read(RuleFile file, PackageDescr parsed, Model model) {
        Map<String, RuleDescr> byName = new HashMap<>();
        parsed.getRules().forEach(rule -> byName.put(rule.getName(), rule));
        List<RulePremises> rules = new ArrayList<>();
        for (Rule rule : model.getRules()) {
            RuleDescr text = byName.get(rule.getName());
            if (text != null) {
                rules.add(new PremiseReader(file, text).rule(rule));
            }
        }
        List<String> order = parsed.getRules().stream().map(RuleDescr::getName).toList();
        rules.sort(java.util.Comparator.comparingInt(rule -> order.indexOf(rule.name())));
        return List.copyOf(rules);
    }

    private RulePremises rule(Rule rule) {
        Optional<Premise> premise;
        try {
            premise = Optional.of(group(rule.getView().getSubConditions()));
        } catch (UnsupportedOperationException unknownForm) {
            premise = Optional.empty();
        }
        return new RulePremises(rule.getName(), file, text.getLine(), concludes(), premise);
    }

    /** The words of {@link Conclude} that the consequence uses. */
    private Set<String> concludes() {
        List<Token> tokens = Token.of(String.valueOf(text.getConsequence()), 0);
        Set<String> words = new TreeSet<>();
        for (int i = 0; i + 2 < tokens.size(); i++) {
            if (tokens.get(i).is("Conclude") && tokens.get(i + 1).is(".")) {
                words.add(tokens.get(i + 2).text());
            }
        }
        return words;
    }

    private void collect(@Nullable BaseDescr part) {
        if (part instanceof PatternDescr pattern) {
            if (pattern.getSource() instanceof AccumulateDescr accumulate) {
                collect(accumulate.getInput());
                if (pattern.getIdentifier() != null) {
                    computed.put(pattern.getIdentifier(), pattern);
                }
                for (AccumulateDescr.AccumulateFunctionCallDescr function : accumulate.getFunctions()) {
                    if (function.getBind() != null) {
                        computed.put(function.getBind(), pattern);
                    }
                }
            } else {
                patterns.computeIfAbsent(lastWord(pattern.getObjectType()), type -> new ArrayDeque<>())
                        .add(pattern);
            }
        } else if (part instanceof ConditionalElementDescr group) {
            group.getDescrs().forEach(this::collect);
        }
    }

    private static String lastWord(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /** What an {@code accumulate} computes may stand before it in the model, so it is put where it is first asked about. */
    private Premise group(List<Condition> conditions) {
        Map<Variable<?>, AccumulatePattern<?>> sources = new HashMap<>();
        for (Condition condition : conditions) {
            if (condition instanceof AccumulatePattern<?> accumulate) {
                for (AccumulateFunction function : accumulate.getAccumulateFunctions()) {
                    sources.put(function.getResult(), accumulate);
                }
            }
        }
        List<Premise> parts = new ArrayList<>();
        Set<Condition> done = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        for (Condition condition : conditions) {
            if (condition.getType() == Condition.Type.CONSEQUENCE) {
                continue;
            }
            if (condition instanceof AccumulatePattern<?> accumulate) {
                if (done.add(accumulate)) {
                    parts.add(gathered(accumulate));
                }
            } else if (condition instanceof Pattern<?> pattern && sources.containsKey(pattern.getPatternVariable())) {
                AccumulatePattern<?> source = sources.get(pattern.getPatternVariable());
                if (done.add(source)) {
                    parts.add(gathered(source));
                }
                parts.add(ofComputed(pattern));
            } else {
                parts.add(premise(condition));
            }
        }
        return parts.size() == 1 ? parts.get(0) : new Premise.All(parts, joined(parts, " and "));
    }

    private Premise premise(Condition condition) {
        return switch (condition.getType()) {
            case PATTERN -> ofFact((Pattern<?>) condition);
            case AND -> group(condition.getSubConditions());
            case OR -> {
                List<Premise> parts = condition.getSubConditions().stream()
                        .map(part -> group(List.of(part)))
                        .toList();
                yield new Premise.Any(parts, joined(parts, " or "));
            }
            case NOT -> {
                Premise part = group(condition.getSubConditions());
                yield new Premise.None(part, prefixed("not ", part.place()));
            }
            case EXISTS -> {
                Premise part = group(condition.getSubConditions());
                yield new Premise.Some(part, prefixed("exists ", part.place()));
            }
            case FORALL -> every(condition.getSubConditions().get(0));
            default ->
                throw new UnsupportedOperationException(condition.getType().name());
        };
    }

    private Premise every(Condition inner) {
        if (inner instanceof Pattern<?> only) {
            Premise.OfFact whole = ofFact(only);
            Premise.OfFact base = new Premise.OfFact(whole.variable, whole.bindings, List.of(), whole.place());
            Premise rest = new Premise.OfValue(whole.variable, null, List.of(), whole.tests, whole.place());
            return new Premise.Every(base, rest, false, prefixed("forall ", whole.place()));
        }
        List<Condition> conditions = inner.getSubConditions();
        if (!(conditions.get(0) instanceof Pattern<?> first)) {
            throw new UnsupportedOperationException("forall");
        }
        Premise.OfFact base = ofFact(first);
        List<Condition> others = conditions.subList(1, conditions.size());
        if (others.size() == 1 && others.get(0) instanceof Pattern<?> same) {
            Premise.OfFact joined = ofFact(same);
            List<Test> rest = joined.tests.stream()
                    .filter(test -> !joinsItself(test.constraint))
                    .toList();
            if (rest.size() < joined.tests.size()) {
                Premise again =
                        new Premise.OfValue(joined.variable, base.variable, joined.bindings, rest, joined.place());
                return new Premise.Every(base, again, true, prefixed("forall ", base.place()));
            }
            return new Premise.Every(base, joined, false, prefixed("forall ", base.place()));
        }
        return new Premise.Every(base, group(others), false, prefixed("forall ", base.place()));
    }

    private static boolean joinsItself(SingleConstraint constraint) {
        return constraint.getIndex() != null
                && constraint.getIndex().getConstraintType() == Index.ConstraintType.FORALL_SELF_JOIN;
    }

    private Premise.Gathered gathered(AccumulatePattern<?> accumulate) {
        Premise source = group(List.of(accumulate.getCondition()));
        List<AccumulateFunction> functions = List.of(accumulate.getAccumulateFunctions());
        PatternDescr descr = functions.stream()
                .map(function -> computed.get(function.getResult().getName()))
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
        Place place = descr == null
                ? prefixed("accumulate ", source.place())
                : place(descr.getSource(), closed(descr.getSource()));
        return new Premise.Gathered(source, functions, place);
    }

    private Premise.OfValue ofComputed(Pattern<?> pattern) {
        PatternDescr descr = computed.get(pattern.getPatternVariable().getName());
        Place place = descr == null
                ? new Place(text.getLine(), 1, pattern.getPatternVariable().getName())
                : place(descr, closed(descr));
        return new Premise.OfValue(
                pattern.getPatternVariable(),
                null,
                List.copyOf(pattern.getBindings()),
                tests(pattern.getConstraint(), descr, place),
                place);
    }

    private Premise.OfFact ofFact(Pattern<?> pattern) {
        Deque<PatternDescr> next =
                patterns.get(pattern.getPatternVariable().getType().getSimpleName());
        PatternDescr descr = next == null ? null : next.poll();
        Place place = descr == null
                ? new Place(
                        text.getLine(),
                        1,
                        pattern.getPatternVariable().getType().getSimpleName())
                : place(descr, closed(descr));
        return new Premise.OfFact(
                pattern.getPatternVariable(),
                List.<Binding>copyOf(pattern.getBindings()),
                tests(pattern.getConstraint(), descr, place),
                place);
    }

    private List<Test> tests(Constraint constraint, @Nullable PatternDescr descr, Place pattern) {
        List<ExprConstraintDescr> written = new ArrayList<>();
        if (descr != null) {
            for (BaseDescr one : descr.getDescrs()) {
                if (one instanceof ExprConstraintDescr expression) {
                    written.add(expression);
                }
            }
        }
        List<Test> tests = new ArrayList<>();
        flatten(constraint, tests, written, pattern);
        return tests;
    }

    private void flatten(Constraint constraint, List<Test> tests, List<ExprConstraintDescr> written, Place pattern) {
        switch (constraint.getType()) {
            case SINGLE -> {
                SingleConstraint single = (SingleConstraint) constraint;
                if (single.getVariables().length > 0) {
                    tests.add(test(single, written, pattern));
                }
            }
            case MULTIPLE, AND -> constraint.getChildren().forEach(child -> flatten(child, tests, written, pattern));
            default ->
                throw new UnsupportedOperationException(constraint.getType().name());
        }
    }

    private Test test(SingleConstraint constraint, List<ExprConstraintDescr> written, Place pattern) {
        String words = oneLine(constraint.predicateInformation().getStringConstraint());
        for (ExprConstraintDescr one : written) {
            if (oneLine(one.getExpression()).equals(words)) {
                written.remove(one);
                return new Test(constraint, place(one, words), true);
            }
        }
        String shown = words.startsWith("_this.") ? words.substring("_this.".length()) : words;
        return new Test(constraint, new Place(pattern.line(), pattern.column(), shown), false);
    }

    /** The words without line breaks and comments; what stands in quotes stays as it is. */
    private static String oneLine(String words) {
        StringBuilder line = new StringBuilder();
        int end = 0;
        for (Token token : Token.of(words, 0)) {
            if (line.length() > 0 && token.offset() > end) {
                line.append(' ');
            }
            line.append(token.text());
            end = token.offset() + token.text().length();
        }
        return line.toString();
    }

    private Place place(BaseDescr part, String words) {
        int offset = part.getStartCharacter();
        if (offset < 0 || offset > file.text().length()) {
            return new Place(Math.max(part.getLine(), text.getLine()), 1, words);
        }
        String before = file.text().substring(0, offset);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return new Place(line, offset - before.lastIndexOf('\n'), words);
    }

    /** A pattern as written, up to the parenthesis that closes its first; the parser's own end is generous. */
    private String closed(BaseDescr part) {
        int start = part.getStartCharacter();
        if (start < 0 || start >= file.text().length()) {
            return part instanceof PatternDescr pattern ? pattern.getObjectType() : "";
        }
        int stop = Math.min(file.text().length(), Math.max(start, part.getEndCharacter()) + 1);
        int depth = 0;
        for (Token token : Token.of(file.text().substring(start, stop), start)) {
            if (token.is("(")) {
                depth++;
            } else if (token.is(")") && --depth == 0) {
                stop = token.offset() + 1;
                break;
            }
        }
        return oneLine(file.text().substring(start, stop));
    }

    private static Place prefixed(String word, Place place) {
        return new Place(place.line(), place.column(), word + place.text());
    }

    private static Place joined(List<Premise> parts, String word) {
        if (parts.isEmpty()) {
            return new Place(0, 0, "");
        }
        Place first = parts.get(0).place();
        return new Place(
                first.line(),
                first.column(),
                parts.stream()
                        .map(part -> part instanceof Premise.All || part instanceof Premise.Any
                                ? "(" + part.place().text() + ")"
                                : part.place().text())
                        .collect(Collectors.joining(word)));
    }
}
