package tunneldoctor.path;

import java.util.ArrayList;
import java.util.List;
import tunneldoctor.model.SourceRef;

/**
 * Lines in the order they are added, each once. Whoever adds one knows its hash code from when it was read: to look at
 * thousands of lines anew would cost more than all else that is done to them here.
 */
final class DistinctLines {
    private final List<SourceRef> lines = new ArrayList<>();

    /** One more than the index of a line, at its place; 0 where there is none. */
    private int[] numbers = new int[64];

    private int[] hashes = new int[64];

    /** @param hash the line's hash code */
    void add(SourceRef line, int hash) {
        int place = hash & numbers.length - 1;
        while (numbers[place] != 0) {
            int known = numbers[place] - 1;
            if (hashes[known] == hash && lines.get(known).equals(line)) {
                return;
            }
            place = place + 1 & numbers.length - 1;
        }
        if (2 * lines.size() >= numbers.length) {
            grow();
            add(line, hash);
            return;
        }
        hashes[lines.size()] = hash;
        lines.add(line);
        numbers[place] = lines.size();
    }

    private void grow() {
        int[] fresh = new int[2 * numbers.length];
        int[] longer = new int[fresh.length];
        System.arraycopy(hashes, 0, longer, 0, lines.size());
        for (int i = 0; i < lines.size(); i++) {
            int place = longer[i] & fresh.length - 1;
            while (fresh[place] != 0) {
                place = place + 1 & fresh.length - 1;
            }
            fresh[place] = i + 1;
        }
        numbers = fresh;
        hashes = longer;
    }

    List<SourceRef> inOrder() {
        return List.copyOf(lines);
    }
}
