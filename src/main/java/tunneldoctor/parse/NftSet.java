package tunneldoctor.parse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.Match;

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

    private final List<Element> elements;
    private final Map<String, Optional<List<List<Match>>>> asked = new HashMap<>();

    NftSet(List<Element> elements) {
        this.elements = List.copyOf(elements);
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
        return elements.stream().anyMatch(element -> !element.verdict().isEmpty());
    }

    /** Whether every element has as many keys as fields are asked about. */
    boolean fits(int fields) {
        return elements.stream().allMatch(element -> element.keys().size() == fields);
    }

    /** The condition that one field has one of the values; see {@link NftFields#oneOf}. */
    Optional<List<List<Match>>> oneOf(String field, boolean negated) {
        return asked.computeIfAbsent(
                (negated ? "!" : "") + field,
                key -> NftFields.oneOf(
                        field,
                        elements.stream().map(element -> element.keys().get(0)).toList(),
                        negated));
    }
}
