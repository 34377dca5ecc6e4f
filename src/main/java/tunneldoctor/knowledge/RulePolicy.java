package tunneldoctor.knowledge;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.drools.drl.ast.descr.AttributeDescr;
import org.drools.drl.ast.descr.PackageDescr;
import org.drools.drl.ast.descr.RuleDescr;
import tunneldoctor.model.Cause;

/**
 * What a rule file may say, checked on its parse tree before Drools builds anything from it: Drools evaluates annotations
 * while it builds, so a check afterwards would come too late. The language left is declarative: conditions over facts, and
 * {@code insertLogical} of conclusions. Order, loops, changes of facts and code of any other kind are refused.
 */
final class RulePolicy {
    private final RuleFile file;
    private final PackageDescr tree;
    private final boolean firstRule;
    private final Places places;
    private final List<RuleProblem> problems = new ArrayList<>();
    private final Scope.Reports reports;
    private final RuleHeader header;
    private final RuleMetadata metadata;
    private final List<ParsedRule> rules = new ArrayList<>();

    RulePolicy(RuleFile file, RuleSyntax.Parsed parsed) {
        this.file = file;
        this.tree = parsed.tree();
        this.firstRule = parsed.firstRule();
        this.places = new Places(file);
        this.reports = (offset, message, hint) -> problems.add(file.problemAt(offset, message, hint));
        this.header = new RuleHeader(file, reports);
        this.metadata = new RuleMetadata(file, reports);
    }

    /** Every breach, by line. */
    List<RuleProblem> check() {
        if (tree.getRules().isEmpty() && firstRule) {
            reports.tell(0, "the file has no rule", "Write one, or remove the file.");
            return List.copyOf(problems);
        }
        Map<String, Class<?>> imports = header.read(tree);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tree.getRules().size(); i++) {
            rule(tree.getRules().get(i), i == 0 && firstRule, imports, names);
        }
        problems.sort(Comparator.comparingInt(RuleProblem::line).thenComparingInt(RuleProblem::column));
        return List.copyOf(problems);
    }

    /** What the file says of its cause; to be asked only of a file without breaches. */
    Optional<Cause> cause() {
        return metadata.cause();
    }

    /** The rules, as far as they could be read. */
    List<ParsedRule> rules() {
        return List.copyOf(rules);
    }

    private void rule(RuleDescr rule, boolean first, Map<String, Class<?>> imports, Set<String> names) {
        name(rule, names);
        if (rule.isQuery()) {
            tell(rule, "query", "a query has no place in a rule file", "Conclusions are collected as facts.");
            return;
        }
        if (rule.hasParent()) {
            tell(rule, "extends", "a rule that extends another", "Say the shared part as a fact of its own.");
        }
        for (AttributeDescr attribute : rule.getAttributes().values()) {
            if (!tree.getAttributes().contains(attribute)) {
                header.attribute(attribute);
            }
        }
        metadata.read(rule, first);
        if (!rule.getNamedConsequences().isEmpty()) {
            tell(rule, "do", "a named consequence has no place in a rule", "Write a rule for each conclusion.");
        }
        int before = problems.size();
        Map<String, Optional<Type>> bindings = new HashMap<>();
        Condition.All when = rule.getLhs() == null
                ? new Condition.All(List.of(), places.start(rule))
                : new RuleConditions(file, imports, reports).read(rule.getLhs(), bindings);
        if (when.parts().isEmpty() && problems.size() == before) {
            tell(rule, "when", "the rule has no condition", "Write at least one pattern between when and then.");
        }
        List<Expr> then = new RuleConsequence(file, imports, bindings, reports).read(rule);
        rules.add(new ParsedRule(rule.getName(), places.start(rule), when, then, problems.size() == before));
    }

    private void name(RuleDescr rule, Set<String> names) {
        String name = rule.getName();
        if (!name.startsWith(file.id() + ": ")) {
            tell(
                    rule,
                    "rule",
                    "the rule's name does not begin with the file's",
                    "Write: rule \"" + file.id() + ": …\"");
        }
        if (name.indexOf('"') >= 0 || name.indexOf('\\') >= 0 || name.indexOf('\n') >= 0) {
            tell(rule, "rule", "the rule's name has a quote, a backslash or a line break", "Use plain words.");
        }
        if (!names.add(name)) {
            tell(rule, "rule", "there is another rule of this name", "Give each rule a name of its own.");
        }
    }

    private void tell(RuleDescr rule, String word, String message, String hint) {
        reports.tell(places.of(rule, word), message, hint);
    }
}
