package tunneldoctor.knowledge;

import java.util.List;
import java.util.stream.Collectors;

/** The rule base cannot be used as it stands. The message is for the author of the rules and holds every problem. */
public final class RuleBaseException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<RuleProblem> problems;

    RuleBaseException(List<RuleProblem> problems) {
        super(problems.stream().map(RuleProblem::describe).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Every problem found, by file and line; at least one. */
    public List<RuleProblem> problems() {
        return problems;
    }
}
