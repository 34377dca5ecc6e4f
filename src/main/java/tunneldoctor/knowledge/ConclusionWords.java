package tunneldoctor.knowledge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says what a rule concludes in words, with ‹…› for what only the facts tell. */
final class ConclusionWords {
    private final ConditionWords values;

    /** @param values knows what the rule's bindings stand for */
    ConclusionWords(ConditionWords values) {
        this.values = values;
    }

    List<String> of(List<Expr> then) {
        List<String> lines = new ArrayList<>();
        for (Expr value : then) {
            lines.addAll(of(value));
        }
        return lines;
    }

    private List<String> of(Expr value) {
        if (value instanceof Expr.Creation made) {
            return List.of("infers a " + made.of().getSimpleName());
        }
        Deque<Expr.Call> steps = new ArrayDeque<>();
        Expr at = value;
        while (at instanceof Expr.Call call) {
            steps.push(call);
            at = call.owner();
        }
        if (steps.isEmpty()) {
            return List.of(values.value(value));
        }
        Expr.Call first = steps.pop();
        return first.member().equals("remedy") ? remedy(first, steps) : List.of(conclusion(first));
    }

    private String conclusion(Expr.Call call) {
        List<Expr> rest = call.arguments().stream().skip(1).toList();
        return switch (call.member()) {
            case "proved", "likely", "possible" -> "found, " + call.member() + ": " + text(rest.get(0));
            case "found" -> "found, " + values.value(rest.get(0)) + ": " + text(rest.get(1));
            case "notApplicable" -> "not applicable: " + text(rest.get(0));
            case "cannotTell" ->
                rest.size() == 2
                                && TypeRules.fits(rest.get(0), String.class)
                                && rest.get(0).raw().isPresent()
                        ? "cannot tell: missing is " + text(rest.get(0)) + "; to see it: " + text(rest.get(1))
                        : "cannot tell: missing is what " + all(rest) + " leaves open";
            case "clears" -> all(rest) + " speaks for its absence";
            case "explains" -> "accounts for " + all(rest);
            case "contradicts" -> "spoken against: " + text(rest.get(1));
            default -> call.member() + ": " + all(rest);
        };
    }

    private List<String> remedy(Expr.Call first, Deque<Expr.Call> steps) {
        List<String> lines = new ArrayList<>();
        lines.add("solution " + text(first.arguments().get(1)) + ": "
                + text(first.arguments().get(2)));
        for (Expr.Call step : steps) {
            String words = step.arguments().stream().map(this::text).collect(Collectors.joining(", "));
            switch (step.member()) {
                case "warning" -> lines.add("warns: " + words);
                case "command" -> lines.add("command: " + words);
                case "advice" -> lines.add("advises: " + words);
                case "changes", "change" -> lines.add("changes: " + words);
                default -> {
                    // Checking and ending a remedy say nothing of what it does.
                }
            }
        }
        return lines;
    }

    private String all(List<Expr> facts) {
        return facts.stream().map(values::value).collect(Collectors.joining(" and "));
    }

    /** A text put together from pieces, in one. */
    private String text(Expr value) {
        if (value instanceof Expr.Constant constant && constant.value() instanceof String text) {
            return text;
        }
        if (value instanceof Expr.Binary sum && sum.operator().equals("+")) {
            return text(sum.left()) + text(sum.right());
        }
        if (value instanceof Expr.Choice choice) {
            return Stream.of(choice.yes(), choice.no())
                    .map(this::text)
                    .filter(words -> !words.isEmpty())
                    .collect(Collectors.joining(" or "));
        }
        return "‹" + values.value(value) + "›";
    }
}
