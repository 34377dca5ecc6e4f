package tunneldoctor.knowledge;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.drools.drl.ast.descr.AccumulateDescr;
import org.drools.drl.ast.descr.AndDescr;
import org.drools.drl.ast.descr.AnnotatedBaseDescr;
import org.drools.drl.ast.descr.AnnotationDescr;
import org.drools.drl.ast.descr.AttributeDescr;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.ConditionalElementDescr;
import org.drools.drl.ast.descr.ExistsDescr;
import org.drools.drl.ast.descr.ExprConstraintDescr;
import org.drools.drl.ast.descr.ForallDescr;
import org.drools.drl.ast.descr.ImportDescr;
import org.drools.drl.ast.descr.NotDescr;
import org.drools.drl.ast.descr.OrDescr;
import org.drools.drl.ast.descr.PackageDescr;
import org.drools.drl.ast.descr.PatternDescr;
import org.drools.drl.ast.descr.PatternSourceDescr;
import org.drools.drl.ast.descr.RuleDescr;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.Cause;
import tunneldoctor.model.Severity;

/**
 * What a rule file may say, checked on its parse tree before Drools builds anything from it: Drools evaluates annotations
 * while it builds, so a check afterwards would come too late. The language left is declarative: conditions over facts, and
 * {@code insertLogical} of conclusions. Order, loops, changes of facts and code of any other kind are refused.
 */
final class RulePolicy {
    private static final List<String> ANNOTATIONS = List.of("title", "severity", "source", "maturity", "ruledOut");
    private static final Set<String> MATURITIES = Set.of("stable", "incubating", "sandbox");
    private static final Set<String> FUNCTIONS = Set.of("count", "sum", "min", "max", "average");

    /** Actions authors know from elsewhere, with what to do instead. */
    private static final Map<String, String> REFUSED_ACTIONS = Map.of(
            "insert", "Use insertLogical, so that the conclusion goes when its reasons go.",
            "update", "Facts do not change; infer a new one with insertLogical.",
            "modify", "Facts do not change; infer a new one with insertLogical.",
            "delete", "Facts do not change; say what must not be the case with 'not'.",
            "retract", "Facts do not change; say what must not be the case with 'not'.");

    private final RuleFile file;
    private final PackageDescr rules;
    private final List<RuleProblem> problems = new ArrayList<>();
    private final Map<String, Class<?>> imports = new LinkedHashMap<>();
    private final Map<String, String> metadata = new HashMap<>();

    RulePolicy(RuleFile file, PackageDescr rules) {
        this.file = file;
        this.rules = rules;
    }

    /** Every breach, by line. */
    List<RuleProblem> check() {
        text();
        header();
        for (ImportDescr one : rules.getImports()) {
            imported(one);
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < rules.getRules().size(); i++) {
            rule(rules.getRules().get(i), i == 0, names);
        }
        if (rules.getRules().isEmpty()) {
            problems.add(file.problem("the file has no rule", "Write one, or remove the file."));
        }
        problems.sort(Comparator.comparingInt(RuleProblem::line).thenComparingInt(RuleProblem::column));
        return List.copyOf(problems);
    }

    /** What the file says of its cause; to be asked only of a file without breaches. */
    Optional<Cause> cause() {
        return file.shared()
                ? Optional.empty()
                : Optional.of(new Cause(
                        file.id(),
                        stated("title"),
                        Severity.valueOf(stated("severity")),
                        stated("source"),
                        stated("maturity"),
                        stated("ruledOut"),
                        file.relative()));
    }

    private String stated(String annotation) {
        return metadata.getOrDefault(annotation, "");
    }

    /** Java resolves such escapes before it looks for comments and strings, so no later check would see what they spell. */
    private void text() {
        int escape = file.text().indexOf("\\u");
        if (escape >= 0) {
            problems.add(file.problemAt(
                    escape,
                    "a unicode escape has no place in a rule",
                    "Write the character itself; the file is UTF-8."));
        }
    }

