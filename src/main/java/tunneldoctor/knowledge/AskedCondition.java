package tunneldoctor.knowledge;

import java.util.Optional;
import org.drools.core.common.InternalAgenda;
import org.drools.core.phreak.RuleAgendaItem;
import org.drools.model.Model;
import org.drools.model.functions.PredicateInformation;
import org.jspecify.annotations.Nullable;
import org.kie.api.runtime.KieSession;

/** Tells which rule a session is busy with, from outside and while it runs. */
final class AskedCondition {
    private AskedCondition() {}

    /** The rule whose condition is on a stack; empty if none of the model's is. */
    static Optional<String> ruleAt(StackTraceElement[] stack, Model model) {
        String rules = model.getClass().getPackageName() + ".";
        for (StackTraceElement call : stack) {
            if (call.getClassName().startsWith(rules)) {
                Optional<String> rule = ruleOf(call.getClassName(), model);
                if (rule.isPresent()) {
                    return rule;
                }
            }
        }
        return Optional.empty();
    }

    /** Drools writes a class for each condition, which knows the rules it comes from. */
    private static Optional<String> ruleOf(String className, Model model) {
        try {
            Class<?> condition = Class.forName(className, true, model.getClass().getClassLoader());
            Object[] only = condition.getEnumConstants();
            if (only == null || only.length == 0) {
                return Optional.empty();
            }
            Object information = condition.getMethod("predicateInformation").invoke(only[0]);
            return ((PredicateInformation) information)
                    .getRuleNameMap().values().stream()
                            .flatMap(java.util.Set::stream)
                            .sorted()
                            .findFirst();
        } catch (ReflectiveOperationException | LinkageError | RuntimeException noCondition) {
            return Optional.empty();
        }
    }

    /** The rule whose turn it is; empty if there is none, or the session is too busy to say. */
    static String ruleNext(KieSession session) {
        try {
            @Nullable RuleAgendaItem next = ((InternalAgenda) session.getAgenda()).peekNextRule();
            return next == null ? "" : next.getRule().getName();
        } catch (RuntimeException busy) {
            return "";
        }
    }
}
