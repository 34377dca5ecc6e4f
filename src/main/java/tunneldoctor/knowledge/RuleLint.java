package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.HostChange;
import tunneldoctor.model.HostRepair;

/** What is allowed to say and yet a mistake, as far as one file shows it. */
final class RuleLint {
    private static final Set<String> FINDINGS = Set.of("found", "proved", "likely", "possible");

    /** Commands that change a node itself rather than an Azure or Kubernetes resource. */
    private static final Pattern CHANGES_NODE = Pattern.compile(
            "\\b(iptables|ip6tables|nft|ufw|systemctl|sysctl|reboot|kubectl (drain|cordon|debug node|delete node)"
                    + "|az vmss (run-command|reimage|restart|update))\\b");

    private final RuleFile file;
    private final List<ParsedRule> rules;
    private final Scope.Reports reports;

    RuleLint(RuleFile file, List<ParsedRule> rules, Scope.Reports reports) {
        this.file = file;
        this.rules = rules.stream().filter(ParsedRule::sound).toList();
        this.reports = reports;
    }

    /**
     * @param causes ids of every cause of the rule base
     * @param whole whether these are all rules of the file
     */
    void check(Collection<String> causes, boolean whole) {
        head();
        Contradictions contradictions = new Contradictions(reports);
        for (ParsedRule rule : rules) {
            contradictions.check(rule);
            unrelated(rule);
            rule.then().forEach(this::remedy);
            rule.when().eachPattern((pattern, denied) -> causeNamed(pattern, causes));
        }
        Repeats.check(file, rules, reports);
        boolean finds = rules.stream().anyMatch(rule -> finding(rule).isPresent());
        if (whole && !file.shared() && !finds && !rules.isEmpty()) {
            reports.tell(
                    rules.get(0).offset(),
                    "no rule of this file finds the cause",
                    "Conclude with Conclude.proved, likely or possible in one of them.");
        }
    }

    private void head() {
        String text = file.text();
        int end = text.startsWith("/*") ? text.indexOf("*/") : -1;
        for (int at = text.indexOf(RuleMetadata.TO_FILL_IN); at >= 0 && at < end; ) {
            reports.tell(
                    at,
                    RuleMetadata.NOT_FILLED_IN,
                    "Say here what the cause is, why the conditions are enough to tell, and where that is documented.");
            at = text.indexOf(RuleMetadata.TO_FILL_IN, at + 1);
        }
    }

    /** The word by which a rule finds its cause; empty if it does not. */
    static Optional<String> finding(ParsedRule rule) {
        return rule.then().stream()
                .filter(value -> value.raw()
                        .filter(type -> type == Conclusion.Finding.class)
                        .isPresent())
                .filter(Expr.Call.class::isInstance)
                .map(value -> ((Expr.Call) value).member())
                .filter(FINDINGS::contains)
                .findFirst();
    }

    private void unrelated(ParsedRule rule) {
        related(rule.when(), new ArrayList<>(), new HashSet<>());
    }

    /**
     * A pattern that is not tied to an earlier one is combined with every fact before it, which takes memory before any
     * bound on firing can help.
     *
     * @param many earlier patterns of which there can be several facts
     * @param names what those have bound
     */
    private void related(Condition condition, List<Condition.Pattern> many, Set<String> names) {
        if (condition instanceof Condition.Pattern pattern) {
            boolean single = Vocabulary.SINGLE.contains(pattern.fact());
            boolean tied = many.isEmpty() || names.stream().anyMatch(pattern::mentions);
            if (!single && !tied) {
                reports.tell(
                        pattern.offset(),
                        "every " + pattern.fact().getSimpleName() + " is combined with every "
                                + many.get(many.size() - 1).fact().getSimpleName() + " before it",
                        "Compare one of its fields with one bound before, as in node == $other.node, and order the"
                                + " patterns so that each joins an earlier one; or write exists before it.");
            }
            if (!single) {
                many.add(pattern);
                names.addAll(pattern.bindings());
            }
        } else if (condition instanceof Condition.All) {
            condition.parts().forEach(part -> related(part, many, names));
        } else if (condition instanceof Condition.Any) {
            condition.parts().forEach(part -> related(part, new ArrayList<>(many), new HashSet<>(names)));
        }
    }

    /** Nodes are AKS's to change; who changes one by hand should know what that costs. */
    private void remedy(Expr value) {
        boolean warned = false;
        Optional<Expr> change = Optional.empty();
        Expr at = value;
        while (at instanceof Expr.Call step) {
            warned |= step.member().equals("warning");
            if (Set.of("changes", "change", "command").contains(step.member())) {
                change = step.arguments().stream()
                        .filter(RuleLint::changesNode)
                        .findFirst()
                        .or(fixed(change));
            }
            at = step.owner();
        }
        if (!warned) {
            change.ifPresent(expr -> reports.tell(
                    expr.offset(),
                    "a remedy that changes nodes, without a warning",
                    "Add .warning(\"Changing nodes by hand leaves the AKS support policy and is lost on reimage,"
                            + " upgrade and scale-out.\")"));
        }
    }

    private static java.util.function.Supplier<Optional<Expr>> fixed(Optional<Expr> value) {
        return () -> value;
    }

    private static boolean changesNode(Expr value) {
        if (value instanceof Expr.TypeName type) {
            return type.of() == HostRepair.class;
        }
        if (value instanceof Expr.Creation made) {
            return HostChange.class.isAssignableFrom(made.of());
        }
        if (value instanceof Expr.Constant text && text.value() instanceof String command) {
            return CHANGES_NODE.matcher(command).find();
        }
        return value.parts().stream().anyMatch(RuleLint::changesNode);
    }

    private void causeNamed(Condition.Pattern pattern, Collection<String> causes) {
        if (Conclusion.class.isAssignableFrom(pattern.fact())) {
            pattern.tests().forEach(test -> causeNamed(test, causes));
        }
    }

    private void causeNamed(Expr test, Collection<String> causes) {
        if (test instanceof Expr.Binary comparison
                && comparison.left().toString().equals("cause")
                && comparison.right() instanceof Expr.Constant constant
                && constant.value() instanceof String id
                && !causes.contains(id)) {
            reports.tell(
                    constant.offset(),
                    "there is no cause '" + id + "'",
                    Vocabulary.nearest(id, causes)
                            .map(near -> "Did you mean '" + near + "'?")
                            .orElse("'rules list' lists them."));
        }
        test.parts().forEach(part -> causeNamed(part, causes));
    }
}