    private void header() {
        if (!rules.getName().equals(file.packageName())) {
            problems.add(at(
                    rules,
                    "package",
                    rules.getName().isEmpty()
                            ? "the file names no package"
                            : "the package does not fit the file's name",
                    "Write: package " + file.packageName()));
        }
        refuseAll(rules.getFunctionImports(), "import", "an import of functions");
        refuseAll(rules.getAccumulateImports(), "import", "an import of functions");
        refuseAll(rules.getGlobals(), "global", "a global");
        refuseAll(rules.getFunctions(), "function", "a function");
        refuseAll(rules.getTypeDeclarations(), "declare", "a declared type");
        refuseAll(rules.getEnumDeclarations(), "declare", "a declared type");
        refuseAll(rules.getEntryPointDeclarations(), "declare", "an entry point");
        refuseAll(rules.getWindowDeclarations(), "declare", "a window");
        if (rules.getUnit() != null) {
            problems.add(at(rules.getUnit(), "unit", "a rule unit has no place in a rule file", ""));
        }
        for (AttributeDescr attribute : rules.getAttributes()) {
            attribute(attribute);
        }
    }

    private void refuseAll(Iterable<? extends BaseDescr> parts, String keyword, String what) {
        for (BaseDescr part : parts) {
            problems.add(at(
                    part,
                    keyword,
                    what + " has no place in a rule file",
                    "What a fact means for a question belongs into a method of the model; what follows, into a rule."));
        }
    }

    private void imported(ImportDescr one) {
        String target = one.getTarget();
        @Nullable Class<?> type = Vocabulary.IMPORTABLE.get(target);
        if (type == null && target.equals(Conclude.class.getName())) {
            type = Conclude.class;
        }
        if (type == null && target.matches("tunneldoctor\\.model\\.\\w+(\\.\\w+)?")) {
            type = ofModel(target);
        }
        if (type != null) {
            imports.put(type.getSimpleName(), type);
            return;
        }
        boolean wildcard = target.endsWith("*");
        List<String> importable = Vocabulary.importable();
        boolean ours = target.startsWith("tunneldoctor.");
        problems.add(at(
                one,
                "import",
                ours && !wildcard ? "there is no type " + target : "import of " + target + " is out of reach for rules",
                wildcard
                        ? "Import each type by its name."
                        : Vocabulary.nearest(target, importable)
                                .filter(near -> ours)
                                .map(near -> "Did you mean '" + near + "'?")
                                .orElse(
                                        "Rules import types of tunneldoctor.model, Conclude, and java.util.List, Set, Map,"
                                                + " Collection and Optional.")));
    }

