package tunneldoctor.redact;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Pseudonyms of words. One is as long as its word and has letters and digits in the same places, so that columns, hashes and
 * numbers keep their form; words that begin alike have pseudonyms that begin alike; and the pseudonyms stand in the order of
 * their words, since reports sort by name. All that by one tree: at each letter of it, the letters that follow are replaced by
 * as many others in the same order. Zeros and the case of letters stay.
 */
final class Words {
    /** Beyond it a word is a key or a checksum, which nothing sorts or cuts. */
    private static final int LONGEST = 64;

    /** Trees to choose from: few words may be left as they are, or become a word that says something. */
    private static final int ATTEMPTS = 6;

    private static final int DRAWS = 200;

    /** For letters beyond ASCII; enough of them for any script that has letters, and none with an upper case. */
    private static final char FIRST_OTHER = '\u4e00';

    private static final int OTHERS = 20_000;

    private final KeyedRandom random;
    private final String salt;
    private final Node root;

    /** Words the tree does not serve. */
    private final Map<String, String> exceptions = new HashMap<>();

    /** @param tail what the one word below it goes on with; empty if there are several or none */
    private record Node(String tail, String tailPseudonym, char[] letters, char[] pseudonyms, Node[] below) {}

    private Words(KeyedRandom random, String salt, String[] sorted) {
        this.random = random;
        this.salt = salt;
        this.root = node(sorted, 0, sorted.length, 0);
    }

    /**
     * @param learned words in lower case
     * @param taken words that mean something, which no pseudonym should be
     */
    static Words of(SortedSet<String> learned, KeyedRandom random, Predicate<String> taken) {
        String[] sorted =
                learned.stream().filter(word -> !isOpaque(word)).sorted().toArray(String[]::new);
        Words best = new Words(random, "0", sorted);
        List<String> left = best.leftOver(sorted, learned, taken);
        for (int attempt = 1; attempt < ATTEMPTS && !left.isEmpty(); attempt++) {
            Words other = new Words(random, Integer.toString(attempt), sorted);
            List<String> otherLeft = other.leftOver(sorted, learned, taken);
            if (otherLeft.size() < left.size()) {
                best = other;
                left = otherLeft;
            }
        }
        best.except(left, sorted, learned, taken);
        return best;
    }

    /** The pseudonym of a word, learned or not; of the beginning of a word, the beginning of its pseudonym. */
    String pseudonym(String word) {
        String lower = lower(word);
        String pseudonym = exceptions.get(lower);
        if (pseudonym == null) {
            pseudonym = isOpaque(lower) ? opaque(lower) : walked(lower);
        }
        return pseudonym.length() == word.length() ? inCaseOf(word, pseudonym) : pseudonym;
    }

    private static boolean isOpaque(String word) {
        return word.length() > LONGEST || word.chars().anyMatch(c -> Character.isSurrogate((char) c));
    }

