package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tunneldoctor.model.FactChange;
import tunneldoctor.model.HostChange;
import tunneldoctor.model.Node;
import tunneldoctor.model.NsgChange;
import tunneldoctor.model.NsgRule;

/** Changes that several verdicts ask for, each once: fewer commands, and no rule that overwrites another of its name. */
final class Joined {
    private Joined() {}

    static List<FactChange> of(List<FactChange> changes) {
        List<FactChange> joined = new ArrayList<>();
        for (FactChange change : changes) {
            if (!joined.contains(change) && !join(joined, change)) {
                joined.add(change);
            }
        }
        return joined;
    }

    private static boolean join(List<FactChange> joined, FactChange change) {
        for (int i = 0; i < joined.size(); i++) {
            FactChange earlier = joined.get(i);
            if (earlier instanceof HostChange one && change instanceof HostChange other && sameScript(one, other)) {
                Set<Node> nodes = new LinkedHashSet<>(one.nodes());
                nodes.addAll(other.nodes());
                joined.set(i, one.withNodes(List.copyOf(nodes)));
                return true;
            }
            if (earlier instanceof NsgChange.AddRule one
                    && change instanceof NsgChange.AddRule other
                    && samePlace(one, other)) {
                joined.set(i, new NsgChange.AddRule(one.nsg(), wider(one.rule(), other.rule())));
                return true;
            }
        }
        return false;
    }

    private static boolean sameScript(HostChange one, HostChange other) {
        return one.getClass() == other.getClass()
                && one.script().equals(other.script())
                && one.undoScript().equals(other.undoScript());
    }

    private static boolean samePlace(NsgChange.AddRule one, NsgChange.AddRule other) {
        return one.nsg().source().equals(other.nsg().source())
                && one.rule().name().equals(other.rule().name())
                && one.rule().direction() == other.rule().direction()
                && one.rule().priority() == other.rule().priority();
    }

    private static NsgRule wider(NsgRule one, NsgRule other) {
        return new NsgRule(
                one.name(),
                one.priority(),
                one.direction(),
                one.allow(),
                one.protocol().equals(other.protocol()) ? one.protocol() : "*",
                both(one.sourcePrefixes(), other.sourcePrefixes()),
                one.sourcePorts(),
                one.sourceGroups(),
                both(one.destinationPrefixes(), other.destinationPrefixes()),
                both(one.destinationPorts(), other.destinationPorts()),
                one.destinationGroups(),
                true,
                one.source());
    }

    private static List<String> both(List<String> one, List<String> other) {
        Set<String> all = new LinkedHashSet<>(one);
        all.addAll(other);
        return List.copyOf(all);
    }
}
