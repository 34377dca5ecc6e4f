package tunneldoctor.model;

import java.util.List;

/**
 * Where the tunnel dials kubelets from: one running agent, or, where no agent is known, every place one could run.
 *
 * @param name pod name, or a description such as {@code any node}
 * @param node node it runs on; empty if not known
 * @param addresses source addresses a kubelet may see
 * @param exact whether {@code addresses} is the one true source; if not, a verdict counts only if it is the same for all
 * @param why how the source address follows from the evidence
 */
public record Agent(String name, String node, AddressSet addresses, boolean exact, String why, SourceRef source)
        implements Fact {
    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    @Override
    public List<String> nodes() {
        return node.isEmpty() ? List.of() : List.of(node);
    }
}
