package tunneldoctor.path;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * Rules, or lines, in the order in which they are first met, numbered from 0 on. Whoever asks about one knows a hash code of
 * it from when it was read: to look at tens of thousands of them anew, or to have the virtual machine make up a number for
 * each as a map by identity does, would cost more than all else that is done to them here.
 */
final class FirstMet<T> {
    private final BiPredicate<T, T> same;
    private final List<T> met = new ArrayList<>();

    /** Of each that was met. */
    private int[] hashes;

    /** One more than the number of one, at its place; 0 where there is none. */
    private int[] places;

    private FirstMet(BiPredicate<T, T> same, int expected) {
        this.same = same;
        this.places = new int[Integer.highestOneBit(Math.max(32, expected)) * 4];
        this.hashes = new int[places.length];
    }

    /**
     * Those that say the same are different ones.
     *
     * @param expected about how many will be met
     */
    static <T> FirstMet<T> byIdentity(int expected) {
        return new FirstMet<>((one, other) -> one == other, expected);
    }

    /** @param expected about how many will be met */
    static <T> FirstMet<T> byEquality(int expected) {
        return new FirstMet<>(Object::equals, expected);
    }

    /**
     * The number of what is now among these.
     *
     * @param hash always the same for what is the same
     */
    int of(T one, int hash) {
        int place = hash & places.length - 1;
        while (places[place] != 0) {
            int known = places[place] - 1;
            if (hashes[known] == hash && same.test(met.get(known), one)) {
                return known;
            }
            place = place + 1 & places.length - 1;
        }
        if (2 * met.size() >= places.length) {
            grow();
            return of(one, hash);
        }
        hashes[met.size()] = hash;
        met.add(one);
        places[place] = met.size();
        return met.size() - 1;
    }

    /**
     * @param hash as {@link #of} takes it
     * @return whether it was not among these before
     */
    boolean add(T one, int hash) {
        int before = met.size();
        of(one, hash);
        return met.size() > before;
    }

    int size() {
        return met.size();
    }

    List<T> inOrder() {
        return List.copyOf(met);
    }

    private void grow() {
        int[] fresh = new int[2 * places.length];
        int[] longer = new int[fresh.length];
        System.arraycopy(hashes, 0, longer, 0, met.size());
        for (int i = 0; i < met.size(); i++) {
            int place = longer[i] & fresh.length - 1;
            while (fresh[place] != 0) {
                place = place + 1 & fresh.length - 1;
            }
            fresh[place] = i + 1;
        }
        places = fresh;
        hashes = longer;
    }
}
