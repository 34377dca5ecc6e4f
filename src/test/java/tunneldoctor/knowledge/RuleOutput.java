package tunneldoctor.knowledge;

import java.util.Collection;
import java.util.List;
import tunneldoctor.model.Conclusion;

/** The order in which a rule base gives its conclusions, for who draws them by other means. */
public final class RuleOutput {
    private RuleOutput() {}

    public static List<Conclusion> sorted(Collection<Conclusion> conclusions) {
        return ConclusionOrder.sorted(conclusions);
    }
}