    private String opaque(String word) {
        SplittableRandom choices = random.choices("long word " + word);
        StringBuilder text = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            text.append((char) ('a' + choices.nextInt(26)));
        }
        return text.toString();
    }

    // The tree.

    private Node node(String[] sorted, int from, int to, int depth) {
        if (to - from <= 1) {
            String tail = from == to ? "" : sorted[from].substring(depth);
            String before = from == to ? "" : sorted[from].substring(0, depth);
            return new Node(tail, tail.isEmpty() ? "" : drawn(before, tail), new char[0], new char[0], new Node[0]);
        }
        String prefix = sorted[from].substring(0, depth);
        // The shortest word stands first and may end here.
        int first = sorted[from].length() == depth ? from + 1 : from;
        char[] letters = new char[to - first];
        int[] starts = new int[to - first + 1];
        int count = 0;
        for (int i = first; i < to; i++) {
            char c = sorted[i].charAt(depth);
            if (count == 0 || letters[count - 1] != c) {
                letters[count] = c;
                starts[count] = i;
                count++;
            }
        }
        starts[count] = to;
        letters = Arrays.copyOf(letters, count);
        Node[] below = new Node[count];
        for (int i = 0; i < count; i++) {
            below[i] = node(sorted, starts[i], starts[i + 1], depth + 1);
        }
        return new Node("", "", letters, sample(prefix, letters), below);
    }

    /** As many letters of the same kinds, in order. */
    private char[] sample(String prefix, char[] letters) {
        SplittableRandom choices = random.choices(salt + " after " + prefix);
        char[] sample = new char[letters.length];
        int from = 0;
        while (from < letters.length) {
            int to = from + 1;
            while (to < letters.length && range(letters[to]).equals(range(letters[from]))) {
                to++;
            }
            draw(choices, range(letters[from]), sample, from, to);
            from = to;
        }
        return sample;
    }

    /** Fills a part of {@code sample} with different letters of the range, ascending. */
    private static void draw(SplittableRandom choices, Range range, char[] sample, int from, int to) {
        int missing = to - from;
        int at = from;
        for (int left = range.size; missing > 0; left--) {
            if (choices.nextInt(left) < missing) {
                sample[at] = (char) (range.first + range.size - left);
                at++;
                missing--;
            }
        }
    }

    private String drawn(String before, String tail) {
        SplittableRandom choices = random.choices(salt + " behind " + before);
        StringBuilder text = new StringBuilder(tail.length());
        for (int i = 0; i < tail.length(); i++) {
            Range range = range(tail.charAt(i));
            text.append((char) (range.first + choices.nextInt(range.size)));
        }
        return text.toString();
    }

    private record Range(char first, int size) {
        static final Range ZERO = new Range('0', 1);
        static final Range DIGITS = new Range('1', 9);
        static final Range LETTERS = new Range('a', 26);
        static final Range OTHER = new Range(FIRST_OTHER, OTHERS);
    }

    private static Range range(char c) {
        if (c == '0') {
            return Range.ZERO;
        }
        return c < 'a' ? Range.DIGITS : c <= 'z' ? Range.LETTERS : Range.OTHER;
    }

    private String walked(String word) {
        StringBuilder text = new StringBuilder(word.length());
        Node node = root;
        while (text.length() < word.length()) {
            int depth = text.length();
            int next = Arrays.binarySearch(node.letters, word.charAt(depth));
            if (next < 0) {
                int same = 0;
                while (same < node.tail.length()
                        && depth + same < word.length()
                        && node.tail.charAt(same) == word.charAt(depth + same)) {
                    same++;
                }
                text.append(node.tailPseudonym, 0, same);
                String rest = word.substring(depth + same);
                return text.append(drawn(word.substring(0, depth + same) + " unknown", rest))
                        .toString();
            }
            text.append(node.pseudonyms[next]);
            node = node.below[next];
        }
        return text.toString();
    }

    // The few words that come out badly.

    private List<String> leftOver(String[] sorted, Set<String> learned, Predicate<String> taken) {
        return Arrays.stream(sorted)
                .filter(word -> {
                    String pseudonym = walked(word);
                    return learned.contains(pseudonym) || taken.test(pseudonym);
                })
                .toList();
    }

    private void except(List<String> words, String[] sorted, Set<String> learned, Predicate<String> taken) {
        Set<String> used = new HashSet<>();
        if (!words.isEmpty()) {
            Arrays.stream(sorted).map(this::walked).forEach(used::add);
        }
        for (String word : words) {
            SplittableRandom choices = random.choices("instead of " + word);
            for (int draw = 0; draw < DRAWS && !exceptions.containsKey(word); draw++) {
                String other = shapedAs(word + "x".repeat(draw * 4 / DRAWS), choices);
                if (!learned.contains(other) && !taken.test(other) && used.add(other)) {
                    exceptions.put(word, other);
                }
            }
        }
    }

    private static String shapedAs(String word, SplittableRandom choices) {
        StringBuilder text = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            Range range = range(word.charAt(i));
            text.append((char) (range.first + choices.nextInt(range.size)));
        }
        return text.toString();
    }

    // Case.

    /** In lower case, letter by letter: no word grows or shrinks by it. */
    static String lower(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (Character.toLowerCase(word.charAt(i)) != word.charAt(i)) {
                char[] letters = word.toCharArray();
                for (int k = i; k < letters.length; k++) {
                    letters[k] = Character.toLowerCase(letters[k]);
                }
                return new String(letters);
            }
        }
        return word;
    }

    private static String inCaseOf(String word, String pseudonym) {
        char[] letters = pseudonym.toCharArray();
        for (int i = 0; i < letters.length; i++) {
            if (Character.isUpperCase(word.charAt(i))) {
                letters[i] = Character.toUpperCase(letters[i]);
            }
        }
        return new String(letters);
    }
}