    private static @Nullable Class<?> ofModel(String name) {
        try {
            return Class.forName(name, false, RulePolicy.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError notTopLevel) {
            int dot = name.lastIndexOf('.');
            try {
                return Class.forName(
                        name.substring(0, dot) + "$" + name.substring(dot + 1),
                        false,
                        RulePolicy.class.getClassLoader());
            } catch (ClassNotFoundException | LinkageError notNested) {
                return null;
            }
        }
    }

    private void attribute(AttributeDescr attribute) {
        boolean java = attribute.getName().equals("dialect")
                && attribute.getValue().replace("\"", "").equals("java");
        if (!java) {
            int name = file.text().lastIndexOf(attribute.getName(), place(attribute));
            problems.add(file.problemAt(
                    name < 0 ? place(attribute) : name,
                    "'" + attribute.getName() + "' has no place in a rule",
                    attribute.getName().equals("dialect")
                            ? "Write: dialect \"java\""
                            : "Rules do not order or switch each other; say the condition with a fact and 'not'."));
        }
    }

    private void rule(RuleDescr rule, boolean first, Set<String> names) {
        name(rule, names);
        if (rule.isQuery()) {
            problems.add(
                    at(rule, "query", "a query has no place in a rule file", "Conclusions are collected as facts."));
            return;
        }
        if (rule.hasParent()) {
            problems.add(
                    at(rule, "extends", "a rule that extends another", "Say the shared part as a fact of its own."));
        }
        for (AttributeDescr attribute : rule.getAttributes().values()) {
            if (!rules.getAttributes().contains(attribute)) {
                attribute(attribute);
            }
        }
        metadata(rule, first);
        Map<String, Optional<Type>> bindings = new HashMap<>();
        if (rule.getLhs() != null) {
            condition(rule.getLhs(), bindings, false);
        }
        if (!rule.getNamedConsequences().isEmpty()) {
            problems.add(
                    at(rule, "do", "a named consequence has no place in a rule", "Write a rule for each conclusion."));
        }
        consequence(rule, bindings);
    }

    private void name(RuleDescr rule, Set<String> names) {
        String name = rule.getName();
        if (!name.startsWith(file.id() + ": ")) {
            problems.add(at(
                    rule,
                    "rule",
                    "the rule's name does not begin with the file's",
                    "Write: rule \"" + file.id() + ": …\""));
        }
        if (name.indexOf('"') >= 0 || name.indexOf('\\') >= 0 || name.indexOf('\n') >= 0) {
            problems.add(
                    at(rule, "rule", "the rule's name has a quote, a backslash or a line break", "Use plain words."));
        }
        if (!names.add(name)) {
            problems.add(at(rule, "rule", "there is another rule of this name", "Give each rule a name of its own."));
        }
    }

    private void metadata(RuleDescr rule, boolean first) {
        for (AnnotationDescr annotation : rule.getAnnotations()) {
            String name = annotation.getName();
            if (!ANNOTATIONS.contains(name)) {
                refuseAnnotation(
                        rule,
                        name,
                        "unknown annotation @" + name,
                        Vocabulary.nearest(name, ANNOTATIONS)
                                .map(near -> "Did you mean @" + near + "?")
                                .orElse("A rule may have @" + String.join(", @", ANNOTATIONS) + "."));
            } else if (!first || file.shared()) {
                refuseAnnotation(
                        rule,
                        name,
                        "@" + name + " stands on a rule that may not have it",
                        file.shared()
                                ? "Shared inferences are no cause."
                                : "What is said of the cause stands on the first rule of its file.");
            } else {
                annotation(rule, annotation);
            }
        }
        if (first && !file.shared()) {
            Set<String> meant = new HashSet<>();
            rule.getAnnotations()
                    .forEach(given ->
                            Vocabulary.nearest(given.getName(), ANNOTATIONS).ifPresent(meant::add));
            for (String name : ANNOTATIONS) {
                if (!meant.contains(name)) {
                    problems.add(at(
                            rule,
                            "rule",
                            "@" + name + " is missing",
                            "The first rule of a file says it of the cause."));
                }
            }
        }
    }

    private void annotation(RuleDescr rule, AnnotationDescr annotation) {
        String name = annotation.getName();
        Map<String, Object> values = annotation.getValueMap();
        Optional<String> text = values.size() == 1 && values.containsKey(AnnotationDescr.VALUE)
                ? literal(values.get(AnnotationDescr.VALUE))
                : Optional.empty();
        if (text.isEmpty() || annotation.isDuplicated()) {
            refuseAnnotation(
                    rule,
                    name,
                    annotation.isDuplicated()
                            ? "@" + name + " stands twice"
                            : "the value of @" + name + " is not a text",
                    "Write: @" + name + "(\"…\"), once and on one line.");
            return;
        }
        if (name.equals("severity")) {
            List<String> severities = java.util.Arrays.stream(Severity.values())
                    .map(Severity::name)
                    .toList();
            if (!severities.contains(text.get())) {
                refuseAnnotation(
                        rule,
                        name,
                        "there is no severity " + text.get(),
                        "Severities: " + String.join(", ", severities) + ".");
                return;
            }
        }
        if (name.equals("maturity") && !MATURITIES.contains(text.get())) {
            refuseAnnotation(
                    rule, name, "there is no maturity " + text.get(), "Maturities: stable, incubating, sandbox.");
        }
        metadata.put(name, text.get());
    }

    /** The text of a string literal; empty for anything that would have to be evaluated. */
    private static Optional<String> literal(@Nullable Object value) {
        if (!(value instanceof String source) || source.length() < 3) {
            return Optional.empty();
        }
        List<Token> tokens = Token.of(source, 0);
        boolean whole = tokens.size() == 1
                && tokens.get(0).kind() == Token.Kind.TEXT
                && source.startsWith("\"")
                && source.endsWith("\"")
                && tokens.get(0).text().length() == source.length();
        String inner = source.substring(1, source.length() - 1);
        String plain = inner.replace("\\\"", "\"").replace("\\\\", "\\");
        boolean printable = plain.codePoints().noneMatch(Character::isISOControl);
        return whole && printable && !plain.isBlank() ? Optional.of(plain) : Optional.empty();
    }

    private void refuseAnnotation(RuleDescr rule, String name, String message, String hint) {
        problems.add(at(rule, "@" + name, message, hint));
    }

    /** @param denied whether the part stands under a negation */
    private void condition(BaseDescr part, Map<String, Optional<Type>> bindings, boolean denied) {
        if (part instanceof AnnotatedBaseDescr annotated
                && !annotated.getAnnotations().isEmpty()) {
            problems.add(at(part, "@", "an annotation has no place in a condition", "Leave it out."));
        }
        if (part instanceof PatternDescr pattern) {
            pattern(pattern, bindings, denied);
        } else if (part instanceof AndDescr || part instanceof OrDescr || part instanceof ExistsDescr) {
            parts((ConditionalElementDescr) part, bindings, denied);
        } else if (part instanceof NotDescr || part instanceof ForallDescr) {
            parts((ConditionalElementDescr) part, bindings, true);
        } else {
            String words = wordAt(part);
            problems.add(at(
                    part,
                    "",
                    (words.isEmpty() ? "this kind of condition" : "'" + words + "'") + " has no place in a rule",
                    "Use patterns with 'not', 'exists', 'forall', 'and' and 'or'."));
        }
    }

    private void parts(ConditionalElementDescr whole, Map<String, Optional<Type>> bindings, boolean denied) {
        for (Object part : whole.getDescrs()) {
            condition((BaseDescr) part, bindings, denied);
        }
    }

    private void pattern(PatternDescr pattern, Map<String, Optional<Type>> bindings, boolean denied) {
        if (pattern.isQuery() || pattern.getObjectType() == null) {
            problems.add(
                    at(pattern, "", "this kind of pattern has no place in a rule", "Match facts by their fields."));
            return;
        }
        @Nullable PatternSourceDescr source = pattern.getSource();
        Optional<Class<?>> type = typeOf(pattern, source != null);
        if (!pattern.getBehaviors().isEmpty() || pattern.isUnification()) {
            problems.add(
                    at(pattern, "", "this kind of pattern has no place in a rule", "Match facts by their fields."));
        }
        if (denied && type.map(Class::getName).orElse("").startsWith(Vocabulary.MODEL + "Conclusion")) {
            problems.add(at(
                    pattern,
                    "",
                    "a conclusion under a negation",
                    "What is concluded later would take this back without a word; negate the facts it rests on."));
        }
        if (source instanceof AccumulateDescr accumulate) {
            accumulate(accumulate, bindings, denied);
        } else if (source != null) {
            problems.add(at(
                    source,
                    "from",
                    "'from' has no place in a rule",
                    "Match facts that are there, or ask the fact itself."));
        }
        if (pattern.getIdentifier() != null && !pattern.getIdentifier().isEmpty()) {
            bindings.put(pattern.getIdentifier(), type.map(known -> known));
        }
        if (type.isEmpty()) {
            return;
        }
        ExpressionPolicy expressions = expressions(bindings);
        for (BaseDescr constraint : pattern.getDescrs()) {
            if (constraint instanceof ExprConstraintDescr expression
                    && expression.getType() == ExprConstraintDescr.Type.NAMED) {
                expressions.constraint(
                        Token.of(expression.getExpression(), place(expression)),
                        type.filter(known -> known != Object.class));
            } else {
                problems.add(at(constraint, "", "a value without its field's name", "Write: field == value."));
            }
        }
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
            type = java.util.Arrays.stream(type.getClasses())
                    .filter(nested -> nested.getSimpleName().equals(part))
                    .findFirst()
                    .orElse(null);
        }
        if (type == null || !type.getName().startsWith(Vocabulary.MODEL)) {
            Set<String> known = new HashSet<>(imports.keySet());
            Vocabulary.importable().forEach(full -> known.add(full.substring(full.lastIndexOf('.') + 1)));
            problems.add(at(
                    pattern,
                    parts[0],
                    "'" + name + "' is not an imported fact",
                    Vocabulary.nearest(parts[0], known)
                            .map(near -> near.equals(parts[0])
                                    ? "Write: import tunneldoctor.model." + near
                                    : "Did you mean '" + near + "'?")
                            .orElse("Import it from tunneldoctor.model.")));
            return Optional.empty();
        }
        return Optional.of(type);
    }

