package tunneldoctor.model;

import java.util.List;
import java.util.Objects;

/**
 * A network security group.
 *
 * @param id its ARM id, lower case; empty in minimal files
 * @param rules as printed, default rules only if printed
 * @param subnetIds subnets it says it is bound to, lower case
 * @param interfaceIds network interfaces it says it is bound to, lower case
 * @param managed whether AKS made it for the node resource group ({@code aks-agentpool-<digits>-nsg})
 */
public record Nsg(
        String id,
        String name,
        String resourceGroup,
        List<NsgRule> rules,
        List<String> subnetIds,
        List<String> interfaceIds,
        boolean managed,
        SourceRef source)
        implements Fact {
    public Nsg {
        rules = List.copyOf(rules);
        subnetIds = List.copyOf(subnetIds);
        interfaceIds = List.copyOf(interfaceIds);
    }

    Nsg withRules(List<NsgRule> others) {
        return new Nsg(id, name, resourceGroup, others, subnetIds, interfaceIds, managed, source);
    }

    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    /** Groups are told apart by far less than their rules, which may be a thousand. */
    @Override
    public int hashCode() {
        return Objects.hash(id, name, source);
    }
}
