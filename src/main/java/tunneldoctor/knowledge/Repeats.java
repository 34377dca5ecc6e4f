package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds rules that say nothing an earlier rule of the file does not say. */
final class Repeats {
    private Repeats() {}

    static void check(RuleFile file, List<ParsedRule> rules, Scope.Reports reports) {
        List<Sentence> sentences = rules.stream().map(Sentence::of).toList();
        for (int i = 0; i < sentences.size(); i++) {
            for (int j = 0; j < sentences.size(); j++) {
                Sentence one = sentences.get(i);
                Sentence other = sentences.get(j);
                boolean narrower = i != j && one.follows(other);
                if (narrower && (j < i || !other.follows(one))) {
                    tell(file, one, other, reports);
                    break;
                }
            }
        }
    }

    private static void tell(RuleFile file, Sentence one, Sentence other, Scope.Reports reports) {
        String where = "rule \"" + other.rule.name() + "\" of line "
                + file.problemAt(other.rule.offset(), "", "").line();
        boolean same = one.then.equals(other.then);
        reports.tell(
                one.rule.offset(),
                same
                        ? "the rule adds nothing to " + where
                        : "the rule finds the cause from the same conditions as " + where,
                same
                        ? "Whenever it fires, the other fires too and says the same: delete it, or correct its conditions."
                        : "Say it once, with the certainty that fits.");
    }

    /** A rule in words that do not depend on the names of its bindings. */
    private static final class Sentence {
        private final ParsedRule rule;
        private final List<Part> parts = new ArrayList<>();
        private final List<String> then = new ArrayList<>();
        private final Optional<String> finds;
        private final Map<String, String> names = new HashMap<>();

        /**
         * @param frame what kind of condition it is, of which fact, and under what
         * @param tests each in one spelling
         */
        private record Part(String frame, Set<String> tests) {}

        private Sentence(ParsedRule rule) {
            this.rule = rule;
            this.finds = RuleLint.finding(rule);
        }

        static Sentence of(ParsedRule rule) {
            Sentence sentence = new Sentence(rule);
            sentence.add(rule.when(), "");
            rule.then().forEach(value -> sentence.then.add(sentence.renamed(value.toString())));
            return sentence;
        }

        private void add(Condition condition, String under) {
            if (condition instanceof Condition.Pattern pattern) {
                pattern.binding().ifPresent(this::name);
                Set<String> tests = new HashSet<>();
                for (ExpressionReader.Constraint constraint : pattern.constraints()) {
                    constraint.binding().ifPresent(this::name);
                    tests.add(renamed(constraint.toString()));
                }
                parts.add(new Part(under + pattern.fact().getName(), tests));
                return;
            }
            String frame = under + condition.getClass().getSimpleName() + "("
                    + condition.parts().size() + ")";
            if (condition instanceof Condition.Tally tally) {
                tally.functions().forEach(function -> name(function.binding()));
                parts.add(new Part(frame + renamed(tally.functions() + " " + tally.tests()), Set.of()));
            }
            condition.parts().forEach(part -> add(part, condition instanceof Condition.All ? under : frame));
        }

        private void name(String binding) {
            if (!binding.isEmpty()) {
                names.putIfAbsent(binding, "$" + names.size());
            }
        }

        private String renamed(String text) {
            StringBuilder renamed = new StringBuilder();
            for (Token token : Token.of(text, 0)) {
                renamed.append(names.getOrDefault(token.text(), token.text())).append(' ');
            }
            return renamed.toString();
        }

        /** Whether the other fires whenever this does, and says the same then. */
        boolean follows(Sentence other) {
            boolean alike = then.equals(other.then) || finds.isPresent() && other.finds.isPresent();
            if (!alike || parts.size() != other.parts.size()) {
                return false;
            }
            boolean exactly = !then.equals(other.then);
            for (int i = 0; i < parts.size(); i++) {
                Part own = parts.get(i);
                Part its = other.parts.get(i);
                boolean negative = own.frame().contains("Not") || own.frame().contains("ForAll");
                boolean implies = own.tests().equals(its.tests())
                        || !exactly && !negative && own.tests().containsAll(its.tests());
                if (!own.frame().equals(its.frame()) || !implies) {
                    return false;
                }
            }
            return true;
        }
    }
}