    private void accumulate(AccumulateDescr accumulate, Map<String, Optional<Type>> bindings, boolean denied) {
        boolean code = accumulate.getInitCode() != null
                || accumulate.getActionCode() != null
                || accumulate.getResultCode() != null
                || accumulate.getReverseCode() != null;
        if (code || !accumulate.hasValidInput() || accumulate.getFunctions() == null) {
            problems.add(at(accumulate, "accumulate", "code in accumulate", "Use count, sum, min, max or average."));
            return;
        }
        condition(accumulate.getInput(), bindings, denied);
        for (AccumulateDescr.AccumulateFunctionCallDescr function : accumulate.getFunctions()) {
            if (!FUNCTIONS.contains(function.getFunction())) {
                problems.add(at(
                        accumulate,
                        function.getFunction(),
                        "there is no function '" + function.getFunction() + "'",
                        "Use count, sum, min, max or average."));
            }
            for (String parameter : function.getParams()) {
                int start = Math.max(0, accumulate.getStartCharacter());
                int offset = Math.max(start, file.text().indexOf(parameter, start));
                expressions(bindings).constraint(Token.of(parameter, offset), Optional.empty());
            }
            if (function.getBind() != null) {
                bindings.put(function.getBind(), Optional.empty());
            }
        }
    }

