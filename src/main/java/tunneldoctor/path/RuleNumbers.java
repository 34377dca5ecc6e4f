package tunneldoctor.path;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.HostRule;

/**
 * Numbers rules in the order in which they are first met, from 0 on. Rules that say the same are different ones. For tens of
 * thousands of rules this is much less work than a map by identity, which has the virtual machine make up a number for each.
 */
final class RuleNumbers {
    private @Nullable HostRule[] places = new HostRule[64];
    private int[] numbers = new int[64];
    private int[] hashes = new int[64];
    private int count;

    /**
     * The rule's number.
     *
     * @param hash that of the rule's line: thousands of rules are then told apart without a look at one of them
     */
    int of(HostRule rule, int hash) {
        int place = place(rule, hash);
        if (places[place] == null) {
            places[place] = rule;
            hashes[place] = hash;
            numbers[place] = count++;
            if (2 * count > places.length) {
                grow();
            }
            return count - 1;
        }
        return numbers[place];
    }

    /**
     * @param hash that of the rule's line
     * @return whether the rule was not among these before
     */
    boolean add(HostRule rule, int hash) {
        int before = count;
        of(rule, hash);
        return count > before;
    }

    int size() {
        return count;
    }

    /** All rules met, by identity. */
    Set<HostRule> rules() {
        Set<HostRule> rules = Collections.newSetFromMap(new IdentityHashMap<>());
        for (HostRule rule : places) {
            if (rule != null) {
                rules.add(rule);
            }
        }
        return rules;
    }

    /** Where a rule is, or else would be. */
    private int place(HostRule rule, int hash) {
        int place = hash & places.length - 1;
        while (places[place] != null && places[place] != rule) {
            place = place + 1 & places.length - 1;
        }
        return place;
    }

    private void grow() {
        @Nullable HostRule[] before = places;
        int[] numbersBefore = numbers;
        int[] hashesBefore = hashes;
        places = new HostRule[2 * before.length];
        numbers = new int[places.length];
        hashes = new int[places.length];
        for (int i = 0; i < before.length; i++) {
            HostRule rule = before[i];
            if (rule != null) {
                int place = place(rule, hashesBefore[i]);
                places[place] = rule;
                numbers[place] = numbersBefore[i];
                hashes[place] = hashesBefore[i];
            }
        }
    }
}
