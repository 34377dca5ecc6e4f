package tunneldoctor.benchmark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import tunneldoctor.knowledge.RuleOutput;
import tunneldoctor.model.Conclusion;

/**
 * What the shipped rules conclude, written as loops: the measure of what a rule engine costs. Rules that are added to
 * {@code rules/} are to be added here; {@link HandWrittenRulesTest} tells.
 */
final class HandWrittenRules {
    private HandWrittenRules() {}

    /** As {@link tunneldoctor.knowledge.RuleBase#conclude}, the order of the conclusions included. */
    static List<Conclusion> conclude(Collection<?> facts) {
        FactIndex index = new FactIndex(facts);
        List<Conclusion> conclusions = new ArrayList<>();
        NsgByHand.conclude(index, conclusions);
        UfwByHand.conclude(index, conclusions);
        IptablesByHand.conclude(index, conclusions);
        TunnelPortByHand.conclude(index, conclusions);
        SnatByHand.conclude(index, conclusions);
        AgentsByHand.conclude(index, conclusions);
        return RuleOutput.sorted(conclusions);
    }
}