    private ExpressionPolicy expressions(Map<String, Optional<Type>> bindings) {
        return new ExpressionPolicy(
                imports, bindings, (token, words) -> problems.add(file.problemAt(token.offset(), words[0], words[1])));
    }

    /** A consequence is a row of {@code insertLogical(…);} and nothing else. */
    private void consequence(RuleDescr rule, Map<String, Optional<Type>> bindings) {
        String text = String.valueOf(rule.getConsequence());
        int start = Math.max(0, file.text().indexOf(text, Math.max(0, rule.getStartCharacter())));
        List<Token> tokens = Token.of(text, start);
        if (tokens.isEmpty()) {
            problems.add(
                    at(rule, "then", "the rule concludes nothing", "Write insertLogical(Conclude.…); after then."));
        }
        int at = 0;
        while (at < tokens.size()) {
            Token head = tokens.get(at);
            int end = statementEnd(tokens, at);
            boolean closed = end < tokens.size();
            if (head.is("insertLogical")
                    && closed
                    && end - at > 3
                    && tokens.get(at + 1).is("(")
                    && closing(tokens, at + 1) == end - 1) {
                List<Token> value = tokens.subList(at + 2, end - 1);
                if (file.shared() && value.get(0).is("Conclude")) {
                    problems.add(file.problemAt(
                            value.get(0).offset(),
                            "a conclusion in a file of shared inferences",
                            "Infer a fact instead."));
                }
                expressions(bindings).value(value);
            } else {
                problems.add(file.problemAt(
                        head.offset(),
                        "'" + head.text() + "' has no place after then",
                        REFUSED_ACTIONS.getOrDefault(
                                head.text(), "Conclude with insertLogical(…); conditions belong before then.")));
            }
            at = end + 1;
        }
    }

    private static int statementEnd(List<Token> tokens, int from) {
        int at = from;
        while (at < tokens.size() && !tokens.get(at).is(";")) {
            at++;
        }
        return at;
    }

    /** The place of the parenthesis that closes the one at {@code open}; -1 if none does. */
    private static int closing(List<Token> tokens, int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            if (tokens.get(i).is("(")) {
                depth++;
            } else if (tokens.get(i).is(")") && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private int place(BaseDescr part) {
        return Math.max(0, part.getStartCharacter());
    }

    /** The place of a word in a part, or of the part where the parser did not say. */
    private RuleProblem at(BaseDescr part, String word, String message, String hint) {
        int start = part.getStartCharacter();
        if (start < 0) {
            return part.getLine() > 0 ? file.problemOnLine(part.getLine(), message, hint) : file.problem(message, hint);
        }
        int found = word.isEmpty() ? -1 : file.text().indexOf(word, start);
        boolean inside = found >= 0 && (part.getEndCharacter() < 0 || found <= part.getEndCharacter());
        return file.problemAt(inside ? found : start, message, hint);
    }

    private String wordAt(BaseDescr part) {
        List<Token> tokens = part.getStartCharacter() < 0
                ? List.of()
                : Token.of(
                        file.text()
                                .substring(
                                        part.getStartCharacter(),
                                        Math.min(file.text().length(), part.getStartCharacter() + 40)),
                        0);
        return tokens.isEmpty() || !tokens.get(0).word() ? "" : tokens.get(0).text();
    }
}
