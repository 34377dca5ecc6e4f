package tunneldoctor.knowledge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything wrong with the rules of a directory at once: what keeps them from being used, and what is allowed and yet a
 * mistake. Nothing of them is run.
 *
 * @param problems by file, line and column
 * @param causes the files that hold a cause, whether or not they have mistakes
 * @param files how many rule files there are
 */
public record RuleCheck(List<RuleProblem> problems, List<CauseFile> causes, int files) {
    public RuleCheck {
        problems = List.copyOf(problems);
        causes = List.copyOf(causes);
    }

    /**
     * The file of a cause.
     *
     * @param relative its path below the rules directory, with {@code /}
     * @param head its first rule, as the place of what is said of the whole cause
     */
    public record CauseFile(String id, String relative, RuleProblem head) {
        /** A problem of the whole cause, told at its first rule. */
        public RuleProblem problem(String message, String hint) {
            return new RuleProblem(head.file(), head.line(), head.column(), head.lineText(), message, hint);
        }
    }

    /** @param cacheDirectory where compiled rules are kept; done without where it cannot be used */
    public static RuleCheck of(Path rulesDirectory, Path cacheDirectory) {
        Set<RuleProblem> problems = new LinkedHashSet<>();
        List<RuleProblem> unreadable = new ArrayList<>();
        List<RuleFile> files = RuleFile.readAll(rulesDirectory, unreadable);
        Map<RuleFile, List<ParsedRule>> parsed = new HashMap<>();
        Map<RuleFile, Boolean> whole = new HashMap<>();
        List<CauseFile> causes = new ArrayList<>();
        for (RuleFile file : files) {
            List<RuleProblem> found = new ArrayList<>();
            parsed.put(file, RuleCompiler.rules(file, found));
            whole.put(file, found.isEmpty());
            problems.addAll(found);
            if (!file.shared()) {
                int first = file.text().indexOf("rule \"");
                causes.add(new CauseFile(file.id(), file.relative(), file.problemAt(Math.max(0, first), "", "")));
            }
        }
        lint(files, parsed, whole, causes, problems);
        try {
            RuleBase.load(rulesDirectory, cacheDirectory);
        } catch (RuleBaseException e) {
            problems.addAll(e.problems());
        }
        List<RuleProblem> sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparing((RuleProblem problem) -> problem.file().toString())
                .thenComparingInt(RuleProblem::line)
                .thenComparingInt(RuleProblem::column));
        return new RuleCheck(sorted, causes, files.size());
    }

    /** Whether a text can be the id of a cause, and so the name of its file. */
    public static boolean isCauseId(String text) {
        return RuleFile.isId(text);
    }

    /** The package that the rule file of a cause must name. */
    public static String packageOf(String cause) {
        return RuleFile.packageOf(cause);
    }

    /** The word most like a misspelt one; empty if none is near. */
    public static Optional<String> nearest(String misspelt, Collection<String> words) {
        return Vocabulary.nearest(misspelt, words);
    }

    private static void lint(
            List<RuleFile> files,
            Map<RuleFile, List<ParsedRule>> parsed,
            Map<RuleFile, Boolean> whole,
            List<CauseFile> causes,
            Set<RuleProblem> problems) {
        List<String> ids = causes.stream().map(CauseFile::id).toList();
        Circles circles = new Circles();
        parsed.values().forEach(rules -> rules.forEach(circles::add));
        for (RuleFile file : files) {
            Scope.Reports reports = (offset, message, hint) -> problems.add(file.problemAt(offset, message, hint));
            List<ParsedRule> rules = parsed.getOrDefault(file, List.of());
            new RuleLint(file, rules, reports).check(ids, whole.getOrDefault(file, false));
            rules.stream().filter(ParsedRule::sound).forEach(rule -> circles.check(rule, reports));
        }
    }
}
