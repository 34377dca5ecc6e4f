package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tunneldoctor.model.Cause;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.HostVerdict;
import tunneldoctor.model.Missing;

/** Gives every known cause that was not found exactly one place: not applicable, cannot tell, or ruled out. */
final class Coverage {
    private Coverage() {}

    static List<Conclusion.NotApplicable> notApplicable(List<Cause> causes, List<Conclusion> conclusions) {
        List<Conclusion.NotApplicable> result = new ArrayList<>();
        for (Cause cause : causes) {
            if (!has(conclusions, cause, Conclusion.Finding.class)) {
                of(conclusions, cause, Conclusion.NotApplicable.class).stream()
                        .findFirst()
                        .ifPresent(result::add);
            }
        }
        return result;
    }

    static List<Diagnosis.Open> open(List<Cause> causes, List<Conclusion> conclusions) {
        List<Diagnosis.Open> result = new ArrayList<>();
        for (Cause cause : causes) {
            List<Conclusion.CannotTell> open = of(conclusions, cause, Conclusion.CannotTell.class);
            if (!open.isEmpty()
                    && !has(conclusions, cause, Conclusion.Finding.class)
                    && !has(conclusions, cause, Conclusion.NotApplicable.class)) {
                result.add(open(cause, open));
            }
        }
        return result;
    }

    /** Each missing thing once; the command is the one that settles most of what is missing. */
    private static Diagnosis.Open open(Cause cause, List<Conclusion.CannotTell> open) {
        Set<String> missing = new LinkedHashSet<>();
        Set<String> nodes = new TreeSet<>();
        Map<String, Integer> settles = new LinkedHashMap<>();
        for (Conclusion.CannotTell gap : open) {
            nodes.addAll(gap.nodes());
            for (Missing one : gap.missing()) {
                missing.add(one.what());
                settles.merge(one.command(), Math.max(1, gap.nodes().size()), Integer::sum);
            }
        }
        String command = "";
        int most = 0;
        for (Map.Entry<String, Integer> entry : settles.entrySet()) {
            if (entry.getValue() > most) {
                most = entry.getValue();
                command = entry.getKey();
            }
        }
        return new Diagnosis.Open(cause.id(), cause.title(), String.join("; ", missing), command, List.copyOf(nodes));
    }

    static List<Diagnosis.RuledOut> ruledOut(List<Cause> causes, List<Conclusion> conclusions) {
        List<Diagnosis.RuledOut> result = new ArrayList<>();
        for (Cause cause : causes) {
            if (!has(conclusions, cause, Conclusion.Finding.class)
                    && !has(conclusions, cause, Conclusion.NotApplicable.class)
                    && !has(conclusions, cause, Conclusion.CannotTell.class)) {
                result.add(new Diagnosis.RuledOut(
                        cause.id(), cause.title(), cause.ruledOut() + assumptions(cause, conclusions)));
            }
        }
        return result;
    }

    /** A verdict that takes something for granted says so where it clears a cause. */
    private static String assumptions(Cause cause, List<Conclusion> conclusions) {
        Set<String> assumptions = new LinkedHashSet<>();
        for (Conclusion.Clears clears : of(conclusions, cause, Conclusion.Clears.class)) {
            if (clears.because() instanceof HostVerdict verdict) {
                assumptions.addAll(verdict.assumptions());
            }
        }
        return assumptions.isEmpty() ? "" : " (taken for granted: " + String.join("; ", assumptions) + ")";
    }

    private static boolean has(List<Conclusion> conclusions, Cause cause, Class<? extends Conclusion> kind) {
        return !of(conclusions, cause, kind).isEmpty();
    }

    static <T extends Conclusion> List<T> of(List<Conclusion> conclusions, Cause cause, Class<T> kind) {
        List<T> some = new ArrayList<>();
        for (Conclusion conclusion : conclusions) {
            if (kind.isInstance(conclusion) && conclusion.cause().equals(cause.id())) {
                some.add(kind.cast(conclusion));
            }
        }
        return some;
    }
}
