package tunneldoctor.model;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One netfilter table of a node, as one command's output shows it.
 *
 * @param node the node's name
 * @param document the command's place, as in {@link SourceRef#document()}
 * @param name {@code filter}, {@code raw}, {@code mangle}, {@code nat} or {@code security}; of nftables
 *     {@code inet my-table}
 * @param chains those the document shows, in its order; where several nodes have the same rules, one list serves all of
 *     them, and its places are in the document it was read from
 * @param wholeTable false where the command asked for one chain only, or the text is truncated
 * @param otherBackendHinted the text warns that the other backend holds tables too
 */
public record HostTable(
        String node,
        String document,
        Backend backend,
        Family family,
        String name,
        Form form,
        List<HostChain> chains,
        boolean wholeTable,
        boolean otherBackendHinted) {
    public HostTable {
        chains = List.copyOf(chains);
    }

    /** By its place alone: to go through all rules would cost as much as to read them. */
    @Override
    public int hashCode() {
        return 31 * document.hashCode() + name.hashCode();
    }

    /** The same table on another node, whose document says the same of it. */
    public HostTable on(String otherNode, String otherDocument) {
        return new HostTable(
                otherNode, otherDocument, backend, family, name, form, chains, wholeTable, otherBackendHinted);
    }

    /** With every line at another place. */
    public HostTable placed(UnaryOperator<SourceRef> place) {
        return withChains(chains.stream().map(chain -> chain.placed(place)).toList());
    }

    public Optional<HostChain> chain(String chainName) {
        return chains.stream().filter(chain -> chain.name().equals(chainName)).findFirst();
    }

    HostTable withChains(List<HostChain> others) {
        return new HostTable(node, document, backend, family, name, form, others, wholeTable, otherBackendHinted);
    }

    /** With one chain changed; as it is where the text does not show that chain. */
    HostTable changed(String chainName, UnaryOperator<HostChain> change) {
        return withChains(chains.stream()
                .map(chain -> chain.name().equals(chainName) ? change.apply(chain) : chain)
                .toList());
    }

    /** Which of the kernel's two rule stores; both are traversed. */
    public enum Backend {
        NFT,
        LEGACY,
        /** Plain {@code iptables}: whichever the node's alternative points to. */
        UNSTATED
    }

    public enum Family {
        IPV4,
        IPV6
    }

    /** How much of a rule the text shows, best first. */
    public enum Form {
        /** {@code iptables-save}: every table, lossless. */
        SAVE,
        /** {@code iptables -S}: one table, lossless. */
        SPECIFICATION,
        /** {@code iptables -L -v}: interfaces shown. */
        VERBOSE_LISTING,
        /** {@code iptables -L}: interfaces are not shown. */
        LISTING
    }
}
