package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.drools.drl.ast.descr.PackageDescr;
import org.drools.drl.parser.DrlParser;
import org.drools.drl.parser.DroolsError;
import org.drools.drl.parser.DroolsParserException;
import org.drools.drl.parser.ParserError;
import org.jspecify.annotations.Nullable;

/**
 * Drools' parser, with its words put plainly. The parser stops at the first mistake, so a file with mistakes is parsed rule
 * by rule, and what remains of it without the broken rules can still be checked.
 */
final class RuleSyntax {
    /** Beyond that, parsing rule by rule would take longer than anybody waits. */
    private static final int MOST_RULES_APART = 200;

    private final RuleFile file;
    private final List<RuleProblem> problems;
    private final SyntaxAdvice advice;

    private RuleSyntax(RuleFile file, List<RuleProblem> problems) {
        this.file = file;
        this.problems = problems;
        this.advice = new SyntaxAdvice(file);
    }

    /**
     * What could be parsed.
     *
     * @param tree the whole file, or what is left of it without the rules that could not be parsed
     * @param firstRule whether the first rule of the tree is the file's first
     */
    record Parsed(PackageDescr tree, boolean firstRule) {}

    /** Empty if nothing of the file can be checked further; every mistake found is added to the problems. */
    static Optional<Parsed> parse(RuleFile file, List<RuleProblem> problems) {
        return new RuleSyntax(file, problems).parse();
    }

    private Optional<Parsed> parse() {
        problems.addAll(Characters.check(file));
        RuleSkeleton skeleton = RuleSkeleton.of(file);
        if (skeleton.problems().isEmpty()) {
            Attempt whole = attempt(file.text());
            if (whole.tree().isPresent()) {
                return whole.tree().map(tree -> new Parsed(tree, true));
            }
            if (skeleton.rules().size() > MOST_RULES_APART) {
                tell(whole);
                return Optional.empty();
            }
        }
        problems.addAll(skeleton.problems());
        return skeleton.headSound() ? apart(skeleton) : Optional.empty();
    }

    private Optional<Parsed> apart(RuleSkeleton skeleton) {
        String sound = file.text();
        boolean first = true;
        for (int i = 0; i < skeleton.rules().size(); i++) {
            RuleSkeleton.Span rule = skeleton.rules().get(i);
            boolean broken = !rule.sound();
            if (!broken && skeleton.rules().size() <= MOST_RULES_APART) {
                Attempt alone = attempt(skeleton.only(rule));
                if (alone.tree().isEmpty() && alone.inside(rule)) {
                    tell(alone);
                    broken = true;
                }
            }
            if (broken) {
                sound = RuleSkeleton.without(sound, rule);
                first &= i > 0;
            }
        }
        Attempt rest = attempt(sound);
        if (rest.tree().isEmpty()) {
            tell(rest);
        }
        boolean keepsFirst = first;
        return rest.tree().map(tree -> new Parsed(tree, keepsFirst));
    }

    private void tell(Attempt failed) {
        if (failed.errors().isEmpty()) {
            problems.add(file.problem("the file is not DRL", "Compare with another file."));
            return;
        }
        // What follows the first mistake of a parse is mostly its echo.
        problems.add(advice.about(failed.errors().get(0)));
    }

    /**
     * @param tree present if there was no mistake
     * @param errors offsets of the mistakes, in the file
     */
    private record Attempt(Optional<PackageDescr> tree, List<Integer> errors) {
        boolean inside(RuleSkeleton.Span rule) {
            return errors.isEmpty() || errors.get(0) >= rule.from();
        }
    }

    private Attempt attempt(String text) {
        DrlParser parser = new DrlParser();
        @Nullable PackageDescr tree = null;
        boolean crashed = false;
        try {
            tree = parser.parse(null, text);
        } catch (DroolsParserException | RuntimeException e) {
            crashed = true;
        }
        List<Integer> errors = new ArrayList<>();
        for (DroolsError error : parser.getErrors()) {
            if (error instanceof ParserError placed && placed.getRow() > 0) {
                errors.add(file.lineStart(placed.getRow()) + Math.max(0, placed.getCol()));
            } else if (error.getLines().length > 0 && error.getLines()[0] > 0) {
                errors.add(file.lineStart(error.getLines()[0]));
            }
        }
        boolean whole = tree != null && !crashed && parser.getErrors().isEmpty();
        return new Attempt(whole ? Optional.ofNullable(tree) : Optional.empty(), errors);
    }
}
