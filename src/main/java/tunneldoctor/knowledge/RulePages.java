package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tunneldoctor.model.Cause;
import tunneldoctor.model.CausePage;

/** Turns a rule file into the page of its cause. */
final class RulePages {
    private RulePages() {}

    static CausePage of(RuleFile file, Cause cause) {
        List<CausePage.Statement> statements = new ArrayList<>();
        Set<String> evidence = new TreeSet<>();
        int before = 0;
        for (ParsedRule rule : RuleCompiler.rules(file, new ArrayList<>())) {
            ConditionWords conditions = new ConditionWords();
            List<String> when = conditions.of(rule.when());
            List<String> then = new ConclusionWords(conditions).of(rule.then());
            statements.add(new CausePage.Statement(rule.title(), note(file, before, rule.offset()), when, then));
            rule.when().eachPattern((pattern, denied) -> evidence.addAll(FactSources.of(pattern.fact())));
            before = rule.offset();
        }
        return new CausePage(cause, about(file.text()), statements, List.copyOf(evidence), List.of(), "", List.of());
    }

    /** The paragraphs of the comment the file begins with. */
    private static List<String> about(String text) {
        int open = text.indexOf("/*");
        int close = text.indexOf("*/");
        boolean head = open >= 0 && close > open && text.substring(0, open).isBlank();
        return head ? paragraphs(text.substring(open + 2, close)) : List.of();
    }

    /** The comment right above a rule. */
    private static String note(RuleFile file, int from, int rule) {
        String between = file.text().substring(from, rule).stripTrailing();
        int open = between.lastIndexOf("/*");
        boolean above = from > 0 && open >= 0 && between.endsWith("*/");
        return above ? String.join(" ", paragraphs(between.substring(open + 2, between.length() - 2))) : "";
    }

    private static List<String> paragraphs(String comment) {
        List<String> paragraphs = new ArrayList<>();
        for (String block : comment.replaceAll("(?m)^\\s*\\*?[ \\t]?", "").split("\\n\\s*\\n")) {
            String words = String.join(" ", Arrays.asList(block.strip().split("\\s+")));
            if (!words.isEmpty()) {
                paragraphs.add(words);
            }
        }
        return paragraphs;
    }
}
