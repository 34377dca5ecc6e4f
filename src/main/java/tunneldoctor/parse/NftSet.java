package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.Match;
import tunneldoctor.model.Match.Opaque.Reason;

/**
 * A set or verdict map of nftables, named or written in a rule.
 *
 * <p>What is made of it for one field is kept, since thousands of rules may ask about one set of thousands of elements.
 */
final class NftSet {
    /** The verdict of a member that only ends the lookup: the rule goes on. */
    static final String CONTINUE = "continue";

    /**
     * @param keys one value, prefix or range per field asked about
     * @param verdict as {@link NftRuleDraft#effect} takes it, or {@link #CONTINUE}; empty in a set
     */
    record Element(List<String> keys, String verdict) {
        Element {
            keys = List.copyOf(keys);
        }
    }

    private static final String ANY_PORT = "0-65535";

    private final List<Element> elements;
    private final boolean map;
    private final Map<String, Optional<List<List<Match>>>> asked = new HashMap<>();
    private final Map<List<String>, Ways> together = new HashMap<>();

    /**
     * @param each what must hold for each element; empty if some element is not readable
     * @param reason why not
     */
    record Ways(Optional<List<List<Match>>> each, Reason reason) {}

    NftSet(List<Element> elements) {
        this.elements = List.copyOf(elements);
        this.map = elements.stream().anyMatch(element -> !element.verdict().isEmpty());
    }

    /** A set of plain values. */
    static NftSet of(List<String> values) {
        return new NftSet(
                values.stream().map(value -> new Element(List.of(value), "")).toList());
    }

    List<Element> elements() {
        return elements;
    }

    boolean map() {
        return map;
    }

    /**
     * Whether this is how nft prints {@code multiport --ports} of iptables: the same with and without a negation, and with a
     * range's two ends in place of the range.
     */
    boolean ofMultiport(List<String> fields) {
        return fields.size() == 2
                && fields.get(0).endsWith(" sport")
                && fields.get(1).endsWith(" dport")
                && !elements.isEmpty()
                && elements.stream().allMatch(element -> element.keys().contains(ANY_PORT));
    }

    /** What each element says happens, in a map. */
    List<String> verdicts() {
        return elements.stream().map(Element::verdict).toList();
    }

    /** The condition that one field has one of the values; see {@link NftFields#oneOf}. */
    Optional<List<List<Match>>> oneOf(String field, boolean negated) {
        return asked.computeIfAbsent((negated ? "!" : "") + field, key -> {
            boolean plain = elements.stream().allMatch(element -> element.keys().size() == 1);
            List<String> values =
                    elements.stream().map(element -> element.keys().get(0)).toList();
            return plain ? NftFields.oneOf(field, values, negated) : Optional.empty();
        });
    }

    /** The condition that fields have each element's values. */
    Ways each(List<String> fields) {
        return together.computeIfAbsent(fields, this::read);
    }

    private Ways read(List<String> fields) {
        List<List<Match>> ways = new ArrayList<>();
        for (Element element : elements) {
            if (element.keys().size() != fields.size()) {
                return new Ways(Optional.empty(), Reason.NOT_UNDERSTOOD);
            }
            List<Match> all = new ArrayList<>();
            for (int i = 0; i < fields.size(); i++) {
                List<String> key = List.of(element.keys().get(i));
                Optional<List<List<Match>>> one = NftFields.oneOf(fields.get(i), key, false);
                if (one.isEmpty() || one.get().size() != 1) {
                    return new Ways(Optional.empty(), NftFields.reason(fields.get(i), key));
                }
                all.addAll(one.get().get(0));
            }
            ways.add(all);
        }
        return new Ways(Optional.of(ways), Reason.NOT_UNDERSTOOD);
    }
}
